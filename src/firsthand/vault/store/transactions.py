"""Reading and writing by name: what is inside one transaction."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import sqlcipher3

from firsthand.vault.store.faults import RowRefused
from firsthand.vault.store.queries import query

Row = dict[str, Any]
Plainly = Callable[[], AbstractContextManager[None]]
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}")
_AT_ONCE = 1000
# Rows in one statement: the engine is then left alone with them, and other threads go on.
_ROWS_A_STATEMENT = 250
_VALUES = re.compile(r"VALUES\s*(\((?:\s*:[a-z_0-9]+\s*,?)+\))")
# Things whose words are put in at once: sorting them stays small.
WORDS_AT_ONCE = 25_000
_ADDS_THINGS = "things.add"


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

    def values(self, name: str, /, **params: object) -> Iterator[tuple[Any, ...]]:
        """The rows of the statement called `name` as tuples, a thousand at a time in memory."""
        with self._plainly():
            cursor = self._connection.cursor()
            cursor.row_factory = None
            cursor.execute(query(name), params)
            while chunk := cursor.fetchmany(_AT_ONCE):
                yield from chunk

    def row(self, name: str, /, **params: object) -> Row | None:
        """The first row of the statement called `name`, or None."""
        found = self.rows(name, **params)
        return found[0] if found else None

    def tables(self) -> dict[str, list[str]]:
        """The columns of every table that holds what a person has; none that is made from it."""
        with self._plainly():
            names = self._connection.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                "AND name NOT LIKE 'made\\_%' ESCAPE '\\' ORDER BY name"
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

    def __init__(self, connection: sqlcipher3.Connection, plainly: Plainly) -> None:
        super().__init__(connection, plainly)
        self._added = 0

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
        rest, changed, together = 0, 0, _together(name)
        with self._plainly():
            if together is not None:
                names, statement = together
                rest = len(many) - len(many) % _ROWS_A_STATEMENT
                for start in range(0, rest, _ROWS_A_STATEMENT):
                    rows = many[start : start + _ROWS_A_STATEMENT]
                    values = [row[each] for row in rows for each in names]
                    changed += self._connection.execute(statement, values).rowcount
            if rest < len(many):
                changed += self._connection.executemany(query(name), many[rest:]).rowcount
        if name == _ADDS_THINGS:
            self._added += changed
            if self._added >= WORDS_AT_ONCE:
                self.make()
        return changed

    def make(self) -> None:
        """Bring the words and the counts up to the last thing. Every commit does so itself.

        Raises `UnableToKeep`, `UnableToOpen`.
        """
        to = self.row("words.to")
        assert to is not None, "made_to has its row from the beginning"
        for after in range(to["done"], to["there"], WORDS_AT_ONCE):
            upto = min(after + WORDS_AT_ONCE, to["there"])
            self.run("words.index", after=after, upto=upto)
            self.run("words.count", after=after, upto=upto)
        if to["there"] > to["done"]:
            self.run("words.went_to", upto=to["there"])
        self._added = 0

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


@cache
def _together(name: str) -> tuple[list[str], str] | None:
    """The names of the values of an `INSERT`, and the same statement for many rows at once."""
    statement = query(name)
    found = _VALUES.search(statement)
    if found is None:
        return None
    names = re.findall(r":([a-z_0-9]+)", found[1])
    places = f"({', '.join('?' * len(names))})"
    many = ", ".join([places] * _ROWS_A_STATEMENT)
    before, after = statement[: found.start(1)], statement[found.end(1) :]
    return None if ":" in before + after else (names, f"{before}{many}{after}")
