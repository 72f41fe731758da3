"""What was lost is given once more; whose log does not fit gets nothing; who is named is alone."""

from collections.abc import Callable

import pytest
from tests.harness.sides import Served, connected
from tests.vault.gate.heard import Heeded, asking_for, refusing, watched

from firsthand.foundation.clock import stamp
from firsthand.protocol import wire
from firsthand.protocol.refusals import Refused
from firsthand.vault.terms import checkpoints
from firsthand.vault.terms.losses import loss_of, put_lost

pytestmark = pytest.mark.usefixtures("refused_in_words")


def doubt(deal: Heeded) -> str:
    """Somebody else was shown another log."""
    text = deal.relationship.log_checkpoint or ""
    with deal.vault.store.transaction() as tx:
        checkpoints.put_conflict(tx, deal.relationship, "compared", text, "x", at="2026")
    why = checkpoints.doubted(deal.vault.store, deal.relationship.subject)
    assert why is not None
    return why


def test_who_is_in_doubt_gets_nothing_until_it_is_decided(deal: Heeded) -> None:
    deal.give("Fog")
    why = doubt(deal)
    deal.heard.asked.clear()
    with pytest.raises(Refused) as caught:
        deal.give("Sun")
    assert (caught.value.refusal.reason, caught.value.refusal.detail) == ("not_allowed", why)
    assert (deal.heard.paths(), deal.states()) == ([], ["given"])
    assert (deal.gate.go_on("REEL"), deal.gate.go_on("reel")) == (1, 0)
    (conflict,) = checkpoints.conflicts(deal.vault.store, deal.relationship.subject)
    assert conflict.decided_at == stamp(deal.clock.now())
    assert [each.state for each in deal.give("Sun")] == ["given"]


@pytest.mark.parametrize("in_doubt", [False, True])
def test_what_they_lost_is_given_once_more(deal: Heeded, *, in_doubt: bool) -> None:
    with pytest.raises(Refused, match="has to be sent again"):
        deal.gate.lost("reel")
    deal.give("Fog")
    deal.give("Sun")
    with deal.vault.store.transaction() as tx:
        put_lost(tx, "reel", at="2026", before=3)
    (lost,) = deal.gate.lost("REEL")
    assert sorted(signal.data.name for signal in lost.signals) == ["Fog", "Sun"]
    assert lost.now == deal.seconds
    assert deal.states() == ["given", "given"], "that was only looked at"
    if in_doubt:
        doubt(deal)
    leavings, outcomes = deal.gate.again("REEL")
    assert [signal.id for each in leavings for signal in each.signals] == [
        signal.id for signal in lost.signals
    ]
    assert [(each.position, each.state) for each in outcomes] == [(3, "given")]
    assert deal.states() == ["given"] * 3
    loss = loss_of(deal.vault.store, "reel")
    assert loss is not None
    assert not loss.open
    assert deal.gate.go_on("reel") == 0


def test_a_log_is_followed_without_a_name(deal: Heeded) -> None:
    deal.give("Fog")
    deal.give("Sun")
    sizes = [row["size"] for row in deal.rows("checkpoints.of_subject", subject=deal.relationship.subject)]  # fmt: skip  # noqa: E501 - one line
    deal.heard.asked.clear()
    deal.gate.follow_log("REEL")
    assert deal.heard.asked[0].path == wire.PATH_LOG
    assert {(asked.headers == {}, asked.pool, asked.literal) for asked in deal.heard.asked} == {
        (True, f"log {deal.served.url}", True)
    }
    rows = deal.rows("checkpoints.of_subject", subject=deal.relationship.subject)
    assert all(row["proof"] is not None for row in rows)
    deal.heard.asked.clear()
    proof, text = deal.gate.consistency("reel", sizes[0], sizes[1])
    assert isinstance(proof, list)
    assert '"proof"' in text
    query = f"?first={sizes[0]}&second={sizes[1]}"
    assert deal.heard.paths() == [wire.PATH_LOG_CONSISTENCY + query]
    with deal.heard.answering(wire.PATH_LOG, {"checkpoint": "of another key"}):
        with pytest.raises(Refused):
            deal.gate.follow_log("reel")
        assert deal.heard.paths() == [wire.PATH_LOG, wire.PATH_DISCOVERY], "have its keys changed?"


def test_whatever_is_done_with_one_the_other_does_not_hear(
    deal: Heeded, serve: Callable[..., Served]
) -> None:
    other = serve("Chorus", clock=deal.clock)
    connected(deal.vault, other)
    gate, busy = deal.gate, refusing("busy")

    def alone() -> bool:
        heard = [asked.url.startswith(deal.served.url) for asked in deal.heard.asked]
        deal.heard.asked.clear()
        return bool(heard) and all(heard)

    with deal.heard.answering("/v1/", busy):
        gate.disclose("chorus", asking_for(watched("Fog")))
        gate.rest("chorus", "paused")
        gate.rest("chorus", "resumed")
        deal.heard.asked.clear()
        deal.give("Fog")
        assert alone()
        gate.send_now("reel")
        assert alone()
        gate.rest("reel", "paused")
        assert alone()
        gate.rest("reel", "resumed")
        assert alone()
        gate.end("chorus", erase=False)
        deal.heard.asked.clear()
        gate.flush("reel")
        assert alone()
        gate.end("reel", erase=False)
        assert alone()
