"""Sums are what is counted by hand; a category follows from a name; what may be too much."""

import datetime
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.sense.lives import heard, life, paid, seen, thing

from firsthand.vault.sense import Noticing, findings, key_of_finding
from firsthand.vault.sense.categories import category_of, lists, name_of, service_of, shown_by
from firsthand.vault.sense.counting import Counting
from firsthand.vault.sense.facets import milli_of, seconds_of

TODAY = datetime.date(2026, 6, 1)
PAYMENTS = st.lists(
    st.tuples(
        st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 1, 1)),
        st.sampled_from(["REWE Markt 12", "Rewe", "Netflix", "Kettle & Bean"]),
        st.integers(1, 10**7),
        st.sampled_from(["PayAction", "ReceiveAction"]),
        st.sampled_from(["EUR", "CHF"]),
    ),
    max_size=40,
)


def counted(things: list[Any]) -> Counting:
    counting = Counting()
    for each in things:
        counting.take(each)
    counting.finish(lambda _id: True)
    return counting


@given(PAYMENTS, st.randoms(use_true_random=False))
def test_sums_are_what_is_counted_by_hand_in_any_order(
    rows: list[Any], dice: random.Random
) -> None:
    made = [
        paid(f"{day}", name, f"{cents / 100:.2f}", unit, kind)
        for day, name, cents, kind, unit in rows
    ]
    wanted: Counter[tuple[str, str, str]] = Counter()
    for each in made:
        part = "out" if each.type == "PayAction" else "in"
        key = (part, str(each.time)[:7], str(each.data["priceCurrency"]))
        wanted[key] += milli_of(each.data["price"]) or 0
    counting = counted(list(made))
    found: Counter[tuple[str, str, str]] = Counter()
    for (sense, part, month, _, unit), cell in counting.sums.cells.items():
        if sense == "money":
            found[part, month, unit] += cell.amount
    assert found == wanted
    dice.shuffle(made)
    other = counted(list(made))
    assert other.sums.cells == counting.sums.cells
    by_key = {(name.who, name.part): name for name in counting.sums.names("money")}
    assert {k: (n.things, n.first, n.last) for k, n in by_key.items()} == {
        (n.who, n.part): (n.things, n.first, n.last) for n in other.sums.names("money")
    }


def test_a_whole_life_is_counted_once_in_every_sense() -> None:
    things = life(days=120)
    sums = counted(list(things)).sums
    of = Counter(each.type for each in things)
    days = sum(cell.things for key, cell in sums.cells.items() if key[0] == "days")
    assert days == sum(count for kind, count in of.items() if kind != "Person")
    visits = [name for name in sums.names("places") if name.part == "visit"]
    assert sum(name.things for name in visits) == of["ArriveAction"]
    home = max(visits, key=lambda name: int(str(name.facts["nights"])))
    assert (home.name, home.facts["nights"]) == ("Home street", 120)
    people = {name.name for name in sums.names("people") if name.part == "message"}
    assert "Malik Odeh" not in people, "who is in every message is the vault's own person"
    assert {name.name for name in sums.names("people") if name.part == "transfer"} == {"Greta Holm"}


def test_hours_are_told_by_the_clock_that_was_named() -> None:
    late = seen("2024-07-01T23:30:00Z", "Dark", "Part 1")
    for zone, cell, day in (("UTC", "0-23", "2024-07-01"), ("Europe/Berlin", "1-01", "2024-07-02")):
        counting = Counting(zone)
        counting.take(late)
        assert ("hours", "WatchAction", day[:4], cell, "") in counting.sums.cells
        assert ("days", "WatchAction", day[:7], day, "") in counting.sums.cells


def test_a_view_that_two_files_tell_of_counts_once() -> None:
    noticing = Noticing(today=TODAY)
    full = seen("2024-01-03T20:15:00Z", "Dark", "Secrets")
    short = thing("WatchAction", "2024-01-03", full.name, "netflix", object=full.data["object"])
    for each in (full, short):
        noticing.take(each)
    assert [n.things for n in noticing.counted().sums.names("taste")] == [1]


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("REWE Markt 123 Berlin", "groceries"), ("Boulangerie Paul", "groceries"),
        ("PANADERIA LA PAZ", "groceries"), ("Uber", "transport"), ("Uber Eats", "eating-out"),
        ("Netflix.com", "media"), ("Zahnarztpraxis Dr. Müller", "health"),
        ("Amazon Prime Video", "media"), ("AMZN Mktp DE*1A2B3", "shopping"),
        ("Loyer mars", "home"), ("Farmácia Central", "health"), ("Huur appartement", "home"),
        ("Versicherungsverein", "insurance"), ("Qwertz Zxcv", "other"),
        ("Fitnessstudio Müller GmbH", "sport"), ("Swisscom AG", "phone"), ("Bäcker", "groceries"),
        ("ICA Nära Söder", "groceries"), ("Dunkin", "eating-out"), ("ORLEN Stacja", "transport"),
    ],
)  # fmt: skip
def test_a_category_follows_from_the_name(name: str, category: str) -> None:
    assert category_of(name) == category
    assert name_of(category) != category


def test_every_entry_of_the_lists_is_found_as_itself() -> None:
    held = lists()
    for entry, category in held.whole.items():
        if len(entry.split()) == 1 and "." not in entry:
            assert category_of(entry) == category, entry
    assert (service_of("Spotify AB"), shown_by("NETFLIX.COM")) == ("music", "netflix")


@given(st.text(max_size=60))
def test_any_name_has_a_category(name: str) -> None:
    assert category_of(name) in lists().names


@given(st.text(max_size=20))
def test_any_text_is_an_amount_and_a_length_or_none(text: str) -> None:
    assert milli_of(text) is None or isinstance(milli_of(text), int)
    assert seconds_of(text) is None or (seconds_of(text) or 0) >= 0


def kinds(things: list[Any], brought: dict[str, datetime.date] | None = None) -> list[str]:
    noticing = Noticing(today=TODAY, brought=brought)
    for each in things:
        noticing.take(each)
    looked = ("paid-twice", "two-alike", "unused")
    return [f.title for f in noticing.findings() if f.kind in looked]


def twice(price: str, *days: str) -> list[Any]:
    found: list[Any] = []
    for day in days:
        first = paid(day, "Media Markt 7", price)
        held = {"price": price, "priceCurrency": "EUR", "identifier": "2"}
        other = thing("PayAction", day, first.name, "bank", **held)
        found += [first, other]
    return found


def test_paid_twice_is_said_unless_it_came_back_is_small_or_is_usual() -> None:
    one = twice("249.00", "2026-05-02")
    assert kinds(one) == ["Media Markt: €249 twice on 2 May 2026"]
    back = paid("2026-05-20", "Media Markt 7", "249.00", kind="ReceiveAction")
    assert kinds([*one, back]) == []
    assert kinds(twice("9.99", "2026-05-02")) == []
    assert kinds(twice("249.00", "2026-05-02", "2026-05-03", "2026-05-04")) == []
    assert kinds(twice("249.00", "2024-05-02")) == []


def monthly(name: str, price: str, months: range) -> list[Any]:
    return [paid(f"2026-{month:02}-09", name, price) for month in months]


def test_two_services_of_one_kind_are_said_while_both_run() -> None:
    spotify = monthly("Spotify", "10.99", range(1, 6))
    assert kinds(spotify + monthly("Deezer", "11.99", range(1, 6))) == [
        "You pay two for music: Spotify and Deezer"
    ] or kinds(spotify + monthly("Deezer", "11.99", range(1, 6))) == [
        "You pay two for music: Deezer and Spotify"
    ]
    assert kinds(spotify) == []
    assert kinds(spotify + monthly("Netflix", "13.99", range(1, 6))) == []


def test_a_service_whose_own_file_shows_no_use_is_said() -> None:
    pays = monthly("Netflix", "13.99", range(1, 6))
    brought = {"netflix": datetime.date(2026, 5, 30)}
    idle = seen("2026-01-02T20:00:00Z", "Dark", "Part 1")
    assert kinds([*pays, idle], brought=brought) == [
        "You pay €167.88 a year for Netflix, unused for 148 days"
    ]
    fresh = seen("2026-05-02T20:00:00Z", "Dark", "Part 1")
    assert kinds([*pays, idle, fresh], brought=brought) == []
    assert kinds([*pays, idle]) == [], "nobody knows how old the file is"
    late = {"netflix": datetime.date(2026, 7, 30)}
    assert kinds([*pays, idle], brought=late) == [], "the statement is as old as the file"


def test_the_key_of_a_finding_stays_when_more_comes() -> None:
    things = life(days=400)
    more = [*things, heard("2026-05-31T08:00:00Z", "Kraftwerk", "Song 99")]
    one, other = (
        {key_of_finding(f.kind, f.facts) for f in findings(each, today=TODAY)}
        for each in (things, more)
    )
    assert one == other
    assert len(one) > 5


def test_a_chapter_counts_for_its_book() -> None:
    book = {"@type": "Audiobook", "name": "The Sluice"}
    for number, name in enumerate(("Chapter 1", "The Sluice")):
        chapter = {"@type": "AudioObject", "name": name, "isPartOf": book}
        each = thing("ListenAction", f"2026-05-0{number + 1}T20:00:00Z", name, object=chapter)
        (told,) = [n for n in counted([each]).sums.every() if n.part == "listen"]
        assert told.name == "The Sluice"
