"""What goes on by itself while a vault is open: what waits goes out, what is new comes in.

One quiet thread for each open vault, which also looks through what was brought; pages hear of
what changed. A sweeper closes what is idle.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import noticing, receiving
from firsthand.vault.pages.cabinet import Cabinet, Locked

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.web.streams import Streams
    from firsthand.vault.acts.opened import Vault

BUSY_SECONDS: Final = 3.0
QUIET_SECONDS: Final = 15.0
RECENT_SECONDS: Final = 60.0
SWEEP_SECONDS: Final = 20.0
NOTICE_EVERY_THINGS: Final = 20_000
PARTS: Final = ("nav-inbox", "live-home", "live-inbox", "live-with")

log = logging.getLogger("firsthand.vault.pages")


class Tender:
    """Refreshes every open vault, and sweeps. `start` it once; `close` ends its threads."""

    def __init__(
        self, cabinet: Cabinet, streams: Streams, sweep: Callable[[], None], clock: Clock
    ) -> None:
        self._cabinet, self._streams, self._sweep = cabinet, streams, sweep
        self._clock = clock
        self._wakers: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to sweep."""
        threading.Thread(target=self._sweeping, name="vault sweeper", daemon=True).start()

    def close(self) -> None:
        """End all threads; those in the middle of something end after it."""
        self._ended.set()
        with self._lock:
            for waker in self._wakers.values():
                waker.set()

    def nudge(self, slug: str) -> None:
        """Refresh the vault `slug` now, and from now on while it is open."""
        with self._lock:
            waker = self._wakers.get(slug)
            if waker is not None:
                waker.set()
                return
            self._wakers[slug] = waker = threading.Event()
        threading.Thread(
            target=self._tend, args=(slug, waker), name="vault tender", daemon=True
        ).start()

    def _tend(self, slug: str, waker: threading.Event) -> None:
        while not self._ended.is_set():
            waker.clear()
            try:
                with self._cabinet.lend(slug, in_use=False) as vault:
                    self._notice(slug, vault)
                    changed = refresh_says(receiving.refresh(vault))
            except Locked:
                break
            except Exception as error:  # noqa: BLE001 - the next round may go well
                log.warning("A refresh failed: %s", type(error).__name__)
                changed = False
            if changed:
                for part in PARTS:
                    self._streams.publish(slug, part)
            used = self._cabinet.used_seconds_ago(slug)
            recent = used is not None and used < RECENT_SECONDS
            waker.wait(BUSY_SECONDS if recent else QUIET_SECONDS)
        with self._lock:
            self._wakers.pop(slug, None)

    def _notice(self, slug: str, vault: Vault) -> None:
        """Look through what was brought, if it was not yet, and say how far that is."""
        today = self._clock.now().date()
        if not noticing.stale(vault, today):
            return

        def go_on(done: int) -> bool:
            if done and done % NOTICE_EVERY_THINGS == 0:
                said = f"Looking through what you brought: {done:,} things so far."
                self._streams.publish(slug, "live-seeking", said)
            return not self._ended.is_set() and self._cabinet.used_seconds_ago(slug) is not None

        with contextlib.suppress(noticing.GivenUp):
            noticing.notice(vault, today, go_on)
            self._streams.publish(slug, "live-found")
            self._streams.publish(slug, "live-home")

    def _sweeping(self) -> None:
        while not self._ended.wait(SWEEP_SECONDS):
            try:
                self._sweep()
            except Exception as error:  # noqa: BLE001 - sweeping goes on
                log.warning("Sweeping failed: %s", type(error).__name__)


def refresh_says(told: dict[str, Any]) -> bool:
    """Whether a refresh changed anything that a page shows."""
    sent = any(each.get("state") != "waiting" for each in told["sent"])
    return sent or any(told["new"].values())
