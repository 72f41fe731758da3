"""Answers people: runs the published rule over what they gave, and says so when it is news.

The rule runs outside of the writer, on what was given for personalisation, and there the answer is
signed too: a signature takes longer than all that the writer does for it, and endings wait behind
the writer. The mark that an answer is due goes in the transaction that lets the answer wait, so
none is lost and none doubled.
"""

import logging
import threading
from collections.abc import Mapping, Sequence

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.tables import Reader, Tx
from firsthand.hub.outbox import Content, Message, Outbox
from firsthand.hub.reads import Kept, Reads, Who
from firsthand.hub.roles.profile.projection import DUE, MARK, MARKS, NEWEST, SENT, THINGS
from firsthand.hub.terms import agreements, rights
from firsthand.hub.terms.catalogue import Offering, get_offering
from firsthand.hub.terms.writing import Snapshot, Write
from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.roles.profile import PURPOSE, TYPE_ANSWERED, in_order
from firsthand.protocol.roles.profile_rules import RULES, Answered, basis_of

DUE_ROWS_MAX = 500
AT_ONCE_MAX = 10
# Answering takes a third of the time at most: no role may hold the door.
REST_MS_MIN = 100.0
REST_SHARE = 2.0
_START = ("", "")
WAIT_MS_MAX = 1_000
TROUBLE_WAIT_S = 1.0

_log = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """An answer that is ready: what agreements it stands on, the hash of what it says, the message.

    Without a message it says what was said before.
    """

    agreements: frozenset[str]
    news: bytes
    message: Message | None


class Answering:
    """The thread that answers."""

    def __init__(
        self, *, reads: Reads, outbox: Outbox, write: Write, snapshot: Snapshot, clock: Clock
    ) -> None:
        self._reads = reads
        self._outbox = outbox
        self._write = write
        self._snapshot = snapshot
        self._clock = clock
        self._after = _START
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="answering", daemon=True)

    def start(self) -> None:
        """Begin; what was due before a stop is answered first."""
        self._wanted.set()
        self._thread.start()

    def close(self) -> None:
        """Stop after the answer at hand."""
        self._closing.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Somebody may be due an answer; from any thread."""
        self._wanted.set()

    def answer_some(self) -> bool:
        """Answer some of those who are due; returns whether there were any."""
        with self._snapshot() as reader:
            due = reader.scan_all(DUE, after=self._after, rows_max=AT_ONCE_MAX)
            if not due and self._after != _START:
                due = reader.scan_all(DUE, rows_max=AT_ONCE_MAX)
            offering = get_offering(reader) if due else None
        # Next time it goes on behind these, so that who gives without end keeps nobody waiting.
        self._after = (due[-1].relationship, due[-1].key) if due else _START
        marks = {one.relationship: one.value for one in due}
        answers = {} if offering is None else self._concluded(offering, marks)
        if not due:
            return False
        for person in self._write(lambda tx: self._send(tx, marks, answers)):
            self._outbox.told(person)
        return True

    def everybody_again(self, reason: str) -> int:
        """Mark all who gave something as due, since the catalogue has changed."""
        marked = 0
        after = ("", "")
        while True:
            with self._snapshot() as reader:
                page = reader.scan_all(MARKS, after=after, rows_max=DUE_ROWS_MAX)
            people = [one.relationship for one in page if one.key == NEWEST]

            def work(tx: Tx, people: Sequence[str] = people) -> None:
                for person in people:
                    self.again(tx, person, reason)

            if people:
                self._write(work)
                marked += len(people)
            if len(page) < DUE_ROWS_MAX:
                break
            after = (page[-1].relationship, page[-1].key)
        self.wake()
        return marked

    @staticmethod
    def again(tx: Tx, person: str, reason: str) -> None:
        """Mark a person as due an answer, if they gave something; ``wake`` once it is durable."""
        leaf = tx.get(MARKS, person, NEWEST)
        if leaf is not None:
            tx.put(DUE, person, MARK, leaf + b" " + reason.encode())

    def _serve(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait(WAIT_MS_MAX / 1000)
            if not self._wanted.is_set() or self._closing.is_set():
                continue
            self._wanted.clear()
            began = self._clock.ticks_ms()
            try:
                if self.answer_some():
                    self._wanted.set()
            except Exception:  # noqa: BLE001 - the marks stay, so it tries again
                _log.exception("an answer could not be given; it is tried again")
                self._wanted.set()
                self._closing.wait(TROUBLE_WAIT_S)
            took_ms = self._clock.ticks_ms() - began
            self._closing.wait(max(REST_MS_MIN, REST_SHARE * took_ms) / 1000)

    def _concluded(self, offering: Offering, marks: Mapping[str, bytes]) -> dict[str, Answer]:
        """What the rule says to each of these persons; nothing to whom it may not look at."""
        reader = Who(name=offering.rule.name, kind="rule")
        found = self._reads.things_of_many(
            list(marks), table=THINGS, purpose=PURPOSE, reader=reader
        )
        contents = {
            person: (
                Content(
                    type=TYPE_ANSWERED,
                    agreement=max(kept, key=lambda one: one.position).agreement,
                    answers=marks[person].decode().split(" ")[0],
                    data=msgspec.to_builtins(_answered(offering, kept)),
                ),
                frozenset(one.agreement for one in kept),
            )
            for person, kept in found.items()
            if kept
        }
        with self._snapshot() as snapshot:
            return {
                person: self._prepared(snapshot, person, content, stands_on)
                for person, (content, stands_on) in contents.items()
            }

    def _prepared(
        self, snapshot: Reader, person: str, content: Content, stands_on: frozenset[str]
    ) -> Answer:
        news = sha256_hex(canonical(content.data)).encode()
        message = None
        if snapshot.get(MARKS, person, SENT) != news:
            message = self._outbox.prepared(snapshot, person, content)
        return Answer(stands_on, news, message)

    def _send(self, tx: Tx, marks: Mapping[str, bytes], answers: Mapping[str, Answer]) -> list[str]:
        """Clear the marks that still stand, and let those answers wait that are news.

        Nobody else marks what was sent, so what is no news in the snapshot is none here.
        """
        now = int(self._clock.now().timestamp())
        sent = []
        for person, mark in marks.items():
            if tx.get(DUE, person, MARK) != mark:
                continue  # there is something newer: it is answered with that
            answer = answers.get(person)
            if answer is not None and answer.message is not None:
                if not answer.agreements <= agreements.allowing(tx, person, PURPOSE, now):
                    self._wanted.set()
                    continue  # a deal has ended since: it is answered without what came under it
                # A right that was used since the things were read holds this answer back too.
                if rights.held_back(tx, person, PURPOSE) is None:
                    if not self._outbox.put(tx, person, answer.message):
                        continue  # its number is taken: it is signed again under the next one
                    tx.put(MARKS, person, SENT, answer.news)
                    sent.append(person)
            tx.delete(DUE, person, MARK)
        return sent


def _answered(offering: Offering, kept: Sequence[Kept]) -> Answered:
    """As ``run_rule`` says it; the hash of the catalogue is known here and not made anew."""
    things = in_order([one.thing for one in kept])
    rule = offering.rule
    picks, note = RULES[rule.name, rule.version](offering.items, things, rule.parameters)
    return Answered(
        rule=rule.sha256,
        catalogue=offering.sha256,
        basis=basis_of(things),
        picks=picks,
        note=note,
    )
