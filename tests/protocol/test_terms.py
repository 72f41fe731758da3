"""The roster: what each agreement allows is what its words say, and its hash names both."""

import msgspec
import pytest

from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.terms import (
    DEFAULT,
    P7012,
    PRECISIONS,
    PURPOSES,
    ROSTER,
    Terms,
    terms_allowing,
)

EVERY = pytest.mark.parametrize("terms", ROSTER.values(), ids=ROSTER)


@EVERY
def test_an_entry_is_whole(terms: Terms) -> None:
    assert ROSTER[terms.id] is terms
    assert terms.purposes
    assert set(terms.purposes) <= set(PURPOSES)
    assert len(set(terms.purposes)) == len(terms.purposes)
    assert terms.precision in PRECISIONS
    assert PRECISIONS.index(terms.precision) >= PRECISIONS.index("week")
    assert terms.text().splitlines()[0] == terms.title
    assert all(f"- {point}\n" in terms.text() for point in terms.points)
    assert terms.machine()["class"] == P7012 + terms.p7012_class


@EVERY
def test_words_and_data_say_the_same(terms: Terms) -> None:
    words = " ".join(terms.points)
    assert not terms.tracking
    assert "You do not track me" in words
    assert terms.training is ("training" in terms.purposes)
    if "You do not train" in words:
        assert not terms.training
    if "You do not pass anything on" in words:
        assert not terms.onward
    assert not terms.onward
    if "You do not use it to suit" in words:
        assert "personalisation" not in terms.purposes


@EVERY
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another"),
        ("summary", "Another"),
        ("points", ("Another",)),
        ("purposes", ("training", "research")),
        ("precision", "day"),
        ("retention_days", 1),
        ("onward", True),
        ("tracking", True),
    ],
)
def test_any_change_has_another_hash(terms: Terms, field: str, value: object) -> None:
    assert msgspec.structs.replace(terms, **{field: value}).sha256 != terms.sha256


@EVERY
def test_the_hash_is_of_text_and_data(terms: Terms) -> None:
    assert terms.sha256 == sha256_hex(terms.text().encode() + canonical(terms.machine()))


@pytest.mark.parametrize("purpose", [*PURPOSES, "anything"])
def test_who_allows_a_purpose_is_named_the_narrowest_first(purpose: str) -> None:
    able = terms_allowing(purpose)
    assert {terms.id for terms in able} == {
        terms.id for terms in ROSTER.values() if purpose in terms.purposes
    }
    widths = [len(terms.purposes) for terms in able]
    assert widths == sorted(widths)
    assert bool(able) is (purpose in PURPOSES)


def test_the_default_is_ours_and_says_so() -> None:
    assert [terms.id for terms in ROSTER.values() if terms.ours] == [DEFAULT]
    assert ROSTER[DEFAULT].precision == "week"
