"""Keeps what comes out of one file, in steps: what is kept of it so far, and the mark of how far.

A small member, or a small file, is kept whole or not at all. A large one is kept in steps of some
ten thousand rows, each a transaction with its mark, so that the same file goes on where it ended.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence

import msgspec

from firsthand.vault.bring.batches import Batch, Held
from firsthand.vault.bring.beside import Part
from firsthand.vault.bring.going import Control
from firsthand.vault.bring.remembering import remember
from firsthand.vault.bring.renewing import renew
from firsthand.vault.bring.report import Counts, Report, Told
from firsthand.vault.bring.rules import Rules, row_of, rules_in
from firsthand.vault.bring.spans import Spans
from firsthand.vault.sources import UnableToRead
from firsthand.vault.store import Store, Tx

STEP_ROWS = 50_000
# A member of fewer batches, of a thousand rows each, waits in memory until all of it was read.
WAITING_BATCHES_MAX = 10
# While a step is open others cannot write, so it ends after this time however little it holds.
STEP_MS_MAX = 2000


class Keeper:
    """What is kept of one file. `begin` makes the row of the import when the first step needs it.

    `claims`: the person said how the file is to be read, so its things become of this import.
    """

    def __init__(
        self,
        store: Store,
        report: Report,
        begin: Callable[[Tx], int],
        ticks_ms: Callable[[], float],
        control: Control,
        *,
        archive: bool,
        claims: str | None,
    ) -> None:
        """`claims` is the digest of the file whose things are claimed, or None."""
        self.archive, self._control = archive, control
        self.report = report
        self._store, self._begin, self._ticks_ms = store, begin, ticks_ms
        self._rules = Rules()
        self._claims = claims
        self._stack: contextlib.ExitStack | None = None
        self._tx: Tx | None = None
        self._opened_ms = 0.0
        self._rows = 0
        self._spans = Spans()
        self.steps = 0
        self.after = self.batches = 0

    def part(self, part: Part, skip: int, tell: Callable[[int], None]) -> bool:
        """Keep the rows of a part; whether it was gone through to its end, and not stopped.

        skip: batches of it that are kept already. tell: told how many rows more were read.
        Raises `UnableToRead` where a part is not read to its end: what was kept of it in earlier
        steps stays, and the rest is not.
        """
        counts, batches = Counts(), _telling(part.batches(skip), tell)
        first = list(itertools.islice(batches, WAITING_BATCHES_MAX))
        if len(first) == WAITING_BATCHES_MAX:
            self.close_step()
            return self._large(part, itertools.chain(first, batches), skip)
        for batch in first:
            self._keep(part, batch, counts)
        if not skip or self.report.underway is None:
            self.report.underway = _told_of(part)
        self._count(counts)
        self._end_part()
        self._remember(part)
        return True

    def _large(self, part: Part, batches: Iterator[Batch], skip: int) -> bool:
        report, counts = self.report, Counts()
        if not skip or report.underway is None:
            report.underway = _told_of(part)
        before, self.batches = self._noted(), skip
        try:
            for batch in batches:
                self._keep(part, batch, counts)
                self.batches += 1
                if self._rows < STEP_ROWS and not self._control.wanted:
                    continue
                self._count(counts)
                counts = Counts()
                self.close_step()
                before = self._noted()
                self._control.wait()
                if self._control.stopped:
                    return False
        except BaseException as error:
            self.drop()
            if isinstance(error, UnableToRead):
                self._back_to(before, str(error))
            raise
        self._count(counts)
        self._end_part()
        self._remember(part)
        return True

    def _count(self, counts: Counts) -> None:
        """Count rows of the part that is under way: in sum, and for itself."""
        assert self.report.underway is not None, "it was begun"
        self.report.add(counts)
        self.report.underway.add(counts)

    def _end_part(self, error: str | None = None) -> None:
        told, self.report.underway, self.batches = self.report.underway, None, 0
        if self.archive and told is not None:
            told.error = error
            self.report.tell(told, counted=True)

    def _back_to(self, noted: bytes, error: str) -> None:
        """A part ended in the middle: what is told is as it was at the last step."""
        self.report = msgspec.json.decode(noted, type=Report)
        if self.steps == 0:
            self.report.import_id = None
        if self.archive:
            self._end_part(error)

    def _noted(self) -> bytes:
        return msgspec.json.encode(self.report)

    def done(self, number: int) -> None:
        """All up to this number is done."""
        self.after = number
        if self._tx is not None and (
            self._rows >= STEP_ROWS or self._ticks_ms() - self._opened_ms > STEP_MS_MAX
        ):
            self.close_step()

    def open_step(self) -> Tx:
        """The transaction of this step, begun if it was not yet."""
        if self._tx is None:
            self._stack = contextlib.ExitStack()
            self._tx = self._stack.enter_context(self._store.transaction())
            self._opened_ms = self._ticks_ms()
            self._rules = Rules(rules_in(self._tx))
            if self.report.import_id is None:
                self.report.import_id = self._begin(self._tx)
        return self._tx

    def close_step(self, state: str = "going") -> None:
        """Keep this step, with the mark of how far the import is. Raises `UnableToKeep`."""
        if self._tx is None and state == "going":
            return
        tx, report = self.open_step(), self.report
        report.state = state
        self._spans.keep(tx, report.import_id)
        tx.run(
            "imports.mark",
            import_id=report.import_id,
            state=state,
            after=self.after,
            batches=self.batches,
            report=msgspec.json.encode(report).decode(),
        )
        tx.run(
            "imports.say",
            id=report.import_id,
            source=report.source or "",
            format=report.format or "",
            read=report.read,
            added=report.added,
            known=report.known,
            unreadable=report.unreadable_rows,
        )
        self._rows = 0
        stack, self._stack, self._tx = self._stack, None, None
        assert stack is not None, "the step is open"
        stack.close()
        self.steps += 1

    def drop(self) -> None:
        """Keep nothing of this step: an error is on its way."""
        stack, self._stack, self._tx = self._stack, None, None
        self._spans.forget()
        self._rows = 0
        if stack is not None:
            if self.steps == 0:
                self.report.import_id = None
            with contextlib.suppress(_Dropped), stack:
                raise _Dropped

    def _keep(self, part: Part, batch: Batch, counts: Counts) -> None:
        report, member = self.report, part.name if self.archive else ""
        counts.read += _rows_in(batch)
        counts.unreadable_rows += len(batch.unreadable)
        counts.skipped_rows += len(batch.skipped)
        report.unread(batch.unreadable, member)
        report.skip(batch.skipped, member)
        tx = self.open_step()
        self._rows += _rows_in(batch)
        held, left = self._rules.kept(batch.rows)
        counts.redacted += left
        added = tx.run_many("things.add", [row_of(each, report.import_id) for each in held])
        counts.added += added
        counts.known += len(held) - added
        if added < len(held):
            counts.renewed += renew(tx, held)
            self._know(tx, held)

    def _know(self, tx: Tx, held: Sequence[Held]) -> None:
        """Note which things were there already, from another import."""
        import_id = self.report.import_id
        if self._claims is not None:
            names = {"import_id": import_id, "sha256": self._claims}
            tx.run_many("things.claim", [{"id": each[1], **names} for each in held])
        ids = [each[1] for each in held]
        self._rules.fill(tx, held, ids)
        self._spans.note(tx, ids, import_id)

    def _remember(self, part: Part) -> None:
        if part.digest:
            remember(self.open_step(), part.digest, part.export)


class _Dropped(Exception):
    """Has a transaction end without being kept."""


def _told_of(part: Part) -> Told:
    return Told(name=part.name, source=part.export.source, format=part.export.format)


def _telling(batches: Iterator[Batch], tell: Callable[[int], None]) -> Iterator[Batch]:
    for batch in batches:
        tell(_rows_in(batch))
        yield batch


def _rows_in(batch: Batch) -> int:
    return len(batch.rows) + len(batch.unreadable) + len(batch.skipped)
