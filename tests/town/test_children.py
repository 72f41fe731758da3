"""Children are begun again when they end, and gone when we are."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.harness.quick import running

from firsthand.foundation.clock import SystemClock
from firsthand.town.children import Child

FOR_EVER = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]
WAIT_SECONDS = 20.0


def until(told: threading.Event) -> None:
    assert told.wait(WAIT_SECONDS)


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def child(tmp_path: Path, notes: list[str]) -> Iterator[tuple[Child, threading.Event]]:
    told = threading.Event()

    def note(text: str) -> None:
        notes.append(text)
        told.set()

    made = Child("Reel", FOR_EVER, tmp_path / "reel.log", clock=SystemClock(), note=note)
    yield made, told
    made.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_one_that_ends_begins_again_with_a_note(
    child: tuple[Child, threading.Event], notes: list[str]
) -> None:
    made, told = child
    made.start()
    first = made.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(told)
    assert notes[0].startswith("Reel ended (-9) and begins again.")
    for _ in range(200):
        if made.pid not in (None, first):
            break
        threading.Event().wait(0.1)
    assert made.pid not in (None, first)


def test_closing_ends_it_for_good(child: tuple[Child, threading.Event], notes: list[str]) -> None:
    made, _ = child
    made.start()
    pid = made.pid
    assert pid is not None
    made.close()
    assert gone(pid)
    assert made.pid is None
    assert notes == []


@pytest.mark.kill
def test_an_attended_command_ends_when_its_pipe_closes(tmp_path: Path) -> None:
    """The pipe closes as well when who holds it is killed: nobody else has it."""
    hub = tmp_path / "hub"
    plain = [sys.executable, "-m", "firsthand.cli"]
    url = ["--name", "X", "--url", "http://127.0.0.1:9"]
    subprocess.run(
        [*plain, "hub", "init", "--hub", str(hub), *url], check=True, capture_output=True
    )
    serve = [sys.executable, "-m", "firsthand.cli.attended", "hub", "serve", "--hub", str(hub)]
    with running(*serve, "--port", "0", stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().startswith("X answers at")
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(WAIT_SECONDS) == 0
