"""Things as tables that a spreadsheet opens, with nothing in them that it would run."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

FIXED = ("id", "time", "name", "source")
# What a spreadsheet takes for the start of a formula (OWASP ASVS 5.0, 1.2.10), full-width forms
# included, and after any white space that it would skip. Apostrophes before it count as well, so
# that the one put there can be told from those that were there.
_FORMULA = re.compile(r"'*(?:[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|\s*\x00|[\t\r\n])")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what would be run as a formula; numbers stay numbers."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    inner = cell[1:]
    return inner if cell.startswith("'") and guarded(inner) == cell else cell


def flattened(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The texts in a thing's data by their way down: `object.partOfSeries.name`."""
    for key, value in data.items():
        name = prefix + key
        if isinstance(value, Mapping):
            yield from flattened(value, name + ".")
        elif isinstance(value, list):
            yield name, "; ".join(_said(each) for each in value)
        elif value is not None and key != "@type":
            yield name, str(value)


def _said(value: object) -> str:
    """One of several, as a cell has room for it: its name, and what else is said in brackets."""
    if not isinstance(value, Mapping):
        return str(value)
    parts = dict(flattened(value))
    name = parts.pop("name", "")
    rest = ", ".join(parts.values())
    return f"{name} ({rest})" if name and rest else name or rest


def write_things(
    stream: IO[bytes], columns: Iterable[str], things: Iterable[Mapping[str, object]]
) -> int:
    """Write things (rows with `data` decoded) as CSV (RFC 4180); returns how many.

    It is UTF-8 with a byte-order mark, without which some spreadsheets take it for Latin-1.
    columns: the names that `flattened` gives, after the fixed ones.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    extra = [name for name in columns if name not in {"name", "startTime"}]
    writer.writerow([guarded(name) for name in (*FIXED, *extra)])
    written = 0
    for thing in things:
        data = thing["data"]
        flat = dict(flattened(data)) if isinstance(data, Mapping) else {}
        cells = [str(thing[name] or "") for name in FIXED] + [flat.get(name, "") for name in extra]
        writer.writerow([guarded(cell) for cell in cells])
        written += 1
    text.flush()
    text.detach()
    return written
