"""What a person sees: their own pages, drawn by the server.

Above: the app, which opens vaults and hands them in. Below: the acts, which commands call too.
A page asks an act and puts the answer into words; it decides nothing. `host` puts the pages
together, `cabinet` keeps the vaults that are open, `looks` what was dropped and is not kept yet.
"""
