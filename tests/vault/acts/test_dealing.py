"""Connect, choose, share, end: what each act gives back, and what each refuses in words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, ending, giving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Gate, Offline
from firsthand.vault.terms.relationships import find, signer_of


def invitation(served: Served, account: str) -> str:
    return str(served.act("invite", accounts=[account])["invites"][0]["link"])


def test_an_approach_says_who_and_leaves_nothing(reel: Served, mine: Vault) -> None:
    link = invitation(reel, "A-1042")
    before = len(reel.people())
    told = connecting.approach(mine, link).summary()
    assert (told["organisation"], told["account"]) == ("Reel", "A-1042")
    assert told["connected_as"] is None
    assert "WatchAction" in str(told["asks"])
    assert connecting.relationships(mine) == []
    assert len(reel.people()) == before


@pytest.mark.parametrize("tie", [True, False])
def test_an_account_is_tied_by_the_persons_will(reel: Served, mine: Vault, *, tie: bool) -> None:
    account = f"A-{tie}"
    link = invitation(reel, account)
    done = connecting.connect(mine, link, tie=tie)
    assert done["account"] == (account if tie else None)
    accounts = {one["account"] for one in reel.people()}
    assert (account in accounts) is tie
    if not tie:  # nobody came by it: its token would have said who did
        assert connecting.approach(mine, link).account == account


@pytest.mark.parametrize("said", [{}, {"account": None}, {"account": 7}])
def test_nobody_is_tied_to_an_account_that_they_were_not_shown(
    reel: Served, mine: Vault, monkeypatch: pytest.MonkeyPatch, said: dict[str, object]
) -> None:
    account = f"A-{len(said)}-{said.get('account')}"
    link = invitation(reel, account)
    monkeypatch.setattr(mine.gate, "invitation", lambda _url, _token: said)
    assert connecting.approach(mine, link).account is None
    assert connecting.connect(mine, link)["account"] is None
    assert account not in {one["account"] for one in reel.people()}


def test_an_invitation_is_for_one_use(reel: Served, mine: Vault, serve: object) -> None:
    assert callable(serve)
    link = invitation(reel, "A-once")
    connecting.connect(mine, link)
    ending.revoke(mine, "reel")
    with pytest.raises(Refused) as caught:
        connecting.connect(mine, link)
    assert caught.value.refusal.reason == "invite_unknown"


def test_a_no_is_kept_on_both_sides_and_can_become_a_yes(reel: Served, mine: Vault) -> None:
    link = invitation(reel, "A-no")
    no = connecting.connect(mine, link, terms="PDC-AI")
    assert (no["decision"], no["account"]) != ("accepted", None)
    assert no["reason"] or no["counter"]
    assert [each["state"] for each in connecting.relationships(mine)] == ["refused"]
    with pytest.raises(Refused, match="Nothing that you have"):
        share(mine, "reel")
    with pytest.raises(Refused, match="nothing to end"):
        ending.revoke(mine, "reel")
    yes = connecting.connect(mine, link)
    assert (yes["name"], yes["decision"], yes["account"]) == ("reel", "accepted", "A-no")
    assert [each["state"] for each in connecting.relationships(mine)] == ["active"]
    assert len(mine.store.rows("agreements.of_relationship", relationship="reel")) == 2


def test_what_cannot_be_connected(reel: Served, mine: Vault, serve: Callable[..., Served]) -> None:
    with pytest.raises(Refused, match="no terms called"):
        connecting.connect(mine, reel.url, terms="MINE")
    connected(mine, reel)
    with pytest.raises(Refused, match="connected to Reel already, as 'reel'"):
        connecting.connect(mine, reel.url + "/")
    away = serve("Away")
    away.stop()
    with pytest.raises(Offline):
        connecting.connect(mine, away.url)
    for odd in ("ftp://reel.example", "reel", "http://10.0.0.1", "", "https://user@reel.example"):
        with pytest.raises(Refused):
            connecting.connect(mine, odd)
    assert len(connecting.relationships(mine)) == 1


def test_what_cannot_be_chosen(reel: Served, mine: Vault) -> None:
    connected(mine, reel)
    for choice, words in (
        ({"role": "demand"}, "no role called demand"),
        ({}, "Nothing that you have"),
        ({"things": ("x",)}, "no thing with the id x"),
    ):
        with pytest.raises(Refused, match=words):
            share(mine, "reel", **choice)


def test_a_choice_is_narrowed(reel: Served, mine: Vault) -> None:
    connected(mine, reel)
    bring(mine, ["Harbour", "Fog", "Sun"], days=("2024-01-13", "2024-02-14", "2024-03-15"))
    every = {thing.name: thing for thing in giving.chosen_things(mine, "reel", giving.Choice())}
    assert set(every) == {"Harbour", "Fog", "Sun"}
    choices: list[tuple[dict[str, Any], set[str]]] = [
        ({"since": "2024-02-14"}, {"Fog", "Sun"}),
        ({"things": (every["Sun"].id,)}, {"Sun"}),
        ({"source": "netflix", "type": "WatchAction"}, {"Harbour", "Fog", "Sun"}),
    ]
    for choice, names in choices:
        found = giving.chosen_things(mine, "Reel", giving.Choice(**choice))
        assert {thing.name for thing in found} == names


def test_a_whole_dealing(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog"])
    told = giving.share(mine, "REEL", giving.Choice())
    assert (told["name"], told["state"], told["things"], told["left_out"]) == (name, "given", 2, {})
    assert told["reason"] is None
    reel.settle()
    assert len(inbox(mine)["messages"]) == 1
    done = ending.revoke(mine, "Reel", erase=True)
    assert (done["name"], done["state"], done["confirmed"]) == (name, "erased", True)
    with pytest.raises(Refused, match="Your deal with Reel has ended"):
        share(mine, "reel")
    assert find(mine.store, "reel").account is None


class Lost(Exception):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before it leaves", "before it is kept"])
def test_a_connecting_that_was_cut_off_goes_on(
    reel: Served, mine: Vault, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The invitation may be used up and the deal may stand there: nobody is locked out."""
    link = invitation(reel, f"A-{when}")
    known = len(reel.people())

    def lost(*_: object, **__: object) -> None:
        raise Lost

    with monkeypatch.context() as cut:
        if when == "before it leaves":
            cut.setattr(Gate, "proffer", lost)
        else:
            cut.setattr(connecting, "_keep", lost)
        with pytest.raises(Lost):
            connecting.connect(mine, link)
    assert connecting.relationships(mine) == []
    assert len(reel.people()) == known + (when == "before it is kept")
    assert connecting.approach(mine, link).summary()["account"] == f"A-{when}"
    done = connecting.connect(mine, link)
    assert (done["decision"], done["account"]) == ("accepted", f"A-{when}")
    person = signer_of(mine.store, find(mine.store, "reel")).thumbprint
    (held,) = [one for one in reel.people() if one["relationship"] == person]
    assert len(held["agreements"]) == 1
    assert held["account"] == f"A-{when}"
    bring(mine, ["Harbour"])
    assert share(mine, "reel")["state"] == "given"


def test_other_terms_are_not_mixed_up_with_what_was_cut_off(
    reel: Served, mine: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise Lost

    with monkeypatch.context() as cut:
        cut.setattr(Gate, "proffer", lost)
        with pytest.raises(Lost):
            connecting.connect(mine, reel.url)
    assert connecting.connect(mine, reel.url, terms="SD-BASE")["terms"] == "SD-BASE"
    assert connecting.relationship(mine, "reel")["terms"] == "SD-BASE"


def test_a_proposal_that_never_arrived_is_made_anew_when_it_is_too_old(
    serve: Callable[..., Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise Lost

    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    served = serve("Reel", clock=clock)
    with new_vault(tmp_path / "clocked", clock) as vault:
        with monkeypatch.context() as cut:
            cut.setattr(Gate, "proffer", lost)
            with pytest.raises(Lost):
                connecting.connect(vault, served.url)
        clock.advance(timedelta(hours=1))
        assert connecting.connect(vault, served.url)["decision"] == "accepted"
