"""Keys: ES256 (P-256) for who speaks, Ed25519 for a journal's checkpoints.

A person has one key for each relationship, derived from the seed of the vault and the
organisation: a restored vault has its keys again, and two organisations never see the same one.
Bytes of private keys leave this module only as PEM, to be kept in an encrypted file.
"""

import hashlib
import hmac

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firsthand.foundation.ids import uuid8_from

# The order of the group that P-256 is defined over (NIST SP 800-186, 3.2.1.3).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SEED_BYTES_MIN = 32
SECRET_BYTES = 32
# 384 bits, reduced modulo a 256-bit number, are off uniform by less than 2**-128.
SCALAR_BYTES = 48
ATTEMPT_MAX = 1_000_000

PERSON_KEY_LABEL = b"firsthand person key"
RELATIONSHIP_SECRET_LABEL = b"firsthand relationship secret"


class UnableToDeriveKey(ValueError):
    """A key could not be derived: the seed, the organisation or the attempt is not fit for it."""


class KeyRefused(ValueError):
    """A PEM does not hold the kind of private key that is needed here."""


def new_signing_key() -> ec.EllipticCurvePrivateKey:
    """Make a fresh P-256 key for ES256, from OpenSSL's own randomness."""
    return ec.generate_private_key(ec.SECP256R1())


def signing_key_to_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write a P-256 key as unencrypted PKCS 8 PEM (RFC 5958). Keep it in an encrypted file."""
    return _to_pem(key)


def signing_key_from_pem(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Read what `signing_key_to_pem` wrote. Raises `KeyRefused` if it is anything else."""
    key = _from_pem(pem)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        message = "A signing key is a P-256 private key; this PEM holds another kind of key."
        raise KeyRefused(message)
    return key


def person_key(seed: bytes, organisation: str, attempt: int) -> ec.EllipticCurvePrivateKey:
    """Derive the person's key for one relationship.

    HKDF-SHA256 (RFC 5869, no salt) of the seed, info = `firsthand person key`, 0x00,
    `organisation` in UTF-8, 0x00, `attempt` in decimal; 48 bytes, big-endian, modulo (n - 1),
    plus 1 (FIPS 186-5, A.2.1).

    seed: at least 32 random bytes, the vault's. organisation: the thumbprint URI of the
    organisation's first key. attempt: 0 first; the next one for a new relationship with an
    organisation that the person left before. Raises `UnableToDeriveKey`.
    """
    raw = _derived(seed, PERSON_KEY_LABEL, organisation, attempt, SCALAR_BYTES)
    scalar = int.from_bytes(raw, "big") % (P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def relationship_secret(seed: bytes, organisation: str, attempt: int) -> bytes:
    """Derive the 32 bytes that make a relationship's ids. Same arguments as `person_key`.

    It shares no bytes with the key: the label in HKDF's info differs. Raises `UnableToDeriveKey`.
    """
    return _derived(seed, RELATIONSHIP_SECRET_LABEL, organisation, attempt, SECRET_BYTES)


def event_id(secret: bytes, thing_id: str) -> str:
    """Return the id by which one relationship knows a thing: UUIDv8 of HMAC-SHA-256.

    The same thing has the same id each time it is given to one organisation, and ids of two
    relationships cannot be matched without their secrets (32 bytes each).
    Raises `UnableToDeriveKey` if the secret has another length.
    """
    if len(secret) != SECRET_BYTES:
        message = f"A relationship's secret has {SECRET_BYTES} bytes, and this one {len(secret)}."
        raise UnableToDeriveKey(message)
    return uuid8_from(hmac.digest(secret, thing_id.encode(), hashlib.sha256))


def new_log_key() -> Ed25519PrivateKey:
    """Make a fresh Ed25519 key that signs a journal's checkpoints, from OpenSSL's randomness."""
    return Ed25519PrivateKey.generate()


def log_key_to_pem(key: Ed25519PrivateKey) -> bytes:
    """Write a log's key as unencrypted PKCS 8 PEM (RFC 8410)."""
    return _to_pem(key)


def log_key_from_pem(pem: bytes) -> Ed25519PrivateKey:
    """Read what `log_key_to_pem` wrote. Raises `KeyRefused` if it is anything else."""
    key = _from_pem(pem)
    if not isinstance(key, Ed25519PrivateKey):
        message = "A log's key is an Ed25519 private key; this PEM holds another kind of key."
        raise KeyRefused(message)
    return key


def _derived(seed: bytes, label: bytes, organisation: str, attempt: int, length: int) -> bytes:
    if len(seed) < SEED_BYTES_MIN:
        message = f"A seed has at least {SEED_BYTES_MIN} random bytes, and this one {len(seed)}."
        raise UnableToDeriveKey(message)
    # 0x00 separates the parts, so it cannot be inside one: no two inputs have one info.
    if not organisation or "\x00" in organisation:
        message = "Name the organisation by its thumbprint URI; it is empty or has a zero byte."
        raise UnableToDeriveKey(message)
    if not 0 <= attempt <= ATTEMPT_MAX:
        message = f"An attempt is a number from 0 to {ATTEMPT_MAX}, and this is {attempt}."
        raise UnableToDeriveKey(message)
    info = b"\x00".join([label, organisation.encode(), str(attempt).encode()])
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(seed)


def _to_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _from_pem(pem: bytes) -> object:
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as why:
        message = "This is not an unencrypted private key in PEM."
        raise KeyRefused(message) from why
