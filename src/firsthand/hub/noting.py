"""The log of reads: who read what a person gave, under which agreement, numbered for the person.

Above: ``reads``, which notes each read before anything comes back, and what is told of it. Below:
the tables. Numbers are of a relationship, from 1 on, without gaps.
"""

from collections.abc import Mapping, Sequence

import msgspec

from firsthand.foundation.tables import Entry, Reader, Table, Tx
from firsthand.hub.seen import Noted

TABLE = "reads"
HEADS = "reads_heads"
OWN = "reads_own"
TABLES = (
    Table(name=TABLE, erased=True),
    Table(name=HEADS, erased=True, hot=True),
    Table(name=OWN, erased=True),
)
ROWS_MAX = 1_000
_HEAD = "newest"


def note(tx: Tx, reads: Mapping[str, Sequence[Noted]]) -> None:
    """Write these reads down, by relationship, each under the next number."""
    rows: list[Entry] = []
    heads: list[Entry] = []
    for relationship, noted in reads.items():
        last = int(tx.get(HEADS, relationship, _HEAD) or b"0")
        for n, one in enumerate(noted, last + 1):
            value = msgspec.json.encode(msgspec.structs.replace(one, n=n))
            rows.append(Entry(relationship=relationship, key=_key(n), value=value))
        head = b"%d" % (last + len(noted))
        heads.append(Entry(relationship=relationship, key=_HEAD, value=head))
    tx.put_many(TABLE, rows)
    tx.put_many(HEADS, heads)


def note_own(tx: Tx, relationship: str, read: Noted) -> None:
    """Write down that a person fetched what they gave; they know, so it has no number."""
    tx.put(OWN, relationship, f"{read.at_ms:015d}", msgspec.json.encode(read))


def own(reader: Reader, relationship: str) -> list[Noted]:
    """When a person fetched what they gave, the newest first."""
    entries = reader.scan(OWN, relationship, rows_max=ROWS_MAX, newest_first=True)
    return [_DECODER.decode(entry.value) for entry in entries]


def newest(reader: Reader, relationship: str, rows_max: int) -> list[Noted]:
    """The newest reads of what a person gave, the newest first."""
    entries = reader.scan(TABLE, relationship, rows_max=rows_max, newest_first=True)
    return [_DECODER.decode(entry.value) for entry in entries]


def after(reader: Reader, relationship: str, n: int, rows_max: int) -> list[Noted]:
    """The reads with a number above ``n``, in their order."""
    entries = reader.scan(TABLE, relationship, after=_key(n), rows_max=rows_max)
    return [_DECODER.decode(entry.value) for entry in entries]


def _key(n: int) -> str:
    # Older reads have no number; their keys are times alone. The letter sorts this after them.
    return f"n{n:015d}"


_DECODER = msgspec.json.Decoder(Noted)
