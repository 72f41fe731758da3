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
HOURS = "{}-{:02}"


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
    """A moment on the person's own clock. `hour` is -1 where only the day is known."""

    day: str
    month: str
    weekday: int
    hour: int


Cell = tuple[str, str, str, str, str]
"""Sense, part, month, who, unit."""


class Sums:
    """Cells and tallies that grow as things are taken."""

    def __init__(self, zone: str = "UTC") -> None:
        """Moments are told by the clock of `zone`, a name of the IANA data base."""
        self.zone = zone
        self.cells: dict[Cell, list[int]] = {}
        self.tallies: dict[tuple[str, str, str], Tally] = {}
        self._zone = ZoneInfo(zone)
        self._same: dict[str, str] = {}

    def when(self, time: str | None) -> When | None:
        """The day and hour of a time; None where it has none."""
        return (
            _when(time[:13], self._zone, time[10:11] == "T" and time.endswith("Z"))
            if time
            else None
        )

    def add(
        self, sense: str, part: str, when: When | None, who: str, *, unit: str = "",
        amount: int = 0, things: int = 1,
    ) -> None:  # fmt: skip
        """Count into one cell."""
        key = (sense, part, when.month if when else "", who, unit)
        cell = self.cells.get(key)
        if cell is None:
            self.cells[key] = [things, amount]
        else:
            cell[0] += things
            cell[1] += amount

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
            day = self._same.setdefault(when.day, when.day)
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


@lru_cache(maxsize=1 << 13)
def _when(hour: str, zone: ZoneInfo, moment: bool) -> When | None:  # noqa: FBT001 - it is cached
    """The day and hour that the first 13 signs of a time name, on the clock of a zone."""
    try:
        if len(hour) == len("2024-01-03T20"):
            at = datetime.datetime.fromisoformat(f"{hour}:00")
            if moment:
                at = at.replace(tzinfo=datetime.UTC).astimezone(zone)
            day = f"{at:%Y-%m-%d}"
            return When(day=day, month=day[:7], weekday=at.weekday(), hour=at.hour)
        date = datetime.date.fromisoformat(hour[:10])
    except (ValueError, OverflowError):
        return None
    return When(day=hour[:10], month=hour[:7], weekday=date.weekday(), hour=-1)
