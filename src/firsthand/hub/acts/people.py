"""Looks at customers: who is known, what one of them gave, under which agreements."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.foundation.tables import Reader
from firsthand.hub import cursors
from firsthand.hub.acts.opened import Hub
from firsthand.hub.reads import Envelope, Facts, Who
from firsthand.hub.roles.profile import view
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.hub.terms import agreements, relationships

FACTS_MAX = 200


def customers(hub: Hub) -> dict[str, object]:
    """Everybody who is known: no name, nothing that was given, the account where it is tied."""
    return {
        "customers": [
            {**msgspec.to_builtins(one), "since": _stamp(one.since)}
            for one in hub.reads.customers(table=THINGS)
        ]
    }


def customer(
    hub: Hub, *, reference: str, purpose: str, reader: str = "hub customer", kind: str = "command"
) -> dict[str, object]:
    """What one person gave, for a purpose that their terms allow, in both sides' order.

    Raises ``PurposeRefused`` and ``UnknownCustomer``.
    """
    relationship = hub.reads.resolve(reference)
    who = Who(name=reader, kind=kind)
    found = view.things(hub.reads, relationship, purpose=purpose, reader=who)
    return {"things": [msgspec.to_builtins(thing) for thing in found]}


def envelopes(hub: Hub, *, after: int = 0, limit: int = FACTS_MAX) -> dict[str, object]:
    """What came from outside: where from, under what, how much; never what is in it.

    ``set_aside`` says that it is kept, but could not be read yet. What was taken back is left out.
    """
    found, following = hub.reads.envelopes(after=max(after, 0), rows_max=min(limit, FACTS_MAX))
    with hub.snapshot() as reader:
        unread = {one.position for one in cursors.set_aside(reader)}
        kept = [one for one in found if _is_kept(reader, one)]
    rows = [{**envelope_json(one), "set_aside": one.position in unread} for one in kept]
    return {"facts": rows, "next": following}


def _is_kept(reader: Reader, one: Envelope) -> bool:
    stands = agreements.standing(reader, one.relationship, one.agreement)
    return stands is None or bool(stands.purposes)


def envelope_json(one: Envelope) -> dict[str, object]:
    """An envelope with its time as a stamp."""
    shown = msgspec.to_builtins(one)
    del shown["received_ms"]
    return {**shown, "at": _stamp(one.received_ms // 1000)}


def facts_json(facts: Facts) -> dict[str, object]:
    """Facts for the organisation's own systems, with times as stamps."""
    rows = []
    for fact in facts.facts:
        row = msgspec.to_builtins(fact)
        given_ms = row.pop("given_ms")
        rows.append({**row, "given_at": _stamp(given_ms // 1000)})
    return {"facts": rows, "next": facts.next}


def agreed(hub: Hub, *, reference: str | None = None) -> dict[str, object]:
    """The agreements and refusals of one person, or of everybody, with both statements."""
    people = [hub.reads.resolve(reference)] if reference else None
    found: list[dict[str, object]] = []
    with hub.snapshot() as reader:
        for person in people if people is not None else _everybody(hub):
            known = relationships.get(reader, person)
            held = agreements.held(reader, person)
            by_id = {one.id: one for one in held}
            for one in held:
                state = one.state(hub.now_s())
                over = state in {"terminated", "expired"}
                until = agreements.erased_by(one, by_id) if over else None
                found.append(
                    {
                        "relationship": person,
                        "account": known.account if known else None,
                        "id": one.id,
                        "agreement": one.terms,
                        "decision": one.decision,
                        "state": state,
                        "at": _stamp(one.at),
                        "expires": _stamp(one.expires),
                        "ended_at": _stamp(one.ended_at) if one.ended_at else None,
                        "erased_by": _stamp(until) if until else None,
                        "erased": one.erasure is not None,
                        "superseded_by": one.superseded_by,
                        "purposes": list(one.roster.purposes),
                        "precision": one.precision,
                        "retention_days": one.roster.retention_days,
                        "fields": one.fields,
                        "proffer": one.proffer,
                        "answer": one.answer,
                    }
                )
    return {"agreements": found}


def _everybody(hub: Hub) -> Sequence[str]:
    return [one.relationship for one in hub.reads.customers(table=THINGS)]


def _stamp(seconds: int) -> str:
    return stamp(datetime.fromtimestamp(seconds, tz=UTC))
