"""A served organisation and a person's open vault, for what the two do with each other."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.harness.sides import Served, bring, connected, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.vault.acts import receiving
from firsthand.vault.acts.opened import Vault


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One organisation for a module, with a catalogue; everybody is somebody new to it."""
    served = Served(tmp_path_factory.mktemp("organisation") / "Reel")
    yield served
    served.stop()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Serve an organisation for one test alone."""
    with contextlib.ExitStack() as stack:

        def make(name: str = "Reel", **how: object) -> Served:
            served = Served(tmp_path / f"organisation {name}", name, **how)  # type: ignore[arg-type]
            stack.callback(served.stop)
            return served

        yield make


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Vault]:
    """A person's vault, open and empty."""
    with new_vault(tmp_path / "mine") as vault:
        yield vault


@pytest.fixture
def clock() -> SetClock:
    """A clock that begins now and stands until it is set on."""
    return SetClock(datetime.now(UTC))


@pytest.fixture
def served(serve: Callable[..., Served], clock: SetClock) -> Served:
    """An organisation for one test alone, by that clock."""
    return serve(clock=clock)


@pytest.fixture
def giver(tmp_path: Path, served: Served, clock: SetClock) -> Iterator[Vault]:
    """The vault of somebody who gave something to it and was answered, by the same clock."""
    with new_vault(tmp_path / "mine", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        share(vault, name)
        served.settle()
        receiving.refresh(vault)
        yield vault
