"""Everything that is written down, cut into tokens; and a clock that nobody reads twice alike."""

import base64
import binascii
import re
import time
from datetime import datetime, timedelta

from firsthand.foundation.clock import SetClock

TOKEN_BYTES_MIN = 6
STEP = timedelta(seconds=7)
_WORDS = re.compile(rb"[A-Za-z0-9_+/=.:-]{6,}|[\x80-\xff]{6,}")
_HOUR = re.compile(rb"\n?0000[45][0-9]{5}")  # since 1970: everybody's clock shows the same one
_BASE64 = re.compile(rb"[A-Za-z0-9_+/-]{8,}={0,2}")


class MovingClock(SetClock):
    """A clock that moves whenever somebody looks: no two see the same time."""

    def now(self) -> datetime:
        self.advance(STEP)
        return super().now()

    def ticks_ms(self) -> float:
        return time.monotonic() * 1000  # how long something took stays true


def is_clock(token: bytes) -> bool:
    """Whether a token is an hour of everybody's clock."""
    return _HOUR.fullmatch(token) is not None


def tokens_in(content: bytes, where: bytes, deep: int) -> set[bytes]:
    """The words of a content, and of whatever is base64 in it; short raw values as a whole.

    `where` is the organisation's own address: the digits of its port are a matter of chance, and
    read as base64 with what follows they could be those of the other.
    """
    content = content.replace(where, b" ")
    found = set(_WORDS.findall(content))
    if TOKEN_BYTES_MIN <= len(content) <= 64:
        found.add(content)
    for word in list(found):
        found.update(part for part in re.split(rb"[.:/=_+-]", word) if len(part) >= TOKEN_BYTES_MIN)
    if deep:
        for run in _BASE64.findall(content):
            for one in {run, *re.split(rb"[.]", run)}:
                if one.isdigit():  # a second of everybody's clock, and no base64
                    continue
                inside = unbased(one)
                if len(inside) >= TOKEN_BYTES_MIN:
                    found |= tokens_in(inside, where, deep - 1)
    return found


def unbased(run: bytes) -> bytes:
    try:
        plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""
