"""Terms by their short names: the roster and what goes with it, as the other rooms import them."""

from firsthand.protocol.roster import (
    DEFAULT,
    P7012,
    PRECISIONS,
    PURPOSES,
    ROSTER,
    Terms,
    terms_allowing,
    terms_of,
)

__all__ = [
    "DEFAULT",
    "P7012",
    "PRECISIONS",
    "PURPOSES",
    "ROSTER",
    "Terms",
    "terms_allowing",
    "terms_of",
]
