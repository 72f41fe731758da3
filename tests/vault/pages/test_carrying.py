"""Endings are sent while all is locked, also after a restart, and the locked page says so."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.vault.pages.conftest import Organisation, Pages, text

from firsthand.foundation.clock import SetClock

WAIT_SECONDS_MAX = 20


def test_an_ending_goes_out_while_all_is_locked_and_is_confirmed_when_it_is_opened(
    make_pages: Callable[..., Pages], reel: Organisation
) -> None:
    pages = make_pages()
    visitor = pages.visitor()
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN")
    reel.leave()
    page = visitor.post("/with/reel/end", erase="yes")
    assert "Reel has not confirmed the erasing yet" in text(page)
    assert "also while your data is locked" in text(page)
    assert "Ask again now" in text(page)
    locked = text(visitor.post("/lock"))
    assert "1 ending still waits to be confirmed" in locked
    assert "Reel" not in locked.split("1 ending still waits")[1]
    pages.close()
    again = make_pages(folder=pages.folder)
    visitor = again.visitor()
    assert "1 ending still waits to be confirmed" in text(visitor.get("/unlock"))
    reel.back()
    end = time.monotonic() + WAIT_SECONDS_MAX
    while "still waits to be confirmed" in text(visitor.get("/unlock")):
        assert time.monotonic() < end, "it was never carried"
        time.sleep(0.1)
    visitor.open("Greta")
    assert "Erased, and signed" in text(visitor.get("/with/reel"))
    assert "still waits" not in text(visitor.get("/unlock"))


def test_after_a_month_it_is_for_an_authority(
    make_pages: Callable[..., Pages], reel: Organisation
) -> None:
    clock = SetClock(datetime.now(UTC))
    pages = make_pages(clock=clock)
    visitor = pages.visitor()
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN")
    reel.leave()
    assert "If they have not confirmed it by" in text(visitor.post("/with/reel/end", erase="no"))
    clock.advance(timedelta(days=31))
    visitor.open("Greta")
    page = visitor.get("/with/reel")
    assert "Now write to your data protection authority" in text(page)
    assert 'action="/with/reel/complaint"' in page.text
    letter = text(visitor.get("/with/reel/complaint?country=IE&lang=en"))
    for words in ("Data Protection Commission", "I withdrew my consent", "has passed one day ago"):
        assert words in letter
    odd = visitor.get("/with/reel/complaint?country=ZZ")
    assert "No authority is known" in text(odd)
