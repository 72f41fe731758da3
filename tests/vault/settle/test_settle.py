"""Letters in every language, the law by country, the graph, and what payments say of a case."""

import datetime
import email
import email.policy
import re
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.refusals import Refused
from firsthand.vault.settle import (
    CASE,
    KINDS,
    LANGUAGES,
    Paid,
    Subject,
    Writing,
    countries,
    email_of,
    language_of,
    letter_of,
    rule_for,
    verdict_of,
)
from firsthand.vault.settle.law import rules

TODAY = datetime.date(2026, 3, 2)
WRITING = Writing(to="Tunes Ltd", sender="Greta <greta@example.org>", country="DE", lang="en")
SUBJECT = Subject(
    what="Tunes", amount="12.99", currency="EUR", yearly="155.88", every_days=31,
    next="2026-03-20", was="9.99", risen_on="2025-11-20", merchant="tunes", source="bank",
    rows=[("2026-01-20", "12.99"), ("2026-02-20", "12.99")], news="I live at 4 Mill Road, Reading",
)  # fmt: skip


@pytest.mark.parametrize("lang", [code for code, _ in LANGUAGES])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_whole_in_every_language(kind: str, lang: str) -> None:
    for country, _ in countries():
        writing = Writing(to="Tunes Ltd", sender="Greta", country=country, lang=lang)
        letter = letter_of(kind, SUBJECT, writing, on=TODAY, sent=datetime.date(2026, 1, 9))
        assert not re.search(r"[{}]|None|  ", letter.text + letter.subject)
        assert letter.text.rstrip().endswith("Greta")
        assert "Tunes Ltd" in letter.text
        assert letter.basis in letter.text
        assert bool(letter.basis) == bool(rule_for(kind, country))
        assert letter.source.startswith("https://") or not letter.basis


def test_the_letter_says_what_the_rows_say_and_a_day() -> None:
    letter = letter_of("renegotiate", SUBJECT, WRITING, on=TODAY)
    assert "I pay 12.99 EUR for Tunes. Until 20 November 2025 it was 9.99 EUR." in letter.text
    assert "- 20 February 2026: 12.99 EUR" in letter.text
    assert letter.until == datetime.date(2026, 3, 16)
    assert "16 March 2026" in letter.text
    german = letter_of("contest", SUBJECT, Writing(**{**vars_of(WRITING), "lang": "de"}), on=TODAY)
    assert "12,99 EUR" in german.text


def test_a_reminder_and_a_name_with_a_stop_and_a_first_of_a_month_read_right() -> None:
    first, tunes = datetime.date(2026, 3, 1), msgspec.structs.replace(SUBJECT, what="Tunes Inc.")
    german = Writing(**{**vars_of(WRITING), "lang": "de"})
    anew = letter_of("cancel", SUBJECT, german, on=TODAY, sent=first).text
    assert "ich habe Ihnen dazu am 1. März 2026 geschrieben" in anew
    assert "\n\nHiermit kündige ich" in anew
    french = Writing(**{**vars_of(WRITING), "lang": "fr", "country": "PL"})
    letter = letter_of("renegotiate", tunes, french, on=first - datetime.timedelta(14))
    assert "pour Tunes Inc. Jusqu'au" in letter.text
    assert "au plus tard le 1er mars 2026" in letter.text
    assert "article 18 de la directive 2011/83/UE" in letter_of(
        "parcel", SUBJECT, french, on=TODAY
    ).text  # fmt: skip


def vars_of(writing: Writing) -> dict[str, str]:
    return {name: getattr(writing, name) for name in writing.__struct_fields__}


def test_the_law_is_the_countrys_own_or_the_unions_or_none() -> None:
    def basis(country: str) -> str:
        rule = rule_for("refund", country)
        return rule.basis if rule else ""

    assert basis("DE") == "§ 357 BGB"
    assert basis("PL") == "Article 13 of Directive 2011/83/EU"
    assert basis("US") == ""
    assert rule_for("nothing", "DE") is None
    assert (language_of("AT"), language_of("PL")) == ("de", "en")


@pytest.mark.parametrize(
    ("kind", "subject", "writing"),
    [
        ("nothing", SUBJECT, WRITING),
        ("moved", Subject(what="x"), WRITING),
        ("refund", Subject(what="x"), WRITING),
        ("cancel", SUBJECT, Writing(**{**vars_of(WRITING), "lang": "xx"})),
        ("cancel", SUBJECT, Writing(**{**vars_of(WRITING), "to": " "})),
        ("cancel", SUBJECT, Writing(**{**vars_of(WRITING), "sender": "x" * 300})),
        ("moved", Subject(news="x" * 2000), WRITING),
    ],
    ids=["kind", "news", "amount", "lang", "to", "sender", "long"],
)
def test_what_is_missing_is_said(kind: str, subject: Subject, writing: Writing) -> None:
    with pytest.raises(Refused):
        letter_of(kind, subject, writing, on=TODAY)


def test_the_e_mail_opens_as_a_draft_and_no_line_can_be_added_to_it() -> None:
    writing = Writing(**{**vars_of(WRITING), "email": "help@tunes.example"})
    letter = letter_of("cancel", SUBJECT, writing, on=TODAY)
    at = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
    raw = email_of(letter, writing, at=at, id="abc")
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["To"] == "Tunes Ltd <help@tunes.example>"
    assert read["X-Unsent"] == "1"
    assert "I cancel my contract for Tunes" in str(read.get_content())
    for bad in ("a@b.example\r\nBcc: c@d.example", "nobody", "a@"):
        with pytest.raises(Refused):
            email_of(letter, Writing(**{**vars_of(writing), "email": bad}), at=at, id="abc")


def test_a_case_can_always_end() -> None:
    for state in CASE.states:
        assert state in CASE.ends or "drop" in CASE.follows[state] or state == "settled"


DAYS = st.integers(min_value=-60, max_value=400)


@given(offsets=st.lists(DAYS, max_size=12), seen=DAYS)
def test_stopped_and_went_on_are_never_said_of_the_same(offsets: list[int], seen: int) -> None:
    sent = TODAY
    paid = [
        Paid(sent + datetime.timedelta(n), Decimal("12.99"), f"p{i}") for i, n in enumerate(offsets)
    ]
    seen_until = max([sent + datetime.timedelta(seen), *(each.date for each in paid)])
    verdict = verdict_of("cancel", SUBJECT, since=sent, seen_until=seen_until, paid=paid)
    late = {each.id for each in paid if each.date > sent + datetime.timedelta(31)}
    assert (verdict.outcome == "went-on") == bool(late)
    assert set(verdict.things) == late
    if verdict.outcome == "stopped":
        assert (seen_until - sent).days > 31 + 7
    if verdict.outcome == "unknown":
        assert verdict.known_by is not None
        assert verdict.known_by > seen_until


@pytest.mark.parametrize(
    ("kind", "paid", "outcome"),
    [
        ("renegotiate", [("2026-03-20", "9.99", False)], "lower"),
        ("renegotiate", [("2026-03-20", "12.99", False)], "same"),
        ("renegotiate", [], "unknown"),
        ("contest", [("2026-03-09", "12.99", True)], "came-back"),
        ("contest", [("2026-03-09", "5.00", True), ("2026-03-10", "7.99", True)], "came-back"),
        ("refund", [("2026-03-09", "5.00", True)], "unknown"),
        ("refund", [("2026-03-09", "12.99", False)], "unknown"),
        ("refund", [("2026-03-01", "12.99", True)], "unknown"),
        ("parcel", [("2026-03-09", "12.99", True)], "unknown"),
    ],
)
def test_what_payments_say(kind: str, paid: list[tuple[str, str, bool]], outcome: str) -> None:
    later = [
        Paid(datetime.date.fromisoformat(day), Decimal(amount), day, back)
        for day, amount, back in paid
    ]
    found = verdict_of(kind, SUBJECT, since=TODAY, seen_until=TODAY, paid=later)
    assert found.outcome == outcome


def test_the_page_names_every_rule_that_could_not_be_compared() -> None:
    page = (Path(__file__).parents[3] / "docs" / "settle.md").read_text()
    told = page[page.index("These are `no`:") : page.index("No address was opened")]
    names = dict(countries())
    about = {"refund": "refunds", "parcel": "parcels", "moved": "a new address"}
    unread = [rule for rule in rules() if rule.checked == "no"]
    assert len(unread) == 5
    for rule in unread:
        assert about[rule.kind] in told
        assert names[rule.country].removeprefix("The ") in told
