"""How many durable single-event batches a second the journal takes, beside two simpler things.

`one row a commit`: the same columns, one INSERT and one fsync each. `in memory`: the memory
journal, which keeps nothing. `durable`: the SQLite journal, every batch admitted against a row,
receipted and fsynced before its receipt is out. `with futures`: one future a batch.

    python benchmarks/journal.py [--batches N] [--in-flight N] [--relationships N] [--folder PATH]
"""

import argparse
import hashlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlcipher3 import dbapi2 as sqlite

from firsthand.foundation.journal import Batch, Journal, Order, Receipt, Repeat
from firsthand.foundation.journals.memory import MemoryJournal
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.tables import Table, Tx
from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint

if TYPE_CHECKING:
    from concurrent.futures import Future

TABLES = [Table(name="agreements", erased=True, hot=True), Table(name="folded", erased=True)]
KEY = Ed25519PrivateKey.generate()
BODY = os.urandom(500)


def sign(size: int, root: bytes) -> str:
    return sign_checkpoint(Checkpoint(origin="bench.example", size=size, root=root), KEY)


def batch(relationship: int, n: int) -> Batch:
    return Batch(
        relationship=f"{relationship:043d}",
        lane=f"lane-{relationship:017d}",
        n=n,
        role="insight",
        purpose="service",
        agreement="a" * 64,
        salt=BODY[:16],
        body=BODY,
        base=BODY[:300],
        signature=BODY[:64],
        leaf=hashlib.sha256(f"{relationship}/{n}".encode()).digest(),
        events=1,
        received_ms=1_700_000_000_000,
    )


def admit(tx: Tx, batch: Batch) -> str | Repeat | None:
    return None if tx.get("agreements", batch.relationship, "state") else "no agreement"


class Line:
    """Keeps a number of batches in flight, each relationship sending one after the other."""

    def __init__(self, journal: Journal, total: int, relationships: range) -> None:
        self.journal, self.left, self.relationships = journal, total, relationships
        self.sent = dict.fromkeys(relationships, 0)
        self.at, self.flying = 0, 0
        self.done = threading.Event()
        self.waits: list[float] = []

    def send(self) -> None:
        relationship = self.relationships[self.at % len(self.relationships)]
        self.at += 1
        self.left -= 1
        self.flying += 1
        self.sent[relationship] += 1
        made = batch(relationship, self.sent[relationship])
        self.journal.offer(made, admit, time.perf_counter(), self.told)

    def told(self, outcomes: Sequence[tuple[object, object]]) -> None:
        now = time.perf_counter()
        for ticket, outcome in outcomes:
            assert isinstance(outcome, Receipt), outcome
            assert isinstance(ticket, float)
            self.waits.append(now - ticket)
            self.flying -= 1
            if self.left > 0:
                self.send()
        if not self.flying and self.left <= 0:
            self.done.set()


def agree(journal: Journal, relationships: int) -> None:
    for number in range(relationships):
        name = f"{number:043d}"
        journal.submit(lambda tx, name=name: tx.put("agreements", name, "state", b"accepted"))  # type: ignore[misc]
    journal.submit(lambda tx: tx.count("agreements")).result()


def offered(
    journal: Journal, total: int, in_flight: int, relationships: int, producers: int
) -> str:
    """Batches a second with `offer`: a sink a producer, as a door would have."""
    agree(journal, relationships)
    share = relationships // producers
    lines = [
        Line(journal, total // producers, range(i * share, (i + 1) * share))
        for i in range(producers)
    ]
    started, cpu = time.perf_counter(), time.process_time()
    for line in lines:
        for _ in range(in_flight // producers):
            line.send()
    for line in lines:
        line.done.wait()
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    waits = sorted(wait for line in lines for wait in line.waits)
    p50, p99 = waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000
    each = cpu / len(waits) * 1e6
    return f"{len(waits) / took:9,.0f}/s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  cpu {each:5.1f} us"


def with_futures(
    journal: Journal, total: int, in_flight: int, relationships: int, threads: int
) -> str:
    """Batches a second with `append` from threads that each keep a share in flight."""
    agree(journal, relationships)
    share = relationships // threads

    def produce(first: int) -> None:
        flying: list[Future[Any]] = []
        for number in range(total // threads):
            n, relationship = divmod(number, share)
            flying.append(journal.append(batch(first + relationship, n + 1), admit))
            if len(flying) >= in_flight // threads:
                flying.pop(0).result()
        for future in flying:
            assert isinstance(future.result(), Receipt)

    workers = [threading.Thread(target=produce, args=(i * share,)) for i in range(threads)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return f"{total / (time.perf_counter() - started):9,.0f}/s"


def one_row_a_commit(folder: Path, total: int) -> str:
    folder.mkdir()
    connection = sqlite.connect(str(folder / "bare.db"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    connection.execute("PRAGMA synchronous=FULL").fetchall()
    connection.execute("CREATE TABLE b (p INTEGER PRIMARY KEY, r TEXT, n INTEGER, body BLOB)")
    started = time.perf_counter()
    for number in range(total):
        row = (number, f"{number:043d}", 1, BODY)
        connection.execute("INSERT INTO b VALUES (?,?,?,?)", row)
    took = time.perf_counter() - started
    connection.close()
    return f"{total / took:9,.0f}/s"


def revocations(journal: Journal, total: int, in_flight: int, relationships: int) -> str:
    """How long a revocation takes while batches and slices of projecting keep coming."""
    agree(journal, relationships)
    line = Line(journal, total, range(relationships))
    waits: list[float] = []

    def slice_of(tx: Tx) -> None:
        for number in range(20):
            tx.put("folded", "x", f"{number}", BODY)
        if not line.done.is_set():
            journal.submit(slice_of)

    journal.submit(slice_of)
    for _ in range(in_flight):
        line.send()
    while not line.done.wait(0.005):
        started = time.perf_counter()
        journal.submit(
            lambda tx: tx.put("agreements", "x", "state", b"ended"), Order.REVOKE
        ).result()
        waits.append(time.perf_counter() - started)
    waits.sort()
    p50, p99 = waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000
    return f"{len(waits):9,} times  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=60_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--relationships", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    sys.setswitchinterval(0.0005)
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)

        def measured(label: str, run: Callable[[Journal], str]) -> None:
            journal = SqliteJournal(folder / label.replace(" ", "-"), TABLES, sign)
            print(f"{label:34} {run(journal)}", flush=True)
            journal.close()

        flights, people = asked.in_flight, asked.relationships
        print(f"{'one row a commit':34} {one_row_a_commit(folder / 'bare', 3_000)}")
        memory = MemoryJournal(TABLES, sign)
        print(f"{'in memory':34} {with_futures(memory, 2_000, flights, 1_000, 1)}")
        for flying in (flights, flights * 4, flights * 16):
            measured(
                f"durable, {flying} in flight",
                lambda j, f=flying: offered(j, asked.batches, f, people, 2),  # type: ignore[misc]
            )
        measured(
            "with futures, 4 threads", lambda j: with_futures(j, asked.batches, 256, people, 4)
        )
        measured("revocations meanwhile", lambda j: revocations(j, asked.batches, flights, people))


if __name__ == "__main__":
    main()
