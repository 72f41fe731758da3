"""A due date on a weekend is met on the next workday; the day itself stays the anchor."""

import calendar
import datetime

import pytest

from firsthand.vault.sense.cadence import rhythm_of


def due_dates(day: int, step_months: int, count: int) -> list[datetime.date]:
    """Due dates from April 2022 on, each on the next workday if it is on a weekend."""
    dates = []
    for i in range(count):
        year, month = divmod(2022 * 12 + 3 + i * step_months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        date = datetime.date(year, month + 1, min(day, last))
        dates.append(date + datetime.timedelta(days={5: 2, 6: 1}.get(date.weekday(), 0)))
    return dates


@pytest.mark.parametrize("day", [1, 3, 8, 15, 22, 27])
@pytest.mark.parametrize(("step_months", "count"), [(1, 24), (3, 8), (6, 5)])
def test_the_anchor_is_the_day_that_weekends_move(day: int, step_months: int, count: int) -> None:
    rhythm = rhythm_of(due_dates(day, step_months, count))
    assert rhythm is not None
    assert rhythm.anchor == day


@pytest.mark.parametrize("step", [[30, 31, 32], [29, 30], [28, 30, 33, 31], [32, 31, 33]])
def test_what_drifts_through_the_month_is_monthly_and_due_a_month_after_the_last(
    step: list[int],
) -> None:
    dates = [datetime.date(2024, 1, 17)]
    for i in range(17):
        dates.append(dates[-1] + datetime.timedelta(days=step[i % len(step)]))
    rhythm = rhythm_of(dates)
    assert rhythm is not None
    assert (rhythm.cadence, len(rhythm.slots)) == ("monthly", len(dates))
    assert min(step) <= (rhythm.after(dates[-1]) - dates[-1]).days <= max(step)


def test_a_drifting_rhythm_may_leave_a_period_out() -> None:
    dates = [datetime.date(2024, 1, 17)]
    for days in (32, 33, 31, 64, 33, 32, 32, 33, 31):
        dates.append(dates[-1] + datetime.timedelta(days=days))
    rhythm = rhythm_of(dates)
    assert rhythm is not None
    assert [slot for slot, _ in rhythm.slots] == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]
