"""The vaults that are open: one for each person, opened by a passphrase, closed when idle.

A vault is lent to a request and cannot be closed under it. Passphrases are checked two at a time,
as each check costs 64 MiB on purpose; who waits for too long is told so.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from firsthand.vault.store import UnableToOpen, UnableToUnlock
from firsthand.vault.store import slots as slot_rules
from firsthand.vault.store.store import VAULT_FILE, read_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Secret

OPEN_MAX: Final = 64
CHECKS_AT_ONCE: Final = 2
CHECKS_WAITING_MAX: Final = 8
CHECK_WAIT_SECONDS_MAX: Final = 10.0
IDLE_SECONDS_MAX: Final = 15 * 60
CALLED: Final = "called"  # the note in a vault of what its person is called
SAID_TO_NOBODY: Final = "This name and this passphrase do not open anything here. Try again."


class Busy(Exception):
    """Too many people are opening their data right now. Nothing is wrong: try again shortly."""


class Locked(LookupError):
    """It is locked: it was idle for too long, or locked from another place. Open it again."""


@dataclass(kw_only=True)
class _Drawer:
    vault: Vault
    used_ms: float
    idle_ms: float
    lent: int = 0
    leaving: bool = False


class Cabinet:
    """The open vaults below one folder, by the name of their own folder. Safe between threads."""

    def __init__(
        self,
        folder: Path,
        open_vault: Callable[[Path, Secret], Vault],
        *,
        clock: Clock,
        chance: Chance,
        single: Path | None = None,
        open_max: int = OPEN_MAX,
        idle_seconds_max: int = IDLE_SECONDS_MAX,
    ) -> None:
        """Keep the vaults in `folder`, or only the one in `single`."""
        self._folder, self._single, self._open_vault = folder, single, open_vault
        self._clock, self._chance = clock, chance
        self._open_max, self._idle_ms = open_max, idle_seconds_max * 1000.0
        self._drawers: dict[str, _Drawer] = {}
        self._ids: dict[str, str] = {}
        self._lock = threading.RLock()
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)
        self._waiting = 0
        self._decoy: slot_rules.Slots | None = None

    def place(self, slug: str) -> Path:
        """The folder of the vault called `slug`."""
        return self._single if self._single is not None else self._folder / slug

    def folders(self, *, locked: bool = False) -> list[Path]:
        """The folders of all vaults here, or only of those that are `locked` now."""
        try:
            every = sorted(self._folder.iterdir()) if self._single is None else [self._single]
        except OSError:
            return []
        found = [folder for folder in every if (folder / VAULT_FILE).is_file()]
        opened = set(self.open_now()) if locked else set()
        return [folder for folder in found if folder.name not in opened]

    def there_is(self, slug: str) -> bool:
        """Whether there is a vault called `slug`. Never shown to who has not its passphrase."""
        return bool(slug) and (self.place(slug) / VAULT_FILE).is_file()

    def slug_of(self, vault: str) -> str | None:
        """The name of the vault with this id, or None: a passkey knows the id alone."""
        for folder in self.folders():
            slug = folder.name
            if slug not in self._ids:
                try:
                    self._ids[slug] = read_slots(folder).vault
                except (UnableToOpen, UnableToUnlock):
                    continue
            if self._ids[slug] == vault:
                return slug
        return None

    def unlock(self, slug: str, secret: Secret) -> None:
        """Open the vault `slug` by what its person gave, unless it is open already.

        Raises `UnableToUnlock` with the same words, after the same work, for a wrong passphrase
        and for a person that there is not; `Busy`, `UnableToOpen`.
        """
        with self._check():
            with self._lock:
                drawer = self._drawers.get(slug)
            if drawer is not None or not self.there_is(slug):
                self._prove(slug, secret)
                self.touch(slug)
                return
            self._make_room()
            try:
                vault = self._open_vault(self.place(slug), secret)
            except UnableToUnlock as error:
                raise UnableToUnlock(SAID_TO_NOBODY) from error
        self._put(slug, vault)

    def touch(self, slug: str, idle_minutes: int | None = None) -> None:
        """Note that the vault `slug` is in use, and after how long without that it is closed."""
        with self._lock:
            drawer = self._drawers.get(slug)
            if drawer is not None:
                drawer.used_ms = self._clock.ticks_ms()
                if idle_minutes is not None:
                    drawer.idle_ms = idle_minutes * 60_000.0

    def idle_seconds(self, slug: str) -> float:
        """After how many seconds without use the vault `slug` is closed."""
        with self._lock:
            drawer = self._drawers.get(slug)
            return (self._idle_ms if drawer is None else drawer.idle_ms) / 1000

    def proves(self, slug: str, secret: Secret) -> bool:
        """Whether `secret` opens the vault `slug`: asked again before what is hard to undo.

        Raises `Busy`.
        """
        with self._check():
            try:
                self._prove(slug, secret)
            except UnableToUnlock:
                return False
            return True

    @contextmanager
    def lend(self, slug: str, *, in_use: bool = True) -> Iterator[Vault]:
        """Lend the open vault `slug`; it stays open until it is given back. Raises `Locked`.

        `in_use` is False for work in the background, which does not keep a vault open.
        """
        with self._lock:
            drawer = self._drawers.get(slug)
            if drawer is None:
                raise Locked(slug)
            drawer.lent += 1
            if in_use:
                drawer.used_ms = self._clock.ticks_ms()
        try:
            yield drawer.vault
        finally:
            with self._lock:
                drawer.lent -= 1
                last = drawer.leaving and not drawer.lent
            if last:
                drawer.vault.close()

    def open_now(self) -> list[str]:
        """The names of the vaults that are open."""
        with self._lock:
            return list(self._drawers)

    def used_seconds_ago(self, slug: str) -> float | None:
        """How long ago somebody used the vault `slug`; None if it is not open."""
        with self._lock:
            drawer = self._drawers.get(slug)
            return None if drawer is None else (self._clock.ticks_ms() - drawer.used_ms) / 1000

    def close(self, slug: str) -> None:
        """Let nobody use the vault `slug` any more; it is closed when the last loan is back.

        A vault that is not open is no error.
        """
        with self._lock:
            drawer = self._drawers.pop(slug, None)
            if drawer is None:
                return
            drawer.leaving = True
            if drawer.lent:
                return
        drawer.vault.close()

    def close_idle(self) -> list[str]:
        """Close what nobody has used for a while; return the names."""
        now = self._clock.ticks_ms()
        with self._lock:
            idle = [s for s, d in self._drawers.items() if now - d.used_ms > d.idle_ms]
        for slug in idle:
            self.close(slug)
        return idle

    def close_all(self) -> None:
        """Close everything: the program ends."""
        for slug in self.open_now():
            self.close(slug)

    def _put(self, slug: str, vault: Vault) -> None:
        with self._lock:
            if slug not in self._drawers:
                now = self._clock.ticks_ms()
                self._drawers[slug] = _Drawer(vault=vault, used_ms=now, idle_ms=self._idle_ms)
                return
        vault.close()  # somebody with the same passphrase was quicker

    def _make_room(self) -> None:
        if len(self.open_now()) >= self._open_max:
            self.close_idle()  # who has gone makes room for who comes
        if len(self.open_now()) >= self._open_max:
            raise Busy("As many people as fit are here right now. Please try again in a minute.")

    def _prove(self, slug: str, secret: Secret) -> None:
        if self.there_is(slug):
            try:
                slot_rules.unlock(read_slots(self.place(slug)), secret)
            except UnableToUnlock as error:
                raise UnableToUnlock(SAID_TO_NOBODY) from error
            return
        if self._decoy is None:
            token = self._chance.token()
            self._decoy, _, _ = slot_rules.create_slots(token, self._chance, vault=token)
        try:
            slot_rules.unlock(self._decoy, secret)
        except UnableToUnlock:
            raise UnableToUnlock(SAID_TO_NOBODY) from None

    @contextmanager
    def _check(self) -> Iterator[None]:
        with self._lock:
            if self._waiting >= CHECKS_WAITING_MAX:
                raise Busy("Many people are opening their data right now. Try again in a minute.")
            self._waiting += 1
        try:
            if not self._checks.acquire(timeout=CHECK_WAIT_SECONDS_MAX):
                raise Busy("Many people are opening their data right now. Try again in a minute.")
        finally:
            with self._lock:
                self._waiting -= 1
        try:
            yield
        finally:
            self._checks.release()
