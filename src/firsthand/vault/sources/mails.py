"""Messages of e-mail: of a mailbox of any size one at a time, and of one message its words.

Only parts that are text are looked at. What is attached is never opened (RFC 2045, RFC 2183).
"""

import base64
import binascii
import codecs
import datetime
import email.utils
import quopri
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from firsthand.vault.sources.instants import of_moment
from firsthand.vault.sources.patterns import later

CHUNK_BYTES = 1024 * 1024
MESSAGE_BYTES_MAX = 16 * 1024 * 1024
HEADER_BYTES_MAX = 256 * 1024
PART_BYTES_MAX = 4 * 1024 * 1024
DEPTH_MAX = 6
PARTS_MAX = 100
TEXTS_BYTES_MAX = 8 * 1024 * 1024
_POSTMARK = later(rb"From \S{1,200}[ \t]+[^\r\n]{0,120}\d\d:\d\d[^\r\n]{0,60}\r?\n")
_POSTMARK_BYTES = 400
_LENGTH = later(rb"\s*\d{1,12}\s*\r?\n")  # the first line of .emlx
_BLANK = later(rb"\r?\n[ \t]*\r?\n|\r\r")
_FIELD = later(rb"^([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]?(.*)$")
_WORD = later(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{0,2000})\?=")
_BETWEEN = later(r"(\?=)\s+(?==\?)")
_PARAMETER = later(r""";\s*([\w-]{1,40})\*?0?\*?\s*=\s*(?:"([^"]{0,500})"|([^;\s]{0,500}))""")
# Named here so that they are loaded where files can still be opened.
_CHARSETS = {
    alias: codecs.lookup(alias).name
    for alias in (
        "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-2", "iso-8859-9",
        "iso-8859-15", "latin1", "windows-1250", "windows-1251", "windows-1252", "windows-1254",
        "cp1250", "cp1252", "koi8-r", "utf-16", "utf-7",
    )
}  # fmt: skip


class Message(NamedTuple):
    """What is read of one message. `time` is ISO 8601, None if it says none; `pages` are HTML."""

    subject: str
    sender: str
    address: str
    time: str | None
    pages: list[str]
    data: list[str]


def messages(stream: BinaryIO) -> Iterator[bytes]:
    """Each message of a mailbox in its order, or the one that the file is.

    Of a message beyond 16 MiB the beginning, which has its words.
    """
    stream.seek(0)
    held = bytearray(stream.read(CHUNK_BYTES))
    if not _POSTMARK.match(held):
        held += stream.read(MESSAGE_BYTES_MAX - len(held))
        match = _LENGTH.match(held)
        yield bytes(held[match.end() if match else 0 :])
        return
    begun = b""
    scan = 0
    while True:
        chunk = stream.read(CHUNK_BYTES)
        last = not chunk
        while (at := _next_postmark(held, scan, last=last)) >= 0:
            yield begun or bytes(held[:at])
            del held[:at]
            begun, scan = b"", 1
        if last:
            yield begun or bytes(held)
            return
        scan = max(1, len(held) - _POSTMARK_BYTES)
        if len(held) > MESSAGE_BYTES_MAX:
            begun = begun or bytes(held[:MESSAGE_BYTES_MAX])
            del held[: len(held) - 2 * _POSTMARK_BYTES]
            scan = _POSTMARK_BYTES
        held += chunk


def _next_postmark(held: bytearray, scan: int, *, last: bool) -> int:
    """Where the next message begins, -1 if that is not held yet."""
    while (at := held.find(b"\nFrom ", scan)) >= 0:
        if not last and len(held) - at < _POSTMARK_BYTES:
            return -1
        after_blank = held[max(0, at - 2) : at].endswith((b"\n", b"\n\r"))
        if after_blank and _POSTMARK.match(held, at + 1):
            return at + 1
        scan = at + 1
    return -1


def read_message(raw: bytes) -> Message:
    """What a message says, of whatever bytes."""
    if match := _POSTMARK.match(raw):
        raw = raw[match.end() :]
    fields, body = _split(raw)
    name, address = _sender(fields.get("from", ""))
    pages: list[str] = []
    data: list[str] = []
    for kind, text in _texts(fields, body, DEPTH_MAX, [PARTS_MAX, TEXTS_BYTES_MAX]):
        (data if kind == "application/ld+json" else pages).append(text)
    return Message(
        subject=words_of(fields.get("subject", "")),
        sender=name,
        address=address,
        time=_time(fields.get("date", "")),
        pages=pages,
        data=data,
    )


def words_of(text: str) -> str:
    """A header's text with its encoded words read (RFC 2047)."""
    if "=?" not in text:
        return text.strip()
    return _WORD.sub(_decoded_word, _BETWEEN.sub(r"\1", text)).strip()


def _decoded_word(match: re.Match[str]) -> str:
    raw = match[3].encode("ascii", "replace")
    try:
        plain = (
            base64.b64decode(raw + b"=" * (-len(raw) % 4))
            if match[2] in "bB"
            else quopri.decodestring(raw.replace(b"_", b" "))
        )
    except (binascii.Error, ValueError):
        return match[0]
    return _decoded(plain, match[1])


def _decoded(raw: bytes, charset: str) -> str:
    name = _CHARSETS.get(charset.lower().strip(), "")
    for encoding in (name, "utf-8"):
        if encoding and encoding != "ascii":
            try:
                return raw.decode(encoding)
            except (UnicodeError, ValueError):
                continue
    return raw.decode("cp1252", "replace")


def _split(raw: bytes) -> tuple[dict[str, str], bytes]:
    """The fields of a header by their names in small letters (the first of each), and the body."""
    if raw.startswith((b"\n", b"\r\n")):
        return {}, raw.lstrip(b"\r\n")
    match = _BLANK.search(raw, 0, HEADER_BYTES_MAX)
    head = raw[: match.start() if match else HEADER_BYTES_MAX]
    body = raw[match.end() :] if match else b""
    fields: dict[str, str] = {}
    unfolded: list[bytes] = []
    for line in head.splitlines():
        if line[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1] = (unfolded[-1] + b" " + line.strip())[:8192]
        else:
            unfolded.append(line)
    for line in unfolded:
        if field := _FIELD.match(line):
            fields.setdefault(field[1].decode().lower(), _decoded(field[2], "utf-8"))
    return fields, body


def _texts(
    fields: dict[str, str], body: bytes, depth: int, left: list[int]
) -> Iterator[tuple[str, str]]:
    """The kind and the text of each part that is a page or data, but of nothing attached.

    `left` is how many parts may come, and how many bytes of text.
    """
    left[0] -= 1
    if left[0] < 0 or depth == 0:
        return
    whole = fields.get("content-type", "text/plain")
    kind = whole.partition(";")[0].strip().lower()
    parameters = {
        match[1].lower(): match[2] if match[2] is not None else match[3]
        for match in _PARAMETER.finditer(whole)
    }
    if fields.get("content-disposition", "").strip().lower().startswith("attachment"):
        return
    if kind.startswith("multipart/"):
        boundary = parameters.get("boundary", "")
        for part in _parts(body, boundary) if boundary else ():
            yield from _texts(*_split(part), depth - 1, left)
    elif kind in ("text/html", "application/ld+json", "application/xhtml+xml"):
        plain = _plain(body, fields.get("content-transfer-encoding", ""))
        plain = plain[: min(PART_BYTES_MAX, left[1])]
        left[1] -= len(plain)
        yield kind, _decoded(plain, parameters.get("charset", "utf-8"))


def _parts(body: bytes, boundary: str) -> Iterator[bytes]:
    mark = b"--" + boundary.encode("utf-8", "replace")
    begin = 0 if body.startswith(mark) else body.find(b"\n" + mark) + 1
    if begin == 0 and not body.startswith(mark):
        return
    for _ in range(PARTS_MAX):
        line_end = body.find(b"\n", begin)
        if line_end < 0 or body[begin + len(mark) : begin + len(mark) + 2] == b"--":
            return
        end = body.find(b"\n" + mark, line_end)
        yield body[line_end + 1 : end if end >= 0 else len(body)]
        if end < 0:
            return
        begin = end + 1


def _plain(body: bytes, encoding: str) -> bytes:
    body = body[: PART_BYTES_MAX * 2]
    how = encoding.strip().lower()
    if how == "quoted-printable":
        return quopri.decodestring(body)
    if how != "base64":
        return body
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except (binascii.Error, ValueError):
        return b""


def _sender(text: str) -> tuple[str, str]:
    try:
        name, address = email.utils.parseaddr(words_of(text)[:1000])
    except (ValueError, IndexError, RecursionError):
        return "", ""
    return name.strip() or address, address


def _time(text: str) -> str | None:
    try:
        found = email.utils.parsedate_tz(text[:200])
        if found is None:
            return None
        moment = datetime.datetime(*found[:5], min(found[5], 59))  # noqa: DTZ001 - made so below
        if found[9] is None:
            return of_moment(moment)
        moment -= datetime.timedelta(seconds=found[9])
        return of_moment(moment.replace(tzinfo=datetime.UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
