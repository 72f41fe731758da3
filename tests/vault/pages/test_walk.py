"""The whole way in a real browser: by pointer and by keys, on a phone and on a desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page
from tests.vault.pages.conftest import PASSPHRASE, Organisation, Pages
from tests.vault.pages.test_guards import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
WATCHER = """
window.refused = [];
addEventListener("securitypolicyviolation", (e) => window.refused.push(e.violatedDirective));
"""


class Sight:
    """A page with eyes: every look checks what must hold on each page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        page.add_init_script(WATCHER)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.check(path)

    def check(self, where: str) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{where}: {wide} px too wide"
        assert self.page.evaluate("window.refused") == [], where
        assert self.page.evaluate("window.pwn") is None, where
        found = Axe().run(self.page).response["violations"]
        assert not found, f"{where}: {[(v['id'], v['nodes'][0]['target']) for v in found]}"
        assert not self.errors, f"{where}: {self.errors}"

    def press(self, words: str) -> None:
        self.page.click(f'button:has-text("{words}")')


@contextmanager
def sight(browser: Browser, url: str, **how: object) -> Iterator[Sight]:
    context = browser.new_context(reduced_motion="reduce", **how)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield Sight(page, url)
    context.close()


def keep(eyes: Sight, pages: Pages, name: str) -> None:
    """Drop both samples and keep them, as a person does."""
    page = eyes.page
    eyes.go("/")
    page.set_input_files(
        "input[type=file]",
        [
            FilePayload(name=each.name, mimeType="text/csv", buffer=each.content)
            for each in pages.host.parts.samples
        ],
    )
    page.wait_for_url("**/look")
    eyes.check("/look")
    page.click(".bill summary >> nth=0")
    assert page.locator(".bill[open] .rows-behind tbody tr").count() > 10
    page.click('a:has-text("Keep it") >> nth=0')
    page.fill("[name=name]", name)
    page.fill("[name=passphrase]", PASSPHRASE)
    assert "good" in page.inner_text("[data-strength]").lower()
    page.fill("[name=again]", PASSPHRASE)
    eyes.check("/keep")
    eyes.press("Go on")
    page.wait_for_url("**/keep/code")
    eyes.check("/keep/code")
    page.check("[name=written]")
    eyes.press("Keep my data")
    page.wait_for_url("**/bring/done")
    eyes.check("/bring/done")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_from_a_file_to_an_erasing(
    browser: Browser, pages: Pages, reel: Organisation, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    with sight(browser, pages.url, viewport=size, color_scheme=scheme) as eyes:
        page = eyes.page
        keep(eyes, pages, "Greta")
        for path in ("/", "/things", "/things?q=kettle", "/bring", "/deals", "/inbox", "/more"):
            eyes.go(path)
        eyes.go(f"/connect?to={quote(reel.invitation('A-1042'), safe='')}")
        assert not page.locator("[name=tie]:checked").count(), "nothing is ticked beforehand"
        page.check("[name=tie][value=yes]")
        eyes.press("Agree with Reel")
        page.wait_for_url("**/with/reel")
        eyes.check("/with/reel")
        eyes.go("/with/reel/give?by=items")
        page.check(".checklist li:nth-child(1) input")
        page.check(".checklist li:nth-child(5) input")
        assert page.inner_text("[data-chosen]") == "2 chosen"
        eyes.press("See first")
        page.wait_for_selector("text=What would come back")
        eyes.check("preview")
        page.click('button:text-is("Give")')
        page.wait_for_url("**/got")
        page.wait_for_selector(".message")  # it appears by itself
        eyes.check("/with/reel/got")
        eyes.go("/with/reel/given")
        eyes.go("/with/reel/log")
        eyes.go("/with/reel")
        page.click('summary:has-text("End and erase")')
        eyes.press("End and erase now")
        page.wait_for_selector("text=Erased, and signed")
        eyes.check("erased")


def test_what_comes_back_is_counted_on_every_page_without_being_asked_for(
    browser: Browser, pages: Pages, reel: Organisation
) -> None:
    with sight(browser, pages.url) as eyes:
        page = eyes.page
        keep(eyes, pages, "Greta")
        eyes.go(f"/connect?to={quote(reel.url, safe='')}")
        eyes.press("Agree with Reel")
        page.wait_for_url("**/with/reel")
        eyes.go("/with/reel/give")
        eyes.press("See first")
        page.wait_for_selector("text=What would come back")
        reel.leave()
        page.click('button:text-is("Give")')
        page.wait_for_url("**/given")
        assert "waiting to go" in page.inner_text("main")
        page.goto(eyes.url + "/more")
        reel.back()
        page.wait_for_selector("#nav-inbox .count")


def test_by_keys_alone(browser: Browser, pages: Pages) -> None:
    with sight(browser, pages.url, viewport={"width": 1280, "height": 800}) as eyes:
        page = eyes.page
        eyes.go("/")
        seen = []
        for _ in range(12):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.textContent.trim()"
                                      " || document.activeElement.type || ''"))  # fmt: skip
        assert seen[0] == "Skip to the page"
        assert "file" in seen, "the place to drop a file is reached by keys"
        sample = page.locator('button:has-text("A bank statement")')
        sample.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/look")
        page.locator(".bill summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator(".bill[open]").count() == 1


def test_without_script_a_file_is_read_all_the_same(browser: Browser, pages: Pages) -> None:
    with sight(browser, pages.url, java_script_enabled=False) as eyes:
        page, bank = eyes.page, pages.host.parts.samples[0]
        page.goto(eyes.url + "/")
        page.set_input_files(
            "input[type=file]",
            {"name": bank.name, "mimeType": "text/csv", "buffer": bank.content},
        )
        page.click("text=See what is in it")
        page.wait_for_url("**/look")
        assert "regular payments" in page.inner_text("main")


def test_nothing_in_a_file_runs(browser: Browser, pages: Pages) -> None:
    rows = "".join(
        f'2024-0{month}-03,"{words.replace(chr(34), chr(34) * 2)}",-9.99\n'
        for words in HOSTILE
        for month in range(1, 7)
    )
    hostile = FilePayload(
        name="<img src=x onerror=pwn=1>.csv",
        mimeType="text/csv",
        buffer=f"Date,Description,Amount\n{rows}".encode(),
    )
    with sight(browser, pages.url) as eyes:
        eyes.go("/")
        eyes.page.set_input_files("input[type=file]", hostile)
        eyes.page.wait_for_url("**/look")
        eyes.page.click("summary >> nth=0")
        eyes.check("/look")
