"""Whatever is wrong with a proposal, an answer or a receipt, it is refused with its reason."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from tests.protocol.conftest import Deal

from firsthand.protocol.agreements import (
    AGREEMENT_S_MAX,
    Delivery,
    Proffer,
    check_proffer,
    chosen,
    read_proffer,
    sign_proffer,
)
from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.changes import ChangeReceipt, read_change_receipt, sign_change_receipt
from firsthand.protocol.identity import jwk_of, thumbprint_of
from firsthand.protocol.jws import read_jws, sign_jws
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.wire import (
    SKEW_S_MAX,
    STATEMENT_BYTES_MAX,
    TYP_AGREEMENT,
    TYP_ANSWER,
    TYP_CHANGE,
)

pytestmark = pytest.mark.usefixtures("refused_in_words")

Read = Callable[[str], object]


def reason(read: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        read()
    return caught.value.refusal.reason


def changed(token: str) -> Iterator[str]:
    """The statement with every single byte changed in several ways, taken out, or put in twice."""
    for place, letter in enumerate(token):
        before, after = token[:place], token[place + 1 :]
        others = {chr(ord(letter) ^ bit) for bit in (1, 2, 32, 128)} | {"A", "_", ".", "="}
        for other in sorted(others - {letter}):
            yield before + other + after
        yield before + after
        yield before + letter + letter + after


def every_change_is_refused(token: str, read: Read) -> int:
    read(token)
    taken, tried = [], 0
    for forged in changed(token):
        tried += 1
        try:
            read(forged)
        except Refused:
            continue
        taken.append(forged)
    assert taken == []
    return tried


def test_every_changed_byte_of_a_proposal_is_refused(deal: Deal) -> None:
    token = deal.proffered(precision="month", delivery=Delivery(batch_min=3, jitter_s_max=60))
    assert every_change_is_refused(token, read_proffer) > 8 * len(token)


def test_every_changed_byte_of_an_answer_is_refused(deal: Deal) -> None:
    mine = deal.proffered()
    token = deal.answer(mine)
    assert every_change_is_refused(token, lambda text: deal.read(mine, text)) > 8 * len(token)


def test_every_changed_byte_of_a_receipt_of_a_change_is_refused(deal: Deal) -> None:
    made = deal.agreed()
    receipt = ChangeReceipt(
        iss=deal.them, aud=deal.me, agreement=made.id, state="paused", since=1, iat=2, jti="p"
    )
    token = sign_change_receipt(receipt, deal.reel)
    key = deal.reel.public_key()
    tried = every_change_is_refused(
        token, lambda text: read_change_receipt(text, key=key, agreement=made, jti="p")
    )
    assert tried > 8 * len(token)


def test_what_was_cut_off_is_refused(deal: Deal) -> None:
    mine = deal.proffered()
    theirs = deal.answer(mine)
    for length in range(len(mine)):
        assert reason(lambda cut=mine[:length]: read_proffer(cut))  # type: ignore[misc]
    for length in range(len(theirs)):
        assert reason(lambda cut=theirs[:length]: deal.read(mine, cut))  # type: ignore[misc]


NOT_IT = {"signature_invalid", "proffer_invalid"}


def test_parts_in_another_order_are_refused(deal: Deal) -> None:
    mine = deal.proffered()
    theirs = deal.answer(mine)
    head, body, signature = mine.split(".")
    for parts in ((body, head, signature), (head, signature, body), (head, head, signature)):
        assert reason(lambda p=parts: read_proffer(".".join(p))) in NOT_IT  # type: ignore[misc]
    assert reason(lambda: deal.read(theirs, mine))
    other_head, other_body, other_signature = deal.proffered(jti="two").split(".")
    for swapped in (
        f"{other_head}.{body}.{other_signature}",
        f"{head}.{other_body}.{signature}",
        f"{head}.{body}.{other_signature}",
    ):
        assert reason(lambda s=swapped: read_proffer(s)) == "signature_invalid"  # type: ignore[misc]


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"}, {"alg": "HS256"}, {"alg": "ES384"}, {"alg": "RS256"}, {"alg": "es256"},
        {"alg": None}, {"alg": ["ES256"]}, {"typ": TYP_ANSWER}, {"typ": "JWT"}, {"typ": None},
        {"kid": "x"}, {"kid": None}, {"crit": ["exp"]}, {"b64": False}, {"zip": "DEF"},
        {"jku": "https://reel.example/keys"}, {"x5c": []}, {"jwk": None}, {"jwk": {}},
        {"jwk": {"kty": "EC", "crv": "P-384"}}, {"jwk": {"kty": "oct", "k": "AA"}},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_another_algorithm_type_or_key_is_refused(deal: Deal, change: dict[str, object]) -> None:
    token = deal.proffered()
    header, payload = read_jws(token)
    assert deal.raw(canonical(header), canonical(payload), deal.person)
    head = {name: value for name, value in {**header, **change}.items() if value is not None}
    forged = deal.raw(canonical(head), canonical(payload), deal.person)
    assert reason(lambda: read_proffer(forged)) in NOT_IT


def test_a_key_with_its_private_part_or_of_a_stranger_is_refused(deal: Deal) -> None:
    header, payload = read_jws(deal.proffered())
    jwk = jwk_of(deal.person.public_key())
    stranger = jwk_of(deal.stranger.public_key())
    for wrong in ({**jwk, "d": "AA"}, stranger, {**jwk, "x": stranger["x"]}):
        head = canonical({**header, "jwk": wrong})
        forged = deal.raw(head, canonical(payload), deal.person)
        assert reason(lambda f=forged: read_proffer(f)) == "signature_invalid"  # type: ignore[misc]
    kid = thumbprint_of(deal.stranger.public_key())
    head = canonical({**header, "jwk": stranger, "kid": kid})
    forged = deal.raw(head, canonical(payload), deal.stranger)
    assert reason(lambda: read_proffer(forged)) == "signature_invalid"


def twice(content: dict[str, Any], name: str) -> bytes:
    """A JSON object in which one member stands twice, the second time as it should be."""
    text = canonical(content).decode()
    return ("{" + f"{json.dumps(name)}:0," + text[1:]).encode()


def test_a_name_that_is_there_twice_is_refused(deal: Deal) -> None:
    mine = deal.proffered()
    header, payload = read_jws(mine)
    tokens = [deal.raw(canonical(header), twice(payload, name), deal.person) for name in payload]
    tokens += [deal.raw(twice(header, name), canonical(payload), deal.person) for name in header]
    inside = canonical(payload).replace(b'"agreement":', b'"agreement":"X","agreement":', 1)
    tokens.append(deal.raw(canonical(header), inside, deal.person))
    for token in tokens:
        with pytest.raises(Refused, match="twice") as caught:
            read_proffer(token)
        assert caught.value.refusal.reason == "signature_invalid"
    head, said = read_jws(deal.answer(mine))
    for name in said:
        theirs = deal.raw(canonical(head), twice(said, name), deal.reel)
        with pytest.raises(Refused, match="twice"):
            deal.read(mine, theirs)


STRANGE: list[object] = [None, True, 7, -1, 1.5, "", "x", [], {}, ["x"], {"x": 1}, 2**53 - 1]
MAY_BE_NOTHING = {"prev", "invite", "supersedes", "precision", "delivery"}


@pytest.mark.parametrize("field", Proffer.__struct_fields__)
@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_a_field_of_another_kind_is_refused(deal: Deal, field: str, value: object) -> None:
    right = (field in MAY_BE_NOTHING and value is None) or (field == "jti" and value == "x")
    payload = {**msgspec.to_builtins(deal.proffer()), field: value}
    head = {"jwk": jwk_of(deal.person.public_key())}
    token = sign_jws(payload, key=deal.person, typ=TYP_AGREEMENT, header=head)

    def taken() -> None:
        proffer, _ = read_proffer(token)
        check_proffer(proffer, audience=deal.them, now=deal.now)

    if right:
        taken()
    else:
        assert reason(taken)


@pytest.mark.parametrize("field", [*Proffer.__struct_fields__, "unknown"])
def test_a_field_too_few_or_too_many_is_refused(deal: Deal, field: str) -> None:
    payload = msgspec.to_builtins(deal.proffer())
    if field in payload:
        del payload[field]
    else:
        payload[field] = 1
    head = {"jwk": jwk_of(deal.person.public_key())}
    token = sign_jws(payload, key=deal.person, typ=TYP_AGREEMENT, header=head)
    if field in MAY_BE_NOTHING:
        assert getattr(read_proffer(token)[0], field) is None
    else:
        assert reason(lambda: read_proffer(token)) == "proffer_invalid"


GIVEN = ROSTER["FH-GIVEN"]
NAMED = chosen(GIVEN, url="https://reel.example")
NOW = 1_800_000_000
REPLACE = msgspec.structs.replace


@pytest.mark.parametrize(
    "changes",
    [
        {"jti": ""}, {"jti": "x" * 129}, {"exp": NOW + AGREEMENT_S_MAX + 1},
        {"prev": "0" * 63}, {"prev": "A" * 64}, {"prev": "0" * 64 + "\n"},
        {"supersedes": "x"}, {"supersedes": "F" * 64},
        {"precision": "minute"}, {"precision": ""}, {"precision": "Week"},
        {"delivery": Delivery(batch_min=0, jitter_s_max=0)},
        {"delivery": Delivery(batch_min=1001, jitter_s_max=0)},
        {"delivery": Delivery(batch_min=1, jitter_s_max=-1)},
        {"delivery": Delivery(batch_min=1, jitter_s_max=10**9)},
        {"fields": {}}, {"fields": {"WatchAction": []}},
        {"fields": {"WatchAction": ["name", "name"]}},
        {"fields": {f"K{n}": ["name"] for n in range(65)}},
        {"fields": {"WatchAction": [f"f{n}" for n in range(65)]}},
        {"p7012": REPLACE(NAMED, registry="urn:other")},
        {"p7012": REPLACE(NAMED, uri="https://reel.example/terms/SD-BASE")},
        {"p7012": REPLACE(NAMED, uri="https://reel.example/" + "x" * 3000 + "/terms/FH-GIVEN")},
        {"p7012": REPLACE(NAMED, agreement="SD-BASE")},
        {"p7012": REPLACE(NAMED, sha256=ROSTER["SD-BASE"].sha256)},
    ],
    ids=lambda changes: str(changes)[:70],
)  # fmt: skip
def test_a_signed_field_that_is_not_right_is_refused(
    deal: Deal, changes: dict[str, object]
) -> None:
    proffer, _ = read_proffer(deal.proffered("FH-GIVEN", **changes))
    refused = reason(lambda: check_proffer(proffer, audience=deal.them, now=deal.now))
    assert refused == "proffer_invalid"


@pytest.mark.parametrize("apart", [-SKEW_S_MAX, SKEW_S_MAX])
def test_five_minutes_apart_is_fine_and_a_second_more_is_told(deal: Deal, apart: int) -> None:
    check_proffer(deal.proffer(), audience=deal.them, now=deal.now + apart)
    more = deal.now + apart + (1 if apart > 0 else -1)
    with pytest.raises(Refused) as caught:
        check_proffer(deal.proffer(), audience=deal.them, now=more)
    assert caught.value.refusal.reason == "clock_differs"
    said = str(caught.value)
    assert "2027-01-15 08:00:00 UTC" in said
    assert ("2027-01-15 08:05:01 UTC" if apart > 0 else "2027-01-15 07:54:59 UTC") in said


def test_a_time_that_no_calendar_has_is_refused_in_words(deal: Deal) -> None:
    for iat in (2**53 - 1, -(2**53) + 1):
        proffer = deal.proffer(iat=iat, record={})
        with pytest.raises(Refused, match=str(iat)):
            check_proffer(proffer, audience=deal.them, now=deal.now)


def test_the_clock_of_an_answer(deal: Deal) -> None:
    mine = deal.proffered()
    late, early = deal.now + SKEW_S_MAX, deal.now - SKEW_S_MAX
    for iat in (early, late):
        deal.read(mine, deal.answer(mine, iat=iat), now=deal.now)
    deal.read(mine, deal.answer(mine), now=deal.now + 40 * 86_400)
    before, after = deal.answer(mine, iat=early - 1), deal.answer(mine, iat=late + 1)
    assert reason(lambda: deal.read(mine, before)) == "clock_differs"
    assert reason(lambda: deal.read(mine, after, now=deal.now)) == "clock_differs"
    deal.read(mine, after)


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({"decision": "countered"}, "proffer_invalid"),
        ({"decision": "countered", "counter": "NONE"}, "proffer_invalid"),
        ({"decision": "countered", "counter": "FH-GIVEN"}, "proffer_invalid"),
        ({"decision": "accepted", "counter": "SD-BASE"}, "proffer_invalid"),
        ({"decision": "refused", "counter": "SD-BASE"}, "proffer_invalid"),
        ({"decision": "Accepted"}, "proffer_invalid"),
        ({"decision": ""}, "proffer_invalid"),
        ({"proffer_sha256": "0" * 64}, "signature_invalid"),
        ({"proffer_sha256": ""}, "signature_invalid"),
    ],
    ids=str,
)
def test_an_answer_that_says_two_things_is_refused(
    deal: Deal, said: dict[str, object], reasons: str
) -> None:
    mine = deal.proffered()
    theirs = deal.answer(mine, **said)
    assert reason(lambda: deal.read(mine, theirs)) == reasons


def test_statements_of_other_relationships_are_refused(deal: Deal) -> None:
    mine = deal.proffered()
    elsewhere = sign_proffer(deal.proffer(iss=deal.other), deal.stranger)
    assert reason(lambda: deal.read(elsewhere, deal.answer(mine))) == "signature_invalid"
    swapped = deal.answer(mine, proffer_sha256=sha256_hex(elsewhere.encode()))
    assert reason(lambda: deal.read(elsewhere, swapped)) == "signature_invalid"
    to_others, _ = read_proffer(deal.proffered(aud=deal.other))
    refused = reason(lambda: check_proffer(to_others, audience=deal.them, now=deal.now))
    assert refused == "not_yours"
    by_others = sign_jws(read_jws(deal.answer(mine))[1], key=deal.stranger, typ=TYP_ANSWER)
    assert reason(lambda: deal.read(mine, by_others)) == "signature_invalid"


def test_what_is_too_large_is_not_even_read(deal: Deal) -> None:
    big = "a" * (STATEMENT_BYTES_MAX + 1)
    assert reason(lambda: read_proffer(big)) == "too_large"
    assert reason(lambda: deal.read(deal.proffered(), big)) == "too_large"


def test_one_statement_is_not_another(deal: Deal) -> None:
    made = deal.agreed()
    content = read_jws(made.answer_jws)[1]
    for typ in (TYP_CHANGE, TYP_AGREEMENT, "JWT"):
        other = sign_jws(content, key=deal.reel, typ=typ)
        assert reason(lambda o=other: deal.read(made.proffer_jws, o)) == "signature_invalid"  # type: ignore[misc]
