"""What is put right for machines: values that could have been given, each member once."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.putting_right import check_corrections, corrections, put_together
from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import Request
from firsthand.protocol.roles.profile_rules import Item, plan_that_fits
from firsthand.protocol.things import Thing


def rectification(details: str) -> Request:
    return Request(right="rectification", regime="gdpr", jti="a", at=0, details=details)


def naming(**fields: str) -> Request:
    return rectification(json.dumps({"corrections": [{"thing": "a", "fields": fields}]}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "NaN"), ("price", "Infinity"), ("price", "1E999"), ("price", "-"),
        ("price", "9,99"), ("price", "\u0661"), ("price", "9.99\n"),
        ("startTime", "banana"), ("startTime", "2024-02-30"), ("startTime", "2024-02"),
        ("startTime", "2024-02-03T25:00:00Z"), ("startTime", "2024-02-03T20:15:00Z"),
        ("name", ""), ("name", "a\0b"), ("duration", "9" * 101), ("agent", "x"),
    ],
)  # fmt: skip
def test_what_could_not_have_been_given_is_not_put_right(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        check_corrections(naming(**{field: value}))
    assert refused.value.refusal.reason == "shape_invalid"


def test_what_could_have_been_given_is() -> None:
    asked = naming(name="Fog", price="-9.99", priceCurrency="EUR", startTime="2024-02-03T20:00:00Z")
    assert check_corrections(asked) == corrections(asked) != []
    assert check_corrections(naming(startTime="2024-02-29"))


@pytest.mark.parametrize(
    "details",
    [
        '{"corrections":[{"thing":"a","fields":{"name":"A","name":"B"}}]}',
        '{"corrections":[],"corrections":[{"thing":"a","fields":{"name":"A"}}]}',
        '{"corrections":[{"thing":"a","thing":"b","fields":{"name":"A"}}]}',
    ],
)
def test_a_member_that_is_there_twice_is_refused(details: str) -> None:
    with pytest.raises(Refused):
        check_corrections(rectification(details))
    assert corrections(rectification(details)) == [], "and nobody reads one of the two"


@pytest.mark.parametrize("words", ["My name is Tomasz.", "{sic}", '{"name": "Tomasz"}', ""])
def test_words_are_words(words: str) -> None:
    assert check_corrections(rectification(words)) == []


@pytest.mark.parametrize("price", ["NaN", "sNaN", "-Infinity", "1E999999"])
def test_a_price_that_is_none_stops_no_answer(price: str) -> None:
    def paid(id_: str, amount: str) -> Thing:
        data: dict[str, object] = {"@type": "PayAction", "name": "Reel", "price": amount}
        return Thing(id=id_, type="PayAction", name="Reel", time=None, source="bank", data=data)

    plans = [Item(id="1", name="Small", price="5"), Item(id="2", name="Odd", price=price)]
    parameters = {"saving_percent_min": 10, "picks_max": 3, "because_max": 3}
    picks, _ = plan_that_fits(plans, [paid("a", "9.99"), paid("b", price)], parameters)
    assert [(one.item, Decimal(str(one.saves_yearly))) for one in picks] == [
        ("1", Decimal("59.88"))
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.sampled_from("xyz"))))
def test_what_was_asked_last_holds_in_whichever_order_it_is_done(
    said: list[tuple[int, str, str]],
) -> None:
    requests = [
        Request(
            right="rectification", regime="gdpr", jti=f"r{n}", at=at,
            details=json.dumps({"corrections": [{"thing": thing, "fields": {"name": name}}]}),
        )
        for n, (at, thing, name) in enumerate(said)
    ]  # fmt: skip
    known = put_together(requests)
    assert put_together(requests[::-1]) == known
    for thing in "ab":
        last = max((one for one in zip(said, requests, strict=True) if one[0][1] == thing),
                   key=lambda one: (one[1].at, one[1].jti), default=None)  # fmt: skip
        assert known.get(thing) == (None if last is None else {"name": last[0][2]})
