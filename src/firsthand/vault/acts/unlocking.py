"""What opens a vault: passphrase, recovery code, passkeys; and when it locks by itself.

Whoever calls has proved who they are: a command by opening the vault, a page by asking once more.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.vault.store import slots as rules
from firsthand.vault.store.slots import Passkey, SlotRefused
from firsthand.vault.store.store import read_slots

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

LOCK_AFTER = "lock_after_minutes"
LOCK_AFTER_MINUTES = 15
LOCK_AFTER_MINUTES_MIN, LOCK_AFTER_MINUTES_MAX = 1, 60
CALLED_MAX = rules.NAME_CHARACTERS_MAX


def set_passphrase(vault: "Vault", passphrase: str) -> dict[str, object]:
    """Let this passphrase open the vault from now on, and the one before no more.

    What it opened with before is in older copies of the folder still. Raises `ValueError` for a
    passphrase outside the limits, `UnableToKeep`.
    """
    vault.store.change_slots(
        lambda slots, key: rules.change_passphrase(slots, key, passphrase, vault.chance),
        vault.chance,
    )
    return {"vault": str(vault.folder), "changed": "passphrase"}


def renew_code(vault: "Vault") -> dict[str, object]:
    """Make a new recovery code; the old one opens nothing any more. It is shown this once."""
    code = ""

    def change(slots: rules.Slots, key: bytes) -> rules.Slots:
        nonlocal code
        changed, code = rules.change_recovery(slots, key, vault.chance)
        return changed

    vault.store.change_slots(change, vault.chance)
    return {"vault": str(vault.folder), "recovery_code": code}


def add_passkey(vault: "Vault", passkey: Passkey, secret: bytes) -> dict[str, object]:
    """Let a passkey open the vault as well. Raises `SlotRefused`, `UnableToKeep`."""
    named = " ".join(passkey.name.split())[:CALLED_MAX] or "Passkey"
    about = msgspec.structs.replace(passkey, name=named, added_at=stamp(vault.clock.now()))
    vault.store.change_slots(
        lambda slots, key: rules.add_passkey(slots, key, about, secret, vault.chance), vault.chance
    )
    return {"vault": str(vault.folder), "added": named}


def slots(vault: "Vault") -> list[dict[str, object]]:
    """The ways to unlock: `{"id", "kind", "name", "site", "added_at", "removable"}` each."""
    every = read_slots(vault.folder).slots
    return [_told(slot, every) for slot in every]


def remove(vault: "Vault", id: str) -> dict[str, object]:
    """Take a way to unlock away, by its id. Raises `SlotRefused`, `UnableToKeep`."""
    vault.store.change_slots(lambda slots, key: rules.remove_slot(slots, key, id), vault.chance)
    return {"vault": str(vault.folder), "removed": id}


def lock_after(vault: "Vault") -> int:
    """After how many minutes without its person the vault locks by itself."""
    row = vault.store.row("meta.get", key=LOCK_AFTER)
    kept = str(row["value"]) if row is not None else ""
    minutes = int(kept) if kept.isdecimal() else LOCK_AFTER_MINUTES
    return max(LOCK_AFTER_MINUTES_MIN, min(minutes, LOCK_AFTER_MINUTES_MAX))


def set_lock_after(vault: "Vault", minutes: int) -> dict[str, object]:
    """Have it lock by itself after so many minutes. Raises `SlotRefused` outside 1 to 60."""
    if not LOCK_AFTER_MINUTES_MIN <= minutes <= LOCK_AFTER_MINUTES_MAX:
        raise SlotRefused("It locks by itself after 1 to 60 minutes. Choose a number of those.")
    with vault.store.transaction() as tx:
        tx.run("meta.put", key=LOCK_AFTER, value=str(minutes))
    return {"vault": str(vault.folder), "lock_after_minutes": minutes}


def _told(slot: rules.Slot, every: tuple[rules.Slot, ...]) -> dict[str, Any]:
    about = slot.passkey if isinstance(slot.passkey, Passkey) else None
    names = {"passphrase": "Passphrase", "recovery": "Recovery code"}
    others = [each for each in every if each.id != slot.id]
    return {
        "id": slot.id,
        "kind": slot.kind,
        "name": about.name if about else names[slot.kind],
        "site": about.site if about else None,
        "added_at": about.added_at if about else None,
        "removable": any(each.kind != "passkey" for each in others),
    }
