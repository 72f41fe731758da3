"""Fixtures: organisations that are served, vaults that are open; all are closed afterwards."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.harness.liar import Dealing, Liar
from tests.harness.sides import Served, bring, connected, inbox, new_vault, share

from firsthand.vault.acts.opened import Vault


@pytest.fixture
def closing() -> Iterator[contextlib.ExitStack]:
    """What is closed at the end of a test, the last first."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(tmp_path: Path, closing: contextlib.ExitStack) -> Callable[..., Served]:
    """Make and serve an organisation by name."""

    def make(name: str = "Reel", **how: object) -> Served:
        served = Served(tmp_path / f"organisation {name}", name, **how)  # type: ignore[arg-type]
        closing.callback(served.stop)
        return served

    return make


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    """One organisation."""
    return serve()


@pytest.fixture
def vault(tmp_path: Path, closing: contextlib.ExitStack) -> Vault:
    """One person's vault, open and empty."""
    return closing.enter_context(new_vault(tmp_path / "mine"))


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Liar]]:
    """One organisation for the whole module; everybody is somebody new to it."""
    liar = Liar()
    served = Served(tmp_path_factory.mktemp("organisation") / "Reel", wrap=liar)
    yield served, liar
    served.stop()


@pytest.fixture
def stranger(reel: tuple[Served, Liar], vault: Vault) -> Iterator[Dealing]:
    """Nobody has connected yet."""
    served, liar = reel
    yield Dealing(vault=vault, served=served, liar=liar)
    liar.stop()


@pytest.fixture
def dealing(stranger: Dealing) -> Dealing:
    """Connected, and something was given and answered."""
    stranger.name = connected(stranger.vault, stranger.served)
    bring(stranger.vault, ["Harbour"])
    assert share(stranger.vault, stranger.name)["state"] == "given"
    stranger.served.settle()
    inbox(stranger.vault)
    return stranger
