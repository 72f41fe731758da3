"""Figures that cost a walk over everybody, kept for a while: the longer the walk, the longer."""

import threading

from firsthand.hub.acts import listing
from firsthand.hub.acts.opened import Hub

REST_MS_MIN = 400.0
REST_SHARE = 20.0


class Headcount:
    """How many customers there are by state. Walking takes a twentieth of the time at most."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._counts: dict[str, int] = {}
        self._good_until_ms = float("-inf")
        self._lock = threading.Lock()

    def counts(self) -> dict[str, int]:
        """The counts, at most a moment old."""
        with self._lock:
            began = self._hub.clock.ticks_ms()
            if began >= self._good_until_ms:
                self._counts = listing.headcount(self._hub)
                ended = self._hub.clock.ticks_ms()
                rest_ms = max(REST_MS_MIN, REST_SHARE * (ended - began))
                self._good_until_ms = ended + rest_ms
            return self._counts
