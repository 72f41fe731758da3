"""What is kept holds no path of one machine, no address of a registry, and no loose end."""

import re
import tomllib
from pathlib import Path

import pytest

# Written in two halves, so that this file can be looked at as well.
TRACES = re.compile(
    "|".join(
        [
            r"(?<![\w.-])/" + r"work/",
            r"(?<![\w.-])/" + r"root/",
            r"(?<![\w.-])/" + r"opt/",
            r"/t" + r"mp/fh\b",
            r"\." + r"library/",
            r"pypi\." + r"org",
            r"python" + r"hosted",
            r"npm" + r"js\.(com|org)",
        ]
    )
)
LOOSE_END = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+) \\$")
OPTION = re.compile(r"^\s*-(?:-?[a-z][a-z-]*)")


def lines(path: Path) -> list[str]:
    """The lines of a text, or none where it is not text."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def test_no_trace_of_the_machine_it_was_made_on(kept: list[Path], root: Path) -> None:
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in kept
        for number, line in enumerate(lines(path), 1)
        if TRACES.search(line)
    ]
    assert not found, f"a path of a machine, or the address of a registry: {found}"


def test_no_loose_end(kept: list[Path], root: Path) -> None:
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in kept
        if path.suffix in {".py", ".sql", ".html", ".css", ".js", ".md", ".toml"}
        for number, line in enumerate(lines(path), 1)
        if LOOSE_END.search(line)
    ]
    assert not found, f"finish it, or leave it out: {found}"


@pytest.mark.parametrize("trace", ["/" + "work/x", "see /" + "root/.ssh", "python" + "hosted"])
def test_a_trace_is_seen(trace: str) -> None:
    assert TRACES.search(trace)


def pins(path: Path) -> dict[str, int]:
    """The packages of a file of pins, each with the number of its hashes."""
    found: dict[str, int] = {}
    name = ""
    for line in path.read_text().splitlines():
        pinned = PIN.match(line)
        if pinned:
            name = pinned["name"]
            found[name] = 0
        elif line.strip().startswith("--hash=sha256:"):
            found[name] += 1
        else:
            assert not OPTION.match(line), f"{path.name} holds an option: {line!r}"
            assert not line.strip() or line.strip().startswith("#"), f"not a pin: {line!r}"
    return found


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_pins_carry_hashes_and_no_address(root: Path, name: str) -> None:
    path = root / "requirements" / name
    assert "://" not in path.read_text()
    bare = [package for package, hashes in pins(path).items() if not hashes]
    assert not bare, f"no hash: {bare}"


def test_everything_that_is_asked_for_is_pinned(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    run, test = pins(root / "requirements/run.txt"), pins(root / "requirements/test.txt")
    asked = {re.split(r"[<>=!~\[ ]", need)[0] for need in project["dependencies"]}
    asked_by_tests = {
        re.split(r"[<>=!~\[ ]", need)[0] for need in project["optional-dependencies"]["test"]
    }
    assert asked <= set(run), f"run 'make pins': {asked - set(run)}"
    assert asked | asked_by_tests <= set(test), f"run 'make pins': {asked_by_tests - set(test)}"
    assert set(run) <= set(test)
