"""How exactly times leave, when things leave, and who could compare: said before anything does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from tests.vault.pages.conftest import Organisation, Pages, Visitor

from firsthand.town.catalogue import REEL_FILE

Said = Callable[[httpx.Response], str]
TITLES = {"by": "kind", "kind": "WatchAction|netflix"}


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Organisation]:
    """Another film service."""
    made = Organisation(tmp_path / "spool", "Spool", REEL_FILE)
    yield made
    made.leave()


def agreed(visitor: Visitor, organisation: Organisation, **how: str) -> None:
    asked = {"to": organisation.url, "terms": "FH-GIVEN", "tie": "no", **how}
    done = visitor.post("/connect", **asked)
    assert done.url.path.startswith("/with/"), done.text


def test_how_exactly_is_said_with_what_it_lets_them_work_out(
    visitor: Visitor, reel: Organisation, said: Said
) -> None:
    visitor.keep("Greta")
    page = visitor.get(f"/connect?to={quote(reel.url, safe='')}")
    words = said(page)
    assert "They can see when you sleep, work and are at home" in words
    assert words.index("As coarse as the terms above say") < words.index("Times by the hour")
    marked = page.text.split('name="precision"')[1:]
    assert [" checked" in part.partition(">")[0] for part in marked] == [True] + 5 * [False]


def test_what_was_chosen_is_what_leaves(
    pages: Pages, visitor: Visitor, reel: Organisation, said: Said
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    agreed(visitor, reel, precision="month")
    assert "only by the month" in said(visitor.get("/with/reel"))
    assert "Times leave only by the month." in said(visitor.post("/with/reel/preview", **TITLES))


def test_what_would_leave_later_says_so_and_can_be_sent_at_once(
    pages: Pages, visitor: Visitor, reel: Organisation, said: Said
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    agreed(visitor, reel)
    assert "Give within a week" in said(visitor.post("/with/reel/preview", **TITLES))
    done = visitor.post("/with/reel/give", moment="later", **TITLES)
    assert "leave at a random moment" in said(done)
    assert "Something waits for a moment of its own" in said(done)
    sent = visitor.post("/with/reel/now")
    assert "Nothing waits any more" in said(sent)
    assert "Send now" not in said(sent)


def test_who_could_compare_is_said_with_the_rows(
    pages: Pages, visitor: Visitor, reel: Organisation, spool: Organisation, said: Said
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    for one in (reel, spool):
        agreed(visitor, one)
    assert "recognisable" not in said(visitor.post("/with/reel/preview", **TITLES))
    visitor.post("/with/reel/give", **TITLES)
    told = said(visitor.post("/with/spool/preview", **TITLES))
    assert "This makes you recognisable across Reel and Spool" in told
    assert "they see one person: you" in told
    assert "recognisable" not in said(visitor.post("/with/reel/preview", **TITLES))
