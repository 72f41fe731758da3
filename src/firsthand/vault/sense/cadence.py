"""Whether dates follow a rhythm: weeks, or months with an anchor day.

A lattice is the rhythm's due dates. A payment takes the due date it is nearest to; weekends,
holidays and short months move it by a few days. A due date may stay empty (a skipped month).
"""

import calendar
import datetime
from collections import Counter
from functools import lru_cache
from itertools import accumulate, pairwise

import msgspec

MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
DAYS = {"weekly": 7, "fortnightly": 14}
PER_YEAR = {
    "weekly": 52, "fortnightly": 26, "monthly": 12, "quarterly": 4, "half-yearly": 2, "yearly": 1
}  # fmt: skip
LENGTH_DAYS = {
    "weekly": 7.0, "fortnightly": 14.0, "monthly": 30.44, "quarterly": 91.3,
    "half-yearly": 182.6, "yearly": 365.25,
}  # fmt: skip
# How far a payment may be from its due date, at most and on average, in days.
_OFF_MAX = {
    "weekly": 2, "fortnightly": 3, "monthly": 5, "quarterly": 8, "half-yearly": 10, "yearly": 15
}  # fmt: skip
_OFF_MEAN = {
    "weekly": 1.0, "fortnightly": 1.2, "monthly": 2.6, "quarterly": 4.0, "half-yearly": 5.0,
    "yearly": 8.0,
}  # fmt: skip
_FILLED_MIN = 0.7
FEW = 6
LOOSE_MIN = 4
SKIPPED_MAX = 2
DRIFT_DAYS_MIN = 1.0
HALF_MONTH_DAYS = 12
YEAR_DAYS = range(350, 381)
YEAR_SKIPPED_DAYS_MIN = 700
PREPAID_DAYS = 28
SATURDAY = 5
PHASES_MAX = 3
ANCHORS_MAX = 4
_COVERED_MIN = 0.7


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """A cadence with what its next date follows from.

    `anchor` is the day of the month (1 to 31) for a cadence in months, else None and `step_days`
    is how many days apart due dates are. `slots` are (index of the due date, position in the
    dates given), rising.
    """

    cadence: str
    anchor: int | None
    step_days: int | None
    slots: tuple[tuple[int, int], ...]
    off_mean: float

    def after(self, last: datetime.date) -> datetime.date:
        """The first due date after the one that a payment on `last` met."""
        if self.anchor is None:
            return last + datetime.timedelta(days=self.step_days or 30)
        month, _ = _nearest(last, self.anchor)
        return _due(month + MONTHS[self.cadence], self.anchor)


def _due(month: int, anchor: int) -> datetime.date:
    """The anchor day in a month, counted from year 0, or that month's last day."""
    year, index = divmod(month, 12)
    return datetime.date(year, index + 1, min(anchor, _length(month)))


@lru_cache(maxsize=1 << 12)
def _length(month: int) -> int:
    year, index = divmod(month, 12)
    return calendar.monthrange(year, index + 1)[1]


def _nearest(date: datetime.date, anchor: int) -> tuple[int, int]:
    """The month whose due date is nearest to a date, and how many days the date is late."""
    here = date.year * 12 + date.month - 1
    off = (date - _due(here, anchor)).days
    if abs(off) <= HALF_MONTH_DAYS:
        return here, off
    options = [(month, (date - _due(month, anchor)).days) for month in (here - 1, here, here + 1)]
    return min(options, key=lambda option: abs(option[1]))


def _least(cadence: str) -> int:
    return 2 if cadence == "yearly" else 3


def rhythm_of(dates: list[datetime.date]) -> Rhythm | None:
    """The rhythm that most of the dates follow, or None. `dates` rise; several may be equal.

    At least 70 % of the dates take part and 70 % of the due dates between the first and the last
    are met. Three dates make a rhythm, for a yearly one two, 350 to 380 days apart.
    """
    if len(dates) <= 1:
        return None
    best: Rhythm | None = None
    span_days = (dates[-1] - dates[0]).days
    # Half of the dates must find a due date: too many of them rule a slow cadence out.
    possible = {c for c, days in LENGTH_DAYS.items() if span_days / days + 2 >= 0.5 * len(dates)}
    for cadence, days in DAYS.items():
        if cadence in possible:
            best = _better(best, _by_days(dates, cadence, days))
    for cadence, months in MONTHS.items():
        if cadence in possible:
            best = _better(best, _by_months(dates, cadence, months))
    if best is None and "monthly" in possible:
        # Prepaid plans run for 28 or 30 days: monthly to people, but drifting through the month.
        for days in (PREPAID_DAYS, 30):
            best = _better(best, _by_days(dates, "monthly", days))
    drift = _drifting(dates)
    if drift is not None and (best is None or _drifts(best, drift, dates)):
        return drift
    return best


def _better(one: Rhythm | None, other: Rhythm | None) -> Rhythm | None:
    if one is None or other is None:
        return one or other
    key = (len(other.slots), -other.off_mean / LENGTH_DAYS[other.cadence])
    return other if key > (len(one.slots), -one.off_mean / LENGTH_DAYS[one.cadence]) else one


def _by_months(dates: list[datetime.date], cadence: str, months: int) -> Rhythm | None:
    best: Rhythm | None = None
    best_key = (0, 0.0, 0.0)
    for anchor in _anchors(dates):
        placed = [_nearest(date, anchor) for date in dates]
        phases = Counter(month % months for month, off in placed if abs(off) <= _OFF_MAX[cadence])
        for phase, _ in phases.most_common(PHASES_MAX):
            inside = [
                ((month - phase) // months, off, i)
                for i, (month, off) in enumerate(placed)
                if month % months == phase
            ]
            slots, off = _fill(inside, cadence)
            if _regular(dates, slots, off, cadence):
                found = Rhythm(
                    cadence=cadence, anchor=anchor, step_days=None, slots=slots, off_mean=off
                )
                key = (len(slots), -_off_workdays(dates, found), -off)
                if best is None or key > best_key:
                    best, best_key = found, key
    return best


def _off_workdays(dates: list[datetime.date], rhythm: Rhythm) -> float:
    """How far dates are off on average if a due date on a weekend may move to a workday."""
    off_days = 0
    for _, i in rhythm.slots:
        month, late = _nearest(dates[i], rhythm.anchor or 1)
        weekday = _due(month, rhythm.anchor or 1).weekday()
        moved = {SATURDAY: (-1, 0, 2), SATURDAY + 1: (-2, 0, 1)}.get(weekday, (0,))
        off_days += 0 if late in moved else abs(late)
    return off_days / len(rhythm.slots)


def _anchors(dates: list[datetime.date]) -> list[int]:
    """The likeliest anchor days: the commonest within the densest days of the month.

    The last days of the month stand for one another, as short months clip them.
    """
    days = Counter(date.day for date in dates)
    around = {day: sum(days[(day + k - 1) % 31 + 1] for k in range(-4, 5)) for day in days}
    middle = max(around, key=lambda day: (around[day], days[day], day))
    near = {(middle + k - 1) % 31 + 1 for k in range(-4, 5)}
    common = [day for day, _ in days.most_common() if day in near][:ANCHORS_MAX]
    late = {day for day in (29, 30, 31) if day <= max(days)}
    return sorted({*common, *late}, reverse=True)


def _by_days(dates: list[datetime.date], cadence: str, days: int) -> Rhythm | None:
    best: Rhythm | None = None
    ordinals = [date.toordinal() for date in dates]
    phases = Counter(ordinal % days for ordinal in ordinals)
    around = {
        phase: sum(phases[(phase + k) % days] for k in (-1, 0, 1)) + phases[phase]
        for phase in phases
    }
    for phase in sorted(around, key=lambda phase: (-around[phase], phase))[:PHASES_MAX]:
        inside: list[tuple[int, int, int]] = []
        for i, ordinal in enumerate(ordinals):
            slot = (ordinal - phase + days // 2) // days
            inside.append((slot, ordinal - phase - slot * days, i))
        slots, off = _fill(inside, cadence)
        if _regular(dates, slots, off, cadence):
            found = Rhythm(cadence=cadence, anchor=None, step_days=days, slots=slots, off_mean=off)
            best = _better(best, found)
    return best


def _fill(
    inside: list[tuple[int, int, int]], cadence: str
) -> tuple[tuple[tuple[int, int], ...], float]:
    """Give each due date the date nearest to it; also how far they are off on average.

    `inside` has (index of the due date, days late, position of the date).
    """
    taken: dict[int, tuple[int, int]] = {}
    most = _OFF_MAX[cadence]
    for slot, off, i in inside:
        if abs(off) <= most and (slot not in taken or abs(off) < taken[slot][0]):
            taken[slot] = (abs(off), i)
    slots = tuple((slot, i) for slot, (_, i) in sorted(taken.items()))
    mean = sum(off for off, _ in taken.values()) / len(taken) if taken else 0.0
    return slots, mean


def _regular(
    dates: list[datetime.date], slots: tuple[tuple[int, int], ...], off: float, cadence: str
) -> bool:
    if len(slots) < _least(cadence) or off > _OFF_MEAN[cadence]:
        return False
    # A few purchases fall into a weekly rhythm by chance: then they must keep the weekday.
    if cadence in DAYS and len(slots) < FEW and off > _OFF_MEAN[cadence] / 2.5:
        return False
    due = slots[-1][0] - slots[0][0] + 1
    if len(slots) < _FILLED_MIN * due:
        return False
    first, last = dates[slots[0][1]], dates[slots[-1][1]]
    between = sum(1 for date in dates if first <= date <= last)
    if len(slots) < _COVERED_MIN * between or len(slots) < 0.5 * len(dates):
        return False
    if cadence == "yearly":
        gaps = [(dates[b] - dates[a]).days for (_, a), (_, b) in pairwise(slots)]
        return all(gap in YEAR_DAYS or gap > YEAR_SKIPPED_DAYS_MIN for gap in gaps)
    return True


def _drifting(dates: list[datetime.date]) -> Rhythm | None:
    """A rhythm by gaps alone: each date about a month or a quarter after the one before.

    So it runs where each payment begins the next period. A period may be left out here and there.
    """
    if len(dates) < LOOSE_MIN:
        return None
    gaps = [(b - a).days for a, b in pairwise(dates)]
    for cadence, low, high in (("monthly", 25, 36), ("quarterly", 80, 102)):
        periods = [max(1, round(gap / LENGTH_DAYS[cadence])) for gap in gaps]
        if not all(low * n <= gap <= high * n for gap, n in zip(gaps, periods, strict=True)):
            continue
        if len(gaps) < _FILLED_MIN * sum(periods) or max(periods) > SKIPPED_MAX + 1:
            continue
        each = [gap / n for gap, n in zip(gaps, periods, strict=True)]
        step = round(sum(gaps) / sum(periods))
        return Rhythm(
            cadence=cadence,
            anchor=None,
            step_days=step,
            slots=tuple(zip(accumulate(periods, initial=0), range(len(dates)), strict=True)),
            off_mean=sum(abs(length - step) for length in each) / len(each),
        )
    return None


def _drifts(best: Rhythm, drift: Rhythm, dates: list[datetime.date]) -> bool:
    """Whether gaps tell more about the dates than due dates do: more of them, or more closely."""
    if best.cadence != drift.cadence:
        return False
    if len(drift.slots) != len(best.slots):
        return len(drift.slots) > len(best.slots)
    off = best.off_mean if best.anchor is None else _off_workdays(dates, best)
    return off > DRIFT_DAYS_MIN and drift.off_mean < 0.8 * off
