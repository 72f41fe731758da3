"""Routines: what comes on the same day of the week again and again.

The rule: six times and more, in at least a quarter of the weeks between the first and the last
time, and six of ten times on one weekday.
"""

# ruff: noqa: PLR2004 - how regular is regular is said in figures where it is decided

import datetime
from collections.abc import Iterable

import msgspec

from firsthand.vault.sense.sums import Name

TIMES_MIN = 6
SHARE_MIN = 0.6
WEEKS_MIN = 0.25
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRESH_DAYS_MAX = 120
VERBS = {
    ("money", "out"): "You pay at {name}", ("taste", "watch"): "You watch {name}",
    ("taste", "listen"): "You listen to {name}", ("places", "visit"): "You are at {name}",
    ("people", "event"): "You meet {name}", ("people", "message"): "You write with {name}",
    ("moves", "sport"): "You do sport: {name}",
}  # fmt: skip


class Routine(msgspec.Struct, frozen=True, kw_only=True):
    """One habit: whose or what, on which weekday (0 is Monday), how often and since when."""

    name: Name
    weekday: int
    times: int
    of: int

    @property
    def says(self) -> str:
        """The habit in a sentence."""
        said = VERBS[self.name.sense, self.name.part].format(name=self.name.name)
        return f"{said} on {WEEKDAYS[self.weekday]}s"


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
    total, most = sum(days), max(days)
    weeks = (_date(name.last) - _date(name.first)).days // 7 + 1
    fits = most >= TIMES_MIN and most >= SHARE_MIN * total and most >= WEEKS_MIN * weeks
    if not fits or weeks < TIMES_MIN or (today - _date(name.last)).days > FRESH_DAYS_MAX:
        return None
    return Routine(name=name, weekday=days.index(most), times=most, of=total)


def _date(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day[:10])
