"""Recognise: say which other organisations could tell that they know the same person.

No key and no number joins two organisations. What is told to both does: a thing that both have, or
the course of the days, which shows both when somebody was away. Only the vault knows what each of
them has, so only it can say so before anything leaves.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from firsthand.foundation.clock import stamp
from firsthand.protocol.roster import PRECISIONS
from firsthand.vault.terms.relationships import agreement_of, find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firsthand.protocol.things import Thing
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.terms.relationships import Relationship

# How many things of the same time on either side show a course of days, by the coarser of the two
# precisions; by the year none does. Measured: docs/linkability.md.
COURSE_MIN: Final = {"hour": 10, "day": 10, "week": 10, "month": 40}
AT_ONCE_IDS: Final = 5000
LATELY: Final = timedelta(days=1)
NAMED_MAX: Final = 200


def recognisable(vault: Vault, name: str, things: Sequence[Thing]) -> list[dict[str, object]]:
    """With whom ``name`` could compare these things of mine and see one person.

    One for each other organisation that holds some of them (``by`` is ``things``, with up to
    ``NAMED_MAX`` of them by id, name and time in ``things``), or enough others of the same days
    (``by`` is ``course``). Each says ``name``, ``organisation``, how many things it holds of those
    (``count``) and by which ``precision`` the two can compare: the coarser one.
    """
    own = find(vault.store, name)
    precision = agreement_of(vault.store, own).precision
    same, course = _same(vault, own, things), _course(vault, own, things)
    by_id = {thing.id: thing for thing in things}
    found: list[dict[str, object]] = []
    for other_name in sorted({*same, *course}):
        other = find(vault.store, other_name)
        coarser = max(precision, agreement_of(vault.store, other).precision, key=PRECISIONS.index)
        both = [by_id[id] for id in same.get(other_name, ())]
        of_days = course.get(other_name, 0)
        if not both and min(of_days, len(things)) < COURSE_MIN.get(coarser, of_days + 1):
            continue
        both.sort(key=lambda each: (each.time or "", each.name))
        found.append(
            {
                "name": other_name,
                "organisation": other.organisation_name,
                "by": "things" if both else "course",
                "count": len(both) or of_days,
                "things": [
                    {"id": each.id, "name": each.name, "time": each.time}
                    for each in both[:NAMED_MAX]
                ],
                "precision": coarser,
            }
        )
    return found


def lately(vault: Vault, name: str) -> list[str]:
    """The other organisations that were given something on this day: the moments are alike."""
    since = stamp(vault.clock.now() - LATELY)
    subject = find(vault.store, name).subject
    rows = vault.store.rows("disclosures.lately_elsewhere", subject=subject, since=since)
    return [row["organisation_name"] for row in rows]


def _same(vault: Vault, own: Relationship, things: Sequence[Thing]) -> dict[str, list[str]]:
    """The ids of these very things that other organisations hold, by relationship."""
    found: dict[str, list[str]] = {}
    ids = [thing.id for thing in things]
    for start in range(0, len(ids), AT_ONCE_IDS):
        asked = json.dumps(ids[start : start + AT_ONCE_IDS])
        for row in vault.store.rows("disclosures.given_elsewhere", ids=asked, subject=own.subject):
            found.setdefault(row["relationship"], []).append(row["thing_id"])
    return found


def _course(vault: Vault, own: Relationship, things: Sequence[Thing]) -> dict[str, int]:
    """How many things of the time of these other organisations hold, by relationship."""
    times = sorted(thing.time for thing in things if thing.time)
    if len(times) < min(COURSE_MIN.values()):
        return {}
    rows = vault.store.rows(
        "disclosures.given_of_days", subject=own.subject, first=times[0], last=times[-1]
    )
    return {row["relationship"]: row["things"] for row in rows}
