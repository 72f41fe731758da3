"""The ISO/IEC TS 27560 record says what the proposal says, and the receipt is the same twice."""

import copy
import json
from typing import Any

import pytest
from tests.protocol.conftest import Deal

from firsthand.protocol.agreement_life import P7012_STATUS
from firsthand.protocol.agreements import check_proffer, consent_record, read_agreement
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.records import (
    ANSWERED,
    DPV_RECEIPT,
    DPV_RECORD,
    exported,
)
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER


def record(deal: Deal, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any of its arguments
    said = {
        "terms": ROSTER["FH-GIVEN"], "person": deal.me, "organisation": deal.them, "name": "Reel",
        "fields": deal.fields, "identifier": "urn:record", "at": stamp_of(deal.now), **changes,
    }  # fmt: skip
    return consent_record(**said)


def test_a_record_has_what_the_standard_asks_for(deal: Deal) -> None:
    made = record(deal, jurisdiction="PT", law="eu-gdpr:GDPR")
    assert made["@type"] == "dpv:ConsentRecord"
    assert made["dct:conformsTo"] == DPV_RECORD
    assert (made["dpv:hasJurisdiction"], made["dpv:hasApplicableLaw"]) == ("PT", "eu-gdpr:GDPR")
    process = made["dpv:hasProcess"][0]
    assert process["dpv:hasPersonalData"] == [
        "schema:WatchAction/name", "schema:WatchAction/startTime",
    ]  # fmt: skip
    assert process["dpv:hasPurpose"][0] == "p7012:service"
    assert process["dpv:hasStorageCondition"][0]["dpv:hasDuration"] == "P30D"
    for member in (
        "dct:identifier", "dpv:hasDataSubject", "dpv:hasDataController", "dpv:hasDataProcessor",
        "dpv:hasLegalBasis", "dpv:hasConsentControl", "dpv:hasRight", "dpv:hasNotice",
        "dpv:hasConsentStatus",
    ):  # fmt: skip
        assert member in made


def test_a_record_that_fits_is_taken(deal: Deal) -> None:
    for at in (deal.now, deal.now - 300, deal.now + 300):
        fits = record(deal, at=stamp_of(at), jurisdiction="PT", law="GDPR", name="Another name")
        check_proffer(deal.proffer(record=fits), audience=deal.them, now=deal.now)


def spoilt(made: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The record with each of its values, at any depth, changed, taken out or of another kind."""
    found: list[tuple[str, dict[str, Any]]] = []

    def walk(path: list[Any], value: object) -> None:
        inside = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
        for key, child in list(inside):
            others: tuple[object, ...] = ([], {}, None, 5, "x", f"{child}x")
            for other in others:
                if other != child:
                    bent = copy.deepcopy(made)
                    place: Any = bent
                    for step in path:
                        place = place[step]
                    place[key] = other
                    found.append(("/".join(map(str, [*path, key])), bent))
            if isinstance(child, dict | list):
                walk([*path, key], child)

    walk([], made)
    return found


def test_a_record_that_says_something_else_is_refused(deal: Deal) -> None:
    free = {"dct:identifier", "dpv:hasDataController/schema:name"}  # its own: any text will do
    tried = 0
    for path, bent in spoilt(record(deal)):
        place: Any = bent
        for step in path.split("/")[:2]:
            place = place[step] if isinstance(place, dict) and step in place else place
        if path in free and isinstance(place, str):
            continue
        with pytest.raises(Refused) as caught:
            check_proffer(deal.proffer(record=bent), audience=deal.them, now=deal.now)
        assert caught.value.refusal.reason == "proffer_invalid", path
        tried += 1
    assert tried > 150


@pytest.mark.parametrize(
    "changes",
    [
        {"person": "urn:other"}, {"organisation": "urn:other"}, {"identifier": ""},
        {"identifier": "x" * 501}, {"name": "x" * 501}, {"terms": ROSTER["SD-BASE"]},
        {"fields": {"WatchAction": ["name"]}}, {"fields": {}}, {"at": stamp_of(1)}, {"at": ""},
        {"at": "2027-01-15T08:00:00"}, {"at": "2027-01-15T09:00:00+01:00"}, {"at": "today"},
        {"jurisdiction": "x" * 501},
    ],
    ids=lambda changes: str(changes)[:60],
)  # fmt: skip
def test_a_record_of_another_proposal_is_refused(deal: Deal, changes: dict[str, Any]) -> None:
    proffer = deal.proffer(record=record(deal, **changes))
    with pytest.raises(Refused) as caught:
        check_proffer(proffer, audience=deal.them, now=deal.now)
    assert caught.value.refusal.reason == "proffer_invalid"


def test_a_member_too_few_or_too_many_is_refused(deal: Deal) -> None:
    whole = record(deal)
    bents = [{k: v for k, v in whole.items() if k != member} for member in whole]
    bents += [{**whole, "dpv:hasLegalBasis2": "x"}, {}]
    for bent in bents:
        with pytest.raises(Refused):
            check_proffer(deal.proffer(record=bent), audience=deal.them, now=deal.now)


@pytest.mark.parametrize(
    ("decision", "counter"), [("accepted", None), ("refused", None), ("countered", "SD-BASE")]
)
def test_both_sides_make_the_same_receipt(deal: Deal, decision: str, counter: str | None) -> None:
    mine = deal.proffered()
    theirs = deal.answer(mine, decision=decision, counter=counter)
    key = deal.reel.public_key()
    here, there = (read_agreement(mine, theirs, organisation_key=key).receipt() for _ in range(2))
    assert exported(here) == exported(there)
    read = json.loads(exported(here))
    assert read["@type"] == "dpv:ConsentReceipt"
    assert read["dct:conformsTo"] == DPV_RECEIPT
    assert read["dct:created"] == "2027-01-15T08:00:00Z"
    assert (read["dct:publisher"], read["schema:recipient"]) == (deal.them, deal.me)
    assert read["dpv:hasRecordOfActivity"] == deal.proffer().record
    assert read["dpv:hasStatus"] == f"p7012:{P7012_STATUS[decision]}"
    assert ANSWERED[decision] == P7012_STATUS[decision]


def test_a_record_is_exported_with_its_vocabularies(deal: Deal) -> None:
    read = json.loads(exported(deal.proffer().record))
    assert set(read["@context"]) == {"dct", "dpv", "eu-gdpr", "p7012", "schema"}
    assert read.pop("@context")
    assert read == deal.proffer().record
