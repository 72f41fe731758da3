"""The makers of journals: `memory`, which keeps nothing, and `sqlite`, one file in one folder.

Above: the app, which picks one. Below: `foundation.journal` and `foundation.tables`, the contract,
and `protocol.merkle`. `writer` is the one thread that writes, `tree` makes proofs for whole groups.
"""
