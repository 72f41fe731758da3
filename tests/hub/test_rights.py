"""Requests by right: taken, done at once or decided, within the law's time, told with a proof."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub.conftest import Person, Served, new_id, reason

from firsthand.hub.acts import console, looking, requests
from firsthand.hub.acts.console import ActRefused
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.hub.terms import rights
from firsthand.protocol import wire
from firsthand.protocol.jws import read_jws
from firsthand.protocol.receipts import read_erasure
from firsthand.protocol.rights import (
    DENIALS,
    RIGHTS,
    Request,
    Status,
    due,
    read_status,
)

PURPOSE = "personalisation"
STAFF = Who(name="Greta", kind="staff")
FIXED = (
    '{"corrections": [{"thing": "%s", "fields": {"name": "Twilight", "startTime": "2024-01-29"}}]}'
)


def asked(right: str, details: str = "", **changes: Any) -> Request:  # noqa: ANN401 - a request is bent in many ways
    made = Request(right=right, regime="gdpr", jti=new_id(), at=int(time.time()), details=details)
    return msgspec.structs.replace(made, **changes)


def post(person: Person, request: Request | bytes) -> httpx.Response:
    body = request if isinstance(request, bytes) else msgspec.json.encode(request)
    return person.post(wire.PATH_RIGHTS, body, wire.TYPE_JSON)


def verified(person: Person, token: str, request: Request, before: Status | None = None) -> Status:
    return read_status(
        token, key=person.organisation.key, request=request, before=before,
        organisation=person.organisation.subject, person=person.subject,
    )  # fmt: skip


def ask(person: Person, request: Request) -> Status:
    answer = post(person, request)
    assert answer.status_code == 200, answer.text
    return verified(person, answer.json()["status"], request)


def now(person: Person, request: Request, before: Status) -> Status:
    answer = person.get(f"{wire.PATH_RIGHTS}/{request.jti}")
    assert answer.status_code == 200, answer.text
    return verified(person, answer.json()["status"], request, before)


def told(person: Person) -> list[str]:
    """The states that messages told, in their order."""
    events = [read_jws(one["jws"])[1] for one in person.inbox()]
    found: list[str] = []
    for event in events:
        if event["type"] == wire.TYPE_RIGHT_CHANGED:
            data: Any = event["data"]
            found.append(str(read_jws(data["status"])[1]["status"]))
    return found


def names(served: Served, person: Person) -> list[str]:
    kept = served.hub.reads.things(person.id, table="profile_things", purpose=PURPOSE, reader=STAFF)
    return sorted(one.thing.name for one in kept)


def act(served: Served, name: str, **arguments: object) -> dict[str, Any]:
    return console.run(served.hub, name, arguments)


def waiting(served: Served) -> dict[str, Any]:
    (one,) = act(served, "rights")["rights"]
    return dict(one)


def data(person: Person, request: Request, after: int = 0) -> dict[str, Any]:
    answer = person.get(f"{wire.PATH_RIGHTS}/{request.jti}/data?after={after}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_access_gives_all_that_is_held_and_is_noted(person: Person, served: Served) -> None:
    person.give("Dark", "1899")
    served.settle()
    names(served, person)
    request = asked("access")
    first = ask(person, request)
    assert first.status == "fulfilled"
    part = data(person, request)
    assert sorted(one["name"] for one in part["things"]) == ["1899", "Dark"]
    assert {one["agreement"] for one in part["things"]} == {person.agreement.id}
    about = part["about"]
    assert [one["proffer"] for one in about["agreements"]] == [person.agreement.proffer_jws]
    assert [one["reader"] for one in about["reads"]] == ["Greta"]
    assert about["own_reads"][0]["count"] == 2
    assert (about["account"], about["state"]) == (None, "active")
    assert [one["right"] for one in about["requests"]] == ["access"]
    assert about["agreements"][0]["kept_days_after_the_end"] == 30
    assert len(about["messages"]) == len(person.inbox())
    last = data(person, request, part["next"])
    assert (last["things"], last["more"]) == ([], False)
    assert "about" not in last
    assert [one.kind for one in looking.noted(served.hub, person.id)] == ["staff"]


def test_portability_gives_the_things_alone_and_works_after_the_end(
    person: Person, served: Served
) -> None:
    person.give("Dark")
    served.settle()
    person.end(wire.PATH_REVOCATIONS)
    request = asked("portability")
    assert ask(person, request).status == "fulfilled"
    part = data(person, request)
    assert [one["name"] for one in part["things"]] == ["Dark"]
    assert "about" not in part
    person.end(wire.PATH_ERASURES)
    gone = person.get(f"{wire.PATH_RIGHTS}/{request.jti}/data")
    assert reason(gone) == "unknown_relationship"


def test_a_restriction_stops_every_read_and_keeps_all(person: Person, served: Served) -> None:
    person.give("Dark")
    served.settle()
    ask(person, asked("restriction"))
    with pytest.raises(PurposeRefused, match="asked that it be kept"):
        names(served, person)
    assert served.hub.reads.facts(after=0, purpose=PURPOSE, reader=STAFF).facts == []
    request = asked("access")
    ask(person, request)
    assert [one["name"] for one in data(person, request)["things"]] == ["Dark"]


@pytest.mark.parametrize(
    ("details", "stopped"),
    [("personalisation", True), ("Support and offers.", False), ("", True)],
)
def test_an_objection_stops_its_purpose(
    person: Person, served: Served, *, details: str, stopped: bool
) -> None:
    person.give("Dark")
    served.settle()
    assert ask(person, asked("objection", details)).status == "fulfilled"
    if not stopped:
        assert names(served, person) == ["Dark"]
        return
    with pytest.raises(PurposeRefused, match="objected"):
        names(served, person)
    assert served.hub.reads.facts(after=0, purpose=PURPOSE, reader=STAFF).facts == []


def test_what_free_words_object_to_is_chosen_by_people(person: Person, served: Served) -> None:
    person.give("Dark")
    served.settle()
    request = asked("objection", "Your support told me to ask: no letters about series, please.")
    first = ask(person, request)
    assert first.status == "open"
    with pytest.raises(PurposeRefused, match="objected"):
        names(served, person)
    id_ = str(requests.listed(served.hub)["rights"][0]["id"])  # type: ignore[index]
    for wrong in ([], ["letters"], ["all", "offers"]):
        with pytest.raises(ActRefused, match="choose what you stop"):
            act(served, "rights fulfil", reference=id_, why="Done.", purposes=wrong)
    told: Any = act(served, "rights fulfil", reference=id_, purposes=["offers"])
    assert (told["purposes"], told["words_to_read"]) == (["offers"], False)
    assert now(person, request, first).processing_details == "Not used any more for: offers."
    assert names(served, person) == ["Dark"]
    with served.hub.snapshot() as reader:
        assert rights.held_back(reader, person.id, "offers") is not None


@pytest.mark.parametrize("decide", ["all", "deny", "take back"])
def test_free_words_mean_all_only_where_people_say_so(
    person: Person, served: Served, decide: str
) -> None:
    person.give("Dark")
    served.settle()
    request = asked("objection", "I have had enough.")
    ask(person, request)
    id_ = str(requests.listed(served.hub)["rights"][0]["id"])  # type: ignore[index]
    if decide == "all":
        act(served, "rights fulfil", reference=id_, purposes=["all"])
        with pytest.raises(PurposeRefused, match="objected"):
            names(served, person)
        return
    if decide == "deny":
        act(served, "rights deny", reference=id_, reason="claim_not_covered")
    else:
        requests.take_back(served.hub, person.id, request.jti)
    assert names(served, person) == ["Dark"]


def test_an_erasure_is_done_when_it_is_answered(person: Person, served: Served) -> None:
    person.give("Dark")
    request = asked("erasure")
    answer = post(person, request)
    status = verified(person, answer.json()["status"], request)
    receipt = read_erasure(answer.json()["receipt"], key=person.organisation.key)
    assert (status.status, receipt.batches) == ("fulfilled", 1)
    again = post(person, request)
    assert again.json()["receipt"] == answer.json()["receipt"]
    verified(person, again.json()["status"], request, status)
    assert reason(post(person, asked("access"))) == "unknown_relationship"
    assert act(served, "rights") == {"rights": []}


def test_what_is_put_right_is_what_staff_and_systems_read(person: Person, served: Served) -> None:
    person.give("Dark", "1899")
    served.settle()
    wrong = next(
        one.thing for one in served.hub.reads.things(
            person.id, table="profile_things", purpose=PURPOSE, reader=STAFF
        ) if one.thing.name == "Dark"
    )  # fmt: skip
    looking.look(served.hub, person.id, purpose=PURPOSE, staff="greta")
    request = asked("rectification", FIXED % wrong.id)
    first = ask(person, request)
    assert (first.status, names(served, person)) == ("open", ["1899", "Dark"])
    one = waiting(served)
    assert (one["status"], one["right"]) == ("open", "rectification")
    done = act(served, "rights fulfil", reference=one["id"][:6])
    assert done["status"] == "fulfilled"
    assert now(person, request, first).status == "fulfilled"
    assert told(person) == ["open", "fulfilled"]
    assert names(served, person) == ["1899", "Twilight"]
    facts = served.hub.reads.facts(after=0, purpose=PURPOSE, reader=STAFF).facts
    right = next(one.thing for one in facts if one.id == wrong.id)
    assert (right.name, right.time, right.source) == (
        "Twilight", "2024-01-29", "corrected on request",
    )  # fmt: skip
    assert right.data["name"] == "Twilight"
    seen = looking.look(served.hub, person.id, purpose=PURPOSE, staff="greta").view
    assert seen is not None
    assert "corrected on request" in seen.sources
    assert "Twilight" in {field.value for kind in seen.kinds for field in kind.top}


def test_what_was_asked_in_words_is_answered_in_words(person: Person, served: Served) -> None:
    ask(person, asked("rectification", "My name is Tomasz."))
    one = waiting(served)
    with pytest.raises(ActRefused, match="in words"):
        act(served, "rights fulfil", reference=one["id"])
    done = act(served, "rights fulfil", reference=one["id"], why="We changed it by hand.")
    assert done["processing_details"] == "We changed it by hand."


@pytest.mark.parametrize("name", DENIALS)
def test_each_reason_to_deny_reaches_the_person(person: Person, served: Served, name: str) -> None:
    request = asked("rectification", "x")
    first = ask(person, request)
    id_ = waiting(served)["id"]
    if name == "other":
        with pytest.raises(ActRefused, match="in words"):
            act(served, "rights deny", reference=id_, reason=name)
    act(served, "rights deny", reference=id_, reason=name, why="Because.")
    last = now(person, request, first)
    assert (last.status, last.reason) == ("denied", name)
    for again, said in (("deny", {"reason": name}), ("fulfil", {}), ("extend", {})):
        with pytest.raises(ActRefused):
            act(served, f"rights {again}", reference=id_, why="Once more.", **said)
    with pytest.raises(ActRefused, match="suspected_fraud"):
        act(served, "rights deny", reference=id_, reason="no idea")


@pytest.mark.parametrize("regime", ["gdpr", "ccpa"])
def test_more_time_is_taken_once_and_said_why(person: Person, served: Served, regime: str) -> None:
    request = asked("rectification", "x", regime=regime)
    first = ask(person, request)
    today = datetime.fromtimestamp(first.received_at, UTC).date()
    one = waiting(served)
    assert first.expected_by == due(regime, today).isoformat() == one["expected_by"]
    assert one["days_left"] in {(due(regime, today) - today).days + d for d in (-1, 0)}
    assert (one["hello_by"] is None) == (regime == "gdpr")
    with pytest.raises(ActRefused, match="why"):
        act(served, "rights extend", reference=one["id"], why=" ")
    act(served, "rights extend", reference=one["id"], why="The archive is on paper.")
    second = now(person, request, first)
    assert second.status == "in_progress"
    assert second.expected_by == due(regime, today, extended=True).isoformat()
    assert second.processing_details == "The archive is on paper."
    with pytest.raises(ActRefused, match="once"):
        act(served, "rights extend", reference=one["id"], why="And again.")
    act(served, "rights fulfil", reference=one["id"], why="Done.")
    assert now(person, request, second).status == "fulfilled"


def test_why_more_time_was_taken_is_not_why_it_was_denied(person: Person, served: Served) -> None:
    request = asked("rectification", "x")
    first = ask(person, request)
    one = waiting(served)
    act(served, "rights extend", reference=one["id"], why="We move house.")
    second = now(person, request, first)
    act(served, "rights deny", reference=one["id"], reason="no_match", why="")
    third = now(person, request, second)
    assert (third.status, third.reason) == ("denied", "no_match")
    assert third.processing_details == "More time was taken: We move house."


def test_the_same_request_gets_the_same_answer(person: Person, served: Served) -> None:
    request = asked("rectification", "x")
    first = post(person, request).json()
    assert post(person, request).json() == first
    other = msgspec.structs.replace(request, details="y")
    assert reason(post(person, other)) == "shape_invalid"
    assert len(act(served, "rights")["rights"]) == 1
    assert told(person) == ["open"]


def test_nobody_sees_anothers_request(person: Person, served: Served) -> None:
    request = asked("access")
    ask(person, request)
    other = Person(served)
    other.agree()
    for path in (f"/{request.jti}", f"/{request.jti}/data", "/none", "/none/data"):
        assert reason(other.get(wire.PATH_RIGHTS + path)) == "not_found"
    assert reason(post(Person(served), asked("access"))) == "unknown_relationship"
    assert served.http.get(f"{wire.PATH_RIGHTS}/{request.jti}").status_code == 401


BAD: dict[str, Request | bytes] = {
    "no right": asked("applause"),
    "no law": asked("access", regime="moon"),
    "an odd name": asked("access", jti="../x"),
    "no name": asked("access", jti=""),
    "too long": asked("access", "x" * (wire.DETAILS_CHARS_MAX + 1)),
    "from the future": asked("access", at=int(time.time()) + 10**6),
    "no time": asked("access", at=-(10**18)),
    "a field that nothing has": asked(
        "rectification", '{"corrections":[{"thing":"a","fields":{"agent":"x"}}]}'
    ),
    "a value that is too long": asked(
        "rectification",
        json.dumps({"corrections": [{"thing": "a", "fields": {"price": "9" * 101}}]}),
    ),
    "a thing without a name": asked(
        "rectification", '{"corrections":[{"thing":"","fields":{"name":"x"}}]}'
    ),
    "twice": b'{"right":"access","right":"erasure","regime":"gdpr","jti":"a","at":1}',
    "more": b'{"right":"access","regime":"gdpr","jti":"a","at":1,"more":1}',
    "nothing": b"",
    "a list": b"[]",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_well_formed_is_refused_and_changes_nothing(
    person: Person, served: Served, name: str
) -> None:
    assert reason(post(person, BAD[name])) in {"shape_invalid", "too_large", "clock_differs"}
    assert act(served, "rights") == {"rights": []}
    assert person.inbox() == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"startTime": "2024-01-30"}, "precision_too_fine"),
        ({"name": "Twilight", "startTime": "2024-01-29T10:00:00Z"}, "precision_too_fine"),
    ],
)
def test_nothing_is_put_right_that_the_deal_would_not_let_them_know(
    person: Person, served: Served, fields: dict[str, str], why: str
) -> None:
    details = json.dumps({"corrections": [{"thing": "a", "fields": fields}]})
    assert reason(post(person, asked("rectification", details))) == why
    assert act(served, "rights") == {"rights": []}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=60) | st.dictionaries(
    st.sampled_from(["right", "regime", "jti", "at", "details"]),
    st.sampled_from(sorted(RIGHTS)) | st.text(max_size=9) | st.integers() | st.none(), min_size=2,
).map(lambda said: json.dumps(said).encode()))  # fmt: skip
def test_whatever_comes_it_is_answered(person: Person, body: bytes) -> None:
    assert post(person, body).status_code in {200, 400, 401, 403, 404, 413, 422}


def test_dates_are_the_laws_own(person: Person) -> None:
    request = asked("rectification", "x")
    status = ask(person, request)
    last = datetime.fromisoformat(status.expected_by).date()
    day = datetime.fromtimestamp(status.received_at, UTC).date()
    assert day + timedelta(days=28) <= last <= day + timedelta(days=33)
