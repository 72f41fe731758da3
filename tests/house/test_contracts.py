"""The laws of the house bind: each contract is broken once, on a copy, and is seen to break."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# contract, the room the line is put into, the line
PLANTS = [
    ("The house has one direction", "foundation", "import firsthand.app"),
    ("The house has one direction", "hub.terms", "import firsthand.vault.terms"),
    ("The house has one direction", "vault.terms", "import firsthand.hub.terms"),
    ("The house has one direction", "protocol", "import firsthand.foundation.clock"),
    ("Inside the vault", "vault.store", "import firsthand.vault.gate"),
    ("Inside the vault", "vault.sense", "import firsthand.vault.terms"),
    ("Inside the hub", "hub.terms", "import firsthand.hub.reads"),
    ("Inside the hub", "hub.intake", "import firsthand.hub.roles"),
    ("Roles do not know each other", "vault.roles.attic", "import firsthand.vault.roles.profile"),
    ("Roles do not know each other", "hub.roles.attic", "import firsthand.hub.roles.profile"),
    (
        "What one role says does not lean on another",
        "protocol.roles.attic",
        "import firsthand.protocol.roles.profile",
    ),
    (
        "The protocol does no I/O, reads no clock and draws no chance",
        "protocol.wire",
        "def f() -> None:\n    import socket",
    ),
    (
        "Only the journals, the vault's store and one source speak to database engines",
        "hub.reads",
        "import sqlcipher3",
    ),
    (
        "Only the journals, the vault's store and one source speak to database engines",
        "foundation.journals",
        "import sqlite3",
    ),
    (
        "Only the journals, the vault's store and one source speak to database engines",
        "vault.sources.payments",
        "import sqlite3",
    ),
    (
        "Nothing leaves except through the gate and the outbox",
        "vault.inbox",
        "from firsthand.foundation.egress import Egress",
    ),
    (
        "Nothing leaves except through the gate and the outbox",
        "hub.intake",
        "import firsthand.foundation.egress_dial",
    ),
    (
        "Few read the journal, and only the intake appends to it",
        "hub.roles",
        "import firsthand.foundation.journal",
    ),
    ("The town meets hubs by HTTP alone", "town", "from firsthand.hub import acts"),
    ("Only the egress dials", "vault.gate", "import httpx"),
    ("The web framework stays at the doors", "hub.intake", "import starlette"),
]
EXHAUSTIVE = [
    ("The house has one direction", "attic"),
    ("Inside the vault", "vault.attic"),
    ("Inside the hub", "hub.attic"),
]


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the house that may be spoiled."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    shutil.copytree(
        root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.csv")
    )
    return tmp_path


def verdict(copy: Path) -> dict[str, str]:
    """What import-linter says of each contract: KEPT or BROKEN."""
    said = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.*\))?$", said.stdout, re.MULTILINE))
    assert found, said.stdout + said.stderr
    return found


def plant(copy: Path, room: str, line: str) -> None:
    """Puts a line at the end of a room, or makes the room if there is none."""
    place = copy / "src" / "firsthand" / room.replace(".", "/")
    module = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    assert module.is_file() or place.name == "attic", f"no such room: {room}"
    before = module.read_text() if module.is_file() else ""
    module.write_text(f"{before}\n{line}\n")


def named(root: Path) -> set[str]:
    config = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"] for contract in config["contracts"]}


def test_the_house_as_it_stands_keeps_every_contract(copy: Path, root: Path) -> None:
    assert verdict(copy) == dict.fromkeys(named(root), "KEPT")


@pytest.mark.parametrize(("contract", "room", "line"), PLANTS)
def test_a_line_that_breaks_a_contract_is_seen(
    copy: Path, contract: str, room: str, line: str
) -> None:
    plant(copy, room, line)
    assert verdict(copy)[contract] == "BROKEN"


@pytest.mark.parametrize(("contract", "room"), EXHAUSTIVE)
def test_a_new_room_without_a_place_is_seen(copy: Path, contract: str, room: str) -> None:
    plant(copy, room, '"""A room that has no place yet."""')
    assert verdict(copy)[contract] == "BROKEN"


def test_a_circle_is_seen(copy: Path) -> None:
    plant(copy, "foundation.attic", "import firsthand.foundation.cellar")
    (copy / "src/firsthand/foundation/cellar.py").write_text("import firsthand.foundation.attic\n")
    assert verdict(copy)["No circles between siblings"] == "BROKEN"


def test_every_contract_is_broken_once_here(root: Path) -> None:
    broken = {contract for contract, *_ in PLANTS} | {"No circles between siblings"}
    assert named(root) == broken
