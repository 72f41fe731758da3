"""On which days of the week a calendar's own rule comes, until when, and what has no such days."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.sense.routines import routine_of
from firsthand.vault.sense.series import DAYS, Weekly, weekly_of
from firsthand.vault.sense.sums import Name

TUESDAY = datetime.date(2024, 3, 5)
TODAY = datetime.date(2026, 6, 1)


def name(*series: object) -> Name:
    """What stands in a calendar once, with these rules."""
    return Name(
        sense="events", who="choir", part="event", name="Choir", things=1, amount=0,
        first=f"{TUESDAY}", last=f"{TUESDAY}",
        facts={"days": [0, 1, 0, 0, 0, 0, 0], "weekly": list(series)},
    )  # fmt: skip


def ruled(rule: str) -> dict[str, object]:
    found = weekly_of(rule, TUESDAY)
    assert found is not None
    return {
        "weekdays": found.weekdays, "every": found.every, "first": f"{found.first}",
        "until": found.until and f"{found.until}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("FREQ=WEEKLY", "on Tuesdays"),
        ("RRULE;freq=weekly;wkst=mo", "on Tuesdays"),
        ("FREQ=WEEKLY;BYDAY=TH,TU", "on Tuesdays and Thursdays"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "on Mondays, Wednesdays and Fridays"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "on workdays"),
        ("FREQ=DAILY", "on every day of the week"),
        ("FREQ=DAILY;BYDAY=SA,SU", "on Saturdays and Sundays"),
        ("FREQ=DAILY;INTERVAL=14", "every second week on Tuesdays"),
        ("FREQ=WEEKLY;INTERVAL=3", "every 3 weeks on Tuesdays"),
        ("FREQ=WEEKLY;UNTIL=20260601T090000Z", "on Tuesdays"),
        ("FREQ=WEEKLY;UNTIL=20260531", None),
        ("FREQ=WEEKLY;COUNT=118", "on Tuesdays"),
        ("FREQ=WEEKLY;COUNT=117", None),
    ],
)
def test_a_rule_is_said_until_it_ends(rule: str, says: str | None) -> None:
    found = routine_of(name(ruled(rule)), TODAY)
    assert (found.says if found else None) == (says and f"Choir is in your calendar {says}")
    assert routine_of(name(ruled(rule)), TUESDAY - datetime.timedelta(days=1)) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1TU", "FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=1TU", "FREQ=DAILY;INTERVAL=2",
        "FREQ=WEEKLY;BYSETPOS=1", "FREQ=WEEKLY;BYMONTH=6", "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1", "FREQ=WEEKLY;INTERVAL=²", "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=x", "FREQ=WEEKLY;UNTIL=soon", "FREQ=WEEKLY;COUNT=999999;INTERVAL=9999",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ", "", "BYDAY=TU", 7, None,
    ],
)  # fmt: skip
def test_what_is_on_no_day_of_the_week_is_no_series(rule: object) -> None:
    assert weekly_of(rule, TUESDAY) is None


def test_the_series_that_began_last_is_the_one_that_holds() -> None:
    moved = ruled("FREQ=WEEKLY;BYDAY=FR") | {"first": "2025-01-03"}
    found = routine_of(name(ruled("FREQ=WEEKLY"), moved), TODAY)
    assert found is not None
    assert found.says == "Choir is in your calendar on Fridays"
    assert found.times == found.of == 74


@given(
    first=st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 1, 1)),
    days=st.sets(st.sampled_from(sorted(DAYS))),
    every=st.integers(1, 5),
    count=st.integers(1, 60),
)
def test_the_last_day_of_so_many_is_the_one_that_counting_comes_to(
    first: datetime.date, days: set[str], every: int, count: int
) -> None:
    rule = f"FREQ=WEEKLY;INTERVAL={every};COUNT={count}"
    wanted = {DAYS[day] for day in days} or {first.weekday()}
    found = weekly_of(f"{rule};BYDAY={','.join(days)}" if days else rule, first)
    day, monday = first, first - datetime.timedelta(days=first.weekday())
    left = count
    while True:
        if (day - monday).days // 7 % every == 0 and day.weekday() in wanted:
            left -= 1
        if not left:
            break
        day += datetime.timedelta(days=1)
    whole = Weekly(weekdays=tuple(sorted(wanted)), every=every, first=first, until=day)
    assert found == whole
    assert whole.holds(day)
    assert not whole.holds(day + datetime.timedelta(days=1))
