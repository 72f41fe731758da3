"""What all tests may stand on."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright
from tests.harness.cheap import cheap

FIND_BROWSER = Path(__file__).resolve().parents[1] / "scripts" / "find-browser"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# Where there is memory to stand in, folders of tests do: a disk takes its time over each commit,
# and nobody cuts the power here.
MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
ROOM_BYTES_MIN = 4 << 30
if (
    "TMPDIR" not in os.environ
    and MEMORY.is_dir()
    and shutil.disk_usage(MEMORY).free >= ROOM_BYTES_MIN
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Machines are shared: how long an example takes says nothing.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session", autouse=True)
def costly() -> Iterator[PasswordHasher]:
    """What hashes passwords of staff; in its place, and for vaults, guesses cost little here."""
    with cheap() as hasher:
        yield hasher


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
