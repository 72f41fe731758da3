"""What an organisation has lost, once more: from the log, under the deal that is in force.

Only what was receipted under that very agreement is composed: what belongs to a deal that was
ended stays out, and so does whatever this deal does not allow. Each thing goes once, as it was
given last.
"""

from typing import TYPE_CHECKING

from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.signals import Signal, decode_signals
from firsthand.vault.gate.disclosing import (
    Leaving,
    Request,
    Step,
    drop_beyond,
    drop_ended,
    drop_purpose,
    put_batches,
)
from firsthand.vault.terms.losses import loss_of
from firsthand.vault.terms.relationships import Relationship, agreement_of, signer_of

if TYPE_CHECKING:
    from firsthand.vault.store import Store

STEPS: tuple[Step, ...] = (drop_ended, drop_purpose, drop_beyond, put_batches)


def compose_again(store: "Store", relationship: Relationship, now: int) -> list[Leaving]:
    """What was given before the last known loss, or all of it where none is known.

    One for each role, type and purpose. Raises ``Refused`` where the deal is not in force, or
    nothing was given under it.
    """
    agreement, signer = agreement_of(store, relationship), signer_of(store, relationship)
    rows = store.rows("disclosures.things_behind", relationship=relationship.name)
    behind = {row["event_id"]: row["thing_id"] for row in rows}
    grouped: dict[tuple[str, str, str], list[Signal]] = {}
    for role, signal in _lost(store, relationship):
        grouped.setdefault((role, signal.type, signal.purpose), []).append(signal)
    leavings = [
        Leaving(
            relationship=relationship,
            agreement=agreement,
            signer=signer,
            request=Request(role=role, type=kind, purpose=purpose, things=[]),
            now=now,
            given=[(behind[signal.id], signal.data) for signal in signals],
            signals=signals,
        )
        for (role, kind, purpose), signals in grouped.items()
    ]
    if not leavings:
        name = relationship.organisation_name
        raise refuse("not_found", f"Nothing that you gave to {name} has to be sent again.")
    for leaving in leavings:
        for step in STEPS:
            refusal = step(leaving)
            if refusal is not None:
                raise Refused(refusal)
    return leavings


def _lost(store: "Store", relationship: Relationship) -> list[tuple[str, Signal]]:
    """(role, signal) of each thing that was given last before the loss."""
    loss = loss_of(store, relationship.name)
    rows = store.rows(
        "disclosures.bodies_given", relationship=relationship.name, agreement=relationship.agreement
    )
    last: dict[str, tuple[int, str, Signal]] = {}
    for row in rows:
        kept = store.row("disclosures.by_position", position=row["position"])
        if kept is None or kept["state"] != "given":
            continue
        for signal in decode_signals(bytes(row["body"])):
            last[signal.id] = (row["position"], kept["role"], signal)
    return [
        (role, signal)
        for position, role, signal in last.values()
        if loss is None or not loss.open or position < loss.before
    ]
