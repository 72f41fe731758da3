"""What people gave, one row a thing: the fold of the journal that the profile stands on."""

from collections.abc import Sequence

import msgspec

from firsthand.foundation.tables import Entry, Table, Tx
from firsthand.hub.reads import Row, Taken
from firsthand.protocol.roles.profile import TYPE_GIVEN
from firsthand.protocol.signals import signals_taken

THINGS = "profile_things"
DUE = "profile_due"
MARKS = "profile_marks"
NEWEST = "newest"
MARK = "due"
TABLES = (
    Table(name=THINGS, erased=True),
    Table(name=DUE, erased=True, hot=True),
    Table(name=MARKS, erased=True, hot=True),
)
ROLE = "profile"

_ENCODE = msgspec.json.Encoder().encode


class ProfileProjection:
    """One row for each thing's id: what came last stands. Marks whom an answer is due."""

    name = ROLE
    tables = (THINGS, DUE, MARKS)

    def apply(self, tx: Tx, batches: Sequence[Taken]) -> None:
        """Fold batches in, in the journal's order."""
        rows: list[Entry] = []
        newest: dict[str, Taken] = {}
        for batch in batches:
            if batch.role == ROLE:
                rows.extend(_rows(batch))
                newest[batch.relationship] = batch
        if rows:
            tx.put_many(THINGS, rows)
            leaves = [(person, batch.leaf.hex().encode()) for person, batch in newest.items()]
            for table, key in ((MARKS, NEWEST), (DUE, MARK)):
                tx.put_many(
                    table, [Entry(relationship=one, key=key, value=leaf) for one, leaf in leaves]
                )

    def forget(self, tx: Tx, relationship: str, rows_max: int) -> int:
        """Delete up to ``rows_max`` rows of a relationship; 0 when nothing is left."""
        for table in self.tables:
            if gone := tx.forget(table, relationship, rows_max):
                return gone
        return 0


def _rows(batch: Taken) -> list[Entry]:
    return [
        Entry(
            relationship=batch.relationship,
            key=signal.id,
            value=_ENCODE(Row(batch.agreement, batch.received_ms, batch.position, signal.data)),
        )
        for signal in signals_taken(batch.body)
        if signal.type == TYPE_GIVEN
    ]
