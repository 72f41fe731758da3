"""The rows of an export, a thousand at a time, as they are kept: what passes between processes."""

from collections.abc import Callable, Iterator

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Export, Row, Skipped, Unreadable

AT_ONCE = 1000
AT_ONCE_CHARS = 8 * 1024 * 1024
BEAT_EVERY = 50

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


def nothing() -> None:
    """Tell nobody that it goes on."""


def in_batches(export: Export, beat: Callable[[], None] = nothing) -> Iterator[Batch]:
    """Every row of `export`, in its order; the same file gives the same batches.

    beat: called every few rows. Raises what its `rows` raise.
    """
    rows, unreadable, skipped = list[Held](), list[Unreadable](), list[Skipped]()
    encode = msgspec.json.Encoder().encode
    chars = count = 0
    for row in export.rows():
        count += 1
        if count % BEAT_EVERY == 0:
            beat()
        if isinstance(row, Unreadable):
            unreadable.append(row)
        elif isinstance(row, Skipped):
            skipped.append(row)
        else:
            thing = row.thing
            text = encode(thing.data).decode()
            chars += len(text)
            rows.append(
                (row.line, thing.id, thing.type, thing.name, thing.time, thing.source, text)
            )
        if count == AT_ONCE or chars > AT_ONCE_CHARS:
            yield Batch(rows, unreadable, skipped)
            rows, unreadable, skipped = [], [], []
            chars = count = 0
    if rows or unreadable or skipped:
        yield Batch(rows, unreadable, skipped)


def _data(text: str) -> dict[str, object]:
    return msgspec.json.decode(text, type=dict[str, object])
