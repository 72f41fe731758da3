"""What was lost is given once more; whose log does not fit gets nothing; who is named is alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.harness.sides import Served, connected, new_vault
from tests.vault.gate.heard import Asked, Heeded, asking_for, refusing, watched

from firsthand.foundation.clock import SetClock, stamp
from firsthand.foundation.egress import Answer
from firsthand.protocol import wire
from firsthand.protocol.agreements import Delivery
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts.proposing import Way
from firsthand.vault.terms import checkpoints
from firsthand.vault.terms.losses import loss_of, put_lost, put_sent_again

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


def lost(deal: Heeded, before: int) -> None:
    with deal.vault.store.transaction() as tx:
        put_lost(tx, "reel", at="2026", before=before)


def names_again(deal: Heeded) -> list[str]:
    return sorted(signal.data.name for each in deal.gate.lost("reel") for signal in each.signals)


def test_what_was_given_before_the_loss_is_what_they_lost(deal: Heeded) -> None:
    with pytest.raises(Refused, match="Nothing that you gave to Reel has to"):
        deal.gate.lost("reel")
    deal.give("Fog")
    deal.give("Sun")
    deal.give("Tide")
    assert names_again(deal) == ["Fog", "Sun", "Tide"], "no loss is known: all of it"
    lost(deal, 3)
    assert names_again(deal) == ["Fog", "Sun"]
    (leaving,) = deal.gate.lost("reel")
    asked = asking_for()
    request = leaving.request
    assert (request.role, request.type, request.purpose) == (asked.role, asked.type, asked.purpose)
    assert request.things == [], "they are not looked for in the vault once more"
    with deal.vault.store.transaction() as tx:
        put_sent_again(tx, "reel", from_=4)
    assert names_again(deal) == ["Fog", "Sun", "Tide"]
    with deal.vault.store.transaction() as tx:
        tx.run("disclosures.erased", relationship="reel")
    deal.give("Moon")
    assert names_again(deal) == ["Moon"], "what they erased is not brought back"
    deal.gate.end("reel", erase=False)
    with pytest.raises(Refused) as caught:
        deal.gate.lost("reel")
    assert caught.value.refusal.reason == "agreement_ended"


def test_what_they_say_only_then_that_they_lost_is_given_with_the_rest(deal: Heeded) -> None:
    deal.give("Fog")
    said = [refusing("lane_gap")]
    deal.heard.instead = lambda asked: (
        said.pop() if asked.path == wire.PATH_SIGNALS and said else None
    )
    _, outcomes = deal.gate.again("reel")
    assert [(each.position, each.state) for each in outcomes] == [(2, "given")]
    loss = loss_of(deal.vault.store, "reel")
    assert loss is not None
    assert (loss.before, loss.open) == (2, False)


def test_what_stands_in_the_log_again_is_not_lost_though_it_was_cut_off(deal: Heeded) -> None:
    deal.give("Fog")
    lost(deal, 2)

    def cut_off(_: Asked) -> Answer:
        raise KeyboardInterrupt

    deal.heard.instead = cut_off
    with pytest.raises(KeyboardInterrupt):
        deal.gate.again("reel")
    loss = loss_of(deal.vault.store, "reel")
    assert loss is not None
    assert (loss.open, deal.states()) == (False, ["given", "waiting"])


def test_who_comes_to_be_in_doubt_meanwhile_is_gone_on_with(deal: Heeded) -> None:
    deal.give("Fog")
    lost(deal, 2)
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Sun")
    sent: list[Asked] = []

    def instead(asked: Asked) -> Answer | None:
        if asked.path == wire.PATH_SIGNALS:
            sent.append(asked)
            if len(sent) == 2:
                doubt(deal)
                return refusing("busy")
        return None

    deal.heard.instead = instead
    _, outcomes = deal.gate.again("reel")
    assert [(each.position, each.state) for each in outcomes] == [(2, "given"), (3, "given")]


def test_under_a_deal_with_its_own_moments_it_waits_for_one(
    tmp_path: Path, clocked: Served, gate_clock: SetClock
) -> None:
    with new_vault(tmp_path / "own", gate_clock) as vault:
        own = Delivery(batch_min=1, jitter_s_max=604_800)  # no chance draws nothing of that
        name = connected(vault, clocked, way=Way(delivery=own))
        vault.gate.disclose(name, asking_for(watched("Fog")))
        assert [each.state for each in vault.gate.send_now(name)] == ["given"]
        leavings, outcomes = vault.gate.again(name)
        assert [each.not_before is not None for each in leavings] == [True]
        assert outcomes == []


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
    gate.flush("reel")
    with deal.heard.answering("/v1/", busy):
        gate.again("reel")
        assert alone()
        met: list[str] = []

        def doubting(asked: Asked) -> Answer:
            if asked.path == wire.PATH_SIGNALS and not met:
                met.append(doubt(deal))
            return busy

        deal.heard.instead = doubting
        gate.again("reel")
        assert len(met) == 1
        assert alone(), "nor does it where they come to be in doubt meanwhile"
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
