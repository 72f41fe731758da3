"""From whom something may still come: deals in force, and receipts of erasing after an end.

An organisation that was left is asked again only around the day by which it has to erase what it
was given: asked all the time it would see when its former customers open their vaults.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from firsthand.protocol.terms import ROSTER

if TYPE_CHECKING:
    from firsthand.vault.store import Row, Store
    from firsthand.vault.terms.relationships import Relationship

EARLY: Final = timedelta(days=1)
PATIENCE: Final = timedelta(days=60)  # after the day by which it has to be erased


def may_bring(store: Store, relationship: Relationship, now: datetime) -> bool:
    """Whether a message may come of this relationship that its person has to see.

    That is so while it is active; and after its end from a day before everything has to be erased
    until 60 days later, or until the receipt of that came.
    """
    if relationship.state == "active":
        return True
    if relationship.state != "ended" or relationship.ended_at is None:
        return False
    rows = store.rows("agreements.of_relationship", relationship=relationship.name)
    kept = [
        ROSTER[row["terms"]].retention_days
        for row in rows
        if row["decision"] == "accepted" and row["terms"] in ROSTER
    ]
    if not kept:
        return False
    ended = datetime.fromisoformat(relationship.ended_at).astimezone(UTC)
    first, last = timedelta(days=min(kept)), timedelta(days=max(kept))
    return ended + first - EARLY <= now <= ended + last + PATIENCE


def erased_by_itself(store: Store, relationship: Relationship) -> list[Row]:
    """The receipts of erasing that came unasked, each with ``at`` and ``jws``, the oldest first."""
    return store.rows("inbox.erased", relationship=relationship.name)
