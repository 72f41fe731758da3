"""`firsthand verify`: 0 where all holds, 1 where something fails, 2 where it was called wrongly."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.protocol import paper

from firsthand.protocol.exported_log import write_log
from firsthand.protocol.keylog import sign_first

Run = Callable[..., tuple[int, str, str]]
WHOLE = paper.part()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.json"
    path.write_bytes(write_log([WHOLE]))
    return path


def keys_in(folder: Path, content: object) -> str:
    path = folder / "keys.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_what_holds_is_said_so(run: Run, log: Path, tmp_path: Path) -> None:
    code, out, err = run("verify", str(log))
    assert (code, err) == (0, "")
    assert "It holds" in out
    named = WHOLE.organisation
    kept = len(WHOLE.agreements), len(WHOLE.disclosures)
    assert out.startswith(f"Of {named.name} ({named.url}): {kept[0]} deal")
    assert f", {kept[1]} deliver" in out
    keys = keys_in(tmp_path, {"keys": paper.KEY_LOG})
    assert run("verify", str(log), "--keys", keys)[0] == 0
    code, out, _ = run("verify", str(log), "--json")
    assert code == 0
    assert json.loads(out)["holds"] is True
    assert json.loads(out)["of"] == [
        {
            "organisation": named.name, "url": named.url,
            "agreements": kept[0], "entries": kept[1],
        }
    ]  # fmt: skip
    assert set(json.loads(out)["findings"][0]) == {"ok", "what", "where", "why", "shown"}


def test_each_failure_is_one_line_that_says_where_and_why(run: Run, log: Path) -> None:
    gone = msgspec.structs.replace(WHOLE, disclosures=WHOLE.disclosures[1:])
    log.write_bytes(write_log([gone]))
    code, out, err = run("verify", str(log))
    assert code == 1
    assert "It does not hold" in out
    assert "firsthand: row (Reel, entry 20): Its number is 2, after 0" in err
    assert all(line.startswith("firsthand: ") for line in err.splitlines())
    assert "Traceback" not in err


def test_other_keys_fail(run: Run, log: Path, tmp_path: Path) -> None:
    stranger = sign_first(paper.STRANGER, log_key=paper.LOG_KEY, at=1)
    code, _, err = run("verify", str(log), "--keys", keys_in(tmp_path, {"keys": [stranger]}))
    assert code == 1
    assert "does not name" in err


@pytest.mark.parametrize("content", [{"keys": []}, {"keys": ["a.b.c"]}, [], 7, {"keys": 7}])
def test_keys_that_are_none_are_wrong_usage(
    run: Run, log: Path, tmp_path: Path, content: object
) -> None:
    code, _, err = run("verify", str(log), "--keys", keys_in(tmp_path, content))
    assert code == 2
    assert "no log of keys" in err


def test_a_file_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run("verify", str(tmp_path / "none.json"))[0] == 2
    assert run("verify", str(tmp_path))[0] == 2
    assert run("verify")[0] == 2


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"[" * 9_000])
def test_what_is_no_log_does_not_hold(run: Run, log: Path, body: bytes) -> None:
    log.write_bytes(body)
    code, _, err = run("verify", str(log))
    assert code == 1
    assert "no exported log" in err
