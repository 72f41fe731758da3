"""End a deal: one action here; the organisation must stop, and on erasing prove that it did."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.vault.acts import letters
from firsthand.vault.terms import spool
from firsthand.vault.terms.log import ends
from firsthand.vault.terms.relationships import find

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.vault.acts.opened import Vault

CONFIRM_WITHIN: Final = timedelta(days=30)  # after that it is for an authority


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


def complain(
    vault: Vault,
    name: str,
    country: str,
    *,
    lang: str = "en",
    sender: str = "",
    today: date | None = None,
) -> dict[str, object]:
    """The letter to the authority about an end that was not confirmed within a month.

    Where an erasure is among what was not, it is about that. Returns what
    ``letters.complaint`` does. Raises ``Refused`` while there is nothing to complain about.
    """
    relationship, today = find(vault.store, name), today or vault.clock.now().date()
    late = [
        end
        for end in ends(vault.store, relationship)
        if end.state != "confirmed" and last_day(end.at) < today
    ]
    if not late:
        raise refuse("not_allowed", "There is nothing to complain about: no end is overdue.")
    about = next((end for end in late if end.kind == "erasure"), late[0])
    told: dict[str, object] = {
        "organisation": relationship.organisation_name,
        "relationship": relationship.name,
        "unconfirmed_end": True,
        "right": "erasure" if about.kind == "erasure" else letters.ENDING,
        "regime": "ccpa" if country.upper() == "US-CA" else "gdpr",
        "at": about.at,
        "expected_by": last_day(about.at).isoformat(),
        "state": "open",
        "answers": [],
        "id": about.agreement,
    }
    return letters.complaint(country, lang, told=told, sender=sender, today=today)


def last_day(at: str) -> date:
    """Until when an end that was stated then (RFC 3339) has to be confirmed: a month."""
    return datetime.fromisoformat(at).date() + CONFIRM_WITHIN


def unconfirmed(folder: Path) -> list[Path]:
    """The endings of the vault in this folder that wait for an answer, read without opening it."""
    return spool.waiting(folder)
