"""Many records of one list decoded at once, where they are sure to be plain.

What is decoded here is what `json` would decode one by one: where that is in doubt, nothing is, and
the record that stands first is left to be read by itself.
"""

import re
from collections.abc import Callable
from typing import Annotated, Union

import msgspec

# So many levels below the list that the records are in. What is nested deeper is read by itself.
_LEVELS = 6
_WAIT_MAX = 1024
_NUMBERED_COLON = re.compile(rb"u003[aA]")
_NAME = re.compile(r'\s{0,80},\s{0,80}\{\s{0,80}"[^"\\]{0,60}"')


def _shape() -> object:
    """Any JSON, to so many levels, whose whole numbers fit into 64 bits."""
    figure = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    shape: object = Union[None, bool, figure, float, str]  # noqa: UP007 - put together as it runs
    for _ in range(_LEVELS):
        shape = Union[None, bool, figure, float, str, list[shape], dict[str, shape]]  # type: ignore[valid-type]  # noqa: UP007
    return shape


_decode: Callable[[bytes], list[object]] = msgspec.json.Decoder(list[_shape()]).decode  # type: ignore[misc]
_encode = msgspec.json.Encoder().encode


class Runs:
    """Finds where records end by what stands between the first two of them.

    Where that was wrong, a record is read by itself, then two, then four: what is tried in vain
    stays a small part of the work.
    """

    def __init__(self) -> None:
        """Nothing of the list is known yet."""
        self._border = ""
        self._wait = 0
        self._waits = 1

    def learn(self, text: str, end: int) -> None:
        """A record ended at `end` of `text`."""
        found = _NAME.match(text, end) if text.startswith("}", end - 1) else None
        if found is not None:
            self._border = "}" + found[0]

    def take(self, text: str, at: int, upto: int) -> tuple[list[object], int] | None:
        """The records from `at` on that end before `upto`, and where the last of them ends.

        None where the one that begins at `at` is to be read by itself.
        """
        if self._wait:
            self._wait -= 1
            return None
        if not self._border:
            return None
        end = text.rfind(self._border, at, upto) + 1
        values = plain(text[at:end]) if end else None
        if values is None:
            self._wait = self._waits - 1
            self._waits = min(self._waits * 2, _WAIT_MAX)
            return None
        self._waits = max(1, self._waits // 2)
        return values, end


def plain(part: str) -> list[object] | None:
    """The elements that a part of a list holds, or None where they are not to be taken so.

    A part that stands between brackets is whole only if no value goes on behind it. Names that come
    twice are found by their colons: one of the two is no longer there.
    """
    raw = part.encode()
    try:
        values = _decode(b"[%b]" % raw)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if raw.count(b":") != _encode(values).count(b":"):
        return None
    if b"\\u" in raw and _NUMBERED_COLON.search(raw):
        return None  # it looks like less colons than there are
    return values
