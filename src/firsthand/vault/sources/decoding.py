"""Text of any length in pieces, whatever its encoding: marks, zeros between, UTF-8, or Latin-1."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from firsthand.vault.sources.export import UnableToRead

CHUNK_BYTES = 256 * 1024
LINE_CHARS_MAX = 256 * 1024


def encoding_of(head: bytes) -> str:
    """The encoding of a text that begins so: by its mark, by its zeros, else by trying UTF-8."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if len(head) >= 4 and not head[0] and head[1]:
        return "utf-16-be"
    if len(head) >= 4 and head[0] and not head[1]:
        return "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def pieces(stream: BinaryIO) -> Iterator[str]:
    """The text of a stream from its start, piece by piece; what is no letter becomes "\ufffd"."""
    stream.seek(0)
    chunk = stream.read(CHUNK_BYTES)
    decoder = codecs.getincrementaldecoder(encoding_of(chunk))("replace")
    while chunk:
        if text := decoder.decode(chunk):
            yield text
        chunk = stream.read(CHUNK_BYTES)
    if text := decoder.decode(b"", final=True):
        yield text


def lines(name: str, stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Each line with its number from 1, without its end, which may be LF, CRLF or CR.

    Raises `UnableToRead` for a line of more than 256 Ki signs.
    """
    rest = ""
    number = 0
    for piece in pieces(stream):
        whole = (rest + piece).replace("\r\n", "\n")
        # A CR at the end may be half of an end of line.
        held = "\r" if whole.endswith("\r") else ""
        *done, rest = whole.removesuffix("\r").replace("\r", "\n").split("\n")
        rest += held
        for line in done:
            number += 1
            yield number, line
        if len(rest) > LINE_CHARS_MAX:
            raise UnableToRead(f'"{name}" cannot be read: line {number + 1} is far too long.')
    for line in rest.split("\r") if rest else []:
        number += 1
        yield number, line
