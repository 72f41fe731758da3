"""Text in columns whose names are known: what a row holds by name, wherever its column stands.

A source says which names mean what, and makes a thing of one row. All else is here: delimiters,
encodings, the order of dates, rows that are damaged, and a place for each.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.bank_layout import order_of
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.csvs import DELIMITERS, Record, records
from firsthand.vault.sources.dates import OrderEvidence, read
from firsthand.vault.sources.export import (
    Answers,
    Each,
    Export,
    Guess,
    Question,
    Row,
    Skipped,
    UnableToRead,
    Unreadable,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Head
from firsthand.vault.sources.streamed import kept
from firsthand.vault.sources.text import Line, TextFile, open_text

COLUMNS_MAX = 200
CELL_CHARS_MAX = 20_000


class NotARow(Exception):
    """A row cannot be read; the message says why."""


class LeftOut(Exception):
    """A row is understood and makes no thing; the message says what it is."""


class Cells:
    """One row by the names of its columns, and what the file says of how it writes dates."""

    def __init__(self, names: list[str], cells: list[str], order: str) -> None:
        """`names` are plain names, one for each of `cells`."""
        self._order = order
        self._held: dict[str, list[str]] = {}
        for name, cell in zip(names, cells, strict=False):
            self._held.setdefault(name, []).append(cell)

    def all(self, name: str) -> list[str]:
        """Every cell under this name, in the order of the columns, as text that is kept."""
        return [kept(cell, CELL_CHARS_MAX) for cell in self._held.get(name, ())]

    def __getitem__(self, name: str) -> str:
        """The first cell under this name that says something, or ""."""
        return next((cell for cell in self.all(name) if cell), "")

    def day(self, name: str) -> str | None:
        """A day as "2024-01-03", None where nothing stands. Raises NotARow if it is no date."""
        return self._moment(name)[0]

    def instant(self, name: str) -> str | None:
        """An instant of a column in UTC: "2024-01-03T20:15:00Z", or its day alone.

        A time without a zone is taken to be in UTC.
        """
        day, clock = self._moment(name)
        if day is None or clock is None:
            return day
        try:
            return (datetime.datetime.fromisoformat(day) + clock).isoformat() + "Z"
        except OverflowError:
            raise NotARow(f'"{self[name][:40]}" is not a time.') from None

    def _moment(self, name: str) -> tuple[str | None, datetime.timedelta | None]:
        text = self[name]
        if not text:
            return None, None
        moment = read(text)
        day = moment.dates.get(self._order) if moment else None
        if moment is None or day is None:
            raise NotARow(f'"{text[:40]}" is not a date.')
        if moment.clock is None:
            return day.isoformat(), None
        hours, minutes, seconds = moment.clock
        minutes -= moment.offset_minutes or 0
        return day.isoformat(), datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)


def names_of(text: str) -> tuple[list[str], str]:
    """The names of the columns in the first line of a text, plain, and the delimiter: most win."""
    lines = (each for each in text.splitlines()[:5] if each.strip())
    line = next((each for each in lines if not each.lower().startswith("sep=")), "")
    best: tuple[list[str], str] = ([], ",")
    for delimiter in DELIMITERS:
        record = next(records([(1, line, None)], delimiter), None)
        if record is not None and len(best[0]) < len(record.cells) <= COLUMNS_MAX:
            best = plain_names(record.cells), delimiter
    return best


def plain_names(cells: list[str]) -> list[str]:
    """Names of columns in plain words: "Year Published" and "year_published" are the same."""
    return [" ".join(tokens_of(cell)) for cell in cells]


def has_columns(head: Head, *wanted: str) -> bool:
    """Whether the first line of a file names all these columns, in plain words."""
    return set(wanted) <= set(names_of(head.text[:8192])[0])


Make = Callable[[Cells, Identity], Thing]


class Headed(Export):
    """An export in columns. `make` makes the thing of a row; it raises `NotARow` or `LeftOut`."""

    def __init__(
        self, source: str, format: str, text: TextFile, *, answers: Answers, make: Make,
        dates: tuple[str, ...], names: Callable[[list[str]], list[str]] = plain_names,
        known_as: str = "",
    ) -> None:  # fmt: skip
        """Looks through the file once for the order of its dates, in the columns `dates`.

        `known_as` is what ids are made with, where it is not the source itself.
        """
        self.source, self.format = source, format
        self.questions: list[Question] = []
        self.guesses: list[Guess] = []
        self._text, self._make, self._known_as = text, make, known_as or source
        _, self._delimiter = names_of("\n".join(line or "" for _, line, _ in first_lines(text, 5)))
        rows = records(text.lines(), self._delimiter)
        # A spreadsheet may have written its own sign for columns above them.
        header = next((row for row in rows if not _sets_delimiter(row.cells)), None)
        if header is None or not header.cells:
            raise UnableToRead("The line with the names of the columns cannot be read.")
        self._header, self._width = header.line, len(header.cells)
        self._names = names(header.cells)
        evidence = OrderEvidence()
        for record in self._records():
            if record.why is None:
                cells = Cells(self._names, record.cells, "ymd")
                for each in filter(None, (cells[date] for date in dates)):
                    evidence.observe(each)
        left = evidence.decide(newest_first=True, day_first=False)
        self._order = order_of(evidence, left, answers, self.questions, self.guesses)
        self.sure = frozenset(answers.sure)
        said = "\x1f".join([source, *header.cells])
        self.signature = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()

    def _records(self) -> Iterator[Record]:
        for record in records(self._text.lines(), self._delimiter, self._width):
            if record.line > self._header:
                yield record

    def rows(self) -> Iterator[Each]:
        """Every row, one at a time."""
        identity = Identity(self._known_as)
        for record in self._records():
            yield self._row(record, identity)

    def _row(self, record: Record, identity: Identity) -> Each:
        why = record.why
        count, width = len(record.cells), self._width
        if why is None and any(map(str.strip, record.cells[width:])):
            why = f"It has {count} columns, too many: {width} are expected."
        if why is None and count < max(2, width // 2):
            why = f"It has {count} columns, too few: {width} are expected."
        if why is not None:
            return Unreadable(record.line, why)
        try:
            thing = self._make(Cells(self._names, record.cells, self._order), identity)
        except NotARow as error:
            return Unreadable(record.line, str(error))
        except LeftOut as error:
            return Skipped(record.line, str(error))
        return Row(record.line, thing)


def text_and_answers(
    name: str, stream: BinaryIO, given: Mapping[str, str]
) -> tuple[TextFile, Answers]:
    """A file as text and the person's answers to what it asks. Raises `UnableToRead`."""
    text = open_text(name, stream)
    return text, Answers(text.digest[:8], given)


def _sets_delimiter(cells: list[str]) -> bool:
    return bool(cells) and cells[0].lower().startswith("sep=") and not "".join(cells[1:]).strip()


def first_lines(text: TextFile, count: int) -> list[Line]:
    """The first lines of a file, at most `count`."""
    return [line for line, _ in zip(text.lines(), range(count), strict=False)]
