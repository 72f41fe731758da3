"""A pause step by step: what is signed, when it is asked again, and what confirms it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.harness.sides import Served, connected, new_vault, open_again
from tests.vault.gate.heard import START, Asked, Heeded, refusing

from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Answer, Unreachable
from firsthand.foundation.ids import SystemChance
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.refusals import REASONS, Refused
from firsthand.protocol.signatures import Message, verify
from firsthand.vault.gate import Gate
from firsthand.vault.gate.ending import PASSING
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.terms import resting
from firsthand.vault.terms.proposed import put_proposed
from firsthand.vault.terms.relationships import find

pytestmark = pytest.mark.usefixtures("refused_in_words")

BUSY = refusing("busy")


def told(kind: str, state: str = "confirmed", reason: str | None = None) -> Outcome:
    return Outcome(relationship="reel", kind=kind, state=state, reason=reason)


def rests(deal: Heeded) -> resting.Rests:
    return resting.rests_of(deal.vault.store, deal.relationship.agreement)


def signed_for(deal: Heeded, asked: Asked) -> int:
    """Until when what left is signed by its person."""
    low = {name.lower(): value for name, value in asked.headers.items()}
    assert low["content-type"] == wire.TYPE_JSON
    signed = verify(
        Message(method="POST", target_uri=asked.url, headers=low),
        public_key=deal.signer.key.public_key(), required=wire.COVERED_BODY,
        now=deal.seconds, waits=True,
    )  # fmt: skip
    return signed.expires or 0


def test_a_pause_holds_at_once_and_is_asked_for(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        assert deal.gate.rest("reel", "paused") == [told("paused", "waiting", "It is so.")]
    assert rests(deal).paused_by == (resting.PERSON,)
    (kept,) = rests(deal).asked
    (asked,) = deal.heard.asked
    assert (asked.method, asked.path) == ("POST", wire.PATH_CHANGES)
    assert (asked.content, asked.headers) == (kept.body.encode(), kept.headers)
    said = json.loads(asked.content)
    assert asked.content == canonical(said)
    assert len(said.pop("jti")) >= 16
    assert said == {
        "agreement": deal.relationship.agreement, "change": "paused", "at": deal.seconds,
    }  # fmt: skip
    assert signed_for(deal, asked) == deal.seconds + wire.WAIT_S_MAX
    assert (kept.state, kept.reason, kept.receipt) == ("waiting", "It is so.", None)
    deal.heard.asked.clear()
    assert deal.gate.rest("reel", "paused") == [told("paused")]
    assert [each.change.jti for each in rests(deal).asked] == [kept.change.jti]
    (kept,) = rests(deal).asked
    assert (kept.state, kept.reason, kept.receipt is not None) == ("confirmed", None, True)
    deal.heard.asked.clear()
    assert deal.gate.rest("reel", "paused") == []
    assert deal.heard.paths() == []


def test_nothing_goes_on_that_never_rested(deal: Heeded) -> None:
    assert deal.gate.rest("reel", "resumed") == []
    assert rests(deal).asked == ()


def test_a_deal_that_is_over_does_not_rest(deal: Heeded) -> None:
    deal.gate.end("reel", erase=False)
    with pytest.raises(Refused) as caught:
        deal.gate.rest("reel", "paused")
    refusal = caught.value.refusal
    assert refusal.reason == "agreement_ended"
    assert refusal.detail == "Your deal with Reel is not in force any more."


def test_while_a_change_is_awaited_that_may_have_ended_the_deal_a_pause_waits(
    deal: Heeded,
) -> None:
    with deal.vault.store.transaction() as tx:
        put_proposed(tx, deal.name, b"a proposal")
    with deal.heard.answering(wire.PATH_CHANGES, refusing("agreement_ended")):
        (told,) = deal.gate.rest("reel", "paused")
    assert (told.state, told.reason) == ("waiting", "It is so.")


def test_while_nobody_is_there_a_pause_waits(deal: Heeded) -> None:
    def raises(_: Asked) -> Answer:
        raise Unreachable("nobody is there")

    deal.heard.instead = raises
    (outcome,) = deal.gate.rest("reel", "paused")
    assert (outcome.kind, outcome.state) == ("paused", "waiting")
    assert "nobody is there" in str(outcome.reason)
    (kept,) = rests(deal).asked
    assert (kept.state, kept.reason, kept.receipt) == ("waiting", outcome.reason, None)
    deal.heard.instead = lambda _: None
    assert deal.gate.flush() == [told("paused")]


def test_each_reason_is_for_good_or_for_later(deal: Heeded) -> None:
    change = "paused"
    for reason, meaning in REASONS.items():
        state = "waiting" if meaning.retry or reason in PASSING else "refused"
        with deal.heard.answering("/v1/", refusing(reason)):
            outcomes = deal.gate.rest("reel", change)
        assert outcomes[-1] == told(change, state, "It is so."), reason
        kept = rests(deal).asked[-1]
        assert (kept.state, kept.reason, kept.receipt) == (state, "It is so.", None), reason
        if deal.relationship.state != "active":
            break
        deal.gate.flush()
        deal.clock.advance(timedelta(seconds=1))
        change = "resumed" if change == "paused" else "paused"


def test_what_lapsed_is_signed_anew(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.rest("reel", "paused")
    deal.clock.advance(timedelta(hours=1))
    deal.heard.asked.clear()
    with deal.heard.answering(wire.PATH_CHANGES, refusing("expired"), BUSY):
        assert deal.gate.flush() == [told("paused", "waiting", "It is so.")]
    one, other = deal.heard.asked
    assert (other.path, other.content) == (wire.PATH_CHANGES, one.content)
    assert other.headers != one.headers
    assert signed_for(deal, other) == deal.seconds + wire.WAIT_S_MAX


def test_a_pause_of_a_clock_that_ran_ahead_goes_once_it_is_set(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    served, ahead = serve(clock=SetClock(START)), SetClock(START)
    with new_vault(tmp_path / "me", ahead) as vault:
        name = connected(vault, served)
        ahead.advance(timedelta(days=1))
        (outcome,) = vault.gate.rest(name, "paused")
        assert (outcome.kind, outcome.state) == ("paused", "waiting")
        assert "clock" in str(outcome.reason)
    with open_again(tmp_path / "me", SetClock(START)) as vault:
        outcomes = vault.gate.rest(name, "resumed")
        assert [(each.kind, each.state) for each in outcomes] == [
            ("paused", "confirmed"), ("resumed", "confirmed"),
        ]  # fmt: skip
        asked = resting.rests_of(vault.store, find(vault.store, name).agreement).asked
        assert {json.loads(each.body)["at"] for each in asked} == {int(START.timestamp())}
        assert all(each.change.at == int(START.timestamp()) for each in asked)


def test_what_confirms_something_else_confirms_no_pause(deal: Heeded) -> None:
    wrongs: list[object] = [b"", [], {}, {"receipt": 7}, {"receipt": "a.b.c"}, {"other": "x"}]
    for wrong in wrongs:
        with deal.heard.answering(wire.PATH_CHANGES, wrong):
            outcome = deal.gate.rest("reel", "paused")[-1]
        assert (outcome.kind, outcome.state) == ("paused", "waiting")
        head = "The confirmation does not hold: "
        assert str(outcome.reason).startswith(head)
        why = str(outcome.reason).removeprefix(head)
        assert f"A confirmation of Reel: {why}" in deal.warnings()
    assert deal.gate.flush() == [told("paused")]
    # The confirmation of the first one does not confirm another.
    receipt = {"receipt": rests(deal).asked[0].receipt}
    deal.clock.advance(timedelta(seconds=1))
    with deal.heard.answering(wire.PATH_CHANGES, receipt):
        assert deal.gate.rest("reel", "resumed")[-1].state == "waiting"
    with deal.heard.answering(wire.PATH_CHANGES, receipt, status=201):
        assert deal.gate.flush() == [told("resumed", "waiting", "It answered with status 201.")]


def set_back(deal: Heeded, seconds: int) -> Gate:
    """The gate of the same vault once its clock was set back."""
    before = SetClock(deal.clock.now() - timedelta(seconds=seconds))
    return Gate(deal.vault.store, deal.heard, before, SystemChance(), commands=True)


def test_by_a_clock_that_was_set_back_one_follows_the_other(deal: Heeded) -> None:
    deal.gate.rest("reel", "paused")
    set_back(deal, 60).rest("reel", "resumed")
    assert [each.change.at for each in rests(deal).asked] == [deal.seconds] * 2


@pytest.mark.parametrize("ahead", [wire.SKEW_S_MAX, wire.SKEW_S_MAX + 1])
def test_what_is_dated_too_far_ahead_is_dated_anew_where_it_is_sent(
    deal: Heeded, ahead: int
) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.rest("reel", "paused")
        (before,) = rests(deal).asked
        set_back(deal, ahead).flush()
    (after,) = rests(deal).asked
    anew = ahead > wire.SKEW_S_MAX
    assert (after.headers != before.headers) is anew
    assert after.change.at == deal.seconds - (ahead if anew else 0)
    assert deal.heard.asked[-1].headers == after.headers
