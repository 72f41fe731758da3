"""A vault file is made whole, opened by its secrets alone, and shows nothing to others."""

import re
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.store import (
    RowRefused,
    Store,
    UnableToCreate,
    UnableToKeep,
    UnableToOpen,
    UnableToUnlock,
    engine,
)
from firsthand.vault.store import store as making
from firsthand.vault.store.queries import NoSuchQuery, queries
from firsthand.vault.store.slots import FLOOR, change_passphrase
from firsthand.vault.store.store import SCHEMA_VERSION
from firsthand.vault.store.things import match_for, words_for

Keep = Callable[[Store, list[str]], None]


def found(store: Store, search: str) -> list[str]:
    rows = store.rows("things.found", words=words_for(search), type=None, source=None, limit=-1)
    return [row["name"] for row in rows]


def listed(store: Store, **how: str) -> list[str]:
    rows = store.rows("things.found", words=match_for(**how), limit=-1)
    return [row["name"] for row in rows]


def test_each_secret_opens_what_was_kept(
    made: tuple[Store, str], keep: Keep, passphrase: str
) -> None:
    store, code = made
    keep(store, ["Dark", "Heimat"])
    seed, made_at = store.seed, store.made_at
    store.close()
    for secret in (passphrase, code):
        again = Store.open(store.folder, secret)
        assert again.row("things.count") == {"things": 2}
        assert (again.seed, again.made_at) == (seed, made_at)
        assert len(seed) == 32
        again.close()


def test_a_wrong_secret_and_a_missing_vault_are_refused(
    store: Store, tmp_path: Path, passphrase: str
) -> None:
    with pytest.raises(UnableToUnlock):
        Store.open(store.folder, "another passphrase")
    with pytest.raises(UnableToOpen, match="firsthand vault init"):
        Store.open(tmp_path / "nothing", passphrase)


def test_files_are_for_their_owner_alone(store: Store, keep: Keep) -> None:
    keep(store, ["Dark"])
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    names = {path.name for path in store.folder.iterdir()}
    assert {"vault.db", "slots.json", "lock"} <= names
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.folder.iterdir()} == {0o600}


def test_nothing_in_the_folder_can_be_read(
    made: tuple[Store, str], keep: Keep, passphrase: str
) -> None:
    store, code = made
    names = [f"Canary film {number} in the coal mine" for number in range(500)]
    keep(store, names)
    assert (store.folder / "vault.db-wal").stat().st_size > 0
    traces = [b"Canary", b"coal mine", b"WatchAction", b"netflix", b"CREATE TABLE", store.seed]
    traces += [passphrase.encode(), code.encode(), code.replace("-", "").encode()]
    traces += [store.seed.hex().encode(), "Canary".encode("utf-16-le")]
    for moment in ("open", "closed"):
        for path in store.folder.iterdir():
            raw = path.read_bytes()
            assert not [trace for trace in traces if trace in raw], f"{path.name}, {moment}"
        store.close()
    assert not (store.folder / "vault.db-wal").exists()


def test_a_second_vault_in_the_same_place_is_refused(store: Store, clock: SetClock) -> None:
    before = (store.folder / "slots.json").read_bytes()
    with pytest.raises(UnableToCreate, match="already"):
        Store.create(store.folder, "x", SystemChance(), clock, FLOOR)
    assert (store.folder / "slots.json").read_bytes() == before


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path, clock: SetClock) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    with pytest.raises(UnableToCreate):
        Store.create(tmp_path / "mine", "x", SystemChance(), clock, FLOOR)
    (tmp_path / "empty").mkdir()
    store, _ = Store.create(tmp_path / "empty", "x", SystemChance(), clock, FLOOR)
    store.close()


@pytest.mark.parametrize(
    "step", ["new_file", "sync_file", "writing_whole", "schema", "sync_folder"]
)
def test_a_failure_half_way_leaves_nothing_that_looks_like_a_vault(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, step, fails)
    with pytest.raises(UnableToCreate, match="No space"):
        Store.create(tmp_path / "mine", "x", SystemChance(), clock, FLOOR)
    if step != "sync_folder":  # after the rename the vault is whole
        assert list(tmp_path.iterdir()) == []


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store, keep: Keep) -> None:
    keep(store, ["Dark"])

    def fails() -> None:
        with store.transaction() as tx:
            tx.run("meta.put", key="x", value="1")
            assert tx.row("meta.get", key="x") == {"value": "1"}
            assert store.row("meta.get", key="x") is None, "others see what is committed"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert store.row("meta.get", key="x") is None


def test_a_row_that_does_not_fit_is_refused(store: Store) -> None:
    with pytest.raises(RowRefused), store.transaction() as tx:
        tx.insert("things", [{"id": "a"}])
    with pytest.raises(RowRefused, match="newer"), store.transaction() as tx:
        tx.insert("things", [{"id": "a", "colour": "red"}])
    with pytest.raises(RowRefused), store.transaction() as tx:
        tx.run("meta.put", key="x", value=None)
    with pytest.raises(NoSuchQuery):
        store.rows("things.nowhere")


def test_a_thing_is_found_by_the_beginnings_of_its_words(store: Store, keep: Keep) -> None:
    keep(store, ["Dark: Season 1", "Das Boot", 'The "Quoted" OR NOT AND (x) ^*', "Café"])
    assert found(store, "dark sea") == ["Dark: Season 1"]
    assert found(store, "cafe") == ["Café"]
    assert found(store, "uberrasch") != []
    assert found(store, '"quoted" OR') == ['The "Quoted" OR NOT AND (x) ^*']
    assert found(store, "OR") == ['The "Quoted" OR NOT AND (x) ^*']
    assert found(store, "name:dark") == []
    assert words_for("-- ** \" '") is None
    for typed in ('"', "a\x00b", "NEAR(a b)", "a*", "^a", "{a}", "a AND", "-a"):
        words = words_for(typed)
        if words is not None:
            assert isinstance(found(store, typed), list)


def test_the_newest_is_first_and_the_unknown_time_is_last(store: Store, keep: Keep) -> None:
    keep(store, ["a", "b"])
    with store.transaction() as tx:
        tx.insert("things", [{"id": "n", "type": "WatchAction", "name": "none", "time": None,
                              "source": "bank", "data": "{}", "import_id": 1},
                             {"id": "z", "type": "PayAction", "name": "late",
                              "time": "2024-01-03T10:00:00Z", "source": "bank", "data": "{}",
                              "import_id": 1}])  # fmt: skip
    names = [row["name"] for row in store.rows("things.newest", limit=-1)]
    assert names == ["late", "b", "a", "none"]
    assert listed(store, source="bank") == ["late", "none"]
    assert listed(store, type="PayAction") == ["late"]
    assert listed(store, source="bank", type="WatchAction") == ["none"]


def test_a_moment_stands_still_while_others_write(store: Store, keep: Keep) -> None:
    keep(store, ["a"])
    with store.moment() as moment:
        keep(store, ["b"])
        assert [row["name"] for row in moment.whole("things")] == ["a"]
    assert store.row("things.count") == {"things": 2}


def test_two_openings_write_one_after_the_other(store: Store, keep: Keep, passphrase: str) -> None:
    other = Store.open(store.folder, passphrase)

    def write(one: Store, mark: str) -> None:
        for number in range(20):
            keep(one, [f"{mark}{number}"])

    threads = [threading.Thread(target=write, args=each) for each in ((store, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.row("things.count") == {"things": 40}
    other.close()


def test_a_vault_in_use_for_too_long_is_told_of(
    store: Store, monkeypatch: pytest.MonkeyPatch, passphrase: str
) -> None:
    monkeypatch.setattr(engine, "BUSY_WAIT_MS_MAX", 50)
    other = Store.open(store.folder, passphrase)
    with store.transaction() as tx:
        tx.run("meta.put", key="x", value="1")
        with pytest.raises(UnableToKeep, match="in use"), other.transaction():
            pass
    other.close()


def test_slots_of_another_vault_and_a_newer_form_are_refused(
    store: Store, tmp_path: Path, clock: SetClock, passphrase: str
) -> None:
    other, _ = Store.create(tmp_path / "other", passphrase, SystemChance(), clock, FLOOR)
    other.close()
    store.close()
    (store.folder / "slots.json").rename(tmp_path / "kept.json")
    (other.folder / "slots.json").rename(store.folder / "slots.json")
    with pytest.raises(UnableToOpen, match="damaged"):
        Store.open(store.folder, passphrase)
    (tmp_path / "kept.json").rename(store.folder / "slots.json")
    again = Store.open(store.folder, passphrase)
    newer = f"PRAGMA user_version = {SCHEMA_VERSION + 1}"
    again._writer.execute(newer)  # noqa: SLF001 - as a newer version would
    again.close()
    with pytest.raises(UnableToOpen, match="newer"):
        Store.open(store.folder, passphrase)


def test_the_disk_is_told_of_when_it_is_full(store: Store, keep: Keep) -> None:
    pages = store._writer.execute("PRAGMA page_count").fetchone()["page_count"]  # noqa: SLF001
    store._writer.execute(f"PRAGMA max_page_count = {pages + 2}")  # noqa: SLF001 - a small disk
    with pytest.raises(UnableToKeep, match="room"):
        keep(store, [f"film {number}" for number in range(2000)])
    assert store.row("things.count") == {"things": 0}


def test_a_vault_that_may_only_be_read_is_told_of(store: Store) -> None:
    store._writer.execute("PRAGMA query_only = ON")  # noqa: SLF001 - as a read-only disk is
    with pytest.raises(UnableToKeep, match="read"), store.transaction() as tx:
        tx.run("meta.put", key="x", value="1")


def test_every_statement_can_be_prepared(store: Store) -> None:
    assert len(queries()) > 10
    for name, statement in queries().items():
        try:
            params = dict.fromkeys(_params(statement))
            store._reader.execute("EXPLAIN " + statement, params)  # noqa: SLF001
        except Exception as error:
            raise AssertionError(f"{name}: {error}") from error


def _params(statement: str) -> set[str]:
    return set(re.findall(r":([a-z_]+[a-z0-9_]*)", statement))


def test_the_key_is_let_go_of_on_closing(store: Store) -> None:
    store.close()
    assert not any(store._key)  # noqa: SLF001 - what memory would show


def test_an_older_slots_file_lets_in_by_nothing_that_was_replaced(
    made: tuple[Store, str], passphrase: str
) -> None:
    store, code = made
    before = (store.folder / "slots.json").read_bytes()
    store.change_slots(
        lambda slots, key: change_passphrase(slots, key, "another one", SystemChance(), cost=FLOOR),
        SystemChance(),
    )
    store.close()
    (store.folder / "slots.json").write_bytes(before)
    with pytest.raises(UnableToUnlock, match="older"):
        Store.open(store.folder, passphrase)
    Store.open(store.folder, code).close()
