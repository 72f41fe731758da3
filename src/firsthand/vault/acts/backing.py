"""Backup and the way back: everything there is in a vault, in one file that is encrypted with age.

Inside is the export, in a zip: `age -d everything.age` and any program that opens zips read it
without us. It is made and opened in memory; nothing of it is on a disk unencrypted.
"""

import io
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage

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
_KEY = "AGE-SECRET-KEY-"


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
    made = pyrage.encrypt(whole, keys) if keys else pyrage.passphrase.encrypt(whole, passphrase)
    copies.put_exported(vault.store, vault.clock)
    return bytes(made), counts


def opened_backup(file: Path, *, passphrase: str = "", identities: str = "") -> bytes:
    """What is in a backup, in memory. Raises `UnableToRestore`."""
    try:
        raw = file.read_bytes()
        keys = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in identities.splitlines()
            if line.strip().startswith(_KEY)
        ]
        whole = pyrage.decrypt(raw, keys) if keys else pyrage.passphrase.decrypt(raw, passphrase)
        return bytes(whole)
    except OSError as error:
        raise UnableToRestore(f"{file} cannot be read: {error.strerror or error}.") from error
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise UnableToRestore(
            f"{file} does not open: the passphrase or key is not the one that it was made with, or "
            "the file is damaged. Nothing was made."
        ) from error


def restore(
    folder: Path,
    passphrase: str,
    whole: bytes,
    *,
    name: str,
    chance: Chance,
    clock: Clock,
    cost: Cost = DEFAULT,
) -> dict[str, object]:
    """Make a new vault with everything that `whole` holds: an export, or what a backup has in it.

    Returns `{"vault", "recovery_code", "things", "note"}`; the code is shown this once. Raises
    `UnableToRestore`, `UnableToCreate`, and leaves nothing behind then.
    """
    check_place(folder)
    stream = io.BytesIO(whole)
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
