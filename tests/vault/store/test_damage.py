"""A vault file that was changed says so, or gives what it held: never anything else."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand.vault.store import Store, UnableToKeep, UnableToOpen, UnableToUnlock

Keep = Callable[[Store, list[str]], None]
Dump = dict[str, list[dict[str, object]]]
REFUSALS = (UnableToOpen, UnableToUnlock, UnableToKeep)


def dump(store: Store) -> Dump:
    with store.moment() as moment:
        tables = {name: list(moment.whole(name)) for name in moment.tables()}
    tables["found"] = store.rows(
        "things.found", words='"canary" *', type=None, source=None, limit=-1
    )
    return tables


def changed(raw: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Seven ways in which a file changes on a disk or in hostile hands."""
    at = chance.randrange(len(raw))
    kind = chance.choice(["bit", "byte", "cut", "drop", "repeat", "swap", "zero"])
    page = 4096
    start = at // page * page
    other = chance.randrange(len(raw)) // page * page
    made = {
        "bit": lambda: raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :],
        "byte": lambda: raw[:at] + chance.randbytes(1) + raw[at + 1 :],
        "cut": lambda: raw[:at],
        "drop": lambda: raw[:start] + raw[start + page :],
        "repeat": lambda: raw[:start] + raw[start : start + page] + raw[start:],
        "swap": lambda: _swapped(raw, start, other, page),
        "zero": lambda: raw[:start] + bytes(len(raw[start : start + page])) + raw[start + page :],
    }[kind]()
    return kind, made


def _swapped(raw: bytes, one: int, two: int, page: int) -> bytes:
    held = bytearray(raw)
    held[one : one + page], held[two : two + page] = raw[two : two + page], raw[one : one + page]
    return bytes(held[: len(raw)])


@pytest.fixture
def whole(made: tuple[Store, str], keep: Keep) -> tuple[Path, str, Dump]:
    """A closed vault, its recovery code (which is quick to try), and all it holds."""
    store, code = made
    keep(store, [f"Canary {number}" for number in range(400)])
    held = dump(store)
    store.close()
    return store.folder, code, held


def try_all(folder: Path, code: str, held: Dump, name: str, seeds: range) -> int:
    """Change the file `name` once for each seed; returns how many changes were refused."""
    raw = (folder / name).read_bytes()
    copy = folder.with_name("copy")
    refused = 0
    for seed in seeds:
        shutil.copytree(folder, copy)
        kind, damaged = changed(raw, random.Random(seed))
        (copy / name).write_bytes(damaged)
        try:
            store = Store.open(copy, code)
            try:
                assert dump(store) == held, f"{name}, {kind}, seed {seed}: silently other data"
            finally:
                store.close()
        except REFUSALS:
            refused += 1
        shutil.rmtree(copy)
    return refused


def test_a_changed_vault_file_is_refused_or_harmless(whole: tuple[Path, str, Dump]) -> None:
    folder, code, held = whole
    # Some changes are none: a page swapped with itself.
    assert try_all(folder, code, held, "vault.db", range(300)) > 280


def test_changed_slots_are_refused_or_harmless(whole: tuple[Path, str, Dump]) -> None:
    folder, code, held = whole
    assert try_all(folder, code, held, "slots.json", range(300)) > 200


@pytest.mark.soak
def test_many_changes_are_refused_or_harmless(whole: tuple[Path, str, Dump]) -> None:
    folder, code, held = whole
    assert try_all(folder, code, held, "vault.db", range(2000)) > 1900
    assert try_all(folder, code, held, "slots.json", range(2000)) > 1300


def test_a_cut_log_of_writes_gives_an_earlier_state_or_is_refused(
    made: tuple[Store, str], keep: Keep, tmp_path: Path
) -> None:
    store, code = made
    keep(store, ["first"])
    store.close()
    store = Store.open(store.folder, code)
    keep(store, [f"Canary {number}" for number in range(50)])
    shutil.copytree(store.folder, tmp_path / "live")
    store.close()
    wal = (tmp_path / "live" / "vault.db-wal").read_bytes()
    assert wal
    for seed in range(100):
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "live", copy)
        (copy / "vault.db-shm").unlink()
        (copy / "vault.db-wal").write_bytes(changed(wal, random.Random(seed))[1])
        try:
            again = Store.open(copy, code)
            try:
                row = again.row("things.count")
                assert row in ({"things": 1}, {"things": 51}), f"half a transaction, seed {seed}"
            finally:
                again.close()
        except REFUSALS:
            pass
        shutil.rmtree(copy)


@pytest.mark.parametrize("blank", [True, False])
def test_each_page_that_is_blanked_or_changed_is_seen(
    whole: tuple[Path, str, Dump], *, blank: bool
) -> None:
    folder, code, _ = whole
    file = folder / "vault.db"
    raw = file.read_bytes()
    for start in range(0, len(raw), 4096):
        middle = (
            bytes(4096) if blank else raw[start : start + 4095] + bytes([raw[start + 4095] ^ 1])
        )
        file.write_bytes(raw[:start] + middle + raw[start + 4096 :])
        with pytest.raises(REFUSALS):
            Store.open(folder, code)
