"""The organisation's half of the role ``profile``: it knows people as they show themselves.

``projection`` keeps what was given, ``answering`` runs the published rule over it, ``view`` is what
staff see of one person.
"""
