"""How a vault was left, and whether what is found is that: seal, pages, the note of the device."""

import contextlib
import os
from pathlib import Path

from firsthand.vault.store import noted, seals
from firsthand.vault.store.faults import UnableToOpen

_NOT_LEFT = (
    "{name} is not the file that was left last: an older one, or a part of one, was put in its "
    "place. Put back all files of one backup. If it is yours as it is, delete {seal}."
)


class Leaving:
    """Of one opened vault: what was left before, and what it leaves."""

    def __init__(self, folder: Path, file: Path) -> None:
        """Take hold of the file, before the engine does. Raises `UnableToOpen`."""
        self._folder, self._file = folder, file
        self._stand: seals.Stand | None = None
        self._closed, self._pages = 0, ""
        self._note: Path | None = None
        try:
            self._held = seals.Held(file)
        except OSError as error:
            raise UnableToOpen(f"There is no {file.name} in {folder}.") from error

    def check(self, key: bytes, vault: str, device: Path | None, *, whole: bool) -> None:
        """Raise `UnableToOpen` where the vault is not as it was left.

        Who writes breaks the seal first: where there is one, the pages are those that it names and
        the log of writes is empty. whole: its pages are to be looked at. device: where the note is.
        """
        seal = seals.read(self._folder, key)
        if seal is not None:
            self._closed, self._pages = seal.closed, seal.pages
            self._stand = seals.stand_of(self._file)
            wrong = whole and (self._stand is None or self._held.pages() != seal.pages)
            if wrong and seals.read(self._folder, key) is not None:  # nobody writes meanwhile
                raise UnableToOpen(_NOT_LEFT.format(name=self._file, seal=seals.SEAL_FILE))
        if device is not None:
            self._note = noted.note_of(device, self._folder, vault)
            noted.check(self._note, self._folder, key, seal)

    def begin(self, key: bytes) -> None:
        """Note on the device that it is open: it may go on from here, and end by a crash."""
        self._put_note(key, still=True)

    def leave(self, key: bytes, openings: int) -> None:
        """Leave a seal, and note it. Where others still have it open, they will."""
        if seals.others_have(self._file):
            return
        stand = seals.stand_of(self._file)
        if stand is None or stand != self._stand:
            self._pages = self._held.pages()
        counted = (openings, self._closed + 1)
        if seals.leave(self._folder, self._pages, key, counted, f"{os.getpid()}") is not None:
            self._closed += 1
            self._put_note(key, still=False)

    def let_go(self) -> None:
        """Let go of the file, after the engine has. Once more is no error."""
        self._held.let_go()

    def _put_note(self, key: bytes, *, still: bool) -> None:
        if self._note is not None:
            with contextlib.suppress(OSError):
                noted.put(
                    self._note, key, closed=self._closed, pages=self._pages, still=still,
                    mark=f"{os.getpid()}",
                )  # fmt: skip
