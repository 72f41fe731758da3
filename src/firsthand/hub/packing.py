"""How what a person gave is kept beside the journal: packed, many things in one row.

A row holds columns: what lists, counts and orders need of each thing. The things themselves stay
where they were signed, in the journal, and are fetched and decoded when somebody looks at them. So
a row costs the writer about as much as one thing did.
"""

import bisect
import itertools
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Protocol

import msgspec

ROW_BYTES_MAX = 1 << 19
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


class _Signal(msgspec.Struct, gc=False):
    id: str
    data: Data


_SIGNALS = msgspec.json.Decoder(list[_Signal])
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


class UnableToPack(ValueError):
    """One thing alone is larger than a row. The intake lets no such thing in."""


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row: ``count`` things of a batch, from its place ``start`` on, as columns in JSON.

    ``fields`` names what is in their data, as ``kind/field``. A column of which all entries are the
    same has one entry. A time is empty where there is none, and so is a subject that is the name.
    ``given_ms`` is in milliseconds since 1970.
    """

    agreement: str
    purpose: str
    given_ms: int
    start: int
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


def rows_of(batch: Batch) -> list[tuple[str, bytes]]:
    """The rows of a batch as (key, value): one, or several where it is large.

    Raises ``UnableToPack``, or ``msgspec.DecodeError`` for what no intake has let in.
    """
    signals = _SIGNALS.decode(batch.body)
    rows: list[tuple[str, bytes]] = []
    parts = [(0, len(signals))] if signals else []
    while parts:
        start, stop = parts.pop()
        value = _packed(batch, start, signals[start:stop])
        if len(value) <= ROW_BYTES_MAX:
            rows.append((f"{batch.position:015d}.{start:04d}", value))
            continue
        if stop - start == 1:
            raise UnableToPack(f"{len(value)} bytes; {ROW_BYTES_MAX} fit")
        middle = (start + stop) // 2
        parts += [(start, middle), (middle, stop)]
    return rows


def unpacked(value: bytes) -> Packed:
    """A row as it was packed."""
    return _ROW.decode(value)


def position_of(key: str) -> int:
    """The position of the batch that a row with this key is of."""
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


def _packed(batch: Batch, start: int, signals: Sequence[_Signal]) -> bytes:
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
    head = (batch.agreement, batch.purpose, batch.received_ms, start, len(signals), fields)
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

    ``rows`` are (position, row), the newest first: of a thing that was given twice, the one that
    came last stands. Things are named by their place, from 0.
    """

    def __init__(self, rows: Iterable[tuple[int, Packed]]) -> None:
        seen: set[str] = set()
        self.ids: list[str] = []
        self._rows: list[tuple[int, Packed]] = []
        self._ends: list[int] = []
        # For each row the places in it that stand; None: all of them.
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

    def behind(self, places: Sequence[int]) -> list[Packed]:
        """The rows in which these things are, each once: their agreements, and when they came."""
        at = sorted({bisect.bisect_right(self._ends, place) for place in places})
        return [self._rows[one][1] for one in at]

    def batches(self, places: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """By the position of the batch: these places, and where in the batch each of them is."""
        found: dict[int, list[tuple[int, int]]] = {}
        for place in places:
            at = bisect.bisect_right(self._ends, place)
            inside = place - (self._ends[at - 1] if at else 0)
            (position, row), standing = self._rows[at], self._standing[at]
            inside = row.start + (inside if standing is None else standing[inside])
            found.setdefault(position, []).append((place, inside))
        return found

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
