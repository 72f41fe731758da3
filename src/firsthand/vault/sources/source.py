"""What a source is: how to know one of its files, how to open it, and what a person should know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from firsthand.vault.sources.export import Export

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Head:
    """The first 64 KiB of a file, by which it is known. `name` is for messages, and no evidence.

    `text` is the same as text: UTF-16 where a mark or its zeros say so, otherwise UTF-8 with what
    is no UTF-8 replaced; no byte-order mark, no white space before it. `upper` is in capitals.
    """

    name: str
    raw: bytes
    text: str = field(init=False)
    upper: str = field(init=False)

    def __post_init__(self) -> None:
        """Decode once for all that look."""
        text = decoded(self.raw).lstrip("\ufeff \r\n\t")
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "upper", text.upper())

    @property
    def is_marked_up(self) -> bool:
        """Whether it begins as JSON, XML or a web page does, and so is no table of text."""
        return self.text.startswith(("{", "[", "<"))


def decoded(raw: bytes) -> str:
    """Bytes as text, for looking at: never fails, and says nothing of what cannot be read."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw[: len(raw) // 2 * 2].decode("utf-16", "replace")
    if len(raw) >= 4 and not raw[0] and raw[1]:
        return raw[: len(raw) // 2 * 2].decode("utf-16-be", "replace")
    if len(raw) >= 4 and raw[0] and not raw[1]:
        return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")
    return raw.decode("utf-8", "replace")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a person should know of a source before they ask for their data.

    `name` is what people call the service. `files` are the files as they come. `how` are the steps
    to get them, one sentence each. `holds` says what is in them, `finds` what that is good for.
    `wait` is how long the service takes ("a few minutes"). `days_max`: after so many days the
    export is worth asking for again.
    """

    name: str
    files: tuple[str, ...]
    how: tuple[str, ...]
    holds: str
    finds: str
    wait: str
    days_max: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of export.

    `key` is what its things have as `source` ("spotify"). `claims` tells by the head of a file
    whether it is one of this source; it never raises. `open` opens it as `open_export` does: with
    a name for messages, a seekable stream and the person's answers. It raises `UnableToRead`.
    """

    key: str
    facts: Facts
    claims: Callable[[Head], bool]
    open: Callable[[str, BinaryIO, Mapping[str, str]], Export]
