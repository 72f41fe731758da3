"""A deal that was changed, proposed once more to who put back a backup of before the change.

They hold the deal of before again and go by that, which may allow more. Nothing new is agreed: it
is the same deal, signed anew, in the place of the one that they know.
"""

from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.agreements import (
    Agreement,
    Proffer,
    consent_record,
    read_proffer,
    sign_proffer,
)
from firsthand.protocol.refusals import Refused
from firsthand.vault.gate import REPLACED, Introduction
from firsthand.vault.terms import resting
from firsthand.vault.terms.relationships import Relationship, agreement_of, put_agreement, signer_of

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

_UNKNOWN = {"no_agreement", "proffer_invalid"}


def repropose(vault: "Vault", relationship: Relationship) -> Agreement | None:
    """The answer to the deal in force, where they had lost it; None where they have it.

    Once it is accepted it is the deal in force, and rests if the one before did. Raises
    ``Refused`` and ``Offline``.
    """
    agreement, signer = (
        agreement_of(vault.store, relationship),
        signer_of(vault.store, relationship),
    )
    introduction = vault.gate.introduce_again(relationship.name)
    try:
        vault.gate.proffer(introduction, agreement.proffer_jws, signer)
    except Refused as error:
        if error.refusal.reason != "clock_differs":  # which it is only where it is new to them
            raise
    else:
        return None
    rests = resting.PERSON in resting.rests_of(vault.store, agreement.id).paused_by
    made = _proposed(vault, relationship, agreement, introduction)
    if made.accepted:
        _keep(vault, relationship, introduction, made)
        if rests:
            vault.gate.rest(relationship.name, "paused")
    return made


def _proposed(
    vault: "Vault", relationship: Relationship, agreement: Agreement, introduction: Introduction
) -> Agreement:
    """Propose it in the place of whichever earlier deal they know."""
    signer, unknown = signer_of(vault.store, relationship), None
    for before in (*_replaced(vault, agreement.proffer), None):
        proffer = _anew(vault, relationship, agreement, before)
        try:
            return vault.gate.proffer(introduction, sign_proffer(proffer, signer.key), signer)
        except Refused as error:
            if error.refusal.reason not in _UNKNOWN:
                raise
            unknown = error
    assert unknown is not None, "one was tried"
    raise unknown


def _replaced(vault: "Vault", proffer: Proffer) -> list[str]:
    """The deals whose place this one took, one after the other, the newest first."""
    found: list[str] = []
    while proffer.supersedes is not None and proffer.supersedes not in found:
        found.append(proffer.supersedes)
        row = vault.store.row("agreements.by_id", id=proffer.supersedes)
        if row is None:
            break
        proffer, _ = read_proffer(row["proffer"])
    return found


def _anew(
    vault: "Vault", relationship: Relationship, agreement: Agreement, before: str | None
) -> Proffer:
    now, was, identifier = vault.clock.now(), agreement.proffer, vault.chance.token()
    record = consent_record(
        terms=agreement.terms,
        person=was.iss,
        organisation=was.aud,
        name=relationship.organisation.name,
        fields=was.fields,
        identifier=f"urn:firsthand:record:{identifier}",
        at=stamp(now),
    )
    return msgspec.structs.replace(
        was, jti=identifier, iat=int(now.timestamp()), record=record, prev=before,
        supersedes=before,
    )  # fmt: skip


def _keep(
    vault: "Vault", relationship: Relationship, introduction: Introduction, made: Agreement
) -> None:
    name, at = relationship.name, stamp(vault.clock.now())
    with vault.store.transaction() as tx:
        put_agreement(tx, name, made, at=at)
        tx.run("disclosures.withdraw_unsent", relationship=name, reason=REPLACED)
        tx.run(
            "relationships.renew", name=name, agreement=made.id, document=introduction.body,
            before=relationship.agreement,
        )  # fmt: skip
