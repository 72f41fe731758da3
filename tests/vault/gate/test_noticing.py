"""What a refusal says of the deal itself, and what waits of a deal that is over."""

from datetime import timedelta

import msgspec
import pytest
from tests.vault.gate.heard import Asked, Heeded, asking_for, refusing, watched
from tests.vault.gate.test_log import given

from firsthand.foundation.clock import stamp
from firsthand.foundation.egress import Answer, Unreachable
from firsthand.protocol import wire
from firsthand.protocol.refusals import Refusal
from firsthand.vault.gate.noticing import ENDED_ELSEWHERE, notice

pytestmark = pytest.mark.usefixtures("refused_in_words")


def test_a_deal_that_they_say_has_ended_is_over_here(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
        deal.give("Sun")
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("agreement_ended")):
        assert deal.gate.flush() == [given(1, "refused", ENDED_ELSEWHERE)]
    assert (deal.log(1)["state"], deal.log(1)["reason"]) == ("refused", ENDED_ELSEWHERE)
    assert (deal.log(2)["state"], deal.log(2)["reason"]) == ("withdrawn", ENDED_ELSEWHERE)
    after = deal.relationship
    assert (after.state, after.ended_at) == ("ended", stamp(deal.clock.now()))
    assert ENDED_ELSEWHERE.startswith("They say that this deal has ended. You did not end it here:")
    assert deal.gate.flush() == []


@pytest.mark.parametrize("reason", ["unknown_relationship", "no_agreement"])
def test_who_does_not_know_the_deal_is_told_of_once(deal: Heeded, reason: str) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing(reason)):
        assert deal.give("Fog") == [given(1, "refused", "It is so.")]
        assert deal.give("Sun") == [given(2, "refused", "It is so.")]
    (told,) = deal.warnings()
    assert told == (
        "Reel does not know this deal any more: its time was over, or another copy of your data "
        "had it erased, or they have lost it. End it here; then you can connect again."
    )
    (row,) = deal.rows("relationships.warnings", relationship="reel")
    assert row["at"] == stamp(deal.clock.now())
    assert deal.relationship.state == "active"


def _lost(asked: Asked, answer: Answer) -> Answer:
    if asked.path == wire.PATH_SIGNALS:
        raise Unreachable("the line was cut")
    return answer


@pytest.mark.parametrize("reason", ["unknown_relationship", "no_agreement"])
def test_of_what_had_left_nobody_says_that_they_never_had_it(deal: Heeded, reason: str) -> None:
    """It was taken, the answer was lost, and what they had is erased by the next visit."""
    deal.heard.change = _lost
    deal.give("Fog")
    deal.give("Sun")  # it waits behind the first
    deal.heard.change = lambda _, answer: answer
    with deal.heard.answering(wire.PATH_SIGNALS, refusing(reason)):
        told = (
            "It had left before, and no answer came: they may have had it. Now they say: It is so."
        )
        assert deal.gate.flush() == [given(1, "withdrawn", told), given(2, "refused", "It is so.")]
    assert (deal.log(1)["state"], deal.log(1)["reason"]) == ("withdrawn", told)
    assert len(deal.warnings()) == 1


def test_what_is_over_or_was_never_agreed_is_not_ended_again(deal: Heeded) -> None:
    over = Refusal(reason="agreement_ended", detail="It is so.")
    store, never = deal.vault.store, msgspec.structs.replace(deal.relationship, agreement=None)
    assert notice(store, deal.clock, never, over) is None
    assert deal.relationship.state == "active"
    deal.gate.end("reel", erase=True)
    assert notice(store, deal.clock, deal.relationship, over) == ENDED_ELSEWHERE
    assert deal.relationship.state == "erased"


def test_what_waits_for_its_moment_is_not_sent_before(deal: Heeded) -> None:
    assert deal.give("Fog", later=True) == []
    moment = deal.log(1)["not_before"]
    assert moment is not None
    assert deal.give("Sun") == [given(2)]
    deal.clock.advance(timedelta(days=8))
    assert deal.gate.flush() == [given(1)]
    way, outcomes = deal.gate.disclose("reel", asking_for(watched("Tide"), later=True))
    assert (way.not_before is not None, outcomes) == (True, [])
    assert deal.gate.send_now("reel") == [given(3)]


def test_what_waits_of_a_deal_that_is_over_stays(deal: Heeded) -> None:
    deal.give("Fog", later=True)
    with deal.vault.store.transaction() as tx:
        tx.run("relationships.end", name="reel", state="ended", at="2026")
    deal.clock.advance(timedelta(days=8))
    deal.heard.asked.clear()
    assert deal.gate.flush() == []
    assert deal.log(1)["not_before"] is not None
    assert deal.gate.send_now("reel") == []
    assert deal.heard.paths() == []
