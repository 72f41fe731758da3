"""What the intake has seen: counts and times by step, refusals by reason, recent envelopes."""

import statistics
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence

import msgspec

from firsthand.hub.reads import Envelope

FEED_MAX = 200
TIMES_MAX = 255  # the newest times of a step, for its median


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One step: how many came to it, its time in ms, and how many were refused there.

    ``median_ms`` is of the newest ``TIMES_MAX``.
    """

    name: str
    count: int
    total_ms: float
    max_ms: float
    median_ms: float = 0.0
    refused: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the intake has seen since it was opened."""

    steps: list[Figure]
    refusals: dict[str, int]
    taken: int
    repeated: int
    signals: int


class Counted:
    """The counting, from several threads: each step is counted in one thread only."""

    def __init__(self, steps: Sequence[str]) -> None:
        self._steps = {name: [0.0, 0.0, 0.0] for name in steps}
        self._times: dict[str, deque[float]] = {name: deque(maxlen=TIMES_MAX) for name in steps}
        self._refusals: Counter[str] = Counter()
        self._refused_at: Counter[str] = Counter()
        self._taken = 0
        self._repeated = 0
        self._signals = 0
        self._feed: deque[Envelope] = deque(maxlen=FEED_MAX)
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def timed(self, name: str, times_ms: Sequence[float]) -> None:
        """Count a step that ran so many times, and its times."""
        if times_ms:
            step = self._steps[name]
            step[0] += len(times_ms)
            step[1] += sum(times_ms)
            step[2] = max(step[2], *times_ms)
            self._times[name].extend(times_ms)

    def refused(self, reason: str) -> None:
        """Count a refusal."""
        self._refusals[reason] += 1

    def refused_at(self, name: str) -> None:
        """Count at which step it was refused."""
        self._refused_at[name] += 1

    def repeated(self) -> None:
        """Count a batch that had come before."""
        self._repeated += 1

    def taken(self, envelopes: Sequence[Envelope]) -> None:
        """Count batches that were taken, and show their envelopes."""
        self._taken += len(envelopes)
        self._signals += sum([one.events for one in envelopes])
        with self._lock:
            self._feed.extend(envelopes)

    def figures(self) -> Figures:
        """All counts as they stand."""
        return Figures(
            steps=[
                Figure(
                    name=name,
                    count=int(count),
                    total_ms=total,
                    max_ms=longest,
                    median_ms=statistics.median(list(self._times[name]) or [0.0]),
                    refused=self._refused_at[name],
                )
                for name, (count, total, longest) in self._steps.items()
            ],
            refusals=dict(self._refusals),
            taken=self._taken,
            repeated=self._repeated,
            signals=self._signals,
        )

    def recent(self) -> list[Envelope]:
        """The newest envelopes, the newest first."""
        with self._lock:
            return list(reversed(self._feed))

    def forget(self, relationship: str) -> None:
        """Let go of the envelopes of a relationship."""
        with self._lock:
            left = [one for one in self._feed if one.relationship != relationship]
            self._feed = deque(left, maxlen=FEED_MAX)

    def pulse(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called at each group; returns what ends it."""
        with self._lock:
            self._listeners = [*self._listeners, wake]

        def stop() -> None:
            with self._lock:
                self._listeners = [one for one in self._listeners if one is not wake]

        return stop

    def wake(self) -> None:
        """Call everybody who listens."""
        for wake in self._listeners:
            wake()
