"""Keep: make a vault, list what is in it, and say what stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.vault.acts.looking import row_of, with_rows
from firsthand.vault.sense import findings as find
from firsthand.vault.store import Store
from firsthand.vault.store.things import thing_in, words_for

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
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
    if search is not None:
        words = words_for(search)
        if words is None:
            return []
        names = {"words": words, "type": type, "source": source}
        return [_told(row) for row in vault.store.rows("things.found", limit=most, **names)]
    query, names = _newest(type, source)
    return [_told(row) for row in vault.store.rows(query, limit=most, **names)]


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


def findings(vault: Vault, today: datetime.date) -> list[dict[str, object]]:
    """What stands out in all that is kept, each with the rows it stands on.

    The same form as `looking.look` gives, but that a row's `path` is the name of the file it
    came with and that its `line` is None: lines are of files, and files are not kept.
    """
    kept = [thing_in(row) for row in vault.store.rows("things.newest", limit=_ALL)]
    by_id = {each.id: each for each in kept}
    names = {row["id"]: row["path_name"] for row in vault.store.rows("imports.all")}

    def rows(ids: Sequence[str]) -> list[dict[str, object]]:
        found = []
        for id in ids:
            row = vault.store.row("things.by_id", id=id)
            path = names.get(row["import_id"]) if row is not None else None
            found.append({"path": path, "line": None, **row_of(by_id[id])})
        return found

    return with_rows(find(kept, today=today), rows)


def _newest(type: str | None, source: str | None) -> tuple[str, dict[str, str | None]]:
    if type is not None and source is not None:
        return "things.newest_of_both", {"type": type, "source": source}
    if type is not None:
        return "things.newest_of_type", {"type": type}
    if source is not None:
        return "things.newest_of_source", {"source": source}
    return "things.newest", {}


def _told(row: Row) -> dict[str, object]:
    return {
        "id": row["id"],
        "type": row["type"],
        "name": row["name"],
        "time": row["time"],
        "source": row["source"],
        "data": msgspec.json.decode(row["data"]),
    }
