"""Read the vault's own export, row by row, from the JSON file or from the zip around it."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, NoReturn, TextIO

from firsthand.vault.bring.zips import FAULTS

FORMAT = "firsthand-export"
VERSION = 1
MEMBER = "firsthand.json"
HEAD_BYTES = 4096
_NAME_AT = 30  # of the first member's name in a zip (APPNOTE 4.3.7)
ROW_CHARACTERS_MAX = 64 * 1024 * 1024
_AT_ONCE = 256 * 1024
_MARK = re.compile(rb'"format"\s*:\s*"' + FORMAT.encode() + b'"')
_HEADLESS = "This export does not begin with its format and version."
_SPACE = re.compile(r"[ \t\r\n]*")


class UnableToReadExport(Exception):
    """An export of a vault cannot be read: it is cut off, changed, or from a newer version.

    Take it anew with `firsthand vault export`; nothing of it was kept.
    """


def is_own_export(stream: BinaryIO) -> bool:
    """Whether this is an export of a vault, by its content; the stream is at its start after."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        # It stands first in what we pack; a list of members is only read where it can do no harm.
        return head[_NAME_AT : _NAME_AT + len(MEMBER)] == MEMBER.encode()
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_MARK.search(head))


@contextmanager
def _document(stream: BinaryIO) -> Iterator[IO[bytes]]:
    stream.seek(0)
    zipped = stream.read(4) == b"PK\x03\x04"
    stream.seek(0)
    if not zipped:
        yield stream
        return
    with zipfile.ZipFile(stream) as archive:
        if MEMBER not in archive.namelist():
            _damaged(f"its list of files has no {MEMBER}")
        with archive.open(MEMBER) as member:
            yield member


def rows_of(stream: BinaryIO) -> Iterator[tuple[str, object]]:
    """Every member of the export by name; of a list each element by itself.

    Format and version are checked before anything is given out. Memory does not grow with the
    file. Raises `UnableToReadExport`.
    """
    try:
        with _document(stream) as inner:
            text = io.TextIOWrapper(inner, encoding="utf-8-sig")
            try:
                yield from _checked(_Scanner(text))
            finally:
                text.detach()
    except (*FAULTS, OSError) as error:
        raise UnableToReadExport(f"This export is damaged: {error}.") from error


def _checked(scanner: "_Scanner") -> Iterator[tuple[str, object]]:
    said: dict[str, object] = {}
    for name, value in scanner.members():
        if name in {"format", "version"}:
            said[name] = value
        if said == {"format": FORMAT, "version": VERSION}:
            yield name, value
        elif "version" in said and said["version"] != VERSION:
            raise UnableToReadExport(
                "This export was made by a newer Firsthand. Use the newer one to read it."
            )
        elif not name.startswith("@") and name not in {"format", "version"}:
            raise UnableToReadExport(_HEADLESS)
    if said != {"format": FORMAT, "version": VERSION}:
        raise UnableToReadExport(_HEADLESS)


class _Scanner:
    """A reader of one JSON object that holds one element at a time."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)

    def members(self) -> Iterator[tuple[str, object]]:
        """Each member; the elements of a list one by one. Raises `UnableToReadExport`."""
        self._take("{")
        seen = set[str]()
        while True:
            name = self._value()
            if not isinstance(name, str) or name in seen:
                _damaged("a name is missing or there twice")
            seen.add(name)
            self._take(":")
            if self._next() == "[":
                for element in self._elements():
                    yield name, element
            else:
                yield name, self._value()
            if self._take(",", "}") == "}":
                break
        if self._next():
            _damaged("something follows its end")

    def _elements(self) -> Iterator[object]:
        self._take("[")
        if self._next() == "]":
            self._take("]")
            return
        while True:
            yield self._value()
            if self._take(",", "]") == "]":
                return

    def _next(self) -> str:
        """The next sign that is not white space, or "" at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _take(self, *signs: str) -> str:
        found = self._next()
        if found not in signs:
            _damaged("it is cut off" if not found else f"{found!r} stands where it should not")
        self._at += 1
        return found

    def _value(self) -> object:
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if not self._more():
                    raise UnableToReadExport(f"This export is damaged: {error.msg}.") from error
                continue
            except ValueError as error:
                raise UnableToReadExport(f"This export is damaged: {error}.") from error
            # A number at the end of what was read may go on in what was not.
            if end == len(self._buffer) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        if self._ended:
            return False
        left = self._buffer[self._at :]
        if len(left) > ROW_CHARACTERS_MAX:
            _damaged("one row of it is far too long")
        read = self._stream.read(max(_AT_ONCE, len(left)))
        self._ended = not read
        self._buffer, self._at = left + read, 0
        return bool(read)


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        raise ValueError("a name is there twice")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _damaged(why: str) -> NoReturn:
    raise UnableToReadExport(f"This export is damaged: {why}.")
