"""`firsthand hub rotate-key` and `firsthand hub rights ...`."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlcipher3 import dbapi2
from tests.cli.conftest import Run
from tests.hub.conftest import Person, Served, new_id

from firsthand.cli.dealing import stated
from firsthand.foundation.keys import new_signing_key
from firsthand.hub.acts.console import Console
from firsthand.hub.terms.organisation import load
from firsthand.protocol import wire
from firsthand.protocol.jws import sign_jws
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


def test_an_objection_in_words_says_what_is_to_be_done(run: Run, served: Served) -> None:
    asked(served, "objection")
    (one,) = json.loads(run("hub", "rights", "list", "--json")[1])["rights"]
    shown = " ".join(run("hub", "rights", "show", one["id"])[1].split())
    assert "deal allows service, support, personalisation, offers to do read the words" in shown
    assert run("hub", "rights", "fulfil", one["id"])[0] == 1
    code, out, _ = run("hub", "rights", "fulfil", one["id"], "--purpose", "offers")
    assert (code, "stops offers" in " ".join(out.split())) == (0, True)
    code, _, err = run("hub", "rights", "fulfil", one["id"], "--purpose", "all")
    assert (code, "fulfilled already" in err) == (1, True)


def test_a_check_ends_with_one_where_something_was_changed(run: Run, served: Served) -> None:
    person = Person(served)
    person.agree()
    person.give("Dark")
    served.settle()
    assert run("hub", "check") == (0, "Everything that people gave is as it came.\n", "")
    (file,) = served.folder.glob("*.db")
    with dbapi2.connect(str(file)) as opened:
        opened.execute("UPDATE batches SET purpose = 'training'")
    code, out, _ = run("hub", "check")
    assert (code, "Places in the log: 0." in out, "what staff are shown" in out) == (1, True, True)
    found = json.loads(run("hub", "check", "--json")[1])
    assert (found["holds"], found["log_holds"], found["changed"]) == (False, True, [0])


@pytest.mark.parametrize(
    ("type_", "data", "said"),
    [
        (wire.TYPE_RIGHT_CHANGED, {"status": {"request": "abcdefghij", "status": "denied"}},
         "How your request abcdefgh stands: denied."),
        (wire.TYPE_AGREEMENT_CHANGED, {"receipt": {"state": "paused"}}, "deal stands: paused"),
        (wire.TYPE_AGREEMENT_CHANGED, {"erasure": "x"}, "They erased"),
        (wire.TYPE_TAKEN_BACK, {}, "They deleted"),
        (wire.TYPE_RIGHT_CHANGED, {"status": "nothing signed"}, "did not sign it"),
        (wire.TYPE_RIGHT_CHANGED, {}, "did not sign it"),
    ],
)  # fmt: skip
def test_a_statement_among_the_messages_says_what_it_is_about(
    type_: str, data: dict[str, object], said: str
) -> None:
    key = new_signing_key()
    signed = {
        name: sign_jws(value, key=key, typ="x") if isinstance(value, dict) else value
        for name, value in data.items()
    }
    assert said in stated({"type": type_, "data": signed})
