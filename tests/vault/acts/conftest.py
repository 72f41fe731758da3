"""An opened vault with its gate, as commands and pages get it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.harness.cheap import new_store

from firsthand import app
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.settings import Settings
from firsthand.vault.acts.opened import Vault

Make = Callable[[str], Vault]


@pytest.fixture
def make_vault(tmp_path: Path) -> Iterator[Make]:
    """Make an opened vault of a name."""
    made = []

    def one(name: str) -> Vault:
        folder = tmp_path / name
        store, _ = new_store(folder, "passphrase", SystemClock())
        vault = app.vault_of(folder, store, Settings(), commands=True)
        made.append(vault)
        return vault

    yield one
    for vault in made:
        vault.close()


@pytest.fixture
def vault(make_vault: Make) -> Vault:
    return make_vault("mine")


@pytest.fixture
def viewed(tmp_path: Path) -> Path:
    """A small history of viewings."""
    path = tmp_path / "viewed.csv"
    path.write_text('Title,Date\n"Dark: Season 1: Secrets","1/13/24"\n"Heimat","2/14/24"\n')
    return path


@pytest.fixture
def paid(tmp_path: Path) -> Path:
    """Statements of a bank with one payment a month."""
    path = tmp_path / "paid.csv"
    rows = "".join(f"2024-{month:02}-15,Spotify,-9.99,EUR\n" for month in range(1, 8))
    path.write_text("Date,Payee,Amount,Currency\n" + rows)
    return path
