"""An entry of the log on its way: labelled, signed, sent, proven, or why it was not."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from tests.vault.gate.heard import Asked, Heeded, answer, refusing
from tests.vault.gate.test_asking import document_of_tomorrow

from firsthand.foundation.clock import stamp
from firsthand.foundation.egress import Answer, EgressRefused, Unreachable
from firsthand.foundation.ids import SystemChance
from firsthand.protocol import wire
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.receipts import BatchLabel, ReceiptJson, read_batch_label, verify_receipt
from firsthand.protocol.refusals import REASONS, Refused
from firsthand.protocol.signatures import Message, verify
from firsthand.vault.gate.asking import Line
from firsthand.vault.gate.sending import LANES_MAX, Outcome, Sender
from firsthand.vault.terms import checkpoints
from firsthand.vault.terms.losses import loss_of
from firsthand.vault.terms.relationships import Relationship, agreement_of

pytestmark = pytest.mark.usefixtures("refused_in_words")

FINAL = sorted(
    reason
    for reason, meaning in REASONS.items()
    if not meaning.retry
    and reason
    not in {
        "signature_invalid", "agreement_ended", "unknown_relationship", "no_agreement",
        "lane_conflict",
    }
)  # fmt: skip
LATER = sorted(
    {reason for reason, meaning in REASONS.items() if meaning.retry} - {"lane_gap"}
    | {"signature_invalid"}
)


def given(position: int, state: str = "given", reason: str | None = None) -> Outcome:
    return Outcome(relationship="reel", kind="given", state=state, position=position, reason=reason)


def test_what_was_given_stands_there_whole(deal: Heeded) -> None:
    lane = deal.relationship.lane
    assert deal.give("Fog") == [given(1)]
    asked = next(each for each in deal.heard.asked if each.path == wire.PATH_SIGNALS)
    row, now = deal.log(1), stamp(deal.clock.now())
    assert (row["state"], row["reason"], row["lane"], row["n"]) == ("given", None, lane, 1)
    assert (row["at"], row["acknowledged_at"]) == (now, now)
    assert row["expires_at"] == deal.seconds + wire.WAIT_S_MAX
    assert len(row["salt"]) == wire.SALT_BYTES
    # What left is what is kept.
    assert (asked.method, asked.content) == ("POST", row["body"])
    assert asked.headers == json.loads(row["headers"])
    assert (asked.literal, asked.pool) == (True, deal.signer.thumbprint)
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["content-type"] == wire.TYPE_BATCH
    label = read_batch_label(headers["firsthand-batch"])
    assert label == BatchLabel(lane=lane, n=1, salt=row["salt"])
    verify(
        Message(method="POST", target_uri=asked.url, headers=headers),
        public_key=deal.signer.key.public_key(), required=wire.COVERED_BATCH,
        now=deal.seconds, waits=True,
    )  # fmt: skip
    receipt = msgspec.json.decode(row["receipt"], type=ReceiptJson)
    relationship = deal.relationship
    leaf = label.leaf(bytes.fromhex(sha256_hex(row["body"])))
    log_key = relationship.key_log.log_key_for(receipt.checkpoint)
    size = verify_receipt(receipt, leaf=leaf, log_key=log_key)
    assert (relationship.acked_n, relationship.lane, relationship.copied_at) == (1, lane, None)
    assert (relationship.log_size, relationship.log_checkpoint) == (size, receipt.checkpoint)
    (seen,) = deal.rows("checkpoints.of_subject", subject=relationship.subject)
    assert (seen["text"], seen["size"], seen["seen_at"]) == (receipt.checkpoint, size, now)
    assert deal.warnings() == []


def test_each_goes_out_in_its_order_with_the_next_number(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        for n, title in enumerate(("Fog", "Sun", "Tide"), 1):
            assert deal.give(title) == [given(1, "waiting", "It is so.")], n
    deal.heard.asked.clear()
    assert deal.gate.flush() == [given(1), given(2), given(3)]
    labels = [
        read_batch_label(each.headers["firsthand-batch"])
        for each in deal.heard.asked
        if each.path == wire.PATH_SIGNALS
    ]
    assert [label.n for label in labels] == [1, 2, 3]
    assert len({label.salt for label in labels}) == 3
    assert all(one.lane == other.lane for one, other in pairwise(labels))
    assert deal.relationship.acked_n == 3
    assert deal.gate.flush() == []


def test_what_may_be_taken_later_waits_as_it_was_signed(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy", "No.")):
        assert deal.give("Fog") == [given(1, "waiting", "No.")]
    first = deal.log(1)
    assert (first["state"], first["reason"]) == ("waiting", "No.")
    for reason in LATER:
        with deal.heard.answering(wire.PATH_SIGNALS, refusing(reason)):
            assert deal.gate.flush() == [given(1, "waiting", "It is so.")]
        assert deal.log(1)["reason"] == "It is so."
    kept = {"lane", "n", "salt", "headers", "expires_at", "body"}
    assert {key: first[key] for key in kept} == {key: deal.log(1)[key] for key in kept}
    assert deal.gate.flush() == [given(1)]
    assert {key: first[key] for key in kept} == {key: deal.log(1)[key] for key in kept}
    assert deal.log(1)["reason"] is None


def test_what_is_never_taken_uses_no_number(deal: Heeded) -> None:
    """Each final reason once: what comes after it gets the number that it did not use."""
    for n, reason in enumerate(FINAL):
        with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
            deal.give("Fog")
            deal.give("Sun")
        first = 2 * n + 1
        said_once(deal, refusing(reason))
        assert deal.gate.flush() == [given(first, "refused", "It is so."), given(first + 1)]
        assert (deal.log(first)["state"], deal.log(first)["reason"]) == ("refused", "It is so.")
        assert deal.log(first + 1)["n"] == deal.relationship.acked_n == n + 1
    assert deal.warnings() == []


def said_once(deal: Heeded, answer: Answer) -> None:
    """The next batch is answered with this, what comes after it by themselves."""
    said = [answer]
    deal.heard.instead = lambda asked: (
        said.pop(0) if asked.path == wire.PATH_SIGNALS and said else None
    )


def test_who_is_away_gets_it_later(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
        deal.give("Sun")
    for error in (Unreachable("nobody is there"), EgressRefused("Far too much.")):
        deal.heard.instead = raising(error)
        (outcome,) = deal.gate.flush("reel")
        assert (outcome.state, outcome.position) == ("waiting", 1)
        assert str(error) in str(outcome.reason)
        assert deal.log(1)["reason"] == outcome.reason
    deal.heard.instead = lambda _: None
    assert deal.gate.flush("reel") == [given(1), given(2)]


def raising(error: Exception) -> Callable[[Asked], Answer]:
    def raises(_: Asked) -> Answer:
        raise error

    return raises


def test_what_waited_too_long_is_signed_anew_and_not_a_second_before(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
        first = deal.log(1)
        deal.clock.advance(timedelta(seconds=wire.WAIT_S_MAX - 1))
        deal.gate.flush()
        assert deal.log(1)["headers"] == first["headers"]
        deal.clock.advance(timedelta(seconds=1))
        deal.gate.flush()
        second = deal.log(1)
    assert second["headers"] != first["headers"]
    assert second["expires_at"] == deal.seconds + wire.WAIT_S_MAX
    same = ("lane", "n", "salt", "body")
    assert [first[key] for key in same] == [second[key] for key in same]


def test_what_was_on_its_way_may_arrive_after_the_term(deal: Heeded) -> None:
    """The one that was never on its way stays; the one that was is asked for still."""
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
        deal.give("Sun")
        exp = agreement_of(deal.vault.store, deal.relationship).proffer.exp
        deal.clock.advance(timedelta(seconds=exp - deal.seconds))
        assert deal.gate.flush() == [given(1, "waiting", "It is so.")]
    # Of a lane that is opened anew nothing is on its way.
    said_once(deal, refusing("lane_conflict"))
    late = "The deal had run out before it could leave."
    assert deal.gate.flush() == [given(1, "refused", late), given(2, "refused", late)]
    assert deal.log(2)["headers"] is None
    assert deal.relationship.state == "active", "that it has run out is no news"


# --- lanes ---------------------------------------------------------------------------------------


def test_a_number_that_was_used_elsewhere_opens_a_lane(deal: Heeded) -> None:
    deal.give("Fog")
    lane = deal.relationship.lane
    said_once(deal, refusing("lane_conflict"))
    assert deal.give("Sun") == [given(2)]
    after = deal.relationship
    assert after.lane != lane
    assert (after.acked_n, after.copied_at) == (1, stamp(deal.clock.now()))
    assert (deal.log(2)["lane"], deal.log(2)["n"]) == (after.lane, 1)
    assert deal.warnings() == [
        "Another copy of your data has been giving to Reel. This copy goes on beside it."
    ]
    assert loss_of(deal.vault.store, "reel") is None


def test_a_number_that_they_lost_opens_a_lane_and_is_noted(deal: Heeded) -> None:
    deal.give("Fog")
    lane = deal.relationship.lane
    said_once(deal, refusing("lane_gap"))
    assert deal.give("Sun") == [given(2)]
    after = deal.relationship
    assert after.lane != lane
    assert (after.acked_n, after.copied_at) == (1, None)
    loss = loss_of(deal.vault.store, "reel")
    assert loss is not None
    assert (loss.at, loss.before, loss.open) == (stamp(deal.clock.now()), 2, True)
    assert deal.warnings() == [
        "Reel has lost something of what you gave, though they signed that they had it."
    ]


@pytest.mark.parametrize("reason", ["lane_gap", "lane_conflict"])
def test_who_always_says_so_is_not_asked_for_ever(deal: Heeded, reason: str) -> None:
    state = "waiting" if reason == "lane_gap" else "refused"
    with deal.heard.answering(wire.PATH_SIGNALS, refusing(reason)):
        assert deal.give("Fog") == [given(1, state, "It is so.")]
    tried = [each for each in deal.heard.asked if each.path == wire.PATH_SIGNALS]
    labels = [read_batch_label(each.headers["firsthand-batch"]) for each in tried]
    assert len({label.lane for label in labels}) == len(labels) == LANES_MAX + 1 == 4
    assert [label.n for label in labels] == [1] * 4
    assert len(deal.warnings()) == 1, "the same is told once"


def test_a_lane_that_somebody_else_opened_meanwhile_is_gone_on_with(deal: Heeded) -> None:
    deal.give("Fog")
    said = [refusing("lane_conflict")]

    def instead(asked: Asked) -> Answer | None:
        if asked.path != wire.PATH_SIGNALS or not said:
            return None
        with deal.vault.store.transaction() as tx:
            tx.run("relationships.open_lane", name="reel", lane="theirs", at="2026")
            tx.run("disclosures.unlabel", relationship="reel")
        return said.pop()

    deal.heard.instead = instead
    assert deal.give("Sun") == [given(2)]
    assert (deal.relationship.lane, deal.relationship.copied_at) == ("theirs", "2026")
    assert deal.warnings() == []


def test_what_was_withdrawn_meanwhile_is_not_sent(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
    deal.heard.asked.clear()

    def line(relationship: Relationship) -> Line:
        with deal.vault.store.transaction() as tx:
            tx.run("disclosures.withdraw_waiting", relationship="reel", reason="Meanwhile.")
        return Line(deal.heard, deal.clock, url=relationship.url, literal=True, pool="p")

    sender = Sender(deal.vault.store, deal.clock, SystemChance(), line)
    assert sender.disclosures("reel") == [given(1, "withdrawn", "Meanwhile.")]
    assert deal.heard.paths() == []


# --- receipts ------------------------------------------------------------------------------------


def test_a_receipt_that_does_not_hold_is_no_receipt(deal: Heeded) -> None:
    empty = {"leaf": "", "index": 0, "proof": [], "checkpoint": ""}
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
    for said in (b"", b"[]", b"{}", {"leaf": "a"}, empty):
        with deal.heard.answering(wire.PATH_SIGNALS, said):
            (outcome,) = deal.gate.flush()
        assert outcome.state == "waiting"
        assert str(outcome.reason).startswith("The receipt does not hold: ")
        why = str(outcome.reason).removeprefix("The receipt does not hold: ")
        assert deal.warnings()[0] == f"A receipt of Reel: {why}"
        assert (deal.log(1)["receipt"], deal.relationship.acked_n) == (None, 0)
    assert deal.gate.flush() == [given(1)]


def beside(wrong: Mapping[str, object]) -> Callable[[Any], object]:
    """What was told, with this in its place."""
    return lambda told: {**told, **wrong}


def test_another_receipt_than_its_own_is_no_receipt(deal: Heeded) -> None:
    deal.give("Fog")
    old = json.loads(deal.log(1)["receipt"])
    with deal.heard.answering(wire.PATH_SIGNALS, old):
        (outcome,) = deal.give("Sun")
    assert (outcome.state, deal.relationship.acked_n) == ("waiting", 1)
    # Nor is any that was changed, or came with another status.
    for wrong in ({"index": old["index"] + 7}, {"leaf": "0" * 64}, {"proof": ["ab" * 32]}):
        with deal.heard.changing(wire.PATH_SIGNALS, beside(wrong)):
            assert [each.state for each in deal.gate.flush()] == ["waiting"]
    deal.heard.change = lambda asked, said: (
        answer(said.body, 201) if asked.path == wire.PATH_SIGNALS else said
    )
    assert deal.gate.flush() == [given(2, "waiting", "It answered with status 201.")]
    deal.heard.change = lambda _, said: said
    assert deal.gate.flush() == [given(2)]


def test_a_receipt_of_an_unknown_key_has_the_keys_read_anew(deal: Heeded) -> None:
    tomorrow = document_of_tomorrow(deal)
    unknown = {"leaf": "", "index": 0, "proof": [], "checkpoint": "of another key"}
    answers = {wire.PATH_SIGNALS: answer(unknown), wire.PATH_DISCOVERY: answer(tomorrow)}
    deal.heard.instead = lambda asked: answers.get(asked.path)
    (outcome,) = deal.give("Fog")
    assert outcome.state == "waiting"
    assert deal.relationship.document == tomorrow


def test_nothing_is_sent_to_who_is_in_doubt(deal: Heeded) -> None:
    deal.give("Fog")
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Sun")
    text = deal.relationship.log_checkpoint
    assert text is not None
    with deal.vault.store.transaction() as tx:
        checkpoints.put_conflict(tx, deal.relationship, "fork", text, "x", at="2026")
    deal.heard.asked.clear()
    doubt = checkpoints.doubted(deal.vault.store, deal.relationship.subject)
    assert doubt is not None
    assert deal.gate.flush() == [given(2, "waiting", doubt)]
    with pytest.raises(Refused) as caught:
        deal.give("Tide")
    assert (caught.value.refusal.reason, caught.value.refusal.detail) == ("not_allowed", doubt)
    assert deal.heard.paths() == []
    assert deal.states() == ["given", "waiting"]
