"""What comes back on the same days of the week, and what only seems to."""

import datetime

import pytest

from firsthand.vault.sense.routines import routine_of
from firsthand.vault.sense.sums import Name

LAST = datetime.date(2025, 6, 27)


def name(days: list[int], weeks: int = 20) -> Name:
    """Somebody who was met so often on each weekday, within these weeks."""
    first = LAST - datetime.timedelta(weeks=weeks)
    return Name(
        sense="people", who="greta", part="event", name="Greta Holm", things=sum(days), amount=0,
        first=f"{first}", last=f"{LAST}", facts={"days": days},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ([0, 18, 0, 0, 0, 0, 0], "on Tuesdays"),
        ([0, 18, 0, 0, 0, 6, 6], "on Tuesdays"),
        ([0, 18, 0, 17, 0, 0, 0], "on Tuesdays and Thursdays"),
        ([0, 14, 0, 0, 0, 0, 20], "on Tuesdays and Sundays"),
        ([2, 14, 2, 14, 2, 1, 1], None),  # too often on other days
        ([0, 20, 0, 9, 0, 0, 0], "on Tuesdays"),
        ([18, 17, 16, 18, 12, 0, 0], "on workdays"),
        ([18, 17, 16, 18, 12, 4, 4], "on workdays"),
        ([18, 17, 16, 18, 12, 8, 8], None),
        ([18, 17, 16, 18, 5, 0, 0], None),  # hardly ever on a Friday
        ([9, 9, 9, 9, 9, 9, 9], None),
        ([0, 6, 0, 6, 0, 0, 0], "on Tuesdays and Thursdays"),
        ([0, 5, 0, 5, 0, 0, 0], None),
    ],
)
def test_the_days_of_a_habit_are_said(days: list[int], says: str | None) -> None:
    found = routine_of(name(days), LAST)
    assert (found.says if found else None) == (says and f"You meet Greta Holm {says}")
    if found:
        assert (found.times, found.of) == (sum(days[day] for day in found.weekdays), sum(days))


def test_what_is_seldom_or_over_is_none() -> None:
    often = [0, 12, 0, 12, 0, 0, 0]
    assert routine_of(name(often, weeks=40), LAST) is not None
    assert routine_of(name(often, weeks=60), LAST) is None
    assert routine_of(name(often, weeks=4), LAST) is None
    assert routine_of(name(often), LAST + datetime.timedelta(days=120)) is not None
    assert routine_of(name(often), LAST + datetime.timedelta(days=121)) is None
