"""How far each projection has got, and which batches it could not read: rows beside the others.

Above: the projector, and whoever tells staff of it. Below: the tables.
"""

import msgspec

from firsthand.foundation.projection import Projection
from firsthand.foundation.tables import Reader, Table, Tx

TABLE = "cursors"
ASIDE = "set_aside"
TABLES = (Table(name=TABLE, erased=False), Table(name=ASIDE, erased=True))
DROPPED_ROWS_MAX = 200


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How many leaves a projection has seen, and the version that its rows are of.

    An older version had seen leaves below ``until``, and its rows are being dropped while
    ``dropping`` is set.
    """

    seen: int
    version: int
    until: int = 0
    dropping: bool = False


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that a projection could not read: the kind of error, nothing of what is in it."""

    relationship: str
    position: int
    projection: str
    error: str


def set_aside(reader: Reader, rows_max: int = 1_000) -> list[Aside]:
    """The batches that are set aside."""
    entries = reader.scan_all(ASIDE, rows_max=rows_max)
    return [
        Aside(
            relationship=entry.relationship,
            position=int(entry.key.partition(".")[0]),
            projection=entry.key.partition(".")[2],
            error=entry.value.decode(),
        )
        for entry in entries
    ]


def get(reader: Reader, projection: Projection) -> Cursor:
    """The cursor of a projection: a new one where there is none.

    A cursor that is a number alone was written before there were versions.
    """
    raw = reader.get(TABLE, "", projection.name)
    if raw is None:
        return Cursor(seen=0, version=projection.version)
    kept = msgspec.json.decode(raw, type=Cursor | int)
    return Cursor(seen=kept, version=0) if isinstance(kept, int) else kept


def put(tx: Tx, projection: Projection, cursor: Cursor) -> None:
    """Keep the cursor of a projection."""
    tx.put(TABLE, "", projection.name, msgspec.json.encode(cursor))


def put_aside(tx: Tx, one: Aside) -> None:
    """Note that a batch is set aside."""
    tx.put(ASIDE, one.relationship, _key(one), one.error.encode())


def take_back(tx: Tx, one: Aside) -> None:
    """Note that it is not any more."""
    tx.delete(ASIDE, one.relationship, _key(one))


def drop_slice(table: str, tx: Tx) -> int:
    """Delete some rows of a table; how many."""
    first = tx.scan_all(table, rows_max=1)
    if first and first[0].relationship:
        return tx.forget(table, first[0].relationship, DROPPED_ROWS_MAX)
    entries = tx.scan_all(table, rows_max=DROPPED_ROWS_MAX) if first else []
    for entry in entries:
        tx.delete(table, entry.relationship, entry.key)
    return len(entries)


def _key(one: Aside) -> str:
    return f"{one.position:015d}.{one.projection}"
