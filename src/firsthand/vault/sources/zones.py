"""Zones of calendars: as the file itself describes them, else by their name."""

import datetime
import zoneinfo
from typing import NamedTuple

from firsthand.vault.sources.content_lines import Content
from firsthand.vault.sources.patterns import later

_STAMP = later(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})")
_OFFSET = later(r"([+-])(\d{2})(\d{2})(\d{2})?")
_BYDAY = later(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN_WORDS = """
Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Brussels Europe/Bucharest Europe/Budapest
Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kyiv Europe/Lisbon
Europe/London Europe/Luxembourg Europe/Madrid Europe/Moscow Europe/Oslo Europe/Paris Europe/Prague
Europe/Rome Europe/Sofia Europe/Stockholm Europe/Vienna Europe/Warsaw Europe/Zurich UTC
America/New_York America/Chicago America/Denver America/Los_Angeles America/Toronto
America/Sao_Paulo America/Mexico_City America/Argentina/Buenos_Aires America/Bogota
Asia/Tokyo Asia/Shanghai Asia/Hong_Kong Asia/Singapore Asia/Kolkata Asia/Dubai Asia/Jerusalem
Asia/Seoul Australia/Sydney Pacific/Auckland Africa/Johannesburg Africa/Cairo Atlantic/Azores
"""
_WINDOWS = {
    "W. Europe Standard Time": "Europe/Berlin",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "Romance Standard Time": "Europe/Paris",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "UTC",
    "E. Europe Standard Time": "Europe/Bucharest",
    "FLE Standard Time": "Europe/Helsinki",
    "GTB Standard Time": "Europe/Athens",
    "Turkey Standard Time": "Europe/Istanbul",
    "Russian Standard Time": "Europe/Moscow",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
    "E. South America Standard Time": "America/Sao_Paulo",
    "Tokyo Standard Time": "Asia/Tokyo",
    "China Standard Time": "Asia/Shanghai",
    "India Standard Time": "Asia/Kolkata",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "UTC": "UTC",
    "GMT": "UTC",
    "Etc/UTC": "UTC",
    "Etc/GMT": "UTC",
}


def _loaded() -> dict[str, zoneinfo.ZoneInfo]:
    """The zones by name. Read when this is imported: whoever reads a file may open no other."""
    found = {}
    for name in _KNOWN_WORDS.split():
        try:
            found[name] = zoneinfo.ZoneInfo(name)
        except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
            continue
    return found


_BY_NAME = _loaded()


class _Rule(NamedTuple):
    """From when an offset holds: at `first`, and each year on one weekday of `month` if given."""

    first: datetime.datetime
    before: datetime.timedelta
    offset: datetime.timedelta
    month: int
    nth: int
    weekday: int
    until_year: int


class Zones:
    """The zones of one calendar."""

    def __init__(self) -> None:
        """None described yet."""
        self._rules: dict[str, list[_Rule]] = {}

    def describe(self, contents: list[Content]) -> None:
        """Take in one VTIMEZONE: all lines within it, those of its parts with them."""
        name = ""
        part: dict[str, str] = {}
        rules: list[_Rule] = []
        for content in contents:
            if content.name == "TZID" and not name:
                name = content.value
            elif content.name == "BEGIN":
                part = {}
            elif content.name == "END":
                rule = _rule(part)
                if rule is not None:
                    rules.append(rule)
                part = {}
            else:
                part.setdefault(content.name, content.value)
        if name and rules and len(self._rules) < 1000:
            self._rules[name] = rules[:400]

    def instant(self, local: datetime.datetime, name: str) -> datetime.datetime:
        """The moment in UTC of a local time in a zone; the local time where it is not known."""
        rules = self._rules.get(name)
        if rules:
            return (local - _offset_at(rules, local)).replace(tzinfo=datetime.UTC)
        name = name.removeprefix("/freeassociation.sourceforge.net/").strip('"')
        zone = _BY_NAME.get(_WINDOWS.get(name, name))
        if zone is None:
            return local
        return local.replace(tzinfo=zone).astimezone(datetime.UTC)


def _rule(part: dict[str, str]) -> _Rule | None:
    stamp = _STAMP.match(part.get("DTSTART", ""))
    offset = _delta(part.get("TZOFFSETTO", ""))
    if stamp is None or offset is None:
        return None
    try:
        first = datetime.datetime.fromisoformat(stamp[0])
    except ValueError:
        return None
    fields = dict(field.split("=", 1) for field in part.get("RRULE", "").split(";") if "=" in field)
    month, nth, weekday = 0, 0, 0
    by_day = _BYDAY.fullmatch(fields.get("BYDAY", ""))
    if fields.get("FREQ") == "YEARLY" and by_day is not None:
        text = fields.get("BYMONTH", "")
        month = int(text) if text.isdecimal() and 1 <= int(text) <= 12 else first.month
        nth, weekday = int(by_day[1] or 1), _DAYS.index(by_day[2])
    until = fields.get("UNTIL", "")[:4]
    return _Rule(
        first, _delta(part.get("TZOFFSETFROM", "")) or offset, offset, month, nth, weekday,
        int(until) if until.isdecimal() and len(until) == 4 else 9999,
    )  # fmt: skip


def _delta(text: str) -> datetime.timedelta | None:
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    delta = datetime.timedelta(
        hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0)
    )
    return delta if match[1] == "+" else -delta


def _offset_at(rules: list[_Rule], local: datetime.datetime) -> datetime.timedelta:
    best: tuple[datetime.datetime, datetime.timedelta] | None = None
    for rule in rules:
        for year in (local.year, local.year - 1):
            onset = _onset(rule, year)
            if onset is not None and onset <= local and (best is None or onset > best[0]):
                best = (onset, rule.offset)
    if best is not None:
        return best[1]
    return min(rules, key=lambda rule: rule.first).before


def _onset(rule: _Rule, year: int) -> datetime.datetime | None:
    if not rule.month or year <= rule.first.year or year > rule.until_year:
        return rule.first
    try:
        if rule.nth > 0:
            day = datetime.datetime(year, rule.month, 1)  # noqa: DTZ001 - a clock's time
            day += datetime.timedelta((rule.weekday - day.weekday()) % 7 + 7 * (rule.nth - 1))
        else:
            day = datetime.datetime(year + rule.month // 12, rule.month % 12 + 1, 1)  # noqa: DTZ001
            day -= datetime.timedelta(days=1)
            day -= datetime.timedelta((day.weekday() - rule.weekday) % 7 + 7 * (-rule.nth - 1))
        return day.replace(hour=rule.first.hour, minute=rule.first.minute)
    except (ValueError, OverflowError):
        return rule.first
