"""Past imports: what became of them, how much of each is here, and taking one back."""

from typing import Any

import msgspec

from firsthand.vault.bring.report import Report
from firsthand.vault.store import Reading, Row, Store, Tx

UNDONE = "undone"


class UnableToUndo(Exception):
    """There is no such import, or it was taken back already. See them: firsthand vault imports."""


def past(store: Store) -> list[dict[str, Any]]:
    """Every import, the newest first, without its report."""
    return [_plain(row) for row in store.rows("imports.all")]


def brought(store: Store, id: int) -> dict[str, Any] | None:
    """One import with the `report` that was made of it, and how many of its things are `here`."""
    with store.moment() as moment:
        row = moment.row("imports.whole", id=id)
        if row is None:
            return None
        here = moment.row("imports.here", import_id=id)
    assert here is not None, "a count is always there"
    report = (
        msgspec.json.decode(row["report"], type=Report) if row["report"] else _of_old(row)
    ).as_json()
    return {**_plain(row), "here": here["things"], "report": {**report, "state": row["state"]}}


def would_go(store: Store, id: int) -> dict[str, Any]:
    """What undoing it would do: `{"id", "path_name", "gone", "stay", "given"}`; changes nothing.

    Raises `UnableToUndo`.
    """
    with store.moment() as moment:
        return _counted(moment, id)


def undo(store: Store, id: int) -> dict[str, Any]:
    """Take an import back in one transaction; says what `would_go` says. Raises `UnableToUndo`.

    What another import brought too becomes of that one. The words of what goes are written over.
    """
    with store.transaction() as tx:
        told = _counted(tx, id)
        tx.run("imports.hand_over", import_id=id)
        if tx.run("imports.take_things", import_id=id):
            settle(tx)
        tx.run("imports.knew_none", import_id=id)
        if not tx.run("imports.become", import_id=id, state=UNDONE):
            row = tx.row("imports.whole", id=id)
            assert row is not None, "it was counted just now"
            body = msgspec.json.encode(_of_old(row)).decode()
            tx.run("imports.mark", import_id=id, state=UNDONE, after=0, batches=0, report=body)
        tx.run("imports.forget_places", import_id=id)
    return told


def settle(tx: Tx) -> None:
    """After things have gone: no word of theirs stays, and nothing is said of them."""
    tx.run("imports.knew_too_much")
    tx.run("imports.knew_to")
    tx.run("words.settle")
    tx.run("findings.forget")


def _counted(reading: Reading, id: int) -> dict[str, Any]:
    row = reading.row("imports.whole", id=id)
    if row is None:
        raise UnableToUndo(f"There is no import {id}. See them: firsthand vault imports")
    if row["state"] == UNDONE:
        raise UnableToUndo(f"Import {id} was taken back already.")
    gone = reading.row("imports.only_here", import_id=id)
    here = reading.row("imports.here", import_id=id)
    given = reading.row("imports.given_of", import_id=id)
    assert gone is not None, "a count is always there"
    assert here is not None, "a count is always there"
    assert given is not None, "a count is always there"
    return {
        "id": id,
        "path_name": row["path_name"],
        "gone": gone["things"],
        "stay": here["things"] - gone["things"],
        "given": given["things"],
    }


def _plain(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"report", "batches"}}


def _of_old(row: Row) -> Report:
    """Of an import that was made before reports were kept."""
    return Report(
        path=row["path_name"],
        source=row["source"],
        format=row["format"],
        read=row["read"],
        added=row["added"],
        known=row["known"],
        unreadable_rows=row["unreadable"],
        import_id=row["id"],
    )
