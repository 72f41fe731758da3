"""Everybody's exports are read by the real readers, and show what the person is said to be."""

import datetime
import io

import pytest

from firsthand.foundation.ids import SeededChance
from firsthand.protocol.roles.profile_rules import DEFAULTS, Item, run_rule
from firsthand.protocol.things import Thing
from firsthand.town.catalogue import shows
from firsthand.town.people import CHORUS, HISTORY_DAYS, PEOPLE, REEL, Person
from firsthand.town.spending import spending
from firsthand.vault.sense import findings
from firsthand.vault.sources import Row, open_export

TODAY = datetime.date(2026, 3, 2)
YESTERDAY = TODAY - datetime.timedelta(days=1)
BEGUN = TODAY - datetime.timedelta(days=HISTORY_DAYS)
BY_KEY = {person.key: person for person in PEOPLE}

everybody = pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)


def read(name: str, content: bytes) -> list[Thing]:
    """All things of an export; fails where a row was not read or something was asked."""
    export = open_export(name, io.BytesIO(content), {})
    assert not export.questions, name
    rows = list(export.rows())
    unread = [row for row in rows if not isinstance(row, Row)]
    assert not unread, name
    return [row.thing for row in rows if isinstance(row, Row)]


def things(
    person: Person, first: datetime.date = BEGUN, last: datetime.date = YESTERDAY
) -> list[Thing]:
    exports = person.exports(BEGUN, first, last)
    return [thing for name, content in exports for thing in read(name, content)]


def series_of(thing: Thing) -> str:
    shown = thing.data["object"]
    assert isinstance(shown, dict)
    within = shown.get("partOfSeries", shown)
    return str(within["name"])


@everybody
def test_every_row_is_read_and_ends_yesterday(person: Person) -> None:
    (_, shown), _ = person.exports(BEGUN, BEGUN, YESTERDAY)
    kept = things(person)
    lines = [line for line in shown.splitlines()[1:] if line]
    watched = [thing for thing in kept if thing.source == "netflix"]
    assert len(watched) == len(lines) > 300
    paid = [thing for thing in kept if thing.source == "bank"]
    booked = spending(person.budget, SeededChance(-person.seed), BEGUN, YESTERDAY)
    assert len(paid) == len(booked) > 600
    assert max(thing.time or "" for thing in kept)[:10] <= YESTERDAY.isoformat()
    assert {thing.data.get("priceCurrency") for thing in paid} == {person.budget.currency}


@everybody
@pytest.mark.parametrize("days", [1, 45])
def test_a_newer_export_adds_to_the_older_and_changes_nothing(person: Person, days: int) -> None:
    earlier = YESTERDAY - datetime.timedelta(days=60)
    older = {thing.id for thing in things(person, last=earlier)}
    until = earlier + datetime.timedelta(days=days)
    window = until - datetime.timedelta(days=75)
    newer = things(person, first=window, last=until)
    new = [thing for thing in newer if thing.id not in older]
    assert all((thing.time or "")[:10] > earlier.isoformat() for thing in new)
    whole = {thing.id for thing in things(person, last=until)}
    assert whole == older | {thing.id for thing in new}


@everybody
def test_reel_knows_what_they_watch_and_recommends_for_a_reason(person: Person) -> None:
    watched = [thing for thing in things(person) if thing.type == "WatchAction"]
    known = {show.title for show in shows()}
    assert {series_of(thing) for thing in watched} <= known
    items = [Item(id=s.id, name=s.title, genres=list(s.genres)) for s in shows()]
    recent = [thing for thing in watched if (thing.time or "") >= "2025-11-01"]
    answered = run_rule(DEFAULTS["titles-by-taste"], items, recent)
    assert len(answered.picks) == 10
    assert all(pick.because and pick.score for pick in answered.picks)


def test_everybody_with_chorus_has_a_phone_bill_and_nobody_else_is_asked() -> None:
    with_chorus = [
        person for person in PEOPLE if CHORUS in {each.organisation for each in person.members}
    ]
    assert len(with_chorus) == 4
    for person in with_chorus:
        bills = [thing for thing in things(person) if thing.name == person.phone]
        assert len(bills) > 20
        assert {thing.data["priceCurrency"] for thing in bills} == {"EUR"}
    assert all(REEL in {each.organisation for each in person.members} for person in PEOPLE)
    assert sum(not each.tied for person in PEOPLE for each in person.members) == 1


def test_three_of_maliks_subscriptions_have_risen() -> None:
    found = findings(things(BY_KEY["malik"]), today=TODAY)
    risen = {finding.title.split(" rose")[0] for finding in found if " rose by " in finding.title}
    assert risen == {"Streamhaus", "Tunebarrel Family", "Nimbusbox Storage"}


def test_ines_watches_one_series_again_and_again() -> None:
    found = findings(things(BY_KEY["ines"]), today=TODAY)  # codespell:ignore
    again = [finding for finding in found if finding.kind == "rewatched"]
    assert [finding.title.split(":")[0] for finding in again] == ["You watched A Casa dos Ventos"]


def test_tomasz_has_left_five_series() -> None:
    found = findings(things(BY_KEY["tomasz"]), today=TODAY)
    assert "You began 5 titles and left them" in [finding.title for finding in found]


def test_pieter_shares_with_saar_and_has_trailers() -> None:
    kept = things(BY_KEY["pieter"])
    agents = [thing.data.get("agent") for thing in kept if thing.source == "netflix"]
    assert {agent["name"] for agent in agents if isinstance(agent, dict)} == {"Pieter", "Saar"}
    assert any(thing.type == "ViewAction" for thing in kept)
