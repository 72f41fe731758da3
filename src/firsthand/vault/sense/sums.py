"""Sums of whatever comes again: one cell a month for a shop, a series, a person, a place.

Everything here holds a few figures of each thing and never the thing. Amounts are whole numbers:
thousandths of a currency, seconds, metres.
"""

import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from firsthand.vault.sources.dates import plain

KEY_CHARS_MAX = 80
NAMES_MAX = 24
TITLES_MAX = 4000
WHENS_MAX = 1 << 14
HOURS = "{}-{:02}"
DAY_HOURS = range(24)


class Tally(msgspec.Struct, gc=False):
    """What is known of one name: how often, how much, when, on which days of the week.

    `days` begin with Monday. `titles` are marks of what was seen of it, `again` how often one was
    seen before. `short` is how often it was broken off. `rated` is the sum of its ratings in
    hundredths and their number. `liked` is likes less dislikes. `extra` is what one sense needs.
    """

    names: dict[str, int]
    things: int = 0
    amount: int = 0
    first: str = ""
    last: str = ""
    days: list[int] = msgspec.field(default_factory=lambda: [0] * 7)
    titles: set[int] = msgspec.field(default_factory=set)
    again: int = 0
    short: int = 0
    rated: tuple[int, int] = (0, 0)
    liked: int = 0
    wanted: int = 0
    extra: dict[str, object] = msgspec.field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that is used most; of those used alike the shortest."""
        return min(self.names, key=lambda name: (-self.names[name], len(name), name), default="")


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """A name with its tally, as rules and pages take it. `facts` are JSON values."""

    sense: str
    who: str
    part: str
    name: str
    things: int
    amount: int
    first: str | None
    last: str | None
    facts: dict[str, object]


class When(msgspec.Struct, frozen=True, gc=False):
    """A moment on the person's own clock.

    `hour` is -1 and `cell` is empty where only the day is known; `cell` is a weekday and an hour.
    """

    day: str
    month: str
    weekday: int
    hour: int
    cell: str = ""


Key = tuple[str, str, str, str, str]
"""Sense, part, month, who, unit: what a cell is known by."""


class Cell(msgspec.Struct, gc=False):
    """How many things were counted, and what they come to. There are very many of these."""

    things: int
    amount: int


class Sums:
    """Cells and tallies that grow as things are taken."""

    def __init__(self, zone: str = "UTC") -> None:
        """Moments are told by the clock of `zone`, a name of the IANA data base."""
        self.zone = zone
        self.cells: dict[Key, Cell] = {}
        self.tallies: dict[tuple[str, str, str], Tally] = {}
        self._zone = None if zone == "UTC" else ZoneInfo(zone)
        self._whens: dict[str, When | None] = {}

    def when(self, time: str | None) -> When | None:
        """The day and hour of a time; None where it has none."""
        if not time:
            return None
        hour = time[:13]
        zone = self._zone if time.endswith("Z") and time[10:11] == "T" else None
        known = f"{hour}Z" if zone else hour
        if known in self._whens:
            return self._whens[known]
        if len(self._whens) >= WHENS_MAX:
            self._whens.clear()
        when = self._whens[known] = _when(hour, zone)
        return when

    def add(
        self, sense: str, part: str, when: When | None, who: str, *, unit: str = "",
        amount: int = 0, things: int = 1,
    ) -> None:  # fmt: skip
        """Count into one cell."""
        self.count((sense, part, when.month if when else "", who, unit), things, amount)

    def count(self, key: Key, things: int = 1, amount: int = 0) -> None:
        """Count into the cell of a key."""
        cell = self.cells.get(key)
        if cell is None:
            self.cells[key] = Cell(things, amount)
        else:
            cell.things += things
            cell.amount += amount

    def tell(
        self, sense: str, part: str, who: str, name: str, when: When | None, amount: int = 0
    ) -> Tally:
        """Count one thing of a name; the tally may be told more."""
        key = (sense, who, part)
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally(names={})
        if name in tally.names or len(tally.names) < NAMES_MAX:
            tally.names[name] = tally.names.get(name, 0) + 1
        tally.things += 1
        tally.amount += amount
        if when is not None:
            day = when.day
            if not tally.first or day < tally.first:
                tally.first = day
            tally.last = max(tally.last, day)
            tally.days[when.weekday] += 1
        return tally

    def names(self, sense: str) -> list[Name]:
        """Every name of a sense, as rules take it."""
        return [_named(key, tally) for key, tally in self.tallies.items() if key[0] == sense]

    def every(self) -> list[Name]:
        """Every name."""
        return [_named(key, tally) for key, tally in self.tallies.items()]


def _named(key: tuple[str, str, str], tally: Tally) -> Name:
    sense, who, part = key
    facts: dict[str, object] = {"names": list(tally.names), "days": tally.days, **tally.extra}
    found = {
        "titles": len(tally.titles), "again": tally.again, "short": tally.short,
        "liked": tally.liked, "wanted": tally.wanted,
    }  # fmt: skip
    facts |= {fact: value for fact, value in found.items() if value}
    if tally.rated[1]:
        facts["rated"] = round(tally.rated[0] / tally.rated[1])
    return Name(
        sense=sense, who=who, part=part, name=tally.name, things=tally.things,
        amount=tally.amount, first=tally.first or None, last=tally.last or None, facts=facts,
    )  # fmt: skip


@lru_cache(maxsize=1 << 14)
def key_of(name: str) -> str:
    """What names of the same are grouped by: without accents, capitals and double spaces."""
    return " ".join(plain(name[: 4 * KEY_CHARS_MAX]).split())[:KEY_CHARS_MAX]


def _when(hour: str, zone: ZoneInfo | None) -> When | None:
    """The day and hour that the first 13 signs of a time name; in UTC where a zone is given."""
    at = -1
    if len(hour) == len("2024-01-03T20"):
        said = hour[11:]
        if not (said.isascii() and said.isdigit() and int(said) < len(DAY_HOURS)):
            return None
        at = int(said)
    day = _day(hour[:10], 0)
    if day is not None and zone is not None:
        offset = _offset(day[0], zone)
        minutes = at * 60 + (_minutes(day[0], at, zone) if offset is None else offset)
        day, at = _day(day[0], minutes // 1440), minutes % 1440 // 60
    if day is None:
        return None
    cell = HOURS.format(day[2], at) if at >= 0 else ""
    return When(day=day[0], month=day[1], weekday=day[2], hour=at, cell=cell)


@lru_cache(maxsize=1 << 14)
def _day(text: str, later: int) -> tuple[str, str, int] | None:
    """A day, or one so many days later: with its month and its weekday. None if it is no day."""
    try:
        date = datetime.date.fromisoformat(text) + datetime.timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    day = date.isoformat()
    return day, day[:7], date.weekday()


@lru_cache(maxsize=1 << 13)
def _offset(day: str, zone: ZoneInfo) -> int | None:
    """How many minutes a zone is ahead of UTC all day long; None where that changes in it."""
    first, last = (_minutes(day, hour, zone) for hour in (0, 23))
    return first if first == last else None


def _minutes(day: str, hour: int, zone: ZoneInfo) -> int:
    at = datetime.datetime.fromisoformat(day).replace(hour=hour, tzinfo=datetime.UTC)
    try:
        ahead = at.astimezone(zone).utcoffset()
    except OverflowError:  # the first or the last day that there is
        return 0
    return 0 if ahead is None else int(ahead.total_seconds()) // 60
