"""Routines: what comes on the same days of the week again and again.

The rule: six times and more on each of these days, in at least a quarter of the weeks between the
first and the last time; and six of ten times on one weekday, eight of ten on two, or nine of ten
from Monday to Friday.
"""

# ruff: noqa: PLR2004 - how regular is regular is said in figures where it is decided

import datetime
from collections.abc import Iterable

import msgspec

from firsthand.vault.sense.sums import Name

TIMES_MIN = 6
SHARES_MIN = {1: 0.6, 2: 0.8, 5: 0.9}  # by how many weekdays
EVEN_MIN = 0.5  # the rarest of these days beside the most frequent one
WEEKS_MIN = 0.25
WORKDAYS = tuple(range(5))
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRESH_DAYS_MAX = 120
VERBS = {
    ("money", "out"): "You pay at {name}", ("taste", "watch"): "You watch {name}",
    ("taste", "listen"): "You listen to {name}", ("places", "visit"): "You are at {name}",
    ("people", "event"): "You meet {name}", ("people", "message"): "You write with {name}",
    ("moves", "sport"): "You do sport: {name}", ("events", "event"): "{name} is in your calendar",
}  # fmt: skip


class Routine(msgspec.Struct, frozen=True, kw_only=True):
    """One habit: whose or what, on which weekdays (0 is Monday), how often and since when."""

    name: Name
    weekdays: tuple[int, ...]
    times: int
    of: int

    @property
    def says(self) -> str:
        """The habit in a sentence."""
        said = VERBS[self.name.sense, self.name.part].format(name=self.name.name)
        if self.weekdays == WORKDAYS:
            return f"{said} on workdays"
        return f"{said} on " + " and ".join(f"{WEEKDAYS[day]}s" for day in self.weekdays)


def routines(names: Iterable[Name], today: datetime.date) -> list[Routine]:
    """Every habit that still holds, the most regular first."""
    found = [each for name in names if (each := routine_of(name, today)) is not None]
    return sorted(found, key=lambda each: (-each.times * each.times / each.of, each.name.who))


def routine_of(name: Name, today: datetime.date) -> Routine | None:
    """The habit that a name shows, or None; one that stopped 120 days ago is none."""
    days = name.facts.get("days")
    if (name.sense, name.part) not in VERBS or not isinstance(days, list) or len(days) != 7:
        return None
    if name.first is None or name.last is None:
        return None
    weeks = (_date(name.last) - _date(name.first)).days // 7 + 1
    if weeks < TIMES_MIN or (today - _date(name.last)).days > FRESH_DAYS_MAX:
        return None
    often = sorted(range(7), key=lambda day: -days[day])
    for on in (often[:1], often[:2], WORKDAYS):
        chosen = tuple(sorted(on))
        times = sum(days[day] for day in chosen)
        rarest = min(days[day] for day in chosen)
        regular = rarest >= TIMES_MIN and rarest >= WEEKS_MIN * weeks
        even = rarest >= EVEN_MIN * max(days)
        if regular and even and times >= SHARES_MIN[len(chosen)] * sum(days):
            return Routine(name=name, weekdays=chosen, times=times, of=sum(days))
    return None


def _date(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day[:10])
