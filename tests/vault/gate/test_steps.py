"""Each step on the way out by itself: what it lets through, what it refuses, and its words."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.sides import Served
from tests.vault.gate.heard import Heeded, heeded, watched

from firsthand.foundation.clock import SetClock, stamp
from firsthand.foundation.ids import SeededChance
from firsthand.foundation.keys import event_id
from firsthand.protocol import wire
from firsthand.protocol.agreements import Agreement, Delivery
from firsthand.protocol.refusals import Refusal
from firsthand.protocol.roles.profile import PURPOSE, TYPE_GIVEN, compose_given
from firsthand.protocol.signals import Signal, decode_signals
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.things import Thing
from firsthand.vault.gate import moments
from firsthand.vault.gate.disclosing import (
    Leaving,
    Request,
    drop_beyond,
    drop_empty,
    drop_ended,
    drop_purpose,
    put_batches,
    put_coarsened,
    put_log,
    put_signals,
)
from firsthand.vault.terms.relationships import agreement_of

pytestmark = pytest.mark.usefixtures("refused_in_words")


@pytest.fixture(scope="module")
def still(
    tmp_path_factory: pytest.TempPathFactory, clocked: Served, gate_clock: SetClock
) -> Iterator[Heeded]:
    """A deal for everything that changes nothing."""
    with heeded(tmp_path_factory.mktemp("vaults") / "mine", clocked, gate_clock) as made:
        yield made


def paid(name: str = "Spotify") -> Thing:
    data: dict[str, object] = {"@type": "PayAction", "name": name}
    return Thing(id=name, type="PayAction", name=name, time=None, source="bank", data=data)


def leaving(deal: Heeded, *things: Thing, **changes: Any) -> Leaving:  # noqa: ANN401 - any field
    """A request at the beginning of its way; ``ask`` changes what was asked."""
    ask = {
        "role": "profile", "type": TYPE_GIVEN, "purpose": PURPOSE, "things": things,
        **changes.pop("ask", {}),
    }  # fmt: skip
    made: dict[str, Any] = {
        "relationship": deal.relationship,
        "agreement": agreement_of(deal.vault.store, deal.relationship),
        "signer": deal.signer,
        "request": Request(**ask),
        "now": deal.seconds,
        "given": [], "left_out": {}, "signals": [], "batches": [], "positions": [],
        **changes,
    }  # fmt: skip
    return Leaving(**made)


def agreed(deal: Heeded, **changes: object) -> Agreement:
    """Its agreement with another answer or proposal in it."""
    kept = agreement_of(deal.vault.store, deal.relationship)
    answer = {k: v for k, v in changes.items() if k == "decision"}
    proffer = {k: v for k, v in changes.items() if k not in answer}
    return msgspec.structs.replace(
        kept,
        answer=msgspec.structs.replace(kept.answer, **answer),
        proffer=msgspec.structs.replace(kept.proffer, **proffer),
    )


def ended(detail: str) -> Refusal:
    return Refusal(reason="agreement_ended", detail=detail)


def test_nothing_leaves_unless_the_deal_is_in_force(still: Heeded) -> None:
    kept, exp = still.relationship, agreed(still).proffer.exp

    def said(state: str = "active", **changes: object) -> Refusal | None:
        relationship = msgspec.structs.replace(kept, state=state)
        return drop_ended(leaving(still, relationship=relationship, **changes))

    assert said() is None
    assert said("refused") == ended("Reel did not accept what you proposed to it.")
    over = ended("Your deal with Reel has ended.")
    assert (said("ended"), said("erased")) == (over, over)
    assert said(agreement=agreed(still, decision="countered")) == over
    other = ended("Your deal with Reel has ended. The one in force is called reel-2.")
    assert said("ended", instead="reel-2") == other
    assert said(now=exp - 1) is None
    run_out = ended("Your deal with Reel has run out. Agree on it anew.")
    assert (said(now=exp), said(now=exp + 1)) == (run_out, run_out)
    for who, words in (
        (("person",), "You have"),
        (("organisation",), "Reel has"),
        (("organisation", "person"), "You have"),
    ):
        told = f"{words} paused your deal. Nothing leaves until it goes on."
        assert said(paused_by=who) == Refusal(reason="agreement_paused", detail=told)


def test_a_purpose_that_no_terms_allow_is_named(still: Heeded) -> None:
    assert drop_purpose(leaving(still)) is None
    assert drop_purpose(leaving(still, ask={"purpose": "mischief"})) == Refusal(
        reason="purpose_not_allowed",
        detail="FH-GIVEN does not allow mischief. no agreement would.",
    )
    base = msgspec.structs.replace(agreed(still).proffer.p7012, agreement="SD-BASE")
    refusal = drop_purpose(leaving(still, agreement=agreed(still, p7012=base)))
    assert refusal is not None
    able = " or ".join(each.id for each in ROSTER.values() if PURPOSE in each.purposes)
    assert able.startswith("FH-GIVEN or SD-BASE-")
    assert refusal.detail == f"SD-BASE does not allow personalisation. {able} would."


def test_what_is_left_out_is_counted_and_what_is_odd_is_named(still: Heeded) -> None:
    way = leaving(still, paid("A"), watched("Fog"), paid("B"), watched("Sun", None), paid("C"))
    assert put_coarsened(way) is None
    fields, precision = way.agreement.proffer.fields, way.agreement.precision
    assert way.given == [
        (each.id, compose_given(each, fields=fields, precision=precision))
        for each in (watched("Fog"), watched("Sun", None))
    ]
    assert way.left_out == {"PayAction": 3}
    long = "Fog" * 30
    assert put_coarsened(leaving(still, watched(long, "yesterday"))) == Refusal(
        reason="shape_invalid", detail=f"{long[:60]}: Invalid isoformat string: 'yesterday'"
    )


def test_where_nothing_is_left_it_says_what_was_asked_for(still: Heeded) -> None:
    def said(fields: dict[str, list[str]]) -> str:
        refusal = drop_empty(leaving(still, agreement=agreed(still, fields=fields)))
        assert refusal is not None
        assert refusal.reason == "field_not_allowed"
        return refusal.detail

    some = {"WatchAction": ["name"], "PayAction": ["name"]}
    told = "Nothing that you chose is part of the deal with Reel, which is about "
    assert said(some) == told + "PayAction, WatchAction."
    assert said({}) == told + "nothing."
    way = leaving(still, watched("Fog"))
    put_coarsened(way)
    assert drop_empty(way) is None


def test_what_goes_beyond_is_stopped_though_it_was_composed(still: Heeded) -> None:
    way = leaving(still, watched("Fog"), watched("Sun"))
    put_coarsened(way)
    assert drop_beyond(way) is None
    (first, fog), (second, sun) = way.given
    fine = msgspec.structs.replace(sun, start_time="2024-01-13", time_precision="P1D")
    way.given = [(first, fog), (second, fine)]
    assert drop_beyond(way) == Refusal(reason="precision_too_fine", detail="Sun")
    other = msgspec.structs.replace(fog, kind="PayAction")
    way.given = [(first, other), (second, fine)]
    assert drop_beyond(way) == Refusal(reason="field_not_allowed", detail="Fog")


def composed(deal: Heeded, *things: Thing, **changes: object) -> Leaving:
    way = leaving(deal, *things, **changes)
    for step in (put_coarsened, put_signals, put_batches):
        assert step(way) is None
    return way


def test_each_thing_is_one_signal_of_this_relationship(still: Heeded) -> None:
    way = composed(still, watched("Fog"), watched("Sun"), watched("Fog"))
    assert way.signals == [
        Signal(
            specversion="1.0",
            id=event_id(still.signer.secret, thing_id),
            source=still.signer.subject,
            type=TYPE_GIVEN,
            agreement=way.agreement.id,
            purpose=PURPOSE,
            data=data,
        )
        for thing_id, data in way.given[:2]
    ]
    assert [(each.id, each.name, each.time) for each in way.things()] == [
        (signal.id, signal.data.name, "2024-01-08") for signal in way.signals
    ]


@given(st.lists(st.integers(0, 4_000), min_size=1, max_size=12))
def test_a_batch_is_halved_until_it_fits(still: Heeded, lengths: list[int]) -> None:
    """With limits as small as these each can be counted: none is split that would have fitted."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("firsthand.vault.gate.disclosing.BATCH_BYTES_MAX", 5_000)
        patched.setattr("firsthand.vault.gate.disclosing.BATCH_EVENTS_MAX", 5)
        way = composed(still, *(watched(f"{n} {'y' * size}") for n, size in enumerate(lengths)))
    bodies = [decode_signals(body) for _, body in way.batches]
    assert [signal for body in bodies for signal in body] == way.signals
    assert all(len(body) <= 5_000 for _, body in way.batches)
    assert [len(each) for each in bodies] == list(halved(way.signals))
    by_id = {event_id(still.signer.secret, thing_id): thing_id for thing_id, _ in way.given}
    for (ids, _), signals in zip(way.batches, bodies, strict=True):
        assert ids == [(signal.id, by_id[signal.id]) for signal in signals]


def halved(signals: list[Signal]) -> Iterator[int]:
    """How many of them go together, by the rule in words."""
    left = list(signals)
    while left:
        size = min(5, len(left))
        while len(msgspec.json.encode(left[:size])) > 5_000:
            size = size // 2
        yield size
        left = left[size:]


def test_a_batch_may_be_as_large_as_the_limit(still: Heeded) -> None:
    way = composed(still, watched("Fog"), watched("Sun"))
    ((_, whole),) = way.batches
    for limit, batches in ((len(whole), 1), (len(whole) - 1, 2)):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("firsthand.vault.gate.disclosing.BATCH_BYTES_MAX", limit)
            assert len(composed(still, watched("Fog"), watched("Sun")).batches) == batches
    assert (wire.BATCH_BYTES_MAX, wire.BATCH_EVENTS_MAX) == (4 * 1024 * 1024, 1000)


@pytest.mark.parametrize("later", [False, True])
def test_the_log_has_all_of_it_before_it_leaves(deal: Heeded, *, later: bool) -> None:
    things = [watched("Fog"), watched("Sun", None), watched("Tide")]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("firsthand.vault.gate.disclosing.BATCH_EVENTS_MAX", 2)
        way = composed(deal, *things, ask={"later": later})
    put_log(way, deal.vault.store, deal.clock, SeededChance(7))
    assert way.positions == [1, 2]
    moment = None
    if later:
        drawn = moments.drawn_s(way.agreement, SeededChance(7), later=True)
        assert drawn
        moment = stamp(deal.clock.now() + datetime.timedelta(seconds=drawn))
    assert way.not_before == moment
    for position, (ids, body) in zip(way.positions, way.batches, strict=True):
        row = deal.row("disclosures.by_position", position=position)
        assert json.loads(row.pop("fields")) == ["@type", "isBasedOn", "name", "startTime", "timePrecision"]  # fmt: skip  # noqa: E501 - one line
        assert row == {
            "position": position, "relationship": "reel", "agreement": way.agreement.id,
            "role": "profile", "purpose": PURPOSE, "things": len(ids), "body": body,
            "state": "waiting", "reason": None, "at": stamp(deal.clock.now()), "lane": None,
            "n": None, "salt": None, "headers": None, "expires_at": None, "receipt": None,
            "acknowledged_at": None, "not_before": moment,
        }  # fmt: skip
    behind = {(row["event_id"], row["thing_id"]) for row in deal.rows(
        "disclosures.things_behind", relationship="reel"
    )}  # fmt: skip
    assert behind == {pair for ids, _ in way.batches for pair in ids}
    (known,) = deal.rows("disclosures.given_of_thing", thing_id="id of Tide")
    assert (known["relationship"], known["state"]) == ("reel", "waiting")


# --- moments -------------------------------------------------------------------------------------


class Drawn:
    """Chance that draws this."""

    def __init__(self, drawn: bytes) -> None:
        self.drawn = drawn

    def bytes(self, length: int) -> bytes:
        return self.drawn[:1] * length

    def token(self, length: int = 16) -> str:
        return self.drawn[:1].hex() * length


def test_a_draw_goes_from_nothing_to_the_limit(still: Heeded) -> None:
    whole = agreed(still)
    limit = moments.within_s(whole)
    assert limit == whole.delivery.jitter_s_max == 604_800
    draws = [moments.drawn_s(whole, Drawn(bytes([n])), later=True) for n in (0, 1, 128, 255)]
    assert draws == [0, 0x0101010101010101 * 604_801 >> 64, 0x8080808080808080 * 604_801 >> 64, limit]  # fmt: skip  # noqa: E501 - one line
    assert moments.drawn_s(whole, Drawn(b"\xff"), later=False) is None
    own = agreed(still, delivery=Delivery(batch_min=3, jitter_s_max=9))
    assert moments.drawn_s(own, Drawn(b"\xff"), later=False) == 9
    assert (moments.together(whole), moments.together(own)) == (1, 3)


def test_what_has_its_moment_is_let_go_when_enough_is_together(
    deal: Heeded, tmp_path: Path
) -> None:
    """Of two deals that wait only the one that is asked for."""
    assert tmp_path.is_dir()
    own = agreed(deal, delivery=Delivery(batch_min=3, jitter_s_max=0))
    for title in ("Fog", "Sun"):
        way = composed(deal, watched(title), agreement=own)
        put_log(way, deal.vault.store, deal.clock, Drawn(b"\0"))

    def let_go(batch_min: int, name: str = "reel") -> int:
        wanted = agreed(deal, delivery=Delivery(batch_min=batch_min, jitter_s_max=0))
        with deal.vault.store.transaction() as tx:
            moments.put_due(tx, name, wanted, deal.clock)
        rows = deal.rows("disclosures.all")
        return sum(row["not_before"] is None for row in rows)

    assert let_go(1, "nobody") == 0
    assert let_go(3) == 0
    deal.clock.advance(moments.TOGETHER_WAIT - datetime.timedelta(seconds=1))
    assert let_go(3) == 0
    deal.clock.advance(datetime.timedelta(seconds=1))
    assert let_go(3) == 2
    assert datetime.timedelta(days=7) == moments.TOGETHER_WAIT
    put_log(composed(deal, watched("Tide"), agreement=own), deal.vault.store, deal.clock, Drawn(b"\0"))  # fmt: skip  # noqa: E501 - one line
    assert let_go(2) == 2
    assert let_go(1) == 3
