"""What the organisation says back: by the published rule, signed, numbered, once for each news."""

import json
import threading
from typing import Any

import httpx
import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.hub.acts.offering import catalogue
from firsthand.hub.acts.people import customer, customers
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.hub.roles.profile.view import nothing, view_of
from firsthand.protocol import wire
from firsthand.protocol.jws import verify_jws
from firsthand.protocol.receipts import read_batch_label
from firsthand.protocol.roles.profile import in_order
from firsthand.protocol.roles.profile_rules import Item, Rule, catalogue_sha256, run_rule
from firsthand.protocol.things import Thing

FILMS = """Title,Genres,Description
Dark,Mystery|Thriller,A town.
1899,Mystery|Drama,A ship.
Barbarians,History,A forest.
Tides,Thriller,A sea.
"""
WHO = Who(name="a test", kind="staff")


@pytest.fixture
def reel(served: Served) -> Served:
    catalogue(served.hub, csv=FILMS)
    return served


def message(person: Person, jws: str) -> dict[str, Any]:
    key = person.organisation.key
    return verify_jws(jws, public_key=key, typ=wire.TYP_MESSAGE)


def test_the_answer_can_be_made_again_from_what_is_published(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    request = person.batch([person.signal("Dark")])
    receipt = person.send(request).json()
    reel.settle()
    found = person.inbox()
    assert [one["n"] for one in found] == [1]
    said = message(person, found[0]["jws"])
    role = person.organisation.document.profile
    content = reel.http.get(f"{wire.PATH_CATALOGUES}/{role.catalogue}").content
    items = msgspec.json.decode(content, type=list[Item])
    assert catalogue_sha256(items) == role.catalogue
    given = [
        msgspec.convert(one, Thing)
        for one in customer(reel.hub, reference=person.id, purpose="personalisation")["things"]  # type: ignore[attr-defined]
    ]
    assert isinstance(role.rule, Rule)
    again = run_rule(role.rule, items, in_order(given))
    assert said["data"] == msgspec.to_builtins(again)
    assert (said["type"], said["sequence"], said["agreement"], said["answers"]) == (
        "profile.answered", 1, person.agreement.id, receipt["leaf"],
    )  # fmt: skip
    assert (said["subject"], said["source"]) == (person.subject, person.organisation.subject)
    assert again.picks[0].name in {"1899", "Tides"}
    assert read_batch_label(request.headers["firsthand-batch"]).n == 1


def test_what_is_no_news_is_not_said_again(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    person.give("Dark")
    reel.settle()
    person.give("Dark")
    reel.settle()
    assert [one["n"] for one in person.inbox()] == [1]
    person.give("1899")
    reel.settle()
    assert [one["n"] for one in person.inbox()] == [1, 2]
    assert [one["n"] for one in person.inbox(after=1)] == [2]


def test_another_catalogue_answers_everybody_anew(reel: Served) -> None:
    people = [Person(reel) for _ in range(3)]
    for person in people:
        person.agree()
        person.give("Dark")
    reel.settle()
    catalogue(reel.hub, csv=FILMS + "Fog,Mystery,A hill.\n")
    reel.settle()
    assert [[one["n"] for one in person.inbox()] for person in people] == [[1, 2]] * 3


def test_who_allows_no_personalisation_gets_no_answer(reel: Served) -> None:
    person = Person(reel)
    person.agree("SD-BASE")
    person.send(person.batch([person.signal("Dark", purpose="service")]))
    reel.settle()
    assert person.inbox() == []


def test_who_asks_for_what_is_new_and_has_it_all_gets_a_few_bytes(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    for title in ("Dark", "Fog"):
        person.give(title)
        reel.settle()
    last = person.inbox()[-1]["n"]
    answer = person.get(f"{wire.PATH_INBOX}?after={last}")
    assert answer.content == b'{"messages":[],"more":false}'
    assert [one["n"] for one in person.inbox(after=last - 1)] == [last]


def test_a_held_line_hears_of_an_answer_as_it_comes(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    heard: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        request = person.signed(
            "GET", f"{wire.PATH_INBOX}?after=0", b"", "", covered=wire.COVERED_BARE,
            extra={"accept": "text/event-stream"},
        )  # fmt: skip
        with httpx.Client(trust_env=False, timeout=20) as http:
            answer = http.send(request, stream=True)
            for line in answer.iter_lines():
                ready.set()
                if line.startswith(("id:", "data:")):
                    heard.append(line)
                if line.startswith("data:"):
                    answer.close()
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(10)
    person.give("Dark")
    listener.join(10)
    assert heard[0] == "id: 1"
    assert message(person, heard[1].removeprefix("data: "))["sequence"] == 1


def test_an_inbox_is_its_owners_alone(reel: Served) -> None:
    person, other = Person(reel), Person(reel)
    person.agree(), other.agree()
    person.give("Dark")
    reel.settle()
    assert other.inbox() == []
    path = f"{wire.PATH_INBOX}?after=0"
    forged = other.signed("GET", path, b"", "", covered=wire.COVERED_BARE, keyid=person.id)
    assert reason(other.send(forged)) == "signature_invalid"
    for_another = other.signed(
        "GET", path, b"", "", covered=wire.COVERED_BARE, target=reel.url + "/v1/inbox?after=1"
    )
    assert reason(other.send(for_another)) == "signature_invalid"
    assert reason(reel.http.get(path)) == "signature_missing"
    old = other.signed("GET", path, b"", "", covered=wire.COVERED_BARE, created=1_700_000_000)
    assert reason(other.send(old)) == "clock_differs"


def test_the_profile_says_where_each_value_comes_from(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    episodes = [
        person.signal(
            f"Dark: {n}",
            data={
                "object": {
                    "@type": "TVEpisode", "name": str(n),
                    "partOfSeries": {"@type": "TVSeries", "name": "Dark"},
                },
                "startTime": "2024-01-08" if n else "2024-01-01",
            },
        )
        for n in range(3)
    ]  # fmt: skip
    person.send(person.batch(episodes))
    reel.settle()
    known = reel.hub.reads.resolve(person.id[:10])
    held, _ = reel.hub.reads.holding(
        known, table=THINGS, purpose="personalisation", reader=WHO, choose=nothing
    )
    seen = view_of(held)
    assert [(kind.type, kind.count, kind.first, kind.last) for kind in seen.kinds] == [
        ("WatchAction", 3, "2024-01-01", "2024-01-08")
    ]
    top = seen.kinds[0].top[0]
    assert (top.value, top.count, top.sources, top.newest, top.agreements) == (
        "Dark", 3, ["netflix"], "2024-01-08", [person.agreement.id],
    )  # fmt: skip
    noted = reel.hub.reads.noted(person.id)
    assert [(one.reader, one.kind, one.purpose, one.count) for one in noted[:1]] == [
        ("a test", "staff", "personalisation", 3)
    ]
    assert "WatchAction/startTime" in noted[0].fields
    assert {one.kind for one in noted} == {"staff", "rule"}


def test_customers_shows_nothing_that_was_given(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    person.give("A very private film")
    reel.settle()
    listed = json.dumps(customers(reel.hub))
    assert "private" not in listed
    assert person.id in listed


def test_each_token_reads_for_its_purpose_alone(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    person.give("=cmd()")
    person.give("Dark")
    tokens = reel.made["tokens"]

    def ask(token: str, query: str = "", **headers: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", **headers}
        return reel.http.get(f"{wire.PATH_FACTS}?after=0{query}", headers=headers)

    found = ask(tokens["personalisation"], "&purpose=personalisation").json()
    assert [fact["thing"]["name"] for fact in found["facts"]] == ["=cmd()", "Dark"]
    assert set(found["facts"][0]) == {
        "position", "relationship", "account", "agreement", "id", "type", "purpose", "given_at",
        "thing",
    }  # fmt: skip
    assert found["next"] == 2
    following = reel.http.get(
        f"{wire.PATH_FACTS}?after=1",
        headers={"authorization": f"Bearer {tokens['personalisation']}"},
    )
    assert [fact["thing"]["name"] for fact in following.json()["facts"]] == ["Dark"]
    assert ask(tokens["training"]).json()["facts"] == [], "no agreement allows this"
    assert reason(ask(tokens["training"], "&purpose=personalisation")) == "not_allowed"
    assert reason(ask("nonsense")) == "not_allowed"
    assert reason(reel.http.get(wire.PATH_FACTS)) == "not_allowed"
    assert reason(ask(tokens["personalisation"], "&after=-1")) == "shape_invalid"
    table = ask(tokens["personalisation"], accept="text/csv")
    assert ",'=cmd()," in table.text
    assert table.headers["firsthand-next"] == "2"
    noted = reel.hub.reads.noted(person.id)
    assert {one.reader for one in noted if one.kind == "token"} == {"personalisation token"}


def test_no_purpose_but_those_of_the_roster(reel: Served) -> None:
    person = Person(reel)
    person.agree()
    with pytest.raises(PurposeRefused, match="No purpose is called 'spying'"):
        customer(reel.hub, reference=person.id, purpose="spying")
    with pytest.raises(PurposeRefused, match="training"):
        customer(reel.hub, reference=person.id, purpose="training")
