"""Clocks tell aware time, and only forwards where they say so."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.clock import Clock, NaiveTime, SetClock, SystemClock, stamp

START = datetime(2024, 1, 3, 20, 15, tzinfo=UTC)


def test_a_set_clock_stands_still_until_it_is_advanced() -> None:
    clock: Clock = SetClock(START)
    assert (clock.now(), clock.ticks_ms()) == (START, 0.0)
    assert isinstance(clock, SetClock)
    clock.advance(timedelta(seconds=90))
    assert (clock.now(), clock.ticks_ms()) == (START + timedelta(seconds=90), 90_000.0)
    assert (clock.now(), clock.ticks_ms()) == (START + timedelta(seconds=90), 90_000.0)


def test_a_set_clock_does_not_go_back_and_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="only be advanced"):
        SetClock(START).advance(timedelta(seconds=-1))
    with pytest.raises(NaiveTime):
        SetClock(datetime(2024, 1, 3))  # noqa: DTZ001 (that is what is refused)


def test_the_machines_clock_is_aware_and_its_ticks_never_go_back() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    ticks = [clock.ticks_ms() for _ in range(100)]
    assert ticks == sorted(ticks)


def test_a_stamp_is_utc_with_whole_seconds() -> None:
    berlin = timezone(timedelta(hours=1))
    assert stamp(datetime(2024, 1, 3, 21, 15, 7, 999_999, berlin)) == "2024-01-03T20:15:07Z"
    with pytest.raises(NaiveTime):
        stamp(datetime(2024, 1, 3))  # noqa: DTZ001 (that is what is refused)


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 (Hypothesis adds the zones)
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    )
)
def test_a_stamp_reads_back_as_the_same_second(moment: datetime) -> None:
    back = datetime.fromisoformat(stamp(moment))
    assert timedelta(0) <= moment.astimezone(UTC) - back < timedelta(seconds=1)
    assert len(stamp(moment)) == len("2024-01-03T20:15:00Z")
