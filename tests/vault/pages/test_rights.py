"""My rights on pages: the list with its clocks, one request, a new one in three steps."""

import html
import re
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.vault.pages.conftest import PASSPHRASE, Organisation, Pages, Visitor, text
from tests.vault.pages.test_dealing import until
from tests.vault.pages.test_walk import sight

from firsthand.hub.acts import console

LETTER = {
    "whom": "elsewhere",
    "to": "Acme",
    "email": "privacy@acme.example",
    "sender": "Greta <g@example.org>",
    "lang": "en",
}


@pytest.fixture
def greta(pages: Pages, visitor: Visitor, reel: Organisation) -> Visitor:
    """Greta has given something to Reel."""
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN", tie="no")
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    until(visitor, "/with/reel/given", "370 things")
    return visitor


def test_nothing_asked_says_what_to_do_first(visitor: Visitor) -> None:
    visitor.keep("Greta")
    assert "Begin with “See what they have”" in text(visitor.get("/rights"))
    assert "Somebody else" in text(visitor.get("/rights/new"))
    assert visitor.get("/rights/nothing").status_code == 404
    assert "My rights" in text(visitor.get("/more"))


def test_a_request_to_who_has_firsthand_is_answered_and_delivered(
    greta: Visitor, reel: Organisation
) -> None:
    assert "What do you want from Reel" in text(greta.get("/rights/new?whom=reel"))
    asked = greta.post("/rights/new", whom="reel", right="portability", regime="gdpr")
    assert "They did it at once, and signed it." in text(asked)
    assert "signed by them" in text(asked)
    path = asked.url.path
    assert "You have all of them already" in text(greta.post(f"{path}/fetch"))
    assert "they delivered all of it" in text(greta.get(path))
    assert greta.get(f"{path}/delivered.json").json()["right"] == "portability"
    wrong = greta.post("/rights/new", whom="reel", right="rectification", details="Not mine.")
    assert "asked" in text(wrong)
    assert "days left" in text(greta.get("/rights"))
    waiting: Any = console.run(reel.hub, "rights", {})["rights"]
    denied = {"reference": waiting[0]["id"], "reason": "other", "why": "It is yours."}
    console.run(reel.hub, "rights deny", denied)
    again = text(greta.post(f"{wrong.url.path}/again"))
    assert any(said in again for said in ("There is an answer", "Nothing has changed"))  # it came
    said = text(greta.get(wrong.url.path))
    assert "“It is yours.”" in said
    assert "You need not take a no" in said
    letter = text(greta.get(f"{wrong.url.path}/complaint?country=IE"))
    assert "Data Protection Commission" in letter
    assert "It is yours." in letter
    assert "How your request stands" in until(greta, "/inbox", "request stands")


def test_a_restriction_is_lifted_on_its_page(greta: Visitor, reel: Organisation) -> None:
    asked = greta.post("/rights/new", whom="reel", right="restriction", regime="gdpr")
    assert "Let them use it again" in text(asked)
    lifted = greta.post(f"{asked.url.path}/take-back")
    assert "You took it back, and they signed it." in text(lifted)
    assert "Let them use it again" not in text(lifted)
    listed: Any = console.run(reel.hub, "rights", {})["rights"]
    assert [one["status"] for one in listed] == ["revoked"]


def test_what_they_should_stop_is_chosen(greta: Visitor, reel: Organisation) -> None:
    form = text(greta.get("/rights/new?whom=reel&right=objection"))
    assert "What should they stop?" in form
    assert "They keep it, and use it for nothing." in form
    nothing = greta.post("/rights/new", whom="reel", right="objection", details=" ")
    assert "Choose what they should stop" in text(nothing)
    words = {"use": "personalisation", "details": "No offers."}
    asked = greta.post("/rights/new", whom="reel", right="objection", **words)
    listed: Any = console.run(reel.hub, "rights", {})["rights"]
    told: Any = console.run(reel.hub, "rights show", {"reference": listed[0]["id"]})
    assert (told["status"], told["purposes"]) == ("fulfilled", ["personalisation"])
    assert "No longer for to suit what they show you to you: you asked" in text(greta.get("/who"))
    assert "You took it back" in text(greta.post(f"{asked.url.path}/take-back"))
    assert "No longer for" not in text(greta.get("/who"))


def test_a_thing_is_put_right_from_its_page(greta: Visitor, reel: Organisation) -> None:
    found: Any = re.search(r'href="(/things/[^"?]+)"', greta.get("/things?kind=WatchAction").text)
    page = greta.get(found[1])
    assert "Have it put right there" in text(page)
    fix: Any = re.search(r'href="(/rights/fix[^"]+)"', page.text)
    form = greta.get(html.unescape(fix[1]))
    assert "They know:" in text(form)
    hidden = dict(re.findall(r'type="hidden" name="(whom|thing)" value="([^"]*)"', form.text))
    asked = greta.post("/rights/fix", **hidden, name="Lantern Row")
    assert "Name is “Lantern Row”" in text(asked)
    assert greta.post("/rights/fix", **hidden, name="").status_code == 422
    assert greta.get("/rights/fix?whom=reel&thing=none").status_code == 404
    assert greta.get("/rights/fix?whom=nobody&thing=none").status_code == 404
    (one,) = waiting_at(reel)
    assert one["right"] == "rectification"


def waiting_at(reel: Organisation) -> list[dict[str, Any]]:
    listed: Any = console.run(reel.hub, "rights", {})["rights"]
    return list(listed)


def make_late(pages: Pages) -> None:
    """As if the last day of everything had been long ago."""
    with pages.host.parts.cabinet.lend("greta") as vault, vault.store.transaction() as tx:
        tx._connection.execute(  # noqa: SLF001 - nothing else turns back a clock
            "UPDATE rights SET at = '2026-01-01T09:00:00Z', received_on = '2026-01-01', "
            "expected_by = '2026-02-02'"
        )


def test_a_letter_is_written_noted_and_complained_about(pages: Pages, visitor: Visitor) -> None:
    greta = visitor
    greta.keep("Greta")
    wrong = greta.post("/rights/new", **{**LETTER, "email": "nobody"}, right="access")
    assert wrong.status_code == 422
    assert "no e-mail address" in text(wrong)
    assert 'value="Acme"' in wrong.text, "what was typed stays"
    asked = greta.post("/rights/new", **LETTER, right="access", details="<b>all</b>")
    assert "Your letter is ready" in text(asked)
    assert "<b>all</b>" not in asked.text
    eml = greta.get(f"{asked.url.path}/letter.eml")
    assert eml.headers["content-type"] == "message/rfc822"
    assert eml.content.startswith(b"From: ")
    assert greta.get(f"{asked.url.path}/letter.eml?back=1").status_code == 404
    for form in (
        {"event": "denied"},
        {"event": "dance"},
        {"event": "fulfilled", "day": "2999-01-01"},
    ):
        assert greta.post(f"{asked.url.path}/note", **form).status_code in {403, 422}
    assert greta.get(f"{asked.url.path}/complaint").status_code == 403
    make_late(pages)
    assert "late" in text(greta.get("/rights"))
    assert "They are late. Complain?" in text(greta.get(asked.url.path))
    letter = text(greta.get(f"{asked.url.path}/complaint?country=AT&lang=de"))
    assert "Der letzte Tag für die Antwort war der 2. Februar 2026" in letter
    noted = greta.post(f"{asked.url.path}/note", event="received")
    assert "they work on it" in text(noted)
    back = greta.post(f"{asked.url.path}/take-back")
    assert "They do not know yet that you took it back" in text(back)
    assert greta.get(f"{asked.url.path}/letter.eml?back=1").content.startswith(b"From: ")
    known = greta.post(f"{asked.url.path}/note", event="confirmed")
    assert "They know that you took it back" in text(known)
    assert "They confirmed that you took it back" in text(known)


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_pages_in_a_browser(
    browser: Browser, pages: Pages, greta: Visitor, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    with sight(browser, pages.url, viewport=size, color_scheme=scheme) as eyes:
        page = eyes.page
        eyes.go("/unlock?next=%2Frights")
        page.fill("[name=name]", "Greta")
        page.fill("[name=passphrase]", PASSPHRASE)
        eyes.press("Open")
        page.wait_for_url("**/rights")
        eyes.check("empty")
        page.click('a:has-text("Ask for something")')
        eyes.check("whom")
        page.check("[name=whom][value=elsewhere]")
        page.keyboard.press("Enter")  # by keys alone
        page.wait_for_selector("text=What do you want")
        eyes.check("what")
        page.check("[name=right][value=access]")
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=email]")
        eyes.check("send")
        for field in ("to", "email", "sender"):
            page.fill(f"[name={field}]", LETTER[field])
        eyes.press("Write the letter")
        page.wait_for_selector("text=Your letter is ready")
        eyes.check("one")
        page.select_option("[name=event]", "denied")
        page.select_option("[name=reason]", "no_match")
        eyes.press("Note it")
        page.wait_for_selector("text=You need not take a no")
        eyes.check("denied")
        eyes.press("Write the letter")
        page.wait_for_selector("text=A letter to the authority")
        eyes.check("letter")
        greta.post("/rights/new", whom="reel", right="rectification", details="Not mine.")
        make_late(pages)
        greta.post("/rights/new", whom="reel", right="rectification", details="Nor this.")
        eyes.go("/rights")
        page.click('a:has-text("Have it put right") >> nth=0')
        page.wait_for_selector("text=So far")
        eyes.check("late")
        eyes.go("/more")
