"""What is built holds everything, and the Makefile asks for nothing that is not there."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path


def test_the_wheel_holds_every_file_of_the_product(
    root: Path, kept: list[Path], tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    product = root / "src"
    wanted = {str(path.relative_to(product)) for path in kept if path.is_relative_to(product)}
    assert wanted
    assert wanted <= inside, f"left out: {sorted(wanted - inside)}"


def test_make_alone_is_help_wherever_one_stands(root: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "-f", str(root / "Makefile")],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
    ).stdout
    for target in ("setup", "demo", "test", "check", "lint", "browser", "soak", "bench", "spec"):
        assert f"make {target} " in told


def test_every_script_that_make_runs_is_there(root: Path) -> None:
    named = re.findall(r"(?:scripts|benchmarks)/[\w./-]+", (root / "Makefile").read_text())
    missing = {name for name in named if not (root / name).is_file()}
    assert named
    assert not missing


def test_ci_runs_what_a_person_runs(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "exec make test" in script.read_text()
