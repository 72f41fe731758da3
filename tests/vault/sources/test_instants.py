"""Moments are read the same, whichever way they are read."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.sources.instants import instant, of_seconds

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def test_every_day_of_a_year_and_no_other_is_read() -> None:
    days = (datetime.date(1900, 1, 1) + datetime.timedelta(n) for n in range(73_049))
    known = {day.isoformat() for day in days}
    assert max(known) == "2099-12-31"
    written = (
        f"{year}-{month:02}-{day:02}"
        for year in (1899, 1900, 1999, 2000, 2023, 2024, 2099, 2100)
        for month in range(14)
        for day in range(33)
    )
    for day in written:
        wanted = f"{day}T23:59:00Z" if day in known else None
        assert instant(f"{day}T23:59:00.5Z") == wanted, day


@given(st.floats(-2_208_988_800, 4_102_444_799.999))
def test_seconds_are_a_moment_in_utc(seconds: float) -> None:
    moment = _EPOCH + datetime.timedelta(seconds=seconds // 1)
    assert of_seconds(seconds) == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
