"""What is asked is signed for one address alone, and whatever is answered is read with care."""

from typing import Any

import msgspec
import pytest
from tests.vault.gate.heard import START, Asked, Heard, Heeded, answer, refusing, tomorrow

from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Answer, EgressRefused, Unreachable
from firsthand.protocol import wire
from firsthand.protocol.digests import check_content_digest
from firsthand.protocol.discovery import read_document, sign_document
from firsthand.protocol.refusals import REASONS, Refused
from firsthand.protocol.signatures import Message, Verified, verify
from firsthand.vault.gate.asking import (
    Line,
    Offline,
    Unusable,
    introduce,
    introduce_again,
    keep_up,
    refusal_in,
)
from firsthand.vault.terms.relationships import signer_for

pytestmark = pytest.mark.usefixtures("refused_in_words")

NOW = int(START.timestamp())
SIGNER = signer_for(b"s" * 32, "urn:reel", 0)


@pytest.fixture
def heard() -> Heard:
    made = Heard()
    made.instead = lambda _: answer({})
    return made


def line(heard: Heard, *, literal: bool = True) -> Line:
    return Line(heard, SetClock(START), url="https://reel.example/", literal=literal, pool="mine")


def signed(asked: Asked, required: tuple[str, ...], *, waits: bool = False) -> Verified:
    headers = {name.lower(): value for name, value in asked.headers.items()}
    message = Message(method=asked.method, target_uri=asked.url, headers=headers)
    key = SIGNER.key.public_key()
    found = verify(message, public_key=key, required=required, now=NOW, waits=waits)
    assert (found.covered, found.created, found.keyid) == (required, NOW, SIGNER.thumbprint)
    return found


@pytest.mark.parametrize("literal", [True, False])
def test_each_request_is_signed_for_its_address(heard: Heard, *, literal: bool) -> None:
    way = line(heard, literal=literal)
    assert way.get("/a") == answer({})
    assert way.get("/a", SIGNER, query="?after=3") == answer({})
    assert way.delete("/b", SIGNER) == answer({})
    assert way.post("/c", b"body", {"x": "y"}) == answer({})
    plain, got, deleted, posted = heard.asked
    assert {(each.literal, each.pool) for each in heard.asked} == {(literal, "mine")}
    assert plain == Asked("GET", "https://reel.example/a", {}, b"", literal, "mine")
    assert (got.method, got.url, got.content) == ("GET", "https://reel.example/a?after=3", b"")
    assert (deleted.method, deleted.url) == ("DELETE", "https://reel.example/b")
    assert deleted.content == b""
    assert (posted.method, posted.url) == ("POST", "https://reel.example/c")
    assert (posted.content, posted.headers) == (b"body", {"x": "y"})
    for asked in (got, deleted):
        assert set(asked.headers) == {"Signature", "Signature-Input"}
        assert signed(asked, wire.COVERED_BARE).expires is None


@pytest.mark.parametrize("batch", [None, 'lane="l", n=1'])
@pytest.mark.parametrize("waits", [True, False])
def test_what_is_sent_is_sealed_and_may_wait_so_long(
    heard: Heard, *, waits: bool, batch: str | None
) -> None:
    way = line(heard)
    headers, expires = way.sealed("/c", b"body", "text/x", SIGNER, waits=waits, batch=batch)
    way.post("/c", b"body", headers)
    assert expires == (NOW + wire.WAIT_S_MAX if waits else None)
    assert headers["content-type"] == "text/x"
    check_content_digest(headers["content-digest"], b"body")
    assert headers.get("firsthand-batch") == batch
    names = {"content-type", "content-digest", "Signature", "Signature-Input"}
    assert set(headers) - {"firsthand-batch"} == names
    covered = wire.COVERED_BODY if batch is None else wire.COVERED_BATCH
    assert signed(heard.asked[-1], covered, waits=waits).expires == expires


def test_who_is_away_and_who_may_not_be_dialled_are_told_apart(heard: Heard) -> None:
    def failing(error: Exception) -> Any:  # noqa: ANN401 - raises
        def raises(_: Asked) -> Answer:
            raise error

        return raises

    heard.instead = failing(Unreachable("nobody is there"))
    with pytest.raises(Offline) as away:
        line(heard).get("/a")
    assert str(away.value) == "https://reel.example cannot be reached: nobody is there"
    heard.instead = failing(EgressRefused("It sends elsewhere."))
    with pytest.raises(Unusable) as unusable:
        line(heard).get("/a")
    refusal = unusable.value.refusal
    assert (refusal.reason, refusal.detail) == ("not_allowed", "It sends elsewhere.")


@pytest.mark.parametrize("reason", REASONS)
def test_what_they_refuse_is_read(reason: str) -> None:
    read = refusal_in(refusing(reason, "It is so."))
    assert (read.reason, read.detail) == (reason, "It is so.")
    read = refusal_in(answer({"reason": reason, "detail": 7}, 400))
    assert (read.reason, read.detail) == (reason, "")


@pytest.mark.parametrize(
    "odd", [b"", b"{", b"[]", b"7", b"{}", b'{"reason":"mood"}', b'{"reason":["busy"]}']
)
def test_a_refusal_that_says_nothing_is_asked_again_later(odd: bytes) -> None:
    read = refusal_in(answer(odd, 418))
    assert (read.reason, read.detail) == ("busy", "It answered with status 418.")
    assert read.retry


# --- who it is -----------------------------------------------------------------------------------


def document_of(deal: Heeded, **changes: object) -> bytes:
    told = msgspec.structs.replace(deal.relationship.organisation, **changes)
    return sign_document(told, deal.served.hub.organisation.key)


def test_who_answers_says_where_it_is(deal: Heeded) -> None:
    way = Line(deal.heard, deal.clock, url=deal.served.url + "/", literal=True, pool="p")
    found = introduce(way)
    assert found.body == deal.relationship.document
    assert found.organisation.document == read_document(found.body).document
    assert deal.heard.asked[0].headers == {}
    assert deal.heard.paths() == [wire.PATH_DISCOVERY]
    with deal.heard.answering("/", document_of(deal, url=deal.served.url + "/")):
        assert introduce(way).organisation.document.url == deal.served.url + "/"
    deeper = Line(deal.heard, deal.clock, url=deal.served.url + "/X//", literal=True, pool="p")
    assert deeper.url == deal.served.url + "/X"
    with deal.heard.answering("/", document_of(deal, url=deal.served.url + "/X/")):
        assert introduce(deeper).organisation.document.url == deal.served.url + "/X/"
    with (
        deal.heard.answering("/", document_of(deal), status=201),
        pytest.raises(Refused) as nobody,
    ):
        introduce(way)
    assert nobody.value.refusal.reason == "not_found"
    assert str(nobody.value) == f"{deal.served.url} does not introduce an organisation."
    with (
        deal.heard.answering("/", document_of(deal, url="https://other.example/x")),
        pytest.raises(Refused) as other,
    ):
        introduce(way)
    assert other.value.refusal.reason == "signature_invalid"
    assert str(other.value) == (
        f"{deal.served.url} says that it is https://other.example/x. Connect to that instead."
    )


def test_its_keys_of_today_are_read_once_an_unknown_one_signed(deal: Heeded) -> None:
    store, before = deal.vault.store, deal.relationship
    way = Line(deal.heard, deal.clock, url=deal.served.url, literal=True, pool="p")
    known = store.row("agreements.by_id", id=before.agreement)
    assert known is not None
    assert keep_up(store, way, before, known["answer"]) == before
    assert deal.heard.paths() == [], "its key is known"
    assert keep_up(store, way, before, "no statement") == before
    assert deal.heard.paths() == [wire.PATH_DISCOVERY]
    with deal.heard.answering(wire.PATH_DISCOVERY, document_of_tomorrow(deal)):
        after = keep_up(store, way, before, "no statement")
        assert introduce_again(way, before).body == after.document
    assert after == deal.relationship
    assert len(after.key_log.entries) == len(before.key_log.entries) + 1
    # What they showed before is no way on from what they have shown since.
    with pytest.raises(Refused, match="does not go on"):
        keep_up(store, way, after, "no statement")


def document_of_tomorrow(deal: Heeded) -> bytes:
    """The organisation with a key that its key of today has signed."""
    return tomorrow(deal)[0]
