"""Recognise: say which other organisations were given the same things, and could compare.

No key and no number joins two organisations, but the same things at the same times do. Only the
vault knows what both of them have, so only it can say so before anything leaves.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from firsthand.protocol.roster import PRECISIONS
from firsthand.vault.store.things import thing_in
from firsthand.vault.terms.relationships import agreement_of, find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firsthand.vault.acts.opened import Vault

# Docs, linkability: so few things in common already set a person apart, by the week.
SAME_MIN: Final = 3
COARSE: Final = "week"
AT_ONCE_IDS: Final = 5000
NAMED_MAX: Final = 200


def recognisable(vault: Vault, name: str, ids: Sequence[str]) -> list[dict[str, object]]:
    """With whom ``name`` could compare these things of mine (vault ids) and see one person.

    One for each other organisation that holds ``SAME_MIN`` of them, or a single one where its time
    is finer than by the week on either side. Each says ``name``, ``organisation``, how many things
    (``count``) and up to ``NAMED_MAX`` of them by id and name (``things``), and by which of the two
    ``precision`` their times can be compared: the coarser one.
    """
    own = find(vault.store, name)
    agreement = agreement_of(vault.store, own)
    behind: dict[str, set[str]] = {}
    for start in range(0, len(ids), AT_ONCE_IDS):
        asked = json.dumps(list(ids[start : start + AT_ONCE_IDS]))
        for row in vault.store.rows("disclosures.given_elsewhere", ids=asked, subject=own.subject):
            behind.setdefault(row["relationship"], set()).add(row["thing_id"])
    found: list[dict[str, object]] = []
    for other_name, things in sorted(behind.items()):
        other = find(vault.store, other_name)
        precisions = [agreement.precision, agreement_of(vault.store, other).precision]
        finest = min(precisions, key=PRECISIONS.index)
        if len(things) < SAME_MIN and PRECISIONS.index(finest) >= PRECISIONS.index(COARSE):
            continue
        found.append(
            {
                "name": other_name,
                "organisation": other.organisation_name,
                "count": len(things),
                "things": _named(vault, sorted(things)[:NAMED_MAX]),
                "precision": max(precisions, key=PRECISIONS.index),
            }
        )
    return found


def _named(vault: Vault, ids: Sequence[str]) -> list[dict[str, object]]:
    rows = vault.store.rows("things.by_ids", ids=json.dumps(list(ids)))
    things = sorted((thing_in(row) for row in rows), key=lambda each: (each.time or "", each.name))
    return [{"id": each.id, "name": each.name, "time": each.time} for each in things]
