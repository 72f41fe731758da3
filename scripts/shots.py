"""Take the pictures of the docs: the sample town is run, walked in a browser, and seen.

`python scripts/shots.py [--port N] [--into FOLDER]` writes PNG files to `docs/pictures`.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
WIDE, NARROW = (1280, 860), (390, 844)
READY_S_MAX = 90
PERSON = "Be Greta"


@contextmanager
def town(folder: Path, port: int) -> Iterator[str]:
    """The sample town, until the block ends; gives the address of its first page."""
    command = [
        sys.executable, "-m", "firsthand.cli", "up", "--town",
        "--data", str(folder), "--port", str(port),
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    log = folder / "shots.log"
    with log.open("wb") as out:
        running = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            _wait(log, running)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


def _wait(log: Path, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_S_MAX
    while "Everybody is there" not in log.read_text():
        if running.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"The town did not begin:\n{log.read_text()}")
        time.sleep(0.5)


class Camera:
    """Opens pages of one size and theme, and keeps what it sees."""

    def __init__(self, browser: Browser, into: Path) -> None:
        self._browser, self._into = browser, into

    @contextmanager
    def page(self, size: tuple[int, int], *, dark: bool = False) -> Iterator[Page]:
        """A page in a browser of its own."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="UTC",
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def take(self, page: Page, name: str) -> None:
        """Keep what the window shows."""
        page.wait_for_load_state("networkidle") if "/staff" not in page.url else None
        page.wait_for_timeout(400)
        page.screenshot(path=str(self._into / f"{name}.png"))


def person_walk(address: str) -> Callable[[Page, Camera, str], None]:
    """What a person sees: findings, things, one organisation, what would leave, what came."""

    def walk(page: Page, camera: Camera, size: str) -> None:
        page.goto(address)
        camera.take(page, f"doors-{size}")
        page.get_by_role("button", name=PERSON).click()
        page.wait_for_load_state()
        for name, path in (
            ("home", "/"),
            ("things", "/things"),
            ("money", "/money"),
            ("year", "/year"),
            ("settle", "/settle"),
            ("sources", "/sources"),
            ("deal", "/with/reel"),
            ("inbox", "/inbox"),
        ):
            page.goto(address + path)
            camera.take(page, f"{name}-{size}")
        page.goto(address + "/with/reel/give")
        page.get_by_role("button", name="See first").click()
        page.wait_for_load_state()
        camera.take(page, f"preview-{size}")

    return walk


def staff_walk(address: str, login: dict[str, str]) -> Callable[[Page, Camera, str], None]:
    """What the organisation's staff see: what comes in, and one customer."""

    def walk(page: Page, camera: Camera, size: str) -> None:
        page.goto(address + "/staff/login")
        page.get_by_label("Name").fill(login["name"])
        page.get_by_label("Password").fill(login["password"])
        page.get_by_role("button", name=re.compile("sign in", re.IGNORECASE)).click()
        page.wait_for_url(re.compile("/staff"))
        page.wait_for_timeout(15_000 if size == "wide" else 1_000)
        camera.take(page, f"live-{size}")
        page.goto(address + "/staff/customers")
        camera.take(page, f"customers-{size}")
        page.get_by_role("link", name=re.compile("R-1002")).first.click()
        page.get_by_role("button", name="Look").click()
        page.wait_for_load_state()
        camera.take(page, f"customer-{size}")

    return walk


def both_sides(camera: Camera, into: Path) -> None:
    """One picture of both: the person's page and the staff's page side by side."""
    html = f"""<!doctype html><style>
      body {{ margin: 0; padding: 56px; background: linear-gradient(120deg, #eceefb, #e6f2ef);
             display: grid; grid-template-columns: 300px 1fr; gap: 48px; align-items: center; }}
      img {{ width: 100%; border-radius: 14px; box-shadow: 0 18px 50px rgb(20 20 40 / 22%); }}
    </style><img src="file://{into}/home-narrow.png"><img src="file://{into}/customer-wide.png">"""
    sheet = into / "both-sides.html"
    sheet.write_text(html, encoding="utf-8")
    with camera.page((1400, 780)) as page:
        page.goto(f"file://{sheet}")
        page.wait_for_timeout(300)
        page.screenshot(path=str(into / "both-sides.png"))
    sheet.unlink()


def main() -> int:
    """Run the town, walk both sides at both sizes, and put one picture together."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--port", type=int, default=18_900)
    parser.add_argument("--into", type=Path, default=PICTURES)
    asked = parser.parse_args()
    into: Path = asked.into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        town(Path(folder), asked.port) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        camera = Camera(browser, into)
        (made,) = Path(folder).rglob("reel.json")
        login = json.loads(made.read_text())["staff"]
        staff = f"http://127.0.0.1:{asked.port + 1}"
        # People first: later in the day somebody ends a deal.
        for walk in (person_walk(address), staff_walk(staff, login)):
            for size, window in (("wide", WIDE), ("narrow", NARROW)):
                with camera.page(window) as page:
                    walk(page, camera, size)
        both_sides(camera, into)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
