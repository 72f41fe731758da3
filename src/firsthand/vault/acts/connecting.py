"""Connect to an organisation: read who it is, propose my terms, keep what was answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.agreements import (
    Agreement,
    Invited,
    Proffer,
    chosen,
    consent_record,
    sign_proffer,
)
from firsthand.protocol.asking import NEEDS, Beyond, compare, smaller
from firsthand.protocol.discovery import check_goes_on, read_document
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.roles.profile import FIELDS
from firsthand.protocol.terms import DEFAULT, ROSTER, Terms
from firsthand.vault.acts.proposing import (
    AS_THE_TERMS,
    Proposal,
    Way,
    check_way,
    put_answered,
    put_proposal,
    unanswered,
)
from firsthand.vault.gate import Introduction, Unusable
from firsthand.vault.terms import copies, resting
from firsthand.vault.terms.relationships import (
    Relationship,
    Signer,
    agreement_of,
    all_relationships,
    called,
    find,
    find_in_force,
    free_name,
    in_force,
    put_agreement,
    signer_for,
    with_organisation,
)

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

AGREEMENT_DAYS = 730
# What came back could not be read, so the proposal may have been taken all the same.
_UNREAD = {"signature_invalid", "shape_invalid", "not_allowed"}
_INVITE = re.compile(r"(?P<url>.+?)/invite/(?P<token>[A-Za-z0-9_-]{8,128})/?")


class Approach(msgspec.Struct, frozen=True, kw_only=True):
    """What a person reads before they agree to anything."""

    introduction: Introduction
    url: str
    token: str | None
    account: str | None
    expires: str | None
    existing: Relationship | None

    @property
    def beyond(self) -> list[Beyond]:
        """What they ask for that they do not need, each with the reason."""
        profile = self.introduction.organisation.document.profile
        return compare(profile.asks, profile.purposes, NEEDS["profile"].precision)

    def summary(self) -> dict[str, object]:
        """The same for a page or as JSON."""
        document = self.introduction.organisation.document
        return {
            "organisation": document.name,
            "url": document.url,
            "accepts": document.agreements,
            "asks": document.profile.asks,
            "words": document.profile.words,
            "beyond": [msgspec.to_builtins(each) for each in self.beyond],
            "smaller": smaller(document.profile.asks),
            "account": self.account,
            "expires": self.expires,
            "connected_as": self.existing.name if self.existing else None,
        }


def approach(vault: Vault, url_or_invite: str) -> Approach:
    """Who is there and what an invitation says. Stores nothing; nothing about me leaves.

    Raises ``Refused`` or ``Offline``.
    """
    url, token = _address(url_or_invite)
    introduction = vault.gate.introduce(url)
    account = expires = None
    left = unanswered(vault.store, url)
    if token is not None and left is not None and left.token == token:
        account = left.account  # it may be used up by what was proposed with it
    elif token is not None:
        invitation = vault.gate.invitation(url, token)
        account = _text(invitation.get("account"))
        expires = _text(invitation.get("expires"))
    subject = introduction.organisation.subject
    known = with_organisation(vault.store, subject)
    for earlier in known:
        check_goes_on(read_document(earlier.document), introduction.organisation)
    existing = [each for each in known if each.state == "active"]
    return Approach(
        introduction=introduction,
        url=url,
        token=token,
        account=account,
        expires=expires,
        existing=existing[-1] if existing else None,
    )


def connect(
    vault: Vault,
    url_or_invite: str,
    *,
    terms: str | None = None,
    tie: bool = True,
    way: Way = AS_THE_TERMS,
) -> dict[str, object]:
    """Propose my terms and keep the answer, be it yes or no.

    ``tie`` accepts to be known by the invitation's account; without it the invitation is not
    named at all, as if by the address alone. ``way`` is how finely and when things leave, and if
    what they do not need may be given. Returns name, organisation, url, terms, decision, reason,
    agreement, account, and what was asked ``beyond`` their needs. Raises ``Refused``, ``Offline``.
    """
    wanted = ROSTER.get(terms or DEFAULT)
    if wanted is None:
        names = ", ".join(ROSTER)
        raise refuse("proffer_invalid", f"There are no terms called {terms}. There are: {names}.")
    check_way(way)
    copies.notice(vault.store, vault.clock)
    met = approach(vault, url_or_invite)
    if met.existing is not None:
        name = met.introduction.organisation.document.name
        raise refuse(
            "not_allowed",
            f"You are connected to {name} already, as {met.existing.name!r}. Change that deal.",
        )
    earlier = with_organisation(vault.store, met.introduction.organisation.subject)
    open_one = next((each for each in earlier if each.state == "refused"), None)
    attempt = open_one.attempt if open_one else 1 + max((e.attempt for e in earlier), default=0)
    signer = signer_for(vault.store.seed, met.introduction.organisation.subject, attempt)
    agreement = _propose(vault, met, wanted, signer, open_one, attempt, way, tie=tie)
    if agreement is None:  # what was left of an earlier try had never arrived, and is too old now
        return connect(vault, url_or_invite, terms=terms, tie=tie, way=way)
    account = met.account if tie and agreement.accepted else None
    name = _keep(vault, met, agreement, open_one, attempt, account)
    return {
        "name": name,
        "organisation": met.introduction.organisation.document.name,
        "url": met.introduction.organisation.document.url,
        "terms": wanted.id,
        "decision": agreement.answer.decision,
        "reason": agreement.answer.reason,
        "counter": agreement.answer.counter,
        "agreement": agreement.id,
        "account": account,
        "beyond": [msgspec.to_builtins(each) for each in met.beyond],
        "all_asked": way.all_asked,
    }


def relationships(vault: Vault) -> list[dict[str, object]]:
    """Every connection: name, organisation, url, state, standing, terms, account, since, ended.

    ``state`` is the connection's, ``standing`` how the deal stands, in the word that ``who`` has.
    ``called`` is its name for commands, where a name without a number means the one in force.
    """
    return [_summary(vault, each) for each in all_relationships(vault.store)]


def meant(vault: Vault, name: str) -> str:
    """The relationship that a command means by a name: without a number, the one in force."""
    return find_in_force(vault.store, name).name


def in_force_with(vault: Vault, name: str) -> str | None:
    """The name of the deal in force with the same organisation as ``name``, if there is one."""
    current = in_force(vault.store, find(vault.store, name).subject)
    return current.name if current is not None else None


def relationship(vault: Vault, name: str) -> dict[str, object]:
    """One connection, with the deal in plain words, its fields and its warnings."""
    found = find(vault.store, name)
    summary = _summary(vault, found)
    own = vault.store.rows("endings.of_relationship", relationship=found.name)
    rows = vault.store.rows("relationships.warnings", relationship=found.name)
    warnings = [{"at": row["at"], "what": row["what"]} for row in rows]
    document = found.organisation
    unasked = found.state == "ended" and not own
    by_them = resting.ended_by_them(vault.store, found)
    return {
        **summary,
        "ended_elsewhere": unasked and not by_them,
        "ended_by_them": unasked and by_them,
        "warnings": warnings,
        "asks": document.profile.asks,
        "words": document.profile.words,
        "accepts": document.agreements,
        "backup_days": document.backup_days,
        "publishes_rule": document.profile.rule is not None,
    }


def _summary(vault: Vault, found: Relationship) -> dict[str, object]:
    terms = fields = expires = precision = None
    if found.agreement is not None:
        agreement = agreement_of(vault.store, found)
        terms, fields = agreement.terms.id, agreement.proffer.fields
        expires = agreement.proffer.exp
        precision = agreement.precision
    return {
        "name": found.name,
        "called": called(vault.store, found),
        "organisation": found.organisation_name,
        "url": found.url,
        "state": found.state,
        "standing": resting.word_of(vault.store, found, int(vault.clock.now().timestamp())),
        "terms": terms,
        "fields": fields,
        "precision": precision,
        "agreement": found.agreement,
        "agreement_ends": expires,
        "account": found.account,
        "since": found.connected_at,
        "ended": found.ended_at,
        "copied": found.copied_at,
    }


def _propose(
    vault: Vault, met: Approach, terms: Terms, signer: Signer, earlier: Relationship | None,
    attempt: int, way: Way, *, tie: bool,
) -> Agreement | None:  # fmt: skip
    """Propose, or propose again what was not answered; None if that one is of no use any more."""
    proposal = unanswered(vault.store, met.url)
    again = proposal is not None and proposal.is_for(
        attempt=attempt, terms=terms.id, token=met.token, tie=tie, way=way
    )
    if proposal is None or not again:
        proffer = _proffer(vault, met, terms, signer, earlier, way, tie=tie)
        proposal = Proposal(
            proffer=sign_proffer(proffer, signer.key), attempt=attempt, terms=terms.id,
            token=met.token, tie=tie, account=met.account, way=way,
        )  # fmt: skip
        with vault.store.transaction() as tx:
            put_proposal(tx, met.url, proposal)
    try:
        return vault.gate.proffer(met.introduction, proposal.proffer, signer)
    except Refused as error:
        unread = isinstance(error, Unusable) or error.refusal.reason in _UNREAD
        if error.refusal.retry or (unread and not again):
            raise
        with vault.store.transaction() as tx:
            put_answered(tx, met.url)
        if again:
            return None
        raise


def _proffer(
    vault: Vault, met: Approach, terms: Terms, signer: Signer, earlier: Relationship | None,
    way: Way, *, tie: bool,
) -> Proffer:  # fmt: skip
    document = met.introduction.organisation.document
    now = vault.clock.now()
    asks = document.profile.asks if way.all_asked else smaller(document.profile.asks)
    fields = {
        kind: [field for field in asked if field in FIELDS[kind]]
        for kind, asked in asks.items()
        if kind in FIELDS
    }
    if not fields:
        raise refuse(
            "not_allowed",
            f"{document.name} needs nothing of what it asks for. If you want to let it have that "
            "all the same, agree to all that is asked.",
        )
    identifier = vault.chance.token()
    return Proffer(
        iss=signer.subject,
        aud=document.subject,
        jti=identifier,
        iat=int(now.timestamp()),
        exp=int(now.timestamp()) + AGREEMENT_DAYS * 86_400,
        p7012=chosen(terms, url=document.url),
        fields=fields,
        record=consent_record(
            terms=terms,
            person=signer.subject,
            organisation=document.subject,
            name=document.name,
            fields=fields,
            identifier=f"urn:firsthand:record:{identifier}",
            at=stamp(now),
        ),
        prev=earlier.agreement if earlier else None,
        invite=_invited(met, tie=tie),
        precision=way.precision if way.precision != terms.precision else None,
        delivery=way.delivery,
    )


def _invited(met: Approach, *, tie: bool) -> Invited | None:
    """The invitation to name. Its token would tell whose it is: who declines leaves it out.

    Nobody agrees to be tied to an account that they were not shown.
    """
    if met.token is None or (met.account is not None and not tie):
        return None
    return Invited(token=met.token, tie=met.account is not None)


def _keep(
    vault: Vault, met: Approach, agreement: Agreement, earlier: Relationship | None,
    attempt: int, account: str | None,
) -> str:  # fmt: skip
    document = met.introduction.organisation.document
    state = "active" if agreement.accepted else "refused"
    name = earlier.name if earlier else free_name(vault.store, document.name)
    at = stamp(vault.clock.now())
    values = {
        "name": name,
        "organisation_name": document.name,
        "url": document.url.rstrip("/"),
        "document": met.introduction.body,
        "state": state,
        "agreement": agreement.id,
        "account": account,
        "literal_loopback": int(vault.gate.typed),
        "connected_at": at,
    }
    with vault.store.transaction() as tx:
        put_answered(tx, met.url)
        if earlier is None:
            subject, lane = document.subject, vault.chance.token()
            tx.run("relationships.add", subject=subject, attempt=attempt, lane=lane, **values)
        else:
            tx.run("relationships.agree", **values)
        put_agreement(tx, name, agreement, at=at)
    return name


def _address(typed: str) -> tuple[str, str | None]:
    """The organisation's address in what was typed, and the invitation's token if it is one."""
    typed = typed.strip()
    match = _INVITE.fullmatch(typed)
    if match is not None:
        return match["url"].rstrip("/"), match["token"]
    return typed.rstrip("/"), None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
