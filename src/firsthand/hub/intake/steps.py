"""The steps that what a person gives passes before it reaches the writer, as a list to read.

A step looks at what has arrived and either leaves something there for the next one, or refuses.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.foundation.journal import Batch, Receipt, UnableToRead
from firsthand.hub.intake.proving import record
from firsthand.protocol.digests import DigestRefused, check_content_digest
from firsthand.protocol.identity import SUBJECT_PREFIX
from firsthand.protocol.receipts import BatchLabel, read_batch_label
from firsthand.protocol.refusals import Refusal, Refused
from firsthand.protocol.roles import profile
from firsthand.protocol.signals import Signal, decode_signals
from firsthand.protocol.signatures import (
    DOES_NOT_FIT,
    Message,
    SignatureRefused,
    keyid_of,
    read_signed,
)
from firsthand.protocol.wire import BATCH_BYTES_MAX, COVERED_BATCH, TYPE_BATCH, WAIT_S_MAX

ROLES = {profile.TYPE_GIVEN: "profile"}
NOT_SIGNED = Refusal(reason="signature_invalid", detail=DOES_NOT_FIT)

Told = Callable[[Sequence[tuple[object, Receipt | Refusal]]], None]
"""Takes the verdicts of one group of commits, as (ticket, verdict), in the writer's thread."""


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """What never changes of an agreement: purposes, the finest time, the agreed fields."""

    purposes: tuple[str, ...]
    precision: str
    fields: dict[str, list[str]]


class Arrived:
    """A request on its way through the steps: what came, and what each step has found."""

    __slots__ = (
        "asked", "batch", "began", "body", "deal", "digest", "headers", "key", "keyid", "label",
        "repeated", "signals", "signature", "signed", "target_uri", "ticket", "told",
    )  # fmt: skip

    def __init__(self, *, target_uri: str, headers: Mapping[str, str], body: bytes) -> None:
        """``headers`` in lower case; ``target_uri`` is the address as configured."""
        self.target_uri = target_uri
        self.headers = headers
        self.body = body
        self.keyid = ""
        self.key: EllipticCurvePublicKey
        self.digest = b""
        self.began = 0.0
        self.asked = b""
        self.label: BatchLabel
        self.signed = b""
        self.signature = b""
        self.signals: Sequence[Signal] = ()
        self.deal: Deal
        self.batch: Batch
        self.repeated = False
        self.ticket: object = None
        self.told: Told


class Known(Protocol):
    """What the steps ask about: keys and agreements that are known, and the time."""

    def key(self, relationship: str) -> EllipticCurvePublicKey | None:
        """The public key of a known relationship, or None."""
        ...

    def point(self, relationship: str, key: EllipticCurvePublicKey) -> bytes:
        """The key of a relationship as bytes."""
        ...

    def deal(self, relationship: str, agreement: str) -> Deal | None:
        """What an accepted agreement says, whether it stands or has ended; None if unknown."""
        ...

    def now_s(self) -> int:
        """Seconds since 1970."""
        ...

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        ...


def _size(_: Known, arrived: Arrived) -> Refusal | None:
    if len(arrived.body) > BATCH_BYTES_MAX:
        return Refusal(reason="too_large", detail=f"A batch holds at most {BATCH_BYTES_MAX} bytes.")
    return None


def _relationship(known: Known, arrived: Arrived) -> Refusal | None:
    try:
        arrived.keyid = keyid_of(arrived.headers)
        key = known.key(arrived.keyid)
    except SignatureRefused as error:
        return Refusal(reason=error.reason, detail=error.help)
    except UnableToRead:
        return Refusal(reason="busy")
    if key is None:
        return Refusal(reason="unknown_relationship")
    arrived.key = key
    return None


def _digest(_: Known, arrived: Arrived) -> Refusal | None:
    header = arrived.headers.get("content-digest")
    if header is None:
        return Refusal(reason="digest_invalid", detail="There is no Content-Digest.")
    try:
        arrived.digest = check_content_digest(header, arrived.body)
    except DigestRefused as error:
        return Refusal(reason="digest_invalid", detail=str(error))
    return None


def _signature(known: Known, arrived: Arrived) -> Refusal | None:
    message = Message(method="POST", target_uri=arrived.target_uri, headers=arrived.headers)
    try:
        said = read_signed(
            message,
            public_key=arrived.key,
            required=COVERED_BATCH,
            now=known.now_s(),
            waits=True,
        )
    except SignatureRefused as error:
        return Refusal(reason=error.reason, detail=error.help)
    if said.expires is None or said.expires > said.created + WAIT_S_MAX:
        return Refusal(
            reason="signature_invalid", detail=f"A batch waits for at most {WAIT_S_MAX} seconds."
        )
    arrived.signed, arrived.signature = said.base, said.signature
    point = known.point(arrived.keyid, arrived.key)
    asked = record(point, sha256(said.base).digest(), said.signature)
    if asked is None:
        return NOT_SIGNED
    arrived.asked = asked
    return None


def _shape(_: Known, arrived: Arrived) -> Refusal | None:
    if arrived.headers.get("content-type") != TYPE_BATCH:
        return Refusal(reason="shape_invalid", detail=f"The content must be {TYPE_BATCH}.")
    try:
        arrived.label = read_batch_label(arrived.headers["firsthand-batch"])
        arrived.signals = decode_signals(arrived.body)
    except Refused as refused:
        return refused.refusal
    first = arrived.signals[0]
    if first.source != SUBJECT_PREFIX + arrived.keyid:
        return Refusal(reason="not_yours")
    if first.type not in ROLES:
        return Refusal(reason="shape_invalid", detail=f"No role knows {first.type[:60]!r}.")
    return None


def _terms(known: Known, arrived: Arrived) -> Refusal | None:
    first = arrived.signals[0]
    try:
        deal = known.deal(arrived.keyid, first.agreement)
    except UnableToRead:
        return Refusal(reason="busy")
    if deal is None:
        return Refusal(reason="no_agreement")
    if first.purpose not in deal.purposes:
        return Refusal(reason="purpose_not_allowed", detail=first.purpose[:60])
    given = [signal.data for signal in arrived.signals]
    reason = profile.beyond_all(given, fields=deal.fields, precision=deal.precision)
    if reason is not None:
        return Refusal(reason=reason)
    arrived.batch = Batch(
        relationship=arrived.keyid,
        lane=arrived.label.lane,
        n=arrived.label.n,
        role=ROLES[first.type],
        purpose=first.purpose,
        agreement=first.agreement,
        salt=arrived.label.salt,
        body=arrived.body,
        base=arrived.signed,
        signature=arrived.signature,
        leaf=arrived.label.leaf(arrived.digest),
        events=len(arrived.signals),
        received_ms=known.now_ms(),
    )
    return None


Step = Callable[[Known, Arrived], Refusal | None]

# Between the two the signature is proven: a busy door has that done elsewhere, many at a time.
UNPROVEN: tuple[tuple[str, Step], ...] = (
    ("size", _size),
    ("relationship", _relationship),
    ("digest", _digest),
    ("signature", _signature),
)
PROVEN: tuple[tuple[str, Step], ...] = (
    ("shape", _shape),
    ("terms", _terms),
)
