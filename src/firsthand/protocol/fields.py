"""Structured header fields (RFC 9651), as far as signatures, digests and our own headers need them.

There are dictionaries of items or inner lists, with parameters; values are whole numbers, texts,
tokens, byte sequences and booleans. Decimals, dates and display strings are not used here and are
refused. So is what the standard lets pass but two readers could take differently: a key that is
there twice, base64 without padding or with bits left over.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping

import msgspec

FIELD_CHARS_MAX = 65_536
MEMBERS_MAX = 128
INTEGER_MAX = 999_999_999_999_999


class Token(str):
    """A word without quotes (RFC 9651 section 3.3.4); a plain `str` is a text with quotes."""

    __slots__ = ()


Bare = bool | int | str | bytes


class Item(msgspec.Struct, frozen=True):
    """One value with its parameters; a `Token` is told from a text by its class."""

    value: Bare
    params: dict[str, Bare] = {}


class InnerList(msgspec.Struct, frozen=True):
    """Some items in brackets, with parameters of the whole."""

    items: tuple[Item, ...]
    params: dict[str, Bare] = {}


Member = Item | InnerList


class FieldRefused(ValueError):
    """The header is not a structured field that everybody reads in the same way.

    Write it as RFC 9651 says, each key once, base64 with padding, numbers without leading zeros.
    """


_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])", re.ASCII)
_TEXT = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"', re.ASCII)
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*", re.ASCII)
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):", re.ASCII)
_BOOLEAN = re.compile(r"\?([01])", re.ASCII)
_SPACES = re.compile(r" *")
_WHITE = re.compile(r"[ \t]*")


def parse_dictionary(text: str) -> dict[str, Member]:
    """Return the members of a dictionary field in their order (RFC 9651 section 4.2.2).

    An empty field is an empty dictionary. Raises FieldRefused with the place.
    """
    if len(text) > FIELD_CHARS_MAX:
        raise FieldRefused(f"longer than {FIELD_CHARS_MAX} characters")
    reader = _Reader(text.strip(" "))
    found: dict[str, Member] = {}
    while not reader.at_end():
        key = reader.key()
        if key in found or len(found) == MEMBERS_MAX:
            reader.refuse(f"key {key!r} is there twice, or there are too many")
        if reader.takes("="):
            found[key] = reader.inner_list() if reader.sees("(") else reader.item()
        else:
            found[key] = Item(value=True, params=reader.params())
        reader.skip(_WHITE)
        if reader.at_end():
            break
        reader.expect(",")
        reader.skip(_WHITE)
        if reader.at_end():
            reader.refuse("nothing follows the last comma")
    return found


def serialise_dictionary(members: Mapping[str, Member]) -> str:
    """Return the text of a dictionary field (RFC 9651 section 4.1.2); reading it gives it back.

    Raises FieldRefused for keys and values that a field cannot carry.
    """
    parts = []
    for key, member in members.items():
        if isinstance(member, Item) and member.value is True:
            parts.append(_key(key) + _params(member.params))
        else:
            parts.append(f"{_key(key)}={serialise_member(member)}")
    return ", ".join(parts)


def serialise_member(member: Member) -> str:
    """Return the text of one item or inner list with its parameters; raises FieldRefused."""
    if isinstance(member, Item):
        return _bare(member.value) + _params(member.params)
    inner = " ".join(_bare(item.value) + _params(item.params) for item in member.items)
    return f"({inner}){_params(member.params)}"


class _Reader:
    """A place in a text, and what can be read from there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def at_end(self) -> bool:
        return self._place == len(self._text)

    def sees(self, letter: str) -> bool:
        return self._text.startswith(letter, self._place)

    def takes(self, letter: str) -> bool:
        seen = self.sees(letter)
        self._place += seen
        return seen

    def expect(self, letter: str) -> None:
        if not self.takes(letter):
            self.refuse(f"{letter!r} belongs here")

    def skip(self, what: re.Pattern[str]) -> None:
        found = what.match(self._text, self._place)
        self._place = found.end() if found else self._place

    def refuse(self, why: str) -> None:
        raise FieldRefused(f"character {self._place}: {why}")

    def key(self) -> str:
        found = self._match(_KEY)
        if found is None:
            raise FieldRefused(f"character {self._place}: a key in lower-case letters belongs here")
        return found[0]

    def inner_list(self) -> InnerList:
        self.expect("(")
        items: list[Item] = []
        self.skip(_SPACES)
        while not self.takes(")"):
            items.append(self.item())
            if len(items) > MEMBERS_MAX:
                self.refuse(f"more than {MEMBERS_MAX} items")
            if not self.sees(")"):
                self.expect(" ")
                self.skip(_SPACES)
        return InnerList(items=tuple(items), params=self.params())

    def item(self) -> Item:
        return Item(value=self._bare(), params=self.params())

    def params(self) -> dict[str, Bare]:
        found: dict[str, Bare] = {}
        while self.takes(";"):
            self.skip(_SPACES)
            key = self.key()
            if key in found or len(found) == MEMBERS_MAX:
                self.refuse(f"parameter {key!r} is there twice, or there are too many")
            found[key] = self._bare() if self.takes("=") else True
        return found

    def _bare(self) -> Bare:
        for pattern, value_of in _KINDS:
            found = self._match(pattern)
            if found is not None:
                return value_of(found)
        raise FieldRefused(
            f"character {self._place}: a number, text, word, :base64: or ?0 or ?1 belongs here"
        )

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._place)
        if found is not None:
            self._place = found.end()
        return found


def _integer_of(found: re.Match[str]) -> int:
    value = int(found[0])
    if str(value) != found[0]:
        raise FieldRefused(f"{found[0]}: write the number as {value}")
    return value


def _bytes_of(found: re.Match[str]) -> bytes:
    try:
        data = b64decode(found[1], validate=True)
    except ValueError as refused:
        raise FieldRefused(f"{found[0][:40]}: not base64 with padding") from refused
    if b64encode(data).decode("ascii") != found[1]:
        raise FieldRefused(f"{found[0][:40]}: base64 with bits left over that are not zero")
    return data


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Bare]], ...] = (
    (_TEXT, lambda found: re.sub(r"\\(.)", r"\1", found[1])),
    (_INTEGER, _integer_of),
    (_TOKEN, lambda found: Token(found[0])),
    (_BYTES, _bytes_of),
    (_BOOLEAN, lambda found: found[1] == "1"),
)


def _key(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise FieldRefused(f"{key!r} cannot be a key")
    return key


def _params(params: Mapping[str, Bare]) -> str:
    return "".join(
        f";{_key(key)}" if value is True else f";{_key(key)}={_bare(value)}"
        for key, value in params.items()
    )


def _bare(value: Bare) -> str:
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise FieldRefused(f"{value}: more than 15 digits")
        return str(value)
    if isinstance(value, bytes):
        return f":{b64encode(value).decode('ascii')}:"
    if isinstance(value, Token):
        if _TOKEN.fullmatch(value) is None:
            raise FieldRefused(f"{value!r} cannot be a token")
        return str(value)
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    if _TEXT.fullmatch(f'"{text}"') is None:
        raise FieldRefused(f"{value!a}: a text holds printable ASCII only")
    return f'"{text}"'
