"""Who works at the organisation, and with which keys to what: accounts and tokens.

Above: ``reads``, which writes down who read, and the pages that log people in. Below: the tables.
"""
