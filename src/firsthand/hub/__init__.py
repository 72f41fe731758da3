"""The organisation's side: takes what people give, keeps to the terms, answers.

Above: ``app``, which opens a hub and serves it. Below: ``foundation`` and ``protocol``; never the
vault. Inside, from top to bottom: doors and pages, acts, roles, intake, outbox, projector and
erasing, reads, staff and terms.
"""
