"""What is just allowed is allowed, and what is one more is not: every limit of the statements."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.protocol.conftest import Deal

from firsthand.protocol import agreements
from firsthand.protocol.agreement_life import with_change
from firsthand.protocol.agreements import (
    AGREEMENT_S_MAX,
    BATCH_MIN_MAX,
    FIELDS_MAX,
    JITTER_S_MAX,
    KINDS_MAX,
    NAME_CHARS_MAX,
    URI_CHARS_MAX,
    Delivery,
    Invited,
    Proffer,
    check_proffer,
    chosen,
    read_proffer,
    sign_proffer,
)
from firsthand.protocol.changes import Change, read_change
from firsthand.protocol.clocks import clock_apart
from firsthand.protocol.jws import sign_jws
from firsthand.protocol.receipts import BatchLabel, read_batch_label
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.wire import LANE_CHARS_MAX, STATEMENT_BYTES_MAX, TYP_ANSWER

pytestmark = pytest.mark.usefixtures("refused_in_words")

NAMES = [f"field{number}" for number in range(FIELDS_MAX + 1)]


def check(deal: Deal, proffer: Proffer) -> None:
    check_proffer(proffer, audience=deal.them, now=deal.now)


def with_uri(deal: Deal, length: int) -> Proffer:
    made = deal.proffer()
    uri = made.p7012.uri
    longer = uri.replace("reel", "r" * (length - len(uri) + 4))
    assert len(longer) == length
    return msgspec.structs.replace(made, p7012=msgspec.structs.replace(made.p7012, uri=longer))


def way(batch_min: int, jitter_s_max: int) -> dict[str, Any]:
    return {"delivery": Delivery(batch_min=batch_min, jitter_s_max=jitter_s_max)}


@pytest.mark.parametrize(
    "most",
    [
        {"jti": "j" * NAME_CHARS_MAX},
        {"jti": "j"},
        {"exp": Deal.now + AGREEMENT_S_MAX},
        {"exp": Deal.now + 1},
        way(1, 0),
        way(BATCH_MIN_MAX, JITTER_S_MAX),
        {"fields": {"WatchAction": ["name"]}},
        {"fields": {"WatchAction": NAMES[:FIELDS_MAX]}},
        {"fields": {f"Kind{number}": ["name"] for number in range(KINDS_MAX)}},
    ],
    ids=",".join,
)
def test_the_most_is_allowed(deal: Deal, most: Mapping[str, Any]) -> None:
    check(deal, deal.proffer(**most))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"jti": "j" * (NAME_CHARS_MAX + 1)}, "jti"),
        ({"jti": ""}, "jti"),
        ({"exp": Deal.now + AGREEMENT_S_MAX + 1}, "ten years"),
        (way(0, 0), "Delivery"),
        (way(1, -1), "Delivery"),
        (way(BATCH_MIN_MAX + 1, 0), "Delivery"),
        (way(1, JITTER_S_MAX + 1), "Delivery"),
        ({"fields": {}}, "names 1 to"),
        ({"fields": {"WatchAction": []}}, "none, too many"),
        ({"fields": {"WatchAction": ["name", "name"]}}, "twice"),
        ({"fields": {"WatchAction": NAMES}}, "too many"),
        ({"fields": {f"Kind{number}": ["name"] for number in range(KINDS_MAX + 1)}}, "names 1 to"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_one_more_is_refused(deal: Deal, more: Mapping[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words) as caught:
        check(deal, deal.proffer(**more))
    assert caught.value.refusal.reason == "proffer_invalid"


def test_an_address_is_as_long_as_it_may_be(deal: Deal) -> None:
    check(deal, with_uri(deal, URI_CHARS_MAX))
    with pytest.raises(Refused, match="is not where"):
        check(deal, with_uri(deal, URI_CHARS_MAX + 1))


def test_terms_that_limit_fields_are_kept_to(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = msgspec.structs.replace(
        ROSTER["FH-GIVEN"], fields={"WatchAction": ("name", "startTime")}
    )
    monkeypatch.setattr(agreements, "terms_of", lambda *_: limited)
    whole: list[dict[str, list[str]]] = [
        {"WatchAction": ["name"]},
        {"WatchAction": ["startTime", "name"]},
    ]
    for fields in whole:
        look(deal, fields, None)
    beyond: list[dict[str, list[str]]] = [
        {"WatchAction": ["name", "duration"]},
        {"WatchAction": ["duration"]},
        {"PayAction": ["name"]},
        {"WatchAction": ["name"], "PayAction": ["price"]},
    ]
    for fields in beyond:
        look(deal, fields, "does not let all these fields")


def look(deal: Deal, fields: dict[str, list[str]], words: str | None) -> None:
    proffer = deal.proffer(fields=fields)
    if words is None:
        check(deal, proffer)
        return
    with pytest.raises(Refused, match=words) as caught:
        check(deal, proffer)
    kind = list(fields)[-1]
    assert repr(kind) in str(caught.value)


def test_of_what_is_odd_sixty_letters_are_said(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as caught:
        check(deal, deal.proffer(fields={"k" * 100: []}))
    assert f"of '{'k' * 60}' are" in str(caught.value)
    mine = deal.proffered()
    with pytest.raises(Refused, match=f"'{'d' * 60}'"):
        deal.read(mine, deal.answer(mine, decision="d" * 100))
    limited = msgspec.structs.replace(ROSTER["FH-GIVEN"], fields={})
    monkeypatch.setattr(agreements, "terms_of", lambda *_: limited)
    with pytest.raises(Refused, match=f"of '{'k' * 60}' be"):
        check(deal, deal.proffer(fields={"k" * 100: ["name"]}))


def test_clocks_may_differ_by_five_minutes_and_both_are_told() -> None:
    said = clock_apart(0, 3_600)
    assert "1970-01-01 00:00:00 UTC" in said
    assert "1970-01-01 01:00:00 UTC" in said
    assert "may differ by 5 minutes. Set" in said


def test_the_receipt_of_an_agreement_names_it(deal: Deal) -> None:
    made = deal.agreed()
    assert made.id in str(made.receipt())


def test_a_leaf_is_what_the_protocol_says() -> None:
    label = BatchLabel(lane="l" * LANE_CHARS_MAX, n=258, salt=b"s" * 16)
    told = b"\x00" + b"s" * 16 + b"l" * LANE_CHARS_MAX + b"\x00" * 6 + b"\x01\x02" + b"d" * 32
    assert label.leaf(b"d" * 32) == hashlib.sha256(told).digest()
    assert read_batch_label(label.header()) == label
    with pytest.raises(Refused, match="must read lane"):
        read_batch_label(msgspec.structs.replace(label, lane="l" * (LANE_CHARS_MAX + 1)).header())


@pytest.mark.parametrize("jti", ["j", "j" * NAME_CHARS_MAX], ids=["shortest", "longest"])
def test_a_change_is_named_at_some_length(jti: str) -> None:
    change = Change(agreement="a" * 64, change="paused", jti=jti, at=5)
    assert read_change(msgspec.json.encode(change)) == change


def test_whose_roster_it_is_of_is_named() -> None:
    assert chosen(ROSTER["FH-GIVEN"], url="x").registry == "urn:firsthand:roster"
    assert chosen(ROSTER["SD-BASE"], url="x").registry == "https://w3id.org/dpv/standards/p7012"


@pytest.mark.parametrize("name", ["prev", "supersedes"])
def test_what_is_no_hash_is_named(deal: Deal, name: str) -> None:
    with pytest.raises(Refused, match=f"^{name} is no SHA-256"):
        check(deal, deal.proffer(**{name: "A" * 64}))


def test_an_answer_of_another_shape_is_refused_as_one(deal: Deal) -> None:
    mine = deal.proffered()
    said = {"iss": deal.them, "aud": deal.me, "iat": deal.now, "decision": "accepted", "more": 1}
    token = sign_jws(said, key=deal.reel, typ=TYP_ANSWER)
    with pytest.raises(Refused, match="The answer: Object") as caught:
        deal.read(mine, token)
    assert caught.value.refusal.reason == "proffer_invalid"
    with pytest.raises(Refused, match=f"called '{'c' * 60}'"):
        deal.read(mine, deal.answer(mine, decision="countered", counter="c" * 100))


def test_a_proposal_is_as_long_as_it_may_be(deal: Deal) -> None:
    short = deal.proffer(invite=Invited(token="", tie=False))
    room = (STATEMENT_BYTES_MAX - len(sign_proffer(short, deal.person))) * 3 // 4
    lengths = {
        len(token): token
        for size in range(room - 4, room + 4)
        if (token := deal.proffered(invite=Invited(token="t" * size, tie=False)))
    }
    assert read_proffer(lengths[STATEMENT_BYTES_MAX])[0].invite is not None
    with pytest.raises(Refused, match="at most") as caught:
        read_proffer(lengths[min(one for one in lengths if one > STATEMENT_BYTES_MAX)])
    assert caught.value.refusal.reason == "too_large"


def test_an_answer_is_as_long_as_it_may_be(deal: Deal) -> None:
    mine = deal.proffered()
    room = STATEMENT_BYTES_MAX - len(deal.answer(mine, decision="refused", reason=""))
    lengths = {
        len(token): token
        for size in range(room * 3 // 4 - 4, room * 3 // 4 + 4)
        if (token := deal.answer(mine, decision="refused", reason="r" * size))
    }
    assert deal.read(mine, lengths[STATEMENT_BYTES_MAX]).answer.decision == "refused"
    with pytest.raises(Refused, match="at most") as caught:
        deal.read(mine, lengths[min(one for one in lengths if one > STATEMENT_BYTES_MAX)])
    assert caught.value.refusal.reason == "too_large"


def test_what_a_deal_can_be_is_said() -> None:
    change = Change(agreement="a" * 64, change="ended", jti="one", at=5)
    with pytest.raises(Refused, match="can be paused or resumed, nothing else"):
        with_change((), change, by="person", now=5)
