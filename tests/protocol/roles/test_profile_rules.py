"""The published rules: the same answer on both sides, standing on what was given alone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.roles.profile_rules import (
    DEFAULTS,
    RULES,
    Item,
    Rule,
    basis_of,
    catalogue_sha256,
    run_rule,
)
from firsthand.protocol.things import Thing

TASTE, PLAN = DEFAULTS["titles-by-taste"], DEFAULTS["plan-that-fits"]
GENRES = ["crime", "comedy", "Space", "sea"]
CATALOGUE = [
    Item(id=f"i{number}", name=f"Title {number}", genres=GENRES[number % 4 : number % 4 + 2])
    for number in range(30)
]
PLANS = [
    Item(id=f"p{price}", name=f"Plan {price}", price=f"{price}.00", currency="EUR")
    for price in (5, 10, 20, 40)
]


def watched(number: int, title: str | None = None) -> Thing:
    name = title or f"Title {number}"
    return Thing(
        id=f"w{number}", type="WatchAction", name=name, time="2026-01-05", source="netflix",
        data={"@type": "WatchAction", "name": name, "object": {"@type": "Movie", "name": name}},
    )  # fmt: skip


def paid(number: int, price: str, currency: str = "EUR") -> Thing:
    return Thing(
        id=f"p{number}", type="PayAction", name="Lark", time=f"2026-01-{number + 1:02}",
        source="bank",
        data={"@type": "PayAction", "name": "Lark", "price": price, "priceCurrency": currency},
    )  # fmt: skip


THINGS = st.lists(st.integers(0, 45), unique=True, max_size=20).map(
    lambda numbers: [watched(number) for number in numbers]
)


@given(THINGS, st.randoms())
def test_the_order_of_what_was_given_changes_nothing(things: list[Thing], random: object) -> None:
    mixed = list(things)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert run_rule(TASTE, CATALOGUE, mixed) == run_rule(TASTE, CATALOGUE, things)


@given(THINGS)
def test_titles_are_new_stand_on_given_things_and_fall_in_score(things: list[Thing]) -> None:
    answer = run_rule(TASTE, CATALOGUE, things)
    seen, given_ids = {thing.name for thing in things}, {thing.id for thing in things}
    assert len(answer.picks) <= TASTE.parameters["picks_max"]
    assert [pick.score for pick in answer.picks] == sorted(
        (pick.score for pick in answer.picks), reverse=True
    )
    for pick in answer.picks:
        assert pick.name not in seen
        assert set(pick.because) <= given_ids
        assert (pick.score > 0) is bool(pick.because)


@given(THINGS)
def test_without_a_known_title_everybody_is_shown_the_same(things: list[Thing]) -> None:
    unknown = [watched(number, "Nowhere in it") for number in range(len(things))]
    answer, nothing = (run_rule(TASTE, CATALOGUE, given) for given in (unknown, []))
    assert answer.picks == nothing.picks
    assert answer.note == nothing.note != ""


def test_a_title_is_known_by_its_series_and_however_it_is_written() -> None:
    episode = Thing(
        id="e", type="WatchAction", name="TITLE  1: Season 2: End", time=None, source="netflix",
        data={
            "@type": "WatchAction",
            "object": {
                "@type": "TVEpisode", "name": "End",
                "partOfSeries": {"@type": "TVSeries", "name": "TÍTLE - 1"},
            },
        },
    )  # fmt: skip
    answer = run_rule(TASTE, CATALOGUE, [episode])
    assert "Title 1" not in {pick.name for pick in answer.picks}
    assert {identifier for pick in answer.picks for identifier in pick.because} == {"e"}


@given(st.lists(st.decimals("0.01", "99", places=2), min_size=1, max_size=12))
def test_a_plan_saves_what_it_says_or_one_stays(prices: list[Decimal]) -> None:
    things = [paid(number, f"{price:.2f}") for number, price in enumerate(prices)]
    answer = run_rule(PLAN, PLANS, things)
    now = prices[-1]
    if not answer.picks:
        assert answer.note.startswith("Stay where you are")
        assert now < Decimal(5) / Decimal("0.95") + Decimal("0.01")
        return
    (pick,) = answer.picks
    (plan,) = [item for item in PLANS if item.id == pick.item]
    price = Decimal(plan.price or "")
    assert price <= now * Decimal("0.95")
    assert Decimal(pick.saves_yearly or "") == (now - price) * 12
    assert set(pick.because) <= {thing.id for thing in things}
    assert pick.because


def test_another_currency_is_not_compared() -> None:
    answer = run_rule(PLAN, PLANS, [paid(1, "90.00", "USD")])
    assert answer.picks == []


def test_nothing_given_is_nothing_compared() -> None:
    answer = run_rule(PLAN, PLANS, [])
    assert [pick.item for pick in answer.picks] == [plan.id for plan in PLANS]
    assert all(not pick.because and pick.saves_yearly is None for pick in answer.picks)


def test_hashes_name_exactly_what_they_are_of() -> None:
    changed = Rule(name=TASTE.name, version=1, parameters={**TASTE.parameters, "picks_max": 9})
    assert TASTE.sha256 != changed.sha256
    assert catalogue_sha256(CATALOGUE) != catalogue_sha256(CATALOGUE[::-1])
    assert basis_of([watched(1), watched(2)]) == basis_of([watched(2), watched(1), watched(1)])
    assert basis_of([watched(1)]) != basis_of([])


def test_an_unknown_rule_is_not_run() -> None:
    assert ("titles-by-taste", 2) not in RULES
    with pytest.raises(KeyError):
        run_rule(Rule(name="titles-by-taste", version=2, parameters={}), CATALOGUE, [])
