"""A proposal stands in the vault before it leaves, so that its answer is not lost with a crash.

The organisation answers the same proposal with the same answer. So one whose answer did not come
is proposed again, word by word; its invitation, which may be used up by now, is not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.agreements import BATCH_MIN_MAX, JITTER_S_MAX, Delivery
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roster import PRECISIONS

if TYPE_CHECKING:
    from firsthand.vault.store import Store, Tx

_KEY = "proposal to {url}"
_NONE = b""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What of a deal is the person's to choose beside the terms; None leaves it to the terms.

    ``precision`` is the finest time that may leave, one of ``PRECISIONS``. With a ``delivery``
    whatever is given waits for a moment that chance draws. ``all_asked``: also what goes beyond
    what they need may be given; otherwise the deal is the smaller one.
    """

    precision: str | None = None
    delivery: Delivery | None = None
    all_asked: bool = False


AS_THE_TERMS = Way()


def check_way(way: Way) -> None:
    """Raise ``Refused`` (``proffer_invalid``) for a way that no proposal can name."""
    if way.precision is not None and way.precision not in PRECISIONS:
        named = f"A precision is one of {', '.join(PRECISIONS)}."
        raise refuse("proffer_invalid", named)
    delivery = way.delivery
    if delivery is not None and not (
        0 < delivery.batch_min <= BATCH_MIN_MAX and 0 <= delivery.jitter_s_max <= JITTER_S_MAX
    ):
        days = JITTER_S_MAX // 86_400
        raise refuse(
            "proffer_invalid",
            f"1 to {BATCH_MIN_MAX} things leave together, after {days} days at most.",
        )


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A signed proposal that was not answered yet, and what it was made for.

    ``attempt`` names the key that signed it, ``token`` the invitation, ``account`` what that said.
    """

    proffer: str
    attempt: int
    terms: str
    token: str | None
    tie: bool
    account: str | None
    way: Way = AS_THE_TERMS

    def is_for(self, *, attempt: int, terms: str, token: str | None, tie: bool, way: Way) -> bool:
        """Whether it says exactly what would be proposed now."""
        said = (self.attempt, self.terms, self.token, self.tie, self.way)
        return said == (attempt, terms, token, tie, way)


def unanswered(store: Store, url: str) -> Proposal | None:
    """The proposal to this address that has no answer yet."""
    row = store.row("meta.get", key=_KEY.format(url=url))
    if row is None or row["value"] == _NONE:
        return None
    return msgspec.json.decode(row["value"], type=Proposal)


def put_proposal(tx: Tx, url: str, proposal: Proposal) -> None:
    """Keep a proposal that is about to leave."""
    tx.run("meta.put", key=_KEY.format(url=url), value=msgspec.json.encode(proposal))


def put_answered(tx: Tx, url: str) -> None:
    """Let go of the proposal to this address: it was answered, or it never will be."""
    tx.run("meta.put", key=_KEY.format(url=url), value=_NONE)
