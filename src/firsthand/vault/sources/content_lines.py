"""Content lines, of which calendars and contacts are made (RFC 5545, 3.1; RFC 6350, 3.2).

A line may be folded in the middle of a letter, so folds are undone before letters are read. What
carries pictures and files is left empty: it is never held in memory.
"""

import codecs
import quopri
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from firsthand.vault.sources.decoding import CHUNK_BYTES, encoding_of, pieces
from firsthand.vault.sources.patterns import later

LINE_BYTES_MAX = 256 * 1024
_LOOK_BYTES = 4096
_HEAVY = later(rb"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|ATTACH)[;:]", re.IGNORECASE)
_HEAVY_BYTES = 120
_QUOTED = later(rb"[^:]*QUOTED-PRINTABLE[^:]*:", re.IGNORECASE)
_NAME = later(r"(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)")
_ESCAPE = later(r"\\(.)", re.DOTALL)
_PARAMETERS_MAX = 50
# Named here so that they are loaded where files can still be opened.
_CHARSETS = {
    codecs.lookup(name).name
    for name in ("utf-8", "iso-8859-1", "iso-8859-15", "cp1252", "cp1250", "ascii", "utf-16")
}


class Content(NamedTuple):
    """One line: its number from 1, its name in capitals, its parameters, its raw value."""

    line: int
    name: str
    parameters: dict[str, str]
    value: str


def content_lines(stream: BinaryIO) -> Iterator[Content | int]:
    """Each content line; the number of the line for what is none, or is longer than 256 KiB."""
    for number, raw in _unfolded(stream):
        found = _parsed(number, raw) if len(raw) <= LINE_BYTES_MAX else None
        if found is not None:
            yield found
        elif raw.strip():
            yield number


def unescaped(value: str) -> str:
    r"""A text value without its escapes: ``\n``, ``\,``, ``\;`` and ``\\``."""
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def parts(value: str, mark: str = ";") -> list[str]:
    """The parts of a value with structure, each without its escapes."""
    if "\\" not in value:
        return value.split(mark)
    found = re.split(rf"(?<!\\)((?:\\\\)*){re.escape(mark)}", value)
    # What was matched before a mark belongs to the part before it.
    joined = [
        found[at] + (found[at + 1] if at + 1 < len(found) else "") for at in range(0, len(found), 2)
    ]
    return [unescaped(part) for part in joined]


def _unfolded(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with what folds of it; beyond the limit it is not kept, but still one line."""
    begun, held, limit = 0, b"", LINE_BYTES_MAX + 1
    soft = False
    for number, raw in _raw_lines(stream):
        if begun and (raw[:1] in (b" ", b"\t") or soft):
            if len(held) < limit:
                held = (held[:-1] + raw if soft else held + raw[1:])[: limit + 1]
        else:
            if begun:
                yield begun, held
            begun = number
            heavy = _HEAVY.match(raw) is not None
            limit = _HEAVY_BYTES if heavy else LINE_BYTES_MAX + 1
            held = raw[: limit + 1]
        soft = held.endswith(b"=") and _QUOTED.match(held) is not None and raw.endswith(b"=")
    if begun:
        yield begun, held


def _raw_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines without their ends; in UTF-8 where the file is wide."""
    stream.seek(0)
    head = stream.read(_LOOK_BYTES)
    wide = encoding_of(head).startswith(("utf-16", "utf-32"))
    if wide or (b"\r" in head and b"\n" not in head):
        yield from _text_lines(stream)
        return
    stream.seek(3 if head.startswith(b"\xef\xbb\xbf") else 0)
    number = 0
    whole = True
    while raw := stream.readline(CHUNK_BYTES):
        # What is longer than a chunk goes on as a fold would.
        if whole:
            number += 1
            yield number, raw.rstrip(b"\r\n")
        else:
            yield number, b" " + raw.rstrip(b"\r\n")
        whole = raw.endswith(b"\n")


def _text_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    rest = ""
    number = 0
    for piece in pieces(stream):
        *done, rest = (rest + piece).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in done:
            number += 1
            yield number, line.lstrip("\ufeff").encode("utf-8", "replace")
        rest = rest[: LINE_BYTES_MAX * 2]
    if rest:
        yield number + 1, rest.encode("utf-8", "replace")


def _parsed(number: int, raw: bytes) -> Content | None:
    text = _decoded(raw)
    match = _NAME.match(text)
    if match is None:
        return None
    at = match.end()
    parameters: dict[str, str] = {}
    while at < len(text) and text[at] == ";" and len(parameters) < _PARAMETERS_MAX:
        at, key, value = _parameter(text, at + 1)
        parameters[key] = f"{parameters[key]},{value}" if key in parameters else value
    if at >= len(text) or text[at] != ":":
        return None
    value = text[at + 1 :]
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = _unquoted(raw, parameters.get("CHARSET", ""))
    return Content(number, match["name"].upper(), parameters, value)


def _parameter(text: str, at: int) -> tuple[int, str, str]:
    """The end, the name and the value of a parameter that begins at `at`."""
    begin = at
    quoted = False
    while at < len(text) and (quoted or text[at] not in ";:"):
        quoted ^= text[at] == '"'
        at += 1
    name, sign, value = text[begin:at].partition("=")
    name = name.strip().upper()
    if sign:
        return at, name, value.strip().replace('"', "")
    # vCard 2.1 names a type or an encoding by its value alone.
    coded = name in ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT")
    return at, ("ENCODING" if coded else "TYPE"), name


def _unquoted(raw: bytes, charset: str) -> str:
    """The text of a value in quoted-printable; its signs before are ASCII."""
    plain = quopri.decodestring(raw[raw.index(b":") + 1 :])
    try:
        name = codecs.lookup(charset).name if charset.isascii() else ""
    except (LookupError, ValueError):
        name = ""
    return plain.decode(name, "replace") if name in _CHARSETS else _decoded(plain)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
