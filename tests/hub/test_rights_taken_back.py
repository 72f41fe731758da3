"""Requests that are taken back: what they held back goes on, and no other's is touched."""

from typing import Any

import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason
from tests.hub.test_rights import (
    PURPOSE,
    STAFF,
    act,
    ask,
    asked,
    names,
    now,
    told,
    verified,
    waiting,
)

from firsthand.hub.acts.console import ActRefused
from firsthand.hub.acts.offering import catalogue
from firsthand.hub.reads import PurposeRefused
from firsthand.protocol import wire
from firsthand.protocol.rights import LASTING, Request, Status, objected
from firsthand.protocol.terms import PURPOSES

FILMS = "Title,Genres,Description\nDark,Mystery,A town.\n1899,Mystery|Drama,A ship.\n"


def take_back(person: Person, request: Request, before: Status | None = None) -> Status:
    answer = person.send(
        person.signed(
            "DELETE", f"{wire.PATH_RIGHTS}/{request.jti}", b"", "", covered=wire.COVERED_BARE
        )
    )
    assert answer.status_code == 200, answer.text
    return verified(person, answer.json()["status"], request, before)


@pytest.mark.parametrize("right", sorted(LASTING))
def test_what_was_held_back_is_read_again_once_it_is_lifted(
    person: Person, served: Served, right: str
) -> None:
    person.give("Dark")
    served.settle()
    request = asked(right)
    first = ask(person, request)
    with pytest.raises(PurposeRefused):
        names(served, person)
    last = take_back(person, request, first)
    assert last.status == "revoked"
    assert names(served, person) == ["Dark"]
    facts = served.hub.reads.facts(after=0, purpose=PURPOSE, reader=STAFF).facts
    assert [one.thing.name for one in facts] == ["Dark"]
    assert take_back(person, request, last) == last, "said again it changes nothing"
    assert told(person) == ["fulfilled", "revoked"]


def test_what_another_request_holds_back_stays_held_back(person: Person, served: Served) -> None:
    person.give("Dark")
    served.settle()
    everything, one, kept = asked("objection"), asked("objection", PURPOSE), asked("restriction")
    for request in (everything, one, kept):
        ask(person, request)
    take_back(person, kept)
    for request in (one, everything):
        with pytest.raises(PurposeRefused, match="objected"):
            names(served, person)
        take_back(person, request)
    assert names(served, person) == ["Dark"]


def test_an_open_request_is_taken_back_and_cannot_be_decided_any_more(
    person: Person, served: Served
) -> None:
    request = asked("rectification", "My name is Tomasz.")
    first = ask(person, request)
    id_ = waiting(served)["id"]
    take_back(person, request, first)
    listed = waiting(served)
    assert (listed["status"], listed["days_left"]) == ("revoked", None)
    with pytest.raises(ActRefused, match="revoked already"):
        act(served, "rights fulfil", reference=id_, why="Done.")


def test_what_was_decided_stays_decided(person: Person, served: Served) -> None:
    access, wrong = asked("access"), asked("rectification", "x")
    assert take_back(person, access, ask(person, access)).status == "fulfilled"
    first = ask(person, wrong)
    act(served, "rights deny", reference=_open(served), reason="no_match")
    denied = now(person, wrong, first)
    assert take_back(person, wrong, denied).status == "denied"


def test_nobody_takes_anothers_request_back(person: Person, served: Served) -> None:
    request = asked("restriction")
    ask(person, request)
    other = Person(served)
    other.agree()
    path = f"{wire.PATH_RIGHTS}/{request.jti}"
    sent = other.signed("DELETE", path, b"", "", covered=wire.COVERED_BARE)
    assert reason(other.send(sent)) == "not_found"
    assert served.http.delete(path).status_code == 401
    asking = person.signed("GET", path, b"", "", covered=wire.COVERED_BARE)
    assert served.http.delete(path, headers=dict(asking.headers)).status_code == 401
    assert waiting(served)["status"] == "fulfilled"


def test_an_answer_that_was_ready_before_a_restriction_does_not_leave_after_it(
    person: Person, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue(served.hub, csv=FILMS)
    reads, request = served.hub.reads, asked("restriction")
    read = reads.things_of_many

    def restricted_meanwhile(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as it is
        found = read(*args, **named)
        if any(found.values()) and not told(person):
            ask(person, request)  # before the answer has its number
        return found

    monkeypatch.setattr(reads, "things_of_many", restricted_meanwhile)
    person.give("Dark")
    served.settle()
    assert told(person) == ["fulfilled"]
    assert len(person.inbox()) == 1, "no answer, only the status"
    take_back(person, request)
    served.settle()
    assert len(person.inbox()) == 3, "and once it is lifted, the answer comes"


def _open(served: Served) -> str:
    (one,) = [each for each in act(served, "rights")["rights"] if each["status"] == "open"]
    return str(one["id"])


def test_a_request_of_that_name_asked_anew_is_the_one_that_was_taken_back(
    person: Person, served: Served
) -> None:
    person.give("Dark")
    served.settle()
    request = asked("restriction")
    ask(person, request)
    take_back(person, request)
    body = msgspec.json.encode(request)
    again = person.post(wire.PATH_RIGHTS, body, wire.TYPE_JSON)
    assert verified(person, again.json()["status"], request).status == "revoked"
    assert names(served, person) == ["Dark"], "what was sent once is not done twice"


@pytest.mark.parametrize(
    ("details", "purposes"),
    [
        ("all", list(PURPOSES)),
        ("training, offers\nBut help with support is fine.", ["offers", "training"]),
        ("Offers; training and support.", ["support", "offers", "training"]),
        ("Leave me in peace.", []),
        ("I do not mind support. Stop the letters.", []),
        ("Ihr Kundenservice sagt, dass ich mich hier melden soll.", []),
        (",\nsupport", []),
    ],
)
def test_the_first_line_of_an_objection_can_say_all_of_it(
    details: str, purposes: list[str]
) -> None:
    assert objected(asked("objection", details)) == purposes
