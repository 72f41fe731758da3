"""A word on a deal is said once more: when, in which words, and what is told of who lost it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.harness.sides import Served, connected
from tests.vault.gate.heard import TOMORROW, Asked, Heeded, answer, refusing, tomorrow

from firsthand.foundation.clock import stamp
from firsthand.foundation.egress import Answer, Unreachable
from firsthand.protocol import wire
from firsthand.protocol.changes import ChangeReceipt, sign_change_receipt
from firsthand.protocol.jws import read_jws
from firsthand.vault.terms import resting

pytestmark = pytest.mark.usefixtures("refused_in_words")

WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


def rests(deal: Heeded) -> resting.Rests:
    return resting.rests_of(deal.vault.store, deal.relationship.agreement)


def last(deal: Heeded) -> resting.Asked:
    return rests(deal).asked[-1]


def receipt_of(token: str | None) -> ChangeReceipt:
    assert token is not None
    return msgspec.convert(read_jws(token)[1], ChangeReceipt)


def again_since(deal: Heeded, since: int, **other: object) -> Callable[[Any], object]:
    """They answer as ever, but say that it holds since then; `other` is said otherwise too."""

    def changed(told: dict[str, str]) -> object:
        new = msgspec.structs.replace(receipt_of(told["receipt"]), since=since, **other)
        token = sign_change_receipt(new, deal.served.hub.organisation.key)
        return {"receipt": token}

    return changed


def paused(deal: Heeded) -> resting.Asked:
    deal.gate.rest("reel", "paused")
    deal.heard.asked.clear()
    return last(deal)


def test_it_is_said_again_each_week_as_it_was_said(deal: Heeded) -> None:
    assert (deal.gate.to_remind(), deal.gate.remind()) == (set(), [])
    kept = paused(deal)
    deal.clock.advance(WEEK - SECOND)
    assert (deal.gate.to_remind(), deal.gate.remind()) == (set(), [])
    deal.clock.advance(SECOND)
    assert (deal.gate.to_remind(), deal.gate.remind("chorus")) == ({"reel"}, [])
    assert deal.heard.paths() == []
    assert deal.gate.remind("reel") == []
    (asked,) = deal.heard.asked
    assert (asked.method, asked.path) == ("POST", wire.PATH_CHANGES)
    assert asked.content == kept.body.encode()
    assert (deal.gate.to_remind(), last(deal), deal.warnings()) == (set(), kept, [])
    deal.clock.advance(WEEK - SECOND)
    assert deal.gate.to_remind() == set()
    deal.clock.advance(SECOND)
    assert deal.gate.to_remind() == {"reel"}
    # Until every backup of before has lapsed, and a week more.
    days = deal.relationship.organisation.backup_days
    deal.clock.advance(timedelta(days=days) - WEEK)
    assert deal.gate.to_remind() == {"reel"}
    deal.clock.advance(SECOND)
    assert deal.gate.to_remind() == set()


@pytest.mark.parametrize("change", ["paused", "resumed"])
def test_who_had_lost_it_is_told_of_and_both_receipts_are_kept(deal: Heeded, change: str) -> None:
    first = paused(deal)
    if change == "resumed":
        deal.clock.advance(SECOND)
        deal.gate.rest("reel", "resumed")
        first = last(deal)
    deal.clock.advance(WEEK)
    with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, deal.seconds)):
        assert deal.gate.remind() == ["reel"]
    second = last(deal)
    assert receipt_of(second.receipt).since == deal.seconds
    assert second == msgspec.structs.replace(
        first, receipt=second.receipt, earlier=(first.receipt,)
    )
    before = "before you paused it" if change == "paused" else "before you went on with it"
    after = "rests" if change == "paused" else "goes on"
    (row,) = deal.rows("relationships.warnings", relationship="reel")
    assert row["at"] == stamp(deal.clock.now())
    assert row["what"] == (
        f"On {row['at'][:10]}: Reel had put back, out of a backup, your deal as it was {before}. "
        f"They were told again, and it {after}."
    )
    # The same again is no news, nor is the first once more; another one is.
    begun = receipt_of(first.receipt).since
    for since, told in ((deal.seconds, []), (begun, []), (None, ["reel"])):
        deal.clock.advance(WEEK)
        held = deal.seconds if since is None else since
        with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, held)):
            assert deal.gate.remind() == told
    assert last(deal).earlier == (first.receipt, second.receipt)
    # It is counted from the last time that they had lost it.
    days = deal.relationship.organisation.backup_days
    deal.clock.advance(timedelta(days=days) + WEEK)
    assert deal.gate.to_remind() == {"reel"}
    deal.clock.advance(SECOND)
    assert deal.gate.to_remind() == set()


def test_what_another_copy_said_meanwhile_is_no_news(deal: Heeded) -> None:
    begun = receipt_of(paused(deal).receipt).since
    deal.clock.advance(WEEK)
    with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, begun + 1)):
        assert deal.gate.remind() == []  # it went on, and rested once more, a week ago
    deal.clock.advance(WEEK)
    with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, deal.seconds, state="accepted")):
        assert deal.gate.remind() == []  # it goes on, for another copy said so just now


def test_what_they_took_anew_holds_since_just_now(deal: Heeded) -> None:
    paused(deal)
    for apart, told in ((wire.SKEW_S_MAX + 1, []), (wire.SKEW_S_MAX, ["reel"])):
        deal.clock.advance(WEEK)
        how = again_since(deal, deal.seconds - apart, iat=deal.seconds)
        with deal.heard.changing(wire.PATH_CHANGES, how):
            assert deal.gate.remind() == told


def test_what_they_told_by_themselves_is_no_news(deal: Heeded) -> None:
    kept = paused(deal)
    deal.clock.advance(WEEK)
    told = again_since(deal, deal.seconds)({"receipt": kept.receipt})
    assert isinstance(told, dict)
    known = msgspec.structs.replace(rests(deal), told={1: told["receipt"]})
    with deal.vault.store.transaction() as tx:
        resting.put_rests(tx, kept.change.agreement, known)
    with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, deal.seconds)):
        assert deal.gate.remind() == []
    assert (last(deal), deal.warnings()) == (kept, [])


def test_who_is_away_is_asked_a_day_later(deal: Heeded) -> None:
    def away(_: Asked) -> Answer:
        raise Unreachable("nobody is there")

    kept = paused(deal)
    deal.clock.advance(WEEK)
    deal.heard.instead = away
    assert deal.gate.remind() == []
    assert deal.gate.to_remind() == set()
    deal.clock.advance(timedelta(days=1) - SECOND)
    assert deal.gate.to_remind() == set()
    deal.clock.advance(SECOND)
    assert deal.gate.to_remind() == {"reel"}
    assert (last(deal), deal.warnings()) == (kept, [])


def test_what_they_refuse_is_asked_a_week_later_and_noticed(deal: Heeded) -> None:
    kept = paused(deal)
    for _ in range(2):
        deal.clock.advance(WEEK)
        with deal.heard.answering("/v1/", refusing("busy")):
            assert deal.gate.remind() == []
        assert deal.gate.to_remind() == set()
    with deal.heard.answering(wire.PATH_CHANGES, {"receipt": "a.b.c"}):
        deal.clock.advance(WEEK)
        assert deal.gate.remind() == []
        assert len(deal.warnings()) == 1
    assert last(deal) == kept
    deal.clock.advance(WEEK)
    with deal.heard.answering("/v1/", refusing("agreement_ended")):
        assert deal.gate.remind() == []
    ended = deal.relationship
    assert (ended.state, ended.ended_at) == ("ended", stamp(deal.clock.now()))
    deal.clock.advance(WEEK)
    assert deal.gate.to_remind() == set(), "a deal that is over does not rest"


def test_only_a_confirmed_word_is_said_again_and_each_to_its_own(
    deal: Heeded, serve: Callable[..., Served]
) -> None:
    other = serve("Chorus", clock=deal.clock)
    connected(deal.vault, other)
    deal.gate.rest("reel", "paused")
    deal.clock.advance(SECOND)
    with deal.heard.answering("/v1/", refusing("busy")):
        deal.gate.rest("chorus", "paused")
    deal.clock.advance(WEEK)
    assert deal.gate.to_remind() == {"reel"}, "what waits is sent anyhow"
    deal.gate.flush()
    deal.clock.advance(WEEK)
    assert deal.gate.to_remind() == {"chorus", "reel"}
    deal.heard.asked.clear()
    with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, deal.seconds)):
        assert deal.gate.remind("reel") == ["reel"]
    assert [asked.url.startswith(deal.served.url) for asked in deal.heard.asked] == [True]
    assert deal.gate.to_remind() == {"chorus"}
    assert json.loads(deal.heard.asked[0].content)["change"] == "paused"


def test_what_they_never_confirmed_is_no_receipt_of_before(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", refusing("not_allowed")):
        deal.gate.rest("reel", "paused")
    deal.clock.advance(SECOND)
    deal.gate.rest("reel", "resumed")
    assert [(each.state, each.receipt is None) for each in rests(deal).asked] == [
        ("refused", True), ("confirmed", False),
    ]  # fmt: skip
    deal.clock.advance(WEEK)
    with deal.heard.changing(wire.PATH_CHANGES, again_since(deal, deal.seconds)):
        assert deal.gate.remind() == ["reel"]


def test_a_confirmation_by_a_key_that_came_since_is_one(deal: Heeded) -> None:
    kept, (document, key) = paused(deal), tomorrow(deal)
    deal.clock.advance(WEEK)
    new = msgspec.structs.replace(receipt_of(kept.receipt), since=TOMORROW, iat=TOMORROW)
    said = {
        wire.PATH_CHANGES: answer({"receipt": sign_change_receipt(new, key)}),
        wire.PATH_DISCOVERY: answer(document),
    }
    deal.heard.instead = lambda asked: said[asked.path]
    assert deal.gate.remind() == ["reel"]
    assert deal.relationship.document == document
