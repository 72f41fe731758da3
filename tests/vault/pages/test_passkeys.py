"""A passkey opens what is kept, in a real browser; what one says is believed only if it fits."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.vault.pages.conftest import PASSPHRASE, Pages, Visitor

from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.web.challenges import Challenges
from firsthand.protocol.base64url import decode, encode
from firsthand.vault.acts.passkeys import NOT

KEY = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "hasPrf": True,
}


@contextmanager
def with_key(browser: Browser, **how: object) -> Iterator[Page]:
    """A page of a browser with a passkey device of its own."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **how}})
    yield page
    context.close()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    found = Axe().run(page).response["violations"]
    assert not found, f"{page.url}: {[(v['id'], v['nodes'][0]['target']) for v in found]}"


def press(page: Page, words: str) -> None:
    page.click(f'button:visible:has-text("{words}")')


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_made_used_asked_again_and_taken_away(pages: Pages, browser: Browser) -> None:
    address = pages.url.replace("127.0.0.1", "localhost")
    visitor = Visitor(address)
    with closing(visitor.http), with_key(browser) as page:
        visitor.keep("June")
        page.goto(f"{pages.url}/unlock")
        assert "do not work under a number" in page.inner_text("main")
        page.goto(f"{address}/unlock")
        fits(page)
        page.fill("[name=name]", "June")
        page.fill("[name=passphrase]", PASSPHRASE)
        press(page, "Open")
        page.wait_for_url(f"{address}/")
        page.goto(f"{address}/opening")
        fits(page)
        page.fill("[name=name]", "My phone")
        press(page, "Make a passkey")
        page.wait_for_selector('text="My phone opens your data from now on."')
        fits(page)
        page.goto(f"{address}/more")
        press(page, "Lock now")
        page.wait_for_url("**/unlock?locked=yes")
        assert pages.host.parts.cabinet.open_now() == []
        with page.expect_request("**/unlock") as sent:
            press(page, "Open with a passkey")
        page.wait_for_url(f"{address}/")
        refused(pages, visitor, sent.value.post_data or "")
        page.goto(f"{address}/more")
        with page.expect_download() as download:
            press(page, "Use a passkey")
        assert json.loads(download.value.path().read_bytes())["format"] == "firsthand-export"
        page.goto(f"{address}/opening")
        page.click('.way:has-text("My phone") summary')
        page.click('.way:has-text("My phone") button:has-text("Take it away")')
        page.wait_for_selector('text="That opens nothing any more."')
        page.goto(f"{address}/more")
        press(page, "Lock now")
        press(page, "Open with a passkey")
        page.wait_for_selector(f':text("{NOT}")')


def refused(pages: Pages, visitor: Visitor, body: str) -> None:
    """What opened it once opens it no second time, and no part of it can be another."""
    answer = json.loads(parse_qs(body)["passkey"][0])
    other = Challenges(clock=SystemClock(), chance=SystemChance()).make()
    signed = json.loads(decode(answer["response"]["clientDataJSON"]))
    forged = {**signed, "challenge": encode(other)}
    changes: list[dict[str, object]] = [
        {},
        {"prf": encode(bytes(32))},
        {"prf": ""},
        {"id": encode(b"another")},
        {"response": {**answer["response"], "userHandle": encode(b"nobody")}},
        {"response": {**answer["response"], "clientDataJSON": encode(json.dumps(forged).encode())}},
    ]
    visitor.http.cookies.clear()
    junk = ["{", "[]", "null", "x" * 40_000]
    for text in [*(json.dumps({**answer, **change}) for change in changes), *junk]:
        assert visitor.post("/unlock", passkey=text).status_code == 403, text[:200]
        pages.host.parts.throttle.succeeded("from", "127.0.0.1")
        pages.host.parts.throttle.succeeded("name", "june")
