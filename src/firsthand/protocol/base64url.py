"""Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), read strictly.

One value has one text: a text that another decoder would also take for the same bytes is refused,
because hashes are taken over texts (an agreement's id is one).
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_GROUP_CHARS = 4
_IMPOSSIBLE_REST_CHARS = 1


class UnableToDecode(ValueError):
    """The text is not base64url as the wire wants it.

    Use the letters A-Z, a-z, 0-9, "-" and "_", no padding and no white space, and leave the bits
    after the last byte at zero.
    """


def encode(data: bytes) -> str:
    """Return `data` as base64url text without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of `text`; `encode` of them gives exactly `text` again.

    Raises UnableToDecode for padding, white space, other letters, a length that no bytes have, and
    bits after the last byte that are not zero.
    """
    if _ALPHABET.fullmatch(text) is None:
        raise UnableToDecode(
            "a letter outside A-Z a-z 0-9 - _ (padding and white space are refused too)"
        )
    rest = len(text) % _GROUP_CHARS
    if rest == _IMPOSSIBLE_REST_CHARS:
        raise UnableToDecode(
            f"{len(text)} letters cannot be base64url: a letter is missing or too many"
        )
    data = urlsafe_b64decode(text + "=" * (-len(text) % _GROUP_CHARS))
    if rest and encode(data) != text:
        raise UnableToDecode("bits after the last byte are not zero: encode the bytes again")
    return data
