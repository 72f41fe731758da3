"""What an organisation's refusal says of a deal: it was ended elsewhere, or they do not know it."""

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol.agreements import read_proffer
from firsthand.protocol.refusals import Refusal
from firsthand.protocol.wire import SKEW_S_MAX
from firsthand.vault.store import Store
from firsthand.vault.terms.proposed import proposed
from firsthand.vault.terms.relationships import Relationship

ENDED_ELSEWHERE = (
    "They say that this deal has ended. You did not end it here: another copy of your data did, "
    "or changed it, or they did. Nothing was taken."
)
REPLACED = "The deal was changed before this arrived. Give it again under the new one."
UNKNOWN = frozenset({"unknown_relationship", "no_agreement"})
"""They do not know the deal: it was erased there, or lost, or never was."""


def notice(
    store: Store,
    clock: Clock,
    relationship: Relationship,
    refusal: Refusal,
    position: int | None = None,
) -> str | None:
    """Keep what a refusal says of the deal itself; returns its words for who gave something.

    ``position`` is the entry of the log that was refused. A deal that the organisation says has
    ended, before its term, is over here as well: another copy of this vault ended it, and nothing
    would be taken any more.
    """
    if refusal.reason in UNKNOWN:
        warn(
            store,
            clock,
            relationship,
            f"{relationship.organisation_name} does not know this deal any more: its time was "
            "over, or another copy of your data had it erased, or they have lost it. End it here; "
            "then you can connect again.",
        )
        return None
    if refusal.reason != "agreement_ended" or not _in_term(store, clock, relationship):
        return None
    if proposed(store, relationship.name) is not None:
        return None  # it may be the change that ended it
    at = stamp(clock.now())
    with store.transaction() as tx:
        kept = tx.row("relationships.by_name", name=relationship.name)
        if kept is not None and kept["state"] == "active":
            tx.run("relationships.end", name=relationship.name, state="ended", at=at)
        if position is not None:
            tx.run("disclosures.refuse", position=position, reason=ENDED_ELSEWHERE)
        tx.run(
            "disclosures.withdraw_waiting", relationship=relationship.name, reason=ENDED_ELSEWHERE
        )
    return ENDED_ELSEWHERE


def warn(store: Store, clock: Clock, relationship: Relationship, what: str) -> None:
    """Keep a warning about an organisation for its person, once."""
    names = {"relationship": relationship.name, "what": what}
    with store.transaction() as tx:
        row = tx.row("relationships.warned", **names)
        if row is None or not row["times"]:
            tx.run("relationships.warn", at=stamp(clock.now()), **names)


def _in_term(store: Store, clock: Clock, relationship: Relationship) -> bool:
    row = store.row("agreements.by_id", id=relationship.agreement)
    if row is None:
        return False
    proffer, _ = read_proffer(row["proffer"])
    return int(clock.now().timestamp()) + SKEW_S_MAX < proffer.exp  # theirs may be ahead
