"""The person's side: what I have, what it means, whom I deal with, and the one way out.

Above: the app, the town and the commands. Below: `firsthand.foundation` and
`firsthand.protocol`. Inside, from the top: `pages` (what I see), `acts` (what commands and pages
call), `roles` (my half of each), `inbox` (what came back), `gate` (the only way out), then
`bring` (conducts an import), `sense` (what it means), `settle` (how a finding is settled) and
`terms` (my relationships), and at the bottom `store` (what I keep) and `sources` (one reader for
each kind of export).
"""
