"""The commands about what opens a vault, and about taking it somewhere else."""

import ctypes
import json
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

Run = Callable[..., tuple[int, str, str]]
_PR_GET_DUMPABLE = 3


@pytest.fixture
def mine(run: Run, viewed: Path) -> Run:
    """Commands about a vault with two things in it."""
    run("vault", "init")
    run("vault", "import", str(viewed))
    return run


def test_slots_are_listed_and_taken_away_but_for_the_last(mine: Run) -> None:
    told = json.loads(mine("vault", "slots", "--json")[1])
    assert [slot["kind"] for slot in told["slots"]] == ["passphrase", "recovery"]
    assert told["lock_after_minutes"] == 15
    code, out, _ = mine("vault", "slots", "--lock-after", "5")
    assert (code, "lock after 5 minutes" in out, "Recovery code" in out) == (0, True, True)
    for wrong in ("0", "61"):
        assert mine("vault", "slots", "--lock-after", wrong)[0] == 1
    assert mine("vault", "slots", "--remove", "nothing")[0] == 1
    recovery = told["slots"][1]["id"]
    assert mine("vault", "slots", "--remove", recovery)[0] == 0
    code, _, err = mine("vault", "slots", "--remove", told["slots"][0]["id"])
    assert (code, "last one that you can type" in " ".join(err.split())) == (1, True)
    assert mine("vault", "things")[0] == 0


def test_a_backup_is_restored_by_its_key_and_its_passphrase(
    mine: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"# mine\n{key}\n")
    assert mine("vault", "backup", "to-key.age", "--to", str(key.to_public()))[0] == 0
    monkeypatch.setenv("FIRSTHAND_BACKUP_PASSPHRASE", "other words for it")
    done = json.loads(mine("vault", "backup", "by-words.age", "--json")[1])
    assert done["tables"]["things"] == 2
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", "words of the new one")
    other = str(tmp_path / "other")
    words = ("vault", "restore", "to-key.age", "--vault", other, "--identity", "key.txt", "--json")
    assert json.loads(mine(*words)[1])["things"] == 2
    assert "Dark" in mine("vault", "things", "--vault", other)[1]
    code, _, err = mine("vault", "restore", "by-words.age")
    assert (code, "a vault at" in err) == (1, True), "one that is there is not touched"
    monkeypatch.setenv("FIRSTHAND_BACKUP_PASSPHRASE", "not these")
    fresh = str(tmp_path / "fresh")
    code, _, err = mine("vault", "restore", "by-words.age", "--vault", fresh)
    assert (code, "does not open" in " ".join(err.split())) == (1, True)
    assert not Path(fresh).exists()
    assert mine("vault", "restore", "x", "--vault", fresh, "--identity", "by-words.age")[0] == 2


def test_another_device_fetches_what_is_handed_over(
    mine: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told, fetched = list[str](), list[tuple[int, str, str]]()

    def hear(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            other.start()

    def fetch() -> None:
        address, code = told[0].split()[-1], told[1].split()[-1]
        assert re.fullmatch(r"([0-9A-Z]{5}-){3}[0-9A-Z]{5}", code)
        fetched.append(mine("vault", "fetch", address, "--code", code, "--vault", "other"))

    other = threading.Thread(target=fetch)
    monkeypatch.setattr("firsthand.cli.show.note", hear)
    assert mine("vault", "hand-over", "--at", "127.0.0.1")[0] == 0
    other.join()
    capsys.readouterr()
    assert fetched[0][0] == 0
    assert "Heimat" in mine("vault", "things", "--vault", str(tmp_path / "other"))[1]


@pytest.mark.parametrize("address", ["8.8.8.8:80", "nowhere", "127.0.0.1:1"])
def test_what_cannot_be_fetched_makes_no_vault(run: Run, tmp_path: Path, address: str) -> None:
    code, _, err = run("vault", "fetch", address, "--code", "00000-00000-00000-00000")
    assert (code, bool(err)) == (1, True)
    assert not (tmp_path / "mine").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this")
def test_nobody_looks_into_the_memory_of_an_open_vault(mine: Run) -> None:
    assert mine("vault", "things")[0] == 0
    assert ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0
