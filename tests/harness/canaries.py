"""Looks for words in files, in every form in which software tends to write them."""

import base64
import binascii
import hashlib
import html
import json
import quopri
import re
import stat
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

UNPACKED_BYTES_MAX = 64 << 20
INSIDE_MAX = 3
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_TO_ONE_FORM = bytes.maketrans(b"-_", b"+/")
_PACKED = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b\x08")


def forms(word: str) -> dict[str, bytes]:
    """The ways to write a word, by name; each is found wherever the word stands inside more."""
    raw = word.encode()
    hexed = raw.hex()
    found = {
        "utf-8": raw,
        "utf-8 decomposed": unicodedata.normalize("NFD", word).encode(),
        "lower case": word.lower().encode(),
        "upper case": word.upper().encode(),
        "utf-16le": word.encode("utf-16-le"),
        "utf-16be": word.encode("utf-16-be"),
        "utf-32le": word.encode("utf-32-le"),
        "latin-1": word.encode("latin-1", "replace"),
        "hex": hexed.encode(),
        "HEX": hexed.upper().encode(),
        "bytes of Python": repr(raw)[2:-1].encode(),
        "hex with spaces": raw.hex(" ").encode(),
        "percent": quote(word, safe="").encode(),
        "percent in small letters": quote(word, safe="").lower().encode(),
        "percent everywhere": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "form": quote(word, safe="").replace("%20", "+").encode(),
        "json": json.dumps(word)[1:-1].encode(),
        "json everywhere": "".join(f"\\u{ord(sign):04x}" for sign in word).encode(),
        "json in json": json.dumps(json.dumps(word))[3:-3].encode(),
        "html": html.escape(word).encode("ascii", "xmlcharrefreplace"),
        "html everywhere": "".join(f"&#{ord(sign)};" for sign in word).encode(),
        "html in hex": "".join(f"&#x{ord(sign):x};" for sign in word).encode(),
        "backwards": word[::-1].encode(),
        "quoted-printable": quopri.encodestring(raw).strip(),
        "punycode": word.encode("punycode"),
        "ascii85": base64.a85encode(raw)[:-5],
        "base85": base64.b85encode(raw)[:-5],
        "uuencoded": binascii.b2a_uu(raw[:45])[1:-3],
        "sha-256": hashlib.sha256(raw).digest(),
        "sha-256 in hex": hashlib.sha256(raw).hexdigest().encode(),
        "md5 in hex": hashlib.md5(raw, usedforsecurity=False).hexdigest().encode(),
    }
    for offset in range(3):
        inside = base64.b64encode(b"\0" * offset + raw)
        # What stands before and after changes the first and the last signs: leave them out.
        inside = inside[(0, 2, 3)[offset] :].rstrip(b"=")[:-1]
        found[f"base64 at {offset}"] = inside
        found[f"base64url at {offset}"] = inside.replace(b"+", b"-").replace(b"/", b"_")
    for offset in range(5):
        inside = base64.b32encode(b"\0" * offset + raw)[(0, 2, 4, 5, 7)[offset] :].rstrip(b"=")
        found[f"base32 at {offset}"] = inside[:-1]
    return found


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every file below a folder, and of what is packed in them."""
    for path in sorted(folder.rglob("*")):
        if stat.S_ISREG(path.lstat().st_mode):
            content = path.read_bytes()
            yield path.name, content
            yield from inside(path.name, content, INSIDE_MAX)


def inside(name: str, content: bytes, deep: int) -> Iterator[tuple[str, bytes]]:
    """What is packed, or written as base64, in a content; and what is so inside of that."""
    unpacked = b"\0".join(packed_in(content))
    signs = b"\0".join(based_in(content))
    for what, more in ((f"{name}, unpacked", unpacked), (f"{name}, from base64", signs)):
        if more:
            yield what, more
            if deep > 1:
                yield from inside(what, more, deep - 1)


def based_in(content: bytes) -> Iterator[bytes]:
    """Each run of signs of base64, or of its form for addresses, read from its beginning."""
    for run in _BASE64.findall(content):
        yield base64.b64decode(run.translate(_TO_ONE_FORM) + b"A" * (-len(run) % 4))


def packed_in(content: bytes) -> Iterator[bytes]:
    """Whatever zlib or gzip has packed inside, at any place."""
    for head in _PACKED:
        at = content.find(head)
        while at >= 0:
            unpacking = zlib.decompressobj(wbits=47)
            try:
                unpacked = unpacking.decompress(content[at:], UNPACKED_BYTES_MAX)
            except zlib.error:
                unpacked = b""
            if len(unpacked) > 8:
                yield unpacked
            at = content.find(head, at + 1)


def hits(folder: Path, words: Iterable[str]) -> list[str]:
    """Where any of the words stands in any form: a line for each."""
    wanted = [(word, name, form) for word in words for name, form in forms(word).items()]
    return [
        f"{word!r} as {name} in {where}"
        for where, content in contents(folder)
        for word, name, form in wanted
        if form in content
    ]
