"""Routines: what comes on the same days of the week again and again.

The rule: six times and more on each of these days, in at least a quarter of the weeks between the
first and the last time; and six of ten times on one weekday, eight of ten on two, or nine of ten
from Monday to Friday. What a calendar has with a rule of its own for days of the week, and what has
not ended by it, is a routine by that rule.
"""

# ruff: noqa: PLR2004 - how regular is regular is said in figures where it is decided

import datetime
from collections.abc import Iterable

import msgspec

from firsthand.foundation.web.words import listed
from firsthand.vault.sense.series import Weekly
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
    series: Weekly | None = None  # the rule that a calendar has of it

    @property
    def says(self) -> str:
        """The habit in a sentence."""
        said = VERBS[self.name.sense, self.name.part].format(name=self.name.name)
        every = self.series.every if self.series else 1
        if every > 1:
            said += " every second week" if every == 2 else f" every {every} weeks"
        return f"{said} {_on(self.weekdays)}"

    @property
    def weight(self) -> float:
        """How much it stands out: how often it came, less what came on other days."""
        return self.times * self.times / self.of


def routines(names: Iterable[Name], today: datetime.date) -> list[Routine]:
    """Every habit that still holds, the most regular first."""
    found = [each for name in names if (each := routine_of(name, today)) is not None]
    return sorted(found, key=lambda each: (-each.weight, each.name.who))


def routine_of(name: Name, today: datetime.date) -> Routine | None:
    """The habit that a name shows, or None; one that stopped 120 days ago is none."""
    days = name.facts.get("days")
    if (name.sense, name.part) not in VERBS or not isinstance(days, list) or len(days) != 7:
        return None
    if (series := _standing(name, today)) is not None:
        return _by_rule(name, series, today)
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


def _standing(name: Name, today: datetime.date) -> Weekly | None:
    """The series of a name that began last of those that hold; None if none does."""
    held = msgspec.convert(name.facts.get("weekly", []), list[Weekly])
    return max(
        (series for series in held if series.holds(today)),
        key=lambda series: series.first,
        default=None,
    )


def _by_rule(name: Name, series: Weekly, today: datetime.date) -> Routine:
    weeks = (today - series.first).days // (7 * series.every) + 1
    times = weeks * len(series.weekdays)
    return Routine(name=name, weekdays=series.weekdays, times=times, of=times, series=series)


def _on(weekdays: tuple[int, ...]) -> str:
    if weekdays == WORKDAYS:
        return "on workdays"
    if len(weekdays) == 7:
        return "on every day of the week"
    return f"on {listed([f'{WEEKDAYS[day]}s' for day in weekdays])}"


def _date(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day[:10])
