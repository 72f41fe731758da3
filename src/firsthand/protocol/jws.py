"""Signed statements: compact JWS (RFC 7515) with ES256 and an explicit type, and nothing else.

A statement has one text: base64url is canonical and s is low, so its hash can serve as its name.
Neither the header nor the payload can bring a key from somewhere else.
"""

from collections.abc import Mapping
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.base64url import UnableToDecode, decode, encode
from firsthand.protocol.canonical import UnableToReadJson, canonical, read_json
from firsthand.protocol.es256 import sign_es256, verify_es256
from firsthand.protocol.identity import KeyRefused, thumbprint, thumbprint_of

TOKEN_CHARS_MAX = 2_097_152

_ALGORITHM = "ES256"
_PARTS = 3
_FORBIDDEN = ("crit", "b64", "zip", "jku", "x5u", "x5c", "x5t", "x5t#S256")
_NO_EXTRA: Mapping[str, object] = MappingProxyType({})


class JwsRefused(ValueError):
    """The statement is not one that was signed by this key for this use.

    Take it unchanged from its signer; it is ES256 in compact form, of the type that is asked for,
    its kid is the thumbprint of the key, and it points to no key elsewhere.
    """


def sign_jws(
    payload: object,
    *,
    key: EllipticCurvePrivateKey,
    typ: str,
    header: Mapping[str, object] = _NO_EXTRA,
) -> str:
    """Return `payload`, a mapping, as a compact JWS; both parts are canonical JSON.

    The header has alg, typ, kid (the key's thumbprint, RFC 7638) and what `header` adds.
    Raises JwsRefused for what `verify_jws` would not take back.
    """
    kid = thumbprint_of(key.public_key())
    head = {**header, "alg": _ALGORITHM, "typ": typ, "kid": kid}
    signed = f"{encode(canonical(head))}.{encode(canonical(payload))}"
    token = f"{signed}.{encode(sign_es256(signed.encode('ascii'), key))}"
    written, _ = read_jws(token)
    _check_header(written, typ, kid)
    for name, value in header.items():
        if written[name] != value:
            raise JwsRefused(f"header {name!r}: the signer sets this")
    return token


def read_jws(token: str) -> tuple[dict[str, object], dict[str, object]]:
    """Return header and payload, not yet verified: good only to look up the key.

    Raises JwsRefused if the form is not exactly that of a compact JWS with two JSON objects.
    """
    header, payload, _ = _split(token)
    return _object_in(header, "header"), _object_in(payload, "payload")


def verify_jws(token: str, *, public_key: EllipticCurvePublicKey, typ: str) -> dict[str, object]:
    """Return the payload of a statement of type `typ`, once `public_key` is seen to have signed it.

    A `jwk` in the header is taken for what it is, a copy of the key, and must be the same key.
    Raises JwsRefused.
    """
    header_text, payload_text, signature_text = _split(token)
    signature = _bytes_in(signature_text, "signature")
    signed = f"{header_text}.{payload_text}".encode("ascii")
    if not verify_es256(signed, signature, public_key, low_s=True):
        raise JwsRefused("signature: it does not fit the statement and the key")
    _check_header(_object_in(header_text, "header"), typ, thumbprint_of(public_key))
    return _object_in(payload_text, "payload")


def _check_header(header: Mapping[str, object], typ: str, kid: str) -> None:
    for name in _FORBIDDEN:
        if name in header:
            raise JwsRefused(f"header {name!r}: not used here")
    if header.get("alg") != _ALGORITHM:
        raise JwsRefused(f"header 'alg': it must be {_ALGORITHM}")
    if header.get("typ") != typ:
        raise JwsRefused(f"header 'typ': {header.get('typ')!r} where {typ!r} belongs")
    if header.get("kid") != kid:
        raise JwsRefused("header 'kid': not the thumbprint of the key")
    if "jwk" in header:
        _check_same_key(header["jwk"], kid)


def _check_same_key(jwk: object, kid: str) -> None:
    try:
        same = isinstance(jwk, Mapping) and thumbprint(jwk) == kid
    except KeyRefused as refused:
        raise JwsRefused(f"header 'jwk': {refused}") from refused
    if not same:
        raise JwsRefused("header 'jwk': not the key that signed")


def _split(token: str) -> tuple[str, str, str]:
    if len(token) > TOKEN_CHARS_MAX:
        raise JwsRefused(f"longer than {TOKEN_CHARS_MAX} characters")
    parts = token.split(".")
    if len(parts) != _PARTS or not token.isascii():
        raise JwsRefused("not three parts of base64url with dots between them")
    header, payload, signature = parts
    return header, payload, signature


def _bytes_in(text: str, what: str) -> bytes:
    try:
        return decode(text)
    except UnableToDecode as refused:
        raise JwsRefused(f"{what}: {refused}") from refused


def _object_in(text: str, what: str) -> dict[str, object]:
    try:
        value = read_json(_bytes_in(text, what))
    except UnableToReadJson as refused:
        raise JwsRefused(f"{what}, {refused}") from refused
    if not isinstance(value, dict):
        raise JwsRefused(f"{what}: not a JSON object")
    return value
