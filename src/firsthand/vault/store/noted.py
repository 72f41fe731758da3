"""What this device saw of a vault last, kept away from its folder: a vault put back shows by it.

A folder that somebody else keeps (a disk in a network, a stick, a host) can be put back whole, as
it was last month, and everything in it fits. Only a second place knows better. The note holds how
often the vault was left and what names its pages, signed with a key that comes from the vault's
own: a note that was changed counts as none, one that is missing lets the vault pass.
"""

import hashlib
import hmac
from pathlib import Path

import msgspec

from firsthand.vault.store.faults import UnableToOpen
from firsthand.vault.store.files import OWNER_FOLDER, writing_whole
from firsthand.vault.store.seals import Seal

_BYTES_MAX = 4096
_LABEL = b"firsthand device note\x00"
_OLDER = (
    "The vault in {folder} is not as this device left it: an older copy was put in its place, or "
    "a part of it. Put back the newest copy. If you put this one there yourself, delete {note} "
    "and open it again."
)


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """How a vault was left last: how often that was, and its pages; open while somebody has it."""

    closed: int
    pages: str
    open: bool
    mac: str


def note_of(device: Path, folder: Path, vault: str) -> Path:
    """Where the note of the vault in `folder` is: a vault that was copied has one of its own."""
    name = hashlib.sha256(f"{vault}\x00{folder}".encode("utf-8", "surrogateescape")).hexdigest()
    return device / f"{name[:32]}.json"


def check(note: Path, folder: Path, key: bytes, seal: Seal | None) -> None:
    """Raise `UnableToOpen` unless the vault is as this device left it.

    After a crash it may be later than that, never earlier.
    """
    kept = _read(note, key)
    if kept is None or (kept.open and seal is None):
        return
    if (
        seal is None
        or seal.closed < kept.closed
        or (seal.closed == kept.closed and seal.pages != kept.pages)
    ):
        raise UnableToOpen(_OLDER.format(folder=folder, note=note))


def put(note: Path, key: bytes, *, closed: int, pages: str, still: bool, mark: str) -> None:
    """Note how the vault was left, or that it is open `still`. Raises `OSError`."""
    note.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    mac = _mac(key, closed, pages, still=still)
    with writing_whole(note, mark) as stream:
        stream.write(msgspec.json.encode(Note(closed=closed, pages=pages, open=still, mac=mac)))


def _read(note: Path, key: bytes) -> Note | None:
    try:
        with note.open("rb") as stream:
            kept = msgspec.json.decode(stream.read(_BYTES_MAX), type=Note)
    except (OSError, ValueError):
        return None
    said = _mac(key, kept.closed, kept.pages, still=kept.open)
    return kept if hmac.compare_digest(said.encode(), kept.mac.encode("utf-8", "replace")) else None


def _mac(key: bytes, closed: int, pages: str, *, still: bool) -> str:
    own = hmac.digest(key, _LABEL, hashlib.sha256)
    return hmac.new(own, msgspec.json.encode((closed, pages, still)), hashlib.sha256).hexdigest()
