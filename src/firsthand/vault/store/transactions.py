"""Reading and writing by name: what is inside one transaction."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import sqlcipher3

from firsthand.vault.store.faults import RowRefused
from firsthand.vault.store.queries import query

Row = dict[str, Any]
Plainly = Callable[[], AbstractContextManager[None]]
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}")
_AT_ONCE = 1000


def row_of(cursor: Any, values: Sequence[Any]) -> Row:  # noqa: ANN401 - the engine has no types
    """Make a dict of a row, by the names of its columns."""
    return dict(zip([column[0] for column in cursor.description], values, strict=True))


class Reading:
    """One moment of the vault: what is read here does not change while it lasts."""

    def __init__(self, connection: sqlcipher3.Connection, plainly: Plainly) -> None:
        self._connection = connection
        self._plainly = plainly

    def rows(self, name: str, /, **params: object) -> list[Row]:
        """All rows of the statement called `name`. Raises `UnableToOpen`, `UnableToKeep`."""
        with self._plainly():
            return list(self._connection.execute(query(name), params).fetchall())

    def row(self, name: str, /, **params: object) -> Row | None:
        """The first row of the statement called `name`, or None."""
        found = self.rows(name, **params)
        return found[0] if found else None

    def tables(self) -> dict[str, list[str]]:
        """The columns of every table that holds what a person has; no indexes of words."""
        with self._plainly():
            names = self._connection.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            ).fetchall()
            return {
                row["name"]: [
                    column["name"]
                    for column in self._connection.execute(
                        "SELECT name FROM pragma_table_info(:table) ORDER BY cid",
                        {"table": row["name"]},
                    ).fetchall()
                ]
                for row in names
            }

    def whole(self, table: str) -> Iterator[Row]:
        """Every row of a table of `tables`, in the order of its key, a thousand at a time."""
        assert table in self.tables(), "only a name that stands in the schema is put into SQL"
        with self._plainly():
            cursor = self._connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            while chunk := cursor.fetchmany(_AT_ONCE):
                yield from chunk


class Tx(Reading):
    """A transaction: all of it is kept, or nothing."""

    def run(self, name: str, /, **params: object) -> int:
        """Run the statement called `name`; returns how many rows it changed.

        Raises `RowRefused`, `UnableToKeep`, `UnableToOpen`.
        """
        with self._plainly():
            return int(self._connection.execute(query(name), params).rowcount)

    def run_many(self, name: str, many: Sequence[Mapping[str, object]]) -> int:
        """Run the statement called `name` for each of `many`; returns how many rows it changed."""
        if not many:
            return 0
        with self._plainly():
            return int(self._connection.executemany(query(name), many).rowcount)

    def insert(self, table: str, rows: Iterable[Mapping[str, object]]) -> int:
        """Add rows, given by their columns, to a table of `tables`; returns how many.

        Raises `RowRefused` for a column that is not there or a row that does not fit.
        """
        columns = set(self.tables()[table])
        made = 0
        for row in rows:
            if not row or not set(row) <= columns:
                extra = sorted(set(row) - columns)
                raise RowRefused(f"{table} has no columns {extra}: is it from a newer version?")
            assert all(_COLUMN.fullmatch(name) for name in row), "the schema's own names"
            names = ", ".join(f'"{name}"' for name in row)
            places = ", ".join(f":{name}" for name in row)
            with self._plainly():
                self._connection.execute(
                    f'INSERT INTO "{table}" ({names}) VALUES ({places})',  # noqa: S608
                    dict(row),
                )
            made += 1
        return made

    def check_references(self) -> None:
        """Look only at the end whether what rows refer to is there."""
        with self._plainly():
            self._connection.execute("PRAGMA defer_foreign_keys = ON")
