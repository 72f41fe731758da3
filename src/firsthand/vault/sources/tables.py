"""Text in columns with a header, for sources whose columns have names that are known.

A header is known by its names alone, in any language: how they are written out (capitals, accents,
blanks, strokes) makes no difference.
"""

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from firsthand.vault.sources.csvs import DELIMITERS, Record, records
from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.export import UnableToRead
from firsthand.vault.sources.source import Head
from firsthand.vault.sources.text import Line, open_text

HEADER_LINES_MAX = 10
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=1 << 12)
def named(name: str) -> str:
    """The name of a column as names are compared: "OrderID", "order_id" and "Order ID" are one."""
    return "".join(_WORD.findall(plain(_HUMP.sub(" ", name))))


def first_lines(head: Head) -> list[Line]:
    """The first lines of a file that is text; none if it is not."""
    return list(_first_lines(head.raw))


@lru_cache(maxsize=4)
def _first_lines(raw: bytes) -> tuple[Line, ...]:
    try:
        text = open_text("", io.BytesIO(raw))
    except UnableToRead:
        return ()
    found: list[Line] = []
    for line in text.lines():
        found.append(line)
        if len(found) == 60:
            break
    return tuple(found)


class Columns:
    """Where the columns of a table are: `at` is from what a column means to its place, from 0."""

    def __init__(self, line: int, delimiter: str, cells: list[str], at: dict[str, int]) -> None:
        """Made by `columns_in`."""
        self.line, self.delimiter, self.cells, self.at = line, delimiter, cells, at

    def cell(self, cells: list[str], role: str) -> str:
        """What stands in the column with this meaning, "" if there is none."""
        place = self.at.get(role)
        return cells[place].strip() if place is not None and place < len(cells) else ""


def table_of(words: Mapping[str, str]) -> dict[str, str]:
    """From names as they are compared to what they mean; `words` has names with "|" between."""
    return {
        named(name): role
        for role, names in words.items()
        for name in names.split("|")
        if named(name)
    }


def columns_in(
    lines: list[Line], names: Mapping[str, str], needed: frozenset[str]
) -> Columns | None:
    """The columns of the first rows that have one of each meaning in `needed`; None if none has.

    Where several delimiters would do, the one by which most columns are known.
    """
    best: Columns | None = None
    for delimiter in DELIMITERS:
        for record in _head(lines, delimiter):
            at: dict[str, int] = {}
            for place, cell in enumerate(record.cells[:200]):
                role = names.get(named(cell.strip().lstrip("\ufeff")))
                if role is not None:
                    at.setdefault(role, place)
            if at and needed <= at.keys() and (best is None or len(at) > len(best.at)):
                best = Columns(record.line, delimiter, record.cells, at)
    return best


def _head(lines: list[Line], delimiter: str) -> Iterator[Record]:
    for count, record in enumerate(records(lines, delimiter)):
        if count == HEADER_LINES_MAX:
            return
        yield record
