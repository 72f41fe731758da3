"""An ending step by step: at the click, on the disk, on the wire, and what may come back."""

import json
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.vault.gate.heard import TOMORROW, Asked, Heeded, answer, refusing, tomorrow

from firsthand.foundation.clock import stamp
from firsthand.foundation.egress import Answer, EgressRefused, Unreachable
from firsthand.foundation.keys import new_signing_key
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.digests import check_content_digest
from firsthand.protocol.jws import read_jws
from firsthand.protocol.receipts import (
    ErasureReceipt,
    RevocationReceipt,
    sign_erasure,
    sign_revocation,
)
from firsthand.protocol.refusals import REASONS, Refused
from firsthand.protocol.signatures import Message, verify
from firsthand.vault.gate.ending import WITHDRAWN
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.store import UnableToKeep
from firsthand.vault.terms import spool

pytestmark = pytest.mark.usefixtures("refused_in_words")

KINDS = {"revocation": wire.PATH_REVOCATIONS, "erasure": wire.PATH_ERASURES}
BUSY = refusing("busy")


def end_of(deal: Heeded, kind: str) -> dict[str, object]:
    return deal.row("endings.one", agreement=deal.relationship.agreement, kind=kind)


def told(kind: str, state: str = "confirmed", reason: str | None = None) -> Outcome:
    return Outcome(relationship="reel", kind=kind, state=state, reason=reason)


def on_disk(deal: Heeded) -> list[spool.Spooled | None]:
    return [file.spooled for file in spool.files(deal.vault.folder)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_click_is_signed_kept_and_asked_for(deal: Heeded, kind: str) -> None:
    deal.give("Fog", later=True)
    deal.heard.asked.clear()
    with deal.heard.answering("/v1/", BUSY):
        (outcome,) = deal.gate.end("reel", erase=kind == "erasure")
    assert outcome == told(kind, "waiting", "It is so.")
    now = stamp(deal.clock.now())
    assert (deal.relationship.state, deal.relationship.ended_at) == ("ended", now)
    assert (deal.log(1)["state"], deal.log(1)["reason"]) == ("withdrawn", WITHDRAWN)
    assert WITHDRAWN == "You ended the deal before it was confirmed."
    row = end_of(deal, kind)
    body, headers = bytes(row.pop("body")), json.loads(str(row.pop("headers")))  # type: ignore[call-overload]
    assert row == {
        "relationship": "reel", "agreement": deal.relationship.agreement, "kind": kind, "at": now,
        "state": "waiting", "reason": "It is so.", "receipt": None, "confirmed_at": None,
    }  # fmt: skip
    said = json.loads(body)
    assert (said.pop("agreement"), said.pop("at")) == (deal.relationship.agreement, deal.seconds)
    assert len(said.pop("jti")) >= 16
    assert said == {}
    assert body == canonical(json.loads(body))
    # What is on the disk, in the log and on the wire is one and the same.
    assert on_disk(deal) == [
        spool.Spooled(
            url=deal.served.url, path=KINDS[kind], body=body.decode(), headers=headers,
            literal=True,
        )
    ]  # fmt: skip
    (asked,) = deal.heard.asked
    assert (asked.method, asked.path, asked.content) == ("POST", KINDS[kind], body)
    assert (asked.headers, asked.pool) == (headers, deal.signer.thumbprint)
    low = {name.lower(): value for name, value in headers.items()}
    assert low["content-type"] == wire.TYPE_JSON
    check_content_digest(low["content-digest"], body)
    signed = verify(
        Message(method="POST", target_uri=asked.url, headers=low),
        public_key=deal.signer.key.public_key(), required=wire.COVERED_BODY,
        now=deal.seconds, waits=True,
    )  # fmt: skip
    assert signed.expires == deal.seconds + wire.WAIT_S_MAX


def test_a_second_click_changes_nothing(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
        first, ended_at = end_of(deal, "revocation"), deal.relationship.ended_at
        spooled = on_disk(deal)
        deal.clock.advance(timedelta(hours=1))
        deal.gate.end("reel", erase=False)
    assert end_of(deal, "revocation") == first
    assert (on_disk(deal), deal.relationship.ended_at) == (spooled, ended_at)
    assert deal.gate.flush() == [told("revocation")]
    deal.heard.asked.clear()
    confirmed = end_of(deal, "revocation")
    assert deal.gate.end("reel", erase=False) == []
    assert (end_of(deal, "revocation"), deal.heard.paths()) == (confirmed, [])


def test_what_was_refused_is_asked_again_in_the_same_words(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", refusing("not_allowed")):
        assert deal.gate.end("reel", erase=True) == [told("erasure", "refused", "It is so.")]
    first = end_of(deal, "erasure")
    assert (first["state"], first["reason"]) == ("refused", "It is so.")
    assert on_disk(deal) == []
    deal.clock.advance(timedelta(hours=1))
    with deal.heard.answering("/v1/", BUSY):
        assert deal.gate.end("reel", erase=True) == [told("erasure", "waiting", "It is so.")]
    again = end_of(deal, "erasure")
    assert (again["body"], again["at"], again["state"]) == (first["body"], first["at"], "waiting")
    assert again["headers"] != first["headers"]
    (spooled,) = on_disk(deal)
    assert spooled is not None
    assert spooled.headers == json.loads(str(again["headers"]))
    assert deal.gate.flush() == [told("erasure")]


def test_each_reason_is_for_good_or_for_later(deal: Heeded) -> None:
    for reason, meaning in REASONS.items():
        waits = meaning.retry or reason in {"signature_invalid", "expired", "clock_differs"}
        state = "waiting" if waits else "refused"
        with deal.heard.answering("/v1/", refusing(reason)):
            outcomes = deal.gate.end("reel", erase=False)
        assert outcomes == [told("revocation", state, "It is so.")], reason
        row = end_of(deal, "revocation")
        assert (row["state"], row["reason"], row["receipt"]) == (state, "It is so.", None), reason
        assert (len(on_disk(deal)) == 1) is waits, reason


@pytest.mark.parametrize("error", [Unreachable("nobody is there"), EgressRefused("Far too much.")])
def test_while_nobody_is_there_it_waits(deal: Heeded, error: Exception) -> None:
    def raises(_: Asked) -> Answer:
        raise error

    deal.heard.instead = raises
    (outcome,) = deal.gate.end("reel", erase=False)
    assert (outcome.kind, outcome.state) == ("revocation", "waiting")
    assert str(error) in str(outcome.reason)
    assert end_of(deal, "revocation")["reason"] == outcome.reason
    deal.heard.instead = lambda _: None
    assert deal.gate.flush("nobody") == []
    assert deal.gate.flush("reel") == [told("revocation")]


@pytest.mark.parametrize("why", ["expired", "clock_differs"])
def test_what_is_dated_otherwise_is_signed_anew_and_asked_once_more(deal: Heeded, why: str) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (first,) = on_disk(deal)
    assert first is not None
    deal.clock.advance(timedelta(hours=1))
    deal.heard.asked.clear()
    with deal.heard.answering(wire.PATH_REVOCATIONS, refusing(why), BUSY):
        assert deal.gate.flush() == [told("revocation", "waiting", "It is so.")]
    one, other = deal.heard.asked
    assert (one.headers, one.content) == (first.headers, first.body.encode())
    assert other.content == one.content
    assert other.headers != one.headers
    assert [each.headers for each in on_disk(deal) if each] == [other.headers]
    low = {name.lower(): value for name, value in other.headers.items()}
    verify(
        Message(method="POST", target_uri=other.url, headers=low),
        public_key=deal.signer.key.public_key(), required=wire.COVERED_BODY,
        now=deal.seconds, waits=True,
    )  # fmt: skip
    assert deal.gate.flush() == [told("revocation")]


def test_a_full_disk_does_not_keep_what_lapsed_from_going(
    deal: Heeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    deal.clock.advance(timedelta(hours=1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "put", full)
    with deal.heard.answering(wire.PATH_REVOCATIONS, refusing("expired"), BUSY):
        assert deal.gate.flush() == [told("revocation", "waiting", "It is so.")]


# --- confirmations -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmation_is_kept_and_holds(deal: Heeded, kind: str) -> None:
    deal.give("Fog")
    deal.clock.advance(timedelta(seconds=5))
    assert deal.gate.end("reel", erase=kind == "erasure") == [told(kind)]
    row, now = end_of(deal, kind), stamp(deal.clock.now())
    assert (row["state"], row["reason"], row["confirmed_at"]) == ("confirmed", None, now)
    _, receipt = read_jws(str(row["receipt"]))
    assert receipt["agreement"] == deal.relationship.agreement
    assert deal.relationship.state == ("erased" if kind == "erasure" else "ended")
    assert deal.relationship.ended_at == now
    assert deal.states() == ["erased" if kind == "erasure" else "given"]
    assert (on_disk(deal), deal.warnings()) == ([], [])


def test_an_erasure_forgets_the_account(deal: Heeded) -> None:
    with deal.vault.store.transaction() as tx:
        values = {key: getattr(deal.relationship, key) for key in (
            "name", "state", "agreement", "document", "connected_at", "url", "organisation_name"
        )}  # fmt: skip
        tx.run("relationships.agree", account="A-1", literal_loopback=1, **values)
    assert deal.relationship.account == "A-1"
    deal.gate.end("reel", erase=False)
    assert deal.relationship.account == "A-1"
    deal.gate.end("reel", erase=True)
    assert deal.relationship.account is None


def revoked(
    deal: Heeded, *, key: EllipticCurvePrivateKey | None = None, **changes: object
) -> object:
    made = RevocationReceipt(
        iss=deal.relationship.subject, aud=deal.signer.subject,
        agreement=str(deal.relationship.agreement), ended_at=deal.seconds, iat=deal.seconds,
    )  # fmt: skip
    changed = msgspec.structs.replace(made, **changes)
    return {"receipt": sign_revocation(changed, key or deal.served.hub.organisation.key)}


def erased(deal: Heeded, leaves: list[int], **changes: object) -> object:
    made = ErasureReceipt(
        iss=deal.relationship.subject, aud=deal.signer.subject,
        agreement=str(deal.relationship.agreement), erased_at=deal.seconds, iat=deal.seconds,
        batches=len(set(leaves)), leaves=leaves, backup_days=30, checkpoint="",
    )  # fmt: skip
    changed = msgspec.structs.replace(made, **changes)
    return {"receipt": sign_erasure(changed, deal.served.hub.organisation.key)}


def test_what_confirms_something_else_confirms_nothing(deal: Heeded) -> None:
    wrongs: list[object] = [
        b"", b"{", [], {}, {"receipt": 7}, {"receipt": "a.b.c"}, {"statement": "x"},
        revoked(deal, agreement="0" * 64), revoked(deal, aud="urn:somebody"),
        revoked(deal, iss="urn:somebody"), erased(deal, []),
    ]  # fmt: skip
    seen: set[str] = set()
    for wrong in wrongs:
        with deal.heard.answering(wire.PATH_REVOCATIONS, wrong):
            (outcome,) = deal.gate.end("reel", erase=False)
        assert (outcome.kind, outcome.state) == ("revocation", "waiting")
        assert str(outcome.reason).startswith("The confirmation does not hold: ")
        why = str(outcome.reason).removeprefix("The confirmation does not hold: ")
        seen.add(f"A confirmation of Reel: {why}")
        assert end_of(deal, "revocation")["receipt"] is None
        assert len(on_disk(deal)) == 1
    assert set(deal.warnings()) == seen
    with deal.heard.answering(wire.PATH_REVOCATIONS, revoked(deal), status=201):
        assert deal.gate.flush() == [told("revocation", "waiting", "It answered with status 201.")]
    with deal.heard.answering(wire.PATH_REVOCATIONS, revoked(deal)):
        assert deal.gate.flush() == [told("revocation")]


def test_an_erasure_names_all_that_was_given(deal: Heeded) -> None:
    for title in ("Fog", "Sun"):
        deal.give(title)
    held = [json.loads(deal.log(n)["receipt"])["index"] for n in (1, 2)]
    more = max(held) + 9
    counts = "The confirmation does not hold: It counts otherwise than it names."
    lacks = "The confirmation does not hold: It leaves out {} of what you gave."
    for leaves, changes, words in (
        (held, {"batches": 1}, counts),
        (held, {"batches": 3}, counts),
        ([*held, held[0]], {"batches": 3}, counts),
        ([], {}, lacks.format(2)),
        (held[:1], {}, lacks.format(1)),
        ([held[1], more], {}, lacks.format(1)),
    ):
        with deal.heard.answering(wire.PATH_ERASURES, erased(deal, leaves, **changes)):
            assert deal.gate.end("reel", erase=True) == [told("erasure", "waiting", words)]
    assert deal.states() == ["given", "given"]
    whole = erased(deal, [more, *held, held[0]])
    with deal.heard.answering(wire.PATH_ERASURES, whole):
        assert deal.gate.flush() == [told("erasure")]
    assert deal.states() == ["erased", "erased"]


# --- the disk ------------------------------------------------------------------------------------


def test_where_the_disk_is_full_the_click_did_nothing(
    deal: Heeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "put", full)
        with pytest.raises(UnableToKeep) as caught:
            deal.gate.end("reel", erase=False)
    assert str(caught.value) == "The ending could not be put on the disk: No space left on device."
    assert deal.relationship.state == "active"
    assert deal.rows("endings.of_relationship", relationship="reel") == []
    assert deal.heard.paths() == []


def test_what_the_disk_knows_better_is_taken_into_the_log(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (whole,) = on_disk(deal)
    assert whole is not None
    first = end_of(deal, "revocation")
    # Its log says that it was refused, and then it was asked once more.
    with deal.vault.store.transaction() as tx:
        names = {"agreement": deal.relationship.agreement, "kind": "revocation"}
        tx.run("endings.refuse", reason="No.", **names)
    deal.gate.settle()
    again = end_of(deal, "revocation")
    assert (again["state"], again["reason"]) == ("waiting", None)
    assert (again["headers"], again["body"]) == (first["headers"], first["body"])
    assert on_disk(deal) == [whole]


def test_what_is_nobodys_is_not_taken_in(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY), pytest.raises(Refused):
        deal.gate.messages(deal.relationship, 0)
    agreement = str(deal.relationship.agreement)
    body = json.dumps({"agreement": agreement, "jti": "x", "at": deal.seconds})
    place = spool.place_of(deal.vault.folder, agreement, "revocation")
    for headers in ({}, {"signature": "sig=:AAAA:"}, {"content-digest": "sha-256=:AAAA:"}):
        spool.put(
            place,
            spool.Spooled(
                url=deal.served.url, path=wire.PATH_REVOCATIONS, body=body, headers=headers
            ),
            "new",
        )
        deal.gate.settle()
        assert (deal.relationship.state, on_disk(deal)) == ("active", [])


def test_a_confirmation_by_a_key_that_came_since_holds_once_the_keys_are_read_anew(
    deal: Heeded,
) -> None:
    document, key = tomorrow(deal)
    others = new_signing_key()
    said = {wire.PATH_REVOCATIONS: revoked(deal, key=others), wire.PATH_DISCOVERY: document}
    deal.heard.instead = lambda asked: answer(said[asked.path])
    (outcome,) = deal.gate.end("reel", erase=False)
    assert outcome.state == "waiting", "they have that key, and never signed with it"
    assert deal.relationship.document == document
    said[wire.PATH_DISCOVERY] = b"<html>"
    assert [each.state for each in deal.gate.flush()] == ["waiting"]
    said |= {wire.PATH_REVOCATIONS: revoked(deal, key=key, iat=TOMORROW)}
    assert deal.gate.flush() == [told("revocation")]
    assert len(deal.warnings()) == 1
