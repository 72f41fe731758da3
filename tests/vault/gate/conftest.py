"""A deal whose every word is heard, and refusals that are said in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.harness.saying import said_in_words
from tests.harness.sides import Served
from tests.vault.gate.heard import START, Heeded, heeded

from firsthand.foundation.clock import SetClock


@pytest.fixture
def refused_in_words() -> Iterator[None]:
    """Whatever these tests are refused with is said in words."""
    with said_in_words():
        yield


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
