"""Erasing a relationship: closed in one transaction, deleted in slices, proved with a receipt.

From the first transaction on nothing is taken and nothing is read. Then everything about the
person goes, table by table, and can go on after a crash at any point. Only when the files are
truncated is the receipt signed. What stays is a tombstone: the key, to know a repeated request
by, and the receipts. The leaf hashes in the journal stay, so that old proofs still verify.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import Journal, Order, UnableToTruncate
from firsthand.foundation.projection import Projection
from firsthand.foundation.tables import Entry, Reader, Table, Tx
from firsthand.hub import cursors
from firsthand.hub.terms import agreements, relationships, settling
from firsthand.hub.terms.organisation import BACKUP_DAYS, Organisation
from firsthand.hub.terms.relationships import StateGraph
from firsthand.hub.withdrawing import Withdrawing
from firsthand.protocol.identity import subject_of
from firsthand.protocol.jws import read_jws
from firsthand.protocol.receipts import (
    ErasureReceipt,
    RevocationReceipt,
    sign_erasure,
    sign_revocation,
)
from firsthand.protocol.refusals import refuse

TABLE = "erasures"
LEAVES = "erasures_leaves"
TABLES = (Table(name=TABLE, erased=False), Table(name=LEAVES, erased=True))
ROWS_A_SLICE = 500
BATCHES_A_SLICE = 50
LEAVES_A_ROW = 50_000
PAGE_BYTES_MAX = 4 << 20
TRUNCATE_TRIES_MAX = 5

_log = logging.getLogger(__name__)


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure under way, and afterwards the tombstone. Seconds since 1970.

    ``counted`` says that the indexes of the batches to go are written down; ``receipt`` is there
    when all is done. ``revocations`` are receipts by agreement. ``seen`` is how many leaves the
    projections had seen when it was closed: they see no more of it. ``by_itself``: nobody asked,
    its time was over; and ``told`` is under which number the person was told, if they looked.
    ``traceless``: nothing was ever agreed, so that not even the tombstone stays. ``others`` are the
    same receipt for other agreements of theirs, by which it was asked for.
    """

    key: dict[str, str]
    agreement: str
    begun_at: int
    revocations: dict[str, str]
    seen: int = 0
    counted: bool = False
    by_itself: bool = False
    told: int = 0
    traceless: bool = False
    receipt: str | None = None
    others: dict[str, str] = {}


def find(reader: Reader, relationship: str) -> Erasure | None:
    """The erasure or tombstone of a relationship."""
    raw = reader.get(TABLE, "", relationship) if 0 < len(relationship) <= _KEY_CHARS else None
    return None if raw is None else msgspec.json.decode(raw, type=Erasure)


def put(tx: Tx, relationship: str, erasure: Erasure) -> None:
    """Keep an erasure or tombstone."""
    tx.put(TABLE, "", relationship, msgspec.json.encode(erasure))


_KEY_CHARS = 43


class Erasing:
    """The erasing of one hub. ``tables`` are all that hold rows by relationship but its own.

    ``forgotten`` is called with the relationship whenever something in memory must go too.
    """

    def __init__(
        self,
        journal: Journal,
        organisation: Organisation,
        *,
        tables: Sequence[str],
        projections: Sequence[Projection],
        clock: Clock,
        withdrawing: Withdrawing,
        forgotten: Callable[[str], None],
    ) -> None:
        self._journal = journal
        self._organisation = organisation
        # The relationship's own row goes last: until then it says that it is closed.
        self._tables = [name for name in tables if name != relationships.TABLE]
        self._projections = projections
        self._clock = clock
        self._withdrawing = withdrawing
        self._forgotten = forgotten
        self._one = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Go on, in a thread, with what a crash or a stop has left."""
        left = [entry for entry in self._all() if entry[1].receipt is None]
        if left:
            self._thread = threading.Thread(
                target=self._resume, args=(left,), name="erasing", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Wait for what was resumed at the start."""
        if self._thread is not None:
            self._thread.join()

    def erase(self, relationship: str, agreement: str, *, by_itself: bool = False) -> str:
        """Erase everything of a relationship; returns the signed receipt, the same each time.

        ``by_itself`` says that nobody has asked for it.

        Raises ``Refused`` (``no_agreement``) where there is no such agreement.
        """
        with self._journal.read() as reader:
            kept = find(reader, relationship)
        if kept is None:
            kept = self._journal.submit(
                lambda tx: self._close(tx, relationship, agreement, by_itself=by_itself),
                Order.REVOKE,
            ).result()
            self._forgotten(relationship)
        receipt = kept.receipt
        if receipt is None:
            with self._one:
                receipt = self._delete(relationship)
        return self._naming(relationship, agreement, receipt)

    def _naming(self, relationship: str, agreement: str, receipt: str) -> str:
        """The receipt for the agreement by which it is asked for: they may know no newer one."""
        said = msgspec.convert(read_jws(receipt)[1], ErasureReceipt)
        if said.agreement == agreement:
            return receipt
        signed = sign_erasure(
            msgspec.structs.replace(said, agreement=agreement), self._organisation.key
        )

        def work(tx: Tx) -> str:
            kept = find(tx, relationship)
            if kept is None or agreement not in kept.revocations:
                return receipt
            if agreement not in kept.others:
                others = {**kept.others, agreement: signed}
                put(tx, relationship, msgspec.structs.replace(kept, others=others))
            return kept.others.get(agreement, signed)

        return self._journal.submit(work, Order.ERASE).result()

    def forget(self, relationship: str, agreement: str) -> None:
        """Delete a relationship in which nothing was ever given: nothing stays, not even its key.

        ``agreement`` is a proposal that was not accepted.
        """
        self._journal.submit(
            lambda tx: self._close(tx, relationship, agreement, by_itself=True, traceless=True),
            Order.ERASE,
        ).result()
        self._forgotten(relationship)
        with self._one:
            self._delete(relationship)

    def _close(
        self, tx: Tx, relationship: str, agreement: str, *, by_itself: bool, traceless: bool = False
    ) -> Erasure:
        """Close intake and reads, and write down that this is to be erased."""
        if (begun := find(tx, relationship)) is not None:
            return begun
        person = relationships.get(tx, relationship)
        kept = agreements.get(tx, relationship, agreement)
        if person is None or kept is None:
            raise refuse("no_agreement")
        now = self._now()
        revocations = {}
        for one in agreements.held(tx, relationship):
            if one.decision == "accepted":
                receipt = self.revocation(relationship, one.id, now)
                ended = settling.end(tx, relationship, one.id, revocation=receipt, now=now)
                revocations[one.id] = ended.revocation or receipt
        person = relationships.get(tx, relationship)
        assert person is not None, "it was there a moment ago"
        relationships.put(tx, msgspec.structs.replace(person, state=StateGraph.erasing))
        seen = min((cursors.get(tx, one).seen for one in self._projections), default=0)
        begun = Erasure(
            key=person.key,
            agreement=agreement,
            begun_at=now,
            revocations=revocations,
            seen=seen,
            by_itself=by_itself,
            traceless=traceless,
        )
        put(tx, relationship, begun)
        return begun

    def revocation(self, relationship: str, agreement: str, now: int) -> str:
        """A signed receipt that an agreement has ended at ``now``."""
        receipt = RevocationReceipt(
            iss=self._organisation.subject,
            aud=subject_of(relationship),
            agreement=agreement,
            ended_at=now,
            iat=now,
        )
        return sign_revocation(receipt, self._organisation.key)

    def _delete(self, relationship: str) -> str:
        with self._journal.read() as reader:
            kept = find(reader, relationship)
        assert kept is not None, "it was closed before"
        if kept.receipt is not None:
            return kept.receipt
        self._withdrawing.withdraw(relationship, set(kept.revocations), upto=kept.seen)
        if not kept.counted:
            kept = self._count(relationship, kept)
        self._slices(lambda tx: self._journal.erase_slice(tx, relationship, BATCHES_A_SLICE))
        for projection in self._projections:
            self._slices(self._forget_by(projection, relationship))
        for table in (*self._tables, relationships.TABLE):
            self._slices(self._forget_in(table, relationship))
        self._forgotten(relationship)
        self._truncate()
        return self._journal.submit(
            lambda tx: self._finish(tx, relationship, kept), Order.ERASE
        ).result()

    def erase_under(self, relationship: str, agreement: str) -> str:
        """Erase what came under one agreement, withdrawn before, where others stand.

        Returns the signed receipt. Call ``under_erased`` in the transaction that keeps it; until
        then it can be done again, also after a crash.
        """
        with self._one:
            with self._journal.read() as reader:
                counted = _leaf_rows(reader, relationship, agreement)
            if not counted:
                leaves = self._positions(relationship, agreement)
                work = partial(_put_leaves, relationship=relationship, leaves=leaves, of=agreement)
                self._journal.submit(work, Order.ERASE).result()
            self._slices(
                lambda tx: self._journal.erase_slice(tx, relationship, BATCHES_A_SLICE, agreement)
            )
            self._truncate()
            with self._journal.read() as reader:
                leaves = _leaves(_leaf_rows(reader, relationship, agreement))
                return self._receipt(reader, relationship, agreement, leaves)

    @staticmethod
    def under_erased(tx: Tx, relationship: str, agreement: str) -> None:
        """Let go of what was written down for ``erase_under``."""
        for entry in _leaf_rows(tx, relationship, agreement):
            tx.delete(LEAVES, relationship, entry.key)

    def _count(self, relationship: str, kept: Erasure) -> Erasure:
        """Write down which leaves will lose their content, while they can still be seen."""
        leaves = self._positions(relationship, None)
        counted = msgspec.structs.replace(kept, counted=True)

        def work(tx: Tx) -> None:
            _put_leaves(tx, relationship=relationship, leaves=leaves, of="")
            put(tx, relationship, counted)

        self._journal.submit(work, Order.ERASE).result()
        return counted

    def _positions(self, relationship: str, agreement: str | None) -> list[int]:
        """The leaves of a relationship, or of one agreement, that still have their content."""
        leaves: list[int] = []
        after = 0
        with self._journal.read() as reader:
            while True:
                page = self._journal.batches(
                    reader, after, rows_max=1000, bytes_max=PAGE_BYTES_MAX,
                    relationship=relationship,
                )  # fmt: skip
                if not page.batches:
                    return leaves
                leaves += [
                    batch.position for batch in page.batches if agreement in (None, batch.agreement)
                ]
                after = page.seen

    def _slices(self, slice_of: Callable[[Tx], int]) -> None:
        while self._journal.submit(slice_of, Order.ERASE).result():
            pass

    @staticmethod
    def _forget_by(projection: Projection, relationship: str) -> Callable[[Tx], int]:
        return lambda tx: projection.forget(tx, relationship, ROWS_A_SLICE)

    @staticmethod
    def _forget_in(table: str, relationship: str) -> Callable[[Tx], int]:
        return lambda tx: tx.forget(table, relationship, ROWS_A_SLICE)

    def _truncate(self) -> None:
        for _ in range(TRUNCATE_TRIES_MAX - 1):
            try:
                self._journal.truncate()
            except UnableToTruncate:
                _log.info("somebody still reads; truncating again")
            else:
                return
        self._journal.truncate()

    def _finish(self, tx: Tx, relationship: str, kept: Erasure) -> str:
        leaves = _leaves(tx.scan(LEAVES, relationship, rows_max=1000))
        signed = self._receipt(tx, relationship, kept.agreement, leaves)
        done = msgspec.structs.replace(kept, receipt=signed)
        put(tx, relationship, done)
        if kept.traceless:
            tx.delete(TABLE, "", relationship)
        tx.forget(LEAVES, relationship, 1000)
        return signed

    def _receipt(self, reader: Reader, relationship: str, agreement: str, leaves: list[int]) -> str:
        now = self._now()
        receipt = ErasureReceipt(
            iss=self._organisation.subject,
            aud=subject_of(relationship),
            agreement=agreement,
            erased_at=now,
            batches=len(leaves),
            leaves=leaves,
            backup_days=BACKUP_DAYS,
            checkpoint=self._journal.checkpoint(reader),
            iat=now,
        )
        return sign_erasure(receipt, self._organisation.key)

    def _resume(self, left: Sequence[tuple[str, Erasure]]) -> None:
        for relationship, _ in left:
            try:
                with self._one:
                    self._delete(relationship)
            except Exception:  # noqa: BLE001 - the next start, or the next request, tries again
                _log.exception("an erasure could not go on")

    def _all(self) -> list[tuple[str, Erasure]]:
        found: list[tuple[str, Erasure]] = []
        with self._journal.read() as reader:
            after = ""
            while entries := reader.scan(TABLE, "", after=after, rows_max=1000):
                found += [(e.key, msgspec.json.decode(e.value, type=Erasure)) for e in entries]
                after = entries[-1].key
        return found

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _leaf_rows(reader: Reader, relationship: str, agreement: str) -> list[Entry]:
    """What is written down of the leaves of one agreement."""
    first, last = f"{agreement}.", f"{agreement}/"
    return reader.scan(LEAVES, relationship, after=first, before=last, rows_max=1000)


def _leaves(rows: Sequence[Entry]) -> list[int]:
    return sorted({leaf for row in rows for leaf in msgspec.json.decode(row.value, type=list[int])})


def _put_leaves(tx: Tx, *, relationship: str, leaves: Sequence[int], of: str) -> None:
    """Write leaves down, at least one row; ``of`` is the agreement, or nothing for all."""
    for start in range(0, max(1, len(leaves)), LEAVES_A_ROW):
        part = leaves[start : start + LEAVES_A_ROW]
        tx.put(LEAVES, relationship, f"{of}.{start:09d}", msgspec.json.encode(part))
