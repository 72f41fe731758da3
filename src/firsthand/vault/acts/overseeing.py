"""Keep an eye on an organisation: that its log only grows, who looked, how my requests stand.

One organisation at a time, each question by itself: what one of them does not answer keeps none of
the others from being asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import looked, rights
from firsthand.vault.gate import Offline
from firsthand.vault.terms.relationships import all_relationships, find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

_WATCHED = {"active", "ended"}


def to_oversee(vault: Vault) -> list[str]:
    """The relationships in which an organisation holds something that I gave, or may hold it."""
    return [each.name for each in all_relationships(vault.store) if each.state in _WATCHED]


def oversee(vault: Vault, name: str) -> dict[str, object]:
    """Ask one organisation everything. Returns name, ``new``, ``doubt`` and ``problems``.

    ``new`` counts looks and answers to requests. ``doubt`` says that something of its log does not
    fit, now or since earlier.
    """
    problems: list[str] = []
    new = 0
    subject = find(vault.store, name).subject
    for act in (_follow, looked.ask, rights.check):
        try:
            new += act(vault, name)
        except (Offline, Refused) as error:
            problems.append(str(error))
    conflicts = vault.store.rows("checkpoints.undecided_of_subject", subject=subject)
    return {"name": name, "new": new, "doubt": bool(conflicts), "problems": problems}


def _follow(vault: Vault, name: str) -> int:
    vault.gate.follow_log(name)
    return 0
