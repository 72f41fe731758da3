"""Rows of one kind of thing, as figures in columns: what findings of every kind are made of.

A million things must fit beside an import: of each an id of 16 bytes, a moment, two names that are
held once and two figures are kept, and never the thing.
"""

import datetime
from array import array
from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

ID_BYTES = 16
NAMES_MAX = 100_000
NAME_CHARS_MAX = 200
NO_TIME = -1
NO_FIGURE = -(1 << 62)
DAY_S = 86_400
_MINUTES = {f"{at // 60:02}:{at % 60:02}": at * 60 for at in range(24 * 60)}
_SECONDS = {f"{at:02}": at for at in range(60)}


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: its place among the rows, its moment, its two names and its two figures."""

    place: int
    at: int
    who: str
    what: str
    figure: int
    other: int


class Rows:
    """The rows of one kind, in the order they came; `each` has them oldest first.

    Names beyond the first `NAMES_MAX` different ones are not told apart, and become "".
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._ids = bytearray()
        self._odd: dict[int, str] = {}
        self._at = array("q")
        self._who, self._what = array("i"), array("i")
        self._figure, self._other = array("q"), array("q")
        self._names, self._known = [""], {"": 0}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._at)

    def bare(self, id: str, at: int) -> None:
        """Keep a row of a kind that has neither names nor figures."""
        self._at.append(at)
        try:
            raw = bytes.fromhex(id)
        except ValueError:
            raw = b""
        if len(raw) != ID_BYTES or raw.hex() != id:
            self._odd[len(self._at) - 1] = id
            raw = bytes(ID_BYTES)
        self._ids += raw

    def add(self, id: str, at: int, who: str, what: str, figure: int, other: int) -> None:
        """Keep a row. Of one kind every row comes by `add`, or every one by `bare`."""
        self.bare(id, at)
        known = self._known
        self._who.append(known[who] if who in known else self._name(who))
        self._what.append(known[what] if what in known else self._name(what))
        self._figure.append(figure)
        self._other.append(other)

    def each(self) -> Iterator[Row]:
        """Every row, the oldest first; those without a time stand before all others."""
        names, full = self._names, bool(self._who)
        for place in sorted(range(len(self._at)), key=self._at.__getitem__):
            at = self._at[place]
            if full:
                yield Row(place, at, names[self._who[place]], names[self._what[place]],
                          self._figure[place], self._other[place])  # fmt: skip
            else:
                yield Row(place, at, "", "", NO_FIGURE, 0)

    def id_of(self, row: Row) -> str:
        """The id of the thing that a row is of."""
        odd = self._odd.get(row.place)
        if odd is not None:
            return odd
        return self._ids[row.place * ID_BYTES : (row.place + 1) * ID_BYTES].hex()

    def _name(self, name: str) -> int:
        name = name[:NAME_CHARS_MAX]
        place = self._known.get(name)
        if place is None:
            if len(self._names) >= NAMES_MAX:
                return 0
            place = self._known[name] = len(self._names)
            self._names.append(name)
        return place


def moment_of(time: object) -> int:
    """A time as one number that is in order: twice its seconds, and one more where it is in UTC.

    `NO_TIME` for what is no time. A day alone is its beginning.
    """
    if not isinstance(time, str):
        return NO_TIME
    day = _day(time[:10])
    if day < 0:
        return NO_TIME
    seconds = _MINUTES.get(time[11:16], 0) + _SECONDS.get(time[17:19], 0)
    return (day * DAY_S + seconds) * 2 + (time[-1] == "Z")


class Clock:
    """Says of a moment which day and hour it was on the person's own clock."""

    def __init__(self, zone: str = "UTC") -> None:
        """`zone` is a name of the IANA data base."""
        self.zone = zone
        self._zone = None if zone == "UTC" else ZoneInfo(zone)
        self._ahead: dict[int, int] = {}

    def seconds(self, at: int) -> int:
        """The seconds of a moment on this clock, from the first day that there is."""
        seconds = at >> 1
        if self._zone is None or not at & 1:
            return seconds
        hour = seconds // 3600
        if hour not in self._ahead:
            self._ahead[hour] = _ahead(hour, self._zone)
        return seconds + self._ahead[hour]

    def day(self, at: int) -> datetime.date:
        """The day of a moment."""
        return date_of(self.seconds(at) // DAY_S)


@lru_cache(maxsize=1 << 14)
def date_of(ordinal: int) -> datetime.date:
    """The day of so many days, as `datetime.date.toordinal` counts them."""
    return datetime.date.fromordinal(min(max(ordinal, 1), datetime.date.max.toordinal()))


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> int:
    try:
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError:
        return -1


def _ahead(hour: int, zone: ZoneInfo) -> int:
    day = date_of(hour // 24)
    at = datetime.datetime.combine(day, datetime.time(hour % 24), datetime.UTC)
    try:
        ahead = at.astimezone(zone).utcoffset()
    except OverflowError:  # the first or the last day that there is
        return 0
    return 0 if ahead is None else int(ahead.total_seconds())
