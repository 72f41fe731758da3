"""An organisation's folder is replaced by an older copy: what it lost is had from the vaults."""

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, new_vault, share

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, ending, giving, logging
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find, signer_of


def give(vault: Vault, name: str, title: str) -> None:
    """Bring one film and give it alone."""
    before = {row["id"] for row in vault.store.rows("things.newest", limit=-1)}
    bring(vault, [title])
    new = {row["id"] for row in vault.store.rows("things.newest", limit=-1)} - before
    assert share(vault, name, things=tuple(new))["state"] == "given"


def names(served: Served, vault: Vault, name: str) -> list[str]:
    """What the organisation holds of a person."""
    served.settle()
    person = signer_of(vault.store, find(vault.store, name)).thumbprint
    return sorted(thing["name"] for thing in served.things_of(person))


@pytest.fixture
def rolled_back(
    served: Served, tmp_path: Path, closing: contextlib.ExitStack
) -> tuple[Served, Vault, str]:
    """Three films were given, one by one, and answered; they have the first alone by now."""
    vault = closing.enter_context(new_vault(tmp_path / "rolled"))
    name = connected(vault, served)
    give(vault, name, "Harbour")
    served.settle()
    inbox(vault)
    served.stop()
    shutil.copytree(served.folder, tmp_path / "backup")
    served.start()
    for title in ("Fog", "Sun"):
        give(vault, name, title)
        served.settle()
        inbox(vault)
    assert find(vault.store, name).inbox_after == 3
    served.stop()
    shutil.rmtree(served.folder)
    shutil.copytree(tmp_path / "backup", served.folder)
    served.start()
    return served, vault, name


def test_what_they_lost_is_asked_about_and_sent_again_once(
    rolled_back: tuple[Served, Vault, str],
) -> None:
    served, vault, name = rolled_back
    assert giving.lost(vault, name) is None  # nobody can know yet
    give(vault, name, "Moon")
    assert names(served, vault, name) == ["Harbour", "Moon"]
    # What stands on the rest of it is neither called true nor untrue, and it does come.
    assert inbox(vault)["problems"] == {}
    newest = inbox(vault)["messages"][0]
    assert (newest["n"], newest["verdict"]) == (4, "unverifiable")
    told: Any = connecting.relationship(vault, name)
    assert [" has lost " in each["what"] for each in told["warnings"]].count(True) == 1
    assert told["copied"] is None
    asked = giving.lost(vault, name)
    assert asked is not None
    assert asked["count"] == 3
    assert names(served, vault, name) == ["Harbour", "Moon"]  # it was only asked

    done = giving.again(vault, name)
    assert (done["state"], done["things"]) == ("given", 3)
    assert giving.lost(vault, name) is None
    assert names(served, vault, name) == ["Fog", "Harbour", "Moon", "Sun"]
    newest = inbox(vault)["messages"][0]
    assert (newest["n"], newest["verdict"]) == (5, "fits")
    looked_back = logging.log(vault, verify=True)
    assert looked_back["problems"] == 0
    assert looked_back["gone_on"] == [
        "Reel: It shows two different logs: it signed two of one length."
    ]


def test_it_can_be_sent_again_before_it_was_noticed(
    rolled_back: tuple[Served, Vault, str],
) -> None:
    served, vault, name = rolled_back
    assert giving.preview_again(vault, name)["things"]
    assert giving.again(vault, name)["state"] == "given"
    assert giving.lost(vault, name) is None
    assert names(served, vault, name) == ["Fog", "Harbour", "Sun"]


def test_what_waits_while_they_are_away_goes_again_later(
    rolled_back: tuple[Served, Vault, str],
) -> None:
    served, vault, name = rolled_back
    served.stop()
    assert giving.again(vault, name)["state"] == "waiting"
    served.start()
    inbox(vault)
    assert names(served, vault, name) == ["Fog", "Harbour", "Sun"]


@pytest.mark.parametrize("erase", [False, True], ids=["ended", "erased"])
def test_what_was_ended_is_not_sent_again(
    rolled_back: tuple[Served, Vault, str], *, erase: bool
) -> None:
    served, vault, name = rolled_back
    give(vault, name, "Moon")
    ending.revoke(vault, name, erase=erase)
    assert giving.lost(vault, name) is None
    with pytest.raises(Refused):
        giving.again(vault, name)
    # Nor under the next deal with them.
    after = connected(vault, served)
    with pytest.raises(Refused):
        giving.again(vault, after)
    served.settle()
    person = signer_of(vault.store, find(vault.store, after)).thumbprint
    assert served.things_of(person) == []
