"""Tables and batches out of SQLite, as `foundation.tables` and `foundation.journal` describe them.

The driver gives up Python's lock at every row and takes it again. Under load each retaking can
cost a whole switch interval, so everything with many rows is packed by SQLite into a single one:
lengths and short values as JSON, the bytes laid end to end.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import msgspec
from sqlcipher3 import dbapi2 as sqlite

from firsthand.foundation.journal import (
    HASH_BYTES,
    Page,
    Place,
    Stored,
    UnableToCommit,
    UnableToRead,
)
from firsthand.foundation.journals.sqlite_file import Connection
from firsthand.foundation.journals.tree import NODE_BYTES, home_of
from firsthand.foundation.tables import (
    Entry,
    Table,
    check_entry,
    check_forgets,
    check_rows_max,
    declared,
)
from firsthand.protocol.merkle import UnableToProve
from firsthand.protocol.wire import SALT_BYTES

CHUNK_ROWS_MAX = 64

_ENTRIES = msgspec.json.Decoder(list[tuple[str, str, int]])
_HEADS = msgspec.json.Decoder(
    list[tuple[int, str, str, int, str, str, str, int, int, int, int, int]]
)

_PAGE_END = """
SELECT max(position), count(*), max(running) FROM (
  SELECT position, row_number() OVER sofar AS running, sum(length(body)) OVER sofar AS total
  FROM batches WHERE position >= ? AND relationship {which} AND body IS NOT NULL
  WINDOW sofar AS (ORDER BY position ROWS UNBOUNDED PRECEDING)
  ORDER BY position LIMIT ?
) WHERE total <= ? OR running = 1
"""
_PAGE = """
SELECT json_group_array(json_array(position, relationship, lane, n, role, purpose, agreement,
         events, received_ms, length(signature), length(base), length(body))),
       CAST(group_concat(salt || substr(nodes, 1, 32) || signature || base || body, '') AS BLOB)
FROM (SELECT * FROM batches WHERE position BETWEEN ? AND ? AND relationship {which}
        AND body IS NOT NULL
      ORDER BY position)
"""


class SqliteReader:
    """One consistent view over a connection. Use it in one thread at a time."""

    def __init__(self, connection: Connection, tables: dict[str, Table]) -> None:
        """Read from this connection, which has its transaction open."""
        self.connection = connection
        self.tables = tables

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Run a query; raises UnableToRead if the storage fails."""
        try:
            found: list[Any] = self.connection.execute(statement, values).fetchall()
        except sqlite.Error as error:
            raise UnableToRead(f"the storage did not answer: {error}") from error
        return found

    def get(self, table: str, relationship: str, key: str) -> bytes | None:
        """Return the value, or None if there is no such row."""
        name = declared(self.tables, table).name
        found = self.rows(
            f'SELECT value FROM "room_{name}" WHERE relationship = ? AND key = ?',  # noqa: S608 - declared
            (relationship, key),
        )
        return found[0][0] if found else None

    def scan(
        self,
        table: str,
        relationship: str,
        *,
        after: str = "",
        before: str | None = None,
        rows_max: int,
        newest_first: bool = False,
    ) -> list[Entry]:
        """Return up to `rows_max` rows of one relationship, in the order of their keys."""
        check_rows_max(rows_max)
        where = "relationship = ? AND key > ?" + ("" if before is None else " AND key < ?")
        order = "key DESC" if newest_first else "key"
        bounds = (relationship, after) if before is None else (relationship, after, before)
        return self._entries(table, where, order, (*bounds, rows_max))

    def scan_all(
        self, table: str, *, after: tuple[str, str] = ("", ""), rows_max: int
    ) -> list[Entry]:
        """Return up to `rows_max` rows over all relationships, ordered by (relationship, key)."""
        check_rows_max(rows_max)
        where = "(relationship, key) > (?, ?)"
        return self._entries(table, where, "relationship, key", (*after, rows_max))

    def count(self, table: str, relationship: str | None = None) -> int:
        """Return how many rows there are."""
        name = declared(self.tables, table).name
        counted = f'SELECT count(*) FROM "room_{name}"'  # noqa: S608 - declared
        if relationship is None:
            ((found,),) = self.rows(counted)
        else:
            ((found,),) = self.rows(f"{counted} WHERE relationship = ?", (relationship,))
        rows: int = found
        return rows

    def _entries(
        self, table: str, where: str, order: str, values: tuple[object, ...]
    ) -> list[Entry]:
        name = declared(self.tables, table).name
        ((heads, packed),) = self.rows(
            "SELECT json_group_array(json_array(relationship, key, length(value))),"  # noqa: S608
            " CAST(group_concat(value, '') AS BLOB) FROM"
            f' (SELECT * FROM "room_{name}" WHERE {where} ORDER BY {order} LIMIT ?)',
            values,
        )
        entries = []
        start = 0
        for relationship, key, length in _ENTRIES.decode(heads):
            value = packed[start : start + length]
            entries.append(Entry(relationship=relationship, key=key, value=value))
            start += length
        return entries

    def node(self, level: int, index: int) -> bytes:
        """Return a complete node of the tree; raises UnableToProve if it is not there."""
        found = self.rows(
            "SELECT substr(nodes, ?, ?) FROM batches WHERE position = ?",
            (level * NODE_BYTES + 1, NODE_BYTES, home_of(level, index)),
        )
        if not found or len(found[0][0]) != NODE_BYTES:
            raise UnableToProve(f"the tree has no node {index} at level {level} yet")
        node: bytes = found[0][0]
        return node

    def nodes(self, after: int, rows_max: int) -> list[bytes]:
        """Return what is kept of the tree with each leaf from `after` on."""
        ((lengths, packed),) = self.rows(
            "SELECT json_group_array(length(CAST(nodes AS BLOB))),"
            " CAST(group_concat(nodes, '') AS BLOB)"
            " FROM (SELECT nodes FROM batches WHERE position >= ? ORDER BY position LIMIT ?)",
            (after, rows_max),
        )
        ends = list(accumulate(msgspec.json.decode(lengths, type=list[int])))
        return [packed[start:end] for start, end in pairwise([0, *ends])]

    def size(self) -> int:
        """Return the number of leaves."""
        ((last,),) = self.rows("SELECT max(position) FROM batches")
        return 0 if last is None else last + 1

    def latest(self) -> tuple[int, str] | None:
        """Return the size and text of the latest checkpoint, or None before the first batch."""
        found = self.rows(
            "SELECT position + 1, checkpoint FROM batches WHERE checkpoint IS NOT NULL"
            " ORDER BY position DESC LIMIT 1"
        )
        return found[0] if found else None

    def place(self, relationship: str, lane: str, n: int | None) -> Place | None:
        """Return where the batch `n` of a lane stands; its last one if `n` is None."""
        which, values = ("", ()) if n is None else ("AND n = ?", (n,))
        found = self.rows(
            "SELECT position, n, substr(nodes, 1, 32) FROM batches"  # noqa: S608 - no value in it
            f" WHERE relationship = ? AND lane = ? {which} ORDER BY n DESC LIMIT 1",
            (relationship, lane, *values),
        )
        if not found:
            return None
        position, number, leaf = found[0]
        return Place(position=position, n=number, leaf=leaf)

    def page(self, after: int, rows_max: int, bytes_max: int, relationship: str | None) -> Page:
        """Return a page of batches as `Journal.batches` describes it."""
        which = "IS NOT NULL" if relationship is None else "= ?"
        named = () if relationship is None else (relationship,)
        ((last, count, _),) = self.rows(
            _PAGE_END.format(which=which), (after, *named, rows_max, bytes_max)
        )
        if last is None:
            return Page(batches=[], seen=max(after, self.size()))
        ((heads, packed),) = self.rows(_PAGE.format(which=which), (after, last, *named))
        batches = _unpacked(_HEADS.decode(heads), packed)
        assert len(batches) == count, "both queries saw the same batches"
        return Page(batches=batches, seen=last + 1)


class SqliteTx(SqliteReader):
    """The writer's view. A savepoint is set before the first writing of a work, not earlier."""

    def __init__(
        self, connection: Connection, tables: dict[str, Table], rows_cached_max: int
    ) -> None:
        """Write to this connection; keep up to `rows_cached_max` rows of hot tables in memory."""
        super().__init__(connection, tables)
        self._marked = False
        self._hot: dict[tuple[str, str, str], bytes | None] = {}
        self._hot_max = rows_cached_max

    def mark(self) -> None:
        """Set the savepoint of this work, if it is not set yet."""
        if not self._marked:
            self._execute("SAVEPOINT work")
            self._marked = True

    def keep(self) -> None:
        """End a work and keep what it wrote."""
        if self._marked:
            self._marked = False
            self._execute("RELEASE work")

    def undo(self) -> bool:
        """End a work and undo what it wrote; say whether it had written."""
        if not self._marked:
            return False
        self._marked = False
        self._hot.clear()
        self._execute("ROLLBACK TO work")
        self._execute("RELEASE work")
        return True

    def drop_memory(self) -> None:
        """Forget everything that is not in the file: the whole group was undone."""
        self._marked = False
        self._hot.clear()

    def get(self, table: str, relationship: str, key: str) -> bytes | None:
        """Return the value, or None; out of memory for a hot table."""
        if not declared(self.tables, table).hot:
            return super().get(table, relationship, key)
        place = (table, relationship, key)
        if place in self._hot:
            return self._hot[place]
        value = super().get(table, relationship, key)
        self._remember(place, value)
        return value

    def put(self, table: str, relationship: str, key: str, value: bytes) -> None:
        """Set one row, new or not."""
        self.put_many(table, [Entry(relationship=relationship, key=key, value=value)])

    def put_many(self, table: str, entries: Sequence[Entry]) -> None:
        """Set many rows; of equal keys the last one stays."""
        known = declared(self.tables, table)
        for entry in entries:
            check_entry(entry)
        self.mark()
        # In the order of the tree, so that neighbours meet the same page; the last one stays.
        last = {(entry.relationship, entry.key): entry.value for entry in entries}
        rows = [(*place, bytearray(last[place])) for place in sorted(last)]
        insert_rows(
            rows,
            f'INSERT INTO "room_{known.name}" (relationship, key, value)',
            "(?,?,?)",
            self._execute,
            " ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        if known.hot:
            for (relationship, key), value in last.items():
                self._remember((table, relationship, key), value)

    def delete(self, table: str, relationship: str, key: str) -> None:
        """Delete one row; nothing happens if there is none."""
        name = declared(self.tables, table).name
        self.mark()
        self._execute(
            f'DELETE FROM "room_{name}" WHERE relationship = ? AND key = ?',  # noqa: S608 - declared
            (relationship, key),
        )
        self._hot.pop((table, relationship, key), None)

    def forget(self, table: str, relationship: str, rows_max: int) -> int:
        """Delete up to `rows_max` rows of a relationship; return how many."""
        known = declared(self.tables, table)
        check_forgets(known)
        check_rows_max(rows_max)
        self.mark()
        gone: int = self._execute(
            f'DELETE FROM "room_{known.name}" WHERE relationship = ? AND key IN'  # noqa: S608 - declared
            f' (SELECT key FROM "room_{known.name}" WHERE relationship = ? ORDER BY key LIMIT ?)',
            (relationship, relationship, rows_max),
        ).rowcount
        if known.hot:
            self._hot = {k: v for k, v in self._hot.items() if k[:2] != (table, relationship)}
        return gone

    def _remember(self, place: tuple[str, str, str], value: bytes | None) -> None:
        if len(self._hot) >= self._hot_max and place not in self._hot:
            self._hot.pop(next(iter(self._hot)))
        self._hot[place] = value

    def _execute(self, statement: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401
        try:
            return self.connection.execute(statement, values)
        except sqlite.Error as error:
            raise UnableToCommit(f"the storage did not take it: {error}") from error


def insert_rows(
    rows: Sequence[tuple[object, ...]],
    into: str,
    row: str,
    execute: Callable[[str, Sequence[object]], Any],
    tail: str = "",
) -> None:
    """Insert rows, with one statement each CHUNK_ROWS_MAX; ``row`` are the slots of one.

    One statement is made for each number of rows, and is parsed once: one that has room to spare,
    and passes over it, costs twice as much for each row. Values are numbers, texts and bytearrays:
    for anything else, bytes and None too, the driver looks for an adapter, value by value, which
    takes longer than all the rest.
    """
    for start in range(0, len(rows), CHUNK_ROWS_MAX):
        chunk = rows[start : start + CHUNK_ROWS_MAX]
        values = [value for each in chunk for value in each]
        execute(f"{into} VALUES {','.join([row] * len(chunk))}{tail}", values)


def _unpacked(heads: list[tuple[Any, ...]], packed: bytes) -> list[Stored]:
    """Part what `_PAGE` laid end to end."""
    batches = []
    at = 0
    for (position, relationship, lane, n, role, purpose, agreement, events, received_ms,
         signature, base, body) in heads:  # fmt: skip
        ends = []
        for length in (SALT_BYTES, HASH_BYTES, signature, base, body):
            ends.append((at, at + length))
            at += length
        parts = [packed[start:stop] for start, stop in ends]
        batches.append(
            Stored(
                position=position,
                relationship=relationship,
                lane=lane,
                n=n,
                role=role,
                purpose=purpose,
                agreement=agreement,
                events=events,
                received_ms=received_ms,
                salt=parts[0],
                leaf=parts[1],
                signature=parts[2],
                base=parts[3],
                body=parts[4],
            )
        )
    return batches
