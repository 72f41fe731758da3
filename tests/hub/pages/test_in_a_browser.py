"""Every page of an organisation in a real browser: to read, to reach, to press, to watch live."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from tests.hub.conftest import Person, Served

pytestmark = pytest.mark.browser
EXPECTED = ("status of 403", "status of 404", "status of 422")


class Seen:
    """A page, and what its console complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        known = any(words in message.text for words in EXPECTED)
        if message.type in {"error", "warning"} and not known:
            self.complaints.append(message.text)


def sign_in(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/staff/login?name=owner")
    page.get_by_label("Password").fill(served.made["staff"]["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff")


@pytest.fixture
def context(browser: Browser, offered: Served) -> Iterator[BrowserContext]:
    """Closed before the server stops, which waits for streams that are open."""
    assert offered.url
    with browser.new_context(viewport={"width": 390, "height": 844}) as opened:
        yield opened


def paths_of(person: Person, refused: Person) -> list[str]:
    one = f"/staff/customers/{person.id}"
    return [
        "/staff", "/staff?span=days", "/staff/customers", one, f"{one}?purpose=personalisation",
        f"{one}?purpose=personalisation&tab=things", f"{one}?purpose=personalisation&tab=looks",
        f"{one}?purpose=training", f"{one}/deals/{person.agreement.id}",
        f"/staff/customers/{refused.id}", "/staff/deals", "/staff/deals?state=accepted",
        "/staff/register", "/staff/catalogue",
        "/staff/catalogue?q=mystery", "/staff/invitations", "/staff/systems", "/staff/team",
        "/staff/requests",
        "/staff/nowhere", "/", "/terms", "/terms/FH-GIVEN",
        "/terms/PDC-AI", "/invite/none", "/nowhere",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_can_be_read_by_all_and_fits(
    browser: Browser, offered: Served, person: Person, width: int, scheme: str
) -> None:
    refused = Person(offered)
    refused.propose(refused.proffer("PDC-AI"))
    person.give("Dark", "Fog", *(f"{'Very long name without an end ' * 6}{n}" for n in range(60)))
    offered.settle()
    with browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    ) as opened:
        seen = Seen(opened.new_page())
        for path in ["/staff/login", *paths_of(person, refused)]:
            if path == "/staff":
                sign_in(seen.page, offered)
            seen.page.goto(offered.url + path)
            found = Axe().run(seen.page)
            assert found.violations_count == 0, (path, found.generate_report())
            over = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{path} is {over} px wider than {width}"
        assert seen.complaints == []


def test_what_is_given_appears_while_staff_watch(
    context: BrowserContext, offered: Served, person: Person
) -> None:
    seen = Seen(context.new_page())
    sign_in(seen.page, offered)
    expect(seen.page.locator("html")).to_have_attribute("data-stream", "open")
    one = context.new_page()
    one.goto(f"{offered.url}/staff/customers/{person.id}?purpose=personalisation")
    expect(one.locator("html")).to_have_attribute("data-stream", "open")
    expect(one.get_by_text("Nothing was given for this purpose yet")).to_be_visible()
    person.give("Dark", "Fog")
    expect(seen.page.get_by_text("showed 2 things")).to_be_visible()
    expect(one.get_by_text("2 titles watched")).to_be_visible()
    expect(one.get_by_text("Moon").first).to_be_visible()
    refused = Person(offered)
    refused.agree()
    expect(seen.page.locator(".stat").first).to_contain_text("2")
    assert seen.complaints == []


def test_what_was_shown_is_gone_from_the_screen_when_they_end_it(
    context: BrowserContext, offered: Served, person: Person
) -> None:
    person.give("Dark")
    offered.settle()
    page = context.new_page()
    sign_in(page, offered)
    page.goto(f"{offered.url}/staff/customers/{person.id}?purpose=personalisation")
    expect(page.locator("html")).to_have_attribute("data-stream", "open")
    expect(page.get_by_text("Dark").first).to_be_visible()
    person.end("/v1/revocations")
    expect(page.get_by_role("heading", name="This has ended")).to_be_visible()
    assert "Dark" not in page.locator("main").inner_text()


def test_a_purpose_is_chosen_by_keyboard_alone(
    context: BrowserContext, offered: Served, person: Person
) -> None:
    person.give("Dark")
    person.send(person.batch([person.signal("The player stops", purpose="support")]))
    offered.settle()
    page = context.new_page()
    sign_in(page, offered)
    page.goto(f"{offered.url}/staff/customers/{person.id}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(3):
        if page.evaluate("document.activeElement.type") == "radio":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**purpose=support")
    expect(page.get_by_text("You look for")).to_contain_text("helping them")


def test_saying_no_asks_first(context: BrowserContext, offered: Served) -> None:
    page = context.new_page()
    sign_in(page, offered)
    page.goto(f"{offered.url}/staff/deals")
    asked = page.locator("details.confirm").first
    asked.locator("summary").click()
    expect(asked).to_contain_text("Deals made before stay as they are")
    page.keyboard.press("Escape")
    assert asked.get_attribute("open") is None
    assert len(offered.hub.policy().accepts) == 3
    asked.locator("summary").click()
    asked.get_by_role("button", name="Say no from now on").click()
    expect(page.get_by_role("status").first).to_contain_text("From now on you say no to")
    assert len(offered.hub.policy().accepts) == 2


def test_files_go_up_and_links_come_down(context: BrowserContext, offered: Served) -> None:
    seen = Seen(context.new_page())
    page = seen.page
    sign_in(page, offered)
    page.goto(f"{offered.url}/staff/catalogue")
    page.get_by_label("A table as CSV").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"title,genres\n,x\n"}
    )
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Line 2: a title has 1 to 300 characters.")).to_be_visible()
    page.get_by_label("A table as CSV").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"title,genres\nDark,x\n"}
    )
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published: 1 row")).to_be_visible()
    page.goto(f"{offered.url}/staff/invitations")
    page.get_by_label("Accounts as CSV").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"account\nA-1\nA-2\n"}
    )
    page.get_by_role("button", name="Make the links").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the links").click()
    assert coming.value.suggested_filename == "invitations.csv"
    page.goto(f"{offered.url}/staff/systems")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    assert coming.value.suggested_filename == "given-for-personalisation.csv"
    assert seen.complaints == []


def test_signing_out_takes_every_open_page_away(context: BrowserContext, offered: Served) -> None:
    page = context.new_page()
    sign_in(page, offered)
    other = context.new_page()
    other.goto(f"{offered.url}/staff")
    expect(other.locator("html")).to_have_attribute("data-stream", "open")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/staff/login?left=yes")
    other.wait_for_url("**/staff/login?left=yes")
