"""A vault is made, things come in and are listed; findings name the rows they stand on."""

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest

from firsthand import app
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.vault.acts import keeping, noticing
from firsthand.vault.acts.bringing import import_paths
from firsthand.vault.acts.exporting import export
from firsthand.vault.acts.looking import look, look_streams
from firsthand.vault.acts.opened import Vault
from firsthand.vault.store import UnableToCreate, UnableToUnlock

TODAY = datetime.date(2024, 8, 1)


def test_a_vault_is_made_once_and_opened_by_each_secret(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = keeping.init(folder, "passphrase", SystemChance(), SystemClock())
    assert made["vault"] == str(folder)
    for secret in ("passphrase", str(made["recovery_code"])):
        with app.open_vault(folder, secret, Settings(), commands=True) as vault:
            assert keeping.things(vault) == []
    with pytest.raises(UnableToUnlock):
        app.open_vault(folder, "wrong", Settings(), commands=True)
    with pytest.raises(UnableToCreate):
        keeping.init(folder, "passphrase", SystemChance(), SystemClock())


def test_things_are_listed_newest_first_and_narrowed(
    vault: Vault, viewed: Path, paid: Path
) -> None:
    done: Any = import_paths(vault, [viewed, paid])
    assert [file["added"] for file in done["files"]] == [2, 7]
    assert done["questions"] == []
    assert json.loads(json.dumps(done)) == done
    every = keeping.things(vault)
    times = [str(thing["time"]) for thing in every]
    assert times == sorted(times, reverse=True)
    assert set(every[0]) == {"id", "type", "name", "time", "source", "data"}
    assert len(keeping.things(vault, limit=3)) == 3
    assert len(keeping.things(vault, limit=0)) == 9
    assert [t["name"] for t in keeping.things(vault, type="WatchAction")] == [
        "Heimat",
        "Dark: Season 1: Secrets",
    ]
    assert len(keeping.things(vault, source="bank", limit=0)) == 7
    assert keeping.things(vault, source="bank", type="WatchAction") == []
    assert len(keeping.things(vault, search="spot", source="bank")) == 7
    assert keeping.things(vault, search="spot", source="netflix") == []
    assert keeping.things(vault, search="!!") == []
    one = keeping.thing(vault, str(every[0]["id"]))
    assert one is not None
    assert keeping.thing(vault, "none") is None
    counts = {(row["source"], row["type"]): row["things"] for row in keeping.counts(vault)}
    assert counts == {("bank", "PayAction"): 7, ("netflix", "WatchAction"): 2}
    assert len(keeping.imports(vault)) == 2


def test_looking_finds_what_keeping_finds_and_keeps_nothing(
    vault: Vault, viewed: Path, paid: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    seen: Any = look([viewed, paid], TODAY)
    assert sorted(tmp_path.rglob("*")) == before
    assert json.loads(json.dumps(seen))["files"] == seen["files"]
    assert seen["findings"], "seven payments of one sum in seven months stand out"
    lines = paid.read_text().splitlines()
    for finding in seen["findings"]:
        assert {"kind", "title", "detail", "facts", "chart", "rows"} <= set(finding)
        for row in finding["rows"]:
            if row["path"] == str(paid):
                assert row["time"] in lines[row["line"] - 1]
                assert (row["amount"], row["currency"]) == ("9.99", "EUR")
    import_paths(vault, [viewed, paid])
    kept: Any = noticing.findings(vault, TODAY)
    assert [each["title"] for each in kept] == [each["title"] for each in seen["findings"]]
    ids = [[row["id"] for row in each["rows"]] for each in seen["findings"]]
    assert [[row["id"] for row in each["rows"]] for each in kept] == ids
    paths = {row["path"] for each in kept for row in each["rows"]}
    assert paths <= {"viewed.csv", "paid.csv"}


def test_a_row_in_two_files_counts_once(viewed: Path) -> None:
    raw = viewed.read_bytes()
    seen: Any = look_streams([("one.csv", raw), ("two.csv", io.BytesIO(raw))], {}, TODAY)
    assert [(file["added"], file["known"]) for file in seen["files"]] == [(2, 0), (0, 2)]


def test_a_question_is_asked_before_anything_is_found() -> None:
    raw = b'Title,Date\n"Dark","1/3/24"\n"Heimat","2/3/24"\n'
    seen: Any = look_streams([("v.csv", raw), ("x.bin", b"\x00\x01")], {}, TODAY)
    assert seen["files"][0]["waiting"] == 2
    assert seen["files"][1]["error"]
    assert seen["findings"] == []
    (question,) = seen["questions"]
    answered: Any = look_streams([("v.csv", raw)], {question["id"]: question["choices"][0]}, TODAY)
    assert answered["questions"] == []
    assert answered["files"][0]["waiting"] == 0


def test_an_export_of_a_vault_is_not_looked_at(vault: Vault, tmp_path: Path) -> None:
    export(vault, tmp_path / "all.json")
    seen: Any = look([tmp_path / "all.json", tmp_path / "none.csv"], TODAY)
    assert "vault import" in seen["files"][0]["error"]
    assert seen["files"][1]["error"]
