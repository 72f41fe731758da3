"""Backup and the way back: everything there is in a vault, in one file that is encrypted with age.

Inside is the export, in a zip: `age -d everything.age` and any program that opens zips read it
without us. It is made and opened in memory; nothing of it is on a disk unencrypted.
"""

import io
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage

from firsthand.foundation import aged
from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.ids import Chance
from firsthand.vault.acts.exporting import UnableToExport, write_document
from firsthand.vault.bring.own_export import MEMBER, UnableToReadExport, is_own_export
from firsthand.vault.bring.restoring import take_back
from firsthand.vault.store import Store
from firsthand.vault.store.files import writing_whole
from firsthand.vault.store.slots import DEFAULT, Cost
from firsthand.vault.store.store import check_place
from firsthand.vault.terms import copies

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

RECIPIENTS_MAX = 20
IDENTITIES_BYTES_MAX = 64 * 1024
COST_LOG2_MAX = 20  # scrypt takes 1 KiB times two to this: 1 GiB; other programs write 16 to 20
_KEY = "AGE-SECRET-KEY-"
_OTHER_KEY = frozenset({"Decryption failed", "No matching keys found"})
_END_BYTES, _LOCATOR_BYTES = 22, 20  # the end of a zip and what stands before it (APPNOTE 4.3)
_LIST_BYTES_MAX = 4096


class UnableToRestore(Exception):
    """No vault was made of a backup: the wrong key, a damaged file, or a place that is taken."""


class RecipientRefused(ValueError):
    """What a backup shall be encrypted to is no public key of age (`age1...`)."""


def packed(vault: "Vault") -> tuple[bytes, dict[str, int]]:
    """Everything in the vault as a zip in memory, and the rows of each table."""
    held = io.BytesIO()
    with (
        vault.store.moment() as moment,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as zipped,
        zipped.open(MEMBER, "w", force_zip64=True) as member,
    ):
        counts = write_document(member, moment, stamp(vault.clock.now()))
    return held.getvalue(), counts


def backup(
    vault: "Vault", file: str | Path, *, passphrase: str = "", recipients: Sequence[str] = ()
) -> dict[str, object]:
    """Write everything to a new file, encrypted with a passphrase, or to recipients of age.

    Returns `{"file", "bytes", "tables": {name: rows}}`. Raises `UnableToExport`,
    `RecipientRefused`.
    """
    path = Path(file)
    if path.exists():
        raise UnableToExport(f"{path} is there already, and was not touched. Choose another name.")
    whole, counts = sealed(vault, passphrase=passphrase, recipients=recipients)
    try:
        with writing_whole(path, vault.chance.token(9)) as stream:
            stream.write(whole)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}. Choose another place."
        raise UnableToExport(message) from error
    return {"file": str(path), "bytes": len(whole), "tables": counts}


def sealed(
    vault: "Vault", *, passphrase: str = "", recipients: Sequence[str] = ()
) -> tuple[bytes, dict[str, int]]:
    """Everything, encrypted, in memory, and the rows of each table. Raises `RecipientRefused`."""
    keys = _recipients(recipients)
    if not keys and not passphrase:
        raise RecipientRefused("A backup needs a passphrase, or somebody that it is encrypted to.")
    whole, counts = packed(vault)
    made = pyrage.encrypt(whole, keys) if keys else aged.sealed(whole, passphrase, vault.chance)
    copies.put_exported(vault.store, vault.clock)
    return bytes(made), counts


def opened_backup(file: Path, *, passphrase: str = "", identities: str = "") -> bytes:
    """What is in a backup, in memory. Raises `UnableToRestore`."""
    raw = read_backup(file)
    return unsealed(raw, name=str(file), passphrase=passphrase, identities=identities)


def read_backup(file: Path) -> bytes:
    """The bytes of a backup as it lies there. Raises `UnableToRestore`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnableToRestore(f"{file} cannot be read: {error.strerror or error}.") from error


def unsealed(raw: bytes, *, name: str, passphrase: str = "", identities: str = "") -> bytes:
    """What is in the bytes of a backup, called `name`. Raises `UnableToRestore`, saying which.

    A wrong passphrase, a file that is no backup, one that was made to a key and one that is
    damaged are told apart.
    """
    if not is_backup(raw):
        raise UnableToRestore(
            f"{name} is no backup: it is not encrypted with age. Nothing was made."
        )
    cost = aged.cost_log2(raw)
    if cost is not None and cost > COST_LOG2_MAX:
        raise UnableToRestore(
            f"{name} asks for more memory than opening a backup may take. Nothing was made."
        )
    if cost is None and not identities:
        raise UnableToRestore(
            f"{name} was made to a key of age, or it is damaged: no passphrase opens it. With the "
            "key, `firsthand vault restore --identity` does. Nothing was made."
        )
    try:
        keys = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in identities.splitlines()
            if line.strip().startswith(_KEY)
        ]
        return bytes(pyrage.decrypt(raw, keys)) if keys else aged.opened(raw, passphrase)
    except MemoryError as error:
        raise UnableToRestore(
            f"{name} needs {1 << (cost or 0)} KiB of memory to open, and there is not so much. "
            "Nothing was made."
        ) from error
    except (
        aged.OtherPassphrase,
        aged.DamagedFile,
        pyrage.DecryptError,
        pyrage.IdentityError,
    ) as error:
        if isinstance(error, aged.OtherPassphrase) or str(error) in _OTHER_KEY:
            raise UnableToRestore(
                f"{name} does not open: the passphrase or key is not the one that it was made "
                "with. Nothing was made."
            ) from error
        raise UnableToRestore(
            f"{name} is damaged or was cut off on its way. Copy it anew from where you keep it. "
            "Nothing was made."
        ) from error


def is_backup(raw: bytes) -> bool:
    """Whether these bytes look like a backup: encrypted with age, for whomever."""
    return aged.is_aged(raw)


def holds_export(whole: bytes) -> bool:
    """Whether these bytes are an export, as they are or packed: one that is not encrypted."""
    return is_own_export(io.BytesIO(whole))


def unpacked_bytes(whole: bytes) -> int:
    """How large what is packed says that it is; it is read no further than that.

    Raises `UnableToRestore` where it holds more than the one member that a backup has.
    """
    if not whole.startswith(b"PK\x03\x04"):
        return len(whole)
    # The list of members is looked at before it is read: millions of them would fill the memory.
    end, locator = whole[-_END_BYTES:], whole[-_END_BYTES - _LOCATOR_BYTES : -_END_BYTES]
    large = len(whole) > zipfile.ZIP64_LIMIT
    plain = end.startswith(b"PK\x05\x06") and not locator.startswith(b"PK\x06\x07")
    if not large and not (plain and int.from_bytes(end[12:16], "little") <= _LIST_BYTES_MAX):
        raise UnableToRestore("It is damaged, or packed in another way than a backup.")
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as packed_:
            return packed_.getinfo(MEMBER).file_size
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise UnableToRestore("It is damaged, or packed in another way than a backup.") from error


class _Told(io.BytesIO):
    """Bytes that tell how far they were read the second time: the first is to know them."""

    def __init__(self, whole: bytes, told: Callable[[int, int], None]) -> None:
        super().__init__(whole)
        self._told, self._size, self._read = told, len(whole), 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self._read += len(found)
        if self._read > self._size:
            self._told(min(self._read - self._size, self._size), self._size)
        return found


def restore(
    folder: Path,
    passphrase: str,
    whole: bytes,
    *,
    name: str,
    chance: Chance,
    clock: Clock,
    cost: Cost = DEFAULT,
    told: Callable[[int, int], None] = lambda _at, _size: None,
) -> dict[str, object]:
    """Make a new vault with everything that `whole` holds: an export, or what a backup has in it.

    Returns `{"vault", "recovery_code", "things", "note"}`; the code is shown this once. told:
    hears how many of how many bytes are taken in. Raises `UnableToRestore`, `UnableToCreate`, and
    leaves nothing behind then.
    """
    check_place(folder)
    stream = _Told(whole, told)
    if not is_own_export(stream):
        raise UnableToRestore(f"{name} holds no export of a vault. Nothing was made.")
    store, code = Store.create(folder, passphrase, chance, clock, cost)
    try:
        report = take_back(store, Path(name), stream, clock, chance)
    except BaseException as error:
        store.close()
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, UnableToReadExport):
            raise UnableToRestore(f"{error} Nothing was made.") from error
        raise
    store.close()
    return {
        "vault": str(folder),
        "recovery_code": code,
        "things": report.added,
        "note": report.note,
    }


def _recipients(every: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    if len(every) > RECIPIENTS_MAX:
        raise RecipientRefused(f"A backup is encrypted to {RECIPIENTS_MAX} keys at most.")
    found = []
    for each in every:
        try:
            found.append(pyrage.x25519.Recipient.from_str(each.strip()))
        except (pyrage.RecipientError, ValueError) as error:
            raise RecipientRefused(f"{each[:80]!r} is no public key of age (age1...).") from error
    return found
