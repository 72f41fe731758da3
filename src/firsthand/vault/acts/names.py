"""Names of a sense as rules take them, read from what was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.vault.sense.sums import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

NAMES_MAX: Final = 1000


def names_of(
    vault: Vault, sense: str, parts: Sequence[str] = (), limit: int = NAMES_MAX
) -> list[Name]:
    """The names of a sense that come most often, most often first; of some of its parts alone."""
    if not parts:
        rows = vault.store.rows("sums.names", sense=sense, limit=limit)
    else:
        asked = msgspec.json.encode(parts).decode()
        rows = vault.store.rows("sums.names_in", sense=sense, parts=asked, limit=limit)
    return [name_in(sense, row) for row in rows]


def name_in(sense: str, row: Row) -> Name:
    """The name that a row of `made_names` holds."""
    return Name(
        sense=sense, who=row["who"], part=row["part"], name=row["name"], things=row["things"],
        amount=row["amount"], first=row["first"], last=row["last"],
        facts=msgspec.json.decode(row["facts"]),
    )  # fmt: skip
