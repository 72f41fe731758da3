"""Endings that wait are sent also while nobody has opened anything here, and after a restart.

One quiet thread for the host. It reads the spools of the vaults that are locked and carries each
ending at a moment of its own; vaults that are open send theirs themselves.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Protocol

from firsthand.vault.acts.ending import unconfirmed
from firsthand.vault.pages.rounds import Rounds

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.pages.cabinet import Cabinet

PACE_SECONDS: Final = 20.0
LOOK_SECONDS_MAX: Final = 5.0
PARTING_SECONDS_MAX: Final = 2.0

log = logging.getLogger("firsthand.vault.pages")


class Carries(Protocol):
    """Sends one spooled ending."""

    def carry(self, place: Path) -> bool:
        """Send it and keep what was answered; says whether that came."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Carrier:
    """Carries what waits in locked vaults. `start` it once; `close` ends its thread."""

    def __init__(
        self,
        cabinet: Cabinet,
        courier: Carries | None,
        clock: Clock,
        chance: Chance,
        *,
        pace_seconds: float = PACE_SECONDS,
    ) -> None:
        self._cabinet, self._courier, self._clock = cabinet, courier, clock
        self._rounds = Rounds(chance)
        self._pace_ms = pace_seconds * 1000
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, where there is something to send with."""
        if self._courier is not None:
            self._thread = threading.Thread(
                target=self._carrying, name="vault carrier", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """End the thread; what is on its way arrives or is sent again."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(PARTING_SECONDS_MAX)

    def waiting(self) -> int:
        """How many endings of anybody here wait to be confirmed. It names nobody."""
        return sum(len(unconfirmed(folder)) for folder in self._cabinet.folders())

    def _carrying(self) -> None:
        assert self._courier is not None
        wait_ms = 0.0
        while not self._ended.wait(min(wait_ms / 1000, LOOK_SECONDS_MAX)):
            try:
                wait_ms = self._go_round(self._courier)
            except Exception as error:  # noqa: BLE001 - the next round may go well
                log.warning("An ending could not be carried: %s", type(error).__name__)
                wait_ms = self._pace_ms
        self._courier.close()

    def _go_round(self, courier: Carries) -> float:
        """Carry what is due; returns how long nothing will be, in milliseconds."""
        locked = self._cabinet.folders(locked=True)
        places = {str(place): place for folder in locked for place in unconfirmed(folder)}
        now_ms = self._clock.ticks_ms()
        self._rounds.follow(places, now_ms, self._pace_ms)
        for name in self._rounds.due(now_ms, self._pace_ms):
            if not self._ended.is_set():
                courier.carry(places[name])
        return self._rounds.wait_ms(self._clock.ticks_ms(), self._pace_ms)
