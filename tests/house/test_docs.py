"""The docs can't rot: what they show is run, and what there is has its heading."""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firsthand import cli
from firsthand.foundation.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(?P<kind>\w*)\s*$")
HEADING = re.compile(r"^#{1,6}\s+(?P<words>.+?)\s*$")
RUN, NOT_RUN = "<!-- run -->", re.compile(r"^<!-- not run: \S.* -->$")
SHELLS = {"bash", "console", "sh", "shell"}
SECONDS_MAX = 100


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of commands on a page, with the line before it, which says if it is run."""

    line: int
    kind: str
    mark: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    """The blocks of commands of a page, from its first to its last."""
    mark, kind, start, body = "", None, 0, list[str]()
    for number, line in enumerate(page.splitlines(), 1):
        fence = FENCE.match(line)
        if kind is None and fence:
            kind, start, body = fence["kind"] or "text", number, []
        elif kind is not None and line.rstrip() == "```":
            if kind in SHELLS:
                yield Block(line=start, kind=kind, mark=mark, text="\n".join(body))
            kind, mark = None, ""
        elif kind is not None:
            body.append(line)
        elif line.strip():
            mark = line.strip()


def commands(block: Block) -> tuple[str, list[str]]:
    """What to run, and the lines that must come out (those of a console block, but for ``...``)."""
    if block.kind != "console":
        return block.text, []
    run, out, goes_on = list[str](), list[str](), False
    for line in block.text.splitlines():
        if goes_on or line.startswith("$ "):
            run.append(line if goes_on else line[2:])
            goes_on = line.endswith("\\")
        elif line.strip() and line.strip() != "...":
            out.append(line.strip())
    return "\n".join(run), out


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def headings(page: Path) -> set[str]:
    found = (HEADING.match(line) for line in page.read_text().splitlines())
    return {match["words"].replace("`", "") for match in found if match}


def run(script: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a block as a person would; what it left running in the background is ended."""
    log = folder / "said.log"
    with log.open("wb") as out:
        shell = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            code = shell.wait(SECONDS_MAX)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
    return code, log.read_text(errors="replace")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "LANG": "C.UTF-8"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for block in blocks(page.read_text()):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.mark != RUN:
            assert NOT_RUN.match(block.mark), f"{where}: say '{RUN}', or why it is not run"
            continue
        script, wanted = commands(block)
        code, said = run(script, tmp_path, {**home, "PATH": path})
        assert code == 0, f"{where} ended with {code}:\n{said}"
        missing = [line for line in wanted if line not in said]
        assert not missing, f"{where} did not say {missing}, but:\n{said}"


def test_a_block_is_read_with_its_mark_and_its_words() -> None:
    page = f"Look:\n\n{RUN}\n```console\n$ echo a \\\n    b\na b\n...\n```\n\n```bash\nls\n```\n"
    first, second = blocks(page)
    assert (first.mark, commands(first)) == (RUN, ("echo a \\\n    b", ["a b"]))
    assert (second.mark, commands(second)) == ("", ("ls", []))


def leaves(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    """Every command that does something, in full: ``firsthand vault bring``."""
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 - argparse tells its commands in no other way
    for action in below:
        for word, child in action.choices.items():
            yield from leaves(child, f"{name} {word}")
    if not below:
        yield name


def test_every_command_has_its_heading_and_every_heading_its_command() -> None:
    there = set(leaves(cli.build_parser(), "firsthand"))
    told = {
        words for words in headings(ROOT / "docs/commands.md") if words.startswith("firsthand ")
    }
    groups = {name.rsplit(" ", 1)[0] for name in there}
    assert there - told == set(), "give each its heading in docs/commands.md"
    assert told - there - groups == set(), "docs/commands.md tells of what is not there"


def test_every_setting_has_its_heading() -> None:
    there = set(typing.get_type_hints(Settings))
    told = {word.lower() for words in headings(ROOT / "docs/settings.md") for word in words.split()}
    told |= {word.removeprefix("firsthand_") for word in told}
    assert there
    assert there - told == set(), "give each its heading in docs/settings.md"
