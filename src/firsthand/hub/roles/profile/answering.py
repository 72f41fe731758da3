"""Answers people: runs the published rule over what they gave, and says so when it is news.

The rule runs outside of the writer, on what ``reads`` gives for personalisation. The mark that an
answer is due goes in the transaction that lets the answer wait, so none is lost and none doubled.
"""

import logging
import threading

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.tables import Tx
from firsthand.hub.outbox import Content, Outbox
from firsthand.hub.reads import Kept, PurposeRefused, Reads, UnknownCustomer, Who
from firsthand.hub.roles.profile.projection import DUE, MARK, MARKS, NEWEST, THINGS
from firsthand.hub.terms import agreements
from firsthand.hub.terms.catalogue import Offering, get_offering
from firsthand.hub.terms.writing import Snapshot, Write
from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.roles.profile import PURPOSE, TYPE_ANSWERED, in_order
from firsthand.protocol.roles.profile_rules import run_rule

SENT = "sent"
DUE_ROWS_MAX = 500
REST_MS = 50
WAIT_MS_MAX = 1_000
TROUBLE_WAIT_S = 1.0

_log = logging.getLogger(__name__)


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

    def answer_all(self) -> int:
        """Answer everybody who is due; returns how many messages were written."""
        written = 0
        after = ("", "")
        offering = self._offering()
        while not self._closing.is_set():
            with self._snapshot() as reader:
                due = reader.scan_all(DUE, after=after, rows_max=DUE_ROWS_MAX)
            for entry in due:
                if self._closing.is_set():
                    break
                written += self._answer(entry.relationship, entry.value, offering)
            if len(due) < DUE_ROWS_MAX:
                break
            after = (due[-1].relationship, due[-1].key)
        return written

    def everybody_again(self, reason: str) -> int:
        """Mark all who gave something as due, since the catalogue has changed."""
        marked = 0
        after = ("", "")
        while True:
            with self._snapshot() as reader:
                page = reader.scan_all(MARKS, after=after, rows_max=DUE_ROWS_MAX)
            people = {one.relationship: one.value for one in page if one.key == NEWEST}

            def work(tx: Tx, people: dict[str, bytes] = people) -> None:
                for person, leaf in people.items():
                    if tx.get(MARKS, person, NEWEST) is not None:
                        tx.put(DUE, person, MARK, leaf + b" " + reason.encode())

            if people:
                self._write(work)
                marked += len(people)
            if len(page) < DUE_ROWS_MAX:
                break
            after = (page[-1].relationship, page[-1].key)
        self.wake()
        return marked

    def _offering(self) -> Offering | None:
        with self._snapshot() as reader:
            return get_offering(reader)

    def _serve(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait(WAIT_MS_MAX / 1000)
            if not self._wanted.is_set() or self._closing.is_set():
                continue
            self._wanted.clear()
            try:
                self.answer_all()
            except Exception:  # noqa: BLE001 - the marks stay, so it tries again
                _log.exception("an answer could not be given; it is tried again")
                self._wanted.set()
                self._closing.wait(TROUBLE_WAIT_S)
            self._closing.wait(REST_MS / 1000)

    def _answer(self, relationship: str, mark: bytes, offering: Offering | None) -> int:
        kept: list[Kept] = []
        if offering is not None:
            reader = Who(name=offering.rule.name, kind="rule")
            try:
                kept = self._reads.things(
                    relationship, table=THINGS, purpose=PURPOSE, reader=reader
                )
            except (PurposeRefused, UnknownCustomer):
                kept = []
        if offering is None or not kept:
            self._write(lambda tx: _clear(tx, relationship, mark))
            return 0
        answered = run_rule(offering.rule, offering.items, in_order([one.thing for one in kept]))
        content = Content(
            type=TYPE_ANSWERED,
            agreement=max(kept, key=lambda one: one.position).agreement,
            answers=mark.decode().split(" ")[0],
            data=msgspec.to_builtins(answered),
        )
        if self._write(lambda tx: self._send(tx, relationship, mark, content)):
            self._outbox.told(relationship)
            return 1
        return 0

    def _send(self, tx: Tx, relationship: str, mark: bytes, content: Content) -> bool:
        """Let the answer wait and clear the mark, if both still stand and it is news."""
        if not _clear(tx, relationship, mark):
            return False
        stands = agreements.standing(tx, relationship, content.agreement)
        now = int(self._clock.now().timestamp())
        if stands is None or not stands.allows(PURPOSE, now):
            return False
        news = sha256_hex(canonical(content.data)).encode()
        if tx.get(MARKS, relationship, SENT) == news:
            return False
        self._outbox.add(tx, relationship, content)
        tx.put(MARKS, relationship, SENT, news)
        return True


def _clear(tx: Tx, relationship: str, mark: bytes) -> bool:
    """Clear the mark; False if another one has been set meanwhile."""
    if tx.get(DUE, relationship, MARK) != mark:
        return False
    tx.delete(DUE, relationship, MARK)
    return True
