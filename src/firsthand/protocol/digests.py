"""What a body is known by: the Content-Digest header (RFC 9530)."""

from base64 import b64encode
from hashlib import sha256, sha512
from hmac import compare_digest

from firsthand.protocol.fields import FieldRefused, Item, parse_dictionary

_ALGORITHMS = {"sha-256": sha256, "sha-512": sha512}
_PREFIX, _SUFFIX = "sha-256=:", ":"


class DigestRefused(ValueError):
    """The Content-Digest header does not fit the body.

    Send `sha-256=:BASE64:` over exactly the bytes of the body, and change nothing afterwards.
    """


def content_digest(body: bytes) -> str:
    """Return the header's value for `body`: `sha-256=:BASE64:` (RFC 9530 section 2)."""
    return _header(sha256(body).digest())


def check_content_digest(header: str, body: bytes) -> bytes:
    """Check the header's value against `body`; return the SHA-256 of that, 32 bytes.

    sha-256 or sha-512 must be there, and each of the two that is there must fit. Other algorithms
    are passed over. Raises DigestRefused.
    """
    # Our own form, before any reading: this runs once for every batch.
    digest = sha256(body).digest()
    if header == _header(digest):
        return digest
    try:
        given = parse_dictionary(header)
    except FieldRefused as refused:
        raise DigestRefused(f"Content-Digest: {refused}") from refused
    known = [name for name in given if name in _ALGORITHMS]
    if not known:
        raise DigestRefused("Content-Digest: neither sha-256 nor sha-512 is there")
    for name in known:
        member = given[name]
        if not isinstance(member, Item) or not isinstance(member.value, bytes):
            raise DigestRefused(f"Content-Digest: {name} is no byte sequence")
        if not compare_digest(member.value, _ALGORITHMS[name](body).digest()):
            raise DigestRefused(f"Content-Digest: {name} is that of another body")
    return digest


def _header(digest: bytes) -> str:
    return f"{_PREFIX}{b64encode(digest).decode('ascii')}{_SUFFIX}"
