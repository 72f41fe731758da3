"""`firsthand hub rotate-key` and `firsthand hub rights ...`."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.cli.conftest import Run
from tests.hub.conftest import Person, Served, new_id

from firsthand.hub.acts.console import Console
from firsthand.hub.terms.organisation import load
from firsthand.protocol import wire
from firsthand.protocol.rights import Request

SAID = "My name is Inês, not Ines."


@pytest.fixture
def reel(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIRSTHAND_HUB", str(tmp_path / "reel"))
    assert run("hub", "init", "--name", "Reel", "--url", "http://127.0.0.1:8704")[0] == 0
    return tmp_path / "reel"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    made = Served(tmp_path / "served", "Reel")
    monkeypatch.setenv("FIRSTHAND_HUB", str(made.folder))
    console = Console(made.hub)
    yield made
    console.close()
    made.http.close()
    made.stop()


def asked(served: Served, right: str = "rectification") -> Person:
    person = Person(served)
    person.agree()
    request = Request(right=right, regime="gdpr", jti=new_id(), at=served.hub.now_s(), details=SAID)
    answer = person.post(wire.PATH_RIGHTS, msgspec.json.encode(request), wire.TYPE_JSON)
    assert answer.status_code == 200, answer.text
    return person


def test_a_key_is_changed_and_the_folder_knows(run: Run, reel: Path) -> None:
    before = load(reel)
    code, out, err = run("hub", "rotate-key", "--json")
    made = json.loads(out)
    assert (code, err) == (0, "")
    assert set(made) == {"subject", "key", "before", "log_key", "changes"}
    assert load(reel).key_log.extends(before.key_log)
    code, out, _ = run("hub", "rotate-key")
    assert code == 0
    assert made["key"] in out, "as the one before"
    assert "delete those too" in " ".join(out.split())


def test_requests_are_listed_shown_and_decided_in_a_hub_that_serves(
    run: Run, served: Served
) -> None:
    asked(served)
    code, out, _ = run("hub", "rights", "list", "--json")
    (one,) = json.loads(out)["rights"]
    assert (code, one["status"], one["right"]) == (0, "open", "rectification")
    assert one["id"][:8] in run("hub", "rights", "list")[1]
    assert SAID in run("hub", "rights", "show", one["id"][:4])[1]
    code, out, _ = run("hub", "rights", "extend", one["id"], "--why", "It takes long.", "--json")
    assert (code, json.loads(out)["extended"]) == (0, True)
    code, out, _ = run("hub", "rights", "fulfil", one["id"], "--why", "Put right.", "--json")
    assert (code, json.loads(out)["status"]) == (0, "fulfilled")
    code, _, err = run("hub", "rights", "deny", one["id"], "--reason", "no_match")
    assert code == 1
    assert "fulfilled already" in err


def test_what_cannot_be_is_refused_in_words(run: Run, reel: Path) -> None:
    assert reel.is_dir()
    assert run("hub", "rights", "list")[0] == 0
    for words in (("show", "abc"), ("fulfil", "abc"), ("deny", "abc", "--reason", "other"),
                  ("extend", "abc", "--why", "x")):  # fmt: skip
        code, out, err = run("hub", "rights", *words)
        assert (code, out) == (1, "")
        assert "No request has an id" in err
