"""XML of any size, one element at a time, with the doors shut that a file could be harmful by.

No entity is ever looked up but the five of XML and numbers: a file that declares its own is
refused, and so is one that names another file. Memory holds one wanted element, not the file.
"""

import codecs
import re
from collections.abc import Collection, Iterator
from typing import BinaryIO
from xml.parsers import expat

from firsthand.vault.sources.export import UnableToRead

# What XML may say it is written in: Python loads these when they are first used, and where files
# are read nothing can be opened by then.
for _name in ("latin-1", "iso8859-2", "iso8859-9", "iso8859-15", "cp1250", "cp1252", "cp1254"):
    codecs.lookup(_name)

CHUNK_BYTES = 64 * 1024
TOKEN_BYTES_MAX = 4 * 1024 * 1024
DEPTH_MAX = 64
PARTS_MAX = 2_000_000
TEXT_CHARS_MAX = 4 * 1024 * 1024
# A prolog, comments and a declaration of the document's type may stand before the first tag.
_ROOT = re.compile(
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>\s*)*<([A-Za-z_][\w:.-]*)",
    re.DOTALL | re.IGNORECASE,
)


class Element:
    """One element with all that is in it. `tag` and attributes without their name space.

    `line` is where it begins, from 1; `text` is what stands before its first child. `whole` is
    False where the file ends within it.
    """

    __slots__ = ("attributes", "children", "line", "tag", "text", "whole")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        """Made by `elements`."""
        self.tag, self.attributes, self.line = tag, attributes, line
        self.children: list[Element] = []
        self.text = ""
        self.whole = False

    def first(self, *path: str) -> "Element | None":
        """The first element at the end of `path`, a tag for each step down."""
        at: Element | None = self
        for tag in path:
            at = next((child for child in at.children if child.tag == tag), None) if at else None
        return at

    def each(self, tag: str) -> list["Element"]:
        """The children with this tag."""
        return [child for child in self.children if child.tag == tag]

    def said(self, *path: str) -> str:
        """The text at the end of `path` without the white space around it, or ""."""
        found = self.first(*path)
        return found.text.strip() if found else ""

    def within(self, tag: str) -> Iterator["Element"]:
        """Every element with this tag at any depth, in the order of the file."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.within(tag)


class _Refused(Exception):
    """Something in the file that is not read, in words for its owner."""


def elements(
    name: str, stream: BinaryIO, wanted: Collection[str], starts: Collection[str] = ()
) -> Iterator[Element]:
    """Each element with a tag in `wanted`, the outermost such only, in the order of the file.

    Of those with a tag in `starts` comes the start alone, with attributes and `whole` True: they
    may be too large to hold. A file that is cut yields the element that it is cut in last, with
    `whole` False. Raises `UnableToRead` for what is no XML from its beginning, and for what could
    be harmful.
    """
    stream.seek(0)
    building = _Building(frozenset(wanted), frozenset(starts))
    parser = building.parser
    fed = 0
    try:
        while True:
            chunk = stream.read(CHUNK_BYTES)
            # Some services write blanks before the first sign, which XML does not allow.
            chunk = chunk if fed else chunk.lstrip(b" \t\r\n")
            fed += len(chunk)
            building.bound(fed)
            parser.Parse(chunk, not chunk)
            yield from building.taken()
            if not chunk:
                return
    except _Refused as error:
        raise UnableToRead(f'"{name}" cannot be read. {error}') from error
    except (LookupError, ValueError) as error:
        why = "It is written in an encoding that is not known."
        raise UnableToRead(f'"{name}" cannot be read. {why}') from error
    except expat.ExpatError as error:
        yield from building.taken()
        if building.open is None and not building.found:
            why = expat.ErrorString(error.code)
            raise UnableToRead(f'"{name}" cannot be read: line {error.lineno}: {why}.') from error
        yield building.cut(error.lineno)


def root_of(text: str) -> str:
    """The tag of the outermost element of a file that begins with `text`, or "" if it is no XML."""
    match = _ROOT.match(text)
    return match[1].rpartition(":")[2] if match else ""


class _Building:
    """Elements as the parser tells of them."""

    def __init__(self, wanted: Collection[str], starts: Collection[str]) -> None:
        self._wanted = wanted
        self._starts = starts
        self._stack: list[Element] = []
        self._depth = 0
        self._parts = 0
        self._done: list[Element] = []
        self.found = 0
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _declares
        parser.UnparsedEntityDeclHandler = _declares
        parser.ExternalEntityRefHandler = _declares
        parser.SkippedEntityHandler = _declares
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    @property
    def open(self) -> Element | None:
        """The wanted element that has begun and has not ended."""
        return self._stack[0] if self._stack else None

    def bound(self, fed_bytes: int) -> None:
        """Refuse one part that goes on and on: it would be gone through again at every chunk."""
        if fed_bytes - max(self.parser.CurrentByteIndex, 0) > TOKEN_BYTES_MAX:
            raise _Refused("One of its parts is longer than 4 MiB.")

    def taken(self) -> list[Element]:
        """What is whole since this was asked last."""
        done, self._done = self._done, []
        return done

    def cut(self, line: int) -> Element:
        """What stands where the file can be read no further."""
        return self._stack[0] if self._stack else Element("", {}, line)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise _Refused(f"It is nested deeper than {DEPTH_MAX}.")
        tag = tag.rpartition(":")[2]
        alone = not self._stack
        if alone:
            if tag not in self._wanted and tag not in self._starts:
                return
            self._parts = 0
        self._parts += 1
        if self._parts > PARTS_MAX:
            raise _Refused(f"One record has more than {PARTS_MAX} parts.")
        element = Element(
            tag,
            {key.rpartition(":")[2]: value for key, value in attributes.items()},
            self.parser.CurrentLineNumber,
        )
        if alone and tag in self._starts:
            element.whole = True
            self._done.append(element)
            return
        if self._stack:
            self._stack[-1].children.append(element)
        self._stack.append(element)

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        if not self._stack:
            return
        element = self._stack.pop()
        element.whole = True
        if not self._stack:
            self.found += 1
            self._done.append(element)

    def _text(self, text: str) -> None:
        if self._stack and not self._stack[-1].children:
            element = self._stack[-1]
            if len(element.text) + len(text) > TEXT_CHARS_MAX:
                raise _Refused("One of its texts is longer than 4 MiB.")
            element.text += text


def _declares(*_: object) -> int:
    raise _Refused("It declares names of its own or names another file, which could do harm.")
