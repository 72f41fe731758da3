"""A file that is as it was left opens at once; any other is looked at whole, sooner or later."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand.vault.store import Store, UnableToOpen, engine, seals
from firsthand.vault.store import store as opening

Keep = Callable[[Store, list[str]], None]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for every time that all pages are looked at."""
    seen: list[object] = []
    whole = engine.changed_pages  # counted here, and done all the same

    def counted(connection: object) -> list[str]:
        seen.append(connection)
        return whole(connection)

    monkeypatch.setattr(opening, "changed_pages", counted)
    return seen


@pytest.fixture
def left(made: tuple[Store, str], keep: Keep) -> tuple[Path, str]:
    """A vault that was closed well, and its recovery code."""
    store, code = made
    keep(store, ["Dark", "Heimat"])
    store.close()
    return store.folder, code


def test_what_was_left_well_opens_at_once(left: tuple[Path, str], looks: list[object]) -> None:
    folder, code = left
    for _ in range(3):
        Store.open(folder, code).close()
    assert not looks


def test_what_was_copied_touched_or_left_open_is_looked_at(
    left: tuple[Path, str], looks: list[object], tmp_path: Path, keep: Keep
) -> None:
    folder, code = left
    shutil.copytree(folder, tmp_path / "copy")
    Store.open(tmp_path / "copy", code).close()
    assert len(looks) == 1
    os.utime(folder / "vault.db")
    Store.open(folder, code).close()
    assert len(looks) == 2
    store = Store.open(folder, code)
    keep(store, ["written, and not closed"])
    other = Store.open(folder, code)
    assert len(looks) == 3
    other.close()
    store.close()
    Store.open(folder, code).close()
    assert len(looks) == 3


def test_a_forged_or_damaged_seal_is_none(left: tuple[Path, str], looks: list[object]) -> None:
    folder, code = left
    seal = folder / seals.SEAL_FILE
    raw = seal.read_bytes()
    for changed in (b"", b"{}", raw.replace(b'"openings":0', b'"openings":-1'), raw[:-3]):
        seal.write_bytes(changed)
        before = len(looks)
        Store.open(folder, code).close()
        assert len(looks) == before + 1, changed
    seal.unlink()
    seal.mkdir()
    Store.open(folder, code).close()
    assert len(looks) == 5


def test_after_so_many_openings_it_is_looked_at_again(
    left: tuple[Path, str], looks: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, code = left
    monkeypatch.setattr(seals, "OPENINGS_MAX", 4)
    for _ in range(10):
        Store.open(folder, code).close()
    assert len(looks) == 2


def test_damage_that_the_seal_does_not_show_is_told_of_while_it_is_open(
    left: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the disk itself had changed bytes, which no file system notes."""
    folder, code = left
    monkeypatch.setattr(opening, "LOOK_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(seals, "fits", lambda *_: 3)
    file = folder / "vault.db"
    raw = file.read_bytes()
    told = 0
    for start in range(4096, len(raw), 4096):
        file.write_bytes(raw[:start] + bytes(4096) + raw[start + 4096 :])
        try:
            store = Store.open(folder, code)
        except UnableToOpen:
            continue  # without this page nothing begins
        assert store._looking is not None  # noqa: SLF001 - to be done with waiting
        store._looking.join()  # noqa: SLF001
        with pytest.raises(UnableToOpen, match="damaged"):
            store.row("meta.get", key="id")
        with pytest.raises(UnableToOpen, match="damaged"), store.transaction():
            pass
        store.close()
        assert not (folder / seals.SEAL_FILE).exists()
        told += 1
    assert told > 10
