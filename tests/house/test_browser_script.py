"""A missing browser is told of: to a person kindly, and under CI as a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def seek(root: Path, tmp_path: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Looks for a browser where there is nothing but a shell and a name of who asks."""
    for name in ("bash", "cat", "id", "env"):
        for folder in os.environ["PATH"].split(os.pathsep):
            if Path(folder, name).is_file() and not (tmp_path / name).exists():
                (tmp_path / name).symlink_to(Path(folder, name))
    return subprocess.run(
        [str(root / "scripts" / "find-browser"), *words],
        env={"PATH": str(tmp_path), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_one_that_is_named_is_taken(root: Path, tmp_path: Path) -> None:
    browser = tmp_path / "my-browser"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    done = seek(root, tmp_path, CHROMIUM=str(browser))
    assert (done.returncode, done.stdout.strip()) == (0, str(browser))


@pytest.mark.parametrize(("more", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_none_is_said_with_how_to_get_one(
    root: Path, tmp_path: Path, more: dict[str, str], code: int
) -> None:
    done = seek(root, tmp_path, "--install", **more)
    assert done.returncode == code
    assert "apt-get install chromium" in done.stderr


ASKS = """
def test_a_page(chromium):
    assert chromium
"""


@pytest.mark.parametrize(("more", "outcome"), [({}, "1 skipped"), ({"CI": "true"}, "1 error")])
def test_without_one_tests_are_skipped_and_under_ci_they_fail(
    root: Path, tmp_path: Path, more: dict[str, str], outcome: str
) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "tests").mkdir()
    script = tmp_path / "scripts" / "find-browser"
    script.write_text("#!/bin/sh\necho none here >&2\nexit 1\n")
    script.chmod(0o755)
    shutil.copy(root / "tests" / "conftest.py", tmp_path / "tests")
    (tmp_path / "tests" / "test_asks.py").write_text(ASKS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-c", os.devnull, "--rootdir", ".", "tests"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in done.stdout
    assert "none here" in done.stdout
