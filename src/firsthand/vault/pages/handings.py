"""Vaults that are handed to another device: one code a vault, a thread each, and how far it is.

What goes over is packed first, so that the code is good from when it is shown. It is in memory
until it was fetched, the time is over, it was withdrawn, or its vault was locked.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.vault.acts import backing, moving
from firsthand.vault.gate.handing import LISTEN_SECONDS_MAX, UnableToHand
from firsthand.vault.pages.cabinet import Busy, Cabinet, Locked
from firsthand.vault.store.store import VAULT_FILE

if TYPE_CHECKING:
    from firsthand.foundation.clock import Clock

HANDING_AT_ONCE: Final = 4
# Four of these are held in memory at most; on a machine of one's own there is no such limit.
FILE_BYTES_MAX: Final = 512 * 1024 * 1024
END_SECONDS_MAX: Final = 5.0
LOCKED: Final = "Your data was locked, so the code opens nothing any more."
TOO_LARGE: Final = "This is more than goes by a code here. Take it along as a backup."
BROKEN: Final = "It is our fault, not yours. Nothing was handed over."
log = logging.getLogger("firsthand.vault.pages")


class Handing(msgspec.Struct, kw_only=True):
    """One vault on its way out. at and size are bytes.

    state: "packing", "waiting" (the code is good), "going", "done" or "fault".
    """

    state: str = "packing"
    code: str = ""
    address: str = ""
    until_ms: float = 0.0
    at: int = 0
    size: int = 0
    fault: str = ""
    withdrawn: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing goes on any more."""
        return self.state in {"done", "fault"}


class Handings:
    """What is handed over by whom, by the vaults' names. Safe between threads."""

    def __init__(self, cabinet: Cabinet, clock: Clock, *, bounded: bool) -> None:
        """Nothing is handed over. `bounded`: many persons' vaults share this memory."""
        self._cabinet, self._clock, self._bounded = cabinet, clock, bounded
        self._handings: dict[str, Handing] = {}
        self._threads = set[threading.Thread]()
        self._lock = threading.Lock()

    def of(self, slug: str) -> Handing | None:
        """What is handed over of a vault, or was last."""
        with self._lock:
            return self._handings.get(slug)

    def begin(self, slug: str, address: str = "") -> Handing:
        """Pack the vault and show a code for it. One that is there stays. Raises `Busy`."""
        with self._lock:
            held = self._handings.get(slug)
            if held is not None and not held.ended:
                return held
            if len(self._threads) >= HANDING_AT_ONCE:
                raise Busy("Others are moving their data right now. Please try again in a minute.")
            self._handings = {name: each for name, each in self._handings.items() if not each.ended}
            made = self._handings[slug] = Handing()
            thread = threading.Thread(
                target=self._run, args=(slug, made, address), name="vault handing", daemon=True
            )
            self._threads.add(thread)
            thread.start()
        return made

    def withdraw(self, slug: str) -> None:
        """Let the code of a vault open nothing any more; forget one that has ended."""
        with self._lock:
            held = self._handings.get(slug)
            if held is None:
                return
            held.withdrawn = True
            if held.ended:
                del self._handings[slug]

    def close(self) -> None:
        """Hand nothing over any more: the program ends."""
        with self._lock:
            threads = set(self._threads)
            for each in self._handings.values():
                each.withdrawn = True
        for thread in threads:
            thread.join(END_SECONDS_MAX)

    def seconds_left(self, handing: Handing) -> int:
        """How much longer its code is good, about."""
        return max(0, int((handing.until_ms - self._clock.ticks_ms()) / 1000))

    def _run(self, slug: str, handing: Handing, address: str) -> None:
        try:
            self._hand_over(slug, handing, address)
            handing.state = "done"
        except Locked:
            handing.fault = LOCKED
        except UnableToHand as error:
            locked = self._cabinet.used_seconds_ago(slug) is None
            handing.fault = LOCKED if locked else str(error)
        except Exception as error:  # noqa: BLE001 - it is told of on its page
            log.warning("A vault could not be handed over: %s", type(error).__name__)
            handing.fault = BROKEN
        handing.code = ""
        if handing.fault:
            handing.state = "fault"
        with self._lock:
            self._threads.discard(threading.current_thread())

    def _hand_over(self, slug: str, handing: Handing, address: str) -> None:
        with contextlib.ExitStack() as held:
            with self._cabinet.lend(slug, in_use=False) as vault:
                if self._bounded and (vault.folder / VAULT_FILE).stat().st_size > FILE_BYTES_MAX:
                    raise UnableToHand(TOO_LARGE)
                whole, _ = backing.packed(vault)
                line, told = moving.listen(vault, address)
                chance = vault.chance
            held.callback(line.close)
            handing.address, handing.code = str(told["address"]), str(told["code"])
            handing.until_ms = self._clock.ticks_ms() + LISTEN_SECONDS_MAX * 1000
            handing.size = len(whole)
            handing.state = "waiting"

            def went(at_bytes: int) -> None:
                if handing.state != "going":
                    # It is noted before anything goes: what went may go on somewhere else.
                    moving.put_handed(held.enter_context(self._cabinet.lend(slug, in_use=False)))
                    handing.state = "going"
                handing.at = at_bytes

            def withdrawn() -> bool:
                locked = self._cabinet.used_seconds_ago(slug) is None
                self._cabinet.touch(slug)
                return handing.withdrawn or locked

            moving.give(line, handing.code, whole, chance, told=went, withdrawn=withdrawn)
