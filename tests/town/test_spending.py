"""What comes again comes when it should: weekends, month ends, rises, skipped months."""

import datetime

from firsthand.foundation.ids import SeededChance
from firsthand.town.spending import Booking, Budget, Standing, spending

FIRST, LAST = datetime.date(2024, 1, 10), datetime.date(2026, 1, 9)


def booked(standing: Standing) -> list[Booking]:
    budget = Budget(currency="EUR", standing=(standing,), shops=())
    return spending(budget, SeededChance(1), FIRST, LAST)


def test_nothing_is_booked_on_a_weekend() -> None:
    out = booked(Standing(name="Gym", text="fee {month}", day=3, cents=-2_000))
    assert len(out) == 24
    assert all(booking.day.weekday() < 5 for booking in out)
    assert out[0].day == datetime.date(2024, 2, 5), "the third is a Saturday: the Monday after"
    assert out[0].text == "fee 02/2024"


def test_money_in_comes_on_the_friday_before() -> None:
    into = booked(Standing(name="Pay", text="pay", day=31, cents=200_000))
    assert len(into) == 24
    assert all(booking.day.weekday() < 5 for booking in into)
    assert datetime.date(2024, 3, 29) in {booking.day for booking in into}


def test_prices_rise_and_months_are_skipped() -> None:
    out = booked(
        Standing(name="A", text="a", day=15, cents=-500, rises=((6, -700), (12, -900)), skips=(3,))
    )
    assert [booking.cents for booking in out[:4]] == [-500] * 4
    assert [booking.day.month for booking in out[:4]] == [1, 2, 3, 5]
    assert {booking.cents for booking in out} == {-500, -700, -900}


def test_what_is_yearly_comes_once_a_year_and_the_balance_adds_up() -> None:
    out = booked(Standing(name="A", text="a", day=8, cents=-9_000, months=12, first=3))
    assert [(b.day.year, b.day.month) for b in out] == [(2024, 4), (2025, 4)]
    assert [b.balance for b in out] == [184_000 - 9_000, 184_000 - 18_000]
