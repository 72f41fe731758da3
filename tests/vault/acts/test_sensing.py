# ruff: noqa: ANN401 - figures take many things
"""Taste, places, people, routines, years, what changed, days, ready: over a whole made-up life."""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.vault.sense.lives import CAFE, life, place, seen, thing

from firsthand import app
from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.protocol.things import Thing
from firsthand.vault.acts import browsing, correcting, noticing
from firsthand.vault.acts.behind import Figure, behind
from firsthand.vault.acts.browsing import Filter
from firsthand.vault.acts.changed import changed
from firsthand.vault.acts.days import days
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.people import people, person
from firsthand.vault.acts.places import places
from firsthand.vault.acts.readying import readiness
from firsthand.vault.acts.routines import routines
from firsthand.vault.acts.taste import taste
from firsthand.vault.acts.years import year
from firsthand.vault.store import Store
from firsthand.vault.store.slots import FLOOR
from firsthand.vault.store.things import row_for

TODAY = datetime.date(2026, 6, 1)
NOW = SetClock(datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC))
THINGS = life()


def bring(vault: Vault, things: list[Thing], name: str) -> None:
    with vault.store.transaction() as tx:
        about = {"path_name": name, "source": "made", "format": "x", "sha256": name}
        row = tx.row("imports.begin", **about, at="2026-06-01T10:00:00Z")
        assert row is not None
        tx.run_many("things.add", [row_for(each, row["id"]) for each in things])
    noticing.notice(vault, TODAY)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A vault with a whole life, looked through."""
    folder = tmp_path_factory.mktemp("lived") / "vault"
    store, _ = Store.create(folder, "passphrase", SystemChance(), NOW, FLOOR)
    with app.vault_of(folder, store, Settings(), commands=True) as vault:
        bring(vault, THINGS, "a")
        yield vault


def rows(vault: Vault, **figure: Any) -> list[Any]:
    found, place_at = list[Any](), None
    while True:
        told: Any = behind(vault, Figure(**figure), before=place_at, limit=500)
        found += told["things"]
        place_at = told["older"]
        if place_at is None:
            return found


def tastes(vault: Vault) -> dict[str, Any]:
    return {
        each["name"]: each
        for part in taste(vault, TODAY)["parts"]
        for key in ("likes", "dislikes", "other")
        for each in part[key]
    }


def test_likes_and_dislikes_follow_what_was_done(lived: Vault) -> None:
    found = tastes(lived)
    assert {found[name]["taste"] for name in ("Dark", "Nina Simone", "Inês Arte")} == {"like"}
    assert found["A Band I Skip"]["taste"] == "dislike"
    assert found["T. Koval"]["taste"] == ""
    assert found["Inês Arte"]["why"] == "You gave it 5 of 5"
    for part, sense in (("listen", "Kraftwerk"), ("watch", "Dark"), ("read", "Inês Arte")):
        mine = rows(lived, sense="taste", part=part, who=found[sense]["who"])
        assert len(mine) == found[sense]["things"] > 0


def test_a_like_that_was_taken_out_stays_out(lived: Vault) -> None:
    key = tastes(lived)["Dark"]["key"]
    correcting.correct(lived, key, "out", "Dark")
    bring(lived, [seen("2026-05-30T20:00:00Z", "Dark", "One more")], "more of Dark")
    after = tastes(lived)["Dark"]
    assert (after["taste"], after["own"]) == ("out", True)
    correcting.undo(lived, key)
    assert tastes(lived)["Dark"]["taste"] == "like"


def test_home_work_and_a_trip_are_found_by_rule_and_corrected(lived: Vault) -> None:
    told = places(lived)
    names = {each["key"]: each for each in told["places"]}
    assert (names[told["home"]]["name"], names[told["work"]]["name"]) == (
        "Home street",
        "The works",
    )
    assert names[told["home"]]["nights"] == 690
    (trip,) = told["trips"]
    assert (trip["name"], trip["nights"], 2200 < trip["km"] < 2400) == ("Lisbon", 10, True)
    cafe = next(each for each in told["places"] if each["name"] == CAFE[0])
    mine = rows(lived, sense="places", part="visit", who=cafe["key"])
    assert len(mine) == cafe["times"]
    correcting.correct(lived, "place:work", cafe["key"], "Work")
    correcting.correct(lived, "place:home", "none", "Home")
    bring(lived, [thing("ArriveAction", "2026-05-31T09:00:00Z", "Elsewhere", location=place(("Elsewhere", 52.4, 13.1)))], "b")  # fmt: skip # noqa: E501
    again = places(lived)
    assert again["trips"] == []
    assert (again["home"], again["work"]) == (None, cafe["key"])
    for key in ("place:work", "place:home"):
        correcting.undo(lived, key)
    assert noticing.stale(lived, TODAY), "trips are told from home"
    noticing.notice(lived, TODAY)
    assert (places(lived)["home"], places(lived)["trips"]) == (told["home"], told["trips"])


def test_people_are_who_is_written_to_met_and_paid(lived: Vault) -> None:
    told = people(lived)
    found = {each["name"]: each for each in told["people"]}
    assert set(found) == {
        "Greta Holm",
        "Inês Duarte",
        "Tomasz Nowak",
        "June Park",
        "Pieter de Vries",
    }
    greta = found["Greta Holm"]
    assert greta["parts"]["transfer"] == 1
    assert greta["facts"] == {"email": "greta@example.org"}
    for part in ("message", "event", "transfer"):
        assert len(rows(lived, sense="people", part=part, who=greta["key"])) == greta["parts"][part]
    one = person(lived, greta["key"])
    assert one is not None
    assert sum(each["times"] for each in one["months"]) == greta["times"]
    correcting.correct(lived, f"person:{greta['key']}", "out", "Greta Holm")
    assert "Greta Holm" not in {each["name"] for each in people(lived)["people"]}
    correcting.undo(lived, f"person:{greta['key']}")
    assert person(lived, "nobody") is None


def test_what_comes_back_every_week_is_found_and_each_square_is_its_rows(lived: Vault) -> None:
    told = routines(lived, TODAY, "ExerciseAction")
    says = {each["says"]: each for each in told["routines"]}
    assert says["You meet Greta Holm on Saturdays"]["times"] == says[
        "You meet Greta Holm on Saturdays"]["of"]  # fmt: skip
    assert "You are at Café Nord on Saturdays" in says
    title = says["Breakfast is in your calendar on Saturdays"]
    assert len(rows(lived, sense="events", part="event", who=title["key"])) == title["of"]
    assert {(each["weekday"], each["hour"]) for each in told["week"]} == {(1, 6), (6, 6)}
    for each in told["week"]:
        cell = f"{each['weekday']}-{each['hour']:02}"
        found = rows(lived, sense="hours", part="ExerciseAction", who=cell)
        assert len(found) == each["things"]
    later = routines(lived, TODAY + datetime.timedelta(days=200))["routines"]
    assert later == [], "what stopped is no routine"


def test_what_a_calendar_repeats_by_a_rule_is_a_routine_until_the_rule_ends(vault: Vault) -> None:
    def event(name: str, rule: str, **more: Any) -> Thing:
        schedule = {"@type": "Schedule", "repeatFrequency": rule}
        return thing("Event", "2026-03-03T18:00:00Z", name, eventSchedule=schedule, **more)

    choir = event("Choir", "FREQ=WEEKLY;BYDAY=TU")
    over = event("Course", "FREQ=WEEKLY;COUNT=6")
    off = event("Cancelled", "FREQ=WEEKLY", eventStatus="EventCancelled")
    bring(vault, [choir, over, off, event("Rent", "FREQ=MONTHLY")], "calendar")
    (found,) = routines(vault, TODAY)["routines"]
    assert found["says"] == "Choir is in your calendar on Tuesdays"
    assert (found["by"], found["every"], found["times"]) == ("rule", 1, None)
    assert (found["first"], found["last"]) == ("2026-03-03", None)
    assert len(rows(vault, sense="events", part="event", who=found["key"])) == 1


def test_a_year_is_the_sum_of_its_days(lived: Vault) -> None:
    told = year(lived, "2025")
    mine = [each for each in THINGS if (each.time or "").startswith("2025")]
    assert told["things"] == len(mine) == sum(each["things"] for each in told["days"])
    assert told["years"] == ["2026", "2025", "2024"]
    of = {(top["sense"], top["part"]): top for top in told["tops"]}
    heard = [each for each in mine if each.type == "ListenAction"]
    assert of["taste", "listen"]["total"] == len(heard)
    artists = Counter(str(each.data["object"]["byArtist"]["name"]) for each in heard)  # type: ignore[index]
    assert of["taste", "listen"]["names"] == len(artists)
    assert told["money"]["out"] == f"{sum(float(str(e.data['price'])) for e in mine if e.type == 'PayAction'):.2f}"  # fmt: skip # noqa: E501
    assert [each["name"] for each in told["trips"]] == ["Lisbon"]
    assert year(lived, "1999")["year"] == "2026"


def test_what_changed_is_told_against_the_usual(lived: Vault) -> None:
    told = changed(lived, TODAY, "2026-04")
    by = {(each["sense"], each["name"]): each for each in told["changes"]}
    new = by["money", "Media Markt"]
    assert (new["way"], new["now"], new["usual"]) == ("new", 498_000, 0)
    assert by["categories", "Shopping"]["way"] == "more"
    mine = rows(lived, sense="money", part="out", who=new["key"], since="2026-04", until="2026-04")
    assert sum(float(each["data"]["price"]) for each in mine) * 1000 == new["now"]
    assert changed(lived, TODAY)["month"] == "2026-05"
    assert changed(lived, TODAY, "2024-07")["changes"] == [], "too little is known before it"


def test_days_are_told_from_their_rows(lived: Vault) -> None:
    told = days(lived)
    assert told["days"][0]["day"] == "2026-05-31"
    seen_days = 0
    while told["older"] and seen_days < 60:
        for each in told["days"]:
            counted = sum(entry["things"] for entry in each["entries"])
            assert counted == each["things"]
            seen_days += 1
        told = days(lived, before=told["older"])
    assert days(lived, before="2020-01-01") == {"days": [], "older": None}


def test_a_question_can_be_answered_where_its_things_are(lived: Vault, vault: Vault) -> None:
    told = readiness(lived)
    assert [each["verb"] for each in told["verbs"]] == [
        "show", "ask", "tell", "update", "rate", "help", "recommend",
    ]  # fmt: skip
    found = {each["key"]: each for verb in told["verbs"] for each in verb["questions"]}
    assert found["show-listen"]["state"] == "yes"
    assert "Nina Simone" in found["show-listen"]["examples"]
    assert found["show-read"]["state"] == "little"
    assert found["help-order"]["state"] == "no"
    assert all(each["tells"] and each["guide"] for each in found.values())
    empty = readiness(vault)
    assert {each["state"] for verb in empty["verbs"] for each in verb["questions"]} == {"no"}


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(since="2025-03", until="2025-04"), Filter(since="2026-05-30"),
        Filter(until="2024-07-10"), Filter(search="song", since="2025", until="2025"),
        Filter(person="Greta Holm"), Filter(place="Café Nord", since="2026"),
        Filter(person="Greta Holm", place="Café Nord", type="Event"),
    ],
    ids=str,
)  # fmt: skip
def test_a_search_within_a_time_for_a_person_and_a_place_finds_what_fits(
    lived: Vault, chosen: Filter
) -> None:
    told: Any = browsing.diary(lived, chosen, limit=100_000)
    found = {each["id"] for each in told["things"]}
    assert found
    with lived.store.moment() as moment:
        every = list(moment.whole("things"))
    wanted = {
        each["id"]
        for each in every
        if (not chosen.since or (each["time"] or "") >= chosen.since)
        and (not chosen.until or (each["time"] or "9")[: len(chosen.until)] <= chosen.until)
        and (each["time"] or not (chosen.since or chosen.until))
        and all(name in each["data"] for name in (chosen.person, chosen.place) if name)
        and (not chosen.type or each["type"] == chosen.type)
        and (not chosen.search or chosen.search in each["data"].casefold())
    }
    if chosen.until and not chosen.since:  # what has no time stands at the very beginning
        wanted |= {each["id"] for each in every if not each["time"]}
    assert found == wanted
    line = browsing.timeline(lived, chosen)
    assert line.total == len(found)


def test_an_empty_vault_says_nothing(vault: Vault) -> None:
    assert taste(vault, TODAY)["parts"] == []
    assert places(vault)["places"] == places(vault)["trips"] == []
    assert people(vault)["people"] == []
    assert routines(vault, TODAY)["kind"] is None
    assert year(vault)["year"] is None
    assert changed(vault, TODAY)["month"] is None
    assert days(vault)["days"] == []


def test_an_old_file_does_not_say_what_was_left_since(lived: Vault) -> None:
    bring(lived, [seen("2026-05-30T20:00:00Z", "Just Begun", "One")], "begun")
    late = TODAY + datetime.timedelta(days=400)
    (told,) = [
        each
        for part in taste(lived, late)["parts"]
        for key in ("likes", "dislikes", "other")
        for each in part[key]
        if each["name"] == "Just Begun"
    ]
    assert told["taste"] == ""
