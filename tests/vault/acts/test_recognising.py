"""What two organisations could compare is said before anything leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, share

from firsthand.vault.acts import ending, giving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.proposing import Way

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


def test_one_thing_by_the_coarser_of_two_precisions(
    reel: Served, chorus: Served, mine: Vault
) -> None:
    first = connected(mine, reel)
    bring(mine, TITLES[:1])
    share(mine, first)
    second = connected(mine, chorus, way=Way(precision="day"))
    (one,) = told(mine, second)
    assert (one["by"], one["count"], one["precision"]) == ("things", 1, "week")


@pytest.mark.parametrize(
    ("precision", "few", "enough"),
    [("day", 9, 10), ("week", 9, 10), ("month", 39, 40), ("year", 60, None)],
)
def test_a_course_of_days_is_told_where_both_have_enough(
    reel: Served, chorus: Served, mine: Vault, precision: str, few: int, enough: int | None
) -> None:
    way = Way(precision=precision)
    first, second = connected(mine, reel, way=way), connected(mine, chorus, way=way)
    days = [f"2024-01-{day:02}" for day in range(1, 29)]
    bring(mine, [f"Here {number}" for number in range(60)], days)
    here = ids(mine, "Here")
    bring(mine, [f"There {number}" for number in range(60)], days)
    there = ids(mine, "There")
    share(mine, first, things=tuple(here))
    shown: Any = giving.preview(mine, second, giving.Choice(things=tuple(there[:few])))
    assert shown["recognisable"] == []
    if enough is not None:
        shown = giving.preview(mine, second, giving.Choice(things=tuple(there[:enough])))
        (one,) = shown["recognisable"]
        assert (one["by"], one["things"], one["precision"]) == ("course", [], precision)
        assert one["count"] <= 60


def ids(vault: Vault, name: str) -> list[str]:
    """Of the things of a name: one of each day first, so that few of them span all days."""
    rows = vault.store.rows("things.newest", limit=500)
    found = sorted((row["time"], row["id"]) for row in rows if row["name"].startswith(name))
    ends = [found[0][1], found[-1][1]]
    return ends + [each for _, each in found[1:-1]]


def test_who_was_given_something_on_the_same_day_is_told(
    reel: Served, chorus: Served, mine: Vault
) -> None:
    first, second = connected(mine, reel), connected(mine, chorus)
    bring(mine, TITLES)
    share(mine, first, things=tuple(ids(mine, "Fog")[:1]))
    shown: Any = giving.preview(mine, second, giving.Choice(things=tuple(ids(mine, "Moon")[:1])))
    assert (shown["lately"], shown["recognisable"]) == (["Reel"], [])
    shown = giving.preview(mine, first, giving.Choice())
    assert shown["lately"] == []
