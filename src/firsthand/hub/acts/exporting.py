"""Hands what people gave to the organisation's own systems, as a table that opens anywhere."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence

from firsthand.hub.acts import people
from firsthand.hub.acts.opened import Hub
from firsthand.hub.reads import Who

COLUMNS = ("position", "relationship", "account", "agreement", "id", "type", "purpose", "given_at")
OF_THING = ("name", "time", "source")
# What a spreadsheet takes for the beginning of a formula, the full-width forms included.
_FORMULA = frozenset("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")


def pages_csv(hub: Hub, *, purpose: str, who: Who) -> Iterator[bytes]:
    """All facts that ``purpose`` allows, as CSV in pieces; each piece is a read of its own.

    Raises ``PurposeRefused`` at the first piece for a purpose that no agreement can allow.
    """
    after, heads = 0, True
    while True:
        found = hub.reads.facts(after=after, purpose=purpose, reader=who)
        rows = people.facts_json(found)["facts"]
        assert isinstance(rows, list), "a list of facts"
        if heads or rows:
            yield facts_csv(rows, heads=heads)
        heads = False
        if found.next <= after:
            return
        after = found.next


def facts_csv(rows: Sequence[Mapping[str, object]], *, heads: bool = True) -> bytes:
    """Facts as CSV (RFC 4180); no cell can start a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if heads:
        writer.writerow([*COLUMNS, *OF_THING, "data"])
    for row in rows:
        thing = row["thing"]
        assert isinstance(thing, Mapping), "a thing as JSON"
        cells = [row[name] for name in COLUMNS] + [thing[name] for name in OF_THING]
        data = json.dumps(thing["data"], ensure_ascii=False)
        writer.writerow([guarded(cell) for cell in (*cells, data)])
    return out.getvalue().encode()


def guarded(cell: object) -> str:
    """A cell that a spreadsheet takes for text: a formula's beginning gets a quote before it."""
    text = "" if cell is None else str(cell)
    first = text.lstrip(" \u00a0\u3000\n")[:1]
    return f"'{text}" if first in _FORMULA and first else text
