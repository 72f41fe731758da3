"""Visit: large files of who has no vault yet, in sealed slices under keys that are in memory alone.

They lie in a folder beside the vaults, and go when the visit ends, or when the program does; what
a program that was killed left there is noise without its keys, and is erased by the next one. Who
makes a vault takes them along. Strangers send them, so there is a most for everything.
"""

import contextlib
import shutil
import threading
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance
from firsthand.vault.acts import uploading
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.uploading import Bounds, Upload, UploadRefused
from firsthand.vault.bring.spooling import Spool, UnableToSpool

FILES_MAX: Final = 20
THINGS: Final = "things"
BACKUP: Final = "backup"
_BUSY: Final = (
    "Others are sending large files from this page right now. Try again in half an hour, or make "
    "your own place first, under “Keep”, and bring it there."
)
_GONE: Final = (
    "What you sent is not here any more: it is kept for half an hour. Choose the file again."
)


class Sent(msgspec.Struct, kw_only=True):
    """What one visitor sends, for one purpose: `THINGS` or `BACKUP`."""

    visit: str
    purpose: str
    uploads: list[Upload] = []


class Visits:
    """What all visitors send, by the token of their visit. Safe between threads."""

    def __init__(self, folder: Path, bounds: Bounds, clock: Clock, chance: Chance) -> None:
        """None has sent anything; what is left in `folder` of an earlier process is erased."""
        self.folder, self._bounds = folder, bounds
        self._clock, self._chance = clock, chance
        self._sent: list[Sent] = []
        self._lock = threading.RLock()
        self._erase_all()

    def largest(self, purpose: str) -> int:
        """How large a file may be, in bytes."""
        bounds = self._bounds
        return bounds.visit_bytes_max if purpose == THINGS else bounds.backup_bytes_max

    def begin(
        self, visit: str, purpose: str, name: str, size_bytes: int, known_by: str
    ) -> dict[str, Any]:
        """Begin to take a file, or go on with that of the same visit that is known by the same.

        Returns `{"id", "received_bytes", "slice_bytes"}`. Raises `UploadRefused`.
        """
        with self._lock:
            sent = self._of(visit, purpose) or Sent(visit=visit, purpose=purpose)
            known = next((each for each in sent.uploads if each.mark == known_by), None)
            if known is None:
                self._check_room(sent, size_bytes)
                known = uploading.new_upload(name, size_bytes, known_by, self._clock, self._chance)
                sent.uploads.append(known)
                if sent not in self._sent:
                    self._sent.append(sent)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            received = self._spool(known).mend(2 * self._bounds.slice_bytes)
        except (OSError, UnableToSpool) as error:
            raise uploading.no_room() from error
        return uploading.told_of(known, received, self._bounds)

    def add(self, visit: str, purpose: str, id: str, at: int, content: bytes) -> int:
        """Keep the next slice; returns how much has come. Raises `UploadRefused`."""
        upload = self.one(visit, purpose, id)
        part = (at, content)
        return uploading.add_to(self._spool(upload), self.folder, self._bounds, self._chance, part)

    def one(self, visit: str, purpose: str, id: str) -> Upload:
        """One file of a visit. Raises `UploadRefused` where it is not there."""
        sent = self._of(visit, purpose)
        for each in sent.uploads if sent else []:
            if each.id == id and self._path(each).is_file():
                return each
        raise UploadRefused(_GONE, status=404)

    def is_whole(self, upload: Upload) -> bool:
        """Whether it has come to its end."""
        return self._spool(upload).received_bytes == upload.size_bytes

    def has_sent(self, visit: str) -> bool:
        """Whether something of this visit is on its way or here."""
        return any(each.visit == visit for each in self._sent)

    def open(self, upload: Upload) -> BinaryIO:
        """What has come of a file, as it was sent. Raises `OSError`."""
        return self._spool(upload).open()

    def hand_over(self, visit: str, vault: Vault) -> list[str]:
        """Give what was sent to be read to the visitor's own vault; the ids of what is whole.

        What is still on its way goes along, and can be gone on with there.
        """
        sent, ids = self._of(visit, THINGS), []
        for each in sent.uploads if sent else []:
            with contextlib.suppress(UploadRefused):
                whole = self.is_whole(each)
                id = uploading.take_over(vault, each, self._path(each))
                ids += [id] if whole else []
        self.forget(visit)
        return ids

    def forget(self, visit: str, purpose: str = "") -> None:
        """Erase what a visit sent, its keys first."""
        with self._lock:
            gone = [e for e in self._sent if e.visit == visit and purpose in {"", e.purpose}]
            self._sent = [each for each in self._sent if each not in gone]
        for sent in gone:
            for upload in sent.uploads:
                with contextlib.suppress(OSError):
                    self._path(upload).unlink(missing_ok=True)

    def close(self) -> None:
        """Erase everything: the program ends."""
        with self._lock:
            self._sent = []
        self._erase_all()

    def _of(self, visit: str, purpose: str) -> Sent | None:
        with self._lock:
            for each in self._sent:
                if (each.visit, each.purpose) == (visit, purpose):
                    return each
        return None

    def _check_room(self, sent: Sent, size_bytes: int) -> None:
        most = self.largest(sent.purpose)
        own = sum(each.size_bytes for each in sent.uploads)
        if not 0 < size_bytes <= most - own or len(sent.uploads) >= FILES_MAX:
            words = uploading.in_words(most)
            raise UploadRefused(
                f"At most {words} may be sent here before there is a place of your own. Make it "
                "first, under “Keep”, and bring the file there."
                if sent.purpose == THINGS
                else f"That is larger than what this page takes: {words}. It comes in by the "
                "command “firsthand vault restore” on a machine of your own.",
                status=413,
            )
        all_of = [each for other in self._sent for each in other.uploads]
        asked = sum(each.size_bytes for each in all_of) + size_bytes
        others = {each.visit for each in self._sent} - {sent.visit}
        if asked > self._bounds.visits_bytes_max or len(others) >= self._bounds.visits_max:
            raise UploadRefused(_BUSY, status=503)
        place = next(each for each in (self.folder, *self.folder.parents) if each.is_dir())
        to_come = sum(each.size_bytes - self._spool(each).received_bytes for each in all_of)
        free = shutil.disk_usage(place).free
        if free < size_bytes + to_come + self._bounds.free_bytes_min:
            raise uploading.no_room()

    def _erase_all(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, upload: Upload) -> Path:
        return self.folder / upload.id

    def _spool(self, upload: Upload) -> Spool:
        return Spool(self._path(upload), id=upload.id, key=upload.key, size_bytes=upload.size_bytes)
