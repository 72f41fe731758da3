"""Words and pictures that findings of every kind are told with."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from firsthand.vault.sense.recurring_findings import day, money

MONTHS_SHOWN_MAX = 24
YEAR_MONTHS = 12
TOP_MAX = 10
MINUTE, HOUR = 60, 3600
YEAR_DAYS = 365
SHORT_YEAR = " \N{RIGHT SINGLE QUOTATION MARK}"
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def many(count: int, one: str, more: str = "") -> str:
    """A count with its word: "1 book", "1,204 books"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def long(seconds: int) -> str:
    """How long, in the unit that fits: "212 hours", "41 minutes", "12 seconds"."""
    if seconds >= 2 * HOUR:
        return many(round(seconds / HOUR), "hour")
    if seconds >= 2 * MINUTE:
        return many(round(seconds / MINUTE), "minute")
    return many(seconds, "second")


def clock(seconds: int) -> str:
    """A length of hours and minutes: "6 h 52 min"."""
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004


def far(metres: int) -> str:
    """How far: "1,023 km", "5.2 km"."""
    km = metres / 1000
    return f"{km:,.0f} km" if km >= 100 else f"{km:,.1f} km"  # noqa: PLR2004


def amount(milli: int, currency: str) -> str:
    """An amount of thousandths: "€8,123.50"."""
    return money(Decimal(milli) / 1000, currency or None)


def hours(seconds: int) -> float:
    """Seconds as hours, to one decimal."""
    return round(seconds / HOUR, 1)


def percent(part: float, whole: float) -> int:
    """How many of a hundred."""
    return round(100 * part / whole) if whole else 0


def listed(names: Sequence[str]) -> str:
    """Names in a row: "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def span(first: datetime.date, last: datetime.date) -> str:
    """From when to when: "from 3 January 2024 to 5 May 2026", "on 3 January 2024"."""
    return f"on {day(first)}" if first == last else f"from {day(first)} to {day(last)}"


def over_time(amounts: Mapping[datetime.date, float]) -> list[tuple[str, float]]:
    """Amounts by day as bars: months up to one year of them, quarters up to two, or years.

    Those between in which there is nothing are there, with nothing.
    """
    months = _months(amounts)
    sums: dict[str, float] = defaultdict(float)
    for (year, month), much in months:
        sums[bar_of(year, month, len(months))] += much
    return [(label, round(much, 2)) for label, much in sums.items()]


def bar_of(year: int, month: int, months: int) -> str:
    """What the bar that a month is in is called, where there are so many months in all."""
    if months <= YEAR_MONTHS:
        return _SHORT[month - 1]
    if months <= MONTHS_SHOWN_MAX:
        return f"Q{(month + 2) // 3}{SHORT_YEAR}{year % 100:02}"
    return str(year)


def months_of(first: datetime.date, last: datetime.date) -> int:
    """How many months there are from the one day to the other, with both of theirs."""
    return (last.year - first.year) * YEAR_MONTHS + last.month - first.month + 1


def most_of(amounts: Mapping[datetime.date, float]) -> tuple[str, float]:
    """The month with the most, or of more than two years the year, and how much it has."""
    months = _months(amounts)
    if len(months) > MONTHS_SHOWN_MAX:
        return max(over_time(amounts), key=lambda bar: bar[1])
    (year, month), much = max(months, key=lambda held: held[1])
    return day(datetime.date(year, month, 1)).partition(" ")[2], much


def _months(amounts: Mapping[datetime.date, float]) -> list[tuple[tuple[int, int], float]]:
    """Amounts by year and month, from the first to the last month of them."""
    if not amounts:
        return []
    sums: dict[tuple[int, int], float] = defaultdict(float)
    first, last = min(amounts), max(amounts)
    for date, each in amounts.items():
        sums[date.year, date.month] += each
    begun = first.year * YEAR_MONTHS + first.month - 1
    spots = [divmod(begun + at, YEAR_MONTHS) for at in range(months_of(first, last))]
    return [((year, at + 1), sums[year, at + 1]) for year, at in spots]


def top(amounts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Names by how much they have, the most first; of those with as much by name."""
    return sorted(amounts.items(), key=lambda item: (-item[1], item[0]))


def mean(values: Iterable[int]) -> float:
    """The mean; 0 of nothing."""
    held = list(values)
    return sum(held) / len(held) if held else 0.0
