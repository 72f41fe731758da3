"""What two organisations could compare is said before anything leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, share

from firsthand.vault.acts import ending, giving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.proposing import Way
from firsthand.vault.acts.recognising import SAME_MIN

TITLES = ["Fog", "Harbour", "Tide", "Moon"]


def told(vault: Vault, name: str) -> list[dict[str, Any]]:
    shown: Any = giving.preview(vault, name, giving.Choice())["recognisable"]
    found: list[dict[str, Any]] = shown
    return found


@pytest.fixture
def chorus(serve: Callable[..., Served]) -> Served:
    return serve("Chorus")


def test_the_same_things_to_two_are_told_with_their_names(
    reel: Served, chorus: Served, mine: Vault
) -> None:
    first, second = connected(mine, reel), connected(mine, chorus)
    bring(mine, TITLES)
    assert told(mine, second) == []
    share(mine, first)
    (one,) = told(mine, second)
    assert (one["organisation"], one["count"], one["precision"]) == ("Reel", len(TITLES), "week")
    assert sorted(each["name"] for each in one["things"]) == sorted(TITLES)
    assert told(mine, first) == []  # what they have already tells them nothing new
    ending.revoke(mine, first, erase=True)
    assert told(mine, second) == []


def test_few_things_by_the_week_are_not_told_but_one_by_the_day_is(
    reel: Served, chorus: Served, mine: Vault
) -> None:
    first = connected(mine, reel)
    bring(mine, TITLES[: SAME_MIN - 1])
    share(mine, first)
    second = connected(mine, chorus)
    assert told(mine, second) == []
    ending.revoke(mine, second)
    finer = connected(mine, chorus, way=Way(precision="day"))
    (one,) = told(mine, finer)
    assert (one["count"], one["precision"]) == (SAME_MIN - 1, "week")
