"""Settling on pages: from what was found to a message, its clock and its end."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.vault.pages.conftest import PASSPHRASE, Pages, Visitor, text
from tests.vault.pages.test_walk import sight

from firsthand.vault.acts import settling

LISTED = re.compile(r'href="(/settle/[\w-]+)">Tell them[^<]*</a></h3><p class="note">([^<]*)')
LETTER = {"to": "Acme", "email": "help@acme.example", "sender": "Greta", "country": "DE"}


@pytest.fixture
def greta(pages: Pages, visitor: Visitor) -> Visitor:
    """Greta has brought what the samples hold."""
    visitor.keep("Greta", *pages.host.parts.samples)
    return visitor


def matter(pages: Pages) -> dict[str, Any]:
    with pages.host.parts.cabinet.lend("greta") as vault:
        return settling.matters(vault)[0]


def test_nothing_found_says_what_to_do_first(visitor: Visitor) -> None:
    visitor.keep("Greta")
    assert "Bring a bank statement" in text(visitor.get("/settle"))
    assert visitor.get("/settle/nothing").status_code == 404
    assert "Tell them that you moved" in text(visitor.get("/settle/new"))
    assert visitor.get("/settle/new?about=nothing").status_code == 404


def test_from_a_finding_to_a_message_that_is_sent_and_settled(pages: Pages, greta: Visitor) -> None:
    found = matter(pages)
    assert str(found["title"]) in text(greta.get("/settle"))
    new = greta.get(
        "/settle/new",
    )
    assert new.status_code == 200
    form = {**LETTER, "about": str(found["about"]), "kind": "cancel", "lang": "en"}
    page = greta.http.get("/settle/new", params={"about": form["about"], "kind": "cancel"})
    assert "Whom you write to" in text(page)
    wrong = greta.post("/settle/new", **{**form, "email": "nobody"})
    assert wrong.status_code == 422
    assert 'value="Acme"' in wrong.text, "what was typed stays"
    case = greta.post("/settle/new", **{**form, "reference": "<b>7</b>"})
    assert "Read it, then send it" in text(case)
    assert "I cancel my contract" in text(case)
    assert "<b>7</b>" not in case.text
    eml = greta.get(f"{case.url.path}/message.eml")
    assert eml.headers["content-type"] == "message/rfc822"
    assert greta.post(case.url.path, event="refuse").status_code in {403, 409, 422}
    sent = greta.post(case.url.path, event="send")
    assert "14 days left" in text(sent)
    assert greta.post(case.url.path, event="settle", day="2999-01-01").status_code == 422
    done = greta.post(case.url.path, event="settle", words="They wrote back.")
    assert "Settled. Well done." in text(done)
    assert "saved every year" in text(greta.get("/settle"))
    assert "They wrote back." in text(greta.get(case.url.path))
    assert "It is deleted" in text(greta.post(f"{case.url.path}/delete"))
    assert greta.get(case.url.path).status_code == 404


def test_what_is_missing_is_asked_for(greta: Visitor) -> None:
    page = text(greta.get("/settle/new?kind=refund"))
    assert "How much" in page
    assert greta.post("/settle/new", **LETTER, kind="refund", lang="en").status_code == 422
    moved = greta.post("/settle/new", **LETTER, kind="moved", lang="fr", news="12 rue Haute, Lyon")
    assert "12 rue Haute, Lyon." in text(moved)


def test_everyone_hears_of_a_new_address_by_a_message_of_their_own(greta: Visitor) -> None:
    form = {**LETTER, "kind": "moved", "lang": "en", "news": "4 Mill Road, Reading"}
    form |= {"email": "help@acme.example", "reference": "A-77"}
    known = ["Irondock Gym", "Larkline Mobile"]
    assert "Irondock Gym" in text(greta.get("/settle/new?kind=moved"))
    made = greta.http.post("/settle/new", data={**form, "also": known})
    assert "3 messages are ready" in text(made)
    for name in (*known, "Acme"):
        assert name in text(made)
        mine = next(path for path, to in LISTED.findall(made.text) if to.startswith(name))
        told = greta.get(f"{mine}/message.eml").text
        assert ("help@acme.example" in told, "A-77" in told) == (name == "Acme", name == "Acme")
    for_one = greta.http.post("/settle/new", data={**form, "to": "", "also": known})
    assert for_one.status_code == 422
    assert "for one of them" in text(for_one)


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_pages_in_a_browser(
    browser: Browser, pages: Pages, greta: Visitor, width: int, scheme: str
) -> None:
    form = {**LETTER, "about": str(matter(pages)["about"]), "kind": "cancel", "lang": "en"}
    path = greta.post("/settle/new", **form).url.path
    greta.post(path, event="send")
    size = {"width": width, "height": 844}
    with sight(browser, pages.url, viewport=size, color_scheme=scheme) as eyes:
        page = eyes.page
        eyes.go("/unlock?next=%2Fsettle")
        page.fill("[name=name]", "Greta")
        page.fill("[name=passphrase]", PASSPHRASE)
        eyes.press("Open")
        page.wait_for_url("**/settle")
        eyes.check("settle")
        eyes.go("/settle/new")
        page.check("[name=kind][value=moved]")
        page.keyboard.press("Enter")  # by keys alone
        page.wait_for_selector("[name=news]")
        eyes.check("settle-new")
        eyes.go(path)
        eyes.check("settle-case")
