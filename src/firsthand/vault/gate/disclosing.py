"""What is about to leave, step by step, until it stands in the log.

``preview`` runs the same steps but the last, so that what a person sees is what would leave.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.keys import event_id
from firsthand.protocol.agreements import Agreement
from firsthand.protocol.refusals import Refusal
from firsthand.protocol.roles.profile import Given, beyond, compose_given, present, thing_given
from firsthand.protocol.signals import SPECVERSION, Signal, encode_signals
from firsthand.protocol.terms import terms_allowing
from firsthand.protocol.things import Thing
from firsthand.protocol.wire import BATCH_BYTES_MAX, BATCH_EVENTS_MAX
from firsthand.vault.gate import moments
from firsthand.vault.terms.relationships import Relationship, Signer

if TYPE_CHECKING:
    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Store


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a role wants to give: which things, as which type of signal, for which purpose.

    ``later``: not at once but at a moment that chance draws, so that its time tells little.
    """

    role: str
    type: str
    purpose: str
    things: Sequence[Thing]
    later: bool = False


class Leaving(msgspec.Struct, kw_only=True):
    """A request on its way through the steps; each step fills in what it is named for.

    ``given`` pairs the vault's id of a thing with what would leave of it; ``left_out`` counts
    the things of which nothing was agreed, by kind. ``batches`` are (ids, body) pairs. ``now`` is
    in seconds since 1970; ``paused_by`` says who lets the deal rest; ``instead`` is the name of
    another deal with them that is in force.
    """

    relationship: Relationship
    agreement: Agreement
    signer: Signer
    request: Request
    now: int
    instead: str | None = None
    paused_by: tuple[str, ...] = ()
    given: list[tuple[str, Given]] = []
    left_out: dict[str, int] = {}
    signals: list[Signal] = []
    batches: list[tuple[list[tuple[str, str]], bytes]] = []
    positions: list[int] = []
    not_before: str | None = None

    def things(self) -> list[Thing]:
        """What would leave, as the organisation would hold it."""
        return [thing_given(signal.id, signal.data) for signal in self.signals]


Step = Callable[[Leaving], Refusal | None]


def drop_ended(leaving: Leaving) -> Refusal | None:
    """Refuse if the agreement is not in force."""
    name = leaving.relationship.organisation_name
    if leaving.relationship.state == "refused":
        return Refusal(
            reason="agreement_ended", detail=f"{name} did not accept what you proposed to it."
        )
    if leaving.relationship.state != "active" or not leaving.agreement.accepted:
        instead = f" The one in force is called {leaving.instead}." if leaving.instead else ""
        return Refusal(
            reason="agreement_ended", detail=f"Your deal with {name} has ended.{instead}"
        )
    if leaving.now >= leaving.agreement.proffer.exp:
        return Refusal(
            reason="agreement_ended", detail=f"Your deal with {name} has run out. Agree on it anew."
        )
    if leaving.paused_by:
        who = "You have" if "person" in leaving.paused_by else f"{name} has"
        told = f"{who} paused your deal. Nothing leaves until it goes on."
        return Refusal(reason="agreement_paused", detail=told)
    return None


def drop_purpose(leaving: Leaving) -> Refusal | None:
    """Refuse a purpose that the agreement does not allow, and name an agreement that would."""
    purpose, terms = leaving.request.purpose, leaving.agreement.terms
    if leaving.agreement.allows(purpose):
        return None
    able = " or ".join(each.id for each in terms_allowing(purpose)) or "no agreement"
    return Refusal(
        reason="purpose_not_allowed",
        detail=f"{terms.id} does not allow {purpose}. {able} would.",
    )


def put_coarsened(leaving: Leaving) -> Refusal | None:
    """Keep the agreed fields of each thing, its time no finer than the deal says."""
    fields, precision = leaving.agreement.proffer.fields, leaving.agreement.precision
    for thing in leaving.request.things:
        try:
            given = compose_given(thing, fields=fields, precision=precision)
        except (msgspec.ValidationError, ValueError) as error:
            return Refusal(reason="shape_invalid", detail=f"{thing.name[:60]}: {error}")
        if given is None:
            leaving.left_out[thing.type] = leaving.left_out.get(thing.type, 0) + 1
        else:
            leaving.given.append((thing.id, given))
    return None


def drop_empty(leaving: Leaving) -> Refusal | None:
    """Refuse where nothing is left to give, and say what was asked for."""
    if leaving.given:
        return None
    name = leaving.relationship.organisation_name
    asked = ", ".join(sorted(leaving.agreement.proffer.fields)) or "nothing"
    return Refusal(
        reason="field_not_allowed",
        detail=f"Nothing that you chose is part of the deal with {name}, which is about {asked}.",
    )


def drop_beyond(leaving: Leaving) -> Refusal | None:
    """Check what would leave once more, as the organisation will; the two must agree."""
    fields, precision = leaving.agreement.proffer.fields, leaving.agreement.precision
    for _, given in leaving.given:
        reason = beyond(given, fields=fields, precision=precision)
        if reason is not None:
            return Refusal(reason=reason, detail=given.name)
    return None


def put_signals(leaving: Leaving) -> Refusal | None:
    """Name each thing by an id of this relationship alone; the same thing twice is one."""
    seen: set[str] = set()
    for thing_id, given in leaving.given:
        identifier = event_id(leaving.signer.secret, thing_id)
        if identifier not in seen:
            seen.add(identifier)
            leaving.signals.append(
                Signal(
                    specversion=SPECVERSION,
                    id=identifier,
                    source=leaving.signer.subject,
                    type=leaving.request.type,
                    agreement=leaving.agreement.id,
                    purpose=leaving.request.purpose,
                    data=given,
                )
            )
    return None


def put_batches(leaving: Leaving) -> Refusal | None:
    """Cut the signals into batches within the limits of one request."""
    ids = {event_id(leaving.signer.secret, t): t for t, _ in leaving.given}
    waiting = list(leaving.signals)
    while waiting:
        size = min(len(waiting), BATCH_EVENTS_MAX)
        body = encode_signals(waiting[:size])
        while len(body) > BATCH_BYTES_MAX:  # a single signal always fits: its texts have limits
            size //= 2
            body = encode_signals(waiting[:size])
        leaving.batches.append(([(signal.id, ids[signal.id]) for signal in waiting[:size]], body))
        waiting = waiting[size:]
    return None


COMPOSED: tuple[Step, ...] = (
    drop_ended,
    drop_purpose,
    put_coarsened,
    drop_empty,
    drop_beyond,
    put_signals,
    put_batches,
)


def put_log(leaving: Leaving, store: Store, clock: Clock, chance: Chance) -> None:
    """Write every batch into the disclosure log, in one transaction, before anything leaves.

    From when on it may leave stands there too, so that a restart neither hurries nor forgets it.
    """
    wait_s = moments.drawn_s(leaving.agreement, chance, later=leaving.request.later)
    if wait_s is not None:
        leaving.not_before = stamp(clock.now() + datetime.timedelta(seconds=wait_s))
    fields = sorted({key for _, given in leaving.given for key in present(given)})
    with store.transaction() as tx:
        for ids, body in leaving.batches:
            tx.run(
                "disclosures.add",
                relationship=leaving.relationship.name,
                agreement=leaving.agreement.id,
                role=leaving.request.role,
                purpose=leaving.request.purpose,
                things=len(ids),
                fields=json.dumps(fields),
                body=body,
                at=stamp(clock.now()),
                not_before=leaving.not_before,
            )
            row = tx.row("disclosures.newest")
            assert row is not None
            position = int(row["position"])
            tx.run_many(
                "disclosures.link",
                [
                    {
                        "relationship": leaving.relationship.name,
                        "event_id": identifier,
                        "position": position,
                        "thing_id": thing_id,
                    }
                    for identifier, thing_id in ids
                ],
            )
            leaving.positions.append(position)
