"""How what a person gave is kept beside the journal: packed, many things in one row.

A row holds columns: what lists, counts and orders need of each thing. The things themselves stay
where they were signed, in the journal, and are fetched and decoded when somebody looks at them. So
a row costs the writer about as much as one thing did, and what came in many small batches at about
the same time shares one.
"""

import bisect
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple, Protocol, TypeVar

import msgspec

ROW_BYTES_MAX = 1 << 19
JOINED_BYTES_MAX = 1 << 18  # of the bodies that share a row, whose columns are smaller than they
# Taking one text apart is several times as quick as decoding a list of texts.
_BETWEEN = "\x7f"
COLUMNS = ("kinds", "times", "sources", "names", "subjects")


class _Series(msgspec.Struct, gc=False):
    name: str = ""


class _Node(msgspec.Struct, gc=False):
    name: str = ""
    part_of_series: _Series | None = msgspec.field(name="partOfSeries", default=None)


class Data(msgspec.Struct, kw_only=True, gc=False):
    """What columns are made from: every field of a thing that can be given, nodes by their names.

    Nothing is checked again that the intake has checked.
    """

    kind: str = msgspec.field(name="@type")
    name: str
    start_time: str | None = msgspec.field(name="startTime", default=None)
    time_precision: str | None = msgspec.field(name="timePrecision", default=None)
    is_based_on: str = msgspec.field(name="isBasedOn")
    object: _Node | None = None
    duration: str | None = None
    recipient: _Node | None = None
    sender: _Node | None = None
    price: str | None = None
    price_currency: str | None = msgspec.field(name="priceCurrency", default=None)


class Signal(msgspec.Struct, gc=False):
    """One thing that was given, as far as columns are made from it."""

    id: str
    data: Data


_SIGNALS = msgspec.json.Decoder(list[Signal])
_ENCODE = msgspec.json.Encoder().encode
_FIELDS = tuple(
    (attrgetter(attribute), field)
    for attribute, field in zip(Data.__struct_fields__, Data.__struct_encode_fields__, strict=True)
)


class Batch(Protocol):
    """What of a batch is packed; its agreement and purpose hold for all that is in it."""

    @property
    def position(self) -> int:
        """Its place in the journal."""
        ...

    @property
    def agreement(self) -> str:
        """The id of the terms it came under."""
        ...

    @property
    def purpose(self) -> str:
        """What it was given for."""
        ...

    @property
    def received_ms(self) -> int:
        """When it came, in milliseconds since 1970."""
        ...

    @property
    def body(self) -> bytes:
        """The signals, as they were signed."""
        ...


B = TypeVar("B", bound=Batch)


class UnableToPack(ValueError):
    """One thing alone is larger than a row. The intake lets no such thing in."""


class Part(NamedTuple):
    """``things`` things of one batch, from its place ``start`` on.

    The batch stands ``back`` places before the newest one of the row, and came at ``given_ms``
    (milliseconds since 1970).
    """

    back: int
    start: int
    things: int
    given_ms: int


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row: ``count`` things of one agreement and purpose, as columns in JSON.

    ``parts`` are the batches that they came in, in the order of the journal. ``fields`` names what
    is in their data, as ``kind/field``. A column of which all entries are the same has one entry. A
    time is empty where there is none, and so is a subject that is the name.
    """

    agreement: str
    purpose: str
    parts: list[Part]
    count: int
    fields: list[str]
    ids: msgspec.Raw
    kinds: msgspec.Raw
    times: msgspec.Raw
    sources: msgspec.Raw
    names: msgspec.Raw
    subjects: msgspec.Raw


_ROW = msgspec.json.Decoder(Packed)
_COLUMN = msgspec.json.Decoder(str | list[str])


def signals_of(batch: Batch) -> list[Signal]:
    """What columns are made from; raises ``msgspec.DecodeError`` for what no intake has let in."""
    return _SIGNALS.decode(batch.body)


def joined(
    batches: Iterable[tuple[B, Sequence[Signal]]],
) -> Iterator[list[tuple[B, Sequence[Signal]]]]:
    """Part batches of one person into those that share a row, by the order of the newest of each.

    They come in the order of the journal. Of one purpose each group is later than the one before,
    so that what was given twice is told apart by the order of the rows.
    """
    open_ones: dict[str, list[tuple[B, Sequence[Signal]]]] = {}
    sizes: dict[str, int] = {}
    for each in batches:
        batch = each[0]
        group = open_ones.get(batch.purpose)
        size = sizes.get(batch.purpose, 0) + len(batch.body)
        if group is None or group[0][0].agreement != batch.agreement or size > JOINED_BYTES_MAX:
            if group:
                yield group
            open_ones[batch.purpose] = group = []
            size = len(batch.body)
        sizes[batch.purpose] = size
        group.append(each)
    yield from open_ones.values()


def rows_of(batches: Sequence[tuple[Batch, Sequence[Signal]]]) -> list[tuple[str, bytes]]:
    """The rows of a group of batches as (key, value): one, or several where one batch is large.

    Raises ``UnableToPack``.
    """
    newest = batches[-1][0].position
    signals = [signal for _, each in batches for signal in each]
    parts = [
        Part(newest - batch.position, 0, len(each), batch.received_ms) for batch, each in batches
    ]
    if not signals:
        return []
    last = batches[-1][0]
    value = packed(last.agreement, last.purpose, parts, signals)
    if len(value) <= ROW_BYTES_MAX:
        return [(_key(newest, 0), value)]
    return [row for batch, each in batches for row in _rows_of_one(batch, each)]


def _rows_of_one(batch: Batch, signals: Sequence[Signal]) -> Iterator[tuple[str, bytes]]:
    parts = [(0, len(signals))] if signals else []
    while parts:
        start, stop = parts.pop()
        part = Part(0, start, stop - start, batch.received_ms)
        value = packed(batch.agreement, batch.purpose, [part], signals[start:stop])
        if len(value) <= ROW_BYTES_MAX:
            yield _key(batch.position, start), value
            continue
        if stop - start == 1:
            raise UnableToPack(f"{len(value)} bytes; {ROW_BYTES_MAX} fit")
        middle = (start + stop) // 2
        parts += [(start, middle), (middle, stop)]


def _key(position: int, start: int) -> str:
    return f"{position:015d}.{start:04d}"


def unpacked(value: bytes) -> Packed:
    """A row as it was packed."""
    return _ROW.decode(value)


def position_of(key: str) -> int:
    """The position of the newest batch that is in a row with this key."""
    return int(key.partition(".")[0])


def ids_of(row: Packed) -> list[str]:
    """The ids of the things in a row."""
    return column(row, "ids")


def column(row: Packed, name: str) -> list[str]:
    """One column of a row, with an entry for each of its things."""
    found: str | list[str] = _COLUMN.decode(getattr(row, name))
    if isinstance(found, str):
        return found.split(_BETWEEN)
    return found * row.count if len(found) == 1 else found


def _short(entries: list[str]) -> str | list[str]:
    """A column as it is written: one entry for all that are the same, or one text for all."""
    if entries.count(entries[0]) == len(entries):
        return entries[:1]
    joined = _BETWEEN.join(entries)
    return joined if joined.count(_BETWEEN) == len(entries) - 1 else entries


def _subject(data: Data) -> str:
    """What a thing is about: the series of an episode, or whom a payment went to; or nothing."""
    for node in (data.object, data.recipient, data.sender):
        if node is not None:
            series = node.part_of_series
            name = node.name if series is None else series.name
            if name:
                return "" if name == data.name else name
    return ""


def packed(agreement: str, purpose: str, parts: Sequence[Part], signals: Sequence[Signal]) -> bytes:
    """A row of these signals, which came in these parts."""
    given = [signal.data for signal in signals]
    kinds = [one.kind for one in given]
    columns = (
        [signal.id for signal in signals],
        kinds,
        [one.start_time or "" for one in given],
        [one.is_based_on for one in given],
        [one.name for one in given],
        [_subject(one) for one in given],
    )
    fields = _fields(kinds, given)
    head = (agreement, purpose, parts, len(signals), fields)
    return _ENCODE((*head, *map(_short, columns)))


def _fields(kinds: Sequence[str], given: Sequence[Data]) -> list[str]:
    found = []
    for kind in sorted(set(kinds)):
        of_kind = given if kinds.count(kind) == len(kinds) else [g for g in given if g.kind == kind]
        for get, field in _FIELDS:
            if list(map(get, of_kind)).count(None) != len(of_kind):
                found.append(f"{kind}/{field}")
    return found


class Holding:
    """What one person gave for one purpose, each thing once, still packed. It never changes.

    ``rows`` are (position of the newest batch, row), the newest first: of a thing that was given
    twice, the one that came last stands. Things are named by their place, from 0.
    """

    def __init__(self, rows: Iterable[tuple[int, Packed]]) -> None:
        seen: set[str] = set()
        self.ids: list[str] = []
        self._rows: list[tuple[int, Packed]] = []
        self._ends: list[int] = []
        # For each row the places in it that were not given again later; None: all of them.
        self._standing: list[list[int] | None] = []
        for position, row in rows:
            ids = ids_of(row)
            standing = None
            if not seen.isdisjoint(ids) or len(set(ids)) != len(ids):
                last = {one: place for place, one in enumerate(ids) if one not in seen}
                standing = sorted(last.values())
                ids = [ids[place] for place in standing]
            if ids:
                seen.update(ids)
                self.ids += ids
                self._rows.append((position, row))
                self._standing.append(standing)
                self._ends.append(len(self.ids))
        self._columns: dict[str, list[str]] = {}
        self._part_ends: dict[int, list[int]] = {}  # where the batches in a row end, once asked

    def __len__(self) -> int:
        """How many things."""
        return len(self.ids)

    def column(self, name: str) -> list[str]:
        """One of ``COLUMNS``, an entry for each thing."""
        found = self._columns.get(name)
        if found is None:
            found = []
            for (_, row), standing in zip(self._rows, self._standing, strict=True):
                entries = column(row, name)
                found += entries if standing is None else [entries[place] for place in standing]
            if name == "subjects":
                found = [one or own for one, own in zip(found, self.column("names"), strict=True)]
            self._columns[name] = found
        return found

    def of_kind(self, kind: str) -> Sequence[int]:
        """Where the things of one kind are."""
        kinds = self.column("kinds")
        if kinds.count(kind) == len(kinds):
            return range(len(kinds))
        return [place for place, one in enumerate(kinds) if one == kind]

    def places(self, ids: Collection[str]) -> list[int]:
        """Where those of these things are that are here."""
        wanted = frozenset(ids)
        return [place for place, one in enumerate(self.ids) if one in wanted] if wanted else []

    def behind(self, places: Sequence[int]) -> tuple[list[str], int]:
        """The agreements under which these things came, and when the last one did (ms, 1970)."""
        at = sorted({bisect.bisect_right(self._ends, place) for place in places})
        agreements = sorted({self._rows[one][1].agreement for one in at})
        if not at:
            return agreements, 0
        newest = [place for place in places if place < self._ends[at[0]]]
        return agreements, max(self._part(place)[0].given_ms for place in newest)

    def batches(self, places: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """By the position of the batch: these places, and where in the batch each of them is."""
        found: dict[int, list[tuple[int, int]]] = {}
        for place in places:
            _, position, inside = self._part(place)
            found.setdefault(position, []).append((place, inside))
        return found

    def _part(self, place: int) -> tuple[Part, int, int]:
        """Which part of its row a thing is in, the position of that batch, its place in there."""
        at = bisect.bisect_right(self._ends, place)
        inside = place - (self._ends[at - 1] if at else 0)
        (position, row), standing = self._rows[at], self._standing[at]
        if standing is not None:
            inside = standing[inside]
        parts = row.parts
        if len(parts) == 1:
            part = parts[0]
        else:
            ends = self._part_ends.get(at)
            if ends is None:
                ends = self._part_ends[at] = list(accumulate(part.things for part in parts))
            which = bisect.bisect_right(ends, inside)
            part = parts[which]
            inside -= ends[which - 1] if which else 0
        return part, position - part.back, part.start + inside

    def shares(self) -> dict[str, tuple[list[str], int]]:
        """By agreement: which fields of which kinds there are, and how many things."""
        found: dict[str, tuple[set[str], int]] = {}
        start = 0
        for (_, row), end in zip(self._rows, self._ends, strict=True):
            fields, count = found.get(row.agreement, (set(), 0))
            found[row.agreement] = fields | set(row.fields), count + end - start
            start = end
        return {one: (sorted(fields), count) for one, (fields, count) in sorted(found.items())}

    def newest(self, start: int, stop: int) -> list[int]:
        """The places of the things from ``start`` to ``stop``, as they come, the newest first."""
        times, names, ids = self.column("times"), self.column("names"), self.ids
        if stop >= len(ids) // 2:
            keys = sorted(zip(times, names, ids, itertools.count()), reverse=True)
        else:
            keys = _largest(stop, times, names, ids)
        return [key[3] for key in keys[start:stop]]


def _largest(
    count: int, times: Sequence[str], names: Sequence[str], ids: Sequence[str]
) -> list[tuple[str, str, str, int]]:
    """The ``count`` largest of (time, name, id, place), the largest first."""
    bound = sorted(times, reverse=True)[count - 1] if count else ""
    near = [place for place, time in enumerate(times) if time >= bound]
    keys = [(times[place], names[place], ids[place], place) for place in near]
    return sorted(keys, reverse=True)[:count]
