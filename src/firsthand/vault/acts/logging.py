"""Look back: what left, when, under which terms, its receipt and its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.roles.profile import in_order, thing_given
from firsthand.protocol.signals import decode_signals
from firsthand.vault.terms import checkpoints
from firsthand.vault.terms.log import ends, entries
from firsthand.vault.terms.relationships import Relationship, all_relationships, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Store


def log(vault: Vault, name: str | None = None, *, verify: bool = False) -> dict[str, object]:
    """The disclosures and endings, the newest first; ``verify`` proves every receipt again.

    ``growth`` tells what does not hold of the proofs that an organisation's log only grew.
    ``gone_on`` tells where it did not, and the person went on all the same.
    ``problems`` counts what did not verify; it is None where verification was not asked for.
    """
    relationship = find(vault.store, name) if name is not None else None
    left = entries(vault.store, relationship, verify=verify)
    ended = []
    for each in [relationship] if relationship else all_relationships(vault.store):
        ended.extend(ends(vault.store, each, verify=verify))
    found = [each.problem for each in left] + [each.problem for each in ended]
    problems = len([problem for problem in found if problem is not None])
    growth = _growth(vault, relationship, checkpoints.problems) if verify else []
    gone_on = _growth(vault, relationship, checkpoints.gone_on_with) if verify else []
    problems += len(growth)
    return {
        "disclosures": [msgspec.to_builtins(entry) for entry in left],
        "endings": [msgspec.to_builtins(end) for end in reversed(ended)],
        "growth": growth,
        "gone_on": gone_on,
        "problems": problems if verify else None,
    }


def _growth(
    vault: Vault,
    relationship: Relationship | None,
    told: Callable[[Store, Relationship], list[str]],
) -> list[str]:
    """What is told of the checkpoints that were kept, in words, by organisation."""
    known = [relationship] if relationship else all_relationships(vault.store)
    by_subject = {each.subject: each for each in known}
    return [
        f"{each.organisation_name}: {problem}"
        for each in by_subject.values()
        for problem in told(vault.store, each)
    ]


def disclosed(vault: Vault, position: int) -> dict[str, object]:
    """One entry of the log with exactly what left in it. Raises ``LookupError``."""
    row = vault.store.row("disclosures.by_position", position=position)
    if row is None:
        raise LookupError(f"The log has no entry {position}.")
    signals = decode_signals(bytes(row["body"]))
    things = in_order([thing_given(signal.id, signal.data) for signal in signals])
    return {
        "position": position,
        "relationship": row["relationship"],
        "state": row["state"],
        "at": row["at"],
        "things": [msgspec.to_builtins(thing) for thing in things],
        "receipt": json.loads(row["receipt"]) if row["receipt"] else None,
    }
