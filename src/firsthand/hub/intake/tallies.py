"""How much came, by the hour and by the person: what figures over time stand on.

A fold of the journal that never looks into a body. The hours name nobody, so they stay when a
person's rows go.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from firsthand.foundation.journal import Stored
from firsthand.foundation.projection import Projection
from firsthand.foundation.tables import Entry, Reader, Table, Tx

HOURS = "tallies_hours"
PEOPLE = "tallies_people"
TABLES = (Table(name=HOURS, erased=False), Table(name=PEOPLE, erased=True, hot=True))
HOUR_MS = 3_600_000
HOURS_MAX = 24 * 366
_ROW = "tally"


class Tally(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How often something came, how many things in all, and when the last ones did (ms, 1970)."""

    times: int = 0
    things: int = 0
    last_ms: int = 0

    def and_one(self, things: int, received_ms: int) -> "Tally":
        """This tally with one more arrival."""
        return Tally(
            times=self.times + 1,
            things=self.things + things,
            last_ms=max(self.last_ms, received_ms),
        )


_DECODER = msgspec.json.Decoder(Tally)
_NONE = Tally()


class Tallied:
    """A projection that counts as well: both in one transaction, which costs one commit."""

    def __init__(self, projection: Projection) -> None:
        self.name = projection.name
        self.tables = (*projection.tables, HOURS, PEOPLE)
        self._projection = projection

    def apply(self, tx: Tx, batches: Sequence[Stored]) -> None:
        """Fold arrivals in, in the journal's order: one row an hour and one row a person."""
        self._projection.apply(tx, batches)
        groups: dict[tuple[str, str, str], list[Stored]] = defaultdict(list)
        for batch in batches:
            groups[HOURS, "", _hour_key(batch.received_ms // HOUR_MS)].append(batch)
            groups[PEOPLE, batch.relationship, _ROW].append(batch)
        rows: dict[str, list[Entry]] = {HOURS: [], PEOPLE: []}
        for (table, relationship, key), arrived in groups.items():
            raw = tx.get(table, relationship, key)
            tally = _NONE if raw is None else _DECODER.decode(raw)
            for batch in arrived:
                tally = tally.and_one(batch.events, batch.received_ms)
            value = msgspec.json.encode(tally)
            rows[table].append(Entry(relationship=relationship, key=key, value=value))
        for table, entries in rows.items():
            if entries:
                tx.put_many(table, entries)

    def forget(self, tx: Tx, relationship: str, rows_max: int) -> int:
        """Delete up to ``rows_max`` rows of a relationship; 0 when nothing is left."""
        return self._projection.forget(tx, relationship, rows_max) or tx.forget(
            PEOPLE, relationship, rows_max
        )


def of_person(reader: Reader, relationship: str) -> Tally:
    """How much one person gave, ever, and when last."""
    raw = reader.get(PEOPLE, relationship, _ROW)
    return _NONE if raw is None else _DECODER.decode(raw)


def of_hours(reader: Reader, first: int, last: int) -> dict[int, Tally]:
    """What came in each hour from ``first`` to ``last`` (hours since 1970) in which any came."""
    entries = reader.scan(
        HOURS, "", after=_hour_key(first - 1), before=_hour_key(last + 1), rows_max=HOURS_MAX
    )
    return {int(entry.key): _DECODER.decode(entry.value) for entry in entries}


def _hour_key(hour: int) -> str:
    return f"{hour:010d}"
