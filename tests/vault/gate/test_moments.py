"""What was given leaves at once, or at a moment that chance draws and the log keeps."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.sides import Served, bring, connected, new_vault, open_again, share

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SeededChance
from firsthand.protocol.agreements import Delivery
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import ending, giving, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.proposing import Way
from firsthand.vault.gate import moments
from firsthand.vault.terms.relationships import agreement_of, find, signer_of

WEEK_S = 604_800


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def vault(tmp_path: Path, clock: SetClock) -> Iterator[Vault]:
    vault = new_vault(tmp_path / "mine", clock)
    yield vault
    vault.close()


@pytest.fixture
def served(serve: Callable[..., Served], clock: SetClock) -> Served:
    return serve("Reel", clock=clock)


def states(vault: Vault) -> list[str]:
    return [row["state"] for row in reversed(vault.store.rows("disclosures.all"))]


def one(vault: Vault, title: str) -> str:
    bring(vault, [title])
    rows = vault.store.rows("things.newest", limit=50)
    return next(str(row["id"]) for row in rows if row["name"] == title)


def give_later(vault: Vault, name: str, title: str, *, later: bool = True) -> dict[str, Any]:
    choice = giving.Choice(things=(one(vault, title),))
    return giving.share(vault, name, choice, later=later)


def test_by_hand_it_leaves_at_once(served: Served, vault: Vault) -> None:
    name = connected(vault, served)
    done = give_later(vault, name, "Fog", later=False)
    assert (done["state"], done["not_before"]) == ("given", None)


def test_later_it_waits_for_its_moment_also_over_a_restart(
    served: Served, vault: Vault, clock: SetClock
) -> None:
    name = connected(vault, served)
    began = clock.now()
    done = give_later(vault, name, "Fog")
    assert done["state"] == "waiting"
    moment = datetime.fromisoformat(done["not_before"])
    assert began <= moment <= began + timedelta(seconds=WEEK_S)
    vault.close()
    again = open_again(vault.folder, clock)
    clock.advance(moment - clock.now() - timedelta(seconds=1))
    receiving.refresh(again)
    assert states(again) == ["waiting"]
    clock.advance(moment - clock.now())
    receiving.refresh(again)
    assert states(again) == ["given"]
    again.close()


def test_what_waits_lets_others_go_first_and_can_be_sent_at_once(
    served: Served, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = connected(vault, served)
    monkeypatch.setattr(type(vault.chance), "bytes", lambda _, n: b"\x80" * n)
    give_later(vault, name, "Fog")
    give_later(vault, name, "Harbour", later=False)
    assert states(vault) == ["waiting", "given"]
    told = giving.send_now(vault, name)
    assert [each["state"] for each in told["outcomes"]] == ["given"]  # type: ignore[attr-defined]
    assert states(vault) == ["given", "given"]


def test_what_waits_is_withdrawn_by_an_ending(served: Served, vault: Vault) -> None:
    name = connected(vault, served)
    give_later(vault, name, "Fog")
    ending.revoke(vault, name)
    assert states(vault) == ["withdrawn"]
    assert served.envelopes() == []


def test_a_deal_with_its_own_delivery_collects_things(
    served: Served, vault: Vault, clock: SetClock
) -> None:
    delivery = Delivery(batch_min=3, jitter_s_max=60)
    name = connected(vault, served, way=Way(delivery=delivery))
    for title in ("Fog", "Harbour"):
        assert give_later(vault, name, title, later=False)["state"] == "waiting"
    clock.advance(timedelta(seconds=61))
    receiving.refresh(vault)
    assert states(vault) == ["waiting"] * 2
    give_later(vault, name, "Tide", later=False)
    clock.advance(timedelta(seconds=61))
    receiving.refresh(vault)
    assert states(vault) == ["given"] * 3


def test_too_few_wait_a_week_and_no_longer(served: Served, vault: Vault, clock: SetClock) -> None:
    name = connected(vault, served, way=Way(delivery=Delivery(batch_min=9, jitter_s_max=0)))
    give_later(vault, name, "Fog", later=False)
    clock.advance(moments.TOGETHER_WAIT - timedelta(seconds=1))
    receiving.refresh(vault)
    assert states(vault) == ["waiting"]
    clock.advance(timedelta(seconds=1))
    receiving.refresh(vault)
    assert states(vault) == ["given"]


def test_a_way_that_no_proposal_can_name_is_refused(served: Served, vault: Vault) -> None:
    for way in (Way(precision="minute"), Way(delivery=Delivery(batch_min=0, jitter_s_max=1))):
        with pytest.raises(Refused):
            connected(vault, served, way=way)


@pytest.mark.parametrize(
    ("precision", "time"),
    [("day", "2024-01-13"), ("week", "2024-01-08"), ("month", "2024-01-01")],
)
def test_what_leaves_is_as_coarse_as_the_deal_itself(
    served: Served, vault: Vault, precision: str, time: str
) -> None:
    name = connected(vault, served, way=Way(precision=precision))
    bring(vault, ["Fog"])
    assert share(vault, name)["state"] == "given"
    person = find(vault.store, name)
    assert agreement_of(vault.store, person).precision == precision
    served.settle()
    held = served.things_of(signer_of(vault.store, person).thumbprint)
    assert [each["time"] for each in held] == [time]


def deal(within_s: int) -> Any:  # noqa: ANN401 - what of an agreement a draw looks at
    return SimpleNamespace(delivery=Delivery(batch_min=1, jitter_s_max=within_s), proffer=None)


@given(st.integers(0, 30 * 86_400), st.integers(0, 2**31))
def test_the_draw_keeps_to_the_limit(within_s: int, seed: int) -> None:
    drawn = moments.drawn_s(deal(within_s), SeededChance(seed), later=True)
    assert drawn is not None
    assert 0 <= drawn <= within_s


def test_the_draw_reaches_both_ends() -> None:
    chance = SeededChance(4)
    assert {moments.drawn_s(deal(2), chance, later=True) for _ in range(60)} == {0, 1, 2}
