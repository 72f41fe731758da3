"""My relationships: who I deal with, under which terms, what left and what was promised.

Above: the gate, which acts on what stands here. Below: the store. Nothing here dials.
"""
