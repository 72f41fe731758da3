"""What an answer is judged by: the published rule over what was given, and nothing else."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.roles.profile_rules import DEFAULTS, Answered, Item, run_rule
from firsthand.protocol.things import Thing
from firsthand.vault.roles.profile import judge

RULE = DEFAULTS["titles-by-taste"]
ITEMS = [
    Item(id="1", name="Harbour", genres=["mystery", "drama"]),
    Item(id="2", name="Fog", genres=["mystery"]),
    Item(id="3", name="Sun", genres=["comedy"]),
]


def thing(name: str, identifier: str | None = None) -> Thing:
    data: dict[str, object] = {"@type": "WatchAction", "name": name}
    return Thing(
        id=identifier or f"id of {name}", type="WatchAction", name=name, time=None,
        source="netflix", data=data,
    )  # fmt: skip


BASES = [[thing("Harbour"), thing("Sun")], [thing("Harbour")]]


@pytest.mark.parametrize("base", BASES)
def test_an_answer_to_any_set_that_was_given_fits(base: list[Thing]) -> None:
    assert judge(run_rule(RULE, ITEMS, base), RULE, ITEMS, BASES).verdict == "fits"


def test_the_same_ids_with_other_content_may_both_be_meant() -> None:
    bases = [[thing("Harbour", "one")], [thing("Sun", "one")]]
    for base in bases:
        assert judge(run_rule(RULE, ITEMS, base), RULE, ITEMS, bases).verdict == "fits"
    neither = run_rule(RULE, ITEMS, [thing("Fog", "one")])
    assert judge(neither, RULE, ITEMS, bases).verdict == "differs"


def test_an_answer_to_something_else_differs() -> None:
    odd = run_rule(RULE, ITEMS, [thing("Fog")])
    assert judge(odd, RULE, ITEMS, BASES).verdict == "differs"
    assert judge(odd, RULE, ITEMS, []).verdict == "differs"


def test_a_catalogue_that_changed_cannot_be_judged_by() -> None:
    answer = run_rule(RULE, ITEMS[:2], BASES[0])
    verdict = judge(answer, RULE, ITEMS, BASES)
    assert verdict.verdict == "unverifiable"


def test_another_rule_differs() -> None:
    answer = run_rule(DEFAULTS["plan-that-fits"], ITEMS, BASES[0])
    assert judge(answer, RULE, ITEMS, BASES).verdict == "differs"


@given(st.data())
def test_one_changed_value_does_not_fit(data: st.DataObject) -> None:
    answer = msgspec.to_builtins(run_rule(RULE, ITEMS, BASES[0]))
    pick = data.draw(st.sampled_from(answer["picks"]))
    field = data.draw(st.sampled_from(["item", "name", "score", "why", "because"]))
    other = {"score": pick["score"] + 1, "because": [*pick["because"], "x"]}
    pick[field] = other.get(field, f"{pick[field]}x")
    changed = msgspec.convert(answer, Answered)
    assert judge(changed, RULE, ITEMS, BASES).verdict == "differs"
