"""What all tests may stand on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

FIND_BROWSER = Path(__file__).resolve().parents[1] / "scripts" / "find-browser"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# Machines are shared: how long an example takes says nothing.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Without one, tests are skipped; where CI is set, they fail."""
    found = subprocess.run([str(FIND_BROWSER)], capture_output=True, text=True, check=False)
    if found.returncode:
        said = found.stderr.strip()
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    return found.stdout.strip()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for a module. Each test opens its own context and closes it.

    Not for the session: while it is open its event loop runs in this thread, and `asyncio.run`
    in any other test would fail. In a module that uses it, ask apps through a real server.
    """
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()
