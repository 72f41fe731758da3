"""The pages about deals as they are seen: nothing too wide, nothing that axe finds, keys enough."""

import pytest
from playwright.sync_api import Browser
from tests.vault.pages.conftest import Organisation, Pages
from tests.vault.pages.test_walk import keep, sight

from firsthand.hub.acts import offering

PATHS = (
    "/who", "/who/end", "/terms", "/terms/SD-BASE-ATP-S3P-DP", "/terms/compare?a=FH-GIVEN&b=PDC-AI",
    "/with/reel", "/with/reel/change", "/with/reel/story", "/with/reel/story?part=agreed", "/deals",
)  # fmt: skip


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "dark"), (390, "light"), (1280, "dark"), (1280, "light")]
)
def test_pages_about_deals(
    browser: Browser, pages: Pages, reel: Organisation, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    with sight(browser, pages.url, viewport=size, color_scheme=scheme) as eyes:
        page = eyes.page
        keep(eyes, pages, "Greta")
        eyes.go(f"/connect?to={reel.url}")
        eyes.press("Agree with Reel")
        page.wait_for_url("**/with/reel")
        offering.policy(reel.hub, counter="SD-BASE-DP")
        eyes.go("/with/reel/change")
        page.click('summary:has-text("Others that you could ask for")')
        page.check('input[value="PDC-AI"]')
        eyes.press("See what would be different")
        page.wait_for_selector("text=What would be different")
        eyes.check("what would be different")
        eyes.press("Propose it to Reel")
        page.wait_for_selector("text=Reel proposes something else")
        for path in PATHS:
            eyes.go(path)
        eyes.go("/deals")
        page.focus('summary:has-text("End")')
        page.keyboard.press("Enter")
        page.wait_for_selector("text=End and erase now")
        eyes.check("the question before an end")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Erased, and signed")
