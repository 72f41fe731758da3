"""What all tests may stand on."""

import os
import subprocess
from pathlib import Path

import pytest

FIND_BROWSER = Path(__file__).resolve().parents[1] / "scripts" / "find-browser"


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
