"""A backup is encrypted, opens by its key alone, and a vault that is made of it is equal."""

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from tests.vault.acts.test_exporting import comparable, dump, fill

from firsthand.foundation import aged
from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.acts import backing
from firsthand.vault.acts.backing import RecipientRefused, UnableToRestore, backup, opened_backup
from firsthand.vault.acts.exporting import UnableToExport
from firsthand.vault.acts.opened import Vault
from firsthand.vault.store import Store, UnableToCreate
from firsthand.vault.store.slots import FLOOR

CLOCK = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
WORDS = "four green owls at night"


def restored(folder: Path, whole: bytes, name: str = "a.age") -> dict[str, object]:
    return backing.restore(
        folder, WORDS, whole, name=name, chance=SystemChance(), clock=CLOCK, cost=FLOOR
    )


def test_to_a_key_and_back_into_an_equal_vault(vault: Vault, tmp_path: Path) -> None:
    fill(vault)
    key = pyrage.x25519.Identity.generate()
    file = tmp_path / "everything.age"
    done = backup(vault, file, recipients=[str(key.to_public())])
    assert done["bytes"] == file.stat().st_size
    assert b"canary" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    whole = opened_backup(file, identities=f"# mine\n{key}\n")
    made = restored(tmp_path / "new", whole)
    with_held = comparable(dump(vault))
    again = Store.open(tmp_path / "new", str(made["recovery_code"]))
    try:
        with again.moment() as moment:
            found = {name: list(moment.whole(name)) for name in moment.tables()}
    finally:
        again.close()
    assert comparable(found) == with_held
    with pytest.raises(UnableToCreate):
        restored(tmp_path / "new", whole)
    with pytest.raises(UnableToExport):
        backup(vault, file, recipients=[str(key.to_public())])


def test_by_a_passphrase_and_by_no_other(vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "everything.age"
    backup(vault, file, passphrase=WORDS)
    assert opened_backup(file, passphrase=WORDS)
    for wrong in ("", "four green owls", WORDS + " "):
        with pytest.raises(UnableToRestore, match="does not open"):
            opened_backup(file, passphrase=wrong)
    raw = file.read_bytes()
    # The same on every machine: a fast one makes nothing that a slow one cannot open.
    assert aged.cost_log2(raw) == aged.COST_LOG2 < backing.COST_LOG2_MAX
    file.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(UnableToRestore, match="is damaged"):
        opened_backup(file, passphrase=WORDS)
    costly = re.sub(rb"(-> scrypt \S+) [0-9]+", rb"\1 24", raw, count=1)
    keyed = bytes(pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()]))
    for odd, why in (
        (b"", "no backup"),
        (b"PK\x03\x04", "no backup"),
        (raw[:40], "made to a key of age, or it is damaged"),
        (keyed, "made to a key of age"),
        (costly, "more memory"),
    ):
        with pytest.raises(UnableToRestore, match=why):
            backing.unsealed(odd, name="x.age", passphrase=WORDS)
    with pytest.raises(UnableToRestore, match="cannot be read"):
        opened_backup(tmp_path / "nothing.age", passphrase=WORDS)


def test_how_large_it_is_is_known_before_it_is_read(vault: Vault) -> None:
    whole, _ = backing.packed(vault)
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        assert backing.unpacked_bytes(whole) == packed.infolist()[0].file_size > 0
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as packed:
        for number in range(200):
            packed.writestr(f"{number}", b"")
    for odd in (
        many.getvalue(),
        whole[:-30],
        whole[:-42] + b"PK\x06\x07" + bytes(16) + whole[-22:],
    ):
        with pytest.raises(UnableToRestore, match="another way"):
            backing.unpacked_bytes(odd)
    assert backing.unpacked_bytes(b"{}") == 2


def test_what_is_no_backup_makes_no_vault(vault: Vault, tmp_path: Path) -> None:
    whole, _ = backing.packed(vault)
    for junk in (b"", b"{}", whole[: len(whole) // 2], b'{"format": "firsthand-export"'):
        with pytest.raises(UnableToRestore):
            restored(tmp_path / "new", junk)
        assert not (tmp_path / "new").exists()
    for wrong in (["age1nonsense"], ["x"] * 30):
        with pytest.raises(RecipientRefused):
            backup(vault, tmp_path / "x.age", recipients=wrong)
    with pytest.raises(RecipientRefused):
        backup(vault, tmp_path / "x.age")
    assert not (tmp_path / "x.age").exists()
