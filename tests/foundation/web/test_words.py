"""How amounts, days and counts are said."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.web import words

NOW = datetime(2024, 1, 10, 12, tzinfo=UTC)
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        ("12.99", "EUR", "€12.99"),
        ("12.99", "CHF", "12.99 CHF"),
        ("12.9", None, "12.90"),
        (Decimal(-3), "GBP", f"{MINUS}£3.00"),
        ("1234567.5", "USD", "$1,234,567.50"),
        ("1500", "JPY", "¥1,500"),
        ("-0.001", "EUR", "€0.00"),
    ],
)
def test_money(value: str | Decimal, currency: str | None, said: str) -> None:
    assert words.money(value, currency) == said


@pytest.mark.parametrize("value", ["a lot", "NaN", "Infinity", ""])
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(words.UnsayableValue):
        words.money(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**12))
def test_money_keeps_every_cent(value: Decimal) -> None:
    assert Decimal(words.money(value).replace(",", "")) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NOW, "just now"),
        (NOW - timedelta(minutes=1), "1 minute ago"),
        (NOW - timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (NOW - timedelta(hours=5), "5 hours ago"),
        (NOW + timedelta(days=3), "in 3 days"),
        (NOW - timedelta(days=40), "1 December 2023"),
        ("2024-01-10", "today"),
        ("2024-01-09", "yesterday"),
        ("2024-01-11", "tomorrow"),
        ("2024-01-07", "3 days ago"),
        ("2024-01-10T13:00:00+01:00", "just now"),
    ],
)
def test_ago(value: datetime | str, said: str) -> None:
    assert words.ago(value, NOW) == said


def test_days() -> None:
    assert words.day("2024-01-03T20:15:00Z") == "3 January 2024"
    assert words.short_day("2024-01-03") == "3 Jan 2024"
    assert words.clock("2024-01-03T20:15:00Z") == "3 January 2024, 20:15"
    with pytest.raises(words.UnsayableValue, match="yesterday-ish"):
        words.day("yesterday-ish")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("PT47M3S", "47 min"),
        ("PT2H5M", "2 h 5 min"),
        ("P1DT1H", "25 h"),
        (7200, "2 h"),
        (timedelta(seconds=20), "under a minute"),
        (3599, "1 h"),
    ],
)
def test_hours(value: str | float | timedelta, said: str) -> None:
    assert words.hours(value) == said


@pytest.mark.parametrize("value", ["P", "PT", "47 min", "P1M"])
def test_what_is_no_duration_is_refused(value: str) -> None:
    with pytest.raises(words.UnsayableValue):
        words.hours(value)


def test_counts() -> None:
    assert words.number(14208) == "14,208"
    assert words.number(3.5) == "3.5"
    assert words.number(-2) == f"{MINUS}2"
    assert words.plural(1, "film") == "1 film"
    assert words.plural(0, "film") == "0 films"
    assert words.plural(2, "diary", "diaries") == "2 diaries"


@given(st.text())
def test_a_name_always_has_its_colour_and_its_letters(name: str) -> None:
    assert 0 <= words.hue(name) < words.HUES
    assert words.hue(name) == words.hue(name)
    assert words.initials(name)


def test_kinds_are_counted_and_words_listed() -> None:
    assert words.counted("PayAction", 1) == "1 payment"
    assert words.counted("WatchAction", 1204) == "1,204 titles watched"
    assert words.counted("NeverHeardOf", 2) == "2 things"
    assert [words.listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert words.listed("ab", "or") == "a or b"


@pytest.mark.parametrize("kind", ["AddAction", "InstallAction", "ViewAction", "ReadAction"])
def test_what_a_source_brings_has_a_name(kind: str) -> None:
    assert words.counted(kind, 2) != words.counted("of no kind", 2)


def test_initials() -> None:
    assert words.initials("Green Grocer") == "GG"
    assert words.initials("acme") == "A"
    assert words.initials("A-1042") == "42"
    assert words.initials("Channel 4") == "C4"
    assert words.initials("…") == "?"
