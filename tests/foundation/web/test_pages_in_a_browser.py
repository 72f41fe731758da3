"""Every part of the design system, in a real browser: to look at, to reach, and to attack."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from firsthand.foundation.web.streams import Streams

pytestmark = pytest.mark.browser
PAGES = ("/", "/page/start", "/page/unlock", "/nowhere")
WIDTHS = (390, 1280)
HOSTILE = (
    "<script>document.title='pwn'</script>"
    "<img src=x onerror=\"document.title='pwn'\">"
    "<svg onload=\"document.title='pwn'\"></svg>"
    "<iframe srcdoc=\"<script>parent.document.title='pwn'</script>\"></iframe>"
)


class Served(Protocol):
    """Where the gallery answers."""

    url: str
    streams: Streams


class Seen:
    """A page, and what its console complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 404" not in message.text:
            self.complaints.append(message.text)


def follow_nothing(page: Page) -> None:
    """Without its stream a page fetches nothing by itself: what is taken over is what we brought.

    What another test published just before is told to each page that opens its stream.
    """
    page.route("**/events", lambda route: route.abort())


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        yield Seen(context.new_page())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("side", ["vault_side", "hub_side"])
def test_every_part_can_be_read_by_all_and_fits(
    request: pytest.FixtureRequest, browser: Browser, side: str, width: int, scheme: str
) -> None:
    served = request.getfixturevalue(side)
    with browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    ) as context:
        seen = Seen(context.new_page())
        for path in PAGES:
            seen.page.goto(served.url + path)
            found = Axe().run(seen.page)
            assert found.violations_count == 0, found.generate_report()
            over = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{path} is {over} px wider than {width}"
        assert seen.complaints == []


def test_the_first_stop_of_the_keyboard_skips_to_the_page(seen: Seen, vault_side: Served) -> None:
    seen.page.goto(f"{vault_side.url}/")
    seen.page.keyboard.press("Tab")
    expect(seen.page.get_by_role("link", name="Skip to the page")).to_be_focused()
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("main")).to_be_focused()


def test_a_phone_has_its_tabs_at_the_foot(seen: Seen, vault_side: Served) -> None:
    seen.page.goto(f"{vault_side.url}/")
    box = seen.page.get_by_role("navigation", name="Main").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844


def test_the_chosen_theme_is_in_the_first_byte_of_the_next_page(
    seen: Seen, vault_side: Served
) -> None:
    url = vault_side.url
    seen.page.goto(f"{url}/")
    seen.page.get_by_role("button", name="Dark").click()
    assert seen.page.locator("html").get_attribute("data-theme") == "dark"
    assert 'data-theme="dark"' in seen.page.request.get(f"{url}/page/start").text()


def test_no_text_becomes_markup_in_the_browser(seen: Seen, vault_side: Served) -> None:
    seen.page.goto(f"{vault_side.url}/")
    # in a timer: what a debugger evaluates at once is free of the page's policy
    tried = seen.page.evaluate("""() => new Promise((done) => setTimeout(() => {
      const ways = {
        innerHTML: () => { document.body.innerHTML = "<b>x</b>"; },
        policy: () => trustedTypes.createPolicy("any", { createHTML: (text) => text }),
        parser: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
        evaluate: () => (0, eval)("1"),
        script: () => { document.createElement("script").text = "1"; },
      };
      done(Object.entries(ways).filter(([, way]) => {
        try { way(); return true; } catch { return false; }
      }).map(([name]) => name));
    })) """)
    assert tried == []


def test_a_hostile_part_is_taken_over_without_what_runs(seen: Seen, vault_side: Served) -> None:
    page = seen.page
    follow_nothing(page)
    page.goto(f"{vault_side.url}/live")
    page.evaluate(
        "async (bad) => { const got = await firsthand.load('/live?q=' + encodeURIComponent(bad));"
        " firsthand.take(got.response, 'part'); }",
        HOSTILE,
    )
    expect(page.locator("#part img")).to_have_count(1)  # the part did arrive
    assert page.locator("#part").locator("script, iframe, [onerror], [onload]").count() == 0
    assert page.title() == "Live · Firsthand"


def test_a_swap_keeps_what_a_person_opened_and_typed(seen: Seen, vault_side: Served) -> None:
    page = seen.page
    follow_nothing(page)
    page.goto(f"{vault_side.url}/live")
    before = page.locator("#part .count").inner_text()
    page.locator("#more summary").click()
    page.locator("#typed").fill("half a word")
    page.get_by_role("button", name="Again").click()
    expect(page.locator("#part .count")).not_to_have_text(before)
    expect(page.locator("#more")).to_have_attribute("open", "")
    expect(page.locator("#typed")).to_have_value("half a word")
    page.wait_for_url("**/live?x=1")


def test_what_is_live_arrives_as_text_as_a_part_and_as_a_way_on(
    seen: Seen, vault_side: Served
) -> None:
    page, streams = seen.page, vault_side.streams
    page.goto(f"{vault_side.url}/live")
    expect(page.locator("#first")).to_have_text("first words")
    streams.publish("all", "words", "<b>62 of 100</b>")
    expect(page.locator("#words")).to_have_text("<b>62 of 100</b>")
    before = page.locator("#part .count").inner_text()
    with page.expect_request("**/live") as asked:
        streams.publish("all", "part")
    assert asked.value.headers["x-firsthand-swap"] == "live"  # what is said once waits for a page
    expect(page.locator("#part .count")).not_to_have_text(before)
    streams.go("all", "https://elsewhere.example/")
    streams.go("all", "/page/start")
    page.wait_for_url("**/page/start")
    assert seen.complaints == []


def test_a_chosen_file_is_listed_and_sent(seen: Seen, vault_side: Served) -> None:
    page = seen.page
    page.goto(f"{vault_side.url}/live")
    page.locator("input[type=file]").set_input_files(
        {"name": "views.csv", "mimeType": "text/csv", "buffer": b"x" * 2048}
    )
    expect(page.locator(".chosen")).to_contain_text("views.csv")
    expect(page.locator(".chosen")).to_contain_text("2.0 kB")
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/live?done=2048")
    expect(page.get_by_role("status").first).to_contain_text("Kept.")


def test_a_file_that_is_too_large_is_said_before_it_is_sent(seen: Seen, vault_side: Served) -> None:
    page = seen.page
    page.goto(f"{vault_side.url}/live")
    page.locator("[data-drop]").evaluate("zone => { zone.dataset.sizeBytesMax = '1000'; }")
    page.locator("input[type=file]").set_input_files(
        {"name": "views.csv", "mimeType": "text/csv", "buffer": b"x" * 2048}
    )
    expect(page.locator(".chosen")).to_contain_text("larger than 1.0 kB")
    assert page.locator("input[type=file]").evaluate("field => field.checkValidity()") is False


def test_a_form_from_another_site_is_refused(seen: Seen, vault_side: Served) -> None:
    url = vault_side.url
    other = url.replace("127.0.0.1", "localhost")
    seen.page.route(
        f"{other}/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{url}/upload"><button>go</button></form>',
        ),
    )
    seen.page.goto(f"{other}/trap")
    with seen.page.expect_response(f"{url}/upload") as answer:
        seen.page.get_by_role("button").click()
    assert answer.value.status == 403
