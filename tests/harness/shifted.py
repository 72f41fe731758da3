"""A clock that goes as the system's does, and can be moved on."""

from datetime import datetime, timedelta

from firsthand.foundation.clock import SystemClock


class Shifted:
    """The system's clock, ``by`` later."""

    def __init__(self) -> None:
        self.by = timedelta()
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + self.by

    def ticks_ms(self) -> float:
        return self._clock.ticks_ms()
