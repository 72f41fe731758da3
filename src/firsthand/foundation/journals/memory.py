"""A journal that keeps nothing: plain Python, for the simulator, for trying out, and as the model.

It shares no code with the other makers except the tree's definition, so that one suite of tests
over both finds what either gets wrong. There is no thread: every work and every batch is a group
of its own, done at once in the caller's thread, and every future is done when it is given back.
"""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

import msgspec

from firsthand.foundation.journal import (
    Admit,
    Batch,
    JournalClosed,
    Order,
    Page,
    Place,
    Receipt,
    Repeat,
    Sign,
    Sink,
    Stored,
    check_batch,
    check_follows,
    size_within,
)
from firsthand.foundation.journals.memory_rows import Rows
from firsthand.foundation.tables import (
    Entry,
    Reader,
    Table,
    Tx,
    by_name,
    check_entry,
    check_forgets,
    check_rows_max,
    declared,
)
from firsthand.protocol.merkle import EMPTY_ROOT, Frontier, consistency_proof, inclusion_proof

T = TypeVar("T")
X = TypeVar("X")


class _State:
    """Everything at one moment; kept apart from the next moment by copying before changes.

    Nodes and the list of batches only grow, so that moments share them: what lies beyond a moment's
    own frontier is not its own. An erasure and a change to a table copy what they change.
    """

    def __init__(self, tables: dict[str, Table]) -> None:
        self.rows = {name: Rows() for name in tables}
        self.batches: list[Stored | None] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier()
        self.checkpoint = ""

    def copy(self) -> "_State":
        made = _State({})
        made.rows = dict(self.rows)
        made.batches, made.nodes = self.batches, self.nodes
        made.frontier = Frontier(self.frontier.size, self.frontier.peaks)
        made.checkpoint = self.checkpoint
        return made


class MemoryReader:
    """One consistent view."""

    def __init__(self, state: _State, tables: dict[str, Table]) -> None:
        """Read this state, which nobody changes while it is read."""
        self.state = state
        self.tables = tables

    def rows(self, table: str) -> Rows:
        """Return the rows of a declared table."""
        return self.state.rows[declared(self.tables, table).name]

    def get(self, table: str, relationship: str, key: str) -> bytes | None:
        """Return the value, or None if there is no such row."""
        return self.rows(table).values.get((relationship, key))

    def scan(
        self,
        table: str,
        relationship: str,
        *,
        after: str = "",
        before: str | None = None,
        rows_max: int,
        newest_first: bool = False,
    ) -> list[Entry]:
        """Return up to `rows_max` rows of one relationship, in the order of their keys."""
        check_rows_max(rows_max)
        rows = self.rows(table)
        places = [
            place
            for place in rows.of(relationship)
            if place[1] > after and (before is None or place[1] < before)
        ]
        if newest_first:
            places.reverse()
        return _entries(rows, places[:rows_max])

    def scan_all(
        self, table: str, *, after: tuple[str, str] = ("", ""), rows_max: int
    ) -> list[Entry]:
        """Return up to `rows_max` rows over all relationships, ordered by (relationship, key)."""
        check_rows_max(rows_max)
        rows = self.rows(table)
        start = bisect_right(rows.order, after)
        return _entries(rows, rows.order[start : start + rows_max])

    def count(self, table: str, relationship: str | None = None) -> int:
        """Return how many rows there are."""
        rows = self.rows(table)
        return len(rows.values) if relationship is None else len(rows.of(relationship))


class MemoryTx(MemoryReader):
    """The writing view: on a copy, which takes the place of the state if the work succeeds."""

    def __init__(self, state: _State, tables: dict[str, Table]) -> None:
        """Write to this state, but never into a table that it shares with others."""
        super().__init__(state, tables)
        self._own: set[str] = set()

    def own(self, table: str) -> Rows:
        """Return the rows of a declared table, for this state alone."""
        rows = self.rows(table)
        if table not in self._own:
            self._own.add(table)
            rows = self.state.rows[table] = rows.copy()
        return rows

    def put(self, table: str, relationship: str, key: str, value: bytes) -> None:
        """Set one row, new or not."""
        self.put_many(table, [Entry(relationship=relationship, key=key, value=value)])

    def put_many(self, table: str, entries: Sequence[Entry]) -> None:
        """Set many rows; of equal keys the last one stays."""
        rows = self.own(table)
        for entry in entries:
            check_entry(entry)
        for entry in entries:
            rows.put((entry.relationship, entry.key), bytes(entry.value))

    def delete(self, table: str, relationship: str, key: str) -> None:
        """Delete one row; nothing happens if there is none."""
        self.own(table).delete((relationship, key))

    def forget(self, table: str, relationship: str, rows_max: int) -> int:
        """Delete up to `rows_max` rows of a relationship; return how many."""
        check_forgets(declared(self.tables, table))
        check_rows_max(rows_max)
        rows = self.own(table)
        gone = rows.of(relationship)[:rows_max]
        for place in gone:
            rows.delete(place)
        return len(gone)


class MemoryJournal:
    """The `Journal` that keeps nothing: its gap is durability. A new one is empty."""

    durable = False

    def __init__(self, tables: Sequence[Table], sign: Sign) -> None:
        """Begin empty."""
        self._tables = by_name(tables)
        self._sign = sign
        self._state = _State(self._tables)
        self._state.checkpoint = sign(0, EMPTY_ROOT)
        self._grown = threading.Condition()
        self._closed = False

    def submit(self, work: Callable[[Tx], T], order: Order = Order.PROJECT) -> "Future[T]":
        """Run `work` at once."""
        if order is Order.INTAKE:
            raise ValueError("batches come in by append; a work has another order")
        return self._done(work)

    def append(self, batch: Batch, admit: Admit[X]) -> "Future[Receipt | X]":
        """Append a batch at once if `admit` lets it in."""
        check_batch(batch)

        def work(tx: MemoryTx) -> Receipt | X:
            answer = admit(tx, batch)
            if isinstance(answer, Repeat):
                return self.receipt(tx, answer.position)
            if answer is not None:
                return answer
            check_follows(batch, self.lane(tx, batch.relationship, batch.lane))
            return self.receipt(tx, self._take(tx.state, batch))

        return self._done(work)

    def offer(self, batch: Batch, admit: Admit[X], ticket: object, sink: Sink) -> None:
        """Append at once and hand the outcome to `sink`."""
        future = self.append(batch, admit)
        sink([(ticket, future.exception() or future.result())])

    def lane(self, tx: Tx, relationship: str, lane: str) -> Place | None:
        """Return where a lane's last batch stands."""
        return max(_places(tx, relationship, lane), key=lambda place: place.n, default=None)

    def place(self, tx: Tx, relationship: str, lane: str, n: int) -> Place | None:
        """Return where the batch `n` of a lane stands, or None."""
        return next((p for p in _places(tx, relationship, lane) if p.n == n), None)

    def receipt(self, reader: Reader, position: int) -> Receipt:
        """Return a receipt against the latest checkpoint."""
        state = _state(reader)
        proof = inclusion_proof(_node_of(state), position, state.frontier.size)
        return Receipt(
            leaf=state.nodes[0, position], index=position, proof=proof,
            checkpoint=state.checkpoint, size=state.frontier.size,
        )  # fmt: skip

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a consistent view; raises JournalClosed."""
        with self._grown:
            self._check_open()
            state = self._state
        yield MemoryReader(state, self._tables)

    def batches(
        self,
        reader: Reader,
        after: int,
        *,
        rows_max: int,
        bytes_max: int,
        relationship: str | None = None,
    ) -> Page:
        """Return a page of batches."""
        check_rows_max(rows_max)
        found: list[Stored] = []
        size = 0
        leaves = _state(reader).frontier.size
        for batch in islice(_state(reader).batches, after, leaves):
            if batch is None or relationship not in (None, batch.relationship):
                continue
            if not batch.agreement:  # what came is gone, and its number in its lane stays
                continue
            size += len(batch.body)
            if found and (size > bytes_max or len(found) == rows_max):
                return Page(batches=found, seen=found[-1].position + 1)
            found.append(batch)
        return Page(batches=found, seen=found[-1].position + 1 if found else max(after, leaves))

    def erase_slice(
        self, tx: Tx, relationship: str, rows_max: int, agreement: str | None = None
    ) -> int:
        """Erase up to `rows_max` batches of a relationship; return how many."""
        check_rows_max(rows_max)
        state = _state(tx)
        batches = state.batches = state.batches[: state.frontier.size]
        held = [
            batch
            for batch in batches
            if batch and batch.relationship == relationship and agreement in (None, batch.agreement)
        ]
        gone = sorted(held, key=lambda batch: (batch.lane, batch.n))[:rows_max]
        for batch in gone:
            batches[batch.position] = None if agreement is None else _hollow(batch)
        return len(gone)

    def truncate(self) -> None:
        """Nothing deleted is left anywhere: there are no files."""

    def size(self, reader: Reader) -> int:
        """Return the number of leaves."""
        return _state(reader).frontier.size

    def checkpoint(self, reader: Reader) -> str:
        """Return the latest signed checkpoint."""
        return _state(reader).checkpoint

    def consistency(self, reader: Reader, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the tree of `size`, or the latest, adds to that of `old_size`."""
        state = _state(reader)
        return consistency_proof(_node_of(state), old_size, size_within(size, state.frontier.size))

    def nodes(self, reader: Reader, after: int, rows_max: int) -> list[bytes]:
        """Return of each leaf its hash and the nodes that it completed."""
        check_rows_max(rows_max)
        state, found = _state(reader), []
        for position in range(after, min(after + rows_max, state.frontier.size)):
            levels = (~position & (position + 1)).bit_length()  # one more than its trailing ones
            found.append(b"".join(state.nodes[up, position >> up] for up in range(levels)))
        return found

    def wait(self, after: int, wait_ms_max: int, stop: Callable[[], bool] = bool) -> int:
        """Wait until there are more than `after` leaves, at most so long; return how many are."""
        with self._grown:
            self._grown.wait_for(
                lambda: self._state.frontier.size > after or self._closed or stop(),
                wait_ms_max / 1000,
            )
            return self._state.frontier.size

    def wake(self) -> None:
        """Let everybody who waits ask its `stop` again."""
        with self._grown:
            self._grown.notify_all()

    def close(self) -> None:
        """Let nothing more in."""
        self._closed = True
        self.wake()

    def _done(self, work: Callable[[MemoryTx], T]) -> "Future[T]":
        """Run a work on a copy of the state, which counts if nothing is raised."""
        future: Future[T] = Future()
        with self._grown:
            self._check_open()
            tx = MemoryTx(self._state.copy(), self._tables)
            try:
                result = work(tx)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever holds the future
                future.set_exception(error)
                return future
            self._state = tx.state
            self._grown.notify_all()
        future.set_result(result)
        return future

    def _take(self, state: _State, batch: Batch) -> int:
        position = state.frontier.size
        made = state.frontier.append(batch.leaf)
        state.checkpoint = self._sign(state.frontier.size, state.frontier.root())
        state.nodes.update({(level, index): node for level, index, node in made})
        named = {name: getattr(batch, name) for name in Batch.__struct_fields__}
        del state.batches[position:]  # left by a batch that did not get through
        state.batches.append(Stored(position=position, **named))
        return position

    def _check_open(self) -> None:
        if self._closed:
            raise JournalClosed("the journal was closed; open another one")


def _entries(rows: Rows, places: Sequence[tuple[str, str]]) -> list[Entry]:
    return [Entry(relationship=r, key=k, value=rows.values[r, k]) for r, k in places]


def _state(reader: Reader) -> _State:
    if not isinstance(reader, MemoryReader):
        raise TypeError("this view is not one of a memory journal")
    return reader.state


def _node_of(state: _State) -> Callable[[int, int], bytes]:
    return lambda level, index: state.nodes[level, index]


def _hollow(batch: Stored) -> Stored:
    """A batch of which only its leaf, its position and its number in its lane are left."""
    return msgspec.structs.replace(
        batch, role="", purpose="", agreement="", salt=b"", body=b"", base=b"", signature=b"",
        events=0, received_ms=0,
    )  # fmt: skip


def _places(tx: Tx, relationship: str, lane: str) -> Iterator[Place]:
    """Every batch of a lane, without those erased."""
    state = _state(tx)
    for batch in islice(state.batches, state.frontier.size):
        if batch and (batch.relationship, batch.lane) == (relationship, lane):
            yield Place(position=batch.position, n=batch.n, leaf=batch.leaf)
