"""The outermost elements of Apple's `export.xml`, as fast as its size needs.

The file is gigabytes of small elements, and damaged in ways of its own: the grammar that stands at
its head is broken in some versions, and signs that no XML may have get into the names of devices.
The grammar is left out (it may not declare names of its own), and after a sign that cannot be the
reading goes on with the next element.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from firsthand.vault.sources.export import UnableToRead
from firsthand.vault.sources.xmls import DEPTH_MAX, TOKEN_BYTES_MAX

CHUNK_BYTES = 64 * 1024
GRAMMAR_BYTES_MAX = 256 * 1024
CHILDREN_MAX = 10_000
RESTARTS_MAX = 10_000
# Without children that say more than the element itself.
PLAIN = frozenset(["Record", "ActivitySummary"])
_GRAMMAR = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_NEXT = re.compile(
    rb"\n[ \t]*<(?=(?:Record|Workout|ActivitySummary|Correlation|ClinicalRecord|Audiogram)[ >])"
)

_ROOT = b"<HealthData>"

Child = tuple[str, dict[str, str]]


class Found(NamedTuple):
    """One element: its line, tag, attributes and all that is in it; `why` it cannot be read."""

    line: int
    tag: str
    attributes: dict[str, str]
    children: list[Child]
    why: str | None = None


_NO_CHILDREN: list[Child] = []


def health_elements(name: str, stream: BinaryIO) -> Iterator[Found]:
    """Each element below the root. Raises `UnableToRead` for what is no XML, or could do harm."""
    stream.seek(0)
    head = _without_grammar(name, stream.read(GRAMMAR_BYTES_MAX))
    building = _Building(0)
    rest, restarts = head, 0
    while True:
        try:
            building.feed(rest)
        except expat.ExpatError as error:
            yield from building.taken()
            if not building.begun or restarts == RESTARTS_MAX:
                raise UnableToRead(f'"{name}" cannot be read: {_why(error)}') from error
            restarts += 1
            yield building.cut(_why(error))
            skipped = _skip(stream, rest, building)
            if skipped is None:
                return
            building, rest = skipped
            continue
        except (_Refused, LookupError, ValueError) as error:
            why = str(error) if isinstance(error, _Refused) else "Its encoding is not known."
            raise UnableToRead(f'"{name}" cannot be read. {why}') from error
        yield from building.taken()
        if not rest:
            return
        rest = stream.read(CHUNK_BYTES)


def _skip(stream: BinaryIO, chunk: bytes, old: "_Building") -> "tuple[_Building, bytes] | None":
    """Where the reading can go on after an error in `chunk`, with a parser that knows its line."""
    if not chunk:
        return None  # it is the end that is missing
    start = old.parser.ErrorByteIndex - old.offset + len(chunk)
    at, line = max(start, 0), old.parser.ErrorLineNumber + old.lines - 1
    while True:
        match = _NEXT.search(chunk, at)
        if match is not None:
            line += chunk.count(b"\n", at, match.start() + 1)
            return _Building(line), chunk[match.start() + 1 :]
        line += chunk.count(b"\n", at)
        chunk, at = stream.read(CHUNK_BYTES), 0
        if not chunk:
            return None


def _without_grammar(name: str, head: bytes) -> bytes:
    match = _GRAMMAR.search(head)
    if match is None:
        return head
    if b"<!ENTITY" in match[0].upper():
        raise UnableToRead(f'"{name}" cannot be read. It declares names of its own.')
    return head[: match.start()] + b"\n" * match[0].count(b"\n") + head[match.end() :]


def _why(error: expat.ExpatError) -> str:
    return f"{expat.ErrorString(error.code)}."


class _Refused(Exception):
    """Something in the file that is not read, in words for its owner."""


class _Building:
    """Elements as the parser tells of them. `lines` stand before what this parser is given."""

    def __init__(self, lines: int) -> None:
        self.lines = lines
        self.offset = 0
        self.begun = lines > 0
        self._depth = 0
        self._done: list[Found] = []
        self._open: Found | None = None
        self.parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = _declares
        parser.UnparsedEntityDeclHandler = _declares
        parser.ExternalEntityRefHandler = _declares
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        if lines:
            # What follows stands within the root, which another parser has seen.
            parser.Parse(_ROOT)
            self.offset = len(_ROOT)

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes, none at the end."""
        self.offset += len(chunk)
        self.parser.Parse(chunk, not chunk)
        if self.offset - max(self.parser.CurrentByteIndex, 0) > TOKEN_BYTES_MAX:
            raise _Refused("One of its parts is longer than 4 MiB.")

    def taken(self) -> list[Found]:
        """What is whole since this was asked last."""
        done, self._done = self._done, []
        return done

    def cut(self, why: str) -> Found:
        """What stands where the parser can go no further."""
        held, self._open = self._open, None
        line = held.line if held else self.parser.ErrorLineNumber + self.lines
        return Found(line, held.tag if held else "", {}, [], why)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if depth == 2:
            line = self.parser.CurrentLineNumber + self.lines
            if tag in PLAIN:
                self._done.append(Found(line, tag, attributes, _NO_CHILDREN))
            else:
                self._open = Found(line, tag, attributes, [])
        elif depth == 1:
            self.begun = True
        elif self._open is not None:
            # The parts of a workout of several sports have sums of their own.
            own = depth == 3 or tag != "WorkoutStatistics"
            if own and len(self._open.children) < CHILDREN_MAX:
                self._open.children.append((tag, attributes))
        elif depth > DEPTH_MAX:
            raise _Refused(f"It is nested deeper than {DEPTH_MAX}.")

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        if self._depth == 1 and self._open is not None:
            self._done.append(self._open)
            self._open = None


def _declares(*_: object) -> int:
    raise _Refused("It declares names of its own or names another file, which could do harm.")
