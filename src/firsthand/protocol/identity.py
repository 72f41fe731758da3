"""Keys as names: a P-256 key as a JWK (RFC 7517, 7518), and its thumbprint as a subject (RFC 9278).

A person has one key for each relationship, so no two organisations see the same subject.
"""

from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)

from firsthand.protocol.base64url import UnableToDecode, decode, encode
from firsthand.protocol.canonical import canonical

SUBJECT_PREFIX = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"

_COORDINATE_BYTES = 32
_THUMBPRINT_BYTES = 32
_NEEDED = ("crv", "kty", "x", "y")
# Facts about a public key that change nothing here; anything else might, so it is refused.
_ALLOWED = frozenset({*_NEEDED, "alg", "kid", "use", "key_ops"})


class KeyRefused(ValueError):
    """This is no P-256 public key, or no thumbprint of one.

    Send a JWK with kty "EC", crv "P-256" and the coordinates x and y, each 32 bytes in base64url,
    and without any private part.
    """


def jwk_of(public_key: EllipticCurvePublicKey) -> dict[str, str]:
    """Return the smallest JWK of a P-256 key: crv, kty, x and y (RFC 7518 section 6.2.1).

    Raises KeyRefused for a key on another curve.
    """
    if not isinstance(public_key.curve, SECP256R1):
        raise KeyRefused(f"curve {public_key.curve.name}: only P-256 is used here")
    numbers = public_key.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": encode(numbers.x.to_bytes(_COORDINATE_BYTES, "big")),
        "y": encode(numbers.y.to_bytes(_COORDINATE_BYTES, "big")),
    }


def public_key_of(jwk: Mapping[str, object]) -> EllipticCurvePublicKey:
    """Return the key of a JWK, once its point is seen to lie on the curve; raises KeyRefused."""
    unknown = sorted(str(name) for name in jwk if name not in _ALLOWED)
    if unknown:
        raise KeyRefused(f"member {unknown[0]!r}: not part of a public key")
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise KeyRefused("kty and crv: only EC with P-256 is used here")
    if jwk.get("alg", "ES256") != "ES256" or jwk.get("use", "sig") != "sig":
        raise KeyRefused("alg and use: the key is not for ES256 signatures")
    numbers = EllipticCurvePublicNumbers(
        _coordinate_of(jwk, "x"), _coordinate_of(jwk, "y"), SECP256R1()
    )
    try:
        return numbers.public_key()
    except ValueError as refused:
        raise KeyRefused("x and y: this point is not on the curve") from refused


def thumbprint(jwk: Mapping[str, object]) -> str:
    """Return the SHA-256 thumbprint of a P-256 JWK in base64url, 43 letters (RFC 7638).

    Only crv, kty, x and y count. Raises KeyRefused if one is missing or is no text.
    """
    counted = {name: jwk.get(name) for name in _NEEDED}
    for name, value in counted.items():
        if not isinstance(value, str):
            raise KeyRefused(f"member {name!r}: missing, or not text")
    return encode(sha256(canonical(counted)).digest())


def thumbprint_of(public_key: EllipticCurvePublicKey) -> str:
    """Return the thumbprint of a key; the same as that of its JWK."""
    return thumbprint(jwk_of(public_key))


def subject_of(jwk_or_thumbprint: Mapping[str, object] | str) -> str:
    """Return the subject: the thumbprint as a URI (RFC 9278). Raises KeyRefused."""
    if not isinstance(jwk_or_thumbprint, str):
        return SUBJECT_PREFIX + thumbprint(jwk_or_thumbprint)
    _check_thumbprint(jwk_or_thumbprint)
    return SUBJECT_PREFIX + jwk_or_thumbprint


def thumbprint_of_subject(urn: str) -> str:
    """Return the thumbprint in a subject; raises KeyRefused if it is no subject."""
    if not urn.startswith(SUBJECT_PREFIX):
        raise KeyRefused(f"subject: it must start with {SUBJECT_PREFIX}")
    found = urn.removeprefix(SUBJECT_PREFIX)
    _check_thumbprint(found)
    return found


def _check_thumbprint(text: str) -> None:
    try:
        data = decode(text)
    except UnableToDecode as refused:
        raise KeyRefused(f"thumbprint: {refused}") from refused
    if len(data) != _THUMBPRINT_BYTES:
        raise KeyRefused(f"thumbprint: {len(data)} bytes where {_THUMBPRINT_BYTES} belong")


def _coordinate_of(jwk: Mapping[str, object], name: str) -> int:
    text = jwk.get(name)
    if not isinstance(text, str):
        raise KeyRefused(f"member {name!r}: missing, or not text")
    try:
        data = decode(text)
    except UnableToDecode as refused:
        raise KeyRefused(f"member {name!r}: {refused}") from refused
    if len(data) != _COORDINATE_BYTES:
        raise KeyRefused(f"member {name!r}: {len(data)} bytes where {_COORDINATE_BYTES} belong")
    return int.from_bytes(data, "big")
