"""An organisation that puts back an old backup is told again what it had ended and erased."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.protocol.jws import read_jws
from firsthand.vault.acts import connecting, ending, logging, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def served(serve: Callable[..., Served], clock: SetClock) -> Served:
    return serve(clock=clock)


@pytest.fixture
def mine(tmp_path: Path, served: Served, clock: SetClock) -> Iterator[Vault]:
    """The vault of somebody who gave something to Reel; of then is a backup of Reel."""
    with new_vault(tmp_path / "mine", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        share(vault, name)
        served.settle()
        receiving.refresh(vault)
        with away(served):
            shutil.copytree(served.folder, tmp_path / "backup")
        yield vault


@contextlib.contextmanager
def away(served: Served) -> Iterator[None]:
    served.stop()
    yield
    served.start()


def put_back(served: Served, tmp_path: Path) -> None:
    with away(served):
        shutil.rmtree(served.folder)
        shutil.copytree(tmp_path / "backup", served.folder)
    served.settle()


def warnings(vault: Vault) -> list[str]:
    told: Any = connecting.relationship(vault, "reel")
    return [each["what"] for each in told["warnings"]]


def held(served: Served) -> list[str]:
    return [str(one["state"]) for one in served.people()]


@pytest.mark.parametrize("erase", [True, False])
def test_what_a_backup_brought_back_goes_again(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path, *, erase: bool
) -> None:
    ending.revoke(mine, "reel", erase=erase)
    before = held(served)
    assert before == ([] if erase else ["ended"])
    receipt = receipts(mine)[-1]
    put_back(served, tmp_path)
    assert held(served) == ["active"], "they know of no end any more"
    clock.advance(6 * DAY)
    assert receiving.to_ask(mine) == []
    clock.advance(DAY)
    assert receiving.to_ask(mine) == ["reel"]
    receiving.refresh(mine)
    assert held(served) == before
    assert receiving.to_ask(mine) == [], "for a week"
    (said,) = warnings(mine)
    assert "had put back, out of a backup" in said
    told: Any = logging.log(mine, "reel", verify=True)
    assert (told["problems"], receipts(mine)[-1] != receipt) == (0, True)


def receipts(vault: Vault) -> list[str]:
    told: Any = logging.log(vault, "reel")["endings"]
    return [each["receipt"] for each in told]


def test_who_put_nothing_back_gives_the_same_receipt_until_backups_have_lapsed(
    mine: Vault, clock: SetClock
) -> None:
    ending.revoke(mine, "reel", erase=True)
    asked, first = 0, receipts(mine)
    days = find(mine.store, "reel").organisation.backup_days
    assert read_jws(first[-1])[1]["backup_days"] == days
    for _ in range(days + 30):
        clock.advance(DAY)
        if receiving.to_ask(mine):
            receiving.refresh(mine)
            asked += 1
    assert asked == (days + 7) // 7
    assert (receipts(mine), warnings(mine)) == (first, [])


def test_what_they_erased_by_themselves_is_looked_after_too(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path
) -> None:
    ending.revoke(mine, "reel")
    clock.advance(30 * DAY)
    served.hub.keeping.work_off()
    receiving.refresh(mine)
    assert held(served) == []
    put_back(served, tmp_path)
    assert held(served) == ["active"]
    for _ in range(2):
        clock.advance(7 * DAY)
        receiving.refresh(mine)
        assert held(served) == []
    assert len(warnings(mine)) == 1


def test_who_is_away_is_told_a_day_later(mine: Vault, served: Served, clock: SetClock) -> None:
    ending.revoke(mine, "reel", erase=True)
    clock.advance(7 * DAY)
    with away(served):
        receiving.refresh(mine)
        assert receiving.to_ask(mine) == []
    clock.advance(DAY)
    assert receiving.to_ask(mine) == ["reel"]
    receiving.refresh(mine)
    assert (receiving.to_ask(mine), warnings(mine)) == ([], [])
