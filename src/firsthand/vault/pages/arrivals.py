"""Vaults that come from elsewhere: opened and taken in by a thread, while a page says how far.

Whoever brings one has nothing here yet, so an arrival is known by a cookie of its own. Two are
taken in at a time, as each is held in memory; what came of one is told once.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.foundation.web.sessions import Sessions
from firsthand.vault.acts import backing, noticing, unlocking
from firsthand.vault.acts.backing import UnableToRestore
from firsthand.vault.gate.handing import UnableToHand
from firsthand.vault.pages.cabinet import CALLED, Busy, Cabinet
from firsthand.vault.store import UnableToCreate

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance

ARRIVING_AT_ONCE: Final = 2
KEPT_MAX: Final = 24
TOLD_SECONDS_MAX: Final = 30 * 60
END_SECONDS_MAX: Final = 5.0
# A host for many takes no more than this out of one file; a person's own machine has no such limit.
UNPACKED_BYTES_MAX: Final = 1024 * 1024 * 1024
TOO_LARGE: Final = (
    "What is in it is larger than this place takes. `firsthand vault restore` on a machine of your "
    "own takes it. Nothing was made."
)
TAKEN: Final = "Somebody here has this name already. Choose another one, and bring it again."
BROKEN: Final = "It could not be taken in: it is our fault, not yours. Nothing was made."
log = logging.getLogger("firsthand.vault.pages")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where it shall be: the vault's folder name, its person's name, and what opens it here."""

    slug: str
    called: str
    passphrase: str


class Arrival(msgspec.Struct, kw_only=True):
    """One vault on its way in. `way` is "backup" or "code"; at and size are bytes, 0 if unknown.

    `typed` is what need not be typed again. In the end there is a `fault`, or `made`:
    `{"code", "called", "proved_ms"}`.
    """

    way: str
    slug: str
    typed: dict[str, str] = {}
    says: str = "It begins."
    at: int = 0
    size: int = 0
    fault: str = ""
    made: dict[str, Any] | None = None

    @property
    def state(self) -> str:
        """How it stands: "going", "fault" or "made"."""
        return "fault" if self.fault else "made" if self.made is not None else "going"

    def tell(self, says: str, at: int = 0, size: int = 0) -> None:
        """Note how far it is."""
        self.says, self.at, self.size = says, at, size


class Arrivals:
    """Every vault on its way in, by the token of who brings it. Safe between threads."""

    def __init__(self, cabinet: Cabinet, clock: Clock, chance: Chance, *, bounded: bool) -> None:
        """None is on its way. `bounded`: strangers bring theirs, so there is a most."""
        self._cabinet, self._clock, self._chance = cabinet, clock, chance
        self._bounded = bounded
        self._kept = Sessions[Arrival](
            clock=clock, chance=chance, idle_seconds_max=TOLD_SECONDS_MAX, count_max=KEPT_MAX
        )
        self._threads = set[threading.Thread]()
        self._lock = threading.Lock()

    def read(self, token: str | None) -> Arrival | None:
        """What somebody brings, or None."""
        return self._kept.read(token)

    def forget(self, token: str | None) -> None:
        """It was told what came of it."""
        self._kept.close(token)

    def begin(
        self, arrival: Arrival, place: Place, fetch: Callable[[Arrival], bytes], name: str
    ) -> str:
        """Take a vault in; `fetch` gets what a backup holds. Its token. Raises `Busy`."""
        thread = threading.Thread(
            target=self._run, args=(arrival, place, fetch, name), name="vault arrival", daemon=True
        )
        with self._lock:
            if len(self._threads) >= ARRIVING_AT_ONCE:
                raise Busy(
                    "Others are bringing their data right now. Please try again in a minute."
                )
            self._threads.add(thread)
        thread.start()
        return self._kept.open(arrival)

    def close(self) -> None:
        """Wait a little for what is on its way: the program ends."""
        with self._lock:
            threads = set(self._threads)
        for thread in threads:
            thread.join(END_SECONDS_MAX)

    def _run(
        self, arrival: Arrival, place: Place, fetch: Callable[[Arrival], bytes], name: str
    ) -> None:
        try:
            arrival.made = self._made(arrival, place, fetch, name)
        except (UnableToRestore, UnableToHand, Busy) as error:
            arrival.fault = str(error)
        except UnableToCreate:
            arrival.fault = TAKEN
        except Exception as error:  # noqa: BLE001 - it is told of on its page
            log.warning("A vault could not be taken in: %s", type(error).__name__)
            arrival.fault = BROKEN
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _made(
        self, arrival: Arrival, place: Place, fetch: Callable[[Arrival], bytes], name: str
    ) -> dict[str, Any]:
        whole = fetch(arrival)
        if self._bounded and backing.unpacked_bytes(whole) > UNPACKED_BYTES_MAX:
            raise UnableToRestore(TOO_LARGE)
        arrival.tell("It is put into a file of your own, encrypted for your new passphrase.")
        made = backing.restore(
            self._cabinet.place(place.slug),
            place.passphrase,
            whole,
            name=name,
            chance=self._chance,
            clock=self._clock,
            told=lambda at, size: arrival.tell("Your things are put in.", at, size),
        )
        del whole
        self._cabinet.unlock(place.slug, place.passphrase)
        with self._cabinet.lend(place.slug) as vault:
            if place.called:
                with vault.store.transaction() as tx:
                    tx.run("meta.put", key=CALLED, value=place.called)
            row = vault.store.row("meta.get", key=CALLED)
            noticing.notice_soon(vault, self._clock.now().date())
            self._cabinet.touch(place.slug, unlocking.lock_after(vault))
        return {
            "code": str(made["recovery_code"]),
            "called": str(row["value"]) if row else place.slug,
            "proved_ms": self._clock.ticks_ms(),
        }
