"""What was taken back goes from every list and figure: derived state is as if it had never come.

An ending marks its agreement; from then on nothing of it is read. Afterwards, in this room, the
rows that projections made of it are deleted and figures are counted without it, and in the same
transaction the mark goes: after a crash it is done again from the start, to the same end.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from firsthand.foundation.journal import Journal, Order, Stored
from firsthand.foundation.projection import Projection
from firsthand.foundation.tables import Reader, Tx
from firsthand.hub import cursors
from firsthand.hub.terms import agreements, relationships
from firsthand.hub.terms.relationships import StateGraph

ROWS_A_SLICE = 50  # rows are large
WORDS_A_SLICE = 100
PAGE_ROWS_MAX = 1_000
PAGE_BYTES_MAX = 4 << 20
WAIT_MS_MAX = 10_000


class Answers(Protocol):
    """What was said to persons and waits for them: the outbox, which is above this room."""

    def standing_on(self, reader: Reader, relationship: str, since: int) -> Sequence[Any]:
        """What takes the place of answers from ``since`` (seconds) on."""
        ...

    def replace(self, tx: Tx, relationship: str, messages: Sequence[Any]) -> None:
        """Put it there."""
        ...


class Withdrawing:
    """The withdrawing of one hub.

    ``followed`` waits until all projections have seen so many leaves, for so many milliseconds at
    most, and says whether they have. ``forgotten`` is called with a relationship whose figures in
    memory may be old.
    """

    def __init__(
        self,
        journal: Journal,
        projections: Sequence[Projection],
        *,
        forgotten: Callable[[str], None],
        answers: Answers,
    ) -> None:
        self._journal = journal
        self._projections = projections
        self._forgotten = forgotten
        self._answers = answers
        self._one = threading.Lock()
        self.followed: Callable[[int, int], bool] = lambda _position, _wait_ms: True

    def work_off(self) -> int:
        """Withdraw all that is marked; how many agreements that were."""
        done = 0
        after = ("", "")
        while True:
            with self._journal.read() as reader:
                marked = agreements.withdrawn(reader, after=after)
                size = self._journal.size(reader)
            if not marked or not self.followed(size, WAIT_MS_MAX):
                return done
            for relationship, agreement in marked:
                with self._journal.read() as reader:
                    is_open = relationships.is_open(reader, relationship)
                if is_open:  # otherwise whoever erases it does this first
                    self.withdraw(relationship, {agreement}, upto=size)
                    done += 1
            after = marked[-1]

    def withdraw(self, relationship: str, taken_back: set[str], *, upto: int) -> None:
        """Take agreements out of rows and figures, which have seen leaves below ``upto``."""
        with self._one:
            with self._journal.read() as reader:
                marked = {
                    agreement
                    for agreement in taken_back
                    if reader.get(agreements.WITHDRAWN, relationship, agreement) is not None
                }
                if not marked:
                    return
                gone, left = self._batches(reader, relationship, marked, upto)
                rows = [
                    (projection, projection.rows_under(reader, relationship, marked))
                    for projection in self._projections
                ]
                said = self._said_of(reader, relationship, gone)
            for projection, keys in rows:
                for start in range(0, len(keys), ROWS_A_SLICE):
                    self._drop(projection, relationship, keys[start : start + ROWS_A_SLICE])

            for start in range(0, len(said), WORDS_A_SLICE):
                self._replace(relationship, said[start : start + WORDS_A_SLICE])

            def work(tx: Tx) -> None:
                for projection in self._projections:
                    projection.unfold(tx, relationship, gone, left)
                for agreement in marked:
                    tx.delete(agreements.WITHDRAWN, relationship, agreement)

            self._journal.submit(work, Order.ERASE).result()
        self._forgotten(relationship)

    def _said_of(self, reader: Reader, relationship: str, gone: Sequence[Stored]) -> Sequence[Any]:
        """What replaces answers that may stand on what has gone: those since its first batch."""
        person = relationships.get(reader, relationship)
        if not gone or person is None or person.state == StateGraph.erasing:
            return []  # where all of it is erased, the answers are too
        since = min(batch.received_ms for batch in gone) // 1000
        return self._answers.standing_on(reader, relationship, since)

    def _replace(self, relationship: str, messages: Sequence[Any]) -> None:
        def work(tx: Tx) -> None:
            self._answers.replace(tx, relationship, messages)

        self._journal.submit(work, Order.ERASE).result()

    def _drop(self, projection: Projection, relationship: str, keys: Sequence[str]) -> None:
        def work(tx: Tx) -> None:
            projection.drop(tx, relationship, keys)

        self._journal.submit(work, Order.ERASE).result()

    def _batches(
        self, reader: Reader, relationship: str, marked: set[str], upto: int
    ) -> tuple[list[Stored], list[Stored]]:
        """What goes from the figures and what stays, in the journal's order and without bodies."""
        aside = {one.position for one in cursors.set_aside(reader)}
        stands = dict(agreements.all_standing(reader, relationship))
        gone: list[Stored] = []
        left: list[Stored] = []
        after = 0
        while True:
            page = self._journal.batches(
                reader, after, rows_max=PAGE_ROWS_MAX, bytes_max=PAGE_BYTES_MAX,
                relationship=relationship,
            )  # fmt: skip
            for batch in page.batches:
                if batch.position >= upto or batch.position in aside:
                    continue
                one = stands.get(batch.agreement)
                light = msgspec.structs.replace(batch, body=b"", base=b"")
                if batch.agreement in marked:
                    gone.append(light)
                elif one is not None and one.purposes:
                    left.append(light)
            if not page.batches:
                return gone, left
            after = page.seen
