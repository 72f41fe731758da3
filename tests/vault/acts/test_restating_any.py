"""Whatever was said, and whenever a backup was made: once it is said again, nothing is lost."""

import contextlib
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.harness.sides import Served, back_up, bring, connected, new_vault, put_back, share

from firsthand.foundation.clock import SetClock
from firsthand.hub import corrected
from firsthand.hub.acts import requests
from firsthand.hub.terms import agreements, rights
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import PURPOSES
from firsthand.vault.acts import changing, ending, keeping, receiving, rectifying
from firsthand.vault.acts import rights as asking
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate.resting import Resting

SAID = ("pause", "resume", "restriction", "objection", "lift", "put right", "coarser", "finer")
ENDS = ("", "end", "erase")
SETTINGS = settings(
    max_examples=3, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def say(vault: Vault, what: str) -> None:
    """One thing that a person can say, if there is something to say it of."""
    if what in {"restriction", "objection"}:
        asking.ask(vault, "reel", what, details="offers" if what == "objection" else "")
    elif what == "lift":
        for one in asking.listed(vault):
            if one["can_take_back"]:
                asking.take_back(vault, str(one["id"]))
    elif what == "put right":
        right = {"name": f"Moon {len(asking.listed(vault))}"}
        rectifying.ask(vault, "reel", str(keeping.things(vault)[0]["id"]), right)
    elif what in {"coarser", "finer"}:
        wanted = changing.Wanted(precision="month" if what == "coarser" else "day")
        with contextlib.suppress(Refused):  # where it is so already
            changing.change(vault, "reel", wanted)
    elif what in {"end", "erase"}:
        ending.revoke(vault, "reel", erase=what == "erase")
    elif what:
        getattr(changing, what)(vault, "reel")


def state(served: Served) -> list[tuple[object, ...]]:
    """All that what was said comes to: each person's deals, and what is held back of whom."""
    now, found = served.hub.now_s(), list[tuple[object, ...]]()
    for person in served.people():
        name = str(person["relationship"])
        with served.hub.snapshot() as reader:
            held = [(one.state(now), one.precision) for one in agreements.held(reader, name)]
            deals = [one for one in held if one[0] in {"accepted", "paused"}]
            right = sorted(str(fields) for fields in corrected.of(reader, name).values())
            back = [one for one in PURPOSES if rights.held_back(reader, name, one) is not None]
        found.append((name, person["state"], deals, right, back))
    return found


def decide(served: Served) -> None:
    """Staff do what waits for them, in an order that nobody promises."""
    waiting: Any = requests.listed(served.hub)["rights"]
    for one in waiting[::-1]:
        if one["status"] == "open":
            requests.fulfil(served.hub, reference=one["id"])


def lived(
    before: Sequence[str], after: Sequence[str]
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What held before a backup was put back, and what holds once it is said again."""
    clock = SetClock(datetime.now(UTC))
    with tempfile.TemporaryDirectory() as place:
        served = Served(Path(place) / "reel", clock=clock)
        with new_vault(Path(place) / "mine", clock) as vault:
            name = connected(vault, served)
            bring(vault, ["Harbour"])
            share(vault, name)
            served.settle()
            receiving.refresh(vault)
            for what in before:
                clock.advance(timedelta(minutes=7))
                say(vault, what)
                decide(served)
            back_up(served, Path(place))
            for what in after:
                clock.advance(timedelta(minutes=7))
                say(vault, what)
                decide(served)
            held = state(served)
            put_back(served, Path(place))
            clock.advance(timedelta(days=8))
            receiving.refresh(vault)
            decide(served)
            again = state(served)
        served.stop()
        return held, again


LIVES = given(
    before=st.lists(st.sampled_from(SAID), max_size=2),
    after=st.lists(st.sampled_from(SAID), min_size=1, max_size=3),
    end=st.sampled_from(ENDS),
)


@SETTINGS
@LIVES
def test_nothing_that_was_said_is_lost(before: list[str], after: list[str], end: str) -> None:
    held, again = lived(before, [*after, end])
    assert again == held


@pytest.mark.soak
@settings(SETTINGS, max_examples=300, derandomize=False)
@LIVES
def test_nothing_that_was_said_is_lost_in_many_lives(
    before: list[str], after: list[str], end: str
) -> None:
    held, again = lived(before, [*after, end])
    assert again == held


def test_a_pause_that_is_not_said_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Resting, "remind", lambda *_: [])
    held, again = lived([], ["pause"])
    assert again != held


def test_what_was_put_right_last_holds_whoever_does_it_again_first() -> None:
    held, again = lived([], ["put right", "coarser", "put right", "put right"])
    assert again == held


def test_a_deal_can_be_made_coarser_at_once_where_they_know_an_older_one(
    tmp_path: Path, serve: Callable[..., Served]
) -> None:
    clock = SetClock(datetime.now(UTC))
    served = serve(clock=clock)
    with new_vault(tmp_path / "mine", clock) as vault:
        name = connected(vault, served)
        back_up(served, tmp_path)
        say(vault, "finer")
        put_back(served, tmp_path)
        clock.advance(timedelta(minutes=7))
        done = changing.change(vault, name, changing.Wanted(precision="month"))
        assert done["decision"] == "accepted"
        assert [one[2] for one in state(served)] == [[("accepted", "month")]]
        (warning,) = vault.store.rows("relationships.warnings", relationship=name)
        assert "had put back, out of a backup, your deal" in warning["what"]
