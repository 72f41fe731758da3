"""Lets each projection follow the journal at its own pace, in slices of about 10 ms.

A projection's cursor is committed with its rows: after a crash it goes on where it was. Batches of
a relationship that is being erased are passed over in the same transaction that would write them.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import Journal, JournalClosed, Order, Stored
from firsthand.foundation.projection import Projection
from firsthand.foundation.tables import Table, Tx
from firsthand.hub.terms import relationships

TABLE = "cursors"
TABLES = (Table(name=TABLE, erased=False),)
SLICE_MS = 8.0
SLICES_AHEAD = 4  # wait together: where nobody else does, one commit is enough for them
READ_ROWS_MAX = 2_000
READ_BYTES_MAX = 8 << 20
EVENTS_AT_FIRST = 500
EVENTS_MIN = 50
EVENTS_MAX = 20_000
WAIT_MS_MAX = 500
TROUBLE_WAIT_S = 1.0
# Between two rounds: each costs a commit, which receipts would otherwise wait for.
REST_S = 0.06

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
        self._events_a_slice = EVENTS_AT_FIRST
        self._moved = threading.Condition()
        self._cursors = self._kept_cursors()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="projector", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the slice at hand."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def position(self) -> int:
        """How many leaves every projection has seen."""
        with self._moved:
            return min(self._cursors.values(), default=0)

    def wait_until(self, position: int, wait_ms_max: int = 10_000) -> bool:
        """Wait until all projections have seen ``position`` leaves; whether they have."""
        with self._moved:
            return self._moved.wait_for(
                lambda: min(self._cursors.values(), default=position) >= position,
                timeout=wait_ms_max / 1000,
            )

    def _kept_cursors(self) -> dict[str, int]:
        with self._journal.read() as reader:
            return {
                one.name: int(reader.get(TABLE, "", one.name) or b"0") for one in self._projections
            }

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                self._journal.wait(self.position, WAIT_MS_MAX)
                for projection in self._projections:
                    self._follow(projection)
                self._closing.wait(REST_S)
            except JournalClosed:
                return
            except Exception:  # noqa: BLE001 - it goes on from its cursor when the trouble is over
                _log.exception("a projection could not go on; it tries again")
                self._closing.wait(TROUBLE_WAIT_S)

    def _follow(self, projection: Projection) -> None:
        after = self._cursors[projection.name]
        with self._journal.read() as reader:
            page = self._journal.batches(
                reader, after, rows_max=READ_ROWS_MAX, bytes_max=READ_BYTES_MAX
            )
        batches, place = page.batches, 0
        under_way: deque[tuple[Slice, Future[float]]] = deque()
        while place < len(batches) and not self._closing.is_set():
            part = self._slice(batches, place)
            place += len(part)
            seen = page.seen if place == len(batches) else part[-1].position + 1
            one = Slice(projection, part, after, seen)
            under_way.append((one, self._journal.submit(partial(self._fold, one), Order.PROJECT)))
            after = seen
            if len(under_way) >= SLICES_AHEAD:
                self._folded(*under_way.popleft())
        while under_way:
            self._folded(*under_way.popleft())
        if not batches and page.seen > after:
            one = Slice(projection, [], after, page.seen)
            self._folded(one, self._journal.submit(partial(self._fold, one), Order.PROJECT))

    def _slice(self, batches: Sequence[Stored], place: int) -> list[Stored]:
        part: list[Stored] = []
        events = 0
        for batch in batches[place:]:
            if part and events + batch.events > self._events_a_slice:
                break
            part.append(batch)
            events += batch.events
        return part

    def _fold(self, one: Slice, tx: Tx) -> float:
        """Fold a slice in, in the writer's transaction; how long it took, in ms."""
        began = self._clock.ticks_ms()
        name, part = one.projection.name, one.part
        if int(tx.get(TABLE, "", name) or b"0") != one.after:
            raise OutOfStep(f"{name} has not seen what comes before leaf {one.after}")
        people = {batch.relationship for batch in part}
        still = {person for person in people if relationships.is_open(tx, person)}
        one.projection.apply(tx, [batch for batch in part if batch.relationship in still])
        tx.put(TABLE, "", name, str(one.seen).encode())
        return self._clock.ticks_ms() - began

    def _folded(self, one: Slice, taking: Future[float]) -> None:
        self._pace(taking.result(), sum(batch.events for batch in one.part))
        with self._moved:
            self._cursors[one.projection.name] = one.seen
            self._moved.notify_all()
        self._followed(one.seen)

    def _pace(self, took_ms: float, events: int) -> None:
        """Fit the next slice to its time: smaller at once, larger by and by."""
        if took_ms > SLICE_MS:
            fitting = int(events * SLICE_MS / took_ms)
            self._events_a_slice = max(EVENTS_MIN, min(self._events_a_slice, fitting))
        elif events >= self._events_a_slice:
            self._events_a_slice = min(EVENTS_MAX, self._events_a_slice * 5 // 4)
