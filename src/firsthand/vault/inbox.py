"""What came back: numbered, signed messages of organisations, each checked before it is shown.

Above: acts and pages. Below: the gate, through which the questions go. A message that is not
signed by the organisation that the person agreed with, or that is out of order, is not taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol.events import EventRefused, decode_event
from firsthand.protocol.jws import JwsRefused, verify_jws
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.wire import TYP_MESSAGE, TYPE_AGREEMENT_CHANGED
from firsthand.vault.gate import Gate, Offline, warn
from firsthand.vault.terms import copies
from firsthand.vault.terms.awaited import may_bring
from firsthand.vault.terms.losses import loss_of, put_counted
from firsthand.vault.terms.relationships import (
    Relationship,
    all_relationships,
    find,
    signer_of,
)

if TYPE_CHECKING:
    from firsthand.vault.store import Store

ELSEWHERE = "It stands under a deal that another copy of your data has made."
PAGES_MAX = 20  # how often one fetch asks for more


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What checking a message found: fits, differs or unverifiable, and why."""

    verdict: str
    detail: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A verified message: its number, type and content, and what it answers.

    ``known``: it stands under a deal that is known here.
    """

    n: int
    type: str
    data: dict[str, object]
    jws: str
    known: bool = True


Check = Callable[[Relationship, Message], Verdict]


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What one fetch brought: how many messages by relationship, and what went wrong where."""

    new: dict[str, int]
    problems: dict[str, str]


def fetch(
    store: Store,
    gate: Gate,
    clock: Clock,
    checks: Mapping[str, Check],
    *,
    only: str | None = None,
) -> Fetched:
    """Ask every organisation of which something may come, or ``only`` the one of that name.

    ``checks`` judge messages by their type.
    """
    new: dict[str, int] = {}
    problems: dict[str, str] = {}
    for relationship in all_relationships(store):
        if only not in {None, relationship.name}:
            continue
        if not may_bring(store, relationship, clock.now()):
            continue
        try:
            new[relationship.name] = _fetch_one(store, gate, clock, checks, relationship.name)
        except (Offline, Refused) as error:
            problems[relationship.name] = str(error)
    return Fetched(new=new, problems=problems)


def _fetch_one(
    store: Store, gate: Gate, clock: Clock, checks: Mapping[str, Check], name: str
) -> int:
    taken = 0
    shift = _shift(store, gate, name)
    for _ in range(PAGES_MAX):
        relationship = find(store, name)
        messages = gate.messages(relationship, relationship.inbox_after - shift)
        if not messages:
            break
        for n, jws in messages:
            if n + shift <= find(store, name).inbox_after:
                continue
            gate.keep_up(name, jws)
            _take(store, clock, checks, name, (n, jws), shift)
            taken += 1
    return taken


def _shift(store: Store, gate: Gate, name: str) -> int:
    """What our numbers of their messages are ahead of theirs: they may have lost what they said.

    After a loss they number on from the last message that they still have. It is looked for once
    among those that were taken here.
    """
    loss = loss_of(store, name)
    if loss is None or loss.counted:
        return loss.shift if loss is not None else 0
    relationship = find(store, name)
    rows = store.rows("inbox.statements", relationship=name)
    known, last, after = {row["jws"] for row in rows}, 0, 0
    for _ in range(PAGES_MAX):
        messages = gate.messages(relationship, after)
        last = max([last, *(n for n, jws in messages if jws in known)])
        if not messages or messages[-1][0] <= after:
            break
        after = messages[-1][0]
    with store.transaction() as tx:
        put_counted(tx, name, relationship.inbox_after - last)
    return relationship.inbox_after - last


def _take(
    store: Store, clock: Clock, checks: Mapping[str, Check], name: str, sent: tuple[int, str],
    shift: int,
) -> None:  # fmt: skip
    relationship = find(store, name)
    theirs = msgspec.structs.replace(relationship, inbox_after=relationship.inbox_after - shift)
    try:
        rows = store.rows("agreements.of_relationship", relationship=name)
        deals = {row["id"] for row in rows if row["decision"] == "accepted"}
        person, copied = signer_of(store, relationship).subject, copies.may_be_others(store)
        message = open_message(theirs, person, *sent, deals=deals, copied=copied)
    except Refused as error:
        warn(store, clock, relationship, f"A message was not taken: {error}")
        raise
    check = checks.get(message.type)
    verdict = Verdict(verdict="unverifiable", detail="This kind of message cannot be checked.")
    if not message.known and not _erases(message.type, message.data):
        verdict = Verdict(verdict="unverifiable", detail=ELSEWHERE)
    elif check is not None:
        verdict = check(relationship, message)
    with store.transaction() as tx:
        tx.run(
            "inbox.add",
            relationship=name,
            n=message.n + shift,
            jws=message.jws,
            type=message.type,
            data=json.dumps(message.data),
            at=stamp(clock.now()),
            verdict=verdict.verdict,
            verdict_detail=verdict.detail,
        )
        tx.run("relationships.inbox_read_to", name=name, n=message.n + shift)


def open_message(
    relationship: Relationship, person: str, n: int, jws: str, *, deals: Collection[str] = (),
    copied: bool = False,
) -> Message:  # fmt: skip
    """Verify a message: signed by the pinned key, addressed to this person, next in order.

    ``deals`` are the agreements of this relationship, those that were replaced included. Another
    one is only taken where another copy may have made it (``copied``), or a change of which nobody
    here heard: then that all was erased is the last that they say. Raises ``Refused`` with what is
    wrong.
    """
    try:
        key = relationship.key_log.key_for(jws)
        payload = verify_jws(jws, public_key=key, typ=TYP_MESSAGE)
        event = decode_event(msgspec.json.encode(payload))
    except (JwsRefused, EventRefused) as error:
        raise refuse("signature_invalid", str(error)) from error
    if event.source != relationship.subject or event.subject != person:
        raise refuse("not_yours", "It is addressed to somebody else.")
    known = event.extensions.get("agreement") in {relationship.agreement, *deals}
    if not known and not copied and not _erases(event.type, event.data):
        raise refuse("no_agreement", "It stands under another agreement.")
    if event.extensions.get("sequence") != n or n != relationship.inbox_after + 1:
        raise refuse("lane_gap", f"It is out of order: {n} after {relationship.inbox_after}.")
    if not isinstance(event.data, dict):
        raise refuse("shape_invalid", "It holds no content.")
    return Message(n=n, type=event.type, data=event.data, jws=jws, known=known)


def _erases(type: str, data: object) -> bool:
    return type == TYPE_AGREEMENT_CHANGED and isinstance(data, dict) and "erasure" in data
