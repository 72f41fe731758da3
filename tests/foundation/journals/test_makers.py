"""What every journal does, whoever made it."""

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from firsthand.foundation.journal import (
    Batch,
    Journal,
    JournalClosed,
    Order,
    Place,
    Receipt,
    Repeat,
    UnableToAppend,
)
from firsthand.foundation.tables import Entry, Tx, UnableToUseTable
from firsthand.protocol.merkle import Frontier, UnableToProve, verify_consistency
from firsthand.protocol.wire import BATCH_BYTES_MAX

from firsthand.protocol.checkpoints import _read_body  # isort: skip

Make = Callable[..., Batch]
Verify = Callable[[Receipt], None]


def welcome(_tx: Tx, _batch: Batch) -> str | Repeat | None:
    return None


def put(journal: Journal, table: str, *rows: tuple[str, str, bytes]) -> None:
    entries = [Entry(relationship=r, key=k, value=v) for r, k, v in rows]
    journal.submit(lambda tx: tx.put_many(table, entries)).result()


def root(checkpoint: str) -> bytes:
    return _read_body(checkpoint.partition("\n\n")[0]).root


def test_a_batch_comes_back_as_it_went_in(journal: Journal, make: Make, verify: Verify) -> None:
    bodies = [b"[]", b"", bytes(range(256)) * 40, b"\x00\xff" * 3000]
    for n, body in enumerate(bodies, 1):
        receipt = journal.append(make(n=n, body=body), welcome).result()
        assert isinstance(receipt, Receipt)
        assert (receipt.index, receipt.size) == (n - 1, n)
        verify(receipt)
    with journal.read() as reader:
        page = journal.batches(reader, 0, rows_max=100, bytes_max=1 << 20)
    assert page.seen == len(bodies)
    for n, (stored, body) in enumerate(zip(page.batches, bodies, strict=True), 1):
        batch = make(n=n, body=body)
        assert stored.position == n - 1
        assert {f: getattr(stored, f) for f in Batch.__struct_fields__} == {
            f: getattr(batch, f) for f in Batch.__struct_fields__
        }


def test_what_admit_answers_is_the_outcome(journal: Journal, make: Make) -> None:
    assert journal.append(make(), lambda _tx, _batch: "no agreement").result() == "no agreement"
    error = ValueError("as a value")
    assert journal.append(make(), lambda _tx, _batch: error).result() is error
    with journal.read() as reader:
        assert journal.size(reader) == 0


def test_what_admit_writes_stays_unless_it_raises(journal: Journal, make: Make) -> None:
    def count(tx: Tx, batch: Batch) -> str | None:
        tx.put("agreements", batch.relationship, "count", b"1")
        tx.put("folded", batch.relationship, "count", b"1")
        if batch.lane == "raises":
            raise RuntimeError("a bad admission")
        return "refused" if batch.lane == "refused" else None

    with pytest.raises(RuntimeError, match="a bad admission"):
        journal.append(make("bad", lane="raises"), count).result()
    journal.append(make("other", lane="refused"), count).result()
    journal.append(make("ada"), count).result()
    found = journal.submit(lambda tx: [tx.get("agreements", r, "count") for r in ("bad", "other")])
    assert found.result() == [None, b"1"]
    with journal.read() as reader:
        assert [entry.relationship for entry in reader.scan_all("folded", rows_max=9)] == [
            "ada",
            "other",
        ]


def test_numbers_follow_each_other_in_a_lane(journal: Journal, make: Make) -> None:
    for n in (1, 2):
        journal.append(make(n=n), welcome).result()
    for wrong in (1, 2, 4):
        with pytest.raises(UnableToAppend, match="number"):
            journal.append(make(n=wrong), welcome).result()
    with pytest.raises(UnableToAppend):
        journal.append(make(lane="laptop", n=2), welcome).result()
    assert isinstance(journal.append(make(lane="laptop", n=1), welcome).result(), Receipt)
    assert isinstance(journal.append(make(n=3), welcome).result(), Receipt)


def test_admit_sees_lanes_and_places(journal: Journal, make: Make) -> None:
    first, second = make(n=1), make(n=2)
    for batch in (first, second):
        journal.append(batch, welcome).result()
    seen: list[Place | None] = []

    def look(tx: Tx, _batch: Batch) -> str:
        seen.append(journal.lane(tx, "ada", "phone"))
        seen.extend(journal.place(tx, "ada", "phone", n) for n in (1, 2, 3))
        seen.append(journal.lane(tx, "ada", "laptop"))
        return "looked"

    journal.append(make(n=3), look).result()
    last = Place(position=1, n=2, leaf=second.leaf)
    assert seen == [last, Place(position=0, n=1, leaf=first.leaf), last, None, None]


def test_a_repeat_gets_a_receipt_for_its_place(
    journal: Journal, make: Make, verify: Verify
) -> None:
    for n in range(1, 6):
        journal.append(make(n=n), welcome).result()
    receipt = journal.append(make(n=2), lambda _tx, _batch: Repeat(position=1)).result()
    assert isinstance(receipt, Receipt)
    assert (receipt.index, receipt.size, receipt.leaf) == (1, 5, make(n=2).leaf)
    verify(receipt)
    with pytest.raises(UnableToProve):
        journal.append(make(n=9), lambda _tx, _batch: Repeat(position=77)).result()


def test_receipts_for_any_leaf_verify(journal: Journal, make: Make, verify: Verify) -> None:
    for n in range(1, 20):
        journal.append(make(n=n), welcome).result()
        with journal.read() as reader:
            for position in range(n):
                receipt = journal.receipt(reader, position)
                assert (receipt.leaf, receipt.size) == (make(n=position + 1).leaf, n)
                verify(receipt)
            with pytest.raises(UnableToProve):
                journal.receipt(reader, n)


def test_every_tree_adds_to_the_ones_before(journal: Journal, make: Make) -> None:
    with journal.read() as reader:
        roots = [root(journal.checkpoint(reader))]
    for n in range(1, 12):
        journal.append(make(n=n), welcome).result()
        with journal.read() as reader:
            roots.append(root(journal.checkpoint(reader)))
            for old in range(n + 1):
                proof = journal.consistency(reader, old)
                assert verify_consistency(old, roots[old], n, roots[n], proof)
            for size in range(n + 1):
                for old in range(size + 1):
                    proof = journal.consistency(reader, old, size)
                    assert verify_consistency(old, roots[old], size, roots[size], proof)
            odd: list[tuple[int, int | None]] = [(n, n - 1), (0, n + 1), (-1, n), (0, 2**63)]
            for old, wanted in [*odd, (2**63, None)]:
                with pytest.raises(UnableToProve):
                    journal.consistency(reader, old, wanted)


def test_a_work_that_raises_is_undone_alone(journal: Journal) -> None:
    def bad(tx: Tx) -> None:
        tx.put("agreements", "ada", "state", b"changed")
        tx.put("folded", "ada", "new", b"changed")
        tx.forget("folded", "ada", 10)
        raise KeyError("of its own")

    put(journal, "agreements", ("ada", "state", b"accepted"))
    put(journal, "folded", ("ada", "old", b"1"))
    failing = journal.submit(bad)
    good = journal.submit(lambda tx: tx.get("agreements", "ada", "state"))
    with pytest.raises(KeyError, match="of its own"):
        failing.result()
    assert good.result() == b"accepted"
    with journal.read() as reader:
        assert [e.key for e in reader.scan("folded", "ada", rows_max=9)] == ["old"]


def test_tables_scan_in_order_of_keys(journal: Journal) -> None:
    keys = ["a", "b", "b\u00e9", "z", "\u00e9", "\u4e2d", "\U0001f600"]
    put(journal, "folded", *(("r", key, key.encode() * 3) for key in reversed(keys)))
    put(journal, "folded", ("q", "x", b""), ("s", "a", b"\x00\xff"), ("", "own", b"1"))
    with journal.read() as reader:
        assert [e.key for e in reader.scan("folded", "r", rows_max=99)] == keys
        assert all(e.value == e.key.encode() * 3 for e in reader.scan("folded", "r", rows_max=99))
        newest = reader.scan("folded", "r", rows_max=2, newest_first=True)
        assert [e.key for e in newest] == keys[:-3:-1]
        between = reader.scan("folded", "r", after="b", before="\u4e2d", rows_max=99)
        assert [e.key for e in between] == keys[2:5]
        assert [e.key for e in reader.scan("folded", "r", before="b", rows_max=9)] == ["a"]
        everything = reader.scan_all("folded", rows_max=99)
        assert [(e.relationship, e.key) for e in everything] == [
            ("", "own"),
            ("q", "x"),
            *(("r", key) for key in keys),
            ("s", "a"),
        ]
        assert reader.scan_all("folded", after=("r", keys[-1]), rows_max=9) == everything[-1:]
        assert (reader.count("folded"), reader.count("folded", "r")) == (10, 7)
        assert reader.scan("folded", "nobody", rows_max=9) == []


def test_of_equal_keys_the_last_one_stays(journal: Journal) -> None:
    put(journal, "folded", ("r", "k", b"1"), ("r", "k", b"2"))
    put(journal, "folded", *(("r", f"{number:04}", b"x") for number in range(700)))
    journal.submit(lambda tx: tx.delete("folded", "r", "0001")).result()
    with journal.read() as reader:
        assert reader.get("folded", "r", "k") == b"2"
        assert reader.get("folded", "r", "0001") is None
        assert reader.count("folded") == 700


def test_what_is_kept_of_the_tree_comes_leaf_by_leaf(journal: Journal, make: Make) -> None:
    leaves = [journal.append(make(n=n), welcome).result() for n in range(1, 12)]
    expected, tree = [], Frontier()
    for one in leaves:
        assert isinstance(one, Receipt)
        expected.append(b"".join(node for _, _, node in tree.append(one.leaf)))
    with journal.read() as reader:
        found = [journal.nodes(reader, *asked) for asked in ((0, 100), (3, 5), (11, 5))]
    assert found == [expected, expected[3:8], []]


@pytest.mark.parametrize("table", ["folded", "agreements"])
def test_forgetting_takes_slices(journal: Journal, table: str) -> None:
    put(journal, table, *(("r", f"{number}", b"x") for number in range(7)), ("s", "k", b"y"))
    gone = [journal.submit(lambda tx: tx.forget(table, "r", 3)).result() for _ in range(4)]
    assert gone == [3, 3, 1, 0]
    left = journal.submit(lambda tx: [tx.get(table, "r", "0"), tx.get(table, "s", "k")])
    assert left.result() == [None, b"y"]


@pytest.mark.parametrize(
    "misuse",
    [
        lambda tx: tx.get("nowhere", "r", "k"),
        lambda tx: tx.put("nowhere", "r", "k", b""),
        lambda tx: tx.put("folded", "r", "", b""),
        lambda tx: tx.put("folded", "r", "k\0", b""),
        lambda tx: tx.put("folded", "r\ud800", "k", b""),
        lambda tx: tx.put("folded", "r", "k" * 513, b""),
        lambda tx: tx.put("folded", "r", "k", bytes((1 << 20) + 1)),
        lambda tx: tx.scan("folded", "r", rows_max=0),
        lambda tx: tx.scan_all("folded", rows_max=10_001),
        lambda tx: tx.forget("kept", "r", 5),
    ],
)
def test_misuse_of_tables_is_refused(journal: Journal, misuse: Callable[[Tx], object]) -> None:
    with pytest.raises(UnableToUseTable):
        journal.submit(misuse).result()


@pytest.mark.parametrize(
    "odd",
    [
        {"body": bytes(BATCH_BYTES_MAX + 1)},
        {"relationship": ""},
        {"relationship": "\u00e9"},
        {"lane": "a\0b"},
        {"lane": "x" * 129},
        {"n": 0},
        {"n": 2**63},
    ],
)
def test_odd_batches_are_refused_at_once(
    journal: Journal, make: Make, odd: dict[str, object]
) -> None:
    with pytest.raises(UnableToAppend):
        journal.append(make(**odd), welcome)


def test_a_view_does_not_move(journal: Journal, make: Make) -> None:
    journal.append(make(n=1), welcome).result()
    put(journal, "folded", ("r", "k", b"old"))
    with journal.read() as reader:
        journal.append(make(n=2), welcome).result()
        put(journal, "folded", ("r", "k", b"new"), ("r", "k2", b"new"))
        journal.submit(lambda tx: journal.erase_slice(tx, "ada", 9)).result()
        assert (journal.size(reader), reader.get("folded", "r", "k")) == (1, b"old")
        page = journal.batches(reader, 0, rows_max=9, bytes_max=999)
        assert [stored.n for stored in page.batches] == [1]
        assert reader.count("folded") == 1
        assert journal.receipt(reader, 0).size == 1


def test_pages_keep_to_their_limits(journal: Journal, make: Make) -> None:
    for n in range(1, 11):
        journal.append(make(("ada", "bob")[n % 2], n=(n + 1) // 2, body=b"x" * n), welcome).result()

    def positions(after: int, rows_max: int, bytes_max: int, who: str | None = None) -> object:
        with journal.read() as reader:
            page = journal.batches(
                reader, after, rows_max=rows_max, bytes_max=bytes_max, relationship=who
            )
        return [stored.position for stored in page.batches], page.seen

    assert positions(0, 3, 999) == ([0, 1, 2], 3)
    assert positions(3, 99, 999) == ([3, 4, 5, 6, 7, 8, 9], 10)
    assert positions(0, 99, 6) == ([0, 1, 2], 3)
    assert positions(0, 99, 5) == ([0, 1], 2)
    assert positions(8, 99, 1) == ([8], 9)
    assert positions(10, 99, 999) == ([], 10)
    assert positions(0, 2, 999, "ada") == ([1, 3], 4)
    assert positions(4, 99, 999, "ada")[0] == [5, 7, 9]  # type: ignore[index]
    assert positions(0, 99, 999, "nobody") == ([], 10)


def test_erasing_leaves_the_leaf_and_nothing_else(
    journal: Journal, make: Make, verify: Verify
) -> None:
    for n in range(1, 8):
        for who in ("ada", "bob"):
            journal.append(make(who, n=n), welcome).result()
    with journal.read() as reader:
        before, old = journal.checkpoint(reader), journal.receipt(reader, 4)
    erased = [
        journal.submit(lambda tx: journal.erase_slice(tx, "ada", 3), Order.ERASE).result()
        for _ in range(4)
    ]
    assert erased == [3, 3, 1, 0]
    journal.truncate()
    with journal.read() as reader:
        page = journal.batches(reader, 0, rows_max=99, bytes_max=9999)
        assert [stored.relationship for stored in page.batches] == ["bob"] * 7
        assert (page.seen, journal.checkpoint(reader)) == (14, before)
        assert journal.receipt(reader, 4) == old
        verify(journal.receipt(reader, 4))
    last = journal.submit(lambda tx: journal.lane(tx, "ada", "phone"))
    assert last.result() is None
    assert isinstance(journal.append(make("bob", n=8), welcome).result(), Receipt)


def test_a_sink_is_told_what_a_future_would_hold(journal: Journal, make: Make) -> None:
    told: dict[object, object] = {}
    all_told = threading.Event()

    def sink(outcomes: object) -> None:
        told.update(outcomes)  # type: ignore[call-overload]
        if len(told) == 3:
            all_told.set()

    journal.offer(make(n=1), welcome, "first", sink)
    journal.offer(make(n=2), lambda _tx, _batch: "refused", "second", sink)
    journal.offer(make(n=7), welcome, "third", sink)
    assert all_told.wait(30)
    assert isinstance(told["first"], Receipt)
    assert told["second"] == "refused"
    assert isinstance(told["third"], UnableToAppend)


def test_a_closed_journal_says_so(journal: Journal, make: Make) -> None:
    journal.close()
    journal.close()
    with pytest.raises(JournalClosed):
        journal.append(make(), welcome)
    with pytest.raises(JournalClosed):
        journal.submit(lambda tx: tx.count("folded"))
    with pytest.raises(JournalClosed), journal.read():
        pass


def test_a_durable_journal_has_a_file_and_another_has_none(
    journal: Journal, make: Make, tmp_path: Path
) -> None:
    journal.append(make(body=b"looked for in the files"), welcome).result()
    held = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"looked for in the files" in file for file in held) == journal.durable


def test_works_are_not_taken_for_batches(journal: Journal) -> None:
    with pytest.raises(ValueError, match="append"):
        journal.submit(lambda tx: tx.count("folded"), Order.INTAKE)


def test_erasing_under_one_agreement_leaves_the_lanes_as_they_are(
    journal: Journal, make: Make, verify: Verify
) -> None:
    for n, under in enumerate(("a", "b", "a"), 1):
        journal.append(msgspec.structs.replace(make(n=n), agreement=under), welcome).result()

    def erase(tx: Tx) -> int:
        return journal.erase_slice(tx, "ada", 1, "a")

    assert [journal.submit(erase, Order.ERASE).result() for _ in range(3)] == [1, 1, 0]
    journal.truncate()
    with journal.read() as reader:
        page = journal.batches(reader, 0, rows_max=9, bytes_max=999, relationship="ada")
        assert [(each.n, each.agreement) for each in page.batches] == [(2, "b")]
        verify(journal.receipt(reader, 0))
    last = journal.submit(lambda tx: journal.lane(tx, "ada", "phone")).result()
    assert last is not None
    assert last.n == 3
    assert isinstance(
        journal.append(msgspec.structs.replace(make(n=4), agreement="b"), welcome).result(), Receipt
    )
    left = journal.submit(lambda tx: journal.erase_slice(tx, "ada", 9), Order.ERASE).result()
    assert left == 4
