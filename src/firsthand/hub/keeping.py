"""How long what was given is kept: what has ended goes from figures, and in time for good.

A thread works it off: after each ending, at each start and once an hour. When an agreement's
retention is over, what came under it is erased; when no other stands, the whole relationship is.
Of whom nothing was ever agreed with, nothing is kept 30 days after they last asked.
The person finds the signed receipt among their messages. A crash at any point only means that it
is done at the next start.
"""

import logging
import threading
from collections.abc import Iterator

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.tables import Tx
from firsthand.hub.erasing import Erasing
from firsthand.hub.outbox import Content, Outbox
from firsthand.hub.terms import agreements, relationships, settling
from firsthand.hub.terms.agreements import Held, Standing
from firsthand.hub.terms.relationships import StateGraph
from firsthand.hub.terms.writing import Snapshot, Write
from firsthand.hub.withdrawing import Withdrawing
from firsthand.protocol.wire import TYPE_AGREEMENT_CHANGED

EVERY_S = 3600.0
TROUBLE_WAIT_S = 1.0
PAGE_ROWS = 1_000
REFUSED_DAYS = 30  # after the last proposal that was not accepted
# "Within 30 days" is to be true of the last second too.
EARLY_S = 3600

_log = logging.getLogger(__name__)
_STANDING = msgspec.json.Decoder(Standing)


class Keeping:
    """The housekeeping of one hub."""

    def __init__(
        self,
        *,
        erasing: Erasing,
        withdrawing: Withdrawing,
        outbox: Outbox,
        write: Write,
        snapshot: Snapshot,
        clock: Clock,
    ) -> None:
        self._erasing = erasing
        self._withdrawing = withdrawing
        self._outbox = outbox
        self._write = write
        self._snapshot = snapshot
        self._clock = clock
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._woken: set[str] = set()
        self._one = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="keeping", daemon=True)

    def start(self) -> None:
        """Begin; what a stop has left is done first."""
        self._thread.start()

    def close(self) -> None:
        """Stop after what is at hand."""
        self._closing.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self, relationship: str) -> None:
        """Something was settled or ended in this relationship; from any thread."""
        with self._lock:
            self._woken.add(relationship)
        self._wanted.set()

    def work_off(self) -> None:
        """Do all that is due for everybody."""
        with self._one:
            self._withdrawing.work_off()
            for relationship in [*self._over(), *self._refused()]:
                if self._closing.is_set():
                    return
                self._see_to(relationship)
            self._withdrawing.work_off()

    def _work_off_woken(self) -> None:
        with self._lock:
            woken, self._woken = self._woken, set()
        with self._one:
            self._withdrawing.work_off()
            for relationship in woken:
                self._see_to(relationship)

    def _serve(self) -> None:
        everybody = True
        while not self._closing.is_set():
            try:
                if everybody:
                    self.work_off()
                else:
                    self._work_off_woken()
                with self._lock:
                    waits = not self._woken
                everybody = waits and not self._wanted.wait(EVERY_S)
                self._wanted.clear()
            except Exception:  # noqa: BLE001 - what is due stays due, so it tries again
                if self._closing.is_set():
                    return
                _log.exception("what is due could not be done; it is tried again")
                everybody = True
                self._closing.wait(TROUBLE_WAIT_S)

    def _over(self) -> Iterator[str]:
        """The relationships with an agreement that is not in force any more, each once."""
        now, after, last = self._now(), ("", ""), ""
        while True:
            with self._snapshot() as reader:
                page = reader.scan_all(agreements.STANDING, after=after, rows_max=PAGE_ROWS)
            for entry in page:
                over = not _STANDING.decode(entry.value).in_force(now)
                if over and entry.relationship != last:
                    last = entry.relationship
                    yield last
            if len(page) < PAGE_ROWS:
                return
            after = (page[-1].relationship, page[-1].key)

    def _refused(self) -> Iterator[str]:
        """The relationships in which nothing was ever agreed, and not asked for lately either."""
        long_ago, after = self._now() - REFUSED_DAYS * agreements.DAY_S, ""
        while True:
            with self._snapshot() as reader:
                page = relationships.page(reader, after=after, rows_max=PAGE_ROWS)
                refused = [one.id for one in page if one.state == StateGraph.refused]
                asked = {one: agreements.held(reader, one) for one in refused}
            yield from (one for one, held in asked.items() if held and held[-1].at <= long_ago)
            if len(page) < PAGE_ROWS:
                return
            after = page[-1].id

    def _see_to(self, relationship: str) -> None:
        """End what ran out, and erase what is due."""
        now = self._now()
        with self._snapshot() as reader:
            if not relationships.is_open(reader, relationship):
                return
            held = agreements.held(reader, relationship)
            standing = dict(agreements.all_standing(reader, relationship))
        ran_out = [id for id, one in standing.items() if one.purposes and now >= one.expires]
        if ran_out:
            self._write(lambda tx: _lapse(tx, relationship, ran_out, now))
            self._withdrawing.work_off()
        if held and all(one.decision != "accepted" for one in held):
            if held[-1].at <= now - REFUSED_DAYS * agreements.DAY_S:
                self._erasing.forget(relationship, held[-1].id)
            return
        by_id = {one.id: one for one in held}
        given = [one for one in held if one.decision == "accepted"]
        due = [one for one in given if is_due(one, by_id, now)]
        if due and all(one in due or one.erasure is not None for one in given):
            self._erasing.erase(relationship, due[-1].id, by_itself=True)
            self._outbox.told(relationship)
            return
        for one in due:
            if one.erasure is None:
                self._erase_under(relationship, one.id)

    def _erase_under(self, relationship: str, agreement: str) -> None:
        receipt = self._erasing.erase_under(relationship, agreement)

        def work(tx: Tx) -> None:
            kept = agreements.get(tx, relationship, agreement)
            if kept is None or not relationships.is_open(tx, relationship):
                return
            agreements.put(tx, relationship, msgspec.structs.replace(kept, erasure=receipt))
            self._erasing.under_erased(tx, relationship, agreement)
            message = self._outbox.prepared(tx, relationship, erased(agreement, receipt))
            assert self._outbox.put(tx, relationship, message), "nobody else writes meanwhile"

        self._write(work)
        self._outbox.told(relationship)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def is_due(one: Held, by_id: dict[str, Held], now: int) -> bool:
    """Whether what came under an agreement is to be erased by now; ``by_id`` are its siblings."""
    until = agreements.erased_by(one, by_id)
    if until is None or one.state(now) not in {"terminated", "expired"}:
        return False
    return now >= until - (EARLY_S if one.roster.retention_days else 0)


def erased(agreement: str, receipt: str) -> Content:
    """The message that says that what came under an agreement was erased."""
    return Content(
        type=TYPE_AGREEMENT_CHANGED, agreement=agreement, answers="", data={"erasure": receipt}
    )


def _lapse(tx: Tx, relationship: str, ran_out: list[str], now: int) -> None:
    for agreement in ran_out:
        settling.withdraw(tx, relationship, agreement)
    settling.close_if_last(tx, relationship, now)
