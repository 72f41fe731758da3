"""What happens to agreements: proposals are answered, deals are superseded, paused and ended.

Each function works in a transaction that comes in, so whatever it says holds from its commit on.
"""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.foundation.tables import Reader, Tx
from firsthand.hub.terms import agreements, invites, relationships
from firsthand.hub.terms.agreements import HELD_MAX, PROFFERS, TABLE, Held, Standing
from firsthand.hub.terms.organisation import Organisation
from firsthand.hub.terms.policy import Policy, decide
from firsthand.hub.terms.relationships import Relationship, StateGraph
from firsthand.protocol.agreement_life import (
    check_succession,
    may_counter,
    paused_by,
    readable_purposes,
    with_change,
)
from firsthand.protocol.agreements import (
    Agreement,
    Answer,
    Proffer,
    agreement_id,
    read_agreement,
    sign_answer,
)
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.changes import Change
from firsthand.protocol.identity import jwk_of, thumbprint_of
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import ROSTER


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer depends on: who answers, by which policy, when (seconds since 1970)."""

    organisation: Organisation
    policy: Policy
    now: int


def settle(
    tx: Tx, door: Door, proffer_jws: str, proffer: Proffer, key: EllipticCurvePublicKey
) -> Held:
    """Answer a checked proposal and keep both; the same proposal gets the same answer again.

    A proposal that ``prev`` says follows a counter-offer is not countered again. One that
    ``supersedes`` another takes its place if it is accepted. Raises ``Refused``:
    ``invite_unknown``, ``agreement_ended`` (it is being erased, or what it would replace has
    ended), ``no_agreement``, ``proffer_invalid`` (what ``prev`` names is not known), ``busy``.
    """
    person = thumbprint_of(key)
    before = relationships.get(tx, person)
    if before is not None and before.state == StateGraph.erasing:
        raise refuse("agreement_ended", "What this key gave is being erased. Take a new key.")
    if (kept := agreements.repeated(tx, person, proffer_jws)) is not None:
        return kept
    if tx.count(TABLE, person) >= HELD_MAX:
        raise refuse("busy", f"A relationship holds at most {HELD_MAX} proposals.")
    _check_succession(tx, door, person, proffer)
    previous = _previous(tx, door, person, proffer, known=before is not None)
    invite = None
    if proffer.invite is not None:
        invite = invites.find(tx, proffer.invite.token, door.now)
    made = _answered(door, proffer_jws, proffer, previous)
    account = before.account if before else None
    came = proffer.invite if made.decision == "accepted" else None
    # An invitation that names an account would say who declined to be tied to it.
    if came is not None and invite is not None and (came.tie or invite.account is None):
        invites.use(tx, came.token, person)
        account = invite.account or account
    relationships.put(tx, _after(before, made, person, key, account))
    agreements.put(tx, person, made)
    tx.put(PROFFERS, person, sha256_hex(proffer_jws.encode()), made.id.encode())
    if made.decision == "accepted":
        stands = Standing(taking=True, expires=made.expires, terms=made.terms)
        agreements.put_standing(tx, person, made.id, stands)
        if proffer.supersedes is not None:
            _supersede(tx, person, proffer.supersedes, made, door.now)
    return made


def _answered(door: Door, proffer_jws: str, proffer: Proffer, previous: Agreement | None) -> Held:
    decided = decide(
        door.policy,
        proffer.p7012.agreement,
        name=door.organisation.name,
        may_counter=may_counter(previous),
    )
    answer = Answer(
        iss=door.organisation.subject, aud=proffer.iss, iat=door.now,
        proffer_sha256=sha256_hex(proffer_jws.encode()), decision=decided.decision,
        counter=decided.counter, reason=decided.reason,
    )  # fmt: skip
    answer_jws = sign_answer(answer, door.organisation.key)
    return Held(
        id=agreement_id(proffer_jws, answer_jws),
        proffer=proffer_jws,
        answer=answer_jws,
        decision=decided.decision,
        terms=proffer.p7012.agreement,
        fields=proffer.fields,
        at=door.now,
        expires=proffer.exp,
        own_precision=proffer.precision,
        own_delivery=proffer.delivery,
    )


def _previous(
    tx: Tx, door: Door, person: str, proffer: Proffer, *, known: bool
) -> Agreement | None:
    """The statement that a proposal follows. Of a new key nothing is known, so nothing is named."""
    if proffer.prev is None or not known:
        return None
    kept = agreements.get(tx, person, proffer.prev)
    if kept is None:
        raise refuse("proffer_invalid", "What this proposal says it follows (prev) is not here.")
    return _whole(door, kept)


def _check_succession(tx: Tx, door: Door, person: str, proffer: Proffer) -> None:
    if proffer.supersedes is None:
        return
    kept = agreements.get(tx, person, proffer.supersedes)
    check_succession(
        proffer,
        replaced=None if kept is None else _whole(door, kept),
        state=None if kept is None else kept.state(door.now),
    )


def _whole(door: Door, kept: Held) -> Agreement:
    key = door.organisation.key_log.key_for(kept.answer)
    return read_agreement(kept.proffer, kept.answer, organisation_key=key)


def _after(
    before: Relationship | None,
    made: Held,
    person: str,
    key: EllipticCurvePublicKey,
    account: str | None,
) -> Relationship:
    state = before.state if before else StateGraph.refused
    if made.decision == "accepted":
        state = StateGraph.active
    return Relationship(
        id=person,
        key=jwk_of(key),
        state=state,
        since=before.since if before else made.at,
        account=account,
        ended_at=before.ended_at if before and state == StateGraph.ended else None,
    )


def _supersede(tx: Tx, person: str, replaced: str, by: Held, now: int) -> None:
    """End an agreement in favour of another one; what was given is read on for what both allow."""
    old = agreements.get(tx, person, replaced)
    assert old is not None, "it was checked in this transaction"
    ended = msgspec.structs.replace(old, ended_at=now, ended_by="person", superseded_by=by.id)
    agreements.put(tx, person, ended)
    for id, stands in list(agreements.all_standing(tx, person)):
        if replaced in {id, stands.via}:
            narrowed = msgspec.structs.replace(
                stands,
                taking=False,
                expires=by.expires,
                reading=readable_purposes(stands.purposes, ROSTER[by.terms].purposes),
                paused=False,
                via=by.id,
            )
            agreements.put_standing(tx, person, id, narrowed)


def change(tx: Tx, relationship: str, change: Change, *, by: str, now: int) -> Held:
    """Pause an agreement or go on with it; the same change again changes nothing.

    ``by`` is one of ``PARTIES``; it stays paused until each who paused it goes on. Raises
    ``Refused``: ``no_agreement``, ``agreement_ended``, and as ``with_change`` does.
    """
    kept = agreements.get(tx, relationship, change.agreement)
    if kept is None or kept.decision != "accepted":
        raise refuse("no_agreement")
    if kept.state(now) not in {"accepted", "paused"}:
        raise refuse("agreement_ended", "The deal has ended: it is neither paused nor resumed.")
    turns = with_change(kept.turns, change, by=by, now=now)
    if turns == kept.turns:
        return kept
    changed = msgspec.structs.replace(kept, turns=turns)
    agreements.put(tx, relationship, changed)
    rests = bool(paused_by(turns))
    for id, stands in list(agreements.all_standing(tx, relationship)):
        if kept.id in {id, stands.via} and stands.paused != rests:
            turned = msgspec.structs.replace(stands, paused=rests)
            agreements.put_standing(tx, relationship, id, turned)
    return changed


def end(
    tx: Tx,
    relationship: str,
    agreement: str,
    *,
    revocation: str,
    now: int,
    by: str = "person",
) -> Held:
    """End an agreement; the first receipt stays. Raises ``Refused`` (``no_agreement``).

    What was given under it, and under those whose place it took, is not read any more. When it was
    the last one that stood, the relationship has ended too.
    """
    kept = agreements.get(tx, relationship, agreement)
    if kept is None or kept.decision != "accepted":
        raise refuse("no_agreement")
    if kept.revocation is not None:
        return kept
    first = kept.ended_at is None
    ended = msgspec.structs.replace(
        kept,
        ended_at=now if first else kept.ended_at,
        ended_by=by if first else kept.ended_by,
        revocation=revocation,
    )
    agreements.put(tx, relationship, ended)
    withdraw(tx, relationship, agreement)
    close_if_last(tx, relationship, now)
    return ended


def withdraw(tx: Tx, relationship: str, agreement: str) -> None:
    """Let nothing more come in and nothing be read that came under an agreement or before it.

    Before it are those whose place it took, though another one may have taken its own place since.
    A mark says that figures still count it, until somebody has worked that off.
    """
    for id, stands in list(agreements.all_standing(tx, relationship)):
        if id == agreement or (stands.via and agreement in after_it(tx, relationship, id)):
            gone = msgspec.structs.replace(stands, taking=False, reading=(), paused=False)
            agreements.put_standing(tx, relationship, id, gone)
            tx.put(agreements.WITHDRAWN, relationship, id, b"")


def after_it(reader: Reader, relationship: str, agreement: str) -> set[str]:
    """The agreements that took the place of this one, one after the other."""
    found: set[str] = set()
    last = agreements.get(reader, relationship, agreement)
    while last is not None and last.superseded_by is not None:
        found.add(last.superseded_by)
        last = agreements.get(reader, relationship, last.superseded_by)
    return found


def close_if_last(tx: Tx, relationship: str, now: int) -> None:
    """End a relationship in which no agreement stands any more."""
    person = relationships.get(tx, relationship)
    left = any(one.in_force(now) for _, one in agreements.all_standing(tx, relationship))
    if not left and person is not None and person.state == StateGraph.active:
        ended = msgspec.structs.replace(person, state=StateGraph.ended, ended_at=now)
        relationships.put(tx, ended)
