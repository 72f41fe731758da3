"""Time. The only module that reads a clock; everybody else is handed one.

`Clock` is the contract. `SystemClock` is the machine's, `SetClock` stands still until it is
moved: for tests, for the town and for replay.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time of day and measures durations."""

    def now(self) -> datetime:
        """Return the time of day: aware, in UTC. It may be set back by the machine's owner."""
        ...

    def ticks_ms(self) -> float:
        """Return milliseconds since an arbitrary start. It never goes back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time of day: aware, in UTC."""
        return datetime.now(UTC)

    def ticks_ms(self) -> float:
        """Return the monotonic clock in milliseconds."""
        return time.monotonic() * 1000.0


class SetClock:
    """A clock that stands still until somebody calls `advance`. Safe to share between threads."""

    def __init__(self, start: datetime) -> None:
        """Begin at `start`, which must be aware; ticks begin at 0. Raises `NaiveTime`."""
        self._now = in_utc(start)
        self._ticks_ms = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the time it was set to: aware, in UTC."""
        with self._lock:
            return self._now

    def ticks_ms(self) -> float:
        """Return by how many milliseconds it was advanced since it was made."""
        with self._lock:
            return self._ticks_ms

    def advance(self, by: timedelta) -> None:
        """Move time of day and ticks forward by `by`. Raises `ValueError` if it is negative."""
        if by < timedelta(0):
            message = f"A clock can only be advanced, and {by!r} is negative. Make a new one."
            raise ValueError(message)
        with self._lock:
            self._now += by
            self._ticks_ms += by / timedelta(milliseconds=1)


class NaiveTime(ValueError):
    """A moment without an offset says nothing about when it was. Give it a time zone."""


def in_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC. Raises `NaiveTime` if it has no offset."""
    if moment.utcoffset() is None:
        message = f"{moment.isoformat()} has no time zone. Add one, for example tzinfo=UTC."
        raise NaiveTime(message)
    return moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with `Z` and whole seconds: `2024-01-03T20:15:00Z`.

    Fractions of a second are cut off, not rounded: a stamp is never later than its moment.
    Raises `NaiveTime` if the moment has no offset.
    """
    return in_utc(moment).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
