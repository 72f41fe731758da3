"""HTTP Message Signatures: another implementation verifies ours, and we verify its."""

from dataclasses import dataclass, field
from typing import Any

import http_message_signatures
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from firsthand.protocol.digests import content_digest
from firsthand.protocol.identity import thumbprint_of
from firsthand.protocol.signatures import Message, sign, verify
from firsthand.protocol.wire import COVERED_BATCH

KEY = derive_private_key(7, SECP256R1())
KEYID = thumbprint_of(KEY.public_key())
URI = "https://shop.example/v1/signals?a=b"
HEADERS = {
    "content-digest": content_digest(b"[]"),
    "content-type": "application/cloudevents-batch+json",
    "firsthand-batch": 'lane="l", n=1, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
}


@dataclass
class Request:
    """What the other implementation asks of a request."""

    method: str = "POST"
    url: str = URI
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))
    body: bytes = b"[]"


class Keys(http_message_signatures.HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> object:
        return {KEYID: KEY.public_key()}[key_id]

    def resolve_private_key(self, key_id: str) -> object:
        return {KEYID: KEY}[key_id]


HOW: dict[str, Any] = {
    "signature_algorithm": http_message_signatures.algorithms.ECDSA_P256_SHA256,
    "key_resolver": Keys(),
}


def test_ours_is_verified_elsewhere() -> None:
    message = Message(method="POST", target_uri=URI, headers=HEADERS)
    request = Request()
    request.headers.update(
        sign(
            message,
            key=KEY,
            covered=COVERED_BATCH,
            created=1_700_000_000,
            expires=None,
            keyid=KEYID,
        )
    )
    verifier = http_message_signatures.HTTPMessageVerifier(**HOW)
    found = verifier.verify(request, max_age=None, expect_tag=None)
    assert {f'"{name}"' for name in COVERED_BATCH} <= set(found[0].covered_components)


def test_theirs_is_verified_here() -> None:
    request = Request()
    http_message_signatures.HTTPMessageSigner(**HOW).sign(
        request,
        key_id=KEYID,
        covered_component_ids=COVERED_BATCH,
        label="theirs",
        use_existing_digest=True,
    )
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    message = Message(method="POST", target_uri=URI, headers=headers)
    found = verify(message, public_key=KEY.public_key(), required=COVERED_BATCH, now=None)
    assert found.keyid == KEYID
