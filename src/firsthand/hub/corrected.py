"""What persons had put right: it stands beside what they gave, and is read in its place.

What was given was signed and never changes; a correction is a fact of its own. Above: ``reads``
and ``own``, which alone read it. Below: what is packed, and the tables.
"""

from collections.abc import Iterable, Mapping

import msgspec

from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.hub.packing import Holding, Packed
from firsthand.protocol.putting_right import SOURCE, Corrections

TABLE = "put_right"
TABLES = (Table(name=TABLE, erased=True, given=True),)
ROWS_MAX = 10_000


class PutRight(Holding):
    """What one person gave, packed, with what was put right in its columns."""

    def __init__(self, rows: Iterable[tuple[int, Packed]], corrections: Corrections) -> None:
        super().__init__(rows)
        self._corrections = corrections
        self._right: set[str] = set()

    def column(self, name: str) -> list[str]:
        """One of ``COLUMNS``, an entry for each thing."""
        found = super().column(name)
        if name not in self._right:
            self._right.add(name)
            for place, thing in enumerate(self.ids) if self._corrections else ():
                fields = self._corrections.get(thing)
                if fields is not None and name == "sources":
                    found[place] = SOURCE
                elif fields is not None and name in _FIELD_OF:
                    found[place] = fields.get(_FIELD_OF[name], found[place])
        return found


_FIELD_OF = {"names": "name", "times": "startTime", "subjects": "name"}


def put(tx: Tx, relationship: str, thing: str, fields: Mapping[str, str]) -> None:
    """Keep that these fields of a thing are so; others that were put right before stay so."""
    raw = tx.get(TABLE, relationship, thing)
    before = {} if raw is None else msgspec.json.decode(raw, type=dict[str, str])
    tx.put(TABLE, relationship, thing, msgspec.json.encode({**before, **fields}))


def of(reader: Reader, relationship: str) -> Corrections:
    """All that was put right of what one person gave."""
    entries = reader.scan(TABLE, relationship, rows_max=ROWS_MAX)
    return {one.key: msgspec.json.decode(one.value, type=dict[str, str]) for one in entries}
