"""A proposal stands in the vault before it leaves, so that its answer is not lost with a crash.

The organisation answers the same proposal with the same answer. So one whose answer did not come
is proposed again, word by word; its invitation, which may be used up by now, is not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from firsthand.vault.store import Store, Tx

_KEY = "proposal to {url}"
_NONE = b""


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

    def is_for(self, *, attempt: int, terms: str, token: str | None, tie: bool) -> bool:
        """Whether it says exactly what would be proposed now."""
        return (self.attempt, self.terms, self.token, self.tie) == (attempt, terms, token, tie)


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
