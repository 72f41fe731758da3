"""End a deal: one action here; the organisation must stop, and on erasing prove that it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.vault.terms import spool
from firsthand.vault.terms.log import ends
from firsthand.vault.terms.relationships import find

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.vault.acts.opened import Vault


def revoke(vault: Vault, name: str, *, erase: bool = False) -> dict[str, object]:
    """Stop giving at once and tell the organisation; with ``erase`` it must delete as well.

    Works while the organisation is away: it is told first of all when it is back, also while this
    vault is locked. Ending twice changes nothing, and one that was refused is asked again. Returns
    name, state and each ending with its confirmation.
    """
    relationship = find(vault.store, name)
    if relationship.state == "refused":
        raise refuse(
            "no_agreement", f"{relationship.organisation_name} never accepted a deal; there is "
            "nothing to end."
        )  # fmt: skip
    name = relationship.name
    outcomes = vault.gate.end(name, erase=erase)
    relationship = find(vault.store, name)
    own = [o for o in outcomes if o.relationship == name]
    told = ends(vault.store, relationship)
    return {
        "name": name,
        "organisation": relationship.organisation_name,
        "state": relationship.state,
        "confirmed": all(end.state == "confirmed" for end in told),
        "endings": [msgspec.to_builtins(end) for end in told],
        "outcomes": [msgspec.to_builtins(o) for o in own],
    }


def unconfirmed(folder: Path) -> list[Path]:
    """The endings of the vault in this folder that wait for an answer, read without opening it."""
    return spool.waiting(folder)
