"""Deals that rest and go on, and what the organisation decides by itself."""

import itertools
import json
import time

import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.hub.acts import console
from firsthand.hub.acts.console import ActRefused
from firsthand.hub.acts.people import agreed
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.protocol import wire
from firsthand.protocol.changes import Change, ChangeReceipt, read_change_receipt
from firsthand.protocol.jws import read_jws
from firsthand.protocol.roles.profile import PURPOSE

WHO = Who(name="a test", kind="staff")
_NUMBERS = itertools.count(1)


def asked(person: Person, turn: str, **changes: object) -> bytes:
    said = Change(
        agreement=person.agreement.id, change=turn, jti=f"j{next(_NUMBERS)}", at=int(time.time())
    )
    return msgspec.json.encode(msgspec.structs.replace(said, **changes))


def turned(person: Person, turn: str, **changes: object) -> ChangeReceipt:
    body = asked(person, turn, **changes)
    answer = person.post(wire.PATH_CHANGES, body, wire.TYPE_JSON)
    assert answer.status_code == 200, answer.text
    return read_change_receipt(
        answer.json()["receipt"],
        key=person.organisation.key,
        agreement=person.agreement,
        jti=msgspec.json.decode(body)["jti"],
    )


def names(served: Served, person: Person) -> list[str]:
    served.settle()
    kept = served.hub.reads.things(person.id, table="profile_things", purpose=PURPOSE, reader=WHO)
    return sorted(one.thing.name for one in kept)


def test_while_it_rests_nothing_comes_in_and_nothing_is_read(
    served: Served, person: Person
) -> None:
    person.give("Dark")
    assert names(served, person) == ["Dark"]
    rests = turned(person, "paused")
    assert (rests.state, rests.by) == ("paused", "person")
    late = person.give("1899")
    assert (reason(late), late.status_code, late.json()["outcome"]) == (
        "agreement_paused", 409, "retry",
    )  # fmt: skip
    with pytest.raises(PurposeRefused, match="paused"):
        names(served, person)
    assert served.hub.reads.facts(after=0, purpose=PURPOSE, reader=WHO).facts == []
    assert turned(person, "resumed").state == "accepted"
    assert person.give("1899").status_code == 200
    assert names(served, person) == ["1899", "Dark"]


def test_the_same_change_again_changes_nothing(person: Person) -> None:
    first = turned(person, "paused", jti="one", at=int(time.time()) - 5)
    assert turned(person, "resumed", jti="two").state == "accepted"
    again = turned(person, "paused", jti="one", at=first.since - 5)
    assert again.state == "accepted", "it had been overtaken"
    assert person.give("Dark").status_code == 200


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"agreement": "0" * 64}, "no_agreement"),
        ({"agreement": "x"}, "shape_invalid"),
        ({"change": "ended"}, "shape_invalid"),
        ({"jti": ""}, "shape_invalid"),
        ({"at": 1 << 40}, "clock_differs"),
    ],
    ids=["unknown", "no id", "no change", "no name", "future"],
)
def test_a_change_that_cannot_be_changes_nothing(
    person: Person, changes: dict[str, object], why: str
) -> None:
    answer = person.post(wire.PATH_CHANGES, asked(person, "paused", **changes), wire.TYPE_JSON)
    assert reason(answer) == why
    assert person.give("Dark").status_code == 200


def test_nobody_pauses_what_is_anothers_or_has_ended(served: Served, person: Person) -> None:
    other = Person(served)
    other.agree()
    body = asked(person, "paused")
    assert reason(other.post(wire.PATH_CHANGES, body, wire.TYPE_JSON)) == "no_agreement"
    person.end(wire.PATH_REVOCATIONS)
    assert reason(person.post(wire.PATH_CHANGES, body, wire.TYPE_JSON)) == "agreement_ended"


def test_a_rest_can_be_ended_and_counts_as_standing(served: Served, person: Person) -> None:
    turned(person, "paused")
    (known,) = served.hub.reads.customers(table="profile_things")
    assert known.state == "active"
    assert person.end(wire.PATH_REVOCATIONS).status_code == 200
    (known,) = served.hub.reads.customers(table="profile_things")
    assert known.state == "ended"


def said(person: Person) -> list[ChangeReceipt]:
    """The statements about the deal among the person's messages."""
    found = []
    for one in person.inbox():
        event = read_jws(one["jws"])[1]
        assert event["type"] == wire.TYPE_AGREEMENT_CHANGED
        assert event["agreement"] == person.agreement.id
        data = event["data"]
        assert isinstance(data, dict)
        found.append(
            read_change_receipt(
                data["receipt"], key=person.organisation.key, agreement=person.agreement
            )
        )
    return found


def test_the_organisation_pauses_goes_on_and_ends_and_says_so(
    served: Served, person: Person
) -> None:
    short = {"agreement": person.agreement.id[:10]}

    def run(act: str) -> dict[str, object]:
        return console.run(served.hub, act, short)

    assert run("pause")["state"] == "paused"
    assert run("pause")["state"] == "paused", "again it changes nothing"
    assert reason(person.give("Dark")) == "agreement_paused"
    turned(person, "paused")
    assert run("resume")["state"] == "paused", "the person has paused it as well"
    assert turned(person, "resumed").state == "accepted"
    assert person.give("Dark").status_code == 200
    assert run("end")["state"] == "terminated"
    assert run("end")["state"] == "terminated"
    assert reason(person.give("1899")) == "agreement_ended"
    found = said(person)
    assert [(one.state, one.by) for one in found] == [
        ("paused", "organisation"), ("paused", "organisation"), ("terminated", "organisation"),
    ]  # fmt: skip
    kept = json.dumps(agreed(served.hub))
    assert '"state": "terminated"' in kept


@pytest.mark.parametrize("beginning", ["", "zz", "0" * 64])
def test_a_deal_that_is_not_there_is_not_decided_on(person: Person, beginning: str) -> None:
    with pytest.raises(ActRefused, match="No deal"):
        console.run(person.served.hub, "end", {"agreement": beginning})


def test_a_paused_successor_rests_what_was_given_before(served: Served, person: Person) -> None:
    old = person.agreement
    person.give("Dark")
    person.agree(supersedes=old.id, prev=old.id)
    assert names(served, person) == ["Dark"]
    turned(person, "paused")
    with pytest.raises(PurposeRefused, match="paused"):
        names(served, person)
    turned(person, "resumed")
    assert names(served, person) == ["Dark"]
