"""What persons ask for by right: taken, done, decided, and told with a signed status."""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from firsthand.foundation.tables import Reader, Tx
from firsthand.hub import corrected, erasing
from firsthand.hub.acts import statements
from firsthand.hub.acts.opened import Hub
from firsthand.hub.outbox import Content
from firsthand.hub.terms import agreements, relationships, rights
from firsthand.hub.terms.rights import Kept, RequestRefused
from firsthand.protocol.clocks import clock_apart
from firsthand.protocol.graphs import UnableToChangeState
from firsthand.protocol.putting_right import Correction, check_corrections, corrections
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.rights import (
    Request,
    day_of,
    hello_due,
    read_request,
    stopped_in_words,
)
from firsthand.protocol.roles.profile import coarsen
from firsthand.protocol.terms import PURPOSES
from firsthand.protocol.wire import DETAILS_CHARS_MAX, SKEW_S_MAX, TYPE_RIGHT_CHANGED

ERASURE = "erasure"


def ask(hub: Hub, relationship: str, body: bytes) -> dict[str, object]:
    """Take a request and do at once what needs no decision; the same one gets the same answer.

    Returns the signed ``status``, and for an erasure its ``receipt``. Raises ``Refused``:
    ``shape_invalid``, ``too_large``, ``clock_differs``, ``busy``, ``unknown_relationship``,
    and for what the deal does not let us know ``field_not_allowed`` and ``precision_too_fine``.
    """
    request, now = read_request(body), hub.now_s()
    if request.at > now + SKEW_S_MAX:
        raise refuse("clock_differs", clock_apart(request.at, now))
    named = _named(request)
    if request.right == ERASURE:
        return _erase(hub, relationship, request)

    def work(tx: Tx) -> tuple[Kept, bool]:
        if not relationships.is_open(tx, relationship):
            raise refuse("unknown_relationship")
        if (before := rights.get(tx, relationship, request.jti)) is not None:
            if before.request != request:
                raise refuse("shape_invalid", "Another request has this name (jti) already.")
            return before, False
        _check_agreed(tx, relationship, named, now)
        if rights.count(tx, relationship) >= rights.REQUESTS_MAX:
            raise refuse("busy", f"At most {rights.REQUESTS_MAX} requests are kept.")
        return _begun(hub, tx, relationship, request), True

    kept, new = hub.urgent(work)
    if new:
        _told(hub, relationship)
    return {"status": kept.jws}


def _begun(hub: Hub, tx: Tx, relationship: str, request: Request) -> Kept:
    """Keep a new request; what needs no decision is done. Free words hold back until read."""
    now = hub.now_s()
    kept = rights.received(hub.organisation, relationship, request, now=now)
    if request.right in rights.AT_ONCE:
        rights.limit(tx, kept)  # GDPR Art. 18(1)(d) where it is not decided yet
        if not rights.has_to_be_read(request):
            kept = rights.fulfilled(hub.organisation, kept, now=now)
    _put(hub, tx, kept)
    return kept


def take_back(hub: Hub, relationship: str, jti: str) -> str:
    """Take a request back, or lift what it holds back; returns the signed status of it now.

    What is decided otherwise stays as it is, and the status says so. Raises ``Refused``
    (``not_found``, ``unknown_relationship``).
    """

    def work(tx: Tx) -> tuple[Kept, bool]:
        kept = _of_person(tx, relationship, jti)
        changed = rights.taken_back(hub.organisation, kept, now=hub.now_s())
        if changed is None:
            return kept, False
        _put(hub, tx, changed)
        rights.limit_anew(tx, relationship)
        hub.answering.again(tx, relationship, jti)  # what was held back is looked at again
        return changed, True

    kept, changed = hub.urgent(work)
    if changed:
        _told(hub, relationship)
        hub.answering.wake()
    return kept.jws


def status(hub: Hub, relationship: str, jti: str) -> str:
    """The signed status of a person's request; raises ``Refused`` (``not_found``)."""
    return _own(hub, relationship, jti).jws


def fulfillable(hub: Hub, relationship: str, jti: str) -> Kept:
    """A request for data that was granted; raises ``Refused`` (``not_found``)."""
    kept = _own(hub, relationship, jti)
    wanted = kept.request.right in {"access", "portability"}
    if not wanted or kept.status.status != "fulfilled":
        raise refuse("not_found", "This request has no data to fetch.")
    return kept


def listed(hub: Hub) -> dict[str, object]:
    """Every request, those that wait first, with the days that are left."""
    with hub.snapshot() as reader:
        return {"rights": [_json(hub, reader, one) for one in rights.all_kept(reader)]}


def shown(hub: Hub, *, reference: str) -> dict[str, object]:
    """One request with what it asks; raises ``RequestRefused``."""
    with hub.snapshot() as reader:
        kept = rights.find(reader, reference)
        known = _json(hub, reader, kept)
        held = agreements.held(reader, kept.relationship)
    allowed = {
        name
        for one in held
        if one.state(hub.now_s()) in {"accepted", "paused"}
        for name in one.roster.purposes
    }
    asked = msgspec.to_builtins(corrections(kept.request))
    return {
        **known,
        "details": kept.request.details,
        "corrections": asked,
        "words_to_read": kept.is_open and rights.has_to_be_read(kept.request),
        "purposes": rights.stopped(kept),
        "agreed_purposes": [one for one in PURPOSES if one in allowed],
        "processing_details": kept.status.processing_details,
        "signed": kept.jws,
    }


def fulfil(
    hub: Hub, *, reference: str, why: str = "", purposes: Sequence[str] = ()
) -> dict[str, object]:
    """Do what was asked: what a rectification names is read as corrected from now on.

    One that is said in words has to be answered in words (``why``). An objection in words is
    answered by the ``purposes`` that it means, or by ``all``. Raises ``RequestRefused``.
    """

    def work(tx: Tx, kept: Kept) -> Kept:
        if not kept.is_open:
            raise RequestRefused(f"The request is {kept.status.status} already.")
        if rights.has_to_be_read(kept.request):
            return _stopped(hub, tx, rights.chosen(kept, purposes), why)
        if purposes:
            raise RequestRefused("Purposes are chosen only where an objection names none.")
        try:
            named = check_corrections(kept.request)
        except Refused as error:  # it was kept before such were refused
            raise RequestRefused(f"This cannot be put right like that: {error}") from error
        if not named and not why.strip():
            raise RequestRefused("It was asked in words: say in words what you have done.")
        done = rights.fulfilled(hub.organisation, kept, now=hub.now_s(), details=why)
        known = rights.put_right_with(tx, kept) if named else {}
        for one in named:
            corrected.put(tx, kept.relationship, one.thing, known[one.thing])
        if named:
            hub.answering.again(tx, kept.relationship, kept.request.jti)
        return done

    told = _decided(hub, reference, why, work)
    hub.answering.wake()
    return told


def deny(hub: Hub, *, reference: str, reason: str, why: str = "") -> dict[str, object]:
    """Say no, with a reason of the protocol. Raises ``RequestRefused``."""

    def work(tx: Tx, kept: Kept) -> Kept:
        said_no = rights.denied(hub.organisation, kept, now=hub.now_s(), reason=reason, details=why)
        _read_again(hub, tx, said_no)
        return said_no

    told = _decided(hub, reference, why, work)
    hub.answering.wake()
    return told


def extend(hub: Hub, *, reference: str, why: str) -> dict[str, object]:
    """Take the further time that the law gives, once. Raises ``RequestRefused``."""
    return _decided(
        hub,
        reference,
        why,
        lambda _, kept: rights.extended(hub.organisation, kept, now=hub.now_s(), why=why),
    )


def _decided(
    hub: Hub, reference: str, why: str, decide: Callable[[Tx, Kept], Kept]
) -> dict[str, object]:
    if len(why) > DETAILS_CHARS_MAX:
        raise RequestRefused(f"At most {DETAILS_CHARS_MAX} characters are sent to the person.")

    def work(tx: Tx) -> Kept:
        kept = rights.find(tx, reference)
        try:
            changed = decide(tx, kept)
        except UnableToChangeState as error:
            raise RequestRefused(f"The request is {kept.status.status} already.") from error
        _put(hub, tx, changed)
        return changed

    kept = hub.urgent(work)
    _told(hub, kept.relationship)
    return shown(hub, reference=kept.id)


def _stopped(hub: Hub, tx: Tx, kept: Kept, why: str) -> Kept:
    """An objection that was read: what it means stays held back, and the person is told what."""
    details = f"{stopped_in_words(kept.purposes)} {why.strip()}".strip()
    if len(details) > DETAILS_CHARS_MAX:
        raise RequestRefused("Say it in fewer words: what is not used any more is told with them.")
    done = rights.fulfilled(hub.organisation, kept, now=hub.now_s(), details=details)
    _read_again(hub, tx, done)
    return done


def _read_again(hub: Hub, tx: Tx, kept: Kept) -> None:
    """Once an objection in words is decided, only what was granted of it is held back."""
    if rights.has_to_be_read(kept.request):
        rights.put(tx, kept)
        rights.limit_anew(tx, kept.relationship)
        hub.answering.again(tx, kept.relationship, kept.request.jti)


def _put(hub: Hub, tx: Tx, kept: Kept) -> None:
    """Keep how a request stands, and let the signed status wait for the person."""
    rights.put(tx, kept)
    held = agreements.held(tx, kept.relationship)
    agreed = [one for one in held if one.decision == "accepted"] or held
    content = Content(
        type=TYPE_RIGHT_CHANGED, agreement=agreed[-1].id, answers="", data={"status": kept.jws}
    )
    # In the writer's own transaction no other message can take the number.
    message = hub.outbox.prepared(tx, kept.relationship, content)
    assert hub.outbox.put(tx, kept.relationship, message), "its number"


def _told(hub: Hub, relationship: str) -> None:
    hub.told(relationship)
    hub.outbox.told(relationship)


def _erase(hub: Hub, relationship: str, request: Request) -> dict[str, object]:
    """Erase now; what is kept afterwards is the tombstone, from which the same is said again."""
    with hub.snapshot() as reader:
        gone = erasing.find(reader, relationship)
        held = agreements.held(reader, relationship)
    # The last that was accepted, if one was: it is what they know their deal by.
    known = sorted(held, key=lambda one: (one.decision == "accepted", one.superseded_by is None))
    agreement = gone.agreement if gone is not None else known[-1].id if known else ""
    receipt = statements.erase(hub, relationship, agreement)
    with hub.snapshot() as reader:
        gone = erasing.find(reader, relationship)
    assert gone is not None, "it was erased a moment ago"
    kept = rights.received(hub.organisation, relationship, request, now=gone.begun_at)
    done = rights.fulfilled(hub.organisation, kept, now=hub.now_s())
    return {"status": done.jws, "receipt": receipt}


def _own(hub: Hub, relationship: str, jti: str) -> Kept:
    with hub.snapshot() as reader:
        return _of_person(reader, relationship, jti)


def _of_person(reader: Reader, relationship: str, jti: str) -> Kept:
    if not relationships.is_open(reader, relationship):
        raise refuse("unknown_relationship")
    kept = rights.get(reader, relationship, jti) if 0 < len(jti) <= _JTI_CHARS_MAX else None
    if kept is None:
        raise refuse("not_found", "There is no request of this name.")
    return kept


_JTI_CHARS_MAX = 64


def _named(request: Request) -> list[Correction]:
    """What is put right for machines names fields that things have; words are for people."""
    named = check_corrections(request)
    if len(named) > rights.CORRECTIONS_MAX:
        raise refuse("too_large", f"At most {rights.CORRECTIONS_MAX} things at a time.")
    return named


def _check_agreed(tx: Tx, relationship: str, named: list[Correction], now: int) -> None:
    """What is put right is no more, and no finer, than what may be given."""
    agreed = [one for one in agreements.held(tx, relationship) if one.decision == "accepted"]
    deals = [one for one in agreed if one.state(now) in {"accepted", "paused"}] or agreed[-1:]
    known = {name for deal in deals for names in deal.fields.values() for name in names}
    for one in named:
        odd = sorted(one.fields.keys() - known)
        if odd:
            raise refuse("field_not_allowed", f"The deal does not let us know {odd[0]}.")
        time = one.fields.get("startTime")
        if time is not None and not any(coarsen(time, deal.precision) == time for deal in deals):
            raise refuse(
                "precision_too_fine",
                f"{time} is a finer time than the deal lets us know: by the {deals[-1].precision}.",
            )


def _json(hub: Hub, reader: Reader, kept: Kept) -> dict[str, object]:
    request, stands = kept.request, kept.status
    known = relationships.get(reader, kept.relationship)
    today = hub.clock.now().date()
    last = date.fromisoformat(stands.expected_by)
    hello = hello_due(request.regime, day_of(stands.received_at))
    return {
        "id": kept.id,
        "request": request.jti,
        "relationship": kept.relationship,
        "account": known.account if known else None,
        "right": request.right,
        "regime": request.regime,
        "status": stands.status,
        "reason": stands.reason,
        "received": day_of(stands.received_at).isoformat(),
        "expected_by": stands.expected_by,
        "hello_by": hello.isoformat() if hello else None,
        "days_left": (last - today).days if kept.is_open else None,
        "extended": kept.extended,
        "decided": None if kept.is_open else day_of(stands.iat).isoformat(),
    }
