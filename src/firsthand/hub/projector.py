"""Lets each projection follow the journal at its own pace, in slices of about 10 ms.

A projection's cursor is committed with its rows: after a crash it goes on where it was. What a
batch comes to is worked out outside of the writer. Batches of a relationship that is being erased
are passed over in the same transaction that would write them. A batch that a projection cannot
read is set aside, so that it stops nobody else's. Rows of an older layout are dropped and made
again before anybody reads them.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import (
    Journal,
    JournalClosed,
    Order,
    Stored,
    UnableToCommit,
    UnableToQueue,
    UnableToRead,
)
from firsthand.foundation.projection import Folding, Projection
from firsthand.foundation.tables import Reader, Tx
from firsthand.hub import cursors
from firsthand.hub.cursors import Aside, Cursor
from firsthand.hub.terms import agreements, relationships

TABLES = cursors.TABLES
SLICE_MS = 8.0
SLICES_AHEAD = 4  # handed over together: where nobody else waits, one commit serves them all
READ_ROWS_MAX = 2_000
READ_BYTES_MAX = 8 << 20
# The writer puts rows for each person, and each slice waits for a group of batches to be taken in
# and costs a commit: so small batches come in large slices, up to a number of bytes.
BATCHES_AT_FIRST = 512
BATCHES_MIN = 256
BATCHES_MAX = 1024
SLICE_BYTES_MAX = 1 << 20
WAIT_MS_MAX = 500
TROUBLE_WAIT_S = 1.0
TRIES_MAX = 3
TRY_AGAIN_S = 0.2
# Between two rounds: each costs a commit, which receipts would otherwise wait for.
REST_S = 0.09
# Errors of the storage and not of a batch: the same slice is tried again.
TROUBLE = (JournalClosed, UnableToCommit, UnableToQueue, UnableToRead, MemoryError)

_log = logging.getLogger(__name__)


class OutOfStep(RuntimeError):
    """A slice before this one was not folded, so this one may not be. Both come again."""


class Slice(NamedTuple):
    """Some batches for one projection: from the leaf ``after`` on, up to ``seen`` leaves."""

    projection: Projection
    part: Sequence[Stored]
    after: int
    seen: int


class Projector:
    """The thread that projects. ``followed`` is called after each slice, with its position."""

    def __init__(
        self,
        journal: Journal,
        projections: Sequence[Projection],
        clock: Clock,
        followed: Callable[[int], None],
    ) -> None:
        self._journal = journal
        self._projections = projections
        self._clock = clock
        self._followed = followed
        self._batches_a_slice = BATCHES_AT_FIRST
        self._moved = threading.Condition()
        with self._journal.read() as reader:
            self._cursors = {one.name: cursors.get(reader, one) for one in projections}
            # They are tried again once everything else is there.
            self._aside = {(one.projection, one.position) for one in cursors.set_aside(reader)}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="projector", daemon=True)

    def start(self) -> None:
        """Begin to follow. Rows of another layout are made again first, which can take a while."""
        for projection in self._projections:
            if self._cursors[projection.name].version != projection.version:
                self._begin_again(projection)
            if self._cursors[projection.name].dropping:
                self._drop(projection)
            while self._comes_nearer(projection):
                pass
        self._thread.start()

    def close(self) -> None:
        """Stop after the slice at hand."""
        self._closing.set()
        self._journal.wake()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def position(self) -> int:
        """How many leaves every projection has seen."""
        with self._moved:
            return self._seen()

    def wait_until(self, position: int, wait_ms_max: int = 10_000) -> bool:
        """Wait until all projections have seen ``position`` leaves; whether they have."""
        with self._moved:
            return self._moved.wait_for(
                lambda: not self._cursors or self._seen() >= position, timeout=wait_ms_max / 1000
            )

    def _seen(self) -> int:
        return min((one.seen for one in self._cursors.values()), default=0)

    def _comes_nearer(self, projection: Projection) -> bool:
        """Go on towards where the older layout was; False once it is there, or cannot get on."""
        kept = self._cursors[projection.name]
        if kept.seen >= kept.until:
            return False
        self._follow(projection)
        return self._cursors[projection.name].seen > kept.seen

    def _serve(self) -> None:
        tried = False
        while not self._closing.is_set():
            try:
                if not tried:
                    self._try_aside()
                    tried = True
                self._journal.wait(self.position, WAIT_MS_MAX, self._closing.is_set)
                more = [self._follow(projection) for projection in self._projections]
                if not any(more):
                    self._closing.wait(REST_S)
            except JournalClosed:
                return
            except Exception:  # noqa: BLE001 - it goes on from its cursor when the trouble is over
                _log.exception("a projection could not go on; it tries again")
                self._closing.wait(TROUBLE_WAIT_S)

    def _follow(self, projection: Projection) -> bool:
        """Fold what there is, up to a page; whether there may be more."""
        after = self._cursors[projection.name].seen
        with self._journal.read() as reader:
            page = self._journal.batches(
                reader, after, rows_max=READ_ROWS_MAX, bytes_max=READ_BYTES_MAX
            )
        under_way: deque[tuple[Slice, Future[float]]] = deque()
        for one in self._slices(projection, page.batches, after, page.seen):
            if self._closing.is_set():
                break
            under_way.append((one, self._begun(one)))
            if len(under_way) >= SLICES_AHEAD:
                self._folded(*under_way.popleft())
        while under_way:
            self._folded(*under_way.popleft())
        return len(page.batches) == READ_ROWS_MAX or (
            sum(len(batch.body) for batch in page.batches) > READ_BYTES_MAX // 2
        )

    def _slices(
        self, projection: Projection, batches: Sequence[Stored], after: int, seen: int
    ) -> Iterator[Slice]:
        part: list[Stored] = []
        size_bytes = 0
        until = self._cursors[projection.name].until
        for batch in batches:
            # A slice ends before a batch that was set aside, so that a row has one place in the
            # order; and before the first new batch, so that all of it is folded again, or none.
            aside = (projection.name, batch.position) in self._aside
            full = len(part) >= self._batches_a_slice or size_bytes >= SLICE_BYTES_MAX
            if part and (aside or full or part[-1].position < until <= batch.position):
                upto = part[-1].position + 1
                yield Slice(projection, part, after, upto)
                part, after, size_bytes = [], upto, 0
            if not aside:
                part.append(batch)
                size_bytes += len(batch.body)
        if part or seen > after:
            yield Slice(projection, part, after, seen)

    def _begun(self, one: Slice) -> "Future[float]":
        """Work out what a slice comes to and hand it to the writer; never raises for a batch."""
        try:
            folding = _made(one.projection, self._still_read(one))
        except Exception as error:  # noqa: BLE001 - whatever a batch does to it is told below
            failed: Future[float] = Future()
            failed.set_exception(error)
            return failed
        return self._journal.submit(partial(self._fold, one, folding), Order.PROJECT)

    def _still_read(self, one: Slice) -> Sequence[Stored]:
        """A slice that is folded again is without what was taken back in the meantime."""
        if one.after >= self._cursors[one.projection.name].until:
            return one.part
        with self._journal.read() as reader:
            return [batch for batch in one.part if _is_read(reader, batch)]

    def _fold(self, one: Slice, folding: Sequence[Folding], tx: Tx) -> float:
        """Fold a slice in, in the writer's transaction; how long it took, in ms."""
        began = self._clock.ticks_ms()
        cursor = self._step(tx, one)
        still = {
            person
            for person in {each.batch.relationship for each in folding}
            if relationships.is_open(tx, person)
        }
        left = [each for each in folding if each.batch.relationship in still]
        again = [each for each in left if each.batch.position < cursor.until]
        if again:
            one.projection.apply(tx, again, again=True)
        if len(again) < len(left):
            one.projection.apply(tx, left[len(again) :], again=False)
        return self._clock.ticks_ms() - began

    @staticmethod
    def _step(tx: Tx, one: Slice) -> Cursor:
        """Move the cursor in the writer's transaction; raises ``OutOfStep``."""
        cursor = cursors.get(tx, one.projection)
        if cursor.seen != one.after:
            raise OutOfStep(f"{one.projection.name} has not seen what is before leaf {one.after}")
        cursor = msgspec.structs.replace(cursor, seen=one.seen)
        cursors.put(tx, one.projection, cursor)
        return cursor

    def _folded(self, one: Slice, taking: "Future[float]") -> None:
        """Wait for a slice. One that cannot be folded is tried again, then parted."""
        try:
            self._settled(one, taking)
        except OutOfStep:
            return  # the one before it was parted; the cursor says where to go on
        except TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001 - a projection may fail in any way
            self._past(one, error)

    def _settled(self, one: Slice, taking: "Future[float]") -> None:
        self._pace(taking.result(), len(one.part))
        self._moved_on(one)

    def _moved_on(self, one: Slice) -> None:
        with self._moved:
            name = one.projection.name
            self._cursors[name] = msgspec.structs.replace(self._cursors[name], seen=one.seen)
            self._moved.notify_all()
        self._followed(one.seen)

    def _past(self, one: Slice, error: Exception) -> None:
        """Get past a slice that cannot be folded."""
        for _ in range(TRIES_MAX - 1):
            if self._closing.wait(TRY_AGAIN_S):
                return
            found = self._tried(one)
            if found is None:
                return
            error = found
        self._part(one, error)

    def _tried(self, one: Slice) -> Exception | None:
        """Fold a slice once more; what its batches did to it, if they did."""
        try:
            self._settled(one, self._begun(one))
        except (OutOfStep, *TROUBLE):
            raise
        except Exception as error:  # noqa: BLE001 - a projection may fail in any way
            return error
        return None

    def _part(self, one: Slice, error: Exception) -> None:
        """Halve a slice until the batch that cannot be folded is alone, and set that aside."""
        if len(one.part) == 1:
            self._put_aside(one, error)
            return
        middle = len(one.part) // 2
        upto = one.part[middle - 1].position + 1
        for half in (
            one._replace(part=one.part[:middle], seen=upto),
            one._replace(part=one.part[middle:], after=upto),
        ):
            found = self._tried(half)
            if found is not None:
                self._part(half, found)

    def _put_aside(self, one: Slice, error: Exception) -> None:
        batch = one.part[0]
        aside = Aside(
            relationship=batch.relationship,
            position=batch.position,
            projection=one.projection.name,
            error=type(error).__name__,
        )

        def work(tx: Tx) -> None:
            self._step(tx, one)
            if relationships.is_open(tx, batch.relationship):
                cursors.put_aside(tx, aside)

        self._journal.submit(work, Order.PROJECT).result()
        # Its message could say what somebody gave.
        _log.error(
            "%s could not read the batch at leaf %d (%s): it is set aside until the next start",
            aside.projection, aside.position, aside.error,
        )  # fmt: skip
        self._moved_on(one)

    def _try_aside(self) -> None:
        """Try once more to fold what was set aside before this start."""
        by_name = {one.name: one for one in self._projections}
        with self._journal.read() as reader:
            waiting = cursors.set_aside(reader)
        for one in waiting:
            projection = by_name.get(one.projection)
            if projection is None or self._closing.is_set():
                continue
            with self._journal.read() as reader:
                page = self._journal.batches(reader, one.position, rows_max=1, bytes_max=1)
            try:
                self._fold_late(projection, one, page.batches)
            except TROUBLE:
                raise
            except Exception as error:  # noqa: BLE001 - then it stays aside
                kind = type(error).__name__
                _log.error("leaf %d is still set aside (%s)", one.position, kind)
            else:
                self._followed(one.position)
        self._aside = set()

    def _fold_late(self, projection: Projection, one: Aside, found: Sequence[Stored]) -> None:
        folding = _made(projection, [each for each in found if each.position == one.position])

        def work(tx: Tx) -> None:
            still = [each for each in folding if _is_read(tx, each.batch)]
            if still and relationships.is_open(tx, one.relationship):
                projection.apply(tx, folding, again=False)
            cursors.take_back(tx, one)

        self._journal.submit(work, Order.PROJECT).result()

    def _begin_again(self, projection: Projection) -> None:
        """Write down that the rows of an older layout go, and what that one had seen."""
        kept = self._cursors[projection.name]
        until = max(kept.seen, kept.until)
        again = Cursor(seen=0, version=projection.version, until=until, dropping=True)
        self._journal.submit(lambda tx: cursors.put(tx, projection, again)).result()
        self._cursors[projection.name] = again
        _log.warning("%s is made again from %d leaves, for a new layout", projection.name, until)

    def _drop(self, projection: Projection) -> None:
        for table in projection.tables:
            while self._journal.submit(partial(cursors.drop_slice, table)).result():
                pass
        ready = msgspec.structs.replace(self._cursors[projection.name], dropping=False)
        self._journal.submit(lambda tx: cursors.put(tx, projection, ready)).result()
        self._cursors[projection.name] = ready

    def _pace(self, took_ms: float, batches: int) -> None:
        """Fit the next slice to its time: smaller at once, larger by and by."""
        if took_ms > SLICE_MS:
            fitting = int(batches * SLICE_MS / took_ms)
            self._batches_a_slice = max(BATCHES_MIN, min(self._batches_a_slice, fitting))
        elif batches >= self._batches_a_slice:
            self._batches_a_slice = min(BATCHES_MAX, self._batches_a_slice * 5 // 4)


def _is_read(reader: Reader, batch: Stored) -> bool:
    """Whether what came in this batch may be read for anything, now or later."""
    stands = agreements.standing(reader, batch.relationship, batch.agreement)
    return stands is None or bool(stands.purposes)


def _made(projection: Projection, part: Sequence[Stored]) -> list[Folding]:
    """What these batches come to; raises whatever a batch does to the projection."""
    return projection.together([Folding(batch, projection.made_of(batch)) for batch in part])
