"""What pages say: pure words, and never the names that only programs use."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.web import words
from firsthand.protocol.roles.profile import FIELDS
from firsthand.protocol.terms import PRECISIONS, PURPOSES, ROSTER
from firsthand.vault.pages import findings, saying
from firsthand.vault.pages.keep import slug_of

TEMPLATES = Path(findings.__file__).parent / "templates"
NEVER = ("hub", "batch", "lane", "gate", "journal", "proffer", "roster", "personalisation")


def test_every_kind_field_purpose_and_precision_has_words() -> None:
    assert set(saying.FIELDS) == set(FIELDS)
    for kind, fields in FIELDS.items():
        assert set(saying.FIELDS[kind]) == set(fields)
        assert saying.kind_of(kind) is not words.OTHER
    assert set(saying.PURPOSES) == set(PURPOSES)
    assert set(saying.PRECISIONS) == set(PRECISIONS)


def test_no_page_speaks_of_the_machinery() -> None:
    for path in sorted(TEMPLATES.glob("*.html")):
        source = re.sub(r"{%.*?%}|{#.*?#}", " ", path.read_text(), flags=re.DOTALL)
        read = re.sub(r"{{.*?}}", lambda part: " ".join(re.findall(r'"([^"]*)"', part[0])), source)
        shown = re.sub(r"<[^>]+>", " ", read).lower()
        for word in NEVER:
            assert not re.search(rf"\b{word}(s|es)?\b", shown), f"{path.name} says {word!r}"


@pytest.mark.parametrize("name", sorted(ROSTER))
def test_terms_are_called_by_their_words(name: str) -> None:
    said = saying.plainly(f"Reel does not accept {name}. It accepts SD-BASE, {name}.")
    assert not re.search(r"\b(FH|SD|PDC)-[A-Z]", said)
    assert ROSTER[name].title in said


def test_plain_words_stay_as_they_are() -> None:
    assert saying.plainly("They said no.") == "They said no."
    assert saying.plainly(None) == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_in_a_row(words: list[str], said: str) -> None:
    assert saying.listed(words) == said


@given(st.text(max_size=80))
def test_a_name_of_a_folder_is_only_that(name: str) -> None:
    slug = slug_of(name)
    assert re.fullmatch(r"[a-z0-9-]{0,40}", slug)
    assert slug == slug_of(slug)


@given(st.text(max_size=40), st.text(max_size=4))
def test_an_odd_amount_or_day_is_shown_as_it_is(value: str, currency: str) -> None:
    assert isinstance(saying.amount({"amount": value, "currency": currency}), str)
    assert isinstance(saying.when(value), str)


STREAMHAUS: list[dict[str, Any]] = [
    {
        "kind": "recurring",
        "title": "Streamhaus rose",
        "detail": "",
        "rows": [{"id": "1", "name": "Streamhaus", "time": "2024-06-04"}],
        "facts": {
            "name": "Streamhaus", "cadence": "monthly", "amount": "10.99",
            "currency": "EUR", "next": "2024-07-04", "yearly": "131.88",
            "since": "2023-06-04", "last": "2024-06-04", "payments": 13,
            "ended": False, "overdue": False, "varies": False,
            "risen": {"from": "8.99", "to": "10.99", "on": "2024-04-04", "percent": 22.2},
            "price_history": [["2023-06-04", "8.99"], ["2024-04-04", "10.99"]],
        },
    }
]  # fmt: skip


def test_a_price_over_time_is_flat_where_nothing_changed() -> None:
    told = findings.shown(STREAMHAUS, date(2024, 6, 20))
    bill = told.bills[0]
    assert (bill.amount, bill.cadence, bill.yearly) == ("€10.99", "a month", "€131.88")
    assert bill.risen == "up 22 % in April 2024, was €8.99"
    assert bill.due == "Next on 4 July"
    points = re.findall(r"[\d.]+,([\d.]+)", str(bill.spark))
    assert len(points) == 13
    assert len(set(points)) == 2
    assert bill.last == "1"


def test_where_all_payments_are_late_the_statement_is_old() -> None:
    assert findings.shown(STREAMHAUS, date(2024, 7, 4)).old == ""
    late = findings.shown(STREAMHAUS, date(2025, 8, 20))
    assert late.bills[0].due.startswith("Was due on")
    assert late.old == "of 4 June 2024, 14 months ago"
    one_more = {**STREAMHAUS[0], "facts": {**STREAMHAUS[0]["facts"], "next": "2025-09-01"}}
    assert findings.shown([*STREAMHAUS, one_more], date(2025, 8, 20)).old == ""
    assert findings.shown(STREAMHAUS, date(2024, 7, 14)).old == "of 4 June 2024, 40 days ago"
