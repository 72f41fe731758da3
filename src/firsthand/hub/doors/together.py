"""Brings batches together that come at the same time, so that what each costs is shared.

A group's signatures are proven at once, in a process beside where it is busy, and a group goes to
the writer at once, since a commit costs the same for one and for many. Nobody waits for company:
a group is what came while the one before was under way.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Sequence

from firsthand.hub.intake.proving import RECORDS_MAX, Prover, UnableToProve, is_right
from firsthand.hub.intake.steps import Arrived
from firsthand.hub.intake.taking import Intake, Taken
from firsthand.protocol.refusals import Refusal

# So many at once, so many times, are a busy door: it gets a process beside. A quiet one never does.
CROWD_MIN = 8
CROWDS_MIN = 20

Verdict = Taken | Refusal
Waiting = tuple[Arrived, "asyncio.Future[Verdict]"]
_log = logging.getLogger(__name__)


class Together:
    """What is on its way through one door, in its one event loop."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._read: list[Waiting] = []  # in this round of the loop
        self._unasked: deque[Waiting] = deque()
        self._asked: deque[Waiting] = deque()  # in the order in which answers come
        self._proven: list[Waiting] = []
        self._writing = 0
        self._crowds = 0
        self._starting: Prover | None = None
        self.prover: Prover | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    async def verdict(self, arrived: Arrived, *, alone: bool) -> Verdict:
        """Run all steps; ``alone`` says that hardly anything else is on its way."""
        if self._loop is None:
            self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        refusal = self._intake.read(arrived)
        if refusal is not None:
            return refusal
        future: asyncio.Future[Verdict] = self._loop.create_future()
        self._read.append((arrived, future))
        if alone:
            self._prove_here()
        elif len(self._read) == 1:
            self._loop.call_soon(self._prove)  # after everything that has just come
        return await future

    def close(self) -> None:
        """End the process beside; from any thread, once the loop has ended."""
        for prover in (self._starting, self.prover):
            if prover is not None:
                prover.close()
        self._starting = self.prover = None

    def _prove(self) -> None:
        if self.prover is None:
            self._count_crowd(len(self._read))
            self._prove_here()
        elif self._read:
            self._unasked.extend(self._read)
            self._read.clear()
            self._ask(self.prover)

    def _prove_here(self) -> None:
        came, self._read = self._read, []
        for one in came:
            self._settle(one, right=is_right(one[0].asked, one[0].key))
        self._hand_over()

    def _ask(self, prover: Prover) -> None:
        asked = []
        while self._unasked and len(self._asked) < RECORDS_MAX:
            one = self._unasked.popleft()
            self._asked.append(one)
            asked.append(one[0].asked)
        if asked:
            try:
                prover.ask(b"".join(asked))
            except UnableToProve:
                self._do_without(prover)

    def _answered(self, prover: Prover) -> None:
        try:
            answers = prover.answers()
        except UnableToProve:
            self._do_without(prover)
            return
        if self.prover is None:  # its first word says that it is there
            self._starting, self.prover = None, prover
            return
        for right in answers:
            self._settle(self._asked.popleft(), right=right)
        self._ask(prover)
        self._hand_over()

    def _count_crowd(self, size: int) -> None:
        """Start the process beside if the door has been busy, and go on without it until then."""
        self._crowds += size >= CROWD_MIN
        if self._crowds < CROWDS_MIN or self._starting or (os.cpu_count() or 1) == 1:
            return
        assert self._loop is not None, "it counts in its loop"
        self._crowds = 0
        try:
            self._starting = Prover()
        except OSError:
            _log.warning("no process beside could be started: signatures are proven here")
            return
        self._loop.add_reader(self._starting.handle, self._answered, self._starting)

    def _do_without(self, prover: Prover) -> None:
        """It has ended: what it was asked is proven here."""
        assert self._loop is not None, "it was started in its loop"
        _log.warning("the process beside has ended: signatures are proven here")
        self._loop.remove_reader(prover.handle)
        self._starting = self.prover = None
        prover.close()
        self._read = [*self._asked, *self._unasked, *self._read]
        self._asked.clear()
        self._unasked.clear()
        self._prove_here()

    def _settle(self, one: Waiting, *, right: bool) -> None:
        arrived, future = one
        try:
            refusal = self._intake.proven(arrived, right=right)
        except Exception as error:  # noqa: BLE001 - it is the trouble of this one alone
            if not future.done():
                future.set_exception(error)
            return
        if refusal is None:
            self._proven.append(one)
        elif not future.done():
            future.set_result(refusal)

    def _hand_over(self) -> None:
        """Give the writer what is proven, unless it is less than what the writer has."""
        if not self._proven or len(self._proven) < self._writing:
            return
        proven, self._proven = self._proven, []
        self._writing += len(proven)
        for arrived, future in proven:
            self._intake.hand_over(arrived, future, self._told)

    def _told(self, verdicts: Sequence[tuple[object, Verdict]]) -> None:
        """Hand a group's verdicts to the loop at once; from the writer's thread or our own."""
        assert self._loop is not None, "a verdict comes after an offer"
        if threading.get_ident() == self._thread:
            self._wake(verdicts)
            return
        try:
            self._loop.call_soon_threadsafe(self._wake, verdicts)
        except RuntimeError:  # the loop has ended, and everybody who waited with it
            _log.info("receipts for nobody: the server has stopped")

    def _wake(self, verdicts: Sequence[tuple[object, Verdict]]) -> None:
        self._writing -= len(verdicts)
        self._hand_over()
        for future, verdict in verdicts:
            assert isinstance(future, asyncio.Future), "the ticket that was offered"
            if not future.done():
                future.set_result(verdict)
