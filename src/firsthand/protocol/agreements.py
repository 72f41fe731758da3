r"""An agreement: what the person proffers, what the organisation answers, the bytes both keep.

The proffer is a JWS signed by the person's key for this relationship alone and carries that key
in its header. The answer is a JWS of the organisation over the proffer's hash. The agreement's id
is SHA-256 of ``proffer + "\\n" + answer``: the same bytes on both sides give the same id.
Semantics: IEEE 7012-2025; record inside: ISO/IEC TS 27560:2023 as DPV JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.identity import KeyRefused, jwk_of, public_key_of, subject_of, thumbprint
from firsthand.protocol.jws import JwsRefused, read_jws, sign_jws, verify_jws
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import P7012, ROSTER, Terms
from firsthand.protocol.wire import SKEW_S_MAX, STATEMENT_BYTES_MAX, TYP_AGREEMENT, TYP_ANSWER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

DPV_RECORD = "https://w3id.org/dpv/schema/dpv-27560#record"


class Chosen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which agreement of which roster, by text address and hash (P7012)."""

    agreement: str
    uri: str
    sha256: str
    registry: str


class Invited(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The invitation a person came by, and whether they accept to be tied to its account."""

    token: str
    tie: bool


class Proffer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person proposes. ``exp`` is the end of the agreement, ``iat`` when it was signed.

    ``fields`` names, for each schema.org type, the fields that may be given. Times are seconds
    since 1970 (RFC 7519, NumericDate).
    """

    iss: str
    aud: str
    jti: str
    iat: int
    exp: int
    p7012: Chosen
    fields: dict[str, list[str]]
    record: dict[str, object]
    prev: str | None = None
    invite: Invited | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the organisation says to a proffer: ``accepted``, ``countered`` or ``refused``."""

    iss: str
    aud: str
    iat: int
    proffer_sha256: str
    decision: str
    counter: str | None = None
    reason: str | None = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A proffer with its answer, as both sides keep it, and what it says when read."""

    id: str
    proffer_jws: str
    answer_jws: str
    proffer: Proffer
    answer: Answer

    @property
    def accepted(self) -> bool:
        """Whether the organisation accepted."""
        return self.answer.decision == "accepted"

    @property
    def terms(self) -> Terms:
        """The terms of the roster that were proffered."""
        return ROSTER[self.proffer.p7012.agreement]

    @property
    def person(self) -> str:
        """The thumbprint of the person's key in this relationship."""
        return self.proffer.iss.rsplit(":", 1)[-1]

    def allows(self, purpose: str) -> bool:
        """Whether data may be used for ``purpose`` under these terms."""
        return self.accepted and purpose in self.terms.purposes


def agreement_id(proffer_jws: str, answer_jws: str) -> str:
    """SHA-256, in hex, of the two statements with a line feed between them."""
    return sha256_hex(f"{proffer_jws}\n{answer_jws}".encode())


def consent_record(
    *, terms: Terms, person: str, organisation: str, name: str, fields: Mapping[str, list[str]],
    identifier: str, at: str,
) -> dict[str, object]:  # fmt: skip
    """The ISO/IEC TS 27560 record of what is proposed, in DPV's JSON form."""
    data = [f"schema:{kind}/{field}" for kind in sorted(fields) for field in sorted(fields[kind])]
    return {
        "@type": "dpv:ConsentRecord",
        "dct:identifier": identifier,
        "dct:conformsTo": DPV_RECORD,
        "dpv:hasDataSubject": person,
        "dpv:hasDataController": {"@id": organisation, "schema:name": name},
        "dpv:hasDataProcessor": [],
        "dpv:hasLegalBasis": "dpv:Consent",
        "dpv:hasProcess": [
            {
                "dpv:hasPurpose": list(terms.purposes),
                "dpv:hasPersonalData": data,
                "dpv:hasRecipient": [organisation],
                "dpv:hasStorageCondition": [
                    {"dpv:hasDuration": f"P{terms.retention_days}D after the end"}
                ],
            }
        ],
        "dpv:hasConsentControl": [
            {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": "the person's own vault"}
        ],
        "dpv:hasRight": ["dpv:RightToErasure", "dpv:RightOfAccess"],
        "dpv:hasNotice": f"/terms/{terms.id}",
        "dpv:hasConsentStatus": [
            {
                "@type": "dpv:ConsentGiven",
                "dpv:isIndicatedBy": person,
                "dpv:hasIndicationMethod": "signed proffer",
                "dpv:isIndicatedAtTime": at,
            }
        ],
    }


def sign_proffer(proffer: Proffer, key: EllipticCurvePrivateKey) -> str:
    """The proffer as a compact JWS; the person's public key travels in its header."""
    jwk = jwk_of(key.public_key())
    return sign_jws(msgspec.to_builtins(proffer), key=key, typ=TYP_AGREEMENT, header={"jwk": jwk})


def read_proffer(token: str) -> tuple[Proffer, EllipticCurvePublicKey]:
    """Read and verify a proffer by the key that it carries and that its ``iss`` names.

    Says nothing about the time, the roster or the receiver: see ``check_proffer``.
    Raises ``Refused`` with ``too_large``, ``proffer_invalid`` or ``signature_invalid``.
    """
    if len(token) > STATEMENT_BYTES_MAX:
        raise refuse("too_large", f"A proposal holds at most {STATEMENT_BYTES_MAX} bytes.")
    try:
        header, _ = read_jws(token)
        jwk = header.get("jwk")
        if not isinstance(jwk, dict):
            raise refuse("proffer_invalid", "The proposal names no key in its header.")
        public_key = public_key_of(jwk)
        payload = verify_jws(token, public_key=public_key, typ=TYP_AGREEMENT)
        proffer = msgspec.convert(payload, Proffer)
    except (JwsRefused, KeyRefused) as error:
        raise refuse("signature_invalid", str(error)) from error
    except msgspec.ValidationError as error:
        raise refuse("proffer_invalid", str(error)) from error
    if proffer.iss != subject_of(thumbprint(jwk_of(public_key))):
        raise refuse("signature_invalid", "The proposal names another key than it is signed with.")
    return proffer, public_key


def check_proffer(proffer: Proffer, *, audience: str, now: int) -> None:
    """Check receiver, time and roster; raises ``Refused`` with its reason."""
    if proffer.aud != audience:
        raise refuse("not_yours", "The proposal is addressed to another organisation.")
    if abs(now - proffer.iat) > SKEW_S_MAX:
        raise refuse("clock_differs", f"It says {proffer.iat}, here it is {now}.")
    if proffer.exp <= now:
        raise refuse("expired", "The proposal has ended already.")
    terms = ROSTER.get(proffer.p7012.agreement)
    if terms is None:
        raise refuse("proffer_invalid", f"No roster entry is called {proffer.p7012.agreement}.")
    if terms.sha256 != proffer.p7012.sha256:
        raise refuse("proffer_invalid", f"The text of {terms.id} has another hash here.")


def sign_answer(answer: Answer, key: EllipticCurvePrivateKey) -> str:
    """The organisation's answer as a compact JWS."""
    return sign_jws(msgspec.to_builtins(answer), key=key, typ=TYP_ANSWER)


def read_agreement(
    proffer_jws: str, answer_jws: str, *, organisation_key: EllipticCurvePublicKey
) -> Agreement:
    """Verify both statements and that they belong together.

    Raises ``Refused``: ``signature_invalid`` where a signature or hash does not fit,
    ``proffer_invalid`` where the shape is wrong.
    """
    proffer, _ = read_proffer(proffer_jws)
    try:
        payload = verify_jws(answer_jws, public_key=organisation_key, typ=TYP_ANSWER)
        answer = msgspec.convert(payload, Answer)
    except JwsRefused as error:
        raise refuse("signature_invalid", f"The answer: {error}") from error
    except msgspec.ValidationError as error:
        raise refuse("proffer_invalid", f"The answer: {error}") from error
    if answer.proffer_sha256 != sha256_hex(proffer_jws.encode()):
        raise refuse("signature_invalid", "The answer belongs to another proposal.")
    if answer.iss != proffer.aud or answer.aud != proffer.iss:
        raise refuse("signature_invalid", "The answer names other parties than the proposal.")
    if answer.decision not in {"accepted", "countered", "refused"}:
        raise refuse("proffer_invalid", f"An answer cannot be {answer.decision!r}.")
    return Agreement(
        id=agreement_id(proffer_jws, answer_jws),
        proffer_jws=proffer_jws,
        answer_jws=answer_jws,
        proffer=proffer,
        answer=answer,
    )


def chosen(terms: Terms, *, url: str) -> Chosen:
    """The P7012 part of a proffer for ``terms``, whose text is served at ``url``/terms/ID."""
    registry = "urn:firsthand:roster" if terms.ours else P7012.rstrip("#")
    return Chosen(
        agreement=terms.id, uri=f"{url}/terms/{terms.id}", sha256=terms.sha256, registry=registry
    )
