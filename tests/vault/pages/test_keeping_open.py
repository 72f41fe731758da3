"""What is open stays open for who uses it, is closed for everybody else, and never grows."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firsthand import app
from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SeededChance
from firsthand.foundation.settings import Settings
from firsthand.vault.acts import keeping
from firsthand.vault.acts.uploading import Bounds
from firsthand.vault.acts.visiting import Visits
from firsthand.vault.pages.cabinet import CHECKS_WAITING_MAX, Busy, Cabinet, Locked
from firsthand.vault.pages.forms import Dropped
from firsthand.vault.pages.looks import LOOKS_MAX, LookRefused, Looks
from firsthand.vault.store import UnableToUnlock

PASSPHRASE = "four green owls at night"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def cabinet(tmp_path: Path, clock: SetClock) -> Iterator[Cabinet]:
    chance = SeededChance(1)
    for name in ("anna", "bo", "cleo"):
        keeping.init(tmp_path / name, PASSPHRASE, chance, clock)
    made = Cabinet(
        tmp_path,
        lambda place, secret: app.open_vault(place, secret, Settings(), commands=False),
        clock=clock,
        chance=chance,
        open_max=2,
    )
    yield made
    made.close_all()


def test_only_as_many_are_open_as_fit(cabinet: Cabinet) -> None:
    cabinet.unlock("anna", PASSPHRASE)
    cabinet.unlock("bo", PASSPHRASE)
    with pytest.raises(Busy):
        cabinet.unlock("cleo", PASSPHRASE)
    cabinet.unlock("anna", PASSPHRASE)  # open already: it takes no more room
    cabinet.close("bo")
    cabinet.unlock("cleo", PASSPHRASE)
    assert sorted(cabinet.open_now()) == ["anna", "cleo"]


def test_a_vault_that_is_lent_is_closed_when_it_is_back(cabinet: Cabinet) -> None:
    cabinet.unlock("anna", PASSPHRASE)
    with cabinet.lend("anna") as vault:
        cabinet.close("anna")
        assert keeping.counts(vault) == [], "who holds it goes on"
        with pytest.raises(Locked), cabinet.lend("anna"):
            pass
    with pytest.raises(Exception, match="closed"):
        keeping.counts(vault)


def test_work_in_the_background_keeps_nothing_open(cabinet: Cabinet, clock: SetClock) -> None:
    cabinet.unlock("anna", PASSPHRASE)
    cabinet.unlock("bo", PASSPHRASE)
    clock.advance(timedelta(minutes=10))
    with cabinet.lend("anna", in_use=False):
        pass
    with cabinet.lend("bo"):
        pass
    clock.advance(timedelta(minutes=6))
    assert cabinet.close_idle() == ["anna"]
    assert cabinet.open_now() == ["bo"]


@pytest.mark.parametrize("slug", ["anna", "nobody", "", "../anna", "."])
def test_every_wrong_try_is_told_the_same(cabinet: Cabinet, slug: str) -> None:
    with pytest.raises(UnableToUnlock) as told:
        cabinet.unlock(slug, "something else")
    assert str(told.value) == "This name and this passphrase do not open anything here. Try again."


def test_an_open_vault_is_not_opened_by_a_wrong_passphrase(cabinet: Cabinet) -> None:
    cabinet.unlock("anna", PASSPHRASE)
    with pytest.raises(UnableToUnlock):
        cabinet.unlock("anna", "something else")
    assert not cabinet.proves("anna", "something else")
    assert cabinet.proves("anna", PASSPHRASE)


def test_who_would_wait_for_too_long_is_told_at_once(tmp_path: Path, clock: SetClock) -> None:
    begun, go = threading.Semaphore(0), threading.Event()
    keeping.init(tmp_path / "anna", PASSPHRASE, SeededChance(1), clock)

    def slowly(_place: Path, _secret: str) -> object:
        begun.release()
        go.wait(30)
        raise UnableToUnlock("enough")

    cabinet = Cabinet(tmp_path, slowly, clock=clock, chance=SeededChance(2))  # type: ignore[arg-type]
    refused: list[Exception] = []

    def one_try() -> None:
        try:
            cabinet.unlock("anna", PASSPHRASE)
        except (Busy, UnableToUnlock) as error:
            refused.append(error)

    threads = [threading.Thread(target=one_try) for _ in range(CHECKS_WAITING_MAX + 4)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        assert begun.acquire(timeout=30), "two are checked at a time"
    deadline = threading.Event()
    while not any(isinstance(error, Busy) for error in refused) and not deadline.wait(0.02):
        pass
    assert not begun.acquire(blocking=False), "and no third"
    go.set()
    for thread in threads:
        thread.join(60)
    assert len(refused) == len(threads)


def _looks(clock: SetClock, folder: Path) -> Looks:
    chance = SeededChance(1)
    return Looks(clock=clock, chance=chance, visits=Visits(folder / "v", Bounds(), clock, chance))


def test_looks_are_bounded_in_number_and_size(clock: SetClock, tmp_path: Path) -> None:
    looks = _looks(clock, tmp_path)
    tokens = [looks.begin() for _ in range(LOOKS_MAX + 5)]
    assert len(looks) == LOOKS_MAX
    assert looks.read(tokens[0]) is None, "the oldest has made room"
    look = looks.read(tokens[-1])
    assert look is not None
    big = bytes(40 * 1024 * 1024)
    looks.add(look, [Dropped(name="a.csv", content=big)])
    looks.add(look, [Dropped(name="a.csv", content=big)])
    assert len(look.files) == 1, "the same file again is one"
    with pytest.raises(LookRefused):
        looks.add(look, [Dropped(name="b.csv", content=big)])
    clock.advance(timedelta(minutes=31))
    looks.forget_old()
    assert len(looks) == 0


def test_a_sample_and_my_own_files_are_never_mixed(clock: SetClock, tmp_path: Path) -> None:
    looks = _looks(clock, tmp_path)
    look = looks.read(looks.begin())
    assert look is not None
    looks.add(look, [Dropped(name="mine.csv", content=b"1")])
    looks.add(look, [Dropped(name="sample.csv", content=b"2")], sample=True)
    assert [file.name for file in look.files] == ["sample.csv"]
    looks.add(look, [Dropped(name="mine.csv", content=b"1")])
    assert [file.name for file in look.files] == ["mine.csv"]
