"""From lines to cells: delimiters, quotes, cells of several lines, and damage kept to its row."""

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from firsthand.vault.sources.text import LINE_CHARS_MAX, Line

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 200
RECORD_LINES_MAX = 200
_OPEN = "unexpected end of data"


class Record(NamedTuple):
    """The cells of one row, or why it has none. `line` is where it begins, from 1."""

    line: int
    cells: list[str]
    why: str | None


class _Feed:
    """Lines that can be put back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._back: deque[Line] = deque()

    def next(self) -> Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def put_back(self, lines: list[Line]) -> None:
        self._back.extendleft(reversed(lines))


def records(lines: Iterable[Line], delimiter: str, width: int | None = None) -> Iterator[Record]:
    """Yield a record for each row that is not blank.

    A quote that is never closed costs its own line only. `width`, if known, is how many cells a
    row has: it tells a cell of several lines from a stray quote.
    """
    feed = _Feed(lines)
    while (line := feed.next()) is not None:
        number, text, why = line
        if text is None:
            yield Record(number, [], why)
        elif '"' not in text:
            if text and not text.isspace():
                cells = text.split(delimiter)
                if any(map(str.strip, cells)):
                    yield Record(number, cells, None)
        else:
            record = _quoted(feed, number, text, delimiter, width)
            if record.why or any(map(str.strip, record.cells)):
                yield record


def _quoted(feed: _Feed, number: int, text: str, delimiter: str, width: int | None) -> Record:
    try:
        return Record(number, _strict(text, delimiter), None)
    except csv.Error as trouble:
        if _OPEN in str(trouble):
            cells = _several_lines(feed, text, delimiter, width)
            if cells is not None:
                return Record(number, cells, None)
    for attempt in (_escaped, _lenient):
        try:
            cells = attempt(text, delimiter)
        except csv.Error:
            continue
        if width is not None and _fits(cells, width):
            return Record(number, cells, None)
    return Record(number, [], "A quote is open or in the wrong place in this line.")


def _several_lines(feed: _Feed, text: str, delimiter: str, width: int | None) -> list[str] | None:
    """The cells of a record that goes on over the next lines; None puts the lines back."""
    taken: list[Line] = []
    whole = text
    while len(taken) < RECORD_LINES_MAX and len(whole) <= LINE_CHARS_MAX:
        line = feed.next()
        if line is None:
            break
        taken.append(line)
        if line[1] is None:
            break
        whole += "\n" + line[1]
        if '"' not in line[1]:
            continue
        try:
            cells = _strict(whole, delimiter)
        except csv.Error as trouble:
            if _OPEN in str(trouble):
                continue
            break
        if width is not None and not _fits(cells, width) and _is_row(taken[0], delimiter, width):
            break
        return cells
    feed.put_back(taken)
    return None


def _fits(cells: list[str], width: int) -> bool:
    """Whether a row has so many cells; a delimiter that ends every line makes empty ones."""
    return len(cells) >= width and not any(map(str.strip, cells[width:]))


def _is_row(line: Line, delimiter: str, width: int) -> bool:
    try:
        return line[1] is not None and len(_strict(line[1], delimiter)) == width
    except csv.Error:
        return False


def _strict(text: str, delimiter: str) -> list[str]:
    lines = text.splitlines(keepends=True) if "\n" in text else [text]
    return next(csv.reader(_by_lf(lines), delimiter=delimiter, strict=True), [])


def _by_lf(lines: list[str]) -> list[str]:
    """Undo the cuts that `splitlines` makes at anything other than a line feed."""
    if len(lines) == 1:
        return lines
    return [part + "\n" for part in "".join(lines).split("\n")]


def _escaped(text: str, delimiter: str) -> list[str]:
    return next(
        csv.reader([text], delimiter=delimiter, strict=True, doublequote=False, escapechar="\\"), []
    )


def _lenient(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])


def head_lines(lines: Iterable[Line]) -> list[Line]:
    """The first lines of a file, enough to see its layout."""
    head: list[Line] = []
    for line in lines:
        head.append(line)
        if len(head) >= SAMPLE_LINES:
            break
    return head


def sniff(
    head: list[Line],
    header_score: Callable[[list[str]], int],
    is_data: Callable[[list[str]], bool],
) -> str:
    """The delimiter of a file. `header_score` says how many known column names cells have.

    Known names decide first, then how many lines are data, then how many have the same number of
    cells, then that number (a decimal comma also cuts every line in two).
    """
    first = next((text for _, text, _ in head if text and text.strip()), "").strip()
    if first.lower().startswith("sep=") and len(first) <= len("sep=x"):
        return first[4:] or "\t"
    best = ","
    best_score: tuple[int, float, float, int] = (-1, -1.0, -1.0, -1)
    for delimiter in DELIMITERS:
        found = [record.cells for record in records(head, delimiter) if not record.why]
        widths = Counter(len(cells) for cells in found if len(cells) > 1)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        names = max((header_score(cells) for cells in found if len(cells) > 1), default=0)
        data = round(sum(map(is_data, found)) / len(found), 1)
        score = (names, data, round(count / len(found), 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best
