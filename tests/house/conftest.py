"""The tree that the laws of the house look at."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the project."""
    return ROOT


@pytest.fixture(scope="session")
def kept(root: Path) -> list[Path]:
    """Every file that git keeps or would keep, so that a law holds before the commit too."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = [root / name for name in listing.split("\0") if name]
    return [path for path in found if path.is_file()]


@pytest.fixture(scope="session")
def house(root: Path) -> list[Path]:
    """The modules of the product."""
    found = sorted((root / "src" / "firsthand").rglob("*.py"))
    assert found, "no modules: is src/firsthand where it was?"
    return found
