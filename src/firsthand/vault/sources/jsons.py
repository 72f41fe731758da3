"""JSON of any size, one record at a time: the elements of its lists, and what stands beside them.

Strict where a file could be made to harm: depth, figures, names that come twice, broken letters.
Memory holds one record, or some tens of thousands of signs of them, not the file.
"""

import codecs
import json
from collections.abc import Iterator
from json.decoder import JSONDecodeError
from typing import BinaryIO, NamedTuple

from firsthand.vault.sources.export import UnableToRead
from firsthand.vault.sources.json_runs import Runs

CHUNK_BYTES = 256 * 1024
RECORD_CHARS_MAX = 64 * 1024 * 1024
DEPTH_MAX = 64
DIGITS_MAX = 400
_SPACE = " \t\r\n"


class Element(NamedTuple):
    """One record: its number from 1, its key, its value, and why it cannot be read if it cannot.

    `key` is the list or field of the outermost object that it is in, "" for a list that is the
    file itself.
    """

    number: int
    key: str
    value: object
    why: str | None = None


class _Bounds(ValueError):
    """A value is beyond what is read."""


class Run(NamedTuple):
    """Records that follow each other under one key: the first one's number, and their values.

    Where `why` is not None there is no value: the record of that number cannot be read.
    """

    number: int
    key: str
    values: list[object]
    why: str | None = None


def elements(name: str, stream: BinaryIO) -> Iterator[Element]:
    """The records of a JSON file, in its order.

    Of `[...]` each element; of `{"a": [...], "b": x}` each element of each list by the list's key,
    and each other value as one element of its key. A file of one JSON value a line gives each of
    them, with key "". A file that is cut yields what is whole, and one last element with `why`.
    Raises `UnableToRead` where it is no JSON at all.
    """
    for first, key, values, why in runs(name, stream):
        if why is not None:
            yield Element(first, key, None, why)
        for number, value in enumerate(values, first):
            yield Element(number, key, value)


def runs(name: str, stream: BinaryIO) -> Iterator[Run]:
    """The same as `elements`, with as many records at once as are at hand; never none of them."""
    stream.seek(0)
    text = _Text(stream)
    first = text.peek()
    number = 1
    if first not in ("[", "{"):
        raise UnableToRead(f'"{name}" cannot be read: it does not begin as JSON does.')
    try:
        for key, values in _all(text, first):
            yield Run(number, key, values)
            number += len(values)
        if text.peek():
            yield Run(number, "", [], "Something follows after its end.")
    except (JSONDecodeError, RecursionError, _Bounds) as error:
        why = "It is nested too deep." if isinstance(error, RecursionError) else _why(error)
        yield Run(number, "", [], why)


def _all(text: "_Text", first: str) -> Iterator[tuple[str, list[object]]]:
    if first == "[":
        for values in _list(text):
            yield "", values
    elif _one_a_line(text):
        while text.peek():
            yield "", [text.value()]
    else:
        yield from _object(text)


def _why(error: Exception) -> str:
    if isinstance(error, JSONDecodeError):
        return f"What follows is no JSON: {error.msg}."
    return str(error)


def _one_a_line(text: "_Text") -> bool:
    """Whether a whole object is on the first line and another begins on the next."""
    line, _, rest = text.ahead().partition("\n")
    return line.rstrip().endswith("}") and rest.lstrip().startswith("{")


def _list(text: "_Text") -> Iterator[list[object]]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    many = Runs()
    while True:
        yield text.values(many)
        if text.take(",", "]") == "]":
            return


def _object(text: "_Text") -> Iterator[tuple[str, list[object]]]:
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        return
    seen = set[str]()
    while True:
        key = text.value() if text.peek() == '"' else text.take('"')
        assert isinstance(key, str), "it begins with a quote"
        if key in seen:
            raise _Bounds(f'The name "{key[:60]}" comes twice.')
        seen.add(key)
        text.take(":")
        if text.peek() == "[":
            for values in _list(text):
                yield key, values
        else:
            yield key, [text.value()]
        if text.take(",", "}") == "}":
            return


class _Text:
    """The text of a stream, from which whole values are taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head = stream.read(4)
        stream.seek(0)
        encoding = "utf-8-sig"
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._json = json.JSONDecoder(
            object_pairs_hook=_pairs, parse_constant=_no_constant, parse_int=_int
        )

    def ahead(self) -> str:
        """What is held of the text from here on; at least one chunk of it, if there is one."""
        if len(self._buffer) - self._at < CHUNK_BYTES // 2:
            self._more()
        return self._buffer[self._at :]

    def peek(self) -> str:
        """The next sign that is no white space, "" at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, *signs: str) -> str:
        """The next sign, which must be one of `signs`."""
        sign = self.peek()
        if sign not in signs or not sign:
            raise JSONDecodeError(f"expected {' or '.join(signs)}", self._buffer, self._at)
        self._at += 1
        return sign

    def value(self) -> object:
        """The next whole value."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._buffer, self._at)
            except JSONDecodeError:
                if not self._more():
                    raise
                continue
            # A number may go on in the next chunk, and so may what looks like the end of one.
            if end == len(self._buffer) and self._more():
                continue
            opened = self._buffer.count("{", self._at, end) + self._buffer.count("[", self._at, end)
            self._at = end
            if opened > DEPTH_MAX:  # with fewer it cannot be deeper
                _bounded(value, DEPTH_MAX)
            return value

    def values(self, many: Runs) -> list[object]:
        """The next whole values of a list: as many as `many` takes at once, or one."""
        self.peek()
        size_chars = CHUNK_BYTES // 4
        if len(self._buffer) - self._at < size_chars:
            self._more()
        found = many.take(self._buffer, self._at, self._at + size_chars)
        if found is not None:
            values, self._at = found
            return values
        value = self.value()
        many.learn(self._buffer, self._at)
        return [value]

    def _more(self) -> bool:
        """Whether there was more to read. Twice as much each time: a long value is tried seldom."""
        if self._ended:
            return False
        if len(self._buffer) - self._at > RECORD_CHARS_MAX:
            raise _Bounds("One record is longer than 64 MiB.")
        self._buffer = self._buffer[self._at :]
        self._at = 0
        wanted = max(CHUNK_BYTES, len(self._buffer))
        chunk = self._stream.read(wanted)
        self._ended = not chunk
        self._buffer += self._decoder.decode(chunk, self._ended)
        return not self._ended


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Bounds(f'The name "{twice[:60]}" comes twice.')
    return found


def _no_constant(word: str) -> object:
    raise _Bounds(f"{word} is no JSON.")


def _int(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise _Bounds(f"A figure has more than {DIGITS_MAX} digits.")
    return int(digits)


def _bounded(value: object, depth: int) -> None:
    """Refuse what is nested deeper than `DEPTH_MAX`."""
    if isinstance(value, dict | list):
        if depth == 0:
            raise _Bounds(f"It is nested deeper than {DEPTH_MAX}.")
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, dict | list):
                _bounded(each, depth - 1)
