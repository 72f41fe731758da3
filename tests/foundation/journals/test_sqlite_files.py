"""The files of an SQLite journal: who may open them, and that nothing erased is left in them."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from firsthand.foundation.journal import (
    Batch,
    Limits,
    Order,
    Receipt,
    Repeat,
    UnableToOpen,
    UnableToRead,
    UnableToTruncate,
)
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.journals.sqlite_file import FILE, PAGE_BYTES, check_engine
from firsthand.foundation.journals.sqlite_residue import pages_with_residue
from firsthand.foundation.tables import Tx

Make = Callable[..., Batch]
Verify = Callable[[Receipt], None]
Open = Callable[..., SqliteJournal]


def welcome(_tx: Tx, _batch: Batch) -> str | Repeat | None:
    return None


def erase(journal: SqliteJournal, name: str) -> None:
    """Erase all that a relationship has, in small slices."""

    def slice_of(tx: Tx) -> int:
        return journal.erase_slice(tx, name, 5) + tx.forget("folded", name, 5)

    while journal.submit(slice_of, Order.ERASE).result():
        pass


def found(folder: Path, words: list[bytes]) -> set[bytes]:
    """The words that stand somewhere in a file of the folder, byte for byte."""
    held = b"\n".join(path.read_bytes() for path in folder.iterdir())
    return {word for word in words if word in held}


@pytest.mark.parametrize("version", ["3.51.3", "3.51.4", "3.52.0", "3.50.7", "3.44.6", "4.0.0"])
def test_sound_engines_are_taken(version: str) -> None:
    check_engine(version)


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.44.5", "3.50.6", "3.51", "3.51.2"])
def test_engines_that_corrupt_are_refused(version: str) -> None:
    with pytest.raises(UnableToOpen, match=version):
        check_engine(version)


def test_a_folder_is_opened_once(open_sqlite: Open, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = open_sqlite()
    with pytest.raises(UnableToOpen, match=str(folder)):
        open_sqlite()
    other = (
        "import sys; from pathlib import Path;"
        "from firsthand.foundation.journals.sqlite import SqliteJournal;"
        "SqliteJournal(Path(sys.argv[1]), [], lambda size, root: '')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", other, str(folder)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert f"the journal in {folder} is open already" in ran.stderr
    journal.close()
    open_sqlite()


def test_a_file_that_is_none_is_refused(open_sqlite: Open, tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / FILE).write_bytes(b"this is no database" * 1000)
    for _ in range(2):  # and the lock is let go
        with pytest.raises(UnableToOpen, match="cannot be opened"):
            open_sqlite()


def test_only_their_owner_can_read_the_files(open_sqlite: Open, make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    before = os.umask(0o022)
    try:
        for mode in (None, 0o644):  # made new, and made by somebody less careful
            if mode is not None:
                (folder / FILE).chmod(mode)
            journal = open_sqlite()
            journal.append(make(n=1 if mode is None else 2), welcome).result()
            assert len(list(folder.iterdir())) >= 3, "the WAL is there as well"
            assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
            journal.close()
    finally:
        os.umask(before)


def test_everything_is_there_after_opening_again(
    open_sqlite: Open, make: Make, verify: Verify
) -> None:
    for n in range(1, 30):
        journal = open_sqlite()
        receipt = journal.append(make(n=n), welcome).result()
        assert isinstance(receipt, Receipt)
        assert receipt.index == n - 1
        verify(receipt)
        journal.close()


def test_nothing_erased_is_left_in_any_file(
    open_sqlite: Open, make: Make, verify: Verify, tmp_path: Path
) -> None:
    chance = random.Random(7)
    journal = open_sqlite(limits=Limits(wal_bytes_max=200_000))
    names = [f"person{chance.getrandbits(60):015x}" for _ in range(120)]
    numbers = dict.fromkeys(names, 0)
    receipts = []
    for step in range(3000):
        name = chance.choice(names)
        filled = (f"<{name}>".encode() * 300)[: chance.choice([30, 300, 900, 1500, 5000])]
        if step % 2:
            key = f"k{chance.randrange(30):04}"
            put = journal.submit(
                lambda tx, n=name, k=key, f=filled: tx.put("folded", n, k, f)  # type: ignore[misc]
            )
        else:
            numbers[name] += 1
            batch = make(name, n=numbers[name], lane=f"lane{name}", body=filled)
            receipts.append((name, journal.append(batch, welcome)))
    gone, stay = names[:60], names[60:]
    kept = {name: future.result() for name, future in receipts}
    put.result()
    needles = [name.encode() for name in names]
    assert found(tmp_path / "journal", needles) == set(needles)
    for name in gone:
        erase(journal, name)
    journal.truncate()
    assert found(tmp_path / "journal", needles) == {name.encode() for name in stay}
    for name in names:
        receipt = kept[name]
        assert isinstance(receipt, Receipt)
        verify(receipt)
        with journal.read() as reader:
            verify(journal.receipt(reader, receipt.index))
            assert bool(reader.count("folded", name)) == (name in stay)
    for key in ("k0", "k00095", "k00155", "k9"):  # nor does a page come back out of a cache
        for name in stay:
            journal.submit(lambda tx, n=name, k=key: tx.put("folded", n, k, b"later")).result()  # type: ignore[misc]
    journal.close()
    assert found(tmp_path / "journal", needles) == {name.encode() for name in stay}


def test_secure_delete_alone_leaves_residue(open_sqlite: Open, tmp_path: Path) -> None:
    """The reason for scrubbing; if this fails, the engine has learnt it and scrubbing can go."""
    chance = random.Random(1)
    journal = open_sqlite()
    rows = [(f"{chance.getrandbits(60):015x}", b"v" * chance.randrange(900)) for _ in range(3000)]
    for name, value in rows:
        journal.submit(lambda tx, n=name, v=value: tx.put("folded", n, "k", v))  # type: ignore[misc]
    journal.close()
    file = tmp_path / "journal" / FILE
    assert list(pages_with_residue(file, PAGE_BYTES))
    journal = open_sqlite()
    journal.truncate()
    assert not list(pages_with_residue(file, PAGE_BYTES))
    with journal.read() as reader:
        entries = reader.scan_all("folded", rows_max=9999)
    assert {(entry.relationship, entry.value) for entry in entries} == set(rows)


def test_the_wal_does_not_grow_for_ever(open_sqlite: Open, make: Make, tmp_path: Path) -> None:
    journal = open_sqlite(limits=Limits(wal_bytes_max=100_000))
    for n in range(1, 600):
        journal.append(make(n=n, body=bytes(5000)), welcome).result()
    assert (tmp_path / "journal" / (FILE + "-wal")).stat().st_size < 3_000_000


def test_an_open_read_holds_up_truncating(open_sqlite: Open, make: Make) -> None:
    journal = open_sqlite(limits=Limits(truncate_wait_ms_max=100))
    with journal.read():
        journal.append(make(), welcome).result()
        with pytest.raises(UnableToTruncate):
            journal.truncate()
        journal.append(make(n=2), welcome).result()
    journal.truncate()


def test_reads_have_turns(open_sqlite: Open) -> None:
    journal = open_sqlite(limits=Limits(readers_max=2, read_wait_ms_max=1))
    for _ in range(5):
        with journal.read(), journal.read(), pytest.raises(UnableToRead), journal.read():
            pass


def test_a_view_of_another_maker_is_refused(open_sqlite: Open, tmp_path: Path) -> None:
    journal, other = open_sqlite(), open_sqlite(tmp_path / "other")
    with pytest.raises(TypeError):
        journal.submit(lambda tx: other.lane(tx, "a", "b")).result()
    with pytest.raises(TypeError):
        journal.size(object())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM batches WHERE position = 1",
        "UPDATE batches SET position = position + 9 WHERE position = 1",
    ],
)
def test_a_log_that_was_changed_by_hand_is_said_with_what_to_do(
    open_sqlite: Open, make: Make, tmp_path: Path, change: str
) -> None:
    journal = open_sqlite()
    for n in range(1, 4):
        journal.append(make(n=n), welcome).result()
    journal.close()
    connection = sqlite.connect(str(tmp_path / "journal" / FILE))
    connection.execute(change)
    connection.commit()
    connection.close()
    with pytest.raises(UnableToOpen, match=r"damaged or was changed.*Put back your last backup"):
        open_sqlite()
