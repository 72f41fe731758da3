"""The file against the model: whatever is done to both, both say the same."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from firsthand.foundation.journal import (
    Batch,
    Journal,
    Limits,
    Order,
    Receipt,
    Repeat,
    Sign,
    UnableToAppend,
)
from firsthand.foundation.journals.memory import MemoryJournal
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.tables import Entry, Table, Tx

PEOPLE = st.sampled_from(["ada", "bob", "eve"])
LANES = st.sampled_from(["phone", "laptop"])
TABLES = st.sampled_from(["agreements", "folded"])
KEYS = st.sampled_from(["a", "b", "\u00e9", "\U0001f600"])
VALUES = st.binary(max_size=40)


class Undone(Exception):
    pass


class Both(RuleBasedStateMachine):
    """Does the same to a file and to the model, and compares all that can be seen."""

    tables: Sequence[Table]
    make: Callable[..., Batch]
    sign: Sign
    verify: Callable[[Receipt], None]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model = MemoryJournal(self.tables, self.sign)
        self.file = self.opened()
        self.given: dict[tuple[str, str], list[Batch]] = {}

    def opened(self) -> SqliteJournal:
        limits = Limits(wal_bytes_max=60_000, lanes_cached_max=2, rows_cached_max=2)
        return SqliteJournal(self.folder / "journal", self.tables, self.sign, limits)

    def teardown(self) -> None:
        self.file.close()
        shutil.rmtree(self.folder)

    def admit(self, journal: Journal) -> Any:  # noqa: ANN401
        def admit(tx: Tx, batch: Batch) -> str | Repeat | None:
            there = journal.place(tx, batch.relationship, batch.lane, batch.n)
            last = journal.lane(tx, batch.relationship, batch.lane)
            assert (there is not None) <= (last is not None)
            if there:
                same = there.leaf == batch.leaf
                return Repeat(position=there.position) if same else "lane_conflict"
            tx.put("agreements", batch.relationship, "seen", batch.leaf)
            if batch.body == b"refused":
                return "refused"
            if batch.body == b"raises":
                raise Undone
            return None

        return admit

    def both(self, batches: list[Batch]) -> None:
        """Append the same to both: in the file as one group, if it likes."""
        filed = [self.file.append(batch, self.admit(self.file)) for batch in batches]
        modelled = [self.model.append(batch, self.admit(self.model)) for batch in batches]
        for batch, one, other in zip(batches, filed, modelled, strict=True):
            expected, found = self.outcome(one), self.outcome(other)
            if isinstance(found, Receipt):
                assert isinstance(expected, Receipt)
                assert (found.index, found.leaf) == (expected.index, expected.leaf)
                self.verify(found)
                self.verify(expected)
                lane = self.given.setdefault((batch.relationship, batch.lane), [])
                if batch.n > len(lane):
                    lane.append(batch)
            else:
                assert expected == found

    def outcome(self, future: Future[Any]) -> Any:  # noqa: ANN401
        error = future.exception(60)
        if error is None:
            return future.result()
        assert isinstance(error, Undone | UnableToAppend), error
        return type(error)

    def do(self, work: Any, order: Order = Order.PROJECT) -> None:  # noqa: ANN401
        outcomes = []
        for journal in (self.file, self.model):
            future = journal.submit(lambda tx, j=journal: work(j, tx), order)  # type: ignore[misc]
            outcomes.append(self.outcome(future))
        assert outcomes[0] == outcomes[1]

    @rule(who=PEOPLE, lane=LANES, bodies=st.lists(VALUES, min_size=1, max_size=6))
    def append(self, who: str, lane: str, bodies: list[bytes]) -> None:
        start = len(self.given.get((who, lane), [])) + 1
        self.both([self.make(who, n, lane, body) for n, body in enumerate(bodies, start)])

    @rule(who=PEOPLE, lane=LANES, n=st.integers(1, 12), body=VALUES)
    def append_anything(self, who: str, lane: str, n: int, body: bytes) -> None:
        self.both([self.make(who, n, lane, body)])

    @rule(who=PEOPLE, lane=LANES, which=st.integers(0, 20))
    def repeat(self, who: str, lane: str, which: int) -> None:
        given = self.given.get((who, lane))
        if given:
            self.both([given[which % len(given)], given[-1]])

    @rule(who=PEOPLE, bad=st.sampled_from([b"refused", b"raises"]))
    def bad_neighbour(self, who: str, bad: bytes) -> None:
        start = len(self.given.get((who, "phone"), [])) + 1
        self.both(
            [
                self.make(who, start, "phone", b"before"),
                self.make(who, start + 1, "phone", bad),
                self.make(who, start + 1, "phone", b"after"),
            ]
        )

    @rule(table=TABLES, rows=st.lists(st.tuples(PEOPLE, KEYS, VALUES), max_size=5))
    def put(self, table: str, rows: list[tuple[str, str, bytes]]) -> None:
        entries = [Entry(relationship=r, key=k, value=v) for r, k, v in rows]
        self.do(lambda _journal, tx: tx.put_many(table, entries))

    @rule(table=TABLES, who=PEOPLE, key=KEYS)
    def delete(self, table: str, who: str, key: str) -> None:
        self.do(lambda _journal, tx: (tx.delete(table, who, key), tx.get(table, who, key)))

    @rule(table=TABLES, who=PEOPLE, rows_max=st.integers(1, 3))
    def forget(self, table: str, who: str, rows_max: int) -> None:
        self.do(lambda _journal, tx: tx.forget(table, who, rows_max), Order.ERASE)

    @rule(who=PEOPLE, rows_max=st.integers(1, 4))
    def erase(self, who: str, rows_max: int) -> None:
        self.do(lambda journal, tx: journal.erase_slice(tx, who, rows_max), Order.ERASE)
        for lane in ("phone", "laptop"):  # go on from where the lane now stands
            with self.model.read() as reader:
                left = self.model.batches(
                    reader, 0, rows_max=999, bytes_max=1 << 20, relationship=who
                ).batches
            numbers = [stored.n for stored in left if stored.lane == lane]
            given = self.given.get((who, lane), [])
            del given[max(numbers, default=0) :]

    @rule(table=TABLES, who=PEOPLE, key=KEYS)
    def failing_work(self, table: str, who: str, key: str) -> None:
        def work(journal: Journal, tx: Tx) -> None:
            tx.put(table, who, key, b"never seen")
            tx.forget(table, who, 2)
            journal.erase_slice(tx, who, 2)
            journal.lane(tx, who, "phone")
            tx.get(table, who, key)
            raise Undone

        self.do(work)

    @rule()
    def truncate(self) -> None:
        self.file.truncate()

    @rule()
    def reopen(self) -> None:
        self.file.close()
        self.file = self.opened()

    @invariant()
    def same(self) -> None:
        with self.file.read() as filed, self.model.read() as modelled:
            views: list[tuple[Journal, Any]] = [(self.file, filed), (self.model, modelled)]
            said = [
                (
                    journal.size(view),
                    journal.checkpoint(view),
                    journal.batches(view, 0, rows_max=999, bytes_max=1 << 20),
                    [view.scan_all(table.name, rows_max=999) for table in self.tables],
                    [journal.receipt(view, at) for at in range(0, journal.size(view), 3)],
                    [journal.consistency(view, at) for at in range(journal.size(view))],
                )
                for journal, view in views
            ]
            assert said[0] == said[1]


@pytest.mark.parametrize(
    "examples", [25, pytest.param(3000, marks=pytest.mark.soak)], ids=["short", "long"]
)
@pytest.mark.timeout(3600)
def test_the_file_does_what_the_model_does(
    examples: int,
    tables: Sequence[Table],
    make: Callable[..., Batch],
    signing: Sign,
    verify: Callable[[Receipt], None],
) -> None:
    steps = settings(max_examples=examples, stateful_step_count=25, deadline=None)
    parts = {"tables": tables, "sign": signing, "make": make, "verify": verify}
    given = {n: staticmethod(p) if callable(p) else p for n, p in parts.items()}
    run_state_machine_as_test(type("Given", (Both,), given), settings=steps)
