"""Endings that wait, outside the encrypted file, so that they are sent while that is locked.

One file for each: the address, the signed words, the signature, and once it came the answer. Who
has the disk sees from it which organisation a deal is being ended with, and nothing else.
"""

from pathlib import Path

import msgspec

from firsthand.protocol.canonical import UnableToReadJson, read_json, sha256_hex
from firsthand.protocol.changes import read_ending
from firsthand.protocol.receipts import Ending
from firsthand.protocol.refusals import Refused
from firsthand.protocol.wire import PATH_ERASURES, PATH_REVOCATIONS, STATEMENT_BYTES_MAX
from firsthand.vault.store.files import OWNER_FOLDER, sync_folder, writing_whole

FOLDER = "spool"
PATHS = {"revocation": PATH_REVOCATIONS, "erasure": PATH_ERASURES}
FILES_MAX = 1000
FILE_BYTES_MAX = 4 * STATEMENT_BYTES_MAX
_NAME_CHARS = 32


class Spooled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signed ending as it is sent, and what was answered.

    ``literal``: a person typed this address, so it may be on this machine. ``status`` and
    ``answer`` are None until there is an answer that says something lasting.
    """

    url: str
    path: str
    body: str
    headers: dict[str, str]
    literal: bool = False
    status: int | None = None
    answer: str | None = None

    @property
    def kind(self) -> str:
        """``revocation`` or ``erasure``; raises ``LookupError`` for any other path."""
        for kind, path in PATHS.items():
            if path == self.path:
                return kind
        raise LookupError(self.path)

    @property
    def ending(self) -> Ending:
        """What was signed. Raises ``Refused``."""
        return read_ending(self.body.encode())


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the spool; ``spooled`` is None where it cannot be read."""

    place: Path
    spooled: Spooled | None


def place_of(vault: Path, agreement: str, kind: str) -> Path:
    """Where the ending of this agreement stands: the same one never stands there twice."""
    name = sha256_hex(f"{kind} {agreement}".encode())[:_NAME_CHARS]
    return vault / FOLDER / f"{name}.json"


def put(place: Path, spooled: Spooled, mark: str) -> None:
    """Return when it is on the disk. ``mark`` makes an unfinished name. Raises ``OSError``."""
    if not place.parent.is_dir():
        place.parent.mkdir(mode=OWNER_FOLDER, exist_ok=True)
        sync_folder(place.parent.parent)
    with writing_whole(place, mark) as stream:
        stream.write(msgspec.json.encode(spooled))


def drop(place: Path) -> None:
    """Let go of an ending that the vault itself knows to be settled."""
    if place.exists():
        place.unlink(missing_ok=True)
        sync_folder(place.parent)


def read(place: Path) -> Spooled | None:
    """One file of the spool; None where it is no ending, or is not there any more."""
    try:
        with place.open("rb") as stream:
            raw = stream.read(FILE_BYTES_MAX + 1)
        if len(raw) > FILE_BYTES_MAX:
            return None
        spooled = msgspec.convert(read_json(raw), Spooled)
        _ = spooled.kind, spooled.ending
    except (OSError, UnableToReadJson, msgspec.ValidationError, LookupError, Refused):
        return None
    return spooled


def files(vault: Path) -> list[File]:
    """Everything in the spool of the vault in this folder, by name."""
    try:
        names = sorted((vault / FOLDER).glob("[0-9a-f]*.json"))[:FILES_MAX]
    except OSError:
        return []
    return [File(place=place, spooled=read(place)) for place in names]


def waiting(vault: Path) -> list[Path]:
    """The endings that were not answered yet."""
    found = files(vault)
    return [each.place for each in found if each.spooled and each.spooled.status is None]
