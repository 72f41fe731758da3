"""Change a deal that is in force: let it rest, go on, make it longer, agree on other terms.

A new deal takes the place of the old one when the organisation accepts it. Until then, and if it
does not, the old one stays as it is. The proposal stands in the vault before it leaves, so an
answer that was cut off is asked for again.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.agreement_life import is_renewal
from firsthand.protocol.agreements import (
    AGREEMENT_S_MAX,
    Agreement,
    Proffer,
    chosen,
    consent_record,
    read_agreement,
    sign_proffer,
)
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.roles.profile import FIELDS, NEEDED
from firsthand.protocol.terms import PRECISIONS, ROSTER, Terms
from firsthand.vault.acts import restating
from firsthand.vault.acts.comparing import compare_terms, differences
from firsthand.vault.gate import REPLACED, Introduction, Outcome, Unusable
from firsthand.vault.terms import resting
from firsthand.vault.terms.proposed import NONE, proposed, put_proposed
from firsthand.vault.terms.relationships import (
    Relationship,
    agreement_of,
    find,
    put_agreement,
    signer_of,
)

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

AGREEMENT_DAYS = 730
ENDS_SOON_DAYS = 30
_ASIDE = "counter of {name} set aside"
_UNREAD = {"signature_invalid", "shape_invalid", "not_allowed"}
GONE = (
    "{} has erased what you gave when its time was over, so this deal cannot go on. End it here, "
    "then connect again."
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be different; None leaves it as it is.

    ``until`` is the last day. ``fields`` are those of each schema.org type that may be given.
    """

    terms: str | None = None
    until: datetime.date | None = None
    precision: str | None = None
    fields: dict[str, list[str]] | None = None


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A signed proposal that was not answered yet, and what it was made for."""

    proffer: str
    wanted: Wanted


def pause(vault: Vault, name: str) -> dict[str, object]:
    """Let a deal rest: nothing leaves from now on, nothing is read there once they are told.

    Works while they are away. Returns name, organisation, state, since, paused_by, confirmed and
    reason. Raises ``Refused`` where it is not in force.
    """
    return _rested(vault, name, vault.gate.rest(name, "paused"))


def resume(vault: Vault, name: str) -> dict[str, object]:
    """Go on with a deal that rests; if they paused it as well, it rests until they go on too."""
    return _rested(vault, name, vault.gate.rest(name, "resumed"))


def _rested(vault: Vault, name: str, outcomes: list[Outcome]) -> dict[str, object]:
    relationship = find(vault.store, name)
    return {
        "name": relationship.name,
        "organisation": relationship.organisation_name,
        **standing(vault, relationship.name),
        "outcomes": [msgspec.to_builtins(each) for each in outcomes],
    }


def standing(vault: Vault, name: str) -> dict[str, object]:
    """How a deal stands: its state, who paused it, what is unconfirmed, when it ends.

    ``state`` is one of ``LIFE``, None where nothing was ever agreed. ``ends_in_days`` is None
    where it is not in force, ``ends_soon`` says that it is time to renew it.
    """
    relationship = find(vault.store, name)
    none: dict[str, object] = dict.fromkeys(
        ("state", "since", "ends", "ends_in_days", "reason"), None
    )
    none |= {"paused_by": [], "confirmed": True, "ends_soon": False, "replaces": None}
    if relationship.agreement is None:
        return none
    agreement = agreement_of(vault.store, relationship)
    now = int(vault.clock.now().timestamp())
    state = resting.life_of(vault.store, relationship, agreement, now)
    rests = resting.rests_of(vault.store, agreement.id)
    open_one = rests.unconfirmed
    days = (agreement.proffer.exp - now) // 86_400 if state in {"accepted", "paused"} else None
    return {
        "state": state,
        "since": rests.turns[-1].since if rests.turns else agreement.answer.iat,
        "paused_by": list(rests.paused_by),
        "confirmed": open_one is None,
        "reason": open_one.reason if open_one else None,
        "ends": agreement.proffer.exp,
        "ends_in_days": days,
        "ends_soon": days is not None and days < ENDS_SOON_DAYS,
        "replaces": agreement.proffer.supersedes,
    }


def renew(vault: Vault, name: str, *, until: datetime.date | None = None) -> dict[str, object]:
    """Make the same deal last longer, two years from now if not said. Returns as ``change``.

    One that has run out is proposed anew, all of it as it was.
    """
    day = vault.clock.now().date() + datetime.timedelta(days=AGREEMENT_DAYS)
    return change(vault, name, Wanted(until=until or day))


def change(vault: Vault, name: str, wanted: Wanted) -> dict[str, object]:
    """Propose a deal in the place of the one in force, or that ran out; keep the answer.

    Returns name, organisation, decision, reason, counter (a roster id), agreement, replaced and
    ``differences``. Raises ``Refused`` and ``Offline``; then the old deal stays.
    """
    go_on(vault, name)
    try:
        return _changed(vault, name, wanted)
    except Refused as error:
        if error.refusal.reason != "no_agreement" or not restating.told_of_deal(vault, name):
            raise
    return _changed(vault, name, wanted)  # they had put back a backup, and know it again


def _changed(vault: Vault, name: str, wanted: Wanted) -> dict[str, object]:
    before = _in_force(vault, relationship := find(vault.store, name))
    vault.gate.flush(relationship.name)
    proffer = _proffer(vault, relationship, before, wanted)
    introduction = vault.gate.introduce_again(relationship.name)
    token = sign_proffer(proffer, signer_of(vault.store, relationship).key)
    with vault.store.transaction() as tx:
        sent = _Sent(proffer=token, wanted=wanted)
        put_proposed(tx, relationship.name, msgspec.json.encode(sent))
    made = _propose(vault, relationship, introduction, token)
    return _told(vault, relationship, before, made)


def preview(vault: Vault, name: str, wanted: Wanted) -> list[dict[str, object]]:
    """What would be different; proposes nothing and dials nobody. Raises ``Refused``."""
    before = _in_force(vault, relationship := find(vault.store, name))
    return differences(before, _proffer(vault, relationship, before, wanted))


def is_open(vault: Vault, name: str) -> bool:
    """Whether a proposal to change a deal was cut off: nobody here knows what became of it."""
    return proposed(vault.store, name) is not None


def go_on(vault: Vault, name: str) -> None:
    """Ask again for the answer to a proposal that was cut off. Raises ``Offline``."""
    relationship = find(vault.store, name)
    left = proposed(vault.store, relationship.name)
    if left is None:
        return
    sent = msgspec.json.decode(left, type=_Sent)
    introduction = vault.gate.introduce_again(relationship.name)
    try:
        _propose(vault, relationship, introduction, sent.proffer)
    except Refused as error:
        if error.refusal.retry:
            raise
        _forget(vault, relationship.name)  # it had never arrived, and is too old now


def counter(vault: Vault, name: str) -> dict[str, object] | None:
    """What they proposed instead of the change that was asked for last, if that is still open."""
    relationship = find(vault.store, name)
    row = vault.store.row("agreements.newest", relationship=relationship.name)
    if row is None or row["decision"] != "countered" or row["id"] == relationship.agreement:
        return None
    aside = vault.store.row("meta.get", key=_ASIDE.format(name=relationship.name))
    if aside is not None and aside["value"] == row["id"]:
        return None
    answered = _agreement(relationship, row)
    theirs = answered.answer.counter
    assert theirs is not None, "what is countered names terms"
    return {
        "agreement": answered.id,
        "mine": answered.proffer.p7012.agreement,
        "theirs": theirs,
        "reason": answered.answer.reason,
        "differences": compare_terms(ROSTER[answered.proffer.p7012.agreement], ROSTER[theirs]),
    }


def set_aside(vault: Vault, name: str) -> None:
    """Say no to what they proposed instead: the deal stays as it is."""
    relationship = find(vault.store, name)
    row = vault.store.row("agreements.newest", relationship=relationship.name)
    if row is not None:
        with vault.store.transaction() as tx:
            tx.run("meta.put", key=_ASIDE.format(name=relationship.name), value=row["id"])


def _in_force(vault: Vault, relationship: Relationship) -> Agreement:
    agreement, now = agreement_of(vault.store, relationship), int(vault.clock.now().timestamp())
    state = resting.life_of(vault.store, relationship, agreement, now)
    if state not in {"accepted", "paused", "expired"}:
        name = relationship.organisation_name
        raise refuse(
            "agreement_ended",
            f"Your deal with {name} is not in force any more, so it cannot be changed. End it "
            "here, then connect again.",
        )
    return agreement


def _proffer(
    vault: Vault, relationship: Relationship, before: Agreement, wanted: Wanted
) -> Proffer:
    """The proposal; all that is not wanted otherwise is as before. Raises ``Refused``."""
    now = vault.clock.now()
    terms, fields = _terms(wanted, before), _fields(wanted, before)
    precision, delivery = _precision(wanted, before, terms), before.proffer.delivery
    exp = _until(wanted, before, int(now.timestamp()))
    identifier = vault.chance.token()
    newest = vault.store.row("agreements.newest", relationship=relationship.name)
    assert newest is not None, "there is one in force"
    ran_out = before.proffer.exp <= int(now.timestamp())
    proffer = Proffer(
        iss=before.proffer.iss,
        aud=before.proffer.aud,
        jti=identifier,
        iat=int(now.timestamp()),
        exp=exp,
        p7012=chosen(terms, url=relationship.organisation.url),
        fields=fields,
        record=consent_record(
            terms=terms,
            person=before.proffer.iss,
            organisation=before.proffer.aud,
            name=relationship.organisation.name,
            fields=fields,
            identifier=f"urn:firsthand:record:{identifier}",
            at=stamp(now),
        ),
        prev=newest["id"],
        supersedes=None if ran_out else before.id,  # nothing is left whose place it could take
        precision=precision,
        delivery=delivery,
    )
    if not ran_out and not is_renewal(proffer, before) and not differences(before, proffer):
        raise refuse("proffer_invalid", "Nothing would be different. Say what shall be.")
    return proffer


def _terms(wanted: Wanted, before: Agreement) -> Terms:
    found = ROSTER.get(wanted.terms or before.terms.id)
    if found is None:
        names = ", ".join(ROSTER)
        raise refuse(
            "proffer_invalid", f"There are no terms called {wanted.terms}. There are: {names}."
        )
    return found


def _fields(wanted: Wanted, before: Agreement) -> dict[str, list[str]]:
    if wanted.fields is None:
        return {kind: list(names) for kind, names in before.proffer.fields.items()}
    for kind, names in wanted.fields.items():
        known = FIELDS.get(kind)
        if known is None:
            raise refuse("proffer_invalid", f"{kind[:60]} is not one of {', '.join(FIELDS)}.")
        odd = sorted(set(names) - set(known))
        if odd:
            told = f"{kind} has no {odd[0][:60]!r}. It has {', '.join(known)}."
            raise refuse("proffer_invalid", told)
        if not set(NEEDED) <= set(names):
            told = f"{kind} says nothing without {', '.join(NEEDED)}."
            raise refuse("proffer_invalid", told)
    if not wanted.fields:
        raise refuse("proffer_invalid", "A deal is about at least one kind of things.")
    return {kind: list(dict.fromkeys(names)) for kind, names in wanted.fields.items()}


def _precision(wanted: Wanted, before: Agreement, terms: Terms) -> str | None:
    """The proposal's own precision; None where it is that of the terms."""
    if wanted.precision is not None and wanted.precision not in PRECISIONS:
        raise refuse("proffer_invalid", f"A precision is one of {', '.join(PRECISIONS)}.")
    own = wanted.precision or before.proffer.precision
    return None if own == terms.precision else own


def _until(wanted: Wanted, before: Agreement, now: int) -> int:
    """The second at which it ends: when the last day is over, in UTC."""
    if wanted.until is None and before.proffer.exp > now:
        return before.proffer.exp
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    last = wanted.until or today + datetime.timedelta(days=AGREEMENT_DAYS)
    after = last + datetime.timedelta(days=1)
    exp = int(datetime.datetime.combine(after, datetime.time(), datetime.UTC).timestamp())
    if exp <= now:
        raise refuse("proffer_invalid", f"{wanted.until} is over. Name a later day.")
    if exp - now > AGREEMENT_S_MAX:
        raise refuse("proffer_invalid", "A deal lasts ten years at most. Name an earlier day.")
    return exp


def _propose(
    vault: Vault, relationship: Relationship, introduction: Introduction, token: str
) -> Agreement:
    signer = signer_of(vault.store, relationship)
    try:
        made = vault.gate.proffer(introduction, token, signer)
    except Refused as error:
        unread = isinstance(error, Unusable) or error.refusal.reason in _UNREAD
        if not error.refusal.retry and not unread:
            _forget(vault, relationship.name)
        if error.refusal.reason == "agreement_ended":
            raise refuse("agreement_ended", GONE.format(relationship.organisation_name)) from error
        raise
    _keep(vault, relationship, introduction, made)
    rested = resting.rests_of(vault.store, relationship.agreement).paused_by
    in_force = made.accepted and find(vault.store, relationship.name).state == "active"
    if in_force and resting.PERSON in rested:
        vault.gate.rest(relationship.name, "paused")  # it rests until I go on
    return made


def _keep(
    vault: Vault, relationship: Relationship, introduction: Introduction, made: Agreement
) -> None:
    name, at = relationship.name, stamp(vault.clock.now())
    with vault.store.transaction() as tx:
        put_agreement(tx, name, made, at=at)
        if made.accepted:
            tx.run("disclosures.withdraw_unsent", relationship=name, reason=REPLACED)
            tx.run(
                "relationships.renew", name=name, agreement=made.id, document=introduction.body,
                before=made.proffer.supersedes or relationship.agreement,
            )  # fmt: skip
            tx.run("relationships.renew_ended", name=name, agreement=made.id)
        put_proposed(tx, name, NONE)


def _forget(vault: Vault, name: str) -> None:
    with vault.store.transaction() as tx:
        put_proposed(tx, name, NONE)


def _told(
    vault: Vault, relationship: Relationship, before: Agreement, made: Agreement
) -> dict[str, object]:
    return {
        "name": relationship.name,
        "organisation": relationship.organisation_name,
        "terms": made.proffer.p7012.agreement,
        "decision": made.answer.decision,
        "reason": made.answer.reason,
        "counter": made.answer.counter,
        "agreement": made.id if made.accepted else before.id,
        "replaced": made.proffer.supersedes if made.accepted else None,
        "renewed": made.accepted and _is_the_same(made.proffer, before),
        "until": made.proffer.exp if made.accepted else before.proffer.exp,
        "differences": differences(before, made.proffer),
        **({} if made.accepted else {"standing": standing(vault, relationship.name)}),
    }


def _is_the_same(proffer: Proffer, before: Agreement) -> bool:
    """Whether only its dates differ; one that ran out has no place that the new one takes."""
    return is_renewal(msgspec.structs.replace(proffer, supersedes=before.id), before)


def _agreement(relationship: Relationship, row: Row) -> Agreement:
    key = relationship.key_log.key_for(row["answer"])
    return read_agreement(row["proffer"], row["answer"], organisation_key=key)
