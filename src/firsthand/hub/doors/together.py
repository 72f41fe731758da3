"""Brings batches together that come at the same time, so that what each costs is shared.

A group's steps are run at once, in a process beside where it is busy, and a group goes to the
writer at once, since a commit costs the same for one and for many. Nobody waits for company:
a group is what came while the one before was under way.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Sequence

from firsthand.hub.intake.beside import Answers, Asked, Beside, Learnt, UnableToAsk, learnt
from firsthand.hub.intake.steps import Sent, arrived
from firsthand.hub.intake.taking import Checked, Intake, Taken
from firsthand.protocol.refusals import Refusal

# So many at once, so many times, are a busy door: it gets a process beside. A quiet one never does.
CROWD_MIN = 8
CROWDS_MIN = 20
# What the process beside has at a time: one group at hand, and the next one, so that it need not
# wait for us. A group ends with the request that brings it to so many bytes.
GROUPS_ASKED_MAX = 2
GROUP_MAX = 32
GROUP_BYTES_MAX = 1 << 20

Verdict = Taken | Refusal
Waiting = tuple[Sent, "asyncio.Future[Verdict]"]
_log = logging.getLogger(__name__)


class Together:
    """What is on its way through the door at ``target``, in its one event loop."""

    def __init__(self, intake: Intake, target: str) -> None:
        self._intake = intake
        self._target = target
        self._came: list[Waiting] = []  # in this round of the loop
        self._unasked: deque[Waiting] = deque()
        self._asked: deque[list[Waiting]] = deque()  # in the order in which answers come
        self._learnt: list[Learnt] = []  # what the process beside is told with the next group
        self._passed: list[tuple[Checked, asyncio.Future[Verdict]]] = []
        self._writing = 0
        self._crowds = 0
        self._starting: Beside | None = None
        self.beside: Beside | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        intake.forgetting(self._forget)

    async def verdict(self, sent: Sent, *, alone: bool) -> Verdict:
        """Run all steps; ``alone`` says that hardly anything else is on its way."""
        if self._loop is None:
            self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        future: asyncio.Future[Verdict] = self._loop.create_future()
        self._came.append((sent, future))
        if alone:
            self._check_all_here()
        elif len(self._came) == 1:
            self._loop.call_soon(self._check_all)  # after everything that has just come
        return await future

    def close(self) -> None:
        """End the process beside; from any thread, once the loop has ended."""
        for beside in (self._starting, self.beside):
            if beside is not None:
                beside.close()
        self._starting = self.beside = None

    def _check_all(self) -> None:
        if self.beside is None:
            self._count_crowd(len(self._came))
            self._check_all_here()
        elif self._came:
            self._unasked.extend(self._came)
            self._came.clear()
            self._ask(self.beside)

    def _check_all_here(self) -> None:
        came, self._came = self._came, []
        for one in came:
            self._check_here(one)
        self._hand_over()

    def _check_here(self, one: Waiting) -> None:
        sent, future = one
        looked_at = arrived(sent, self._target)
        try:
            refusal = self._intake.check(looked_at)
        except Exception as error:  # noqa: BLE001 - it is the trouble of this one alone
            if not future.done():
                future.set_exception(error)
            return
        if self.beside is not None and looked_at.key is not None:
            agreement = looked_at.signals[0].agreement if looked_at.deal else ""
            self._learnt.append(learnt(looked_at.keyid, looked_at.key, agreement, looked_at.deal))
        if refusal is None:
            self._passed.append((looked_at.batch, future))
        elif not future.done():
            future.set_result(refusal)

    def _ask(self, beside: Beside) -> None:
        while self._unasked and len(self._asked) < GROUPS_ASKED_MAX:
            group: list[Waiting] = []
            size_bytes = 0
            while self._unasked and len(group) < GROUP_MAX and size_bytes < GROUP_BYTES_MAX:
                one = self._unasked.popleft()
                group.append(one)
                size_bytes += len(one[0].body)
            self._send(beside, group)

    def _send(self, beside: Beside, group: list[Waiting], forgotten: Sequence[str] = ()) -> None:
        self._asked.append(group)
        told, self._learnt = self._learnt, []
        asked = Asked(self._intake.now_s(), forgotten, told, [sent for sent, _ in group])
        try:
            if not beside.ask(asked):
                assert self._loop is not None, "it was started in its loop"
                self._loop.add_writer(beside.handle, self._send_on, beside)
        except UnableToAsk:
            self._do_without(beside)

    def _send_on(self, beside: Beside) -> None:
        try:
            if beside.flush():
                assert self._loop is not None, "it was started in its loop"
                self._loop.remove_writer(beside.handle)
        except UnableToAsk:
            self._do_without(beside)

    def _answered(self, beside: Beside) -> None:
        try:
            found = beside.answers()
        except UnableToAsk:
            self._do_without(beside)
            return
        for answers in found:
            if self.beside is None:  # its first word says that it is there
                self._starting, self.beside = None, beside
            else:
                self._settle(self._asked.popleft(), answers)
        self._ask(beside)
        self._hand_over()

    def _settle(self, group: list[Waiting], answers: Answers) -> None:
        checked = self._intake.checked([sent for sent, _ in group], answers)
        for one, found in zip(group, checked, strict=True):
            if found is None:
                self._check_here(one)
            elif not isinstance(found, Refusal):
                self._passed.append((found, one[1]))
            elif not one[1].done():
                one[1].set_result(found)

    def _count_crowd(self, size: int) -> None:
        """Start the process beside if the door has been busy, and go on without it until then."""
        self._crowds += size >= CROWD_MIN
        if self._crowds < CROWDS_MIN or self._starting or (os.cpu_count() or 1) == 1:
            return
        assert self._loop is not None, "it counts in its loop"
        self._crowds = 0
        try:
            self._starting = Beside(self._target)
        except OSError:
            _log.warning("no process beside could be started: what comes is checked here")
            return
        self._loop.add_reader(self._starting.handle, self._answered, self._starting)

    def _do_without(self, beside: Beside) -> None:
        """It has ended: what it was asked is checked here."""
        if beside not in (self._starting, self.beside):
            return  # that was seen before
        assert self._loop is not None, "it was started in its loop"
        _log.warning("the process beside has ended: what comes is checked here")
        self._loop.remove_reader(beside.handle)
        self._loop.remove_writer(beside.handle)
        self._starting = self.beside = None
        beside.close()
        asked = [one for group in self._asked for one in group]
        self._came = [*asked, *self._unasked, *self._came]
        self._asked.clear()
        self._unasked.clear()
        self._learnt.clear()
        self._check_all_here()

    def _forget(self, relationship: str) -> None:
        """Have the process beside forget somebody too; from any thread."""
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._forget_beside, relationship)
        except RuntimeError:  # the loop has ended, and nobody is beside
            _log.debug("nobody to tell: the server has stopped")

    def _forget_beside(self, relationship: str) -> None:
        self._learnt = [one for one in self._learnt if one.relationship != relationship]
        if self.beside is not None:
            self._send(self.beside, [], [relationship])

    def _hand_over(self) -> None:
        """Give the writer what passed, unless it is less than what the writer has."""
        if not self._passed or len(self._passed) < self._writing:
            return
        passed, self._passed = self._passed, []
        self._writing += len(passed)
        for batch, future in passed:
            self._intake.hand_over(batch, future, self._told)

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
