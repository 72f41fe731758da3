"""What home and the things say when what was brought is old, or something is looked for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.vault.pages.conftest import BANK, NETFLIX, Pages, Visitor, text

from firsthand.foundation.clock import SetClock

SECONDS_MAX = 20


@pytest.mark.parametrize(("day", "old"), [((2026, 6, 1), False), ((2027, 8, 20), True)])
def test_an_old_statement_asks_for_a_newer_one(
    make_pages: Callable[..., Pages], day: tuple[int, int, int], *, old: bool
) -> None:
    pages = make_pages(clock=SetClock(datetime(*day, tzinfo=UTC)))
    visitor = pages.visitor()
    visitor.keep("June", BANK)
    end = time.monotonic() + SECONDS_MAX
    while "regular payments" not in (said := text(visitor.get("/"))):
        assert time.monotonic() < end, said
        time.sleep(0.05)
    assert ("Bring a newer statement" in said) is old
    assert ("months ago. Every one of them" in said) is old
    visitor.http.close()


def test_the_kinds_do_not_count_what_was_not_looked_for(visitor: Visitor) -> None:
    visitor.keep("June", BANK, NETFLIX)
    tabs = text(visitor.get("/things")).split("Find")[0]
    assert any(sign.isdigit() for sign in tabs.split("Titles watched")[1][:8])
    tabs = visitor.get("/things?q=kettle").text.split('aria-label="Kinds of things"')[1]
    assert "count" not in tabs.split("</nav>")[0]
    tabs = visitor.get("/things?source=netflix").text.split('aria-label="Kinds of things"')[1]
    assert "Payments" not in tabs.split("</nav>")[0]
