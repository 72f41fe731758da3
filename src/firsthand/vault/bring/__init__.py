"""Conducts an import: which files, which reader, what is asked, and all of a file or none of it.

Above: the acts. Below: `sources`, which know the formats, and the `store`, which keeps. Nothing
here knows one format from another, but for the vault's own export.
"""
