"""The only way in: what a person gives passes named steps, or is refused with a reason.

Above: the roles and the doors. Below: ``reads``, ``terms`` and the journal, to which nobody else
appends what comes from outside. ``steps`` is the list, ``taking`` runs it, ``figures`` counts.
"""
