"""Firsthand: customer data that comes from people, under their own terms.

The house has one direction, from the top: ``cli`` (commands), ``town`` (a sample town that
meets hubs by HTTP alone), ``app`` (puts the parts together), ``vault`` (the person's side) and
``hub`` (the organisation's side), ``foundation`` (what both stand on), ``protocol`` (what both
say). The vault and the hub never import each other.
"""
