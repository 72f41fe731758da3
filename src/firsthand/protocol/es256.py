"""ES256 over bytes: ECDSA on P-256 with SHA-256; a signature is r and s, 64 bytes (RFC 7518, 3.4).

Signing is deterministic (RFC 6979), so it takes no chance, and the same words get the same bytes.
Of the two values of s that are right for one r, only the low one is signed.
"""

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

SIGNATURE_BYTES = 64
# The order of P-256's group (FIPS 186-5, SP 800-186 section 3.2.1.3).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_HALF_BYTES = SIGNATURE_BYTES // 2
_SIGNING = ECDSA(SHA256(), deterministic_signing=True)
_VERIFYING = ECDSA(Prehashed(SHA256()))


class UnableToSign(ValueError):
    """The key is not on P-256. Use a key that was made for ES256."""


def sign_es256(message: bytes, key: EllipticCurvePrivateKey) -> bytes:
    """Return r and s, 32 bytes each, s at most half the order. Raises UnableToSign."""
    if not isinstance(key.curve, SECP256R1):
        raise UnableToSign(f"curve {key.curve.name}: only P-256 is used here")
    r, s = decode_dss_signature(key.sign(message, _SIGNING))
    return r.to_bytes(_HALF_BYTES, "big") + min(s, ORDER - s).to_bytes(_HALF_BYTES, "big")


def verify_es256(
    message: bytes, signature: bytes, key: EllipticCurvePublicKey, *, low_s: bool
) -> bool:
    """Say whether `signature` (r and s, 64 bytes) is the key's over `message`.

    With `low_s` the other right value of s is refused too: then nobody but the signer can make a
    second signature out of the first.
    """
    return verify_es256_digest(sha256(message).digest(), signature, key, low_s=low_s)


def verify_es256_digest(
    digest: bytes, signature: bytes, key: EllipticCurvePublicKey, *, low_s: bool
) -> bool:
    """The same for a message of which only the SHA-256 is at hand (32 bytes)."""
    if len(signature) != SIGNATURE_BYTES or not isinstance(key.curve, SECP256R1):
        return False
    r = int.from_bytes(signature[:_HALF_BYTES], "big")
    s = int.from_bytes(signature[_HALF_BYTES:], "big")
    if not 0 < r < ORDER or not 0 < s < ORDER or (low_s and s > ORDER // 2):
        return False
    try:
        key.verify(encode_dss_signature(r, s), digest, _VERIFYING)
    except InvalidSignature:
        return False
    return True
