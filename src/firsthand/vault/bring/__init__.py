"""Conducts an import: which files, which reader, what is asked, what is kept and how far it is.

Above: the acts. Below: `sources`, which know the formats, and the `store`, which keeps. Nothing
here knows one format from another, but for the vault's own export.
"""
