"""Two hundred people and five organisations: nothing joins what these hold of one person.

Identifiers: what two organisations have of a person and of nobody else is nothing at all, and what
is planted is found for everybody it was planted for. Behaviour: who compares what both were told
guesses no better than twice chance where each gets another kind, by the week. Where that cannot be
reached the tests say so, too, and `docs/linkability.md` has the figures.
"""

from collections.abc import Iterator
from itertools import combinations

import pytest
from tests.harness.crowd import AGAIN, DAILY, ORGANISATIONS, PEOPLE, Life, crowd, held
from tests.harness.linking import ATTACKS, best, by_things, rate
from tests.harness.many import PLANTS, Many

CHANCE = 1 / PEOPLE
CLEAN, SEEDS = 4, (1, 2)
WEEK = "week"


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return crowd()


@pytest.fixture(scope="module")
def many(lives: list[Life], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    """Some who deal as everybody does, and one for each thing that is planted."""
    many = Many(tmp_path_factory.mktemp("many"))
    planted = {CLEAN + place: plant for place, plant in enumerate(PLANTS)}
    many.deal(lives[: CLEAN + len(PLANTS)], planted)
    yield many
    many.close()


def test_two_of_five_have_nothing_of_a_person_alone_and_what_is_planted_is_found(
    many: Many,
) -> None:
    shared = many.shared()
    assert len(shared) == CLEAN + len(PLANTS)
    assert {person: shared[person] for person in range(CLEAN)} == {
        person: set() for person in range(CLEAN)
    }
    found = {plant: bool(shared[CLEAN + place]) for place, plant in enumerate(PLANTS)}
    assert found == dict.fromkeys(PLANTS, True)


def test_by_the_week_five_of_different_kinds_guess_no_better_than_twice_chance() -> None:
    guessed: dict[tuple[str, str], list[float]] = {}
    for seed in SEEDS:
        people = crowd(seed=seed)
        told = {name: held(people, name, WEEK) for name in ORGANISATIONS}
        for left, right in combinations(ORGANISATIONS, 2):
            for name, attack in ATTACKS.items():
                scores = attack(told[left], told[right], WEEK)
                guessed.setdefault((left + right, name), []).append(rate(scores))
    mean = {pair: sum(rates) / len(rates) for pair, rates in guessed.items()}
    by_attack = {
        attack: sum(rate for (_, name), rate in mean.items() if name == attack) / 10
        for attack in ATTACKS
    }
    assert max(by_attack.values()) <= 2 * CHANCE, by_attack
    assert max(mean.values()) <= 4 * CHANCE, mean  # a few guesses of one pair: chance wavers


def test_an_attack_that_could_not_succeed_would_prove_nothing(lives: list[Life]) -> None:
    told = {name: held(lives, name, WEEK) for name in (*DAILY, AGAIN)}
    same, _ = best(told["Reel"], told[AGAIN], WEEK)
    assert same > 0.9, "the same titles to two are recognised, and the docs say so"
    days, attack = best(told["Reel"], told["Larder"], WEEK)
    assert days > 5 * CHANCE, "who sees each day of a life sees when somebody was away"
    assert attack.partition(" ")[0] in {"gaps", "rhythm"}


def test_by_the_year_a_course_of_days_tells_nothing(lives: list[Life]) -> None:
    told = {name: held(lives, name, "year") for name in DAILY}
    for left, right in combinations(DAILY, 2):
        assert best(told[left], told[right], "year")[0] <= 2 * CHANCE


def test_few_of_the_same_things_are_enough(lives: list[Life]) -> None:
    everything = held(lives, "Reel", WEEK)
    one = [titles[-1:] for titles in everything]
    assert rate(by_things(everything, one, WEEK)) > 0.5
