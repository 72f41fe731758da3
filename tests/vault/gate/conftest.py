"""A deal whose every word is heard, and refusals that are said in words."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.harness.sides import Served
from tests.vault.gate.heard import START, Heeded, heeded

from firsthand.foundation.clock import SetClock
from firsthand.protocol.refusals import Refusal, Refused


def in_words(said: str) -> bool:
    """Whether a person can read it; an error is told as it is, an address in small letters."""
    error = sys.exc_info()[1]
    if error is not None and str(error) == said:
        return True
    return (
        "XX" not in said
        and not said.endswith("None")
        and (" " not in said or said.startswith("http") or not said[0].islower())
        and (" " not in said or said != said.upper())
    )


@pytest.fixture
def refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is refused here is said in words."""
    kept = Refused.__init__

    def looked_at(self: Refused, refusal: Refusal) -> None:
        assert in_words(refusal.detail), refusal
        kept(self, refusal)

    monkeypatch.setattr(Refused, "__init__", looked_at)


@pytest.fixture(scope="module")
def gate_clock() -> SetClock:
    return SetClock(START)


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory, gate_clock: SetClock) -> Iterator[Served]:
    """One organisation for a module, by a clock that is set."""
    served = Served(tmp_path_factory.mktemp("organisation") / "Reel", clock=gate_clock)
    yield served
    served.stop()


@pytest.fixture
def deal(tmp_path: Path, clocked: Served, gate_clock: SetClock) -> Iterator[Heeded]:
    """Somebody new to it, connected."""
    with heeded(tmp_path / "mine", clocked, gate_clock) as made:
        yield made
