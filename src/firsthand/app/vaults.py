"""Puts a vault together, and opens it.

Above: the commands and the sample town. Below: the rooms of the vault and what they stand on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firsthand.foundation.clock import SystemClock
from firsthand.foundation.egress import Egress
from firsthand.foundation.ids import SystemChance
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Courier, Gate
from firsthand.vault.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.foundation.settings import Settings
    from firsthand.vault.store import Secret


def open_vault(folder: Path, secret: Secret, settings: Settings, *, commands: bool) -> Vault:
    """Open a vault by a passphrase, a recovery code or a passkey, with its gate in front of it.

    ``commands`` is True where a person types addresses into this process. Raises
    ``UnableToUnlock`` or ``UnableToOpen``.
    """
    return vault_of(
        folder, Store.open(folder, secret, device=settings.device), settings, commands=commands
    )


def vault_of(folder: Path, store: Store, settings: Settings, *, commands: bool) -> Vault:
    """The vault around a store that is open already."""
    clock, chance = SystemClock(), SystemChance()
    egress = Egress(loopback=settings.egress == "loopback")
    gate = Gate(store, egress, clock, chance, commands=commands)
    gate.settle()
    return Vault(folder=folder, store=store, gate=gate, clock=clock, chance=chance)


def courier(settings: Settings, *, commands: bool) -> Courier:
    """What sends endings that wait while their vaults are locked."""
    egress = Egress(loopback=settings.egress == "loopback")
    return Courier(egress, SystemClock(), SystemChance(), commands=commands)
