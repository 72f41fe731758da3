"""A change of a deal that was proposed, and nobody here knows yet what became of it.

Until then what an organisation says of the deal of before says nothing of an end: the new one may
have taken its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from firsthand.vault.store import Store, Tx

NONE: Final = b""
_KEY: Final = "change proposed to {name}"


def proposed(store: Store | Tx, name: str) -> bytes | None:
    """What was proposed in the relationship of this name and not answered; None if nothing was."""
    row = store.row("meta.get", key=_KEY.format(name=name))
    return None if row is None or row["value"] == NONE else bytes(row["value"])


def put_proposed(tx: Tx, name: str, value: bytes) -> None:
    """Keep what is proposed, before it leaves; ``NONE`` once it is answered."""
    tx.run("meta.put", key=_KEY.format(name=name), value=value)
