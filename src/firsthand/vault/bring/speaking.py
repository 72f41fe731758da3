"""What passes between the vault and the process that reads files for it: whole messages.

Each is its length in four bytes, the greatest first, and then MessagePack. The process has no file
of its own: what it reads of one it asks for.
"""

from typing import BinaryIO

import msgspec

from firsthand.vault.bring.batches import Batch
from firsthand.vault.sources import Export, Guess, Question

MESSAGE_BYTES_MAX = 512 * 1024 * 1024
READ_BYTES_MAX = 1024 * 1024
_LENGTH_BYTES = 4


class Open(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read this file, or every member of this archive that comes after number `after`.

    `digest` is the SHA-256 of a file that is no archive.
    """

    name: str
    size_bytes: int
    digest: str
    answers: dict[str, str]
    after: int = 0


class Content(msgspec.Struct, frozen=True, tag=True):
    """What stands in the file where it was asked for; empty at its end."""

    bytes: bytes


class Said(msgspec.Struct, frozen=True, tag=True):
    """What was said earlier of what was asked about."""

    answers: dict[str, str]


class Go(msgspec.Struct, frozen=True, tag=True):
    """Send every row, but those of the first `skip` batches."""

    skip: int


class Pass(msgspec.Struct, frozen=True, tag=True):
    """Its rows are not wanted; go on with what follows."""


class Read(msgspec.Struct, frozen=True, tag=True):
    """Asks for a part of the file."""

    at: int
    size_bytes: int


class OfFile(msgspec.Struct, frozen=True, tag=True):
    """Asks what was said of a file with this content."""

    digest: str


class OfKind(msgspec.Struct, frozen=True, tag=True):
    """Asks what was said of files with this signature."""

    signature: str


class Begun(msgspec.Struct, frozen=True, tag=True):
    """What follows is about this member; `at_bytes` of the archive lie before its end."""

    number: int
    name: str
    at_bytes: int


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What an `Export` says of itself once it is opened. `digest` is "" where nothing was asked."""

    digest: str
    source: str
    format: str
    questions: list[Question]
    guesses: list[Guess]
    signature: str
    sure: list[str]
    answered: dict[str, str]
    said_anew: dict[str, str]
    taken_over: dict[str, str]


class End(msgspec.Struct, frozen=True, tag=True):
    """There are no more rows in this member."""


class Unread(msgspec.Struct, frozen=True, tag=True):
    """A member was not read, or not to its end, and why. `number` is where it stands."""

    number: int
    name: str
    why: str


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The file cannot be read, and why, in words for its owner."""

    why: str


class Done(msgspec.Struct, frozen=True, tag=True):
    """All of the file was gone through."""


Asked = Open | Content | Said | Go | Pass
Told = Read | OfFile | OfKind | Begun | Opened | Batch | End | Unread | Refused | Done
_ENCODE = msgspec.msgpack.Encoder().encode
ASKED = msgspec.msgpack.Decoder(Asked)
TOLD = msgspec.msgpack.Decoder(Told)


def opened_of(export: Export, digest: str) -> Opened:
    """What `export` says of itself."""
    return Opened(
        digest=digest,
        source=export.source,
        format=export.format,
        questions=export.questions,
        guesses=export.guesses,
        signature=export.signature,
        sure=sorted(export.sure),
        answered=dict(export.answered),
        said_anew=dict(export.said_anew),
        taken_over=dict(export.taken_over),
    )


def send(stream: BinaryIO, message: Asked | Told) -> None:
    """Write one message. Raises `OSError` where nobody reads it any more."""
    body = _ENCODE(message)
    stream.write(len(body).to_bytes(_LENGTH_BYTES))
    stream.write(body)
    stream.flush()


def next_body(stream: BinaryIO) -> bytes | None:
    """The next message, not decoded yet; None where the other has ended, however it did."""
    head = stream.read(_LENGTH_BYTES)
    size_bytes = int.from_bytes(head)
    if len(head) < _LENGTH_BYTES or size_bytes > MESSAGE_BYTES_MAX:
        return None
    body = stream.read(size_bytes)
    return body if len(body) == size_bytes else None
