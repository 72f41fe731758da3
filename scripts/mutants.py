"""Changes the code in small ways, one at a time, and sees whether a test objects.

    python scripts/mutants.py run FOLDER [WHAT ...]     copy the tree there, change it, test it
    python scripts/mutants.py page FOLDER               write docs/mutants.md from what came of it

WHAT is a group (``statements``, ``sending``), one file of it (``statements:changes``), or what no
test objected to the last time (``sending:survived``), so that a new test can be tried at once, or
what is left of a run that was cut off (``sending:open``).

It needs mutmut, which is no part of the set-up: give the Python
that has it, beside everything in requirements/test.txt. The tree itself is never touched. A run
takes from some minutes to an hour; ``make test`` does not make one. What survives is explained in
scripts/mutants.toml: a table of the function and the changed line, and why no test can tell.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mutants.md"
EXPLAINED = ROOT / "scripts" / "mutants.toml"
COPIED = ("src", "tests", "scripts", "docs", "spec", "pyproject.toml", "Makefile", "README.md")
SRC = "src/firsthand"
# What is changed, and the tests that are asked.
GROUPS: dict[str, tuple[list[str], list[str]]] = {
    "statements": (
        [f"{SRC}/protocol/{name}.py" for name in (
            "agreements", "receipts", "changes", "agreement_life",
        )],
        [f"tests/protocol/test_{name}.py" for name in (
            "agreement_life", "agreements", "agreements_forged", "changes", "receipts",
            "changed_letters", "records", "edges",
        )],
    ),
    **{  # each room of the gate with the tests that are about it
        first: (
            [f"{SRC}/vault/gate/{name}.py" for name in (first, *more)],
            [f"tests/vault/{name if '/' in name else f'gate/test_{name}'}.py" for name in tests],
        )
        for first, more, tests in (
            ("asking", (), ("asking",)),
            ("disclosing", ("moments",), ("steps",)),
            ("sending", ("noticing",), ("log", "noticing", "rarely")),
            ("door", ("evidence",), (
                "door", "evidence", "again", "rests_again", "reminding_steps",
            )),
            ("ending", (), ("spool", "courier", "settling", "acts/test_restating")),
            ("resting", (), ("resting", "rests_again", "again")),
            ("growth", ("again",), ("again", "growth")),
            ("handing", (), ("handing_steps",)),
            ("reminding", (), ("reminding_steps",)),
        )
    },
}  # fmt: skip
# They ask for thousands of forgeries, or start programs, which see the code as it was.
LEFT_OUT = (
    "tests/protocol/test_agreements_forged.py::test_every_changed_byte_of_an_answer_is_refused",
    "tests/protocol/test_agreements_forged.py::test_every_changed_byte_of_a_proposal_is_refused",
    "tests/protocol/test_agreements_forged.py::test_what_was_cut_off_is_refused",
    "tests/vault/gate/test_ending.py::test_killed_between_any_two_steps_it_is_neither_lost_nor_doubled",
)
FLAGS = ["-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "--timeout=0"]
FLAGS += ["--tb=native", "--assert=plain", "--show-capture=no", "-p", "no:logging"]  # quickly
FLAGS += ["-o", "tmp_path_retention_policy=none", "-o", "tmp_path_retention_count=0"]
FLAGS += [part for one in LEFT_OUT for part in ("--deselect", one)]
# Makes the changes, all of them beside the code as it was; which one runs is said at each call.
MAKE = """
from mutmut import __main__ as made
made.copy_src_dir()
made.copy_also_copy_files()
made.setup_source_paths()
made.create_mutants(1)
"""
SURVIVED = {0}
UNSEEN = {33, 5}  # no test runs this line


def run(folder: Path, asked: list[str]) -> None:
    """Copy the tree into ``folder``, one copy a group, and change and test it there."""
    for each in asked:
        group, _, part = each.partition(":")
        place = folder / group
        only = names_of(place, part) if part else []
        if not part:
            shutil.rmtree(place, ignore_errors=True)
        copy_to(place)
        with (place / "pyproject.toml").open("a") as settings:
            settings.write(settings_for(group))
        # What is no Python there already it leaves as it was of an earlier copy.
        plain = shutil.ignore_patterns("*.py")
        shutil.copytree(place / "src", place / "mutants" / "src", ignore=plain, dirs_exist_ok=True)
        making = {**os.environ, "MUTANT_UNDER_TEST": "mutant_generation"}
        subprocess.run(
            [sys.executable, "-c", MAKE],
            cwd=place,
            env=making,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        paths = (place / "mutants" / "src", place / "mutants", ROOT / "scripts")
        testing = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
            "MUTANT_UNDER_TEST": "",
            "MUTANTS_ONLY": ",".join(only),
        }
        command = [sys.executable, "-m", "pytest", "-p", "mutants_tests", *FLAGS]
        # Of its own: any other run of pytest on this machine may clear away what they share.
        command += ["--basetemp", str(place / "made"), *GROUPS[group][1]]
        subprocess.run(command, cwd=place / "mutants", env=testing, check=False)


def copy_to(place: Path) -> None:
    """What the tests need of the tree, over what is there of it already."""
    place.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=ignore, dirs_exist_ok=True)
        elif source.exists():
            shutil.copy(source, place / name)


def names_of(place: Path, part: str) -> list[str]:
    """The changes of a part of a group by name: of one file, those that survived, those left."""
    kinds = {"survived": ("survived", "unseen"), "open": ("open",)}
    every = ("killed", "survived", "unseen", "open")
    return [
        name
        for file, own in counted(place).items()
        if part in kinds or part == Path(file).stem
        for kind in kinds.get(part, every)
        for name in own[kind]
    ]


def settings_for(group: str) -> str:
    """The settings of mutmut for one group."""
    values = {
        "source_paths": ["src"],
        "only_mutate": GROUPS[group][0],
        "also_copy": ["spec", "docs", "scripts"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n[tool.mutmut]\n" + "\n".join(lines) + "\n"


def counted(place: Path) -> dict[str, dict[str, list[str]]]:
    """By file, the names of its changes by what came of them."""
    found: dict[str, dict[str, list[str]]] = {}
    for meta in sorted((place / "mutants" / "src").rglob("*.meta")):
        codes: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
        if not codes:
            continue
        own: dict[str, list[str]] = {"killed": [], "survived": [], "unseen": [], "open": []}
        for name, code in codes.items():
            own[kind_of(code)].append(name)
        found[str(meta.relative_to(place / "mutants")).removesuffix(".meta")] = own
    return found


def kind_of(code: int | None) -> str:
    """What an exit code of the tests says of the change."""
    if code in SURVIVED:
        return "survived"
    if code in UNSEEN:
        return "unseen"
    return "open" if code is None else "killed"  # a test failed, or it went on for ever


def shown(place: Path, name: str) -> tuple[str, str]:
    """The changed line before and after."""
    tool = Path(sys.executable).parent / "mutmut"
    told = subprocess.run(
        [tool, "show", name], cwd=place, capture_output=True, text=True, check=False
    ).stdout
    lines = [line for line in told.splitlines() if not line.startswith(("---", "+++", "@@"))]
    old = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    new = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return old, new


def page(folder: Path) -> str:
    """The page: a table of what was killed, every survivor with its reason, and what was not run.

    A file that was not tested to its end is not in the table.
    """
    explained: dict[str, Any] = tomllib.loads(EXPLAINED.read_text())
    rows, left, done = [], [], set()
    every = killed = 0
    for group in GROUPS:
        for file, own in counted(folder / group).items():
            if own["open"]:
                continue
            done.add(file)
            alive = own["survived"] + own["unseen"]
            size = len(own["killed"]) + len(alive)
            every, killed = every + size, killed + len(own["killed"])
            rows.append(row(f"`{file}`", size, len(own["killed"])))
            for name in alive:
                old, new = shown(folder / group, name)
                what = called(name)
                why = explained.get(Path(file).stem, {}).get(f"{what}: {new}", "not explained")
                left.append(
                    f"- {code(f'{Path(file).stem}.{what}')}: {code(old)} to {code(new)}: {why}."
                )
    wanted = {path for files, _ in GROUPS.values() for path in files}
    rooms = (ROOT / SRC / "vault/gate").glob("[!_]*.py")
    wanted |= {str(path.relative_to(ROOT)) for path in rooms}
    missing = [f"- `{file}`" for file in sorted(wanted - done)]
    open_ones = ("", "## What was not run to its end", "", *missing) if missing else ()
    rows.append(row("all", every, killed))
    text = (*HEAD, *rows, "", "## What survives, and why", "", *left, *open_ones, "")
    return "\n".join(text)


def row(name: str, size: int, killed: int) -> str:
    """One row of the table."""
    return f"| {name} | {size} | {killed} | {size - killed} | {100 * killed / max(size, 1):.1f} % |"


def called(name: str) -> str:
    """What a function is called, or a method with its class, from the name of its change."""
    function = name.rsplit(".", 1)[-1].split("__mutmut", maxsplit=1)[0]
    return function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def code(text: str) -> str:
    """A line of code in Markdown: between more backticks than it has in a row, if it has any."""
    if "`" not in text:
        return f"`{text}`" if text else "nothing"
    longest = max(len(run) for run in re.findall("`+", text))
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}"


HEAD = (
    "# Changed on purpose",
    "",
    "Tests that cannot fail prove nothing. So the code that agreements, receipts and the gate",
    "stand on is changed in small ways, one at a time: another comparison, another number, an",
    "argument less. Then its tests are run. A change that none of them objects to survives. At",
    "least 95 of 100 are to be killed, and for each survivor this page says why no test can tell",
    "it from the code, or which case its tests leave out.",
    "",
    "mutmut makes the changes. `scripts/mutants.py` runs the tests that are about a file, in one",
    "process, and writes this page; it says how to run it at its top. Every few changes all that",
    "tests share is set up anew, and the first of them must pass with the code as it is.",
    "",
    "| File | Changes | Killed | Survived | Killed % |",
    "| --- | ---: | ---: | ---: | ---: |",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["run", "page"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("which", nargs="*", help=", ".join(GROUPS))
    said = parser.parse_args()
    if said.what == "run":
        run(said.folder.resolve(), said.which or list(GROUPS))
    else:
        PAGE.write_text(page(said.folder.resolve()))


if __name__ == "__main__":
    main()
