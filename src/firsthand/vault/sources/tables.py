"""Text in columns with a header, for sources whose columns have names that are known.

A header is known by its names alone, in any language: how they are written out (capitals, accents,
blanks, strokes) makes no difference.
"""

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import BinaryIO

from firsthand.vault.sources.csvs import DELIMITERS, Record, records
from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.export import UnableToRead
from firsthand.vault.sources.source import Head
from firsthand.vault.sources.text import Line, TextFile, open_text

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
    """The columns of the first row that has one of each meaning in `needed`; None if none has."""
    for delimiter in DELIMITERS:
        for record in _head(lines, delimiter):
            at: dict[str, int] = {}
            for place, cell in enumerate(record.cells[:200]):
                role = names.get(named(cell.strip().lstrip("\ufeff")))
                if role is not None:
                    at.setdefault(role, place)
            if needed <= at.keys():
                return Columns(record.line, delimiter, record.cells, at)
    return None


def _head(lines: list[Line], delimiter: str) -> Iterator[Record]:
    for count, record in enumerate(records(lines, delimiter)):
        if count == HEADER_LINES_MAX:
            return
        yield record


def open_table(
    name: str, stream: BinaryIO, names: Mapping[str, str], needed: frozenset[str]
) -> tuple[TextFile, Columns]:
    """Open a table. Raises `UnableToRead` where it is no text or has not the columns `needed`."""
    text = open_text(name, stream)
    lines: list[Line] = []
    for line in text.lines():
        lines.append(line)
        if len(lines) == 60:
            break
    columns = columns_in(lines, names, needed)
    if columns is None:
        wanted = ", ".join(sorted(needed))
        raise UnableToRead(f'"{name}" cannot be read: it has no columns for: {wanted}.')
    return text, columns


def rows_of(text: TextFile, columns: Columns) -> Iterator[Record]:
    """Every row below the header; one with too many cells or too few has its reason."""
    width = len(columns.cells)
    for record in records(text.lines(), columns.delimiter, width):
        if record.line <= columns.line:
            continue
        why = record.why
        if why is None and len(record.cells) < width:
            # What is empty at the end of a row is left out by some programs.
            if len(record.cells) <= max(columns.at.values(), default=0) // 2:
                why = f"It has {len(record.cells)} columns, too few: {width} are expected."
        elif why is None and any(map(str.strip, record.cells[width:])):
            why = f"It has {len(record.cells)} columns, too many: {width} are expected."
        yield record if why is None else Record(record.line, record.cells, why)
