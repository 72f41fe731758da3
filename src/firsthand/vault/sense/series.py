"""Series: on which days of the week an appointment comes by its own rule (RFC 5545, 3.3.10).

Read are rules of days and of weeks. What comes by months or years is on no day of the week.
"""

import datetime

import msgspec

DAYS = {day: number for number, day in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
NOT_BY_WEEKS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
DIGITS_MAX = 6


class Weekly(msgspec.Struct, frozen=True, kw_only=True):
    """On which weekdays (0 is Monday), every how many weeks, from which day until which if any."""

    weekdays: tuple[int, ...]
    every: int
    first: datetime.date
    until: datetime.date | None = None

    def holds(self, today: datetime.date) -> bool:
        """Whether it has begun and has not ended."""
        return self.first <= today and (self.until is None or today <= self.until)


def weekly_of(rule: object, first: datetime.date) -> Weekly | None:
    """The days that a rule names for what began on a day; None where it is not by the week."""
    if not isinstance(rule, str):
        return None
    said = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    every, weekdays = _number(said.get("INTERVAL", "1")), _weekdays(said.get("BYDAY"))
    if not every or weekdays is None or any(part in said for part in NOT_BY_WEEKS):
        return None
    if said.get("FREQ") == "DAILY":
        if every % 7 == 0:
            every, weekdays = every // 7, [first.weekday()]
        elif every > 1:
            return None
        weekdays = weekdays or list(range(7))
    elif said.get("FREQ") != "WEEKLY":
        return None
    weekdays = weekdays or [first.weekday()]
    try:
        until = _until(said, first, every, weekdays)
    except (ValueError, OverflowError):
        return None
    return Weekly(weekdays=tuple(weekdays), every=every, first=first, until=until)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else 0


def _weekdays(text: str | None) -> list[int] | None:
    """The days that are named, in order; none if none are, None where one is no plain day."""
    named = text.split(",") if text else []
    return sorted({DAYS[day] for day in named}) if DAYS.keys() >= set(named) else None


def _until(
    said: dict[str, str], first: datetime.date, every: int, weekdays: list[int]
) -> datetime.date | None:
    """The last day of a series; raises `ValueError` or `OverflowError` where it cannot be told."""
    if until := said.get("UNTIL"):
        return datetime.date.fromisoformat(until[:8])
    if "COUNT" not in said:
        return None
    times = _number(said["COUNT"])
    if not times:
        raise ValueError(said["COUNT"])
    monday = first - datetime.timedelta(days=first.weekday())
    left = [day for day in weekdays if day >= first.weekday()]  # in the week that it begins in
    if times <= len(left):
        return monday + datetime.timedelta(days=left[times - 1])
    weeks, on = divmod(times - len(left) - 1, len(weekdays))
    return monday + datetime.timedelta(weeks=every * (weeks + 1), days=weekdays[on])
