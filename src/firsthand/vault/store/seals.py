"""A seal: this file is as it was left, and every page of it was looked at not long ago.

Looking at every page takes seconds where there are a million things. So whoever closes a vault last
leaves a seal beside it: how the file stands on its disk (size, times, number), signed with a key
that comes from the vault's own. A file that fits its seal opens at once. One that was copied, put
back, written by anything else or left by a crash does not fit, and is looked at whole first.

The seal also names all pages, by the tags that the engine signs each with. A page of last week is
in order by itself: only beside the others of today it shows. Whoever writes takes the seal away
first, so where there is one, every page is the one that was left.

A seal is no proof against a disk that changes bytes by itself: so a vault that stays open is looked
at whole in the background, and no more than `OPENINGS_MAX` openings go by without a whole look.
"""

import hashlib
import hmac
import os
import threading
from pathlib import Path
from typing import ClassVar

import msgspec

from firsthand.vault.store.files import sync_folder, writing_whole

SEAL_FILE = "seal.json"
VAULT_FILE = "vault.db"
OPENINGS_MAX = 20
_BYTES_MAX = 4096
_PAGE_BYTES, _TAG_BYTES = 4096, 64  # of SQLCipher 4: a tag is HMAC-SHA512, at the end of its page
_AT_ONCE_BYTES = 1024 * _PAGE_BYTES
_LABEL = b"firsthand vault seal 2\x00"


class Stand(msgspec.Struct, frozen=True):
    """How a file stands on its disk, as its file system says it; times in nanoseconds."""

    size_bytes: int
    changed_ns: int
    moved_ns: int
    number: int
    device: int


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What was left: how the file stood, how often it was opened since it was looked at, its pages.

    `closed` counts how often it was left: it only grows.
    """

    stand: Stand
    openings: int
    closed: int
    pages: str
    mac: str


def stand_of(file: Path) -> Stand | None:
    """How `file` stands, or None where a log of writes lies beside it: a crash left it so."""
    log = file.with_name(f"{file.name}-wal")
    try:
        if log.exists() and log.stat().st_size:
            return None
        seen = os.stat(file)  # noqa: PTH116 - never opened: closing it would drop SQLite's locks
    except OSError:
        return None
    return Stand(seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_dev)


def read(folder: Path, key: bytes) -> Seal | None:
    """The seal that was left in `folder` under this key, or None where there is none."""
    try:
        with (folder / SEAL_FILE).open("rb") as stream:
            seal = msgspec.json.decode(stream.read(_BYTES_MAX), type=Seal)
    except (OSError, ValueError):
        return None
    said = _mac(key, seal)
    fine = hmac.compare_digest(said.encode(), seal.mac.encode("utf-8", "replace"))
    return seal if fine else None


def fits(folder: Path, file: Path, key: bytes) -> int | None:
    """How many openings there were since the last whole look, or None: then look at it whole."""
    seal = read(folder, key)
    if seal is None or seal.stand != stand_of(file):
        return None
    return seal.openings if 0 <= seal.openings < OPENINGS_MAX else None


def leave(folder: Path, pages: str, key: bytes, counted: tuple[int, int], mark: str) -> Seal | None:
    """Seal the vault's file as it stands now; `counted` is its openings and how often it was left.

    None where that cannot be written, or where somebody has it open: the next opening looks whole.
    """
    file = folder / VAULT_FILE
    stand = stand_of(file)
    if stand is None or others_have(file):
        return None
    bare = Seal(stand=stand, openings=counted[0], closed=counted[1], pages=pages, mac="")
    seal = msgspec.structs.replace(bare, mac=_mac(key, bare))
    try:
        with writing_whole(folder / SEAL_FILE, mark) as stream:
            stream.write(msgspec.json.encode(seal))
    except OSError:
        return None
    if others_have(file) or stand_of(file) != stand:
        break_seal(folder)
        return None
    return seal


def break_seal(folder: Path) -> None:
    """Take the seal away, for good, before anything is written. There may be none."""
    try:
        (folder / SEAL_FILE).unlink()
    except OSError:
        return
    sync_folder(folder)


def others_have(file: Path) -> bool:
    """Whether anybody has it open: the engine's log is there for as long."""
    return file.with_name(f"{file.name}-wal").exists()


class Held:
    """A line to the file beside the engine's, for reading its bytes.

    Closing any descriptor of a file drops the engine's locks on it in this whole process (POSIX).
    So all who have a file open here share one, and the last of them closes it.
    """

    _shared: ClassVar[dict[tuple[int, int], list[int]]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, file: Path) -> None:
        """Take hold. Raises `OSError`."""
        with self._lock:
            seen = os.stat(file)  # noqa: PTH116 - never opened twice, see above
            self._number = (seen.st_dev, seen.st_ino)
            held = self._shared.setdefault(self._number, [-1, 0])
            if not held[1]:
                held[0] = os.open(file, os.O_RDONLY)
            held[1] += 1
            self._holds = True

    def pages(self) -> str:
        """What names every page as it is now: SHA-256 over their tags."""
        descriptor, whole, at = self._shared[self._number][0], hashlib.sha256(), 0
        while chunk := os.pread(descriptor, _AT_ONCE_BYTES, at):
            at += len(chunk)
            ends = range(_PAGE_BYTES, len(chunk) + 1, _PAGE_BYTES)
            whole.update(b"".join(chunk[end - _TAG_BYTES : end] for end in ends))
        return f"{at}:{whole.hexdigest()}"

    def let_go(self) -> None:
        """Let go, after the engine's lines are closed; the last one closes it."""
        with self._lock:
            if not self._holds:
                return
            self._holds = False
            held = self._shared[self._number]
            held[1] -= 1
            if not held[1]:
                os.close(held[0])
                del self._shared[self._number]


def _mac(key: bytes, seal: Seal) -> str:
    own = hmac.digest(key, _LABEL, hashlib.sha256)
    said = (seal.stand, seal.openings, seal.closed, seal.pages)
    return hmac.new(own, msgspec.json.encode(said), hashlib.sha256).hexdigest()
