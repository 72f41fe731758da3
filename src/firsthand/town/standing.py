"""The town as it stands: its organisations served, its people alive, its doors known.

Organisations run as processes of their own, people live in a thread of this one.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from firsthand import app
from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance
from firsthand.foundation.settings import Settings
from firsthand.town.children import Child, Note
from firsthand.town.living import Town
from firsthand.town.organisations import Commands, Organisation, Staff, UnableToFound, both
from firsthand.town.people import PASSPHRASE, PEOPLE
from firsthand.vault.acts.opened import Vault


class Entrance(msgspec.Struct, frozen=True, kw_only=True):
    """A way into the town: a person's own pages, or (with `url`) those of staff."""

    name: str
    words: str
    login: str
    secret: str
    url: str = ""


class Standing:
    """Everything of the town but the pages of its people. Use `start`, then `close`."""

    def __init__(
        self,
        folder: Path,
        port: int,
        commands: Commands,
        settings: Settings,
        *,
        clock: Clock,
        chance: Chance,
        note: Note,
    ) -> None:
        """All is in `folder`; organisations take `port` and the next; `commands` run firsthand."""
        self._settings = settings
        self._clock = clock
        self._note = note
        self._organisations = both(folder, port, commands)
        self._children: list[Child] = []
        self._staff: dict[str, Staff] = {}
        self._ending = threading.Event()
        self._openings = [
            threading.Thread(target=self._open, args=(each,), name=f"opens {each.name}")
            for each in self._organisations
        ]
        self.town = Town(
            folder, self._organisations, self._opened, clock=clock, chance=chance, note=note
        )

    @property
    def vaults(self) -> Path:
        """The folder with a vault for each person."""
        return self.town.vaults

    def found(self) -> None:
        """Make the organisations, the first time. Raises `UnableToFound`."""
        with ThreadPoolExecutor(len(self._organisations)) as pool:
            staff = pool.map(Organisation.found, self._organisations)
            self._staff = {
                each.name: one for each, one in zip(self._organisations, staff, strict=True)
            }

    def start(self) -> None:
        """Serve the organisations and let people live; returns at once."""
        for each in self._openings:
            each.start()
        self.town.start()

    def close(self) -> None:
        """End all of it."""
        self._ending.set()
        for each in self._openings:
            if each.is_alive():
                each.join()
        for child in self._children:
            child.ask_to_end()
        self.town.close()
        for child in self._children:
            child.close()

    def entrances(self) -> list[Entrance]:
        """All ways in."""
        return [*self.people(), *self.organisations()]

    def people(self) -> list[Entrance]:
        """The people, with the passphrases that open what is theirs."""
        return [
            Entrance(name=each.name, words=each.words, login=each.key, secret=PASSPHRASE)
            for each in PEOPLE
        ]

    def organisations(self) -> list[Entrance]:
        """The organisations, with how staff sign in. Known once `found` has returned."""
        return [
            Entrance(
                name=each.name,
                words=each.words,
                login=self._staff[each.name].name,
                secret=self._staff[each.name].password,
                url=f"{each.url}/staff",
            )
            for each in self._organisations
        ]

    def _open(self, organisation: Organisation) -> None:
        """Publish, then serve: in this order, as one process at a time has the folder."""
        try:
            organisation.publish()
            child = organisation.child(self._clock, self._note)
            if not self._ending.is_set():
                self._children.append(child)
                child.start()
        except (UnableToFound, OSError) as error:
            self._note(f"{organisation.name} stays closed. {error}")

    def _opened(self, folder: Path, passphrase: str) -> Vault:
        return app.open_vault(folder, passphrase, self._settings, commands=True)
