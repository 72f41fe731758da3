r"""An agreement: what the person proffers, what the organisation answers, the bytes both keep.

The proffer is a JWS signed by the person's key for this relationship alone and carries that key
in its header. The answer is a JWS of the organisation over the proffer's hash. The agreement's id
is SHA-256 of ``proffer + "\\n" + answer``: the same bytes on both sides give the same id.
Semantics: IEEE 7012-2025; record inside: ISO/IEC TS 27560:2023 as DPV JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.clocks import clock_apart
from firsthand.protocol.identity import KeyRefused, jwk_of, public_key_of, subject_of, thumbprint
from firsthand.protocol.jws import JwsRefused, read_jws, sign_jws, verify_jws
from firsthand.protocol.records import (
    DPV_RECORD,
    check_record,
    consent_receipt,
    consent_record,
)
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import P7012, PRECISIONS, ROSTER, Terms, terms_of
from firsthand.protocol.wire import (
    SKEW_S_MAX,
    STATEMENT_BYTES_MAX,
    TYP_AGREEMENT,
    TYP_ANSWER,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

__all__ = [  # with the record's names, which are made next door
    "DECISIONS",
    "DPV_RECORD",
    "Agreement",
    "Answer",
    "Chosen",
    "Delivery",
    "Invited",
    "Proffer",
    "agreement_id",
    "check_proffer",
    "chosen",
    "consent_record",
    "read_agreement",
    "read_proffer",
    "sign_answer",
    "sign_proffer",
]

DECISIONS = ("accepted", "countered", "refused")

AGREEMENT_S_MAX = 3660 * 86_400
NAME_CHARS_MAX = 128
URI_CHARS_MAX = 2048
KINDS_MAX = 64
FIELDS_MAX = 64
BATCH_MIN_MAX = 1000
JITTER_S_MAX = 30 * 86_400
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


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


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How what goes by itself leaves: things together at least, seconds of delay at most."""

    batch_min: int
    jitter_s_max: int


class Proffer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person proposes. ``exp`` is the end of the agreement, ``iat`` when it was signed.

    ``fields`` names, for each schema.org type, the fields that may be given. ``prev`` is the id of
    the last proposal of this relationship with its answer, ``supersedes`` the agreement that ends
    when this one is accepted. ``precision`` and ``delivery`` replace those of the terms. Times are
    seconds since 1970 (RFC 7519, NumericDate).
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
    supersedes: str | None = None
    precision: str | None = None
    delivery: Delivery | None = None


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
    def precision(self) -> str:
        """The finest time that may leave: the proposal's own, or that of its terms."""
        return self.proffer.precision or self.terms.precision

    @property
    def delivery(self) -> Delivery:
        """How what goes by itself leaves: the proposal's own way, or that of its terms."""
        terms = self.terms
        own = Delivery(batch_min=terms.batch_min, jitter_s_max=terms.jitter_s_max)
        return self.proffer.delivery or own

    @property
    def person(self) -> str:
        """The thumbprint of the person's key in this relationship."""
        return self.proffer.iss.rsplit(":", 1)[-1]

    def allows(self, purpose: str) -> bool:
        """Whether data may be used for ``purpose`` under these terms."""
        return self.accepted and purpose in self.terms.purposes

    def receipt(self) -> dict[str, object]:
        """The ISO/IEC TS 27560 receipt of this agreement: both sides make the same one."""
        return consent_receipt(
            self.proffer.record,
            agreement=self.id,
            person=self.proffer.iss,
            organisation=self.proffer.aud,
            decision=self.answer.decision,
            at=self.answer.iat,
        )


def agreement_id(proffer_jws: str, answer_jws: str) -> str:
    """SHA-256, in hex, of the two statements with a line feed between them."""
    return sha256_hex(f"{proffer_jws}\n{answer_jws}".encode())


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
    """Check receiver, time, roster and every other field, up to the record inside.

    ``now`` is in seconds since 1970. What only the receiver knows, as which roles it has or what
    ``supersedes`` and ``prev`` name, is for the receiver. Raises ``Refused`` with its reason.
    """
    if proffer.aud != audience:
        raise refuse("not_yours", "The proposal is addressed to another organisation.")
    if abs(now - proffer.iat) > SKEW_S_MAX:
        raise refuse("clock_differs", clock_apart(proffer.iat, now))
    if proffer.exp <= now:
        raise refuse("expired", "The proposal has ended already.")
    terms = terms_of(proffer.p7012.agreement, proffer.p7012.sha256)
    wrong = _wrong_in(proffer, terms)
    if wrong is not None:
        raise refuse("proffer_invalid", wrong)
    check_record(
        proffer.record,
        terms=terms,
        person=proffer.iss,
        organisation=proffer.aud,
        fields=proffer.fields,
        iat=proffer.iat,
        skew_s_max=SKEW_S_MAX,
    )


def _wrong_in(proffer: Proffer, terms: Terms) -> str | None:
    """What is not well formed in a proposal for ``terms``; None if all of it is."""
    named = chosen(terms, url="")
    delivery = proffer.delivery
    if not 0 < len(proffer.jti) <= NAME_CHARS_MAX:
        return f"A proposal has a name (jti) of at most {NAME_CHARS_MAX} characters."
    if proffer.exp - proffer.iat > AGREEMENT_S_MAX:
        return "A deal lasts ten years at most."
    if proffer.p7012.registry != named.registry:
        return f"{terms.id} is not of the roster that the proposal names."
    if len(proffer.p7012.uri) > URI_CHARS_MAX or not proffer.p7012.uri.endswith(named.uri):
        return f"The text of {terms.id} is not where the proposal says."
    for name, value in (("prev", proffer.prev), ("supersedes", proffer.supersedes)):
        if value is not None and _SHA256.fullmatch(value) is None:
            return f"{name} is no SHA-256 in lower-case hex."
    if proffer.precision is not None and proffer.precision not in PRECISIONS:
        return f"A precision is one of {', '.join(PRECISIONS)}."
    if delivery is not None and not (
        0 < delivery.batch_min <= BATCH_MIN_MAX and 0 <= delivery.jitter_s_max <= JITTER_S_MAX
    ):
        return f"Delivery: 1 to {BATCH_MIN_MAX} things, a delay of at most {JITTER_S_MAX} seconds."
    return _wrong_fields(proffer, terms)


def _wrong_fields(proffer: Proffer, terms: Terms) -> str | None:
    if not 0 < len(proffer.fields) <= KINDS_MAX:
        return f"A proposal names 1 to {KINDS_MAX} kinds of things that may be given."
    for kind, names in proffer.fields.items():
        if not 0 < len(names) <= FIELDS_MAX or len(set(names)) != len(names):
            return f"The fields of {kind[:60]!r} are none, too many, or there twice."
        if terms.fields is not None and not set(names) <= set(terms.fields.get(kind, ())):
            return f"{terms.id} does not let all these fields of {kind[:60]!r} be given."
    return None


def sign_answer(answer: Answer, key: EllipticCurvePrivateKey) -> str:
    """The organisation's answer as a compact JWS."""
    return sign_jws(msgspec.to_builtins(answer), key=key, typ=TYP_ANSWER)


def read_agreement(
    proffer_jws: str,
    answer_jws: str,
    *,
    organisation_key: EllipticCurvePublicKey,
    now: int | None = None,
) -> Agreement:
    """Verify both statements and that they belong together.

    Where ``now`` is given (seconds since 1970), an answer from the future is refused. An old one is
    not: the same proposal gets the same answer again. Raises ``Refused``: ``signature_invalid``
    where a signature or hash does not fit, ``proffer_invalid`` where the shape is wrong,
    ``clock_differs`` for an answer from before its proposal or from after ``now``.
    """
    proffer, _ = read_proffer(proffer_jws)
    if len(answer_jws) > STATEMENT_BYTES_MAX:
        raise refuse("too_large", f"An answer holds at most {STATEMENT_BYTES_MAX} bytes.")
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
    _check_answer(answer, proffer, now)
    return Agreement(
        id=agreement_id(proffer_jws, answer_jws),
        proffer_jws=proffer_jws,
        answer_jws=answer_jws,
        proffer=proffer,
        answer=answer,
    )


def _check_answer(answer: Answer, proffer: Proffer, now: int | None) -> None:
    if answer.decision not in DECISIONS:
        raise refuse("proffer_invalid", f"An answer cannot be {answer.decision[:60]!r}.")
    if (answer.decision == "countered") is not (answer.counter is not None):
        raise refuse("proffer_invalid", "An answer names other terms only if it counters.")
    if answer.counter is not None and answer.counter not in ROSTER:
        raise refuse("proffer_invalid", f"No roster entry is called {answer.counter[:60]!r}.")
    if answer.counter == proffer.p7012.agreement:
        raise refuse("proffer_invalid", "The answer counters with the terms that were proposed.")
    if proffer.iat - answer.iat > SKEW_S_MAX:
        raise refuse("clock_differs", clock_apart(answer.iat, proffer.iat))
    if now is not None and answer.iat - now > SKEW_S_MAX:
        raise refuse("clock_differs", clock_apart(answer.iat, now))


def chosen(terms: Terms, *, url: str) -> Chosen:
    """The P7012 part of a proffer for ``terms``, whose text is served at ``url``/terms/ID."""
    registry = "urn:firsthand:roster" if terms.ours else P7012.rstrip("#")
    return Chosen(
        agreement=terms.id, uri=f"{url}/terms/{terms.id}", sha256=terms.sha256, registry=registry
    )
