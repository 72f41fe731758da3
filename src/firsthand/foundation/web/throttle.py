"""How often a wrong passphrase or password may be tried, by name and by address.

A few tries are free; after that each failure doubles the wait, up to a most. A right one clears
the name's count. What is kept is bounded.
"""

import math
import threading
from collections import OrderedDict
from typing import Final

import msgspec

from firsthand.foundation.clock import Clock

DOUBLINGS_MAX: Final = 30  # 2**30 is past any wait that is allowed


class _Tries(msgspec.Struct, kw_only=True):
    failures: int
    last_ms: float


class Throttle:
    """Counts failures for each key, such as `("anna", "203.0.113.9")`. Safe between threads."""

    def __init__(
        self,
        *,
        clock: Clock,
        free_tries: int = 5,
        first_wait_ms: int = 1_000,
        wait_ms_max: int = 15 * 60 * 1_000,
        forget_ms: int = 60 * 60 * 1_000,
        count_max: int = 10_000,
    ) -> None:
        """Allow `free_tries` failures at once; forget a key after `forget_ms` of quiet."""
        self._clock = clock
        self._free, self._first_ms, self._most_ms = free_tries, first_wait_ms, wait_ms_max
        self._forget_ms, self._count_max = max(forget_ms, wait_ms_max), count_max
        self._tries: OrderedDict[tuple[str, ...], _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def wait_ms(self, *key: str) -> int:
        """Return how long `key` has to wait before its next try, in ms: 0 if it may try now."""
        now = self._clock.ticks_ms()
        with self._lock:
            tries = self._current(key, now)
            if tries is None or tries.failures < self._free:
                return 0
            doublings = min(tries.failures - self._free, DOUBLINGS_MAX)
            wait = min(self._first_ms << doublings, self._most_ms)
            return max(0, math.ceil(tries.last_ms + wait - now))

    def failed(self, *key: str) -> None:
        """Note a wrong try. Note it before the answer is known, so that tries cannot overlap."""
        now = self._clock.ticks_ms()
        with self._lock:
            tries = self._current(key, now)
            failures = 1 if tries is None else tries.failures + 1
            self._tries[key] = _Tries(failures=failures, last_ms=now)
            self._tries.move_to_end(key)
            while len(self._tries) > self._count_max:
                self._tries.popitem(last=False)

    def succeeded(self, *key: str) -> None:
        """Forget the failures of `key`."""
        with self._lock:
            self._tries.pop(key, None)

    def _current(self, key: tuple[str, ...], now: float) -> _Tries | None:
        tries = self._tries.get(key)
        if tries is not None and now - tries.last_ms > self._forget_ms:
            del self._tries[key]
            return None
        return tries
