"""An organisation that puts back an old backup is told again what it had ended and erased."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, away, back_up, bring, connected, new_vault, put_back, share

from firsthand.foundation.clock import SetClock
from firsthand.protocol.jws import read_jws
from firsthand.vault.acts import changing, connecting, ending, logging, receiving
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
        back_up(served, tmp_path)
        yield vault


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


@pytest.mark.parametrize("how", ["erase", "end", "pause"])
def test_a_backup_of_what_was_put_back_lapses_later(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path, how: str
) -> None:
    if how == "pause":
        changing.pause(mine, "reel")
    else:
        ending.revoke(mine, "reel", erase=how == "erase")
    stands = taking if how == "pause" else held
    before = stands(served)
    month = timedelta(days=find(mine.store, "reel").organisation.backup_days)
    # The second is put back from a backup that was made between the first and the saying again.
    for _ in range(2):
        clock.advance(month)
        put_back(served, tmp_path)
        assert stands(served) != before
        receiving.refresh(mine)
        assert stands(served) == before
    clock.advance(month + 8 * DAY)
    assert mine.gate.to_remind() == set(), "none of them can be put back any more"


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


def taking(served: Served) -> list[str]:
    return [str(one["state"]) for one in served.act("agreements")["agreements"]]


def test_a_pause_that_they_forgot_is_said_again(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path
) -> None:
    changing.pause(mine, "reel")
    assert taking(served) == ["paused"]
    for _ in range(2):  # they have put nothing back
        clock.advance(7 * DAY)
        assert mine.gate.to_remind() == {"reel"}
        receiving.refresh(mine)
        assert (warnings(mine), mine.gate.to_remind()) == ([], set())
    put_back(served, tmp_path)
    assert taking(served) == ["accepted"]
    clock.advance(7 * DAY)
    receiving.refresh(mine)
    assert taking(served) == ["paused"]
    (said,) = warnings(mine)
    assert "had put back, out of a backup, your deal as it was before you paused it" in said
    clock.advance(7 * DAY)
    receiving.refresh(mine)
    assert len(warnings(mine)) == 1
    changing.resume(mine, "reel")
    assert taking(served) == ["accepted"]
    clock.advance(30 * 7 * DAY)
    assert mine.gate.to_remind() == set(), "no backup is that old"


def test_that_they_rested_it_themselves_is_no_backup_put_back(
    mine: Vault, served: Served, clock: SetClock
) -> None:
    changing.pause(mine, "reel")
    clock.advance(DAY)
    (deal,) = served.act("agreements")["agreements"]
    served.act("pause", agreement=deal["id"])
    clock.advance(7 * DAY)
    receiving.refresh(mine)
    assert (taking(served), warnings(mine)) == (["paused"], [])


@pytest.mark.parametrize("erase", [True, False])
def test_a_deal_that_took_the_place_of_what_they_put_back_ends_that(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path, *, erase: bool
) -> None:
    changing.change(mine, "reel", changing.Wanted(precision="month"))
    ending.revoke(mine, "reel", erase=erase)
    before = held(served)
    put_back(served, tmp_path)
    assert held(served) == ["active"], "and they know only of the deal of before"
    for _ in range(2):
        clock.advance(7 * DAY)
        receiving.refresh(mine)
        assert held(served) == before
    assert len(warnings(mine)) == 1
    told: Any = logging.log(mine, "reel", verify=True)
    assert told["problems"] == 0
