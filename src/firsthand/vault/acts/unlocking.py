"""What opens a vault: another passphrase, another recovery code.

Whoever calls has proved who they are: a command by opening the vault, a page by asking once more.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault


def set_passphrase(vault: "Vault", passphrase: str) -> dict[str, object]:
    """Let only this passphrase, and the recovery code, open the vault from now on.

    What it opened with before is in older copies of the folder still. Raises `ValueError` for a
    passphrase outside the limits, `UnableToKeep`.
    """
    vault.store.change_passphrase(passphrase, vault.chance)
    return {"vault": str(vault.folder), "changed": "passphrase"}


def renew_code(vault: "Vault") -> dict[str, object]:
    """Make a new recovery code; the old one opens nothing any more. It is shown this once."""
    return {"vault": str(vault.folder), "recovery_code": vault.store.change_recovery(vault.chance)}
