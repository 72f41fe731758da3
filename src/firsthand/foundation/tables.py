"""The tables that every room of an organisation's side may hold, inside one transaction.

Above: rooms of the hub and what folds a journal. Below: the makers in `foundation.journals`.
A row is bytes under (table, relationship, key). `relationship=""` holds the organisation's own
rows. Since every row names its relationship, erasing one reaches every table, and an engine past
one machine can part all tables by it.
"""

import re
from collections.abc import Sequence
from typing import Protocol

import msgspec

KEY_CHARS_MAX = 512
RELATIONSHIP_CHARS_MAX = 128
ROWS_MAX = 10_000
TABLES_MAX = 100
VALUE_BYTES_MAX = 1 << 20

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class UnableToUseTable(ValueError):
    """A table was asked for something that it cannot do.

    Declare the table where the journal is opened, and stay within the limits of this module: keys
    of 1 to 512 characters, values of up to 1 MiB, up to 10,000 rows at once.
    """


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The declaration of a table.

    `name`: lower-case letters, digits and underscores, at most 40. `erased`: whether its rows go
    when their relationship is erased; only such a table can `forget`. `hot`: whether nearly every
    batch asks for one of its rows, so that the writer keeps those it used last in memory. `given`:
    whether its rows hold what a person gave, or what was concluded from it; such a table is read
    for a purpose alone, and a law of the house keeps watch over who names it.
    """

    name: str
    erased: bool
    hot: bool = False
    given: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a table."""

    relationship: str
    key: str
    value: bytes


class Reader(Protocol):
    """One consistent view of all tables. Raises UnableToUseTable for what no table can do."""

    def get(self, table: str, relationship: str, key: str) -> bytes | None:
        """Return the value, or None if there is no such row."""
        ...

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
        """Return up to `rows_max` rows of one relationship, in the order of their keys.

        Only keys above `after` and below `before`, both left out themselves. Keys are ordered by
        code point; `newest_first` turns the order round and takes from the upper end.
        """
        ...

    def scan_all(
        self, table: str, *, after: tuple[str, str] = ("", ""), rows_max: int
    ) -> list[Entry]:
        """Return up to `rows_max` rows over all relationships, ordered by (relationship, key)."""
        ...

    def count(self, table: str, relationship: str | None = None) -> int:
        """Return how many rows there are. It walks over all of them: not for hot paths."""
        ...


class Tx(Reader, Protocol):
    """A view that can write too. It sees what it wrote; it ends with the work it was given to."""

    def put(self, table: str, relationship: str, key: str, value: bytes) -> None:
        """Set one row, new or not."""
        ...

    def put_many(self, table: str, entries: Sequence[Entry]) -> None:
        """Set many rows; quicker than one by one. Of equal keys the last one stays."""
        ...

    def delete(self, table: str, relationship: str, key: str) -> None:
        """Delete one row; nothing happens if there is none."""
        ...

    def forget(self, table: str, relationship: str, rows_max: int) -> int:
        """Delete up to `rows_max` rows of a relationship; return how many. 0: nothing is left."""
        ...


def by_name(tables: Sequence[Table]) -> dict[str, Table]:
    """Return the declared tables by name; raises UnableToUseTable for a bad or doubled name."""
    if len(tables) > TABLES_MAX:
        raise UnableToUseTable(f"{len(tables)} tables where at most {TABLES_MAX} may be")
    named: dict[str, Table] = {}
    for table in tables:
        if _NAME.fullmatch(table.name) is None or table.name in named:
            raise UnableToUseTable(f"table name {table.name!r} is malformed or taken twice")
        named[table.name] = table
    return named


def declared(tables: dict[str, Table], name: str) -> Table:
    """Return the declaration of a table; raises UnableToUseTable if there is none."""
    table = tables.get(name)
    if table is None:
        raise UnableToUseTable(f"table {name!r} is not declared where the journal is opened")
    return table


def check_rows_max(rows_max: int) -> None:
    """Raise UnableToUseTable unless `rows_max` lies between 1 and ROWS_MAX."""
    if not 1 <= rows_max <= ROWS_MAX:
        raise UnableToUseTable(f"rows_max {rows_max} lies outside 1 to {ROWS_MAX}")


def check_entry(entry: Entry) -> None:
    """Raise UnableToUseTable if a row breaks a limit or has characters that cannot be kept."""
    if not 1 <= len(entry.key) <= KEY_CHARS_MAX:
        raise UnableToUseTable(f"a key of {len(entry.key)} characters; 1 to {KEY_CHARS_MAX} fit")
    if len(entry.relationship) > RELATIONSHIP_CHARS_MAX:
        raise UnableToUseTable(f"a relationship longer than {RELATIONSHIP_CHARS_MAX} characters")
    if len(entry.value) > VALUE_BYTES_MAX:
        raise UnableToUseTable(
            f"a value of {len(entry.value)} bytes under {entry.key!r}; {VALUE_BYTES_MAX} fit"
        )
    if not (_is_text(entry.key) and _is_text(entry.relationship)):
        raise UnableToUseTable("a key or relationship with a zero character or a lone surrogate")


def check_forgets(table: Table) -> None:
    """Raise UnableToUseTable if the table is declared to outlive its relationships."""
    if not table.erased:
        raise UnableToUseTable(f"table {table.name!r} is declared as kept: it cannot forget")


def _is_text(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    try:
        return b"\0" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False
