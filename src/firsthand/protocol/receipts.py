"""What an organisation signs or proves after it took, stopped or erased something.

A receipt proves that a batch is in the organisation's log (RFC 6962 inclusion proof against a
signed checkpoint). A revocation receipt and an erasure receipt are JWS of the organisation.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from firsthand.protocol.checkpoints import CheckpointRefused, verify_checkpoint
from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.merkle import leaf_hash, verify_inclusion
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import (
    LANE_CHARS_MAX,
    SALT_BYTES,
    TYP_ERASURE,
    TYP_REVOCATION,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

T = TypeVar("T")

_BATCH = re.compile(
    r'lane="(?P<lane>[A-Za-z0-9_-]{1,32})", n=(?P<n>[1-9][0-9]{0,14}), '
    r"salt=:(?P<salt>[A-Za-z0-9+/]{22}==):"
)


class BatchLabel(msgspec.Struct, frozen=True, kw_only=True):
    """The ``Firsthand-Batch`` header: which lane, which number, which salt (16 bytes)."""

    lane: str
    n: int
    salt: bytes

    def header(self) -> str:
        """The header's value (RFC 9651 dictionary)."""
        salt = base64.b64encode(self.salt).decode()
        return f'lane="{self.lane}", n={self.n}, salt=:{salt}:'

    def leaf(self, digest: bytes) -> bytes:
        """The leaf hash of a batch whose body has this SHA-256 ``digest`` (32 bytes).

        Hashes ``salt || lane || n (8 bytes, big-endian) || digest`` as RFC 6962 does.
        """
        return leaf_hash(self.salt + self.lane.encode() + self.n.to_bytes(8, "big") + digest)


def read_batch_label(value: str) -> BatchLabel:
    """Read a ``Firsthand-Batch`` header; raises ``Refused`` (``shape_invalid``)."""
    match = _BATCH.fullmatch(value)
    if match is None or len(match["lane"]) > LANE_CHARS_MAX:
        raise refuse(
            "shape_invalid", 'Firsthand-Batch must read lane="ID", n=NUMBER, salt=:16 BYTES:.'
        )
    salt = binascii.a2b_base64(match["salt"])
    if len(salt) != SALT_BYTES or base64.b64encode(salt).decode() != match["salt"]:
        raise refuse("shape_invalid", "The salt must be 16 bytes in canonical base64.")
    return BatchLabel(lane=match["lane"], n=int(match["n"]), salt=salt)


class ReceiptJson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receipt on the wire: hex of the leaf, its index, hex of the proof, the checkpoint."""

    leaf: str
    index: int
    proof: list[str]
    checkpoint: str


def verify_receipt(receipt: ReceiptJson, *, leaf: bytes, log_key: str) -> int:
    """Check that ``leaf`` is in the log that ``log_key`` (C2SP verifier key) signs.

    Returns the size of the log at that checkpoint. Raises ``Refused`` (``signature_invalid``).
    """
    if receipt.leaf != leaf.hex():
        raise refuse("signature_invalid", "The receipt is for other content than was given.")
    try:
        checkpoint = verify_checkpoint(receipt.checkpoint, log_key)
        proof = [bytes.fromhex(step) for step in receipt.proof]
    except (CheckpointRefused, ValueError) as error:
        raise refuse("signature_invalid", f"The receipt's checkpoint: {error}") from error
    if [step.hex() for step in proof] != receipt.proof or not verify_inclusion(
        leaf, receipt.index, checkpoint.size, proof, checkpoint.root
    ):
        raise refuse("signature_invalid", "The receipt does not prove that it was taken.")
    return checkpoint.size


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person asks for: end this agreement; where it goes to erasures, erase as well."""

    agreement: str
    jti: str
    at: int


class RevocationReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signed by the organisation: since when this agreement has ended. Times in seconds."""

    iss: str
    aud: str
    agreement: str
    ended_at: int
    iat: int


class ErasureReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signed by the organisation: what it deleted, and how long backups may still hold it.

    ``leaves`` are the indexes in its log whose content is gone; the hashes stay, so that old
    proofs still verify. ``backup_days`` is the stated horizon of its backups.
    """

    iss: str
    aud: str
    agreement: str
    erased_at: int
    batches: int
    leaves: list[int]
    backup_days: int
    checkpoint: str
    iat: int


def sign_revocation(receipt: RevocationReceipt, key: EllipticCurvePrivateKey) -> str:
    """The revocation receipt as a compact JWS."""
    return sign_jws(msgspec.to_builtins(receipt), key=key, typ=TYP_REVOCATION)


def sign_erasure(receipt: ErasureReceipt, key: EllipticCurvePrivateKey) -> str:
    """The erasure receipt as a compact JWS."""
    return sign_jws(msgspec.to_builtins(receipt), key=key, typ=TYP_ERASURE)


def read_revocation(token: str, *, key: EllipticCurvePublicKey) -> RevocationReceipt:
    """Verify a revocation receipt; raises ``Refused`` (``signature_invalid``)."""
    return _read(token, key, TYP_REVOCATION, RevocationReceipt)


def read_erasure(token: str, *, key: EllipticCurvePublicKey) -> ErasureReceipt:
    """Verify an erasure receipt; raises ``Refused`` (``signature_invalid``)."""
    return _read(token, key, TYP_ERASURE, ErasureReceipt)


def _read(token: str, key: EllipticCurvePublicKey, typ: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(verify_jws(token, public_key=key, typ=typ), kind)
    except (JwsRefused, msgspec.ValidationError) as error:
        raise refuse("signature_invalid", str(error)) from error
