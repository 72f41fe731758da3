"""Chance and ids. The only module that reads the machine's randomness for ids, salts and tokens.

`Chance` is the contract. `SystemChance` is the machine's; `SeededChance` gives the same bytes for
the same seed, for tests, the town and replay. Keys are made in `keys.py`.
"""

import hashlib
import secrets
import threading
import uuid
from typing import Protocol

from firsthand.protocol import base64url

LENGTH_BYTES_MAX = 1024 * 1024
UUID_BYTES = 16


class Chance(Protocol):
    """A source of random bytes."""

    def bytes(self, length: int) -> bytes:
        """Return `length` random bytes, 0 to `LENGTH_BYTES_MAX`."""
        ...

    def token(self, length_bytes: int = 16) -> str:
        """Return `length_bytes` random bytes as base64url without padding (RFC 4648, 5)."""
        ...


class SystemChance:
    """The operating system's randomness, fit for secrets."""

    def bytes(self, length: int) -> bytes:
        """Return `length` random bytes. Raises `ValueError` outside 0 to `LENGTH_BYTES_MAX`."""
        return secrets.token_bytes(_allowed(length))

    def token(self, length_bytes: int = 16) -> str:
        """Return `length_bytes` random bytes as base64url without padding."""
        return base64url.encode(self.bytes(length_bytes))


class SeededChance:
    """The same bytes for the same seed, on every machine. Never for real secrets.

    Block i is SHA-256("firsthand seeded chance" || 0x00 || seed || 0x00 || i); calls read on from
    where the last one stopped. Safe to share between threads.
    """

    def __init__(self, seed: int) -> None:
        """Start the stream that belongs to `seed`."""
        self._prefix = b"firsthand seeded chance\x00" + str(seed).encode() + b"\x00"
        self._block = 0
        self._left = b""
        self._lock = threading.Lock()

    def bytes(self, length: int) -> bytes:
        """Return the next `length` bytes. Raises `ValueError` outside 0 to `LENGTH_BYTES_MAX`."""
        _allowed(length)
        with self._lock:
            parts = [self._left]
            have = len(self._left)
            while have < length:
                parts.append(hashlib.sha256(self._prefix + str(self._block).encode()).digest())
                have += len(parts[-1])
                self._block += 1
            stream = b"".join(parts)
            self._left = stream[length:]
            return stream[:length]

    def token(self, length_bytes: int = 16) -> str:
        """Return the next `length_bytes` bytes as base64url without padding."""
        return base64url.encode(self.bytes(length_bytes))


def uuid8_from(digest: bytes) -> str:
    """Make a UUIDv8 (RFC 9562, 5.8) of the first 16 bytes of a digest.

    Six of the 128 bits say version and variant; the other 122 are the digest's. The same digest
    gives the same id. Raises `ValueError` if there are fewer than 16 bytes.
    """
    if len(digest) < UUID_BYTES:
        message = f"A UUID is made of {UUID_BYTES} bytes, and the digest has {len(digest)}."
        raise ValueError(message)
    raw = bytearray(digest[:UUID_BYTES])
    raw[6] = (raw[6] & 0x0F) | 0x80
    raw[8] = (raw[8] & 0x3F) | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def _allowed(length: int) -> int:
    if not 0 <= length <= LENGTH_BYTES_MAX:
        message = f"Asked for {length} random bytes; 0 to {LENGTH_BYTES_MAX} are given at a time."
        raise ValueError(message)
    return length
