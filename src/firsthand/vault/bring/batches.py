"""The rows of an export, a thousand at a time, as they are kept: what passes between processes."""

from collections.abc import Iterator

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Export, Row, Skipped, Unreadable

AT_ONCE = 1000

Held = tuple[int, str, str, str, str | None, str, str]
"""Line, id, type, name, time, source and the data of a thing as JSON."""


class Batch(msgspec.Struct, frozen=True, tag=True, gc=False):
    """Rows that follow each other in their file: those that were read, and those that were not."""

    rows: list[Held]
    unreadable: list[Unreadable]
    skipped: list[Skipped] = []

    def each(self) -> Iterator[Each]:
        """All of them, in the order of their lines."""
        read: list[Each] = [
            Row(
                line, Thing(id=id, type=type, name=name, time=time, source=source, data=_data(text))
            )
            for line, id, type, name, time, source, text in self.rows
        ]
        yield from sorted([*read, *self.unreadable, *self.skipped], key=lambda row: row.line)


def in_batches(export: Export) -> Iterator[Batch]:
    """Every row of `export`, in its order. Raises what its `rows` raise."""
    rows, unreadable, skipped = list[Held](), list[Unreadable](), list[Skipped]()
    encode = msgspec.json.Encoder().encode
    for row in export.rows():
        if isinstance(row, Unreadable):
            unreadable.append(row)
        elif isinstance(row, Skipped):
            skipped.append(row)
        else:
            thing = row.thing
            text = encode(thing.data).decode()
            rows.append(
                (row.line, thing.id, thing.type, thing.name, thing.time, thing.source, text)
            )
        if len(rows) + len(unreadable) + len(skipped) == AT_ONCE:
            yield Batch(rows, unreadable, skipped)
            rows, unreadable, skipped = [], [], []
    if rows or unreadable or skipped:
        yield Batch(rows, unreadable, skipped)


def _data(text: str) -> dict[str, object]:
    return msgspec.json.decode(text, type=dict[str, object])
