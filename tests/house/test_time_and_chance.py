"""Time, chance and the environment are read in three files, and come in as arguments elsewhere.

ruff looks for the same names; this reads the syntax tree itself, so that a ``noqa`` is not enough.
"""

import ast
from pathlib import Path

import pytest

ALLOWED = {
    "foundation/clock.py": {"time", "datetime"},
    "foundation/ids.py": {"random", "secrets", "uuid", "os"},
    "foundation/settings.py": {"os"},
}
WHOLE_MODULES = {"random", "secrets", "uuid"}
NAMES = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.environ",
    "os.environb",
    "os.getenv",
    "os.getrandom",
    "os.urandom",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.process_time",
    "time.time",
    "time.time_ns",
}


def imported(tree: ast.Module) -> dict[str, str]:
    """What each name that an import makes stands for, dotted."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full name of an attribute or a name, or "" where there is none."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def read_in(source: str) -> set[str]:
    """The forbidden names that a module uses."""
    tree = ast.parse(source)
    names = imported(tree)
    used = set(names.values())
    used |= {
        dotted(node, names) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)
    }
    return {name for name in used if name in NAMES or name.split(".")[0] in WHOLE_MODULES}


def test_only_three_files_read_time_chance_and_the_environment(
    house: list[Path], root: Path
) -> None:
    outside = {}
    for path in house:
        place = path.relative_to(root / "src" / "firsthand").as_posix()
        allowed = ALLOWED.get(place, set())
        found = {name for name in read_in(path.read_text()) if name.split(".")[0] not in allowed}
        if found:
            outside[place] = sorted(found)
    assert not outside, f"let these come in as arguments: {outside}"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import datetime as d\nd.datetime.now()", "datetime.datetime.now"),
        ("from datetime import datetime\ndatetime.utcnow()", "datetime.datetime.utcnow"),
        ("from datetime import date as day\nday.today()", "datetime.date.today"),
        ("from time import time as t\nt()", "time.time"),
        ("import time\nlater = time.monotonic", "time.monotonic"),
        ("from random import choice\nchoice([1])", "random.choice"),
        ("def f():\n    import secrets", "secrets"),
        ("from uuid import uuid4", "uuid.uuid4"),
        ("import os\nos.urandom(8)", "os.urandom"),
        ("from os import environ\nenviron['A']", "os.environ"),
    ],
)
def test_each_way_of_reading_them_is_seen(source: str, name: str) -> None:
    assert name in read_in(source)


def test_what_is_harmless_is_let_through() -> None:
    harmless = "import os, time, datetime\nos.path\ntime.sleep\ndatetime.datetime.fromisoformat\n"
    assert read_in(harmless) == set()
