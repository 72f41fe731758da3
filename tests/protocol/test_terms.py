"""The roster: what each agreement allows is what its words say, and its hash names both."""

import re

import msgspec
import pytest

from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import (
    DEFAULT,
    P7012,
    PRECISIONS,
    PURPOSES,
    ROSTER,
    Terms,
    terms_allowing,
    terms_of,
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


SAID = {
    "You do not track me": ("tracking", False),
    "You may track me": ("tracking", True),
    "You do not train": ("training", False),
    "to train models": ("training", True),
    "You do not pass anything on": ("onward", False),
    "You may pass on": ("onward", True),
    "You draw no picture": ("profiling", False),
    "You may draw a picture": ("profiling", True),
    "You may suit what you show me": ("profiling", True),
    "You may count and compare": ("analytics", True),
    "in a form that other software can read": ("portability", True),
}


@EVERY
def test_words_and_data_say_the_same(terms: Terms) -> None:
    words = " ".join(terms.points)
    for said, (name, value) in SAID.items():
        if said in words:
            assert getattr(terms, name) is value, said
    for name in ("tracking", "training", "onward", "profiling"):
        told = {value for said, (what, value) in SAID.items() if what == name and said in words}
        assert told == {getattr(terms, name)}, f"{name} is not told, or told both ways"
    assert terms.analytics is ("improvement" in terms.purposes) is ("count and compare" in words)
    assert terms.portability is terms.id.endswith("-DP") is ("other software" in words)
    assert terms.training is ("training" in terms.purposes)
    assert terms.profiling is ("personalisation" in terms.purposes)
    assert f"by the {terms.precision}, no finer" in words
    assert "I can end" in words
    assert ("erase it within 30 days" in words) is (terms.retention_days == 30)
    assert ("erase what I gave at once" in words) is (terms.retention_days == 0)


LETTERS = {"A": "analytics", "T": "tracking", "P": "profiling"}


@pytest.mark.parametrize("name", [name for name in ROSTER if name.startswith("SD-")])
def test_each_letter_of_an_id_allows_one_thing_more(name: str) -> None:
    terms = ROSTER[name]
    parts = name.removeprefix("SD-BASE").strip("-").split("-")
    for letter, what in LETTERS.items():
        assert getattr(terms, what) is (letter in parts[0] and parts[0] != "DP")
    assert terms.onward is ("S3P" in parts)
    assert terms.portability is ("DP" in parts)
    assert not terms.training


def test_the_roster_is_that_of_ieee_7012_with_one_of_ours() -> None:
    family = ["SD-BASE", "SD-BASE-A", "SD-BASE-AT", "SD-BASE-ATP", "SD-BASE-ATP-S3P"]
    wanted = [name + dp for name in family for dp in ("", "-DP")]
    assert list(ROSTER) == ["FH-GIVEN", *wanted, "PDC-INTENT", "PDC-GOOD", "PDC-AI"]


@EVERY
def test_somebody_of_fourteen_can_read_it(terms: Terms) -> None:
    text = terms.text()
    sentences = [one for one in re.split(r"[.:]\s+", text) if one]
    words = re.findall(r"[A-Za-z']+", text)
    assert max(len(sentence.split()) for sentence in sentences) <= 32
    assert len(words) / len(sentences) <= 16
    assert sum(len(word) > 9 for word in words) / len(words) < 0.08
    assert len(words) <= 280
    for legal in ("pursuant", "consent", "controller", "processor", "herein", "data subject"):
        assert legal not in text.lower()


@EVERY
def test_whose_words_they_are_is_part_of_what_is_signed(terms: Terms) -> None:
    assert terms.text().splitlines()[-1] == terms.mark
    assert "Firsthand's" in terms.mark
    assert ("of IEEE 7012" in terms.mark) is not terms.ours


def test_terms_are_found_by_name_and_hash_or_refused() -> None:
    terms = ROSTER["SD-BASE"]
    assert terms_of("SD-BASE", terms.sha256) is terms
    for name, sha256 in [("SD-BASE", "0" * 64), ("SD-BASE-A", terms.sha256), ("sd-base", "")]:
        with pytest.raises(Refused) as caught:
            terms_of(name, sha256)
        assert caught.value.refusal.reason == "proffer_invalid"


@EVERY
@pytest.mark.parametrize(
    "field", [name for name in Terms.__struct_fields__ if name not in {"id", "ours"}]
)
def test_any_change_has_another_hash(terms: Terms, field: str) -> None:
    before = getattr(terms, field)
    other: object
    if isinstance(before, bool):
        other = not before
    elif isinstance(before, int):
        other = before + 1
    elif isinstance(before, str):
        other = f"{before}x"
    else:
        other = {"WatchAction": ("name",)} if field == "fields" else ("another",)
    assert msgspec.structs.replace(terms, **{field: other}).sha256 != terms.sha256


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
