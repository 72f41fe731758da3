"""The pages about what an organisation signs of itself: who looked, one log for everybody."""

import html
import time
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser
from tests.vault.pages.conftest import PASSPHRASE, Organisation, Pages, Visitor, text
from tests.vault.pages.test_walk import sight

from firsthand.hub.acts import console
from firsthand.protocol.checkpoints import verify_checkpoint
from firsthand.protocol.merkle import leaf_hash

WAIT_SECONDS_MAX = 20
PURPOSE = "personalisation"


@pytest.fixture
def greta(pages: Pages, visitor: Visitor, reel: Organisation) -> Visitor:
    """Greta has given something to Reel, and somebody there has looked at it."""
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN", tie="no")
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    end = time.monotonic() + WAIT_SECONDS_MAX
    while not staff_see(reel):
        assert time.monotonic() < end, "nothing arrived"
        time.sleep(0.05)
    return visitor


def staff_see(reel: Organisation) -> list[Any]:
    people: Any = console.run(reel.hub, "customers", {})["customers"]
    if not people:
        return []
    wanted = {"reference": people[0]["relationship"], "purpose": PURPOSE}
    seen: Any = console.run(reel.hub, "customer", wanted)
    return list(seen["things"])


def forged(reel: Organisation) -> str:
    """Another log of the same length, as they could sign it for somebody else."""
    now = reel.hub.proofs.checkpoint()
    size = int(now.split("\n")[1])
    return str(reel.hub.organisation.checkpoint(size, leaf_hash(b"another")))


def test_who_looked_stands_on_a_page_of_its_own(greta: Visitor) -> None:
    assert "Nobody has looked yet" in text(greta.get("/with/reel/looked"))
    said = text(greta.post("/with/reel/looked"))
    assert "There is something new" in said
    assert "to suit what they show you to you" in said
    assert "title" in said
    assert "does not allow" not in said
    assert "Nobody has looked since" in text(greta.post("/with/reel/looked"))
    story = text(greta.get("/with/reel/story?part=looked"))
    assert "A command that they ran" in story
    assert "hub" not in story.lower()


def test_a_part_that_refreshes_itself_does_not_swallow_what_a_form_is_answered_with(
    greta: Visitor,
) -> None:
    greta.http.post("/with/reel/follow", follow_redirects=False)
    for headers in ({"x-firsthand-swap": "live"}, {"sec-purpose": "prefetch"}):
        part = greta.http.get("/with/reel/seen", headers=headers)
        assert "fits all that you saw" not in text(part)
    assert "fits all that you saw" in text(greta.get("/with/reel/seen"))
    assert "fits all that you saw" not in text(greta.get("/with/reel/seen"))


def test_what_does_not_fit_stops_giving_and_is_said_everywhere(
    greta: Visitor, reel: Organisation
) -> None:
    assert "fits all that you saw" in text(greta.post("/with/reel/follow"))
    said = greta.post("/with/reel/compare", what=forged(reel))
    assert "Two different logs" in text(said)
    for path in ("/", "/with/reel", "/with/reel/seen"):
        assert "Giving to Reel has stopped" in text(greta.get(path)), path
    refused = greta.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    assert "until you decide" in text(refused)
    evidence = html.unescape(greta.get("/with/reel/seen").text)
    assert "another log than it showed you" in evidence
    assert "go on with them" in text(greta.post("/with/reel/go-on"))
    assert "has stopped" not in text(greta.get("/with/reel"))
    greta.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    assert "There is nothing to decide" in text(greta.post("/with/reel/go-on"))


@pytest.mark.parametrize("what", ["", "{", "<b>x</b>", "ftp://x", "http://127.0.0.1:9/seen/x"])
def test_what_cannot_be_compared_is_said_where_it_was_typed(greta: Visitor, what: str) -> None:
    greta.post("/with/reel/follow")
    answer = greta.post("/with/reel/compare", what=what)
    assert 400 <= answer.status_code < 600
    assert answer.status_code != 500
    assert 'class="wrong"' in answer.text
    assert "<b>x</b>" not in answer.text


def test_others_can_ask_only_if_the_person_lets_them(
    pages: Pages, greta: Visitor, reel: Organisation
) -> None:
    address = f"/seen/{reel.hub.organisation.subject}"
    stranger = pages.visitor()
    assert stranger.get(address).status_code == 404
    assert address in html.unescape(text(greta.post("/with/reel/publish", yes="yes")))
    greta.post("/with/reel/follow")
    greta.post("/lock")
    answer = stranger.get(address)  # it is answered while everything is locked
    assert answer.status_code == 200
    assert set(answer.json()) == {"subject", "seen"}
    (seen,) = answer.json()["seen"]
    verify_checkpoint(seen, reel.hub.organisation.key_log.log_keys[-1])
    assert stranger.get("/seen/urn:other").status_code == 404
    greta.open("Greta")
    assert "The same log" in text(greta.post("/with/reel/compare", what=answer.text))
    greta.post("/with/reel/publish", yes="no")
    assert stranger.get(address).status_code == 404
    stranger.http.close()


@pytest.mark.browser
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_pages_in_a_browser(
    browser: Browser, pages: Pages, greta: Visitor, reel: Organisation, width: int, scheme: str
) -> None:
    greta.post("/with/reel/looked")
    size = {"width": width, "height": 844}
    with sight(browser, pages.url, viewport=size, color_scheme=scheme) as eyes:
        eyes.go("/unlock?next=" + quote("/with/reel/looked", safe=""))
        eyes.page.fill("[name=name]", "Greta")
        eyes.page.fill("[name=passphrase]", PASSPHRASE)
        eyes.press("Open")
        eyes.page.wait_for_url("**/looked")
        eyes.check("looked")
        eyes.go("/with/reel/seen")
        eyes.press("Check again now")
        eyes.page.wait_for_selector("text=fits all that you saw")
        eyes.check("seen")
        eyes.page.fill("[name=what]", forged(reel))
        eyes.page.keyboard.press("Tab")
        eyes.page.keyboard.press("Enter")  # by keys alone
        eyes.page.wait_for_selector("text=Two different logs")
        eyes.check("compared")
        for path in ("/with/reel/seen", "/with/reel", "/"):
            eyes.go(path)
        eyes.go("/with/reel/looked")
