"""What passes between the vault and the process that reads a file for it: whole messages.

Each is its length in four bytes, the greatest first, and then MessagePack.
"""

from typing import BinaryIO

import msgspec

from firsthand.vault.bring.batches import Batch
from firsthand.vault.sources import Export, Guess, Question

MESSAGE_BYTES_MAX = 512 * 1024 * 1024
_LENGTH_BYTES = 4


class Open(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Open the file behind the descriptor `handle`, with these answers.

    `of_file` is what was said of the same file earlier.
    """

    name: str
    handle: int
    answers: dict[str, str]
    of_file: dict[str, str]


class Said(msgspec.Struct, frozen=True, tag=True):
    """What was said earlier of files of the kind that was asked for."""

    of_kind: dict[str, str]


class Go(msgspec.Struct, frozen=True, tag=True):
    """Send every row, from the first on."""


class Kind(msgspec.Struct, frozen=True, tag=True):
    """Asks what was said of files with this signature."""

    signature: str


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What an `Export` says of itself once it is opened."""

    source: str
    format: str
    questions: list[Question]
    guesses: list[Guess]
    signature: str
    sure: list[str]
    answered: dict[str, str]
    said_anew: dict[str, str]
    taken_over: dict[str, str]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The file cannot be read, and why, in words for its owner."""

    why: str


class End(msgspec.Struct, frozen=True, tag=True):
    """There are no more rows."""


Asked = Open | Said | Go
Told = Kind | Opened | Refused | Batch | End
_ENCODE = msgspec.msgpack.Encoder().encode
ASKED = msgspec.msgpack.Decoder(Asked)
TOLD = msgspec.msgpack.Decoder(Told)


def opened_of(export: Export) -> Opened:
    """What `export` says of itself."""
    return Opened(
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
