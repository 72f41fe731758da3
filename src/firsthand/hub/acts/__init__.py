"""What staff and commands can do with an opened hub: plain functions that give JSON-able values.

Above: doors, pages, commands. Below: the roles and every other room. ``opened`` is the hub that
they all take, ``console`` lets commands reach a hub that another process is serving.
"""
