"""Fixtures: organisations that are served, vaults that are open; all are closed afterwards."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.harness.sides import Served, new_vault

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
