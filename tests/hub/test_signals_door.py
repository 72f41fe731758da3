# ruff: noqa: ANN401 - changes to a signal are of any kind
"""What is taken at the door for signals, what is refused and why, and who is not harmed by it."""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any  # the words of a signal, of any kind

import httpx
import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.foundation.keys import new_signing_key
from firsthand.hub.reads import Who
from firsthand.protocol import wire
from firsthand.protocol.receipts import ReceiptJson, read_batch_label, verify_receipt
from firsthand.protocol.roles.profile import NAME_CHARS_MAX, WORD_CHARS_MAX
from firsthand.protocol.signals import encode_signals

WHO = Who(name="a test", kind="staff")


def receipt_of(person: Person, request: httpx.Request, answer: httpx.Response) -> int:
    """Verify the receipt of an answer; returns the index of its leaf."""
    assert answer.status_code == 200, answer.text
    receipt = msgspec.json.decode(answer.content, type=ReceiptJson)
    label = read_batch_label(request.headers["firsthand-batch"])
    digest = hashlib.sha256(request.content).digest()
    verify_receipt(receipt, leaf=label.leaf(digest), log_key=person.organisation.document.log_key)
    return receipt.index


def test_a_batch_is_receipted_kept_as_signed_and_projected(person: Person) -> None:
    request = person.batch([person.signal("Dark"), person.signal("1899")])
    assert receipt_of(person, request, person.send(request)) == 0
    person.served.settle()
    facts = person.served.hub.reads.facts(after=0, purpose="personalisation", reader=WHO).facts
    assert [fact.thing.name for fact in facts] == ["Dark", "1899"]
    customers = person.served.hub.reads.customers(table="profile_things")
    assert [one.things for one in customers] == [2]


def test_a_repeat_gets_the_receipt_of_the_first(person: Person) -> None:
    first = person.batch([person.signal("Dark")], n=1)
    second = person.batch([person.signal("1899")], n=2)
    assert [receipt_of(person, one, person.send(one)) for one in (first, second)] == [0, 1]
    for _ in range(3):
        assert receipt_of(person, first, person.send(first)) == 0
        assert receipt_of(person, second, person.send(second)) == 1
    figures = person.served.hub.intake.figures()
    assert (figures.taken, figures.repeated, figures.signals) == (2, 6, 2)
    assert len(person.served.hub.intake.recent()) == 2


def test_other_content_under_a_used_number_is_a_conflict(person: Person) -> None:
    person.give("Dark")
    assert reason(person.send(person.batch([person.signal("1899")], n=1))) == "lane_conflict"
    again = person.send(person.batch([person.signal("1899")], n=1, lane="restored"))
    assert again.status_code == 200, "a new lane begins at 1"


def test_a_gap_may_be_sent_again_later(person: Person) -> None:
    early = person.batch([person.signal("1899")], n=2)
    refused = person.send(early)
    assert (reason(refused), refused.json()["outcome"]) == ("lane_gap", "retry")
    person.give("Dark")
    assert person.send(early).status_code == 200


def test_a_thing_given_twice_is_one_row_and_the_later_one_stands(person: Person) -> None:
    identifier = person.signal("Dark").id
    person.give("Dark")
    later = person.signal("Dark", id=identifier, data={"startTime": "2024-01-08"})
    assert person.send(person.batch([later], n=2)).status_code == 200
    person.served.settle()
    kept = person.served.hub.reads.things(
        person.id, table="profile_things", purpose="personalisation", reader=WHO
    )
    assert [(one.thing.time, one.position) for one in kept] == [("2024-01-08", 1)]


Bend = Callable[[Person], httpx.Request]


def _bent(change: Callable[[Person, httpx.Request], None]) -> Bend:
    def bend(person: Person) -> httpx.Request:
        request = person.batch([person.signal("Bent")])
        change(person, request)
        return request

    return bend


def _without(name: str) -> Bend:
    def change(_: Person, request: httpx.Request) -> None:
        del request.headers[name]

    return _bent(change)


def _signal(**changes: Any) -> Bend:
    return lambda person: person.batch([person.signal("Bent", **changes)])


def _signed(**changes: Any) -> Bend:
    def bend(person: Person) -> httpx.Request:
        request = person.batch([person.signal("Bent")])
        said = {"covered": wire.COVERED_BATCH, "waits": True, **changes}
        return person.signed(
            "POST", wire.PATH_SIGNALS, request.content, said.pop("kind", wire.TYPE_BATCH),
            extra={"firsthand-batch": request.headers["firsthand-batch"]}, **said,
        )  # fmt: skip

    return bend


def _body(raw: bytes) -> Bend:
    return lambda person: person.raw_batch(raw)


def _text(person: Person, old: bytes, new: bytes) -> httpx.Request:
    body = encode_signals([person.signal("Bent")])
    assert old in body
    return person.raw_batch(body.replace(old, new))


REFUSED: list[tuple[str, Bend]] = [
    ("too_large", _body(b" " * (wire.BATCH_BYTES_MAX + 1))),
    ("signature_missing", _without("signature-input")),
    ("signature_missing", _without("signature")),
    ("unknown_relationship", lambda person: Person(person.served).signed(
        "POST", wire.PATH_SIGNALS, b"[]", wire.TYPE_BATCH, covered=wire.COVERED_BODY, waits=True)),
    ("signature_invalid", _signed(key=new_signing_key())),
    ("signature_invalid", _signed(covered=wire.COVERED_BODY)),
    ("signature_invalid", _signed(target="http://elsewhere.example/v1/signals")),
    ("signature_invalid", _signed(waits=False)),
    ("signature_invalid", _signed(created=int(time.time()), expires_s=wire.WAIT_S_MAX + 1)),
    ("expired", _signed(created=int(time.time()) - 100_000)),
    ("clock_differs", _signed(created=int(time.time()) + 10_000)),
    ("digest_invalid", _without("content-digest")),
    ("digest_invalid", _bent(lambda _, r: r.headers.update(
        {"content-digest": "sha-256=:" + "A" * 43 + "=:"}))),
    ("signature_invalid", _bent(lambda _, r: r.headers.update(
        {"firsthand-batch": r.headers["firsthand-batch"].replace("n=1", "n=2")}))),
    ("shape_invalid", _signed(kind="application/json")),
    ("shape_invalid", _body(b"not json")),
    ("shape_invalid", _body(b"[]")),
    ("shape_invalid", lambda p: _text(p, b'"name":"Bent"', b'"name":"Bent","more":1')),
    ("shape_invalid", lambda p: _text(p, b'"specversion":"1.0"', b'"specversion":"0.3"')),
    ("shape_invalid", _signal(type="profile.unknown")),
    ("shape_invalid", _signal(id="a\0b")),
    ("shape_invalid", lambda p: _text(p, b'"name":"Bent"', b'"name":"%b"' % (b"x" * 3_000_000))),
    ("not_yours", _signal(source="urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + "A" * 43)),
    ("no_agreement", _signal(agreement="0" * 64)),
    ("purpose_not_allowed", _signal(purpose="training")),
    ("field_not_allowed", _signal(data={"duration": "PT1H"})),
    ("field_not_allowed", _signal(data={"@type": "ReceiveAction", "startTime": None})),
    ("precision_too_fine", _signal(data={"startTime": "2024-01-03"})),
    ("precision_too_fine", _signal(data={"timePrecision": "P1D"})),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "bend"), REFUSED, ids=[f"{n}-{w}" for n, (w, _) in enumerate(REFUSED)]
)
def test_each_refusal_has_its_reason_and_harms_nobody(person: Person, why: str, bend: Bend) -> None:
    neighbour = Person(person.served)
    neighbour.agree()
    refused = person.send(bend(person))
    assert reason(refused) == why
    assert b"Traceback" not in refused.content
    assert person.served.hub.intake.figures().refusals == {why: 1}
    assert neighbour.give("Dark").status_code == 200
    assert person.give("Dark").status_code == 200, "a refused batch uses no number"


def test_the_largest_thing_that_is_taken_is_also_kept_and_stops_nobody(person: Person) -> None:
    neighbour = Person(person.served)
    neighbour.agree()
    word, name = "\x01" * WORD_CHARS_MAX, "\x01" * NAME_CHARS_MAX
    part = {"@type": word, "name": name}
    parts = {"additionalType": word, "partOfSeason": part, "partOfSeries": part}
    largest = person.signal(name, id="~" * 64, data={"object": {**part, **parts}})
    assert person.send(person.batch([largest])).status_code == 200
    assert neighbour.give("Dark").status_code == 200
    person.served.settle()
    for one in (person, neighbour):
        assert len(person.served.hub.reads.things(
            one.id, table="profile_things", purpose="personalisation", reader=WHO
        )) == 1  # fmt: skip


def test_what_the_agreement_of_a_neighbour_allows_is_not_ones_own(served: Served) -> None:
    person, neighbour = Person(served), Person(served)
    person.agree(), neighbour.agree()
    foreign = person.signal("Dark", agreement=neighbour.agreement.id)
    assert reason(person.send(person.batch([foreign]))) == "no_agreement"


def test_an_agreement_ends_by_its_own_date(served: Served) -> None:
    person = Person(served)
    person.agree(exp=served.now_s() + 60)
    assert person.give("Dark").status_code == 200
    served.clock.by += timedelta(seconds=61)
    assert reason(person.give("1899")) == "agreement_ended"


def test_the_other_methods_and_paths_are_problems_too(served: Served) -> None:
    for method, path, status in (
        ("GET", wire.PATH_SIGNALS, 405),
        ("DELETE", wire.PATH_INBOX, 405),
        ("GET", "/nowhere", 404),
        ("GET", "/terms/NONE", 404),
        ("GET", f"{wire.PATH_CATALOGUES}/{'0' * 64}", 404),
        ("GET", f"{wire.PATH_INVITES}/x", 404),
    ):
        answer = served.http.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, wire.TYPE_PROBLEM)
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_steps_are_counted_in_their_order(person: Person) -> None:
    person.give("Dark")
    steps = person.served.hub.intake.figures().steps
    assert [(step.name, step.count) for step in steps] == [
        (name, 1)
        for name in (
            "size", "relationship", "digest", "signature", "shape", "terms",
            "agreement", "number", "appended",
        )
    ]  # fmt: skip
