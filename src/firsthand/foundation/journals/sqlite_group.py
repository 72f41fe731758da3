"""One transaction of an SQLite journal: works, admissions, the tree, the checkpoint, the commit."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from firsthand.foundation.journal import (
    Admit,
    Batch,
    Limits,
    Place,
    Receipt,
    Repeat,
    Sign,
    check_follows,
)
from firsthand.foundation.journals.sqlite_tables import SqliteReader, SqliteTx, insert_rows
from firsthand.foundation.journals.tree import Proofs, looked_up, peaks_of
from firsthand.foundation.journals.writer import LostGroup
from firsthand.foundation.tables import check_rows_max
from firsthand.protocol.merkle import EMPTY_ROOT, Frontier

# For a whole group in one row: the last batch of each lane in a JSON list of [relationship, lane].
_LAST_OF_LANES = """
SELECT json_group_array(json_array(asked.key, b.position, b.n, hex(substr(b.nodes, 1, 32))))
FROM json_each(?) AS asked JOIN batches AS b ON b.position = (
  SELECT position FROM batches
  WHERE relationship = json_extract(asked.value, '$[0]')
    AND lane = json_extract(asked.value, '$[1]')
  ORDER BY n DESC LIMIT 1)
"""
_INSERT = """
INSERT INTO batches (position, relationship, lane, n, role, purpose, agreement, events, received_ms,
  salt, signature, base, body, nodes, checkpoint)
"""
_ROW = f"({','.join('?' * 14)},nullif(?,''))"
_ERASE = """
UPDATE batches SET relationship = NULL, lane = NULL, n = NULL, role = NULL, purpose = NULL,
  agreement = NULL, events = NULL, received_ms = NULL, salt = NULL, signature = NULL, base = NULL,
  body = NULL
WHERE position IN (SELECT position FROM batches WHERE relationship = ?
                   ORDER BY lane, n LIMIT ?)
"""
_ERASE_UNDER = """
UPDATE batches SET role = NULL, purpose = NULL, agreement = NULL, events = NULL,
  received_ms = NULL, salt = NULL, signature = NULL, base = NULL, body = NULL
WHERE position IN (SELECT position FROM batches WHERE relationship = ? AND agreement = ?
                   ORDER BY lane, n LIMIT ?)
"""
_CHANGE_BYTES = 8 << 10  # a guess at what a changed row adds to the WAL: two pages
_LANES = msgspec.json.Decoder(list[tuple[int, int, int, str]])


class Admitted:
    """A batch that came in, at this position, until the group is durable."""

    __slots__ = ("batch", "position")

    def __init__(self, batch: Batch, position: int) -> None:
        """Remember the batch and its position."""
        self.batch = batch
        self.position = position


class SqliteGroup:
    """What the writer asks for, on the writer's connection; used by the writer's thread alone."""

    def __init__(
        self, tx: SqliteTx, sign: Sign, limits: Limits, committed: Callable[[int, int], None]
    ) -> None:
        """Take up the tree where the file has it; tell `committed` leaves and bytes after each."""
        self.tx = tx
        self._committed = committed
        self._connection = tx.connection
        self._sign = sign
        self._limits = limits
        size = tx.size()
        self._frontier = Frontier(size, [tx.node(*peak) for peak in peaks_of(size)])
        self._before = (size, tuple(self._frontier.peaks))
        self.latest = tx.latest() or (0, sign(0, EMPTY_ROOT))
        # Every lane here is the last batch in the file; None: the lane is not there.
        self._lanes: dict[str, dict[str, Place | None]] = {}
        self._pending: dict[tuple[str, str], Place] = {}
        self._admitted: list[Admitted] = []
        self._written = 0
        self._made: dict[tuple[int, int], bytes] = {}
        self._proofs: Proofs | None = None
        self._changes = 0
        self._lanes_cached = 0

    def begin(self, batches: Sequence[Batch]) -> None:
        """Open the transaction and look up the lanes of these batches, all at once."""
        self._made.clear()
        self._proofs = None
        self._before = (self._frontier.size, tuple(self._frontier.peaks))
        self._connection.execute("BEGIN IMMEDIATE")
        self._changes = self._connection.total_changes
        wanted = list(
            {
                (batch.relationship, batch.lane)
                for batch in batches
                if batch.lane not in self._lanes.get(batch.relationship, ())
            }
        )
        if not wanted:
            return
        if self._lanes_cached > self._limits.lanes_cached_max:
            self._drop_lanes()
        self._lanes_cached += len(wanted)
        ((found,),) = self.tx.rows(_LAST_OF_LANES, (msgspec.json.encode(wanted).decode(),))
        for relationship, lane in wanted:
            self._lanes.setdefault(relationship, {})[lane] = None
        for asked, position, n, leaf in _LANES.decode(found):
            relationship, lane = wanted[asked]
            place = Place(position=position, n=n, leaf=bytes.fromhex(leaf))
            self._lanes[relationship][lane] = place

    def lane(self, relationship: str, lane: str) -> Place | None:
        """Return where a lane's last batch stands, those of this group included."""
        pending = self._pending.get((relationship, lane))
        if pending is not None:
            return pending
        lanes = self._lanes.get(relationship)
        if lanes is not None and lane in lanes:
            return lanes[lane]
        return self.tx.place(relationship, lane, None)

    def place(self, relationship: str, lane: str, n: int) -> Place | None:
        """Return where the batch `n` of a lane stands, those of this group included."""
        last = self.lane(relationship, lane)
        if last is None or last.n < n:
            return None
        if last.n == n:
            return last
        for admitted in self._admitted:
            batch = admitted.batch
            if (batch.relationship, batch.lane, batch.n) == (relationship, lane, n):
                return Place(position=admitted.position, n=n, leaf=batch.leaf)
        return self.tx.place(relationship, lane, n)

    def run(self, work: Callable[[SqliteTx], Any]) -> object:
        """Run a work; if it raises, undo it alone and raise on."""
        try:  # what was admitted must lie below the savepoint of this work, and in its sight
            self._flush()
        except Exception as error:
            raise LostGroup(str(error)) from error
        return self._guarded(work)

    def _guarded(self, work: Callable[[SqliteTx], Any]) -> object:
        try:
            result: object = work(self.tx)
            self.tx.keep()
        except Exception as error:
            self._undo_work(error)
            raise
        return result

    def take(self, batch: Batch, admit: Admit[Any]) -> object:
        """Let a batch in, unless `admit` answers or its number does not follow."""
        tx = self.tx
        try:
            answer: object = admit(tx, batch)
            if answer is None:
                check_follows(batch, self.lane(batch.relationship, batch.lane))
            tx.keep()
        except Exception as error:
            self._undo_work(error)
            raise
        if answer is not None:
            return answer
        outcome = Admitted(batch, self._before[0] + len(self._admitted))
        self._admitted.append(outcome)
        self._pending[batch.relationship, batch.lane] = Place(
            position=outcome.position, n=batch.n, leaf=batch.leaf
        )
        return outcome

    def _flush(self, checkpoint: Callable[[], str] | None = None) -> None:
        """Insert what was admitted and is not inserted yet, the checkpoint in the last row."""
        rows: list[tuple[object, ...]] = []
        for admitted in self._admitted[self._written :]:
            batch = admitted.batch
            made = self._frontier.append(batch.leaf)
            nodes = b"".join([node for _, _, node in made])
            for level, index, node in made:
                self._made[level, index] = node
            row = (
                admitted.position, batch.relationship, batch.lane, batch.n, batch.role,
                batch.purpose, batch.agreement, batch.events, batch.received_ms,
                bytearray(batch.salt), bytearray(batch.signature), bytearray(batch.base),
                bytearray(batch.body), bytearray(nodes), "",
            )  # fmt: skip
            rows.append(row)
        self._written = len(self._admitted)
        text = checkpoint() if checkpoint else ""
        if rows:
            rows[-1] = (*rows[-1][:-1], text)
            insert_rows(rows, _INSERT, _ROW, self._connection.execute)
        elif text:
            self._connection.execute(
                "UPDATE batches SET checkpoint = ? WHERE position = ?",
                (text, self._frontier.size - 1),
            )

    def erase_slice(self, relationship: str, rows_max: int, agreement: str | None) -> int:
        """Erase up to `rows_max` batches of a relationship, as part of a work."""
        check_rows_max(rows_max)
        self.tx.mark()
        if agreement is not None:
            under = self._connection.execute(_ERASE_UNDER, (relationship, agreement, rows_max))
            return int(under.rowcount)
        self._lanes.pop(relationship, None)
        gone: int = self._connection.execute(_ERASE, (relationship, rows_max)).rowcount
        return gone

    def commit(self) -> None:
        """Sign one checkpoint for all that came in, and make everything durable."""
        latest = self.latest
        if self._admitted:

            def signed() -> str:
                nonlocal latest
                latest = (
                    self._frontier.size,
                    self._sign(self._frontier.size, self._frontier.root()),
                )
                return latest[1]

            self._flush(signed)
        self._connection.execute("COMMIT")
        self.latest = latest
        for (relationship, lane), place in self._pending.items():
            if relationship in self._lanes:
                self._lanes[relationship][lane] = place
        changed_bytes = sum(len(admitted.batch.body) for admitted in self._admitted)
        changed_bytes += (self._connection.total_changes - self._changes) * _CHANGE_BYTES
        self._pending.clear()
        self._admitted.clear()
        self._written = 0
        self._committed(latest[0], changed_bytes)

    def rollback(self) -> None:
        """Undo the whole group, in the file and in memory."""
        self._frontier = Frontier(*self._before)
        self._drop_lanes()
        self._pending.clear()
        self._admitted.clear()
        self._written = 0
        self.tx.drop_memory()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def settle(self, outcome: object) -> object:
        """Turn an admission into its receipt, against the checkpoint of its group."""
        if isinstance(outcome, Admitted):
            return self._receipt(outcome.position, outcome.batch.leaf)
        if isinstance(outcome, Repeat):
            return self._receipt(outcome.position, None)
        return outcome

    def _receipt(self, position: int, leaf: bytes | None) -> Receipt:
        size, text = self.latest
        if self._proofs is None:
            size_before, peaks = self._before
            self._made.update(zip(peaks_of(size_before), peaks, strict=True))
            self._proofs = Proofs(looked_up(self._made, self.tx.node), size)
        return Receipt(
            leaf=self.tx.node(0, position) if leaf is None else leaf,
            index=position,
            proof=self._proofs.of(position),
            checkpoint=text,
            size=size,
        )

    def _drop_lanes(self) -> None:
        self._lanes.clear()
        self._lanes_cached = 0

    def _undo_work(self, error: Exception) -> None:
        """Undo one work; if the engine gave up everything, say so."""
        if self._connection.in_transaction:
            try:
                if self.tx.undo():
                    self._drop_lanes()
            except Exception as lost:
                raise LostGroup(str(lost)) from lost
            return
        raise LostGroup(str(error)) from error


def receipt_of(reader: SqliteReader, position: int, latest: tuple[int, str]) -> Receipt:
    """Return a receipt out of the file, against the latest checkpoint."""
    size, text = latest
    proof = Proofs(reader.node, size).of(position)
    return Receipt(
        leaf=reader.node(0, position), index=position, proof=proof, checkpoint=text, size=size
    )
