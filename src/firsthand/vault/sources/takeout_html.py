"""Google's activities as a web page: one cell of the page an activity, in words of any language."""

import html
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from firsthand.vault.sources.decoding import pieces
from firsthand.vault.sources.export import Each, Row, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import written
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.takeout_activity import (
    SOURCE,
    URL_CHARS_MAX,
    Activity,
    Link,
    activity_thing,
)
from firsthand.vault.sources.takeout_words import Meanings

CELL_CHARS_MAX = 1024 * 1024
LINES_MAX = 400
_CELL = '<div class="outer-cell'
_PAGE = later(r"(?:<!doctype html[^>]{0,200}>\s*)?<html", re.IGNORECASE)
_BREAK = later(r"<br\s*/?>", re.IGNORECASE)
_ANCHOR = later(r"""<a\s[^<>]{0,200}?href=["']([^"'<>]{0,8000})["'][^<>]{0,200}>""")
_TAG = later(r"<[^<>]{0,9000}>")


class _Line(NamedTuple):
    """A line of a cell: its words, where it leads, and the words that lead there."""

    text: str
    url: str
    linked: str = ""


def claims(start: str) -> bool:
    """Whether a file that begins so is a page of activities."""
    return bool(_PAGE.match(start)) and (
        "outer-cell" in start or "material-design-lite" in start or ".mdl-" in start
    )


def open_page(name: str, stream: BinaryIO) -> Streamed:
    """Open a page of activities. Raises `UnableToRead` where there are none."""
    if next(_cells(stream), None) is None:
        raise UnableToRead(
            f'"{name}" cannot be read: it is a web page without activities of Google in it. '
            "Give the page as Takeout made it, or choose JSON when you ask for it."
        )
    return Streamed(SOURCE, "Google activity (web page)", lambda: _rows(stream))


def _cells(stream: BinaryIO) -> Iterator[str | None]:
    """The text of each cell; None for one that is far too long."""
    rest = ""
    began = too_long = False
    for piece in pieces(stream):
        *done, rest = (rest + piece).split(_CELL)
        for cell in done:
            if began:
                yield None if too_long or len(cell) > CELL_CHARS_MAX else cell
            began, too_long = True, False
        if not began:
            rest = rest[-len(_CELL) :]
        elif len(rest) > CELL_CHARS_MAX:
            rest, too_long = rest[-len(_CELL) :], True
    if began:
        yield None if too_long else rest


def _rows(stream: BinaryIO) -> Iterator[Each]:
    identity, meanings = Identity(SOURCE), Meanings()
    for number, cell in enumerate(_cells(stream), 1):
        if cell is None:
            yield Unreadable(number, "This activity is longer than 1 Mi signs.")
            continue
        found = _activity(cell)
        if isinstance(found, str):
            yield Unreadable(number, found)
        else:
            yield Row(number, activity_thing(found, identity, meanings))


def _activity(cell: str) -> Activity | str:
    header = _text(_between(cell, "mdl-typography--title", "</p>"))
    lines = _lines(_between(cell, "mdl-typography--body-1", "</div>"))
    time, place = None, 0
    for place in range(len(lines) - 1, -1, -1):
        if (time := written(lines[place].text)) is not None:
            break
    if time is None:
        last = lines[-1].text if lines else ""
        return f'"{last[:60]}" is no time.' if last else "It has no text."
    before = lines[:place]
    title = before[0] if before else _Line(header, "")
    if not title.text:
        return "It has no title."
    return Activity(
        header=header,
        title=kept(title.text),
        url=title.url,
        subtitles=[Link(kept(line.text), line.url) for line in before[1:]],
        description=kept("\n".join(line.text for line in lines[place + 1 :])),
        time=time,
        what=kept(title.linked),
        details=[line.text for line in _lines(_between(cell, "typography--caption", "</div>"))],
    )


def _between(cell: str, mark: str, end: str) -> str:
    """What stands in the tag whose class has `mark`, up to `end`."""
    at = cell.find(mark)
    begin = cell.find(">", at) if at >= 0 else -1
    if begin < 0:
        return ""
    stop = cell.find(end, begin)
    return cell[begin + 1 : stop if stop >= 0 else len(cell)]


def _lines(text: str) -> list[_Line]:
    found = []
    for part in _BREAK.split(text, LINES_MAX):
        words = _text(part)
        if words:
            match = _ANCHOR.search(part)
            url = kept(html.unescape(match[1]), URL_CHARS_MAX) if match else ""
            linked = _text(part[match.end() : part.find("</a", match.end())]) if match else ""
            found.append(_Line(words, url, linked))
    return found


def _text(part: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", part)).split())
