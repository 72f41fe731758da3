"""Every source against files that no service wrote: it refuses them, or reads what it can.

The faults that this is to find are planted first, each of its kind: a crash, growth without bound,
an input that never ends. The short run is the same every time; `make soak` makes a million inputs
for each source.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.vault.sources.seeds import seeds

from firsthand.vault.sources import SOURCES, every
from firsthand.vault.sources.source import HEAD_BYTES, Head

ROOT = Path(__file__).resolve().parents[3]
RUNS, RUNS_PLANTED, RUNS_SOAK = 2500, 1_000_000, 1_000_000
INDEX = range(len(SOURCES))
OWN = [name for name, module in vars(every).items() if hasattr(module, "SOURCE")]
TARGETS = ["any", "columns", *OWN, "archives", "own_export"]
TARGETS += ["jsons", "tokens", "signals", "events", "bodies", "checkpoints", "headers", "tables"]
TARGETS += ["passkey_pages", "passkey_devices"]


def fuzz(corpus: Path, *given: str) -> tuple[int, str]:
    """Run the fuzzer in a process of its own: how it ended, and what it said."""
    command = [sys.executable, "-m", "tests.vault.sources.fuzzing", str(corpus), *given]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("fault", "says", "seconds"),
    [
        ("crash", "KeyError", 2),
        ("growth", "emory", 60),  # it is looked at once a second, on a busy machine less often
        pytest.param("hang", "timeout", 2, marks=pytest.mark.soak),
    ],
)
def test_a_planted_fault_is_found(fault: str, says: str, seconds: int, tmp_path: Path) -> None:
    how = ["--runs", str(RUNS_PLANTED), "--planted", fault, "--seconds", str(seconds)]
    code, said = fuzz(tmp_path / "corpus", *how)
    assert code != 0
    assert says in said


@pytest.mark.parametrize("at", INDEX, ids=lambda at: f"{SOURCES[at].key}-{at}")
def test_every_source_has_a_file_to_begin_with(at: int) -> None:
    claimed = [seed for seed in seeds() if SOURCES[at].claims(Head("any", seed[:HEAD_BYTES]))]
    assert claimed, f"put a small whole file of {SOURCES[at].key} into tests/vault/sources/seeds.py"


def test_nothing_breaks_a_source(tmp_path: Path) -> None:
    code, said = fuzz(tmp_path / "corpus", "--runs", str(RUNS))
    assert code == 0, said[-4000:]
    assert f"Done {RUNS} runs" in said


@pytest.mark.soak
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_breaks_a_source_in_a_million_runs(target: str, tmp_path: Path) -> None:
    code, said = fuzz(tmp_path / "corpus", "--runs", str(RUNS_SOAK), "--target", target)
    assert code == 0, said[-4000:]
    assert f"Done {RUNS_SOAK} runs" in said
