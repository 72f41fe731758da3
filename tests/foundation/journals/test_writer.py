"""The order of writing, groups as a whole, and storage that fails. All with the real file."""

import resource
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

import pytest

from firsthand.foundation.journal import (
    Batch,
    Limits,
    Order,
    Receipt,
    Repeat,
    UnableToAppend,
    UnableToCommit,
    UnableToQueue,
)
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.journals.sqlite_file import FILE
from firsthand.foundation.tables import Tx

Make = Callable[..., Batch]
Verify = Callable[[Receipt], None]
Open = Callable[..., SqliteJournal]


def welcome(_tx: Tx, _batch: Batch) -> str | Repeat | None:
    return None


class Held:
    """Holds the writer inside a work until `release`: what is queued meanwhile is one group."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._go, self._inside = threading.Event(), threading.Event()
        journal.submit(self._wait, Order.REVOKE)
        assert self._inside.wait(30)

    def _wait(self, _tx: Tx) -> None:
        self._inside.set()
        assert self._go.wait(30)

    def release(self) -> None:
        self._go.set()


def test_one_group_has_one_checkpoint(open_sqlite: Open, make: Make, verify: Verify) -> None:
    journal = open_sqlite()
    journal.append(make("before"), welcome).result()
    held = Held(journal)
    futures = [journal.append(make(f"r{i}"), welcome) for i in range(100)]
    more = [journal.append(make("r7", n=n), welcome) for n in (2, 3)]
    held.release()
    outcomes = [future.result() for future in [*futures, *more]]
    receipts = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
    assert [receipt.index for receipt in receipts] == list(range(1, 103))
    assert {receipt.size for receipt in receipts} == {103}
    assert len({receipt.checkpoint for receipt in receipts}) == 1
    for receipt in receipts:
        verify(receipt)


def test_bad_neighbours_harm_nobody(open_sqlite: Open, make: Make, verify: Verify) -> None:
    journal = open_sqlite()

    def bad(tx: Tx, batch: Batch) -> str | None:
        tx.put("folded", batch.relationship, "trace", b"x")
        raise ArithmeticError("bad")

    held = Held(journal)
    outcomes: list[Future[object]] = []
    for i in range(60):
        admit = (welcome, bad, lambda _tx, _batch: "refused")[i % 3]
        outcomes.append(journal.append(make(f"r{i}", n=1), admit))
        outcomes.append(journal.append(make(f"r{i}", n=9), admit))
    held.release()
    wait(outcomes)
    kept = 0
    for i in range(60):
        first, second = outcomes[2 * i], outcomes[2 * i + 1]
        if i % 3 == 0:
            receipt = first.result()
            assert isinstance(receipt, Receipt)
            assert receipt.index == kept
            verify(receipt)
            kept += 1
            assert isinstance(second.exception(), UnableToAppend)
        elif i % 3 == 1:
            assert isinstance(first.exception(), ArithmeticError)
        else:
            assert second.result() == "refused"
    with journal.read() as reader:
        assert (journal.size(reader), reader.count("folded")) == (kept, 0)


def test_a_repeat_inside_one_group(open_sqlite: Open, make: Make, verify: Verify) -> None:
    journal = open_sqlite()

    def admit(tx: Tx, batch: Batch) -> str | Repeat | None:
        there = journal.place(tx, batch.relationship, batch.lane, batch.n)
        return Repeat(position=there.position) if there else None

    held = Held(journal)
    futures = [journal.append(make(n=n), admit) for n in (1, 2, 1, 2, 3, 1)]
    held.release()
    receipts = [future.result() for future in futures]
    assert [r.index for r in receipts if isinstance(r, Receipt)] == [0, 1, 0, 1, 2, 0]
    for receipt in receipts:
        assert isinstance(receipt, Receipt)
        verify(receipt)


def test_a_work_sees_the_batches_before_it_and_undoes_none(
    open_sqlite: Open, make: Make, verify: Verify
) -> None:
    journal = open_sqlite()
    revoked: list[Future[int]] = []

    def erase_and_fail(tx: Tx) -> int:
        assert journal.erase_slice(tx, "r0", 10) == 1
        raise LookupError("after erasing")

    def admit(_tx: Tx, batch: Batch) -> None:
        if batch.relationship == "r1":  # a revocation that arrives in the middle of a group
            revoked.append(journal.submit(erase_and_fail, Order.REVOKE))

    held = Held(journal)
    futures = [journal.append(make(f"r{i}"), admit) for i in range(4)]
    held.release()
    for future in futures:
        receipt = future.result()
        assert receipt is not None
        verify(receipt)
    assert isinstance(revoked[0].exception(), LookupError)
    with journal.read() as reader:
        page = journal.batches(reader, 0, rows_max=9, bytes_max=999)
    assert [stored.relationship for stored in page.batches] == ["r0", "r1", "r2", "r3"]


def test_a_revocation_comes_before_batches_that_wait(open_sqlite: Open, make: Make) -> None:
    journal = open_sqlite()
    journal.submit(lambda tx: tx.put("agreements", "r", "state", b"accepted")).result()
    revoked: list[Future[None]] = []

    def admit(tx: Tx, batch: Batch) -> str | None:
        if batch.n == 3:
            revoked.append(
                journal.submit(
                    lambda tx: tx.put("agreements", "r", "state", b"ended"), Order.REVOKE
                )
            )
        return None if tx.get("agreements", "r", "state") == b"accepted" else "ended"

    held = Held(journal)
    futures = [journal.append(make("r", n=n), admit) for n in range(1, 8)]
    held.release()
    outcomes = [future.result() for future in futures]
    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [True] * 3 + [False] * 4
    assert revoked[0].result() is None


def test_a_revocation_ends_a_group_of_slices(open_sqlite: Open) -> None:
    journal = open_sqlite()
    served: list[str] = []
    committed_with: list[list[str]] = []

    def first_slice(_tx: Tx) -> None:
        served.append("first")
        revoked = journal.submit(lambda _tx: served.append("revoke"), Order.REVOKE)
        revoked.add_done_callback(lambda _done: committed_with.append(list(served)))

    held = Held(journal)
    journal.submit(first_slice)
    rest = [journal.submit(lambda _tx: served.append("later")) for _ in range(5)]
    held.release()
    wait(rest)
    assert committed_with == [["first", "revoke"]]


def test_order_and_fair_shares(open_sqlite: Open, make: Make) -> None:
    journal = open_sqlite(limits=Limits(batches_max=2))
    served: list[str] = []

    def note(name: str) -> Callable[[Tx], None]:
        return lambda _tx: served.append(name)

    def admit(_tx: Tx, _batch: Batch) -> str:
        served.append("batch")
        return "seen"

    held = Held(journal)
    for _ in range(3):
        journal.submit(note("project"), Order.PROJECT)
        journal.submit(note("erase"), Order.ERASE)
    futures = [journal.append(make(n=1), admit) for _ in range(6)]
    journal.submit(note("revoke"), Order.REVOKE)
    held.release()
    wait(futures)
    journal.close()
    assert served[0] == "revoke"
    assert sorted(served) == sorted(["revoke"] + ["batch"] * 6 + ["erase", "project"] * 3)
    slices = [name for name in served if name in ("erase", "project")]
    assert slices == ["erase", "project"] * 3
    # After each group of two batches there is a slice, as long as one waits.
    assert served[1:8] == ["erase", "batch", "batch", "project", "batch", "batch", "erase"] or (
        served[1:8] == ["batch", "batch", "erase", "batch", "batch", "project", "batch"]
    )


def test_the_queue_has_an_end(open_sqlite: Open, make: Make) -> None:
    journal = open_sqlite(limits=Limits(waiting_max=3))
    held = Held(journal)
    futures = [journal.append(make(n=n), welcome) for n in (1, 2, 3)]
    with pytest.raises(UnableToQueue):
        journal.append(make(n=4), welcome)
    held.release()
    assert all(isinstance(future.result(), Receipt) for future in futures)


def test_what_is_called_off_in_time_does_not_happen(open_sqlite: Open, make: Make) -> None:
    journal = open_sqlite()
    held = Held(journal)
    first, second = journal.append(make("a"), welcome), journal.append(make("b"), welcome)
    assert first.cancel()
    held.release()
    receipt = second.result()
    assert isinstance(receipt, Receipt)
    assert (receipt.index, receipt.size) == (0, 1)


def test_a_full_disk_is_never_acknowledged(open_sqlite: Open, make: Make, verify: Verify) -> None:
    journal = open_sqlite(limits=Limits(pages_max=60))
    journal.submit(lambda tx: tx.put("agreements", "r", "state", b"accepted")).result()
    acknowledged = []
    lost: list[BaseException] = []
    for i in range(40):
        held = Held(journal)
        futures = [
            journal.append(make(f"r{i}/{j}", body=bytes([i]) * 3000), welcome) for j in range(4)
        ]
        held.release()
        wait(futures)
        errors = {type(future.exception()) for future in futures}
        assert len(errors) == 1, "a group stands or falls as a whole"
        if errors == {UnableToCommit}:
            lost.extend(error for future in futures if (error := future.exception()))
        else:
            acknowledged += [future.result() for future in futures]
    assert lost
    assert acknowledged
    with journal.read() as reader:
        assert journal.size(reader) == len(acknowledged)
        journal.batches(reader, 0, rows_max=999, bytes_max=1 << 20)
    erased = journal.submit(lambda tx: journal.erase_slice(tx, "r0/0", 9), Order.ERASE).result()
    assert erased == 1
    receipt = journal.append(make("r0/1", n=2, body=b"small"), welcome).result()
    assert isinstance(receipt, Receipt)
    assert receipt.index == len(acknowledged)
    verify(receipt)


def test_a_write_that_fails_is_never_acknowledged(
    open_sqlite: Open, make: Make, verify: Verify, tmp_path: Path
) -> None:
    journal = open_sqlite()
    journal.append(make(n=1), welcome).result()
    wal = tmp_path / "journal" / (FILE + "-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 5000, hard))
    try:
        failed = journal.append(make(n=2, body=b"x" * 50_000), welcome).exception()
        again = journal.submit(lambda tx: tx.put("folded", "r", "k", b"x" * 50_000)).exception()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(failed, UnableToCommit)
    assert isinstance(again, UnableToCommit)
    receipt = journal.append(make(n=2), welcome).result()
    assert isinstance(receipt, Receipt)
    assert (receipt.index, receipt.size) == (1, 2)
    verify(receipt)
    journal.close()
    with open_sqlite().read() as reader:
        assert (journal.size(reader), reader.count("folded")) == (2, 0)


def test_a_broken_sink_does_not_stop_the_writer(
    open_sqlite: Open, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    journal = open_sqlite()

    def broken(_outcomes: object) -> None:
        raise RuntimeError("of the sink")

    journal.offer(make(n=1), welcome, None, broken)
    assert isinstance(journal.append(make(n=2), welcome).result(), Receipt)
    journal.close()
    assert "a sink failed" in caplog.text
