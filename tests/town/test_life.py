"""What one person does follows from what they have, wherever they were stopped."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from firsthand import app
from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SeededChance, SystemChance
from firsthand.foundation.settings import Settings
from firsthand.town.dice import Dice
from firsthand.town.life import BEHIND_DAYS, Life
from firsthand.town.people import HISTORY_DAYS, PEOPLE
from firsthand.vault.acts import keeping
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Offline

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
YESTERDAY = "2026-05-03"
NOBODY = "http://127.0.0.1:9"  # the port of a service that discards: nothing listens there


def opened(folder: Path, passphrase: str) -> Vault:
    return app.open_vault(folder, passphrase, Settings(egress="loopback"), commands=True)


def life(folder: Path, clock: SetClock) -> Life:
    return Life(
        PEOPLE[0],
        folder / "malik",
        opened,
        lambda _organisation, _account: f"{NOBODY}/invite/abcdefghij",
        addresses={"Reel": NOBODY, "Chorus": NOBODY},
        begun=(NOW - datetime.timedelta(days=HISTORY_DAYS)).date(),
        clock=clock,
        chance=SystemChance(),
        dice=Dice(SeededChance(3)),
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def malik(tmp_path: Path, clock: SetClock) -> Iterator[Life]:
    made = life(tmp_path, clock)
    made.wake()
    yield made
    made.close()


def newest(one: Life) -> str:
    return max(str(row["last"]) for row in keeping.counts(one.vault))[:10]


def test_at_first_they_have_the_older_part(malik: Life) -> None:
    last = NOW.date() - datetime.timedelta(days=1 + BEHIND_DAYS)
    assert newest(malik) <= last.isoformat()
    assert sum(int(str(row["things"])) for row in keeping.counts(malik.vault)) > 1_000


def test_they_bring_until_yesterday_and_then_again_the_day_after(
    malik: Life, clock: SetClock
) -> None:
    for _ in range(BEHIND_DAYS):
        malik.bring()
    assert malik.bring() == "brought 0 new things"
    before = newest(malik)
    assert "2026-05-01" <= before <= YESTERDAY
    clock.advance(datetime.timedelta(days=3))
    assert malik.bring() != "brought 0 new things"
    assert newest(malik) > before


def test_who_was_stopped_goes_on_from_there(malik: Life, tmp_path: Path, clock: SetClock) -> None:
    malik.bring()
    had = keeping.counts(malik.vault)
    again = life(tmp_path, clock)
    again.wake()
    assert keeping.counts(again.vault) == had
    again.close()


def test_an_organisation_that_is_away_is_missed_and_nothing_is_lost(malik: Life) -> None:
    with pytest.raises(Offline):
        malik.settle()
    assert [member.organisation for member in malik.missing()] == ["Reel", "Chorus"]
    assert malik.read() == "read 0 answers"
