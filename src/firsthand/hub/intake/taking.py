"""Takes what people give: the steps outside, the steps inside the transaction, the verdict."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import (
    Batch,
    Journal,
    JournalClosed,
    Receipt,
    Repeat,
    UnableToAppend,
    UnableToCommit,
    UnableToQueue,
)
from firsthand.foundation.tables import Tx
from firsthand.hub.intake.beside import Answers, Outcome
from firsthand.hub.intake.figures import Counted, Figures
from firsthand.hub.intake.steps import STEPS, Arrived, Deal, Passed, Sent, Stopped, Told, run
from firsthand.hub.reads import Envelope, envelope
from firsthand.hub.terms import agreements, relationships
from firsthand.protocol.identity import public_key_of
from firsthand.protocol.receipts import ReceiptJson
from firsthand.protocol.refusals import Refusal

CACHED_MAX = 50_000
# The doors' names for two things of the journal, which they may not import.
Taken = Receipt  # the proof that a batch is in the journal
Checked = Batch  # what passed the steps outside
INSIDE = ("agreement", "number", "appended")


class Handed:
    """A batch on its way through the writer, and who is told what came of it."""

    __slots__ = ("batch", "repeated", "ticket", "told")

    def __init__(self, batch: Batch, ticket: object, told: Told) -> None:
        self.batch = batch
        self.ticket = ticket
        self.told = told
        self.repeated = False


class Intake:
    """The intake of one hub.

    ``STEPS`` run outside of the writer, ``INSIDE`` in its transaction. Each is timed by its name
    and counted, and each refusal is counted by its reason.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._deals: dict[tuple[str, str], Deal] = {}
        self._counted = Counted([*(name for name, _ in STEPS), *INSIDE])
        self._lock = threading.Lock()
        self._forgetting: list[Callable[[str], None]] = []
        # Of the group at hand, in the writer's thread alone.
        self._agreement_ms: list[float] = []
        self._number_ms: list[float] = []

    def check(self, arrived: Arrived) -> Refusal | None:
        """Run the steps outside of the writer; afterwards ``arrived.batch`` is what to append."""
        took: list[float] = []
        outcome = run(self, arrived, self._clock.ticks_ms, took)
        for (name, _), time in zip(STEPS, took, strict=False):  # it may have been stopped
            self._counted.timed(name, (time,))
        if isinstance(outcome, Stopped):
            return self._stopped(outcome)
        arrived.batch = outcome.batch(arrived.body, self.now_ms())
        return None

    def checked(self, sent: Sequence[Sent], answers: Answers) -> list[Batch | Refusal | None]:
        """The same for many, once the process beside has run the steps: what comes of each.

        None where it did not know enough: that must be checked here.
        """
        for (name, _), times in zip(STEPS, answers.took_ms, strict=True):
            self._counted.timed(name, times)
        now_ms = self.now_ms()
        return [
            self._came_to(outcome, one, now_ms)
            for one, outcome in zip(sent, answers.outcomes, strict=True)
        ]

    def _came_to(self, outcome: Outcome, sent: Sent, now_ms: int) -> Batch | Refusal | None:
        if isinstance(outcome, Passed):
            return outcome.batch(sent.body, now_ms)
        return outcome if outcome is None else self._stopped(outcome)

    def _stopped(self, outcome: Stopped) -> Refusal:
        self._counted.refused_at(STEPS[outcome.step][0])
        return self.refused(Refusal(reason=outcome.reason, detail=outcome.detail))

    def take(self, arrived: Arrived) -> "Future[Receipt | Refusal]":
        """Run all steps; the future holds the verdict, which is durable."""
        future: Future[Receipt | Refusal] = Future()
        self.offer(arrived, future, _resolve)
        return future

    def offer(self, arrived: Arrived, ticket: object, told: Told) -> None:
        """Run all steps; ``told`` gets the verdicts of a whole group at once, or a refusal now."""
        refusal = self.check(arrived)
        if refusal is None:
            self.hand_over(arrived.batch, ticket, told)
        else:
            told([(ticket, refusal)])

    def hand_over(self, batch: Batch, ticket: object, told: Told) -> None:
        """Give the writer what passed; ``told`` as in ``offer``."""
        handed = Handed(batch, ticket, told)
        try:
            self._journal.offer(batch, partial(self._admit, handed), handed, self._settled)
            return
        except UnableToAppend as error:
            refusal = Refusal(reason="shape_invalid", detail=str(error))
        except (UnableToQueue, JournalClosed):
            refusal = Refusal(reason="busy")
        told([(ticket, self.refused(refusal))])

    def figures(self) -> Figures:
        """The steps' counts and times, the refusals by reason, what was taken."""
        return self._counted.figures()

    def recent(self) -> list[Envelope]:
        """The newest envelopes, the newest first; never what is in them."""
        return self._counted.recent()

    def pulse(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called from the writer's thread at each group; returns what ends it."""
        return self._counted.pulse(wake)

    def forgetting(self, forget: Callable[[str], None]) -> None:
        """Have ``forget`` called, from any thread, with each relationship that is forgotten."""
        self._forgetting.append(forget)

    def forget(self, relationship: str) -> None:
        """Let go of everything in memory about a relationship."""
        self._keys.pop(relationship, None)
        with self._lock:
            for pair in [pair for pair in self._deals if pair[0] == relationship]:
                del self._deals[pair]
        self._counted.forget(relationship)
        for forget in self._forgetting:
            forget(relationship)

    def key_at_hand(self, relationship: str) -> EllipticCurvePublicKey | None:
        """The public key of a relationship if it is in memory: this never waits."""
        return self._keys.get(relationship)

    def key(self, relationship: str) -> EllipticCurvePublicKey | None:
        """The public key of a known relationship, or None."""
        key = self._keys.get(relationship)
        if key is None:
            with self._journal.read() as reader:
                known = relationships.get(reader, relationship)
            if known is None:
                return None
            key = public_key_of(known.key)
            if len(self._keys) >= CACHED_MAX:
                self._keys.clear()
            self._keys[relationship] = key
        return key

    def deal(self, relationship: str, agreement: str) -> Deal | None:
        """What an accepted agreement says, whether it stands or has ended; None if unknown."""
        deal = self._deals.get((relationship, agreement))
        if deal is None:
            with self._journal.read() as reader:
                held = agreements.get(reader, relationship, agreement)
            if held is None or held.decision != "accepted":
                return None
            terms = held.roster
            deal = Deal(purposes=terms.purposes, precision=held.precision, fields=held.fields)
            with self._lock:
                if len(self._deals) >= CACHED_MAX:
                    self._deals.clear()
                self._deals[relationship, agreement] = deal
        return deal

    def now_s(self) -> int:
        """Seconds since 1970."""
        return int(self._clock.now().timestamp())

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock.now().timestamp() * 1000)

    def _admit(self, handed: Handed, tx: Tx, batch: Batch) -> Refusal | Repeat | None:
        """The steps inside the writer's transaction; None lets the batch in.

        What is here already gets its first receipt, whatever became of the deal since: otherwise
        somebody whose receipt was lost would be told that nothing was taken.
        """
        ticks = self._clock.ticks_ms
        began = ticks()
        verdict = self._number(tx, batch)
        numbered = ticks()
        self._number_ms.append(numbered - began)
        handed.repeated = isinstance(verdict, Repeat)
        if handed.repeated:
            return verdict
        refusal = self._agreement(tx, batch)
        self._agreement_ms.append(ticks() - numbered)
        if refusal is not None:
            self._counted.refused_at("agreement")
            return refusal
        if isinstance(verdict, Refusal):
            self._counted.refused_at("number")
        return verdict

    def _agreement(self, tx: Tx, batch: Batch) -> Refusal | None:
        stands = agreements.standing(tx, batch.relationship, batch.agreement)
        if stands is None:
            return Refusal(reason="no_agreement")
        reason = stands.why_not(self.now_s())
        return None if reason is None else Refusal(reason=reason)

    def _number(self, tx: Tx, batch: Batch) -> Refusal | Repeat | None:
        last = self._journal.lane(tx, batch.relationship, batch.lane)
        due = last.n + 1 if last else 1
        if batch.n == due:
            return None
        if batch.n > due:
            return Refusal(reason="lane_gap", detail=f"Number {due} is the next one.")
        first = self._journal.place(tx, batch.relationship, batch.lane, batch.n)
        if first is None or first.leaf != batch.leaf:
            return Refusal(reason="lane_conflict")
        return Repeat(position=first.position)

    def _settled(self, outcomes: Sequence[tuple[object, object]]) -> None:
        """Turn what a group came to into verdicts, and hand them back together."""
        groups: dict[Told, list[tuple[object, Receipt | Refusal]]] = {}
        appended: list[Envelope] = []
        times_ms: list[float] = []
        now_ms = self.now_ms()
        for handed, outcome in outcomes:
            assert isinstance(handed, Handed), "the ticket that was offered"
            verdict = _verdict(outcome)
            if isinstance(verdict, Refusal):
                self.refused(verdict)
            elif handed.repeated:
                self._counted.repeated()
            else:
                times_ms.append(max(0.0, now_ms - handed.batch.received_ms))
                appended.append(envelope(handed.batch, verdict.index))
            groups.setdefault(handed.told, []).append((handed.ticket, verdict))
        for name, times in zip(
            INSIDE, (self._agreement_ms, self._number_ms, times_ms), strict=True
        ):
            self._counted.timed(name, times)
        self._agreement_ms.clear()
        self._number_ms.clear()
        self._counted.taken(appended)
        self._counted.wake()
        for told, verdicts in groups.items():  # last: whoever hears of it is waiting for our lock
            told(verdicts)

    def refused(self, refusal: Refusal) -> Refusal:
        """Count a refusal, here or at the door; returns it."""
        self._counted.refused(refusal.reason)
        return refusal


def receipt_json(receipt: Receipt) -> ReceiptJson:
    """A receipt as it goes over the wire."""
    return ReceiptJson(
        leaf=receipt.leaf.hex(),
        index=receipt.index,
        proof=[step.hex() for step in receipt.proof],
        checkpoint=receipt.checkpoint,
    )


def _verdict(outcome: object) -> Receipt | Refusal:
    if isinstance(outcome, Receipt | Refusal):
        return outcome
    if isinstance(outcome, UnableToCommit):
        return Refusal(reason="unable_to_store")
    if isinstance(outcome, UnableToAppend):
        return Refusal(reason="lane_gap", detail=str(outcome))
    return Refusal(reason="busy")


def _resolve(verdicts: Sequence[tuple[object, Receipt | Refusal]]) -> None:
    for future, verdict in verdicts:
        assert isinstance(future, Future), "the ticket that take gave"
        future.set_result(verdict)
