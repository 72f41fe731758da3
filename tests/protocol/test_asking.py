"""What goes beyond what a role needs is marked, all of it, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.asking import NEEDS, Beyond, compare, smaller
from firsthand.protocol.roles.profile import FIELDS, PURPOSE
from firsthand.protocol.roles.profile_rules import ASKS
from firsthand.protocol.roster import PRECISIONS, PURPOSES

GOLDEN = {
    "profile": {
        "kinds": {
            "WatchAction": ("name", "object", "startTime"),
            "PayAction": ("name", "price", "priceCurrency", "startTime"),
        },
        "purposes": ("service", "support", "personalisation", "offers"),
        "precision": "week",
    }
}
WATCHED, PAID = ["name", "object", "startTime"], ["name", "price", "priceCurrency", "startTime"]


def beyond(asks: dict[str, list[str]], purpose: str = PURPOSE, precision: str = "week") -> set[str]:
    found = compare(asks, [purpose], precision)
    return {one.kind if one.what == "kind" else f"{one.kind}/{one.name}" for one in found}


def test_the_templates_are_these() -> None:
    assert {
        role: {"kinds": need.kinds, "purposes": need.purposes, "precision": need.precision}
        for role, need in NEEDS.items()
    } == GOLDEN


@pytest.mark.parametrize("rule", ASKS)
def test_what_a_published_rule_needs_is_never_too_much(rule: str) -> None:
    assert compare(ASKS[rule], [PURPOSE], "week") == []
    assert smaller(ASKS[rule]) == ASKS[rule]


def test_all_that_the_template_allows_is_not_too_much() -> None:
    for need in NEEDS.values():
        asks = {kind: list(fields) for kind, fields in need.kinds.items()}
        for precision in ("week", "month", "year"):
            assert compare(asks, need.purposes, precision) == []
        assert smaller(asks) == asks


# Asks as they come, each with everything in it that goes beyond.
OVER: list[tuple[dict[str, list[str]], set[str]]] = [
    *(
        ({"WatchAction": [*WATCHED, field]}, {f"WatchAction/{field}"})
        for field in (
            "agent", "instrument", "location", "duration", "participant", "endTime", "ipAddress",
            "identifier", "result", "startTime ", "Name", "",
        )
    ),
    *(
        ({"PayAction": [*PAID, field]}, {f"PayAction/{field}"})
        for field in (
            "description", "identifier", "recipient", "accountId", "paymentMethod", "customer",
            "paymentMethodId", "location", "agent",
        )
    ),
    *(
        ({"WatchAction": WATCHED, kind: ["name"]}, {kind})
        for kind in (
            "ReceiveAction", "ViewAction", "SearchAction", "MoveAction", "TravelAction",
            "CommunicateAction", "Person", "watchaction", "", "ListenAction",
        )
    ),
    ({"WatchAction": ["startTime"]}, {"WatchAction"}),
    ({"WatchAction": []}, {"WatchAction"}),
    ({"WatchAction": ["name", "agent", "agent"]}, {"WatchAction/agent"}),
    (
        {"WatchAction": ["agent", "instrument", "name"], "ReceiveAction": ["name", "price"]},
        {"WatchAction/agent", "WatchAction/instrument", "ReceiveAction"},
    ),
    ({kind: list(fields) for kind, fields in FIELDS.items()},
     {"WatchAction/duration", "PayAction/recipient", "ViewAction", "ReceiveAction"}),
]  # fmt: skip


@pytest.mark.parametrize(("asks", "marked"), OVER, ids=range(len(OVER)))
def test_every_over_ask_is_marked(asks: dict[str, list[str]], marked: set[str]) -> None:
    assert beyond(asks) == marked
    assert beyond(smaller(asks)) == set()


@pytest.mark.parametrize("purpose", [*PURPOSES, "advertising", "credit scoring", ""])
def test_a_purpose_the_role_does_not_serve_is_marked(purpose: str) -> None:
    found = compare({"WatchAction": WATCHED}, [purpose], "week")
    served = purpose in GOLDEN["profile"]["purposes"]
    assert [(one.what, one.name) for one in found] == ([] if served else [("purpose", purpose)])


@pytest.mark.parametrize("precision", [*PRECISIONS, "minute", ""])
def test_a_time_finer_than_the_role_needs_is_marked(precision: str) -> None:
    found = compare({"WatchAction": WATCHED}, [PURPOSE], precision)
    fine = precision not in {"week", "month", "year"}
    assert [(one.what, one.name) for one in found] == ([("precision", precision)] if fine else [])


ASK = st.dictionaries(
    st.one_of(st.sampled_from([*FIELDS, "Person"]), st.text(max_size=5)),
    st.lists(
        st.one_of(
            st.sampled_from([*WATCHED, *PAID, "agent", "description", "identifier"]),
            st.text(max_size=5),
        ),
        max_size=6,
    ),
    max_size=4,
)


@given(ASK, st.lists(st.sampled_from(PURPOSES), max_size=3), st.sampled_from(PRECISIONS))
def test_all_that_is_outside_the_template_is_marked_and_only_that(
    asks: dict[str, list[str]], purposes: list[str], precision: str
) -> None:
    found = compare(asks, purposes, precision)
    need = NEEDS["profile"]
    for kind, fields in asks.items():
        marked = {one.name for one in found if one.kind == kind and one.what == "field"}
        whole = any(one.kind == kind and one.what == "kind" for one in found)
        if kind in need.kinds:
            assert marked == set(fields) - set(need.kinds[kind])
            assert whole is ("name" not in fields)
        else:
            assert whole
    cut = smaller(asks)
    assert compare(cut, [], "week") == []
    assert all(set(fields) <= set(asks[kind]) for kind, fields in cut.items())
    assert smaller(cut) == cut


@given(ASK)
def test_each_mark_says_why_in_plain_words(asks: dict[str, list[str]]) -> None:
    for one in compare(asks, PURPOSES, "hour"):
        assert re.fullmatch(r"[A-Z][^{}]+\.", one.why)
        assert len(one.why) < 160
        for machinery in ("schema", "field", "purpose", "role", "Action"):
            assert machinery not in one.why


def test_a_role_without_a_template_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        compare({}, [], "week", role="insight")
    assert Beyond(what="field", why="So.").kind == ""
