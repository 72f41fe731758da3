"""What people gave, packed: the fold of the journal that the profile stands on."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from firsthand.foundation.projection import Folding
from firsthand.foundation.tables import Entry, Reader, Table, Tx
from firsthand.hub.packing import Signal, joined, rows_of, signals_of, unpacked
from firsthand.hub.reads import Arrival
from firsthand.protocol.roles.profile import PURPOSE

THINGS = "profile_things"
DUE = "profile_due"
MARKS = "profile_marks"
NEWEST = "newest"
MARK = "due"
SENT = "sent"
TABLES = (
    Table(name=THINGS, erased=True, given=True),
    Table(name=DUE, erased=True, hot=True),
    Table(name=MARKS, erased=True, hot=True),
)
ROLE = "profile"
FORGOTTEN_ROWS_MAX = 50  # rows are large


class ProfileProjection:
    """A row for what one person gave in a slice, with the columns of the things.

    Several where it is much or under several deals. Marks whom an answer is due.

    ``MARKS`` stay when the rows are made anew: they say what was answered last.
    """

    name = ROLE
    version = 3
    tables = (THINGS, DUE)

    def made_of(self, batch: Arrival) -> Sequence[Signal]:
        """What is in a batch."""
        return signals_of(batch) if batch.role == ROLE else ()

    def together(self, folding: Sequence[Folding]) -> list[Folding]:
        """The rows as (key, value), with the newest batch that is in them."""
        people: dict[str, list[Folding]] = defaultdict(list)
        for each in folding:
            if each.made:
                people[each.batch.relationship].append(each)
        rows = {
            group[-1][0].position: rows_of(group)
            for given in people.values()
            for group in joined(given)
        }
        return [Folding(batch, rows.get(batch.position, ())) for batch, _ in folding]

    def apply(self, tx: Tx, folding: Sequence[Folding], *, again: bool) -> None:  # noqa: ARG002
        """Fold batches in, in the journal's order."""
        rows: list[Entry] = []
        newest: dict[str, Arrival] = {}
        for batch, made in folding:
            for key, value in made:
                rows.append(Entry(relationship=batch.relationship, key=key, value=value))
                if batch.purpose == PURPOSE:  # which is what the answers are made for
                    newest[batch.relationship] = batch
        if rows:
            tx.put_many(THINGS, rows)
        if newest:
            _mark(tx, newest)

    def rows_under(self, reader: Reader, relationship: str, under: Collection[str]) -> list[str]:
        """The keys of the rows of what came under these agreements."""
        found: list[str] = []
        after = ""
        while rows := reader.scan(THINGS, relationship, after=after, rows_max=FORGOTTEN_ROWS_MAX):
            found += [each.key for each in rows if unpacked(each.value).agreement in under]
            after = rows[-1].key
        return found

    def drop(self, tx: Tx, relationship: str, keys: Sequence[str]) -> None:
        """Delete rows."""
        for key in keys:
            tx.delete(THINGS, relationship, key)

    def unfold(
        self, tx: Tx, relationship: str, gone: Sequence[Arrival], left: Sequence[Arrival]
    ) -> None:
        """Answer anew from what is left, or not at all where nothing is."""
        kept = (tx.get(MARKS, relationship, NEWEST) or b"").split(b" ")
        if len(kept) < 2 or not gone:  # noqa: PLR2004
            return
        tx.delete(MARKS, relationship, SENT)  # what was said since then has been taken back
        if int(kept[1]) not in {batch.position for batch in gone}:
            tx.put(DUE, relationship, MARK, kept[0] + b" without what has gone")
            return
        for table, key in ((MARKS, NEWEST), (DUE, MARK)):
            tx.delete(table, relationship, key)
        before = [one for one in left if one.role == ROLE and one.purpose == PURPOSE]
        if before:
            _mark(tx, {relationship: before[-1]})

    def forget(self, tx: Tx, relationship: str, rows_max: int) -> int:
        """Delete up to ``rows_max`` rows of a relationship; 0 when nothing is left."""
        fitting = min(rows_max, FORGOTTEN_ROWS_MAX)
        for table in (THINGS, DUE, MARKS):
            if gone := tx.forget(table, relationship, fitting):
                return gone
        return 0


def _mark(tx: Tx, newest: dict[str, Arrival]) -> None:
    """Mark these persons with the leaf of their newest batch, which may be one before this."""
    marks, due = [], []
    for person, batch in newest.items():
        leaf, position = batch.leaf.hex().encode(), batch.position
        kept = (tx.get(MARKS, person, NEWEST) or b"").split(b" ")
        if len(kept) > 1 and int(kept[1]) > position:
            leaf = kept[0]
        else:
            value = b"%b %d" % (leaf, position)
            marks.append(Entry(relationship=person, key=NEWEST, value=value))
        # It names this batch too, so that it differs from a mark that was there before.
        value = b"%b %d" % (leaf, position)
        due.append(Entry(relationship=person, key=MARK, value=value))
    if marks:
        tx.put_many(MARKS, marks)
    tx.put_many(DUE, due)
