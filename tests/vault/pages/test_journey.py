"""A person's first weeks in a real browser, from a zip to the same data elsewhere."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.vault.pages.conftest import BANK, NETFLIX, PASSPHRASE, Pages
from tests.vault.pages.test_passkeys import KEY, press


def fits(page: Page) -> None:
    """Nothing sticks out, and everybody can read it."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    found = Axe().run(page).response["violations"]
    assert not found, f"{page.url}: {[(v['id'], v['nodes'][0]['target']) for v in found]}"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """What a service sends: two lists that can be read, a picture, and one that has no rows."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as packed:
        packed.writestr("takeout/bank.csv", BANK.content)
        packed.writestr("takeout/viewed.csv", NETFLIX.content)
        packed.writestr("takeout/photo.jpg", b"\xff\xd8\xff" + bytes(50))
    path = tmp_path / "takeout.zip"
    path.write_bytes(raw.getvalue())
    return path


def made(page: Page, url: str) -> None:
    """Make one's place, with what was dropped."""
    page.goto(f"{url}/keep")
    page.fill("[name=name]", "June")
    page.fill("[name=passphrase]", PASSPHRASE)
    page.fill("[name=again]", PASSPHRASE)
    page.click('main button[type="submit"]:visible')
    page.wait_for_url("**/keep/code")
    page.check("[name=written]")
    page.click("main form:has([name=written]) button:visible")


def dropped(page: Page, url: str, archive: Path) -> None:
    """It speaks before it is kept; then it is kept, and what became of it is told."""
    page.goto(url)
    page.set_input_files('input[type="file"]', archive)
    page.wait_for_url("**/look*")
    assert "Irondock Gym" in page.inner_text("main")
    fits(page)
    made(page, url)
    page.goto(f"{url}/bring/imports/1")
    page.click('summary:has-text("Left out in it")')
    page.wait_for_selector("text=Pictures, videos and sound are not read")
    fits(page)
    page.goto(f"{url}/things?q=Irondock")
    page.wait_for_selector("text=Irondock")
    fits(page)


def corrected(page: Page, url: str) -> None:
    """What is not so is in the list of what was corrected."""
    page.goto(url)
    page.wait_for_selector("text=Irondock Gym")
    page.click('summary:has-text("Irondock Gym")')
    page.click('details:has-text("Irondock Gym") button:has-text("This is not so")')
    page.goto(f"{url}/corrections")
    page.wait_for_selector("text=Irondock Gym")
    fits(page)


def left_out(page: Page, url: str, archive: Path) -> None:
    """It goes, and stays out when the same comes again."""
    page.goto(f"{url}/bring/leave-out")
    page.fill("[name=words]", "Irondock")
    press(page, "See what that is")
    page.wait_for_selector("#hits")
    fits(page)
    press(page, "Leave it out")
    page.wait_for_load_state()
    page.goto(f"{url}/bring")
    page.set_input_files('input[type="file"]', archive)
    page.wait_for_url("**/bring/done")
    page.goto(f"{url}/things?q=Irondock")
    page.wait_for_load_state()
    assert "Irondock Gym" not in page.inner_text("main")


def locked_and_opened(page: Page, url: str) -> None:
    """By a passkey."""
    page.goto(f"{url}/opening")
    page.fill("[name=name]", "My phone")
    press(page, "Make a passkey")
    page.wait_for_selector('text="My phone opens your data from now on."')
    page.goto(f"{url}/more")
    press(page, "Lock now")
    page.wait_for_url("**/unlock?locked=yes")
    press(page, "Open with a passkey")
    page.wait_for_url(f"{url}/")


def taken_along(page: Page, url: str, path: Path) -> None:
    """All of it, in one file."""
    page.goto(f"{url}/more")
    fits(page)
    with page.expect_download() as download:
        press(page, "Use a passkey")
    download.value.save_as(path)


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_from_a_zip_to_the_same_elsewhere(
    browser: Browser,
    make_pages: Callable[..., Pages],
    tmp_path: Path,
    archive: Path,
    width: int,
    scheme: Literal["dark", "light"],
) -> None:
    pages = make_pages(folder=tmp_path / "here")
    elsewhere = make_pages(folder=tmp_path / "elsewhere")
    here = pages.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    dropped(page, here, archive)
    corrected(page, here)
    left_out(page, here, archive)
    locked_and_opened(page, here)
    taken_along(page, here, tmp_path / "all.jsonld")
    there = context.new_page()
    made(there, elsewhere.url)
    there.goto(f"{elsewhere.url}/bring")
    there.set_input_files('input[type="file"]', tmp_path / "all.jsonld")
    there.wait_for_url("**/bring/done")
    fits(there)
    there.goto(f"{elsewhere.url}/things?q=Lighthouse")
    there.wait_for_selector("text=Lighthouse Accountant")
    context.close()
    with pages.host.parts.cabinet.lend("june") as mine:
        before = mine.store.row("findings.size")
    with elsewhere.host.parts.cabinet.lend("june") as theirs:
        assert theirs.store.row("findings.size") == before
