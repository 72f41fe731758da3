"""`firsthand hub staff ...`, with and without a hub that serves the folder."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from firsthand import app
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import entering
from firsthand.hub.acts.console import Console


@pytest.fixture
def reel(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIRSTHAND_HUB", str(tmp_path / "reel"))
    assert run("hub", "init", "--name", "Reel", "--url", "http://127.0.0.1:8703")[0] == 0
    return tmp_path / "reel"


def test_an_account_is_made_listed_changed_and_removed(run: Run, reel: Path) -> None:
    code, out, err = run("hub", "staff", "add", "greta", "--json")
    made = json.loads(out)
    assert (code, err, set(made)) == (0, "", {"name", "role", "password"})
    code, out, _ = run("hub", "staff", "list", "--json")
    listed = [{"name": "greta", "role": "member"}, {"name": "owner", "role": "owner"}]
    assert (code, json.loads(out)) == (0, {"staff": listed})
    again = json.loads(run("hub", "staff", "passphrase", "greta", "--json")[1])
    hub = app.open_hub(reel, Settings())
    assert entering.login(hub, name="greta", password=made["password"]) is None
    assert entering.login(hub, name="greta", password=again["password"]) is not None
    hub.close()
    assert run("hub", "staff", "remove", "greta")[:2] == (0, "greta cannot sign in any more.\n")
    assert "greta" not in run("hub", "staff", "list")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "owner"), "already"),
        (("add", "Greta K."), "1 to 40"),
        (("remove", "nobody"), "Nobody of the staff is called 'nobody'"),
        (("passphrase", "nobody"), "Nobody of the staff is called 'nobody'"),
        (("remove", "owner"), "only owner"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    run: Run, reel: Path, words: tuple[str, ...], said: str
) -> None:
    assert reel.is_dir()
    code, out, err = run("hub", "staff", *words)
    assert (code, out) == (1, "")
    assert said in err
    assert json.loads(run("hub", "staff", "list", "--json")[1])["staff"][0]["name"] == "owner"


def test_a_serving_hub_hears_of_it_through_its_socket(run: Run, reel: Path) -> None:
    hub = app.open_hub(reel, Settings())
    console = Console(hub)
    gone: list[str] = []
    hub.watching.append(gone.append)
    try:
        assert run("hub", "staff", "add", "june", "--owner")[0] == 0
        assert run("hub", "staff", "passphrase", "june")[0] == 0
        assert run("hub", "staff", "remove", "owner")[0] == 0
        assert gone == ["june", "owner"]
        assert run("hub", "staff", "remove", "june")[0] == 1
    finally:
        console.close()
        hub.close()
