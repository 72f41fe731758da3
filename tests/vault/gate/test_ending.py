"""An ending is on the disk before it leaves, is sent while all is locked, and is kept once."""

import base64
import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.harness.sides import Served, bring, connected, new_vault, open_again, share

from firsthand import app
from firsthand.foundation.settings import Settings
from firsthand.vault.acts import ending
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Courier
from firsthand.vault.terms import spool
from firsthand.vault.terms.relationships import find

ROOT = Path(__file__).parents[3]
KILLED = Path(__file__).with_name("killed_ending.py")


@pytest.fixture
def courier() -> Iterator[Courier]:
    made = app.courier(Settings(), commands=True)
    yield made
    made.close()


@contextlib.contextmanager
def away(reel: Served) -> Iterator[None]:
    """Nobody answers there for a while."""
    reel.stop()
    try:
        yield
    finally:
        reel.start()


@pytest.fixture
def given(reel: Served, mine: Vault) -> str:
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog"])
    share(mine, name)
    return name


def known_there(reel: Served) -> int:
    """How many people they have a deal with, or hold something of."""
    return len(reel.people())


def test_a_spooled_ending_says_only_what_is_sent(reel: Served, mine: Vault, given: str) -> None:
    with away(reel):
        told = ending.revoke(mine, given, erase=True)
    assert not told["confirmed"]
    (file,) = spool.files(mine.folder)
    assert stat.S_IMODE(file.place.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.place.parent.stat().st_mode) == 0o700
    held = json.loads(file.place.read_bytes())
    assert set(held) == {"url", "path", "body", "headers", "literal", "status", "answer"}
    assert set(json.loads(held["body"])) == {"agreement", "jti", "at"}
    words = file.place.read_text()
    assert "Harbour" not in words
    assert base64.b64encode(b"Harbour").decode().rstrip("=") not in words


@pytest.mark.parametrize("erase", [False, True])
def test_it_is_sent_while_the_vault_is_locked_and_taken_in_when_it_is_opened(
    reel: Served, mine: Vault, given: str, courier: Courier, *, erase: bool
) -> None:
    with away(reel):
        ending.revoke(mine, given, erase=erase)
        mine.close()
        (place,) = ending.unconfirmed(mine.folder)
        assert not courier.carry(place), "nobody is there"
        assert ending.unconfirmed(mine.folder) == [place]
    assert courier.carry(place)
    assert ending.unconfirmed(mine.folder) == []
    assert place.exists(), "only the vault can say that the answer holds"
    assert courier.carry(place), "a second time asks nobody"
    with open_again(mine.folder) as vault:
        assert spool.files(vault.folder) == []
        (end,) = vault.store.rows("endings.of_relationship", relationship=given)
        assert (end["state"], end["receipt"] is not None) == ("confirmed", True)
        assert find(vault.store, given).state == ("erased" if erase else "ended")
        assert ending.revoke(vault, given, erase=erase)["confirmed"], "twice changes nothing"
        assert len(vault.store.rows("endings.of_relationship", relationship=given)) == 1
        assert spool.files(vault.folder) == []


def test_an_answer_that_was_forged_confirms_nothing(
    reel: Served, mine: Vault, given: str, courier: Courier
) -> None:
    with away(reel):
        ending.revoke(mine, given)
    mine.close()
    (place,) = ending.unconfirmed(mine.folder)
    spooled = spool.read(place)
    assert spooled is not None
    forged = msgspec.structs.replace(spooled, status=200, answer='{"receipt":"a.b.c"}')
    spool.put(place, forged, "forged")
    with open_again(mine.folder) as vault:
        (end,) = vault.store.rows("endings.of_relationship", relationship=given)
        assert end["state"] == "waiting"
        assert ending.unconfirmed(vault.folder) == [place], "it is asked again"
        warned = vault.store.rows("relationships.warnings", relationship=given)
        assert "A confirmation of Reel" in warned[0]["what"]
    assert courier.carry(place)


@pytest.mark.parametrize("change", ["body", "headers", "rubbish", "agreement"])
def test_who_has_the_disk_cannot_end_a_deal(mine: Vault, reel: Served, change: str) -> None:
    name = connected(mine, reel)
    agreement = find(mine.store, name).agreement
    assert agreement is not None
    body = json.dumps({"agreement": agreement, "jti": "x", "at": 1700000000})
    place = spool.place_of(mine.folder, agreement, "revocation")
    spooled = spool.Spooled(url=reel.url, path=spool.PATHS["revocation"], body=body, headers={})
    if change == "headers":
        spooled = msgspec.structs.replace(spooled, headers={"signature": "sig=:AAAA:"})
    if change == "agreement":
        spooled = msgspec.structs.replace(spooled, body=body.replace(agreement, "0" * 64))
    spool.put(place, spooled, "new")
    if change == "rubbish":
        place.write_bytes(b"{")
    mine.gate.settle()
    assert find(mine.store, name).state == "active"
    assert spool.files(mine.folder) == []


def test_an_ending_of_an_older_vault_is_put_into_the_spool(
    reel: Served, mine: Vault, given: str
) -> None:
    with away(reel):
        ending.revoke(mine, given)
    for file in spool.files(mine.folder):
        file.place.unlink()
    mine.gate.settle()
    (place,) = ending.unconfirmed(mine.folder)
    agreement = str(find(mine.store, given).agreement)
    assert place == spool.place_of(mine.folder, agreement, "revocation")


STEPS = ("spool.put", "endings.add", "line.post", "endings.confirm", "spool.drop")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_between_any_two_steps_it_is_neither_lost_nor_doubled(
    reel: Served, tmp_path: Path, step: str, when: str, courier: Courier
) -> None:
    """Once the click was on the disk it arrives; what was not yet there can be clicked again."""
    folder = tmp_path / "killed"
    with new_vault(folder) as vault:
        name = connected(vault, reel)
        bring(vault, ["Harbour"])
        share(vault, name)
    before = known_there(reel)
    killed = subprocess.run(
        [sys.executable, str(KILLED), str(folder), step, when],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    clicked = (step, when) != ("spool.put", "before")
    for place in ending.unconfirmed(folder):
        assert courier.carry(place)
    assert known_there(reel) == before - clicked
    with open_again(folder) as vault:
        ends = vault.store.rows("endings.of_relationship", relationship=name)
        assert [end["state"] for end in ends] == ["confirmed"] * clicked
        assert find(vault.store, name).state == ("erased" if clicked else "active")
        assert ending.revoke(vault, name, erase=True)["confirmed"]
        assert len(vault.store.rows("endings.of_relationship", relationship=name)) == 1
        assert spool.files(folder) == []
    assert known_there(reel) == before - 1
