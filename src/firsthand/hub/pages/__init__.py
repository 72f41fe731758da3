"""What the organisation's staff see, and what everybody may see of the organisation.

Above: ``app``, which joins these routes with the doors. Below: the acts, and the web kit. Pages
decide nothing: they put into words what the acts give, and every read carries a name and a purpose.
"""
