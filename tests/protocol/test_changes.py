"""What asks to pause or resume, and the receipt of it."""

import json

import msgspec
import pytest
from tests.protocol.conftest import Deal

from firsthand.protocol.changes import (
    CHANGE_STATES,
    Change,
    ChangeReceipt,
    read_change,
    read_change_receipt,
    read_ending,
    sign_change_receipt,
)
from firsthand.protocol.receipts import Ending
from firsthand.protocol.refusals import REASONS, Refused
from firsthand.protocol.wire import STATEMENT_BYTES_MAX

pytestmark = pytest.mark.usefixtures("refused_in_words")

CHANGE = Change(agreement="a" * 64, change="paused", jti="one", at=5)


def test_a_change_is_read_as_it_was_written() -> None:
    assert read_change(msgspec.json.encode(CHANGE)) == CHANGE


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b"\xff", b'{"agreement":',
        *(
            json.dumps({**msgspec.to_builtins(CHANGE), **change}).encode()
            for change in (
                {"change": "ended"}, {"change": None}, {"agreement": "a" * 63},
                {"agreement": "A" * 64}, {"jti": ""}, {"jti": "x" * 129}, {"jti": 5},
                {"jti": "a\nb"},
                {"at": "5"}, {"at": 5.5}, {"at": True}, {"at": 2**60}, {"more": 1},
            )
        ),
        msgspec.json.encode(CHANGE).replace(b'"at":5', b'"at":4,"at":5'),
    ],
    ids=lambda body: repr(body[:60]),
)  # fmt: skip
def test_a_change_that_is_not_well_formed_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_change(body)
    assert caught.value.refusal.reason == "shape_invalid"


def test_an_ending_is_read_as_strictly() -> None:
    ending = Ending(agreement="a" * 64, jti="one", at=5)
    body = msgspec.json.encode(ending)
    assert read_ending(body) == ending
    for wrong in (
        body.replace(b'"at":5', b'"at":4,"at":5'), body.replace(b'"aaa', b'"baaa'), b"{}", b"",
        body.replace(b'"one"', b'""'), body[:-1], body + b"x", body.replace(b"5", b"5.5"),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            read_ending(wrong)
        assert caught.value.refusal.reason == "shape_invalid"


def test_a_change_that_is_too_large_is_not_read() -> None:
    with pytest.raises(Refused) as caught:
        read_change(b" " * (STATEMENT_BYTES_MAX + 1))
    assert caught.value.refusal.reason == "too_large"
    padded = msgspec.json.encode(CHANGE).ljust(STATEMENT_BYTES_MAX)
    assert read_change(padded) == CHANGE, "one that just fits is"
    for wrong in CHANGE_STATES:
        if wrong != "paused":
            with pytest.raises(Refused, match="A deal can be paused or resumed, nothing else"):
                read_change(msgspec.json.encode(msgspec.structs.replace(CHANGE, change=wrong)))


def test_a_receipt_is_read_by_whom_it_is_for(deal: Deal) -> None:
    made, key = deal.agreed(), deal.reel.public_key()
    for state in CHANGE_STATES:
        receipt = ChangeReceipt(
            iss=deal.them, aud=deal.me, agreement=made.id, state=state, since=5, iat=6,
            by="organisation",
        )  # fmt: skip
        token = sign_change_receipt(receipt, deal.reel)
        assert read_change_receipt(token, key=key, agreement=made) == receipt


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "x"}, {"aud": "x"}, {"agreement": "b" * 64}, {"state": "resumed"}, {"state": ""},
        {"by": "nobody"}, {"jti": None}, {"jti": "other"}, {"since": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_receipt_for_something_else_is_refused(deal: Deal, change: dict[str, object]) -> None:
    made, key = deal.agreed(), deal.reel.public_key()
    receipt = ChangeReceipt(
        iss=deal.them, aud=deal.me, agreement=made.id, state="paused", since=5, iat=6, jti="one"
    )
    forged = sign_change_receipt(msgspec.structs.replace(receipt, **change), deal.reel)
    with pytest.raises(Refused) as caught:
        read_change_receipt(forged, key=key, agreement=made, jti="one")
    assert caught.value.refusal.reason == "signature_invalid"
    stranger = deal.stranger.public_key()
    with pytest.raises(Refused):
        read_change_receipt(sign_change_receipt(receipt, deal.reel), key=stranger, agreement=made)


def test_what_is_paused_may_be_sent_again() -> None:
    assert REASONS["agreement_paused"].retry
