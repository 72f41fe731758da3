"""What commands print: tables that fit the terminal, amounts, and JSON.

Text that came from elsewhere is shown without the signs that steer a terminal.
"""

import json
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

WIDTH_MIN = 40
WIDTH_DEFAULT = 100
GAP = "  "
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}


def as_json(value: object) -> None:
    """Print a value as JSON with line breaks."""
    try:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except UnicodeEncodeError:  # the name of a file that is no UTF-8: escaped it stays exact
        text = json.dumps(value, indent=2)
    print(text)


def plain(value: object) -> str:
    """A value as one line of text, without line breaks, control signs and changes of direction."""
    if value is None:
        return ""
    text = " ".join(str(value).split())
    return "".join(
        sign for sign in text if sign in _JOINERS or unicodedata.category(sign) not in _STEERING
    )


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
) -> None:
    """Print rows under their heads, columns aligned; the widest gives way to the terminal.

    right: the heads of columns that are aligned to the right. whole: those that are never cut, as
    what stands there is to be copied. Prints nothing where there are no rows.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    if not cells:
        return
    columns = list(zip(heads, *cells, strict=True))
    widest = [max(_wide(cell) for cell in column) for column in columns]
    widths = _fitting(widest, [head in whole for head in heads])
    for line in [list(heads), *cells]:
        parts = [
            _set(_cut(cell, width), width, to_right=head in right)
            for cell, width, head in zip(line, widths, heads, strict=True)
        ]
        print(GAP.join(parts).rstrip())


def pairs(rows: Iterable[tuple[str, object]]) -> None:
    """Print names and values, the values aligned; leaves out those without a value."""
    shown = [(name, plain(value)) for name, value in rows if plain(value)]
    width = max((_wide(name) for name, _ in shown), default=0)
    for name, value in shown:
        print(_set(name, width, to_right=False) + GAP + value)


def words(text: str, indent: str = "") -> None:
    """Print a paragraph, broken to the terminal."""
    print(
        textwrap.fill(
            plain(text),
            _width(),
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def note(text: str) -> None:
    """Say something beside the output, on standard error."""
    print(plain(text), file=sys.stderr)


def moment(value: object) -> str:
    """A time as a person reads it: the day, and the minute where it is known."""
    text = plain(value)
    return f"{text[:10]} {text[11:16]}" if "T" in text else text


def amount(value: object, currency: object) -> str:
    """An amount with its currency, if there is one."""
    return f"{plain(value)} {plain(currency)}".strip()


def many(count: object, one: str, more: str | None = None) -> str:
    """`1 row`, `2 rows`, `12,000 rows`."""
    number = count if isinstance(count, int) else 0
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def _width() -> int:
    return max(WIDTH_MIN, shutil.get_terminal_size((WIDTH_DEFAULT, 24)).columns)


def _fitting(widths: list[int], whole: list[bool]) -> list[int]:
    """Take from the widest column that may be cut until all fit beside each other."""
    room = _width() - len(GAP) * (len(widths) - 1)
    may = [each for each, kept in enumerate(whole) if not kept]
    while sum(widths) > room and may:
        widest = max(may, key=lambda each: widths[each])
        if widths[widest] <= WIDTH_MIN // len(widths):
            break
        widths[widest] -= 1
    return widths


def _wide(text: str) -> int:
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def _cut(text: str, width: int) -> str:
    if _wide(text) <= width:
        return text
    while text and _wide(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _set(text: str, width: int, *, to_right: bool) -> str:
    space = " " * (width - _wide(text))
    return space + text if to_right else text + space
