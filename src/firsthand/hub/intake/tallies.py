"""How much came, by the hour and by the person: what figures over time stand on.

A fold of the journal that never looks into a body. The hours name nobody, so they stay when a
person's rows go.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

import msgspec

from firsthand.foundation.journal import Stored
from firsthand.foundation.projection import Folding, Projection
from firsthand.foundation.tables import Entry, Reader, Table, Tx

HOURS = "tallies_hours"
PEOPLE = "tallies_people"
TABLES = (Table(name=HOURS, erased=False), Table(name=PEOPLE, erased=True, hot=True))
HOUR_MS = 3_600_000
HOURS_MAX = 24 * 366
_ROW = "tally"


class Tally(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How often something came, how many things in all, and when the last ones did (ms, 1970).

    Of a person also what for, in the order in which they first gave anything for it.
    """

    times: int = 0
    things: int = 0
    last_ms: int = 0
    purposes: tuple[str, ...] = ()

    def and_these(self, batches: Sequence[Stored], *, purposes: bool = False) -> "Tally":
        """This tally with these arrivals, and what they are for where ``purposes`` is set."""
        known = dict.fromkeys(self.purposes)
        if purposes:
            known |= dict.fromkeys([batch.purpose for batch in batches])
        return Tally(
            times=self.times + len(batches),
            things=self.things + sum([batch.events for batch in batches]),
            last_ms=max(self.last_ms, *[batch.received_ms for batch in batches]),
            purposes=tuple(known),
        )

    def without(self, batches: Sequence[Stored]) -> "Tally":
        """This tally as if these had not come; when the last one came stays as it is."""
        return msgspec.structs.replace(
            self,
            times=max(0, self.times - len(batches)),
            things=max(0, self.things - sum([batch.events for batch in batches])),
        )


_DECODER = msgspec.json.Decoder(Tally)
_ENCODE = msgspec.json.Encoder().encode
_NONE = Tally()


class Tallied:
    """A projection that counts as well: both in one transaction, which costs one commit."""

    def __init__(self, projection: Projection) -> None:
        self.name = projection.name
        self.version = projection.version
        # The hours count what was erased since too, so the journal could not give them again.
        self.tables = (*projection.tables, PEOPLE)
        self._projection = projection

    def made_of(self, batch: Stored) -> object:
        """What the projection makes of it; a tally never looks into a body."""
        return self._projection.made_of(batch)

    def together(self, folding: Sequence[Folding]) -> list[Folding]:
        """What the projection makes of a slice."""
        return self._projection.together(folding)

    def apply(self, tx: Tx, folding: Sequence[Folding], *, again: bool) -> None:
        """Fold arrivals in, in the journal's order: one row an hour and one row a person."""
        self._projection.apply(tx, folding, again=again)
        hours: dict[str, list[Stored]] = defaultdict(list)
        people: dict[str, list[Stored]] = defaultdict(list)
        for batch, _ in folding:
            hours[_hour_key(batch.received_ms // HOUR_MS)].append(batch)
            people[batch.relationship].append(batch)
        rows = []
        for key, arrived in () if again else hours.items():
            tally = _kept(tx, HOURS, "", key).and_these(arrived)
            # The time of the last one would tell of somebody who was erased since: it is not kept.
            tally = msgspec.structs.replace(tally, last_ms=0)
            rows.append(Entry(relationship="", key=key, value=_ENCODE(tally)))
        if rows:
            tx.put_many(HOURS, rows)
        rows = []
        for person, arrived in people.items():
            tally = _kept(tx, PEOPLE, person, _ROW).and_these(arrived, purposes=True)
            rows.append(Entry(relationship=person, key=_ROW, value=_ENCODE(tally)))
        if rows:
            tx.put_many(PEOPLE, rows)

    def rows_under(self, reader: Reader, relationship: str, under: Collection[str]) -> list[str]:
        """The keys of the projection's rows; a tally is of no agreement alone."""
        return self._projection.rows_under(reader, relationship, under)

    def drop(self, tx: Tx, relationship: str, keys: Sequence[str]) -> None:
        """Delete rows of the projection."""
        self._projection.drop(tx, relationship, keys)

    def unfold(
        self, tx: Tx, relationship: str, gone: Sequence[Stored], left: Sequence[Stored]
    ) -> None:
        """Take what is gone out of its hours, and tally the person by what is left."""
        self._projection.unfold(tx, relationship, gone, left)
        hours: dict[str, list[Stored]] = defaultdict(list)
        for batch in gone:
            hours[_hour_key(batch.received_ms // HOUR_MS)].append(batch)
        for key, arrived in hours.items():
            tally = _kept(tx, HOURS, "", key).without(arrived)
            if tally.times:
                tx.put(HOURS, "", key, _ENCODE(tally))
            else:
                tx.delete(HOURS, "", key)
        if left:
            tally = _NONE.and_these(left, purposes=True)
            tx.put(PEOPLE, relationship, _ROW, _ENCODE(tally))
        else:
            tx.delete(PEOPLE, relationship, _ROW)

    def forget(self, tx: Tx, relationship: str, rows_max: int) -> int:
        """Delete up to ``rows_max`` rows of a relationship; 0 when nothing is left."""
        return self._projection.forget(tx, relationship, rows_max) or tx.forget(
            PEOPLE, relationship, rows_max
        )


def of_person(reader: Reader, relationship: str) -> Tally:
    """How much one person gave, ever, and when last."""
    return _kept(reader, PEOPLE, relationship, _ROW)


def of_hours(reader: Reader, first: int, last: int) -> dict[int, Tally]:
    """What came in each hour from ``first`` to ``last`` (hours since 1970) in which any came."""
    entries = reader.scan(
        HOURS, "", after=_hour_key(first - 1), before=_hour_key(last + 1), rows_max=HOURS_MAX
    )
    return {int(entry.key): _DECODER.decode(entry.value) for entry in entries}


def _hour_key(hour: int) -> str:
    return f"{hour:010d}"


def _kept(reader: Reader, table: str, relationship: str, key: str) -> Tally:
    raw = reader.get(table, relationship, key)
    return _NONE if raw is None else _DECODER.decode(raw)
