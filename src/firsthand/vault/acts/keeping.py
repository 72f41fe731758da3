"""Keep: make a vault, list what is in it, and say what stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.vault.store import Store
from firsthand.vault.store.things import match_for

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

LIMIT = 100
_ALL = -1


def init(folder: Path, passphrase: str, chance: Chance, clock: Clock) -> dict[str, object]:
    """Make a vault; returns `{"vault": path, "recovery_code"}`. The code is shown this once.

    Raises `UnableToCreate` where there is one already, `ValueError` for an empty passphrase.
    """
    store, code = Store.create(folder, passphrase, chance, clock)
    store.close()
    return {"vault": str(folder), "recovery_code": code}


def things(
    vault: Vault,
    *,
    type: str | None = None,
    source: str | None = None,
    search: str | None = None,
    limit: int = LIMIT,
) -> list[dict[str, object]]:
    """The newest things: `{"id", "type", "name", "time", "source", "data"}` each.

    search: words that all must occur, by their beginnings. limit: at most so many; 0 is all.
    """
    most = limit if limit > 0 else _ALL
    match = match_for(type=type, source=source, search=search)
    if match is None:
        return []
    return [_told(row) for row in vault.store.rows("things.found", words=match, limit=most)]


def thing(vault: Vault, id: str) -> dict[str, object] | None:
    """One thing with the import that it came with, or None."""
    row = vault.store.row("things.by_id", id=id)
    if row is None:
        return None
    brought = vault.store.row("imports.by_id", id=row["import_id"])
    return {**_told(row), "import": brought}


def counts(vault: Vault) -> list[dict[str, object]]:
    """How much there is of each source and type, from when to when."""
    return [dict(row) for row in vault.store.rows("things.counts")]


def imports(vault: Vault) -> list[dict[str, object]]:
    """Every import, the newest first, with what became of its rows."""
    return [dict(row) for row in vault.store.rows("imports.all")]


def _told(row: Row) -> dict[str, object]:
    return {
        "id": row["id"],
        "type": row["type"],
        "name": row["name"],
        "time": row["time"],
        "source": row["source"],
        "data": msgspec.json.decode(row["data"]),
    }
