"""A seal: this file is as it was left, and every page of it was looked at not long ago.

Looking at every page takes seconds where there are a million things. So whoever closes a vault last
leaves a seal beside it: how the file stands on its disk (size, times, number), signed with a key
that comes from the vault's own. A file that fits its seal opens at once. One that was copied, put
back, written by anything else or left by a crash does not fit, and is looked at whole first.

A seal is no proof against a disk that changes bytes by itself: so a vault that stays open is looked
at whole in the background, and no more than `OPENINGS_MAX` openings go by without a whole look.
"""

import hashlib
import hmac
import os
from pathlib import Path

import msgspec

from firsthand.vault.store.files import writing_whole

SEAL_FILE = "seal.json"
OPENINGS_MAX = 20
_BYTES_MAX = 4096
_LABEL = b"firsthand vault seal\x00"


class Stand(msgspec.Struct, frozen=True):
    """How a file stands on its disk, as its file system says it; times in nanoseconds."""

    size_bytes: int
    changed_ns: int
    moved_ns: int
    number: int
    device: int


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What was left: how the file stood, and how often it was opened since it was looked at."""

    stand: Stand
    openings: int
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


def fits(folder: Path, file: Path, key: bytes) -> int | None:
    """How many openings there were since the last whole look, or None: then look at it whole."""
    stand = stand_of(file)
    try:
        with (folder / SEAL_FILE).open("rb") as stream:
            seal = msgspec.json.decode(stream.read(_BYTES_MAX), type=Seal)
    except (OSError, ValueError):
        return None
    said = _mac(key, seal.stand, seal.openings)
    if not hmac.compare_digest(said.encode(), seal.mac.encode("utf-8", "replace")):
        return None
    return seal.openings if seal.stand == stand and 0 <= seal.openings < OPENINGS_MAX else None


def leave(folder: Path, file: Path, key: bytes, openings: int, mark: str) -> None:
    """Seal `file` as it stands now. Where that cannot be written, the next opening looks whole."""
    stand = stand_of(file)
    if stand is None:
        return
    seal = Seal(stand=stand, openings=openings, mac=_mac(key, stand, openings))
    try:
        with writing_whole(folder / SEAL_FILE, mark) as stream:
            stream.write(msgspec.json.encode(seal))
    except OSError:
        return


def _mac(key: bytes, stand: Stand, openings: int) -> str:
    own = hmac.digest(key, _LABEL, hashlib.sha256)
    return hmac.new(own, msgspec.json.encode((stand, openings)), hashlib.sha256).hexdigest()
