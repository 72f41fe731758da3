"""Challenges that a passkey signs: made without keeping any, valid for minutes, good for one use.

A challenge carries its time and a seal of it, so that asking for many of them fills nothing. Only
those that were used are kept, until they would be too old anyway.
"""

import hashlib
import hmac
import threading
from typing import Final

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance

AGE_MS_MAX: Final = 5 * 60 * 1000
_TIME, _CHANCE, _MAC = 8, 16, 16


class Challenges:
    """Makes challenges and takes each back once. Safe between threads."""

    def __init__(self, *, clock: Clock, chance: Chance) -> None:
        """Draw the key that seals them: it lasts as long as the process."""
        self._clock, self._chance, self._key = clock, chance, chance.bytes(32)
        self._used: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def make(self) -> bytes:
        """A new challenge: 40 bytes."""
        head = int(self._clock.ticks_ms()).to_bytes(_TIME, "big", signed=True)
        head += self._chance.bytes(_CHANCE)
        return head + self._mac(head)

    def holds(self, challenge: bytes) -> bool:
        """Whether it was made here within the last minutes, and was not used yet."""
        if len(challenge) != _TIME + _CHANCE + _MAC:
            return False
        head, mac = challenge[:-_MAC], challenge[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(head)):
            return False
        age = self._clock.ticks_ms() - int.from_bytes(head[:_TIME], "big", signed=True)
        with self._lock:
            return 0 <= age + 1 <= AGE_MS_MAX and mac not in self._used

    def use(self, challenge: bytes) -> bool:
        """Use it up: True for the first who does, False for everybody after."""
        if not self.holds(challenge):
            return False
        now = int(self._clock.ticks_ms())
        with self._lock:
            self._used = {m: at for m, at in self._used.items() if now - at <= AGE_MS_MAX}
            if challenge[-_MAC:] in self._used:
                return False
            self._used[challenge[-_MAC:]] = now
            return True

    def _mac(self, head: bytes) -> bytes:
        return hmac.digest(self._key, head, hashlib.sha256)[:_MAC]
