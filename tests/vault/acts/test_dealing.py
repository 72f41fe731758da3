"""Connect, choose, share, end: what each act gives back, and what each refuses in words."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, share

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, ending, giving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Offline
from firsthand.vault.terms.relationships import find


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
    done = connecting.connect(mine, invitation(reel, account), tie=tie)
    assert done["account"] == (account if tie else None)
    accounts = {one["account"] for one in reel.people()}
    assert (account in accounts) is tie


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
