"""An organisation that is away: what waits goes later, in order, once, or not at all."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import (
    PASSPHRASE,
    Served,
    bring,
    connected,
    inbox,
    new_vault,
    open_again,
    share,
)

from firsthand.vault.acts import ending, logging
from firsthand.vault.acts.opened import Vault
from firsthand.vault.store import UnableToKeep


def states(vault: Vault) -> list[str]:
    """The state of every disclosure, the oldest first."""
    found: Any = logging.log(vault)["disclosures"]
    return [entry["state"] for entry in reversed(found)]


def test_what_waits_goes_later_in_order_and_once(served: Served, vault: Vault) -> None:
    name = connected(vault, served)
    bring(vault, ["Harbour"])
    assert share(vault, name)["state"] == "given"
    served.stop()
    for title in ("Fog", "Sun", "Moon"):
        bring(vault, [title])
        told = share(vault, name)
        assert told["state"] == "waiting"
        assert "cannot be reached" in told["reason"]
    assert states(vault) == ["given", "waiting", "waiting", "waiting"]
    assert inbox(vault)["problems"].keys() == {name}
    served.start()
    assert inbox(vault)["problems"] == {}
    inbox(vault)
    assert states(vault) == ["given"] * 4
    assert [one.events for one in served.envelopes()] == [1, 2, 3, 4]
    person = served.people()[0]["relationship"]
    served.settle()
    shown = sorted(thing["name"] for thing in served.things_of(person))
    assert shown == ["Fog", "Harbour", "Moon", "Sun"]
    assert logging.log(vault, verify=True)["problems"] == 0


def test_what_waits_survives_a_restart_of_the_vault(
    served: Served, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    folder = tmp_path / "theirs"
    with new_vault(folder) as vault:
        name = connected(vault, served)
        served.stop()
        bring(vault, ["Harbour", "Fog"])
        assert share(vault, name)["state"] == "waiting"
    with open_again(folder) as vault:
        assert states(vault) == ["waiting"]
        assert share(vault, name)["state"] == "waiting"
    served.start()
    vault = closing.enter_context(open_again(folder))
    inbox(vault)
    assert states(vault) == ["given", "given"]
    assert [one.events for one in served.envelopes()] == [2, 2]
    served.settle()
    assert len(served.projected()) == 2


@pytest.mark.parametrize("erase", [False, True])
def test_ending_overtakes_what_waits(served: Served, vault: Vault, *, erase: bool) -> None:
    name = connected(vault, served)
    bring(vault, ["Harbour"])
    share(vault, name)
    served.stop()
    bring(vault, ["Fog"])
    share(vault, name)
    share(vault, name)
    told = ending.revoke(vault, name, erase=erase)
    assert (told["state"], told["confirmed"]) == ("ended", False)
    assert states(vault) == ["given", "withdrawn", "withdrawn"]
    served.start()
    inbox(vault)
    held: Any = logging.log(vault, verify=True)
    assert held["problems"] == 0
    assert [end["state"] for end in held["endings"]] == ["confirmed"]
    if erase:
        assert states(vault) == ["erased", "withdrawn", "withdrawn"]
        assert served.envelopes() == []
        assert served.people() == []
    else:
        assert states(vault) == ["given", "withdrawn", "withdrawn"]
        assert [one.events for one in served.envelopes()] == [1]
        assert served.people()[0]["state"] == "ended"


def test_ending_twice_while_away_and_erasing_after_revoking(served: Served, vault: Vault) -> None:
    name = connected(vault, served)
    bring(vault, ["Harbour"])
    share(vault, name)
    served.stop()
    ending.revoke(vault, name)
    ending.revoke(vault, name)
    ending.revoke(vault, name, erase=True)
    served.start()
    inbox(vault)
    held: Any = logging.log(vault, name, verify=True)
    assert held["problems"] == 0
    assert {(end["kind"], end["state"]) for end in held["endings"]} == {
        ("revocation", "confirmed"),
        ("erasure", "confirmed"),
    }
    assert served.people() == []


def test_one_that_is_away_does_not_hold_up_the_others(
    serve: Callable[..., Served], vault: Vault
) -> None:
    away, here = serve("Reel"), serve("Bank")
    names = [connected(vault, away), connected(vault, here)]
    bring(vault, ["Harbour"])
    away.stop()
    assert share(vault, names[0])["state"] == "waiting"
    assert share(vault, names[1])["state"] == "given"
    here.settle()
    found = inbox(vault)
    assert found["problems"].keys() == {names[0]}
    assert [message["relationship"] for message in found["messages"]] == [names[1]]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB, where this user may mount one."""
    place = tmp_path / "small"
    place.mkdir()
    how = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if (
        shutil.which("mount") is None
        or subprocess.run(how, capture_output=True, check=False).returncode
    ):
        pytest.skip("no small file system can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def share_until_full(vault: Vault, name: str) -> None:
    for _ in range(200):
        share(vault, name)


def test_a_full_disk_gives_words_and_nothing_leaves(served: Served, small_disk: Path) -> None:
    with new_vault(small_disk / "mine") as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        assert share(vault, name)["state"] == "given"
        filler = small_disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as stream:
            while stream.write(b"x" * 4096):
                pass
        with pytest.raises(UnableToKeep, match="has no room left on its disk"):
            share_until_full(vault, name)
        filler.unlink()
        assert inbox(vault)["problems"] == {}
        given = states(vault)
        assert set(given) == {"given"}
        assert len(served.envelopes()) == len(given)
        assert logging.log(vault, verify=True)["problems"] == 0


def test_a_folder_that_may_not_be_written_gives_words(served: Served, small_disk: Path) -> None:
    folder = small_disk / "mine"
    with new_vault(folder) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        share(vault, name)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    code = "import sys; from firsthand import cli; sys.exit(cli.main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "vault", "share", name, "--role", "profile", "--vault",
         str(folder)],
        capture_output=True, text=True, check=False, env={"FIRSTHAND_PASSPHRASE": PASSPHRASE},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert "permissions" in done.stderr
    assert len(served.envelopes()) == 1
