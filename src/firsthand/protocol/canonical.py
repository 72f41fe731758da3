"""One value, one text: canonical JSON (RFC 8785), a strict reader, and SHA-256.

The reader takes only JSON that every careful parser reads in the same way (I-JSON, RFC 7493), since
both sides sign and hash what they read.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NoReturn

import rfc8785

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 32

_INTEGER_DIGITS_MAX = 16
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


class UnableToReadJson(ValueError):
    """The bytes are not JSON that everybody reads in the same way.

    Send UTF-8 without a byte order mark, one value, every member name once, no NaN and no Infinity,
    whole numbers between -(2**53-1) and 2**53-1, whole characters, and no deeper nesting than is
    allowed. `where` says at which place, `why` what was found there.
    """

    def __init__(self, where: str, why: str) -> None:
        """Keep the place and the reason; the message is made of both."""
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class UnableToCanonicalise(ValueError):
    """The value has no canonical JSON form.

    Use only None, bool, str, int between -(2**53-1) and 2**53-1, finite float, list, tuple and dict
    with text keys.
    """


def canonical(value: object) -> bytes:
    """Return `value` as canonical JSON (RFC 8785): members sorted, numbers short, no white space.

    Raises UnableToCanonicalise for what JSON cannot carry.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, RecursionError) as refused:
        raise UnableToCanonicalise(f"cannot be written as canonical JSON: {refused}") from refused


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data`, 64 lower-case hexadecimal digits."""
    return sha256(data).hexdigest()


def read_json(raw: bytes, *, depth_max: int = DEPTH_MAX) -> object:
    """Return the one JSON value that `raw` holds (RFC 8259, read as I-JSON, RFC 7493).

    `depth_max` counts arrays and objects inside each other; a bare number has depth 0.
    Raises UnableToReadJson with the place and the reason.
    """
    value = _read(raw, depth_max, _object_of)
    # Raw UTF-8 holds no surrogates: only an escape can have made one.
    if b"\\u" in raw:
        _check_characters(value)
    return value


def check_json(raw: bytes, *, depth_max: int = DEPTH_MAX) -> None:
    """Refuse what ``read_json`` refuses, and keep nothing: for what is large and read elsewhere.

    Of the objects that are done nothing stays in memory. Raises UnableToReadJson.
    """
    _check_characters(_read(raw, depth_max, _checked if b"\\u" in raw else _named_once))


def _read(
    raw: bytes, depth_max: int, object_of: Callable[[list[tuple[str, object]]], object]
) -> object:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as refused:
        raise UnableToReadJson(f"byte {refused.start}", "this is not UTF-8") from refused
    # The parser below goes into itself at every level, so the depth is looked at first.
    _check_depth(raw, depth_max)
    try:
        value: object = json.loads(
            text,
            object_pairs_hook=object_of,
            parse_int=_integer_of,
            parse_float=_float_of,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as refused:
        raise UnableToReadJson(f"character {refused.pos}", refused.msg) from refused
    return value


def _check_depth(raw: bytes, depth_max: int) -> None:
    if raw.count(b"[") + raw.count(b"{") <= depth_max:
        return  # there are too few brackets to be so deep, even counting those in texts
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(raw):
        letter = found[0][:1]
        if letter in b"[{":
            depth += 1
            if depth > depth_max:
                where = f"byte {found.start()}"
                raise UnableToReadJson(where, f"nested deeper than {depth_max} levels")
        elif letter in b"]}":
            depth -= 1


def _object_of(members: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(members)
    if len(made) != len(members):
        seen: set[str] = set()
        for name, _ in members:
            if name in seen:
                raise UnableToReadJson(f"member {name!r}", "this name is there twice")
            seen.add(name)
    return made


def _named_once(members: list[tuple[str, object]]) -> None:
    _object_of(members)


def _checked(members: list[tuple[str, object]]) -> None:
    _check_characters(_object_of(members))


def _integer_of(digits: str) -> int:
    value = int(digits) if len(digits.lstrip("-")) <= _INTEGER_DIGITS_MAX else INTEGER_MAX + 1
    if abs(value) > INTEGER_MAX:
        where = f"number {digits[:_INTEGER_DIGITS_MAX]}"
        raise UnableToReadJson(where, "outside -(2**53-1) to 2**53-1: send it as text")
    return value


def _float_of(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        where = f"number {digits[:_INTEGER_DIGITS_MAX]}"
        raise UnableToReadJson(where, "larger than a double can hold: send it as text")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise UnableToReadJson(name, "not a JSON value")


def _check_characters(value: object) -> None:
    for text in _texts_in(value):
        if _SURROGATE.search(text) is not None:
            raise UnableToReadJson(f"text {text[:40]!a}", "half a character (a lone surrogate)")


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts_in(item)
