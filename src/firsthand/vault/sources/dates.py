"""Dates as people's exports write them, and which order of day, month and year a file uses."""

import datetime
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from firsthand.vault.sources.months import MONTHS, NO_MEANING
from firsthand.vault.sources.patterns import later

ORDERS = ("dmy", "mdy", "ymd", "ydm")
ORDER_WORDS = {"dmy": "day first", "mdy": "month first", "ymd": "year first", "ydm": "year, day"}
YEAR_MIN, YEAR_MAX = 1970, 2100
RECENT_YEAR = 2007
_BUDDHIST = 543

_TIME = later(
    r"[T\s,]*(?:um|at|à|alle|a las|kl\.?)?\s*(?P<h>\d{1,2})[:.hH](?P<m>\d{2})"
    r"(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?\s*"
    r"(?P<zone>Z|[A-Z]{2,5}|(?:UTC|GMT)?[+\-−]\d{1,2}(?::?\d{2})?)?(?:\s*[([][^)\]]*[)\]])?\s*"
)
_NUMERIC = later(
    r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,4})\s?([./\-‐‑–\s])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)\.?"
)
_CJK = later(r"(\d{2,4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_COMPACT = later(r"(\d{8}|\d{6})(?:(\d{2})(\d{2})(\d{2}))?(?:\.\d+)?(?:\[[^\]]*\])?")
_WORDS = later(r"[^\W\d_]+|\d+")


class Moment(NamedTuple):
    """What a text may mean: a date for each order that is possible, and a time of day if given.

    `clock` is (hour, minute, second); `offset_minutes` is the zone east of UTC, None if not given.
    """

    dates: dict[str, datetime.date]
    clock: tuple[int, int, int] | None
    offset_minutes: int | None
    dotted: bool
    compact: bool


@lru_cache(maxsize=1 << 16)
def read(text: str) -> Moment | None:
    """Every meaning of a text as a date, or None if it has none."""
    text = text.strip().strip("'\"=").strip().replace("\u00a0", " ").replace("\u202f", " ")
    text = text.replace("\u200e", "").replace("\u200f", "")
    if not text or len(text) > 64 or not any(map(str.isdigit, text)):
        return None
    for pattern, compact in ((_NUMERIC, False), (_CJK, False)):
        if match := pattern.match(text):
            rest = _clock(text[match.end() :])
            parts = match.group(1), match.group(match.lastindex or 3)
            middle = match.group(3) if pattern is _NUMERIC else match.group(2)
            dates = _orders(parts[0], middle, parts[1]) if rest else {}
            if rest and dates:
                dotted = pattern is _NUMERIC and match.group(2) == "."
                return Moment(dates, rest[0], rest[1], dotted, compact)
    return _compact(text) or _named(text)


@lru_cache(maxsize=1 << 14)
def _clock(rest: str) -> tuple[tuple[int, int, int] | None, int | None] | None:
    """The time of day after a date: None if the rest is not a time, (None, None) if nothing."""
    if not rest.strip(" .,;"):
        return None, None
    match = _TIME.fullmatch(rest)
    if match is None:
        return None
    hour, minute, second = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return None
    return (hour, minute, min(second, 59)), _offset(match["zone"])


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone in ("Z", "UTC", "GMT"):
        return 0
    match = re.search(r"([+\-−])(\d{1,2}):?(\d{2})?$", zone)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return minutes if match[1] == "+" else -minutes


@lru_cache(maxsize=1 << 14)
def _orders(first: str, middle: str, last: str) -> dict[str, datetime.date]:
    found: dict[str, datetime.date] = {}
    options = (
        ("dmy", last, middle, first),
        ("mdy", last, first, middle),
        ("ymd", first, middle, last),
        ("ydm", first, last, middle),
    )
    for order, year, month, day in options:
        if order == "ydm" and ("ymd" in found or len(year) != 4):
            continue
        date = _date(year, month, day)
        if date is not None:
            found[order] = date
    return found


def _date(year: str, month: str, day: str) -> datetime.date | None:
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 70 else 1900
    elif YEAR_MIN + _BUDDHIST <= number <= YEAR_MAX + _BUDDHIST:
        number -= _BUDDHIST
    if not YEAR_MIN <= number <= YEAR_MAX:
        return None
    try:
        return datetime.date(number, int(month), int(day))
    except ValueError:
        return None


def _compact(text: str) -> Moment | None:
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    digits = match[1]
    if len(digits) == 8:
        dates = {}
        options = {
            "ymd": (digits[:4], digits[4:6], digits[6:]),
            "dmy": (digits[4:], digits[2:4], digits[:2]),
            "mdy": (digits[4:], digits[:2], digits[2:4]),
        }
        for order, parts in options.items():
            if date := _date(*parts):
                dates[order] = date
    else:
        dates = _orders(digits[:2], digits[2:4], digits[4:])
    if not dates:
        return None
    clock = None
    if match[2] and int(match[2]) < 24 and int(match[3]) < 60 and int(match[4]) < 60:
        clock = (int(match[2]), int(match[3]), int(match[4]))
    elif match[2]:
        return None
    return Moment(dates, clock, None, dotted=False, compact=True)


def plain(text: str) -> str:
    """Lower case without accents, so that words compare across spellings."""
    text = text.casefold()
    if text.isascii():
        return text
    text = text.replace("ł", "l").replace("ø", "o").replace("æ", "ae").replace("đ", "d")
    text = text.replace("ı", "i")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _named(text: str) -> Moment | None:
    """A date with the month as a word, in any of the known languages."""
    rest: tuple[tuple[int, int, int] | None, int | None] | None = (None, None)
    if time := re.search(
        r"(?<!\d)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?!\d)(?:\s*[AaPp]\.?[Mm]\.?)?", text
    ):
        rest = _clock(text[time.start() :])
        text = text[: time.start()]
    words: list[str] = _WORDS.findall(plain(text))
    months = [MONTHS[word] for word in words if word in MONTHS]
    numbers = [word for word in words if word.isdigit()]
    odd = [w for w in words if not w.isdigit() and w not in MONTHS and w not in NO_MEANING]
    if rest is None or len(months) != 1 or len(numbers) != 2 or len(odd) > 1:
        return None
    if odd and (words[0] != odd[0] or not re.match(r"\s*[^\W\d_]+[.,\s]", text)):
        return None
    day, year = numbers
    if len(day) == 4:
        day, year = year, day
    date = _date(year, str(months[0]), day)
    if date is None:
        return None
    return Moment(dict.fromkeys(ORDERS, date), rest[0], rest[1], dotted=False, compact=False)


class OrderEvidence:
    """Collects a column of dates, in the file's order, to decide how it writes them."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.seen = 0
        self.example: str | None = None
        self._dotted = True
        self._valid = dict.fromkeys(ORDERS, 0)
        self._up = dict.fromkeys(ORDERS, 0)
        self._down = dict.fromkeys(ORDERS, 0)
        self._last: dict[str, datetime.date] = {}
        self._meanings: dict[str, datetime.date] | None = None
        self._low: dict[str, datetime.date] = {}
        self._high: dict[str, datetime.date] = {}

    def observe(self, text: str) -> None:
        """Take in the next date of the column."""
        moment = read(text)
        if moment is None:
            return
        self.seen += 1
        self._dotted = self._dotted and moment.dotted
        if moment.dates is self._meanings:  # the same day again, as most rows have
            for order in moment.dates:
                self._valid[order] += 1
            return
        self._meanings = moment.dates
        if self.example is None and len(set(moment.dates.values())) > 1:
            self.example = text.strip()
        for order, date in moment.dates.items():
            self._valid[order] += 1
            last = self._last.get(order)
            if last is None:
                self._low[order] = self._high[order] = date
            elif date > last:
                self._up[order] += 1
                self._high[order] = max(self._high[order], date)
            elif date < last:
                self._down[order] += 1
                self._low[order] = min(self._low[order], date)
            self._last[order] = date

    def only(self) -> str | None:
        """The one order that all values allow which any order allows; None if several do."""
        most = max(self._valid.values())
        left = [order for order in ORDERS if self._valid[order] == most]
        return left[0] if len(left) == 1 else None

    def runs(self, order: str) -> int:
        """1 if the column runs upwards when read in this order, -1 downwards, 0 neither."""
        up, down = self._up[order], self._down[order]
        return (up > 0 and down <= 0.1 * up) - (down > 0 and up <= 0.1 * down)

    def decide(self, *, newest_first: bool, day_first: bool) -> list[str]:
        """The orders that are left, likeliest first: one if decided, more if only a person knows.

        The reading that most values allow stands. Then the order of the file: a reading in which
        it runs one way, if only one does (`newest_first`: downwards is the expected way). Then
        what is never written otherwise: dots have the day first, and so has a file whose column
        names are in a language that never writes the month first (`day_first`).
        """
        most = max(self._valid.values())
        left = [order for order in ORDERS if self._valid[order] == most]
        if most == 0:
            return ["dmy"]
        if self.example is None:
            return left[:1]
        left = self._recent(self._shortest(left))
        if len(left) > 1:
            left = self._one_way(left, newest_first=newest_first)
        if len(left) > 1 and (self._dotted or day_first):
            left = [order for order in left if order not in ("mdy", "ymd")] or left
        return left

    def _recent(self, left: list[str]) -> list[str]:
        """No such export is as old as a year taken for a day, or a day for a year, may make it."""
        recent = [order for order in left if self._high[order].year >= RECENT_YEAR]
        return recent or left

    def _shortest(self, left: list[str]) -> list[str]:
        """Taking days for years spreads a file over decades: drop such readings."""
        spans = {order: (self._high[order] - self._low[order]).days for order in left}
        shortest = min(spans.values())
        return [order for order in left if spans[order] <= 3 * shortest + 400]

    def _one_way(self, left: list[str], *, newest_first: bool) -> list[str]:
        down = [o for o in left if self._up[o] == 0 and self._down[o] > 0]
        up = [o for o in left if self._down[o] == 0 and self._up[o] > 0]
        if newest_first and len(down) == 1:
            return down
        either = down + up
        if len(either) == 1 and not (newest_first and down):
            return either
        return left
