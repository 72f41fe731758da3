"""Files of age that a passphrase opens, made and read in memory (https://c2sp.org/age).

What one guess costs is written into the file. Here it is the same on every machine, so that what
a fast one made opens on a slow one.
"""

import base64
import binascii
import hmac
import re
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from firsthand.foundation.ids import Chance

COST_LOG2: Final = 18
"""scrypt takes 1 KiB times two to this: 256 MiB for a guess, as `age` itself has it."""
_VERSION: Final = b"age-encryption.org/v1\n"
_COST: Final = re.compile(re.escape(_VERSION) + rb"-> scrypt [^ \n]{1,64} ([0-9]{1,9})\n")
_HEADER: Final = re.compile(
    re.escape(_VERSION)
    + rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n"
    + rb"--- ([A-Za-z0-9+/]{43})\n"
)
_LABEL: Final = b"age-encryption.org/v1/scrypt"
_SALT_BYTES, _KEY_BYTES, _NONCE_BYTES = 16, 16, 16
_CHUNK_BYTES: Final = 64 * 1024
_TAG_BYTES: Final = 16


class OtherPassphrase(Exception):
    """The file was made with another passphrase."""


class DamagedFile(Exception):
    """The file is not as it was made: bytes were changed, or its end is missing."""


def is_aged(raw: bytes) -> bool:
    """Whether these bytes begin like a file of age, for whomever it was made."""
    return raw.startswith(_VERSION)


def cost_log2(raw: bytes) -> int | None:
    """What a guess costs, as the file says; None where no passphrase opens it."""
    said = _COST.match(raw)
    return int(said[1]) if said else None


def sealed(whole: bytes, passphrase: str, chance: Chance) -> bytes:
    """A file of age that this passphrase opens, here and in every other program for age."""
    key, salt = chance.bytes(_KEY_BYTES), chance.bytes(_SALT_BYTES)
    wrapped = ChaCha20Poly1305(_guess(passphrase, salt, COST_LOG2)).encrypt(bytes(12), key, None)
    head = b"%s-> scrypt %s %d\n%s\n---" % (_VERSION, _text(salt), COST_LOG2, _text(wrapped))
    nonce = chance.bytes(_NONCE_BYTES)
    seal = ChaCha20Poly1305(_drawn(key, nonce, b"payload"))
    parts = [head, b" ", _text(_mac(key, head)), b"\n", nonce]
    starts = range(0, max(len(whole), 1), _CHUNK_BYTES)
    for number, start in enumerate(starts):
        last = number == len(starts) - 1
        chunk = whole[start : start + _CHUNK_BYTES]
        parts.append(seal.encrypt(_nonce(number, last=last), chunk, None))
    return b"".join(parts)


def opened(raw: bytes, passphrase: str) -> bytes:
    """What is in a file of age that a passphrase opens.

    It takes the memory that `cost_log2` says: look at that first. Raises `OtherPassphrase`,
    `DamagedFile`, `MemoryError`.
    """
    head = _HEADER.match(raw)
    if head is None:
        raise DamagedFile
    salt, wrapped = _bytes(head[1]), _bytes(head[3])
    try:
        guess = _guess(passphrase, salt, int(head[2]))
        key = ChaCha20Poly1305(guess).decrypt(bytes(12), wrapped, None)
    except InvalidTag as error:
        raise OtherPassphrase from error
    before = raw[: head.start(4) - 1]
    if len(key) != _KEY_BYTES or not hmac.compare_digest(_mac(key, before), _bytes(head[4])):
        raise DamagedFile
    return _content(key, raw, head.end())


def _content(key: bytes, raw: bytes, start: int) -> bytes:
    nonce, first = raw[start : start + _NONCE_BYTES], start + _NONCE_BYTES
    seal = ChaCha20Poly1305(_drawn(key, nonce, b"payload"))
    size = _CHUNK_BYTES + _TAG_BYTES
    starts = range(first, max(len(raw), first + 1), size)
    parts: list[bytes] = []
    for number, at in enumerate(starts):
        last = number == len(starts) - 1
        try:
            chunk = seal.decrypt(_nonce(number, last=last), raw[at : at + size], None)
        except (InvalidTag, ValueError) as error:
            raise DamagedFile from error
        if not chunk and number:  # the last chunk is empty only where there is nothing at all
            raise DamagedFile
        parts.append(chunk)
    return b"".join(parts)


def _guess(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << cost, r=8, p=1).derive(passphrase.encode())


def _drawn(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(key)


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.digest(_drawn(key, b"", b"header"), head, "sha256")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """What stands there in base64 without its end; one text for each bytes. `DamagedFile`."""
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise DamagedFile from error
    if _text(raw) != text:
        raise DamagedFile
    return raw
