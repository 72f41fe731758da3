"""Changes the code in small ways, one at a time, and sees whether a test objects.

    python scripts/mutants.py run FOLDER [WHAT ...]     copy the tree there, change it, test it
    python scripts/mutants.py page FOLDER               write docs/mutants.md from what came of it

WHAT is a group (``statements``, ``sending``), one file of it (``statements:changes``), or what no
test objected to the last time (``sending:survived``), so that a new test can be tried in a minute.

It needs mutmut, which is no part of the set-up: give the Python
that has it, beside everything in requirements/test.txt. The tree itself is never touched. A run
takes from some minutes to an hour; ``make test`` does not make one. What survives is explained in
scripts/mutants.toml: a table of the function and the changed line, and why no test can tell.
"""

import argparse
import json
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
            [f"tests/vault/gate/test_{name}.py" for name in tests],
        )
        for first, more, tests in (
            ("asking", (), ("asking",)),
            ("disclosing", ("moments",), ("steps", "disclosing", "moments")),
            ("sending", ("noticing",), ("log", "sending")),
            ("door", ("evidence",), ("door", "evidence")),
            ("ending", (), ("spool", "ending")),
            ("resting", (), ("resting",)),
            ("growth", ("again",), ("growth", "again")),
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
# The tests of a change come in any order. By file, what they share is set up once; the files in
# the order of the group, for the first ones are the quickest.
IN_ORDER = """

FILES = {files}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> tuple[int, int]:
        found = [n for n, file in enumerate(FILES) if str(item.path).endswith(file)]
        return (found or [len(FILES)])[0], item.location[1] or 0

    items.sort(key=place)
"""
SURVIVED = {0}
UNSEEN = {33, 5}  # no test runs this line


def run(folder: Path, asked: list[str]) -> None:
    """Copy the tree into ``folder``, one copy a group, and change and test it there."""
    for each in asked:
        group, _, part = each.partition(":")
        place = folder / group
        names = names_of(place, part) if part else []
        if not part:
            shutil.rmtree(place, ignore_errors=True)
        copy_to(place)
        with (place / "pyproject.toml").open("a") as settings:
            settings.write(settings_for(group))
        with (place / "tests" / "conftest.py").open("a") as conftest:
            conftest.write(IN_ORDER.format(files=GROUPS[group][1]))
        command = [str(Path(sys.executable).parent / "mutmut"), "run", "--max-children", "1"]
        subprocess.run([*command, *names], cwd=place, check=False)


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
    """The changes of one file of a group, or those that survived the last time, by name."""
    if part != "survived":
        return [f"*.{part}.*"]
    return [name for own in counted(place).values() for name in own["survived"] + own["unseen"]]


def settings_for(group: str) -> str:
    """The settings of mutmut for one group."""
    changed, tests = GROUPS[group]
    flags = ["-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "--timeout=30"]
    flags += [part for one in LEFT_OUT for part in ("--deselect", one)]
    values = {
        "source_paths": ["src"],
        "only_mutate": changed,
        "pytest_add_cli_args": flags,
        "pytest_add_cli_args_test_selection": tests,
        "also_copy": ["spec", "docs", "scripts"],
        "use_git_change_detection": False,
        "timeout_multiplier": 4.0,  # of what the tests take by themselves
        "timeout_constant": 5.0,
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
    """The page: a table of what was killed, and every survivor with its reason."""
    explained: dict[str, Any] = tomllib.loads(EXPLAINED.read_text()) if EXPLAINED.exists() else {}
    rows, left = [], []
    every = killed = 0
    for place in sorted(folder.iterdir()):
        for file, own in counted(place).items():
            alive = own["survived"] + own["unseen"]
            size = len(own["killed"]) + len(alive)
            if not size:
                continue
            every, killed = every + size, killed + len(own["killed"])
            share = f"{100 * len(own['killed']) / size:.1f} %"
            rows.append(f"| `{file}` | {size} | {len(own['killed'])} | {len(alive)} | {share} |")
            for name in alive:
                old, new = shown(place, name)
                function = name.rsplit(".", 1)[-1].split("__mutmut")[0].removeprefix("x_")
                function = function.removeprefix("xǁ").replace("ǁ", ".")
                why = explained.get(Path(file).stem, {}).get(f"{function}: {new}", "not explained")
                left.append(f"- `{Path(file).stem}.{function}`: `{old}` to `{new}`: {why}")
    total = f"| all | {every} | {killed} | {every - killed} | {100 * killed / every:.1f} % |"
    return "\n".join((*HEAD, *rows, total, "", "## What survives, and why", "", *left, ""))


HEAD = (
    "# Changed on purpose",
    "",
    "Tests that cannot fail prove nothing. So the code that agreements, receipts and the gate",
    "stand on is changed in small ways, one at a time (another comparison, another number, a line",
    "less), and the tests are run: a change that none of them objects to survives.",
    "This page is written by `scripts/mutants.py` from a run of mutmut.",
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
