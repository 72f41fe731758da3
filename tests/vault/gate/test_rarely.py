"""What is seldom: a change whose answer is awaited, one that came first, an erasure told before."""

import json
from datetime import UTC, datetime

import pytest
from tests.vault.gate.heard import Heeded, refusing
from tests.vault.gate.test_log import given

from firsthand.foundation.clock import SetClock, stamp
from firsthand.protocol import wire
from firsthand.protocol.receipts import ErasureReceipt, sign_erasure
from firsthand.protocol.refusals import Refusal
from firsthand.vault.acts import changing
from firsthand.vault.gate.noticing import REPLACED, notice
from firsthand.vault.terms.proposed import put_proposed
from firsthand.vault.terms.relationships import agreement_of

pytestmark = pytest.mark.usefixtures("refused_in_words")
MONTHS = changing.Wanted(precision="month")


def proposing(deal: Heeded, what: bytes) -> None:
    with deal.vault.store.transaction() as tx:
        put_proposed(tx, deal.name, what)


def wait(deal: Heeded, *titles: str, changed: bool = False) -> None:
    """Give these while they take nothing; and have the deal changed meanwhile."""
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        for title in titles:
            deal.give(title)
        if changed:
            assert changing.change(deal.vault, deal.name, MONTHS)["decision"] == "accepted"


def test_what_a_change_that_is_awaited_may_have_ended_waits(deal: Heeded) -> None:
    wait(deal, "Fog", "Sun")
    proposing(deal, b"a proposal")
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("agreement_ended")):
        assert deal.gate.flush() == [given(1, "waiting", "It is so.")]
    assert (deal.states(), deal.relationship.state) == (["waiting", "waiting"], "active")
    over = Refusal(reason="agreement_ended", detail="It is so.")
    assert notice(deal.vault.store, deal.clock, deal.relationship, over) is None
    assert deal.relationship.state == "active"
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("purpose_not_allowed")):
        assert [each.state for each in deal.gate.flush()] == ["refused", "refused"]


def test_that_it_is_over_is_no_news_as_soon_as_it_may_be_over_there(deal: Heeded) -> None:
    exp = agreement_of(deal.vault.store, deal.relationship).proffer.exp
    over = Refusal(reason="agreement_ended", detail="It is so.")
    for seconds, state in ((exp - wire.SKEW_S_MAX, "active"), (exp - wire.SKEW_S_MAX - 1, "ended")):
        clock = SetClock(datetime.fromtimestamp(seconds, UTC))
        notice(deal.vault.store, clock, deal.relationship, over)
        assert deal.relationship.state == state


def test_what_waited_while_the_deal_was_changed_is_to_be_given_again(deal: Heeded) -> None:
    wait(deal, "Fog", changed=True)
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("agreement_ended")):
        assert deal.gate.flush() == [given(1, "refused", REPLACED)]
    assert (deal.log(1)["state"], deal.log(1)["reason"]) == ("refused", REPLACED)
    assert (deal.relationship.state, deal.warnings()) == ("active", [])


def test_what_waited_while_the_deal_was_changed_is_refused_for_another_reason(
    deal: Heeded,
) -> None:
    wait(deal, "Fog", changed=True)
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("purpose_not_allowed")):
        assert deal.gate.flush() == [given(1, "refused", "It is so.")]


@pytest.mark.parametrize(("more", "state"), [(1, "erased"), (2, "given")])
def test_what_they_had_erased_before_its_receipt_came_is_erased(
    deal: Heeded, more: int, state: str
) -> None:
    deal.give("Sun")
    leaf = json.loads(deal.log(1)["receipt"])["index"] + more
    wait(deal, "Fog")
    subject = deal.relationship.subject
    erased = ErasureReceipt(
        iss=subject, aud=deal.signer.subject, agreement=str(deal.relationship.agreement),
        erased_at=deal.seconds, batches=1, leaves=[leaf], backup_days=1, checkpoint="none",
        iat=deal.seconds,
    )  # fmt: skip
    token = sign_erasure(erased, deal.served.hub.organisation.key)
    with deal.vault.store.transaction() as tx:
        tx.run(
            "inbox.add", relationship=deal.name, n=1, jws="none", at=stamp(deal.clock.now()),
            type="firsthand.agreement.changed", data=f'{{"erasure": "{token}"}}', verdict="fits",
            verdict_detail="",
        )  # fmt: skip
    deal.gate.flush()
    assert deal.states() == ["given", state]
