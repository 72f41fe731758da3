"""Taste: what somebody likes and does not, by what they did with it, across services.

The rule, in one sentence for each side. Liked is what was rated four of five and more, was liked
there, or was come back to: five pieces or three hours of a series, thirty plays or two hours of an
artist on three days and more, two books of an author. Not liked is what was rated two of five and
less, was disliked there, was broken off more often than not, or of a series was left after two
pieces while others were watched. What the person says stands above all of it.
"""

# ruff: noqa: PLR2004 - how often is often is said in figures where it is decided

import datetime
from collections.abc import Mapping

import msgspec

from firsthand.vault.sense.sums import Name

LIKED, NOT_LIKED = 80, 40
SHORT_MIN = 5
LEFT_DAYS_MIN = 60
VERBS = {"watch": "watched", "listen": "heard", "read": "read"}
HOUR = 3600


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`like`, `dislike`, `out` or nothing, and why, as a person would say it."""

    taste: str
    why: str
    own: bool = False


def verdict(name: Name, said: Mapping[str, str], today: datetime.date) -> Verdict:
    """What the rules, or the person, say of one name. said: by `PART:WHO`."""
    own = said.get(f"{name.part}:{name.who}")
    if own is not None:
        return Verdict(taste=own, why="You said so", own=True)
    rated, liked = _int(name, "rated"), _int(name, "liked")
    if rated >= LIKED or (liked > 0 and not rated):
        return Verdict(taste="like", why=_rated(rated) or "You liked it there")
    if 0 < rated <= NOT_LIKED or liked < 0:
        return Verdict(taste="dislike", why=_rated(rated) or "You disliked it there")
    if name.things >= SHORT_MIN and 2 * _int(name, "short") > name.things:
        return Verdict(taste="dislike", why=f"Skipped {_int(name, 'short')} of {name.things} times")
    if _came_back(name):
        return Verdict(taste="like", why=_why(name))
    if _left(name, today):
        return Verdict(taste="dislike", why=f"Left after {_times(name.things, 'piece')}")
    return Verdict(taste="", why=_why(name))


def went_on_until(last: str | None, today: datetime.date) -> datetime.date:
    """The day by which it is judged what was left: no later than what was watched is known.

    A file that is old says nothing of what was watched since. last: the newest day of watching.
    """
    return min(today, datetime.date.fromisoformat(last)) if last else today


def _came_back(name: Name) -> bool:
    titles, again = _int(name, "titles"), _int(name, "again")
    match name.part:
        case "watch":
            return titles >= 5 or name.amount >= 3 * HOUR or (again >= 1 and titles == 1)
        case "listen":
            return _days(name) >= 3 and (name.things >= 30 or name.amount >= 2 * HOUR)
        case _:
            return titles >= 2


def _left(name: Name, today: datetime.date) -> bool:
    if name.part != "watch" or not name.last or not name.facts.get("series"):
        return False
    idle = (today - datetime.date.fromisoformat(name.last)).days
    return _int(name, "titles") <= 2 and idle >= LEFT_DAYS_MIN


def _days(name: Name) -> int:
    """How many different days at least: of the first and last, and of the weekdays between."""
    days = name.facts.get("days")
    weekdays = sum(1 for count in days if count) if isinstance(days, list) else 0
    return max(weekdays, 1 if name.first == name.last else 2)


def _why(name: Name) -> str:
    verb = VERBS.get(name.part, "seen")
    if name.amount >= HOUR:
        return f"{round(name.amount / HOUR):,} h {verb}, {_times(name.things, 'time')}"
    return f"{verb.capitalize()} {_times(name.things, 'time')}"


def _rated(rated: int) -> str:
    return f"You gave it {rated / 20:.1f} of 5".replace(".0 ", " ") if rated else ""


def _times(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _int(name: Name, fact: str) -> int:
    value = name.facts.get(fact)
    return value if isinstance(value, int) else 0
