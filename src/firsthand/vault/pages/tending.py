"""What goes on by itself while a vault is open: what waits goes out, what is new comes in.

One quiet thread for each open vault, which also looks through what was brought; pages hear of
what changed. A sweeper closes what is idle.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import noticing, overseeing, receiving, settling
from firsthand.vault.pages.cabinet import Cabinet, Locked
from firsthand.vault.pages.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.foundation.web.streams import Streams
    from firsthand.vault.acts.opened import Vault

BUSY_SECONDS: Final = 3.0
QUIET_SECONDS: Final = 15.0
RECENT_SECONDS: Final = 60.0
FIRST_LOOK_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 240.0
SWEEP_SECONDS: Final = 20.0
END_SECONDS_MAX: Final = 5.0
NOTICE_EVERY_THINGS: Final = 20_000
PARTS: Final = ("nav-inbox", "live-home", "live-inbox", "live-with")

log = logging.getLogger("firsthand.vault.pages")


class Tender:
    """Refreshes every open vault, and sweeps. `start` it once; `close` ends its threads."""

    def __init__(
        self,
        cabinet: Cabinet,
        streams: Streams,
        sweep: Callable[[], None],
        clock: Clock,
        chance: Chance,
    ) -> None:
        self._cabinet, self._streams, self._sweep = cabinet, streams, sweep
        self._clock, self._chance = clock, chance
        self._given: dict[str, list[str]] = {}
        self._wakers: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to sweep."""
        threading.Thread(target=self._sweeping, name="vault sweeper", daemon=True).start()

    def close(self) -> None:
        """End all threads, and wait a little for those that are in the middle of something.

        So each vault is closed by whoever used it last, and not left open by a process that ends.
        """
        self._ended.set()
        with self._lock:
            for waker in self._wakers.values():
                waker.set()
            threads, self._threads = self._threads, set()
        for thread in threads - {threading.current_thread()}:
            thread.join(END_SECONDS_MAX)

    def nudge(self, slug: str, name: str | None = None) -> None:
        """Look after the vault `slug` from now on while it is open.

        `name` is who was just given something there: they alone are asked at once.
        """
        with self._lock:
            if name is not None:
                self._given.setdefault(slug, []).append(name)
            waker = self._wakers.get(slug)
            if waker is not None:
                waker.set()
                return
            self._wakers[slug] = waker = threading.Event()
            thread = threading.Thread(
                target=self._tend, args=(slug, waker), name="vault tender", daemon=True
            )
            self._threads.add(thread)
            thread.start()

    def _tend(self, slug: str, waker: threading.Event) -> None:
        rounds, eyes = Rounds(self._chance), Rounds(self._chance)
        while not self._ended.is_set():
            waker.clear()
            used = self._cabinet.used_seconds_ago(slug)
            recent = used is not None and used < RECENT_SECONDS
            pace_ms = 1000 * (BUSY_SECONDS if recent else QUIET_SECONDS)
            try:
                with self._cabinet.lend(slug, in_use=False) as vault:
                    self._notice(slug, vault)
                    self._go_round(slug, vault, rounds, pace_ms)
                    self._oversee(slug, vault, eyes)
            except Locked:
                break
            except Exception as error:  # noqa: BLE001 - the next round may go well
                log.warning("A refresh failed: %s", type(error).__name__)
                waker.wait(BUSY_SECONDS)
            now_ms = self._clock.ticks_ms()
            wait_ms = min(rounds.wait_ms(now_ms, pace_ms), eyes.wait_ms(now_ms, pace_ms))
            waker.wait(wait_ms / 1000)
        with self._lock:
            self._wakers.pop(slug, None)
            self._given.pop(slug, None)
            self._threads.discard(threading.current_thread())

    def _go_round(self, slug: str, vault: Vault, rounds: Rounds, pace_ms: float) -> None:
        """Ask those whose moment has come, each alone, and tell the pages what is new."""
        now_ms = self._clock.ticks_ms()
        rounds.follow(receiving.to_ask(vault), now_ms, pace_ms)
        with self._lock:
            given = self._given.pop(slug, [])
        for name in given:
            rounds.soon(name, now_ms)
        for name in rounds.due(now_ms, pace_ms):
            told: dict[str, Any] = receiving.refresh(vault, name)
            if any(told["new"].values()):
                rounds.answered(name)
            if refresh_says(told):
                for part in PARTS:
                    self._streams.publish(slug, part)

    def _oversee(self, slug: str, vault: Vault, eyes: Rounds) -> None:
        """Ask each at a moment of its own if its log only grew, and who looked."""
        now_ms = self._clock.ticks_ms()
        eyes.follow(overseeing.to_oversee(vault), now_ms, FIRST_LOOK_SECONDS * 1000)
        for name in eyes.due(now_ms, LOOK_SECONDS * 1000):
            told = overseeing.oversee(vault, name)
            if told["new"] or told["doubt"]:
                for part in ("live-home", "live-with", "live-looked"):
                    self._streams.publish(slug, part)

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
            settling.check(vault)
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
