"""The organisation's side: takes what people give, keeps to the terms, answers.

Above: ``app``, which opens a hub and serves it. Below: ``foundation`` and ``protocol``; never the
vault. Inside, from the top: `doors` (the protocol's routes) and `pages` (what staff see), `acts`
(what both call), `sound` (whether what is kept is what was signed), `roles` (its half of each),
`intake` (the only way in), `keeping` (how long), `outbox` (the only way out), `projector` and
`erasing`, `withdrawing` (what was taken back goes from lists and figures), `reads` (every look at
a person's data), `own` (the one for the person) and, at the bottom, small rooms that keep one thing
each: `corrected`, `noting`, `cursors`, `packing`, `proofs`, `seen`, `staff` and `terms`.
"""
