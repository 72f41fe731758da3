"""The steps that what a person gives passes before it reaches the writer, as a list to read.

A step looks at what has arrived and either leaves something there for the next one, or refuses.
A busy door has the list run in a process beside it (``beside``), a quiet one where it is: it is
the same list, and what either comes to is ``Passed`` or ``Stopped``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.foundation.journal import Batch, Receipt, UnableToRead
from firsthand.protocol.digests import DigestRefused, check_content_digest
from firsthand.protocol.es256 import verify_es256
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

Told = Callable[[Sequence[tuple[object, Receipt | Refusal]]], None]
"""Takes the verdicts of one group of commits, as (ticket, verdict), in the writer's thread."""


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """What never changes of an agreement: purposes, the finest time, the agreed fields."""

    purposes: tuple[str, ...]
    precision: str
    fields: dict[str, list[str]]


class Sent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A request as it came: its query, of its headers (lower case) those that steps read, its body.

    The headers are in their order, and one that came twice is here twice.
    """

    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Passed(msgspec.Struct, frozen=True, array_like=True, tag=1, gc=False):
    """What the writer needs of a request that passed, but its body and when it came."""

    relationship: str
    lane: str
    n: int
    role: str
    purpose: str
    agreement: str
    salt: bytes
    base: bytes
    signature: bytes
    leaf: bytes
    events: int

    def batch(self, body: bytes, received_ms: int) -> Batch:
        """The batch that the writer takes; ``received_ms`` since 1970."""
        return Batch(
            relationship=self.relationship,
            lane=self.lane,
            n=self.n,
            role=self.role,
            purpose=self.purpose,
            agreement=self.agreement,
            salt=self.salt,
            body=body,
            base=self.base,
            signature=self.signature,
            leaf=self.leaf,
            events=self.events,
            received_ms=received_ms,
        )


class Stopped(msgspec.Struct, frozen=True, array_like=True, tag=0, gc=False):
    """At which step (its place in ``STEPS``) a request was refused, and why."""

    step: int
    reason: str
    detail: str


class Arrived:
    """A request on its way through the steps: what came, and what each step has found."""

    __slots__ = (
        "batch", "body", "deal", "digest", "headers", "key", "keyid", "label", "passed",
        "signals", "signature", "signed", "target_uri",
    )  # fmt: skip

    def __init__(self, *, target_uri: str, headers: Mapping[str, str], body: bytes) -> None:
        """``headers`` in lower case; ``target_uri`` is the address as configured."""
        self.target_uri = target_uri
        self.headers = headers
        self.body = body
        self.keyid = ""
        self.key: EllipticCurvePublicKey | None = None
        self.digest = b""
        self.label: BatchLabel
        self.signed = b""
        self.signature = b""
        self.signals: Sequence[Signal] = ()
        self.deal: Deal | None = None
        self.passed: Passed
        self.batch: Batch


def arrived(sent: Sent, target: str) -> Arrived:
    """A request as the steps read it; ``target`` is the door's address without a query."""
    headers: dict[str, str] = {}
    for raw, value in sent.headers:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    if sent.query:
        target = f"{target}?{sent.query.decode('latin-1')}"
    return Arrived(target_uri=target, headers=headers, body=sent.body)


class Known(Protocol):
    """What the steps ask about: keys and agreements that are known, and the time."""

    def key(self, relationship: str) -> EllipticCurvePublicKey | None:
        """The public key of a known relationship, or None."""
        ...

    def deal(self, relationship: str, agreement: str) -> Deal | None:
        """What an accepted agreement says, whether it stands or has ended; None if unknown."""
        ...

    def now_s(self) -> int:
        """Seconds since 1970."""
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
    assert arrived.key is not None, "the step before found it"
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
    # Others need not sign with a low s.
    if not verify_es256(said.base, said.signature, arrived.key, low_s=False):
        return Refusal(reason="signature_invalid", detail=DOES_NOT_FIT)
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
    arrived.deal = deal
    if first.purpose not in deal.purposes:
        return Refusal(reason="purpose_not_allowed", detail=first.purpose[:60])
    given = [signal.data for signal in arrived.signals]
    reason = profile.beyond_all(given, fields=deal.fields, precision=deal.precision)
    if reason is not None:
        return Refusal(reason=reason)
    arrived.passed = Passed(
        relationship=arrived.keyid,
        lane=arrived.label.lane,
        n=arrived.label.n,
        role=ROLES[first.type],
        purpose=first.purpose,
        agreement=first.agreement,
        salt=arrived.label.salt,
        base=arrived.signed,
        signature=arrived.signature,
        leaf=arrived.label.leaf(arrived.digest),
        events=len(arrived.signals),
    )
    return None


Step = Callable[[Known, Arrived], Refusal | None]

STEPS: tuple[tuple[str, Step], ...] = (
    ("size", _size),
    ("relationship", _relationship),
    ("digest", _digest),
    ("signature", _signature),
    ("shape", _shape),
    ("terms", _terms),
)


def run(known: Known, arrived: Arrived, ticks_ms: Callable[[], float], took: list[float]) -> (
    Passed | Stopped
):  # fmt: skip
    """Run the list; ``took`` gets the time of each step (ms) as far as it went."""
    began = ticks_ms()
    for place, (_, step) in enumerate(STEPS):
        refusal = step(known, arrived)
        ended = ticks_ms()
        took.append(ended - began)
        if refusal is not None:
            return Stopped(step=place, reason=refusal.reason, detail=refusal.detail)
        began = ended
    return arrived.passed
