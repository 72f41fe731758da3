"""Commands run as a person runs them, in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty folder; returns its code, its output and what it complains of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIRSTHAND_VAULT", str(tmp_path / "mine"))
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", "some words to open it")

    def command(*words: str) -> tuple[int, str, str]:
        try:
            code = cli.main(words)
        except SystemExit as stopped:  # argparse
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def viewed(tmp_path: Path) -> Path:
    """A small history of viewings, with one row that nobody can read."""
    path = tmp_path / "viewed.csv"
    rows = '"Dark: Season 1: Secrets","1/13/24"\n"Heimat","2/14/24"\n"Das Boot","never"\n'
    path.write_text("Title,Date\n" + rows)
    return path
