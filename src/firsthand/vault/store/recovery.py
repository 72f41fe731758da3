"""The recovery code: 140 random bits that a person can write down and type again.

28 letters and digits carry the secret and 4 check it, in 8 groups of 4. Letters that look like
others (I, L, O, U) are not used, as in Crockford's base 32; typed O, I and L are read as the digits
they look like, small letters and any spaces or dashes are fine.
"""

import hashlib

from firsthand.foundation.ids import Chance

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_CHARACTERS = 28
CHECK_CHARACTERS = 4
GROUP_CHARACTERS = 4
TYPED_CHARACTERS_MAX = 200

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})
_LABEL = b"firsthand recovery code\x00"


def new_code(chance: Chance) -> str:
    """Draw a recovery code: `XXXX-XXXX-...`, 32 characters in 8 groups."""
    # One byte a character: 256 is a multiple of 32, so every character is equally likely.
    secret = "".join(ALPHABET[byte % len(ALPHABET)] for byte in chance.bytes(SECRET_CHARACTERS))
    whole = secret + _check_of(secret)
    groups = range(0, len(whole), GROUP_CHARACTERS)
    return "-".join(whole[start : start + GROUP_CHARACTERS] for start in groups)


def read_code(typed: str) -> bytes | None:
    """Return the secret of a code as it was typed, or None where it is no recovery code."""
    if len(typed) > TYPED_CHARACTERS_MAX:
        return None
    whole = typed.strip().upper().translate(_READ_AS)
    if len(whole) != SECRET_CHARACTERS + CHECK_CHARACTERS or not set(whole) <= set(ALPHABET):
        return None
    secret, check = whole[:SECRET_CHARACTERS], whole[SECRET_CHARACTERS:]
    return secret.encode("ascii") if check == _check_of(secret) else None


def _check_of(secret: str) -> str:
    digest = hashlib.sha256(_LABEL + secret.encode("ascii")).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CHECK_CHARACTERS])
