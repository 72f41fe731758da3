"""The web kit: one look, one set of parts and one guard for the pages of both sides.

Above: the pages and the doors of the vault and of the hub. Below: `firsthand.foundation.clock`
and `ids`. `kit` makes pages, `charts` draws, `words` says amounts and days, `assets` serves what
is static, `origin.guard` wraps a whole side (with `headers`), `sessions` and `throttle` know who
is signed in, `streams` keeps a page live. The parts are listed in `docs/design-system.md`.
"""
