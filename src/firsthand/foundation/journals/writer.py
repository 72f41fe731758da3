"""The one thread that writes: it takes what is queued, in order, as one group, and commits it.

A group is what came in while the last one was being committed; nothing waits for company.
Revocations come first and are looked for again before every batch and every slice, so that one
waits for at most the piece at hand and one commit. Groups of batches and groups of slices take
turns when both are waiting: a slice never delays the receipts of a group, and is never starved.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from firsthand.foundation.journal import (
    Admit,
    Batch,
    JournalClosed,
    Limits,
    Order,
    Sink,
    UnableToCommit,
    UnableToQueue,
)
from firsthand.foundation.tables import Tx

_log = logging.getLogger(__name__)


class Work:
    """Something to run in a transaction. `admit` and `batch` are set for batches only."""

    __slots__ = ("admit", "batch", "sink", "ticket", "work")

    def __init__(
        self,
        ticket: object,
        sink: Sink | None,
        work: Callable[[Tx], Any] | None = None,
        batch: Batch | None = None,
        admit: Admit[Any] | None = None,
    ) -> None:
        """Take a work or a batch. Without a sink the ticket is a future."""
        self.ticket = ticket
        self.sink = sink
        self.work = work
        self.batch = batch
        self.admit = admit

    def starts(self) -> bool:
        """Say whether somebody still wants it; from here on it cannot be called off."""
        return not isinstance(self.ticket, Future) or self.ticket.set_running_or_notify_cancel()


class Group(Protocol):
    """What a maker does for the writer: one transaction at a time."""

    def begin(self, batches: Sequence[Batch]) -> None:
        """Open a transaction; these batches will be asked to come in."""
        ...

    def run(self, work: Callable[[Tx], Any]) -> object:
        """Run a work; if it raises, undo it alone and raise on. LostGroup: all is undone."""
        ...

    def take(self, batch: Batch, admit: Admit[Any]) -> object:
        """Let a batch in: an Admitted or Repeat to settle later, or the answer of `admit`."""
        ...

    def commit(self) -> None:
        """Make everything durable."""
        ...

    def rollback(self) -> None:
        """Undo everything, in memory too."""
        ...

    def settle(self, outcome: object) -> object:
        """After a commit: turn what `take` gave into what the caller gets."""
        ...


class LostGroup(RuntimeError):
    """The engine gave up the whole transaction, not only the work at hand."""


class Writer:
    """The queue and its thread."""

    def __init__(self, group: Group, limits: Limits, name: str) -> None:
        """Start the thread."""
        self._group = group
        self._limits = limits
        self._queues: tuple[deque[Work], ...] = tuple(deque() for _ in Order)
        self._between: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._ready = threading.Condition(threading.Lock())
        self._idle = False
        self._closing = False
        self._slices_turn = False
        self._erase_turn = True
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def put(self, work: Work, order: Order) -> None:
        """Queue a work; raises UnableToQueue if too many wait, JournalClosed after closing."""
        queue = self._queues[order]
        with self._ready:
            if self._closing:
                raise JournalClosed("the journal was closed; nothing more can be written")
            if len(queue) >= self._limits.waiting_max:
                raise UnableToQueue(f"{len(queue)} are waiting already; send again later")
            queue.append(work)
            if self._idle:
                self._ready.notify()

    def between(self, work: Callable[[], Any]) -> Future[Any]:
        """Run something in the writer's thread while no transaction is open."""
        future: Future[Any] = Future()
        with self._ready:
            if self._closing:
                raise JournalClosed("the journal was closed")
            self._between.append((work, future))
            self._ready.notify()
        return future

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            with self._ready:
                while not (self._between or any(self._queues)):
                    if self._closing:
                        return
                    self._idle = True
                    self._ready.wait()
                    self._idle = False
            while self._between:
                _run_between(*self._between.popleft())
            if any(self._queues):
                self._serve_group()

    def _serve_group(self) -> None:
        """Serve one group: batches or slices, whichever's turn it is, and revocations always."""
        slices = self._queues[Order.ERASE] or self._queues[Order.PROJECT]
        urgent = self._queues[Order.REVOKE] or self._queues[Order.INTAKE]
        self._slices_turn = bool(slices) and (self._slices_turn or not urgent)
        done: list[tuple[Work, object]] = []
        taken: list[Work] = [] if self._slices_turn else self._take_batches()
        try:
            self._group.begin([work.batch for work in taken if work.batch])
            self._revocations(done)
            if self._slices_turn:
                self._slices(done)
            while taken:
                work = taken.pop()
                self._attempt(work, done)
                self._revocations(done)
            self._group.commit()
        except Exception as lost:  # noqa: BLE001 - whatever it was, all of the group must hear of it
            self._lose(lost, done, taken)
        else:
            self._deliver([(work, self._settled(outcome)) for work, outcome in done])
        self._slices_turn = not self._slices_turn

    def _take_batches(self) -> list[Work]:
        """Return the batches of this group, the first one last."""
        queue = self._queues[Order.INTAKE]
        taken: list[Work] = []
        size = 0
        while queue and len(taken) < self._limits.batches_max and size < self._limits.bytes_max:
            work = queue.popleft()
            if work.starts():
                taken.append(work)
                assert work.batch is not None, "only batches queue for intake"
                size += len(work.batch.body)
        taken.reverse()
        return taken

    def _revocations(self, done: list[tuple[Work, object]]) -> None:
        queue = self._queues[Order.REVOKE]
        while queue:
            work = queue.popleft()
            if work.starts():
                self._attempt(work, done)

    def _slices(self, done: list[tuple[Work, object]]) -> None:
        """Erasing and projecting by turns; one at least, more only while nobody else waits."""
        erase, project = self._queues[Order.ERASE], self._queues[Order.PROJECT]
        for _ in range(self._limits.slices_max):
            queue = erase if erase and (self._erase_turn or not project) else project
            self._erase_turn = queue is not erase
            if not queue:
                return
            work = queue.popleft()
            if work.starts():
                self._attempt(work, done)
            if self._queues[Order.REVOKE] or self._queues[Order.INTAKE]:
                self._revocations(done)
                return

    def _attempt(self, work: Work, done: list[tuple[Work, object]]) -> None:
        """Run one work. Its own exception is its outcome; a lost group is everybody's."""
        outcome: object
        place = len(done)
        done.append((work, None))
        try:
            if work.batch is not None and work.admit is not None:
                outcome = self._group.take(work.batch, work.admit)
            else:
                assert work.work is not None, "a job is a work or a batch"
                outcome = self._group.run(work.work)
        except LostGroup:
            raise
        except Exception as error:  # noqa: BLE001 - a bad work must not harm its neighbours
            outcome = _Raised(error)
        done[place] = (work, outcome)

    def _settled(self, outcome: object) -> object:
        try:
            return self._group.settle(outcome)
        except Exception as error:  # noqa: BLE001 - the caller hears of it; it is durable all the same
            return _Raised(error)

    def _lose(self, lost: Exception, done: list[tuple[Work, object]], taken: list[Work]) -> None:
        """Undo the group and tell everybody in it, except those that failed by themselves."""
        try:
            self._group.rollback()
        except Exception:  # noqa: BLE001 - the next group finds out whether the engine still works
            _log.exception("a group could not be rolled back")
        failed = UnableToCommit(f"the storage did not take it ({lost}); nothing was kept")
        failed.__cause__ = lost
        everybody = [*done, *((work, None) for work in reversed(taken))]
        self._deliver(
            [
                (work, outcome if isinstance(outcome, _Raised) else _Raised(failed))
                for work, outcome in everybody
            ]
        )

    def _deliver(self, outcomes: list[tuple[Work, object]]) -> None:
        """Tell everybody; those with a sink in one call for each sink."""
        sinks: dict[Sink, list[tuple[object, object]]] = {}
        for work, outcome in outcomes:
            if work.sink is not None:
                told = outcome.error if isinstance(outcome, _Raised) else outcome
                sinks.setdefault(work.sink, []).append((work.ticket, told))
                continue
            assert isinstance(work.ticket, Future), "without a sink the ticket is a future"
            if isinstance(outcome, _Raised):
                work.ticket.set_exception(outcome.error)
            else:
                work.ticket.set_result(outcome)
        for sink, told_all in sinks.items():
            try:
                sink(told_all)
            except Exception:  # noqa: BLE001 - it is durable: a broken sink is its owner's trouble
                _log.exception("a sink failed")


class _Raised:
    """An exception as an outcome: an answer of `admit` may be an exception object itself."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def _run_between(work: Callable[[], Any], future: Future[Any]) -> None:
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
        future.set_exception(error)
