"""The log as anybody may check it: its newest checkpoint, and proofs that it only grows.

And as its own house checks it: whether each batch that is kept still is what its leaf says, and
the log what its checkpoint says. Above: the doors, which publish both, and the act that checks.
Below: the journal's tree. A checkpoint says how many batches there are and names nobody.
"""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from firsthand.foundation.journal import Journal, Stored
from firsthand.foundation.tables import Reader
from firsthand.protocol.checkpoints import Checkpoint, CheckpointRefused
from firsthand.protocol.merkle import EMPTY_ROOT, UnableToProve, node_hash
from firsthand.protocol.receipts import BatchLabel
from firsthand.protocol.refusals import refuse

ROWS_MAX = 256  # of one piece of a check
NODES_MAX = 4_096
PIECE_BYTES_MAX = 4 << 20
HASH_BYTES = 32

Judge = Callable[[Reader, Stored], bool]
"""Whether the columns beside a batch, and its signature, say what its body says."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something beside the log that is not as it was written: ``what`` it is, of whom, which."""

    what: str
    relationship: str
    key: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of looking at what is kept: how many batches, and the places of those that differ.

    ``log_holds`` says whether the log still comes to its signed checkpoint, ``others`` what differs
    beside the log, ``whole`` that it was looked through to the end. At most ``CHANGED_MAX`` of each
    are named.
    """

    looked_at: int
    changed: tuple[int, ...]
    whole: bool
    log_holds: bool = True
    others: tuple[Fault, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return self.log_holds and not self.changed and not self.others


CHANGED_MAX = 100


class Proofs:
    """The proofs of one hub's journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.checked: Checked | None = None  # what came of the last check in this process

    def check(
        self,
        stop: Callable[[], bool] = bool,
        *,
        verify: Callable[[str], Checkpoint],
        judge: Judge | None = None,
    ) -> Checked:
        """Compare each batch that is kept with its leaf, piece by piece, until ``stop()``.

        A byte changed in a body, a salt, a lane's name, a number or the log is found; with a
        ``judge`` also in what stands beside it. What was erased has no body any more: of it only
        the leaf is looked at. ``verify`` reads a checkpoint, or raises ``CheckpointRefused``.
        """
        after, batches, changed = 0, 0, list[int]()
        while not stop():
            with self._journal.read() as snapshot:
                page = self._journal.batches(
                    snapshot, after, rows_max=ROWS_MAX, bytes_max=PIECE_BYTES_MAX
                )
                wrong = [
                    one.position
                    for one in page.batches
                    if not _is_as_it_came(one) or (judge and not judge(snapshot, one))
                ]
            if not page.batches:
                break
            after, batches = page.seen, batches + len(page.batches)
            changed += wrong
            del changed[CHANGED_MAX:]
        grown, holds = self._grown(stop, verify)
        places = sorted({*changed, *grown})[:CHANGED_MAX]
        return Checked(looked_at=batches, changed=tuple(places), whole=not stop(), log_holds=holds)

    def _grown(
        self, stop: Callable[[], bool], verify: Callable[[str], Checkpoint]
    ) -> tuple[list[int], bool]:
        """The places where the tree does not follow from itself, and if it comes to its root."""
        with self._journal.read() as snapshot:
            text, size = self._journal.checkpoint(snapshot), self._journal.size(snapshot)
        wrong, peaks, seen = list[int](), list[bytes](), 0
        while not stop() and seen < size:
            with self._journal.read() as snapshot:
                rows = self._journal.nodes(snapshot, seen, min(NODES_MAX, size - seen))
            if not rows:
                break
            for position, row in enumerate(rows, seen):
                if not _follows(peaks, position, row):
                    wrong.append(position)
            seen += len(rows)
            del wrong[CHANGED_MAX:]
        if stop():
            return wrong, True
        try:
            said = verify(text)
        except CheckpointRefused:
            return wrong, False
        holds = not wrong and (said.size, said.root) == (seen, _root(peaks)) and seen == size
        return wrong, holds

    def checkpoint(self) -> str:
        """The newest signed checkpoint, as C2SP writes it."""
        with self._journal.read() as snapshot:
            return self._journal.checkpoint(snapshot)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The hashes that show how the tree of ``second`` adds to that of ``first`` (RFC 6962).

        Raises ``Refused``: ``shape_invalid`` where the second is the smaller one, ``not_found``
        where the log is not that long.
        """
        if first > second:
            raise refuse("shape_invalid", f"first ({first}) must not be above second ({second}).")
        with self._journal.read() as snapshot:
            try:
                return self._journal.consistency(snapshot, first, second)
            except UnableToProve as error:
                raise refuse("not_found", f"The log has no {second} entries yet.") from error


def _is_as_it_came(batch: Stored) -> bool:
    label = BatchLabel(lane=batch.lane, n=batch.n, salt=batch.salt)
    return label.leaf(sha256(batch.body).digest()) == batch.leaf


def _follows(peaks: list[bytes], position: int, row: bytes) -> bool:
    """Whether the nodes kept with a leaf follow from those before; they become the newest peak."""
    kept = [row[at : at + HASH_BYTES] for at in range(0, len(row), HASH_BYTES)]
    fits, index = len(row) % HASH_BYTES == 0 and bool(kept), position
    hashed = kept[0] if kept else bytes(HASH_BYTES)
    level = 0
    while index & 1:
        level, index = level + 1, index >> 1
        hashed = node_hash(peaks.pop(), hashed)
        if level < len(kept):
            fits = fits and kept[level] == hashed
            hashed = kept[level]
        else:
            fits = False
    peaks.append(hashed)
    return fits and len(kept) == level + 1


def _root(peaks: list[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    hashed = peaks[-1]
    for peak in reversed(peaks[:-1]):
        hashed = node_hash(peak, hashed)
    return hashed
