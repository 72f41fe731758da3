"""The contract of a hub's journal: an append-only record of batches, and the tables beside it.

Above: the few rooms of the hub that may know it (the contract `facts` in pyproject.toml names
them). Below: the makers in `foundation.journals`.
What is in a journal is a fact and never changes; it can only be erased, and then its leaf hash
stays, so that every proof still holds. There is one writer; reading goes on beside it.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from enum import IntEnum
from typing import Protocol, TypeVar

import msgspec

from firsthand.foundation.tables import Reader, Tx
from firsthand.protocol.merkle import UnableToProve
from firsthand.protocol.wire import BATCH_BYTES_MAX, BATCH_EVENTS_MAX, SALT_BYTES

T = TypeVar("T")
X = TypeVar("X")

Sign = Callable[[int, bytes], str]
"""Signs a checkpoint over (size, root); called from more than one thread."""

Sink = Callable[[Sequence[tuple[object, object]]], None]
"""Takes the outcomes of one group as (ticket, Receipt | refusal | exception), once a group."""

BASE_BYTES_MAX = 16 << 10
HASH_BYTES = 32
NAME_CHARS_MAX = 128
SIGNATURE_BYTES_MAX = 512
INTEGER_MAX = 2**63 - 1


class UnableToCommit(RuntimeError):
    """The storage did not take the group: the disk is full or failing. Nothing of it was kept.

    Nobody was told that anything was. Make room or mend the disk, then send again: the journal
    itself goes on.
    """


class UnableToAppend(ValueError):
    """The batch cannot be appended: it breaks a limit, or its number does not follow its lane."""


class UnableToQueue(RuntimeError):
    """More is waiting than the journal takes on. Send again later, or raise `waiting_max`."""


class UnableToOpen(RuntimeError):
    """The journal cannot be opened in this folder. The message says why and what to do."""


class UnableToRead(RuntimeError):
    """Too many reads are open at the same time; each must end. Read again later."""


class UnableToTruncate(RuntimeError):
    """Somebody is still reading what was before the erasure. Try again once they are done."""


class JournalClosed(RuntimeError):
    """The journal was closed. Open it again."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What a vault signed, once it has passed the intake.

    `salt` 16 bytes, `base` the signature base, `leaf` the 32-byte leaf hash, `received_ms` since
    1970. `relationship`, `lane`, `role`, `purpose` and `agreement` are ASCII.
    """

    relationship: str
    lane: str
    n: int
    role: str
    purpose: str
    agreement: str
    salt: bytes
    body: bytes
    base: bytes
    signature: bytes
    leaf: bytes
    events: int
    received_ms: int


class Stored(Batch, frozen=True, kw_only=True):
    """A batch in the journal: `position` is its leaf's index, from 0, without gaps."""

    position: int


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that the leaf at `index` is in the tree of `size` that `checkpoint` signs."""

    leaf: bytes
    index: int
    proof: list[bytes]
    checkpoint: str
    size: int


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the batch with number `n` of a lane stands."""

    position: int
    n: int
    leaf: bytes


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """An admission's answer: this batch is there already; give a receipt for that position."""

    position: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Batches in order, and how many leaves have been seen with them: ask for more after `seen`."""

    batches: list[Stored]
    seen: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much a journal takes on at once.

    One group: up to `batches_max` batches of up to `bytes_max` together, or up to `slices_max`
    slices of erasing and projecting while nothing more urgent waits. Whoever ends an agreement
    waits for one group, so it is to take about 10 ms to write. `waiting_max`: jobs that may
    queue. `readers_max`: reads open at a time, each waiting up to `read_wait_ms_max` for its turn.
    `truncate_wait_ms_max`: how long a truncation waits for readers. `pages_max`: size of the file.
    """

    batches_max: int = 256
    bytes_max: int = 2 << 20
    slices_max: int = 2
    waiting_max: int = 20_000
    readers_max: int = 16
    read_wait_ms_max: int = 5_000
    truncate_wait_ms_max: int = 10_000
    pages_max: int = 1 << 24
    lanes_cached_max: int = 50_000
    rows_cached_max: int = 50_000
    wal_bytes_max: int = 16 << 20


class Order(IntEnum):
    """What the writer serves first: the lower one. Slices have a fair share all the same."""

    REVOKE = 0
    INTAKE = 1
    ERASE = 2
    PROJECT = 3


Admit = Callable[[Tx, Batch], X | None]
"""Runs inside the writer's transaction: None lets the batch in, anything else is the answer."""


class Journal(Protocol):
    """A journal. Makers differ in where it lives; one suite of tests runs over all of them.

    `durable` says whether what was committed outlives the process: the one gap a maker may have.
    """

    durable: bool

    def submit(self, work: Callable[[Tx], T], order: Order = Order.PROJECT) -> Future[T]:
        """Run `work` in the writer's transaction; the future resolves once that is durable.

        An exception undoes this work alone. A work may not wait for another one, and takes at most
        10 ms. Raises UnableToQueue or JournalClosed; the future may hold UnableToCommit.
        """
        ...

    def append(self, batch: Batch, admit: Admit[X]) -> "Future[Receipt | X]":
        """Append a batch if `admit` lets it in; the future holds its receipt or admit's answer.

        A Repeat comes back as the receipt of the place it names. What admit wrote stays unless it
        raises. Raises UnableToAppend for a batch beyond limits, UnableToQueue, JournalClosed; the
        future may hold UnableToCommit, or UnableToAppend if the number does not follow its lane.
        """
        ...

    def offer(self, batch: Batch, admit: Admit[X], ticket: object, sink: Sink) -> None:
        """Like `append`, but hand all outcomes of a group to `sink` in one call.

        `sink` runs in the writer's thread and must be short. Raises as `append` does.
        """
        ...

    def lane(self, tx: Tx, relationship: str, lane: str) -> Place | None:
        """Return where a lane's last batch stands, those admitted in this group included."""
        ...

    def place(self, tx: Tx, relationship: str, lane: str, n: int) -> Place | None:
        """Return where the batch `n` of a lane stands, or None; for repeats."""
        ...

    def receipt(self, reader: Reader, position: int) -> Receipt:
        """Return a receipt against the latest checkpoint; raises UnableToProve for no such leaf."""
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """Open a consistent view, from any thread; raises UnableToRead or JournalClosed."""
        ...

    def batches(
        self,
        reader: Reader,
        after: int,
        *,
        rows_max: int,
        bytes_max: int,
        relationship: str | None = None,
    ) -> Page:
        """Return batches from the leaf `after` on (0: the first), without those erased.

        Up to `rows_max`, with bodies of up to `bytes_max` together, but at least one if there is
        one. The page's `seen` is the next `after`; a page without batches is the last one.
        """
        ...

    def erase_slice(
        self, tx: Tx, relationship: str, rows_max: int, agreement: str | None = None
    ) -> int:
        """Erase up to `rows_max` batches of a relationship; return how many. 0: none is left.

        Lane by lane, each from its start. A lane of which all is gone starts at 1 again, so the
        agreement must have ended before: nothing may come in while this goes on.
        Only the leaf hash and the position stay. With an `agreement`, only what came under it goes,
        and its numbers in its lanes stay as well: the lanes go on under the others.
        """
        ...

    def truncate(self) -> None:
        """Make sure that nothing deleted is left in any file. Raises UnableToTruncate."""
        ...

    def size(self, reader: Reader) -> int:
        """Return the number of leaves."""
        ...

    def checkpoint(self, reader: Reader) -> str:
        """Return the latest signed checkpoint; of size 0 if there is no batch yet."""
        ...

    def consistency(self, reader: Reader, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the tree of `size` adds to the one of `old_size`.

        Without `size` it is the latest checkpoint's. Raises UnableToProve beyond what is there.
        """
        ...

    def nodes(self, reader: Reader, after: int, rows_max: int) -> list[bytes]:
        """Return for up to `rows_max` leaves, from `after` on, what is kept of the tree.

        Of each its hash and then, upwards, every node that it completed, 32 bytes each; those
        erased are among them.
        """
        ...

    def wait(self, after: int, wait_ms_max: int, stop: Callable[[], bool] = bool) -> int:
        """Wait until there are more than `after` leaves, at most so long; return how many are.

        It returns sooner once `stop()` is true; whoever makes it true calls `wake` afterwards.
        """
        ...

    def wake(self) -> None:
        """Let everybody who waits ask its `stop` again; from any thread."""
        ...

    def close(self) -> None:
        """Finish what is queued, and let go of everything. Nothing can be done afterwards."""
        ...


def size_within(size: int | None, latest: int) -> int:
    """Return the size of the tree that is asked about; UnableToProve beyond the `latest` one."""
    if size is None:
        return latest
    if not 0 <= size <= latest:
        raise UnableToProve(f"there is no tree of {size} leaves yet, only one of {latest}")
    return size


def check_batch(batch: Batch) -> None:
    """Raise UnableToAppend if a batch breaks a limit: nothing odd may reach a group of others."""
    names = (batch.relationship, batch.lane, batch.role, batch.purpose, batch.agreement)
    together = "".join(names)
    if not all(names) or not together.isascii() or "\0" in together:
        raise UnableToAppend("a name of it is empty, or not ASCII, or has a zero character")
    if max(map(len, names)) > NAME_CHARS_MAX:
        raise UnableToAppend(f"a name of it is longer than {NAME_CHARS_MAX} characters")
    if len(batch.body) > BATCH_BYTES_MAX or len(batch.base) > BASE_BYTES_MAX:
        raise UnableToAppend(f"body or base are longer than {BATCH_BYTES_MAX}, {BASE_BYTES_MAX}")
    if len(batch.salt) != SALT_BYTES or len(batch.leaf) != HASH_BYTES:
        raise UnableToAppend(f"the salt has {SALT_BYTES} bytes and the leaf {HASH_BYTES}")
    if len(batch.signature) > SIGNATURE_BYTES_MAX:
        raise UnableToAppend(f"the signature is longer than {SIGNATURE_BYTES_MAX} bytes")
    if not 1 <= batch.n <= INTEGER_MAX or not 0 <= batch.received_ms <= INTEGER_MAX:
        raise UnableToAppend("its number or its time lie outside what can be kept")
    if not 0 <= batch.events <= BATCH_EVENTS_MAX:
        raise UnableToAppend(f"{batch.events} events where at most {BATCH_EVENTS_MAX} may be")


def check_follows(batch: Batch, last: Place | None) -> None:
    """Raise UnableToAppend unless the batch's number is the next one of its lane."""
    due = last.n + 1 if last else 1
    if batch.n != due:
        raise UnableToAppend(f"number {batch.n} where {due} is the next one of the lane")
