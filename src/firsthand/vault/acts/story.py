"""One relationship as a story: what was agreed, given, looked at, got and ended, in its order.

Each source gives entries of its own; a new one is added to ``SOURCES`` and needs nothing else.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.agreements import read_agreement
from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.protocol.wire import TYPE_AGREEMENT_CHANGED, TYPE_RIGHT_CHANGED, TYPE_TAKEN_BACK
from firsthand.vault.terms import awaited, looks, resting
from firsthand.vault.terms.log import endings
from firsthand.vault.terms.relationships import Relationship, agreement_of, find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

PARTS = ("agreed", "gave", "looked", "got", "ends")
LOOKS_MAX = 1_000
# What came back that is no answer to what was given.
_TOLD = {
    TYPE_AGREEMENT_CHANGED: "deal told",
    TYPE_RIGHT_CHANGED: "right told",
    TYPE_TAKEN_BACK: "taken back",
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, or will: when (RFC 3339), which part of the story, what.

    ``what`` is a word of the part: ``accepted``, ``refused``, ``countered``, ``renewed``,
    ``paused``, ``resumed``; a giving's state; a look's kind; ``answer``, ``deal told``,
    ``right told`` (how either stands), ``taken back``; ``revocation``, ``erasure``, ``erased``
    (unasked), ``runs out``. ``by`` is who did it: ``person``, ``organisation`` or ``time``.
    """

    at: str
    part: str
    what: str
    by: str
    state: str = ""
    count: int | None = None
    detail: dict[str, object] = {}


Source = Callable[["Vault", Relationship], Iterable[Event]]


def story(
    vault: Vault, name: str, *, parts: Sequence[str] = (), sources: Sequence[Source] | None = None
) -> dict[str, object]:
    """The events of a relationship, the newest first; ``parts`` are some of ``PARTS``, or all.

    Returns name, organisation, state, ``counts`` by part, and ``events``.
    """
    relationship = find(vault.store, name)
    found = [e for source in sources or SOURCES for e in source(vault, relationship)]
    order = sorted(enumerate(found), key=lambda each: (each[1].at, _order(each[1]), each[0]))
    every = [event for _, event in reversed(order)]
    return {
        "name": relationship.name,
        "organisation": relationship.organisation_name,
        "state": relationship.state,
        "counts": {part: sum(1 for e in every if e.part == part) for part in PARTS},
        "events": [msgspec.to_builtins(e) for e in every if not parts or e.part in parts],
    }


def _order(event: Event) -> int:
    """What comes first of what happened in the same second."""
    return PARTS.index(event.part)


def agreed(vault: Vault, relationship: Relationship) -> Iterable[Event]:
    """What was proposed and answered, paused and gone on with."""
    rows = vault.store.rows("agreements.of_relationship", relationship=relationship.name)
    for row in rows:
        key = relationship.key_log.key_for(row["answer"])
        made = read_agreement(row["proffer"], row["answer"], organisation_key=key)
        renewed = made.accepted and made.proffer.supersedes is not None
        yield Event(
            at=row["at"],
            part="agreed",
            what="replaced" if renewed else row["decision"],
            by="organisation",
            state=row["decision"],
            detail={
                "agreement": row["id"], "terms": row["terms"], "reason": row["reason"],
                "counter": made.answer.counter, "until": made.proffer.exp,
            },
        )  # fmt: skip
        for turn in resting.rests_of(vault.store, row["id"]).turns:
            at = stamp(datetime.fromtimestamp(turn.since, UTC))
            yield Event(at=at, part="agreed", what=turn.change, by=turn.by)


def gave(vault: Vault, relationship: Relationship) -> Iterable[Event]:
    """What was given, each time."""
    rows = vault.store.rows("disclosures.of_relationship", relationship=relationship.name)
    for row in rows:
        yield Event(
            at=row["at"],
            part="gave",
            what=row["state"],
            by="person",
            state=row["state"],
            count=row["things"],
            detail={
                "position": row["position"], "purpose": row["purpose"], "reason": row["reason"],
                "fields": json.loads(row["fields"]), "agreement": row["agreement"],
            },
        )  # fmt: skip


def looked(vault: Vault, relationship: Relationship) -> Iterable[Event]:
    """Who looked, as far as it was told."""
    for look in looks.looks(vault.store, relationship, limit=LOOKS_MAX):
        yield Event(
            at=stamp(datetime.fromtimestamp(look.at, UTC)),
            part="looked",
            what=look.kind,
            by="organisation",
            state="refused" if look.problem else "",
            count=look.count,
            detail={
                "name": look.name, "purpose": look.purpose, "fields": look.fields,
                "problem": look.problem,
            },
        )  # fmt: skip


def got(vault: Vault, relationship: Relationship) -> Iterable[Event]:
    """What came back: answers, and what they told of deals and of requests by right."""
    asked = {row["id"]: row["asked"] for row in vault.store.rows("rights.all")}
    rows = vault.store.rows(
        "inbox.of_relationship", relationship=relationship.name, limit=LOOKS_MAX
    )
    for row in rows:
        yield Event(
            at=row["at"],
            part="got",
            what=_TOLD.get(row["type"], "answer"),
            by="organisation",
            state=row["verdict"],
            detail={
                "n": row["n"], "type": row["type"], "says": row["verdict_detail"],
                **_stands(row, asked),
            },
        )  # fmt: skip


def _stands(row: Row, asked: Mapping[str, str]) -> dict[str, object]:
    """Which request by right a message is about, and how it stood; nothing for all others."""
    if row["type"] != TYPE_RIGHT_CHANGED or row["verdict"] != "fits":
        return {}
    with contextlib.suppress(JwsRefused):
        told = read_jws(str(json.loads(row["data"])["status"]))[1]
        return {"right": asked.get(str(told["request"])), "status": told["status"]}
    return {}


def ends(vault: Vault, relationship: Relationship) -> Iterable[Event]:
    """What ended or was erased, and what will end by itself."""
    rows = endings(vault.store, relationship.name)
    for row in rows:
        yield Event(
            at=row["at"], part="ends", what=row["kind"], by="person", state=row["state"],
            detail={"confirmed_at": row["confirmed_at"], "reason": row["reason"]},
        )  # fmt: skip
    for row in awaited.erased_by_itself(vault.store, relationship):
        yield Event(
            at=row["at"], part="ends", what="erased", by="organisation", state="confirmed",
            detail={"confirmed_at": row["at"], "reason": None},
        )  # fmt: skip
    if relationship.state == "active":
        made = agreement_of(vault.store, relationship)
        at = stamp(datetime.fromtimestamp(made.proffer.exp, UTC))
        yield Event(at=at, part="ends", what="runs out", by="time")
    elif relationship.state == "ended" and not rows and relationship.ended_at is not None:
        theirs = resting.ended_by_them(vault.store, relationship)
        what = "ended by them" if theirs else "ended there"
        yield Event(at=relationship.ended_at, part="ends", what=what, by="organisation")


SOURCES: tuple[Source, ...] = (agreed, gave, looked, got, ends)
