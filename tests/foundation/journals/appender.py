"""Appends as fast as it can until it is killed, and prints a line for each receipt it holds.

    python appender.py FOLDER RUN [early]

`early` is the planted fault: it acknowledges what was only queued, before anything is durable.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from firsthand.foundation.journal import Batch, Limits, Order, Receipt, Repeat
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.tables import Table, Tx

LANES = 12
TABLES = (Table(name="folded", erased=True), Table(name="counts", erased=True))


def batch(run: str, lane: int, n: int) -> Batch:
    body = f"{run}/{lane}/{n} ".encode() * (1 + n % 40)
    return Batch(
        relationship=f"person{lane}",
        lane=f"lane{run}",
        n=n,
        role="insight",
        purpose="service",
        agreement="a",
        salt=bytes(16),
        body=body,
        base=b"base",
        signature=b"signature",
        leaf=hashlib.sha256(body).digest(),
        events=1,
        received_ms=n,
    )


def sign(size: int, root: bytes) -> str:
    return f"{size} {root.hex()}"


def admit(tx: Tx, batch: Batch) -> str | Repeat | None:
    """Count what comes in, in the same transaction: afterwards both must agree."""
    count = int(tx.get("counts", batch.relationship, batch.lane) or b"0") + 1
    tx.put("counts", batch.relationship, batch.lane, str(count).encode())
    return None


def main() -> None:
    folder, run, early = Path(sys.argv[1]), sys.argv[2], len(sys.argv) > 3
    journal = SqliteJournal(folder, TABLES, sign, Limits(wal_bytes_max=300_000))
    lines: list[str] = []

    def told(outcomes: Sequence[tuple[object, object]]) -> None:
        following = []
        for ticket, outcome in outcomes:
            assert isinstance(outcome, Receipt), outcome
            assert isinstance(ticket, tuple)
            lane, n = ticket
            lines.append(f"{run} {lane} {n} {outcome.index}\n")
            following.append((lane, n + 1))
        send(following)

    def send(following: Sequence[tuple[int, int]]) -> None:
        for lane, n in following:
            journal.offer(batch(run, lane, n), admit, (lane, n), told)
            if early:
                lines.append(f"{run} {lane} {n} -1\n")
        sys.stdout.write("".join(lines))
        sys.stdout.flush()
        lines.clear()

    def slice_of(tx: Tx) -> None:
        tx.put("folded", "person0", f"{tx.count('folded') % 50}", b"x" * 2000)
        journal.submit(slice_of, Order.PROJECT)

    journal.submit(slice_of, Order.PROJECT)
    send([(lane, 1) for lane in range(LANES)])
    journal.wait(sys.maxsize, 600_000)


if __name__ == "__main__":
    main()
