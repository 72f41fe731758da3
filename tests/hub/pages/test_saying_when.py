"""What figures are of is said with them: which days, which weeks, which part of a list."""

import pytest
from tests.hub.conftest import Person, Served
from tests.hub.pages.conftest import Said, Staff

from firsthand.hub.pages import saying


@pytest.mark.parametrize(
    ("before", "rows", "total", "said"),
    [
        (None, 25, 400, "1 to 25 of 400, the newest first"),
        ("0", 25, 400, "26 to 50 of 400, the newest first"),
        ("1000", 3, 1028, "1,026 to 1,028 of 1,028, the newest first"),
        (None, 25, None, ""),
    ],
)
def test_a_page_says_its_place(before: str | None, rows: int, total: int | None, said: str) -> None:
    assert saying.place(before, rows, total) == said


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        ("", "1 Jan 2024 to 5 Feb 2024"),
        ("P1W", "week of 1 Jan 2024 to week of 5 Feb 2024"),
        ("P1M", "January 2024 to February 2024"),
        ("P1Y", "2024"),
    ],
)
def test_a_span_is_as_coarse_as_its_times(precision: str, said: str) -> None:
    assert saying.span("2024-01-01", "2024-02-05", precision) == said


def test_the_overview_says_the_week(
    staff: Staff, offered: Served, person: Person, said: Said
) -> None:
    person.give("Dark")
    offered.settle()
    words = said(staff.get(f"/staff/customers/{person.id}", purpose="personalisation"))
    assert "1 title watched week of 1 Jan 2024" in words
    assert words.count("week of 1 Jan 2024") > 1
    live = said(staff.get("/staff"))
    today = saying.day_of(saying.when(offered.hub.now_s()))
    assert f"{today}, by UTC" in live
    assert "last started, just now" in live
