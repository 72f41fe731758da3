"""Upload: a large file comes in slices, lies encrypted beside the vault, is read, and goes.

What is known of an upload, its key above all, is a row in the vault's encrypted file. Its slices
are in one file, in a folder beside that one. Once the row has gone they are noise for good.
"""

import contextlib
import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.ids import Chance
from firsthand.vault.acts import bringing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.bring.going import Control, Tell, silent
from firsthand.vault.bring.spooling import KEY_BYTES, SliceRefused, Spool, UnableToSpool
from firsthand.vault.store.portable import UPLOAD_KEY

FOLDER: Final = "uploads"
AT_ONCE_MAX: Final = 20
NAME_CHARACTERS_MAX: Final = 120
STALE: Final = timedelta(days=1)
MB: Final = 1_000_000
MIB: Final = 1024 * 1024
_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How much may come by slices, in bytes.

    upload: the largest file. spool: all that lies beside one vault. slices: what one of them has,
    a multiple of 64 KiB. by_slices: from where a page sends so. free: what stays free on the disk.
    visit, visits: what one may send who has no vault yet, and all of them together; there are at
    most `visits_max` of them at a time. backup: the largest vault to be put back by a page.
    """

    upload_bytes_max: int = 20_000 * MB
    spool_bytes_max: int = 20_000 * MB
    slice_bytes: int = 4 * MIB
    by_slices_bytes_min: int = 64 * MIB
    free_bytes_min: int = 512 * MIB
    visit_bytes_max: int = 2_000 * MB
    visits_bytes_max: int = 8_000 * MB
    visits_max: int = 8
    backup_bytes_max: int = 250 * MB


class Upload(msgspec.Struct, kw_only=True):
    """What is known of one upload. `mark` is what the same file is known again by."""

    id: str
    name: str
    size_bytes: int
    mark: str
    key: bytes
    begun_at: str
    questions: list[dict[str, Any]] = []
    answers: dict[str, str] = {}


class UploadRefused(Exception):
    """An upload, or a slice of one, was not taken; the message says why and what to do.

    `received_bytes` says from where it goes on, where that would help. Nothing was changed.
    """

    def __init__(self, message: str, *, status: int, received_bytes: int | None = None) -> None:
        super().__init__(message)
        self.status, self.received_bytes = status, received_bytes


def begin(
    vault: Vault, bounds: Bounds, name: str, size_bytes: int, ends: bytes, *, changed: str = ""
) -> dict[str, Any]:
    """Begin an upload, or go on with that of the same file.

    ends: the first and the last bytes of the file, by which it is known again together with its
    size and `changed` (when it was changed last, as its own machine says). Returns `{"id",
    "received_bytes", "slice_bytes"}`. Raises `UploadRefused`.
    """
    digest = mark(size_bytes, ends, changed)
    for known in _uploads(vault):
        if known.mark == digest:
            return told_of(known, _kept(vault, known).mend(2 * bounds.slice_bytes), bounds)
    _check_room(vault, bounds, size_bytes)
    upload = new_upload(name, size_bytes, digest, vault.clock, vault.chance)
    try:
        (vault.folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        received = _kept(vault, upload).mend(0)
    except (OSError, UnableToSpool) as error:
        raise no_room() from error
    _put(vault, upload)
    return told_of(upload, received, bounds)


def add_slice(vault: Vault, bounds: Bounds, id: str, at: int, content: bytes) -> int:
    """Keep the next slice of an upload; returns how much has come. Raises `UploadRefused`."""
    upload = _upload(vault, id)
    return add_to(_kept(vault, upload), vault.folder, bounds, vault.chance, (at, content))


def add_to(
    spool: Spool, folder: Path, bounds: Bounds, chance: Chance, part: tuple[int, bytes]
) -> int:
    """Keep a slice, given with its place, while the disk of `folder` has room. The same errors."""
    at, content = part
    if shutil.disk_usage(folder).free < bounds.free_bytes_min + len(content):
        raise no_room(spool.received_bytes)
    try:
        return spool.add(at, content, chance, slice_bytes=bounds.slice_bytes)
    except SliceRefused as error:
        raise UploadRefused(
            f"{error} It goes on from byte {error.received_bytes}.",
            status=409,
            received_bytes=error.received_bytes,
        ) from error
    except UnableToSpool as error:
        raise no_room(spool.received_bytes) from error


def take_over(vault: Vault, upload: Upload, path: Path) -> str:
    """Have an upload that began before there was this vault, with all that has come; its id.

    Raises `UploadRefused` where nothing of it is there any more.
    """
    try:
        (vault.folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        shutil.move(path, vault.folder / FOLDER / upload.id)
    except OSError as error:
        raise _gone() from error
    _put(vault, upload)
    return upload.id


def waiting(vault: Vault) -> list[dict[str, Any]]:
    """What is on its way or waits to be read, the oldest first.

    Each is `{"id", "name", "size_bytes", "received_bytes", "whole", "questions"}`.
    """
    found = []
    for each in sorted(_uploads(vault), key=lambda upload: upload.begun_at):
        received = _kept(vault, each).received_bytes
        found.append(
            {
                "id": each.id,
                "name": each.name,
                "size_bytes": each.size_bytes,
                "received_bytes": received,
                "whole": received == each.size_bytes,
                "questions": each.questions,
            }
        )
    return found


def read(
    vault: Vault,
    ids: Iterable[str],
    answers: Mapping[str, str] | None = None,
    *,
    progress: Tell = silent,
    control: Control | None = None,
) -> dict[str, Any]:
    """Import uploads that have come whole, as `import_streams` does; what is done with goes.

    What was stopped, or has an open question, stays for a day. Raises `UploadRefused`.
    """
    uploads = [_upload(vault, id) for id in dict.fromkeys(ids)]
    said = dict[str, str]()
    for each in uploads:
        if _kept(vault, each).received_bytes != each.size_bytes:
            raise UploadRefused(f"{each.name} has not come to its end yet.", status=409)
        each.answers |= answers or {}
        said |= each.answers
    with contextlib.ExitStack() as stack:
        streams = [(each.name, stack.enter_context(_kept(vault, each).open())) for each in uploads]
        told: dict[str, Any] = bringing.import_streams(
            vault, streams, said, progress=progress, control=control
        )
    for each, report in zip(uploads, told["files"], strict=False):
        if report.get("state") in {"stopped", "going"} and not report.get("error"):
            continue
        each.questions = told["questions"] if report.get("waiting") else []
        if each.questions:
            _put(vault, each)
        else:
            remove(vault, each.id)
    return told


def remove(vault: Vault, id: str) -> None:
    """Leave an upload: its key goes, and what lies on the disk. One that is not there is fine."""
    if _ID.fullmatch(id):
        with vault.store.transaction() as tx:
            tx.run("meta.drop", key=UPLOAD_KEY + id)
        (vault.folder / FOLDER / id).unlink(missing_ok=True)


def remove_named(vault: Vault, name: str) -> None:
    """Leave every upload of a file with this name: what it brought was taken back."""
    for each in _uploads(vault):
        if each.name == name:
            remove(vault, each.id)


def sweep(folder: Path, now: datetime) -> int:
    """Erase what nothing was added to for a day beside the vault in `folder`, locked or not.

    Returns how many went. Their rows go when the vault is next asked what waits.
    """
    gone = 0
    with contextlib.suppress(OSError):
        for path in (folder / FOLDER).iterdir():
            if now.timestamp() - path.stat().st_mtime > STALE.total_seconds():
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def mark(size_bytes: int, ends: bytes, changed: str) -> str:
    """What the same file is known again by."""
    return hashlib.sha256(f"{size_bytes}\x00{changed}\x00".encode() + ends).hexdigest()


def new_upload(name: str, size_bytes: int, known_by: str, clock: Clock, chance: Chance) -> Upload:
    """An upload of which nothing has come, with a key of its own."""
    return Upload(
        id=chance.token(16),
        name=bare_name(name),
        size_bytes=size_bytes,
        mark=known_by,
        key=chance.bytes(KEY_BYTES),
        begun_at=stamp(clock.now()),
    )


def _check_room(vault: Vault, bounds: Bounds, size_bytes: int) -> None:
    most = bounds.upload_bytes_max
    if not 0 < size_bytes <= most:
        raise UploadRefused(
            f"That is larger than what may be sent here: {in_words(most)} a file. Take it in "
            "several parts, as most services offer, or bring it by the command on your machine.",
            status=413,
        )
    others = waiting(vault)
    if len(others) >= AT_ONCE_MAX or (
        sum(each["size_bytes"] for each in others) + size_bytes > bounds.spool_bytes_max
    ):
        raise UploadRefused(
            "There is no room beside what you sent already and was not read yet. Have it read, or "
            "leave it, then send this.",
            status=413,
        )
    to_come = sum(each["size_bytes"] - each["received_bytes"] for each in others)
    if shutil.disk_usage(vault.folder).free < size_bytes + to_come + bounds.free_bytes_min:
        raise no_room()


def bare_name(name: str) -> str:
    """The name alone, as it can be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[:NAME_CHARACTERS_MAX] or "file"


def in_words(size_bytes: int) -> str:
    """A size as browsers say it: `820 MB`, `2.1 GB`, `20 GB`."""
    if size_bytes < 1000 * MB:
        return f"{size_bytes / MB:,.0f} MB"
    size_gb = size_bytes / (1000 * MB)
    return f"{size_gb:,.0f} GB" if size_gb >= 10 or size_gb % 1 == 0 else f"{size_gb:,.1f} GB"  # noqa: PLR2004


def no_room(received_bytes: int | None = None) -> UploadRefused:
    """The disk is full."""
    return UploadRefused(
        "The disk here has no room for it. What came before is kept for a day: try again later.",
        status=507,
        received_bytes=received_bytes,
    )


def told_of(upload: Upload, received_bytes: int, bounds: Bounds) -> dict[str, Any]:
    """What a page needs to send the next slice."""
    return {
        "id": upload.id,
        "received_bytes": received_bytes,
        "slice_bytes": bounds.slice_bytes,
    }


def _kept(vault: Vault, upload: Upload) -> Spool:
    path = vault.folder / FOLDER / upload.id
    return Spool(path, id=upload.id, key=upload.key, size_bytes=upload.size_bytes)


def _put(vault: Vault, upload: Upload) -> None:
    with vault.store.transaction() as tx:
        value = msgspec.json.encode(upload).decode()
        tx.run("meta.put", key=UPLOAD_KEY + upload.id, value=value)


def _upload(vault: Vault, id: str) -> Upload:
    row = vault.store.row("meta.get", key=UPLOAD_KEY + id) if _ID.fullmatch(id) else None
    if row is None or not (vault.folder / FOLDER / id).is_file():
        raise _gone()
    return msgspec.json.decode(row["value"], type=Upload)


def _gone() -> UploadRefused:
    return UploadRefused(
        "What you sent is not here any more: it is kept for a day. Choose the file again.",
        status=404,
    )


def _uploads(vault: Vault) -> list[Upload]:
    """Every upload that is here; rows of those that were swept go."""
    rows = vault.store.rows("meta.within", first=UPLOAD_KEY, after=UPLOAD_KEY[:-1] + ";")
    every = [msgspec.json.decode(row["value"], type=Upload) for row in rows]
    there = [each for each in every if (vault.folder / FOLDER / each.id).is_file()]
    for each in every:
        if each not in there:
            remove(vault, each.id)
    return there


__all__ = [
    "Bounds",
    "Upload",
    "UploadRefused",
    "add_slice",
    "begin",
    "in_words",
    "read",
    "remove",
    "remove_named",
    "sweep",
    "take_over",
    "waiting",
]
