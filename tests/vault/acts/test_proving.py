"""What a vault writes down to be checked by others holds, and shows what was done to it."""

import json
from pathlib import Path

import msgspec
import pytest
from tests.harness.sides import Served, bring, connected, share

from firsthand import cli
from firsthand.protocol.evidence import check
from firsthand.protocol.exported_log import read_log
from firsthand.vault.acts import changing, ending, looked
from firsthand.vault.acts.exporting import UnableToExport
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.proving import export_log
from firsthand.vault.terms.relationships import NoSuchRelationship


def test_a_log_of_what_was_given_and_ended_holds(
    reel: Served, mine: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(mine, ["Dark: Season 1: Secrets", "Heimat"])
    name = connected(mine, reel)
    share(mine, name)
    file = tmp_path / "log.json"
    done = export_log(mine, file)
    assert done["relationships"] == 1
    assert done["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    findings = check(file.read_bytes())
    assert [each for each in findings if not each.ok] == []
    assert {"receipt", "signature", "content"} <= {each.what for each in findings}
    ending.revoke(mine, name, erase=True)
    export_log(mine, tmp_path / "after.json", name)
    after = check((tmp_path / "after.json").read_bytes())
    assert [each for each in after if not each.ok] == []
    assert [each.what for each in after].count("confirmation") >= 1
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": list(reel.hub.organisation.key_log.tokens)}))
    assert cli.main(["verify", str(file), "--keys", str(keys)]) == 0
    assert "It holds" in capsys.readouterr().out
    file.write_bytes(file.read_bytes().replace(b"personalisation", b"improvement", 1))
    assert cli.main(["verify", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_one_connection_is_written_alone_and_nothing_is_overwritten(
    reel: Served, mine: Vault, tmp_path: Path
) -> None:
    with pytest.raises(UnableToExport, match="no connection"):
        export_log(mine, tmp_path / "none.json")
    assert not (tmp_path / "none.json").exists()
    name = connected(mine, reel)
    with pytest.raises(NoSuchRelationship):
        export_log(mine, tmp_path / "none.json", "nobody")
    export_log(mine, tmp_path / "log.json", name)
    (part,) = read_log((tmp_path / "log.json").read_bytes()).parts
    assert part.organisation.name == "Reel"
    with pytest.raises(UnableToExport, match="not touched"):
        export_log(mine, tmp_path / "log.json")


def test_only_the_seed_of_keys_is_not_in_it(reel: Served, mine: Vault, tmp_path: Path) -> None:
    connected(mine, reel)
    export_log(mine, tmp_path / "log.json")
    body = (tmp_path / "log.json").read_bytes()
    assert mine.store.seed.hex().encode() not in body
    assert msgspec.json.decode(body)["format"] == "firsthand-log"


def test_a_pause_and_who_looked_are_in_it(reel: Served, mine: Vault, tmp_path: Path) -> None:
    bring(mine, ["Heimat"])
    name = connected(mine, reel)
    share(mine, name)
    reel.settle()  # while it rests, nobody looks
    changing.pause(mine, name)
    changing.resume(mine, name)
    looked.ask(mine, name)
    export_log(mine, tmp_path / "log.json")
    body = (tmp_path / "log.json").read_bytes()
    (part,) = read_log(body).parts
    assert len(part.changes) == 2
    assert part.reads
    assert part.checkpoints[0].proof == []
    findings = check(body)
    assert [each for each in findings if not each.ok] == []
    assert {"change", "looks", "growth"} <= {each.what for each in findings}
