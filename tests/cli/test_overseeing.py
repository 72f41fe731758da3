"""The commands about what organisations sign of themselves, as a person calls them."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.liar import Liar
from tests.harness.sides import PASSPHRASE, Served, bring, connected, new_vault, share

from firsthand import cli
from firsthand.protocol import wire
from firsthand.protocol.merkle import leaf_hash

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(tmp_path: Path) -> Any:  # noqa: ANN401 - an organisation and what it lies about
    liar = Liar()
    served = Served(tmp_path / "Reel", wrap=liar)
    yield served, liar
    served.stop()


@pytest.fixture
def run(
    told: tuple[Served, Liar],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command of a vault that has given something to Reel."""
    with new_vault(tmp_path / "mine") as vault:
        bring(vault, ["Harbour", "Fog"])
        share(vault, connected(vault, told[0]))
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("FIRSTHAND_VAULT", str(tmp_path / "mine"))

    def command(*words: str) -> tuple[int, str, str]:
        code = cli.main(["vault", *words])
        out = capsys.readouterr()
        return code, out.out, out.err

    return command


def test_what_was_seen_is_listed_compared_and_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run("checkpoints", "reel")
    assert code == 0
    assert "yes" in out
    code, out, _ = run("checkpoints", "Reel", "--json", "--publish", "yes")
    assert json.loads(out)["published"] is True
    assert json.loads((tmp_path / "mine" / "seen.json").read_text())
    (tmp_path / "seen").write_text(out)
    assert run("compare", "reel", str(tmp_path / "seen"))[0] == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(out.encode())))
    code, out, _ = run("compare", "reel", "-", "--json")
    assert json.loads(out)["verdict"] == "same"
    assert run("compare", "reel", str(tmp_path / "nothing"))[0] == 2
    assert run("checkpoints", "reel", "--publish", "no")[0] == 0
    assert not (tmp_path / "mine" / "seen.json").exists()


def test_what_does_not_fit_ends_with_1_until_it_is_decided(
    run: Run, told: tuple[Served, Liar], tmp_path: Path
) -> None:
    served, liar = told
    organisation = served.hub.organisation
    forged = organisation.checkpoint(1, leaf_hash(b"another"))
    (tmp_path / "theirs").write_text(forged)
    code, _, err = run("compare", "reel", str(tmp_path / "theirs"))
    assert code == 1
    assert "Two different logs" in err
    code, out, err = run("checkpoints", "reel", "--json")
    assert code == 1
    assert "until you decide" in err
    assert json.loads(out)["conflicts"][0]["kind"] == "compared"
    assert run("share", "reel", "--role", "profile")[0] == 1
    assert run("checkpoints", "reel", "--go-on")[0] == 0
    liar.about(wire.PATH_LOG, lambda said: said.but({"checkpoint": forged}))
    code, _, err = run("checkpoints", "reel")
    assert code == 1
    assert "two different logs" in err
    code, out, err = run("log", "--verify")
    assert code == 1
    assert "only grew" not in out
    assert "another log than it showed you" in err
    assert "checkpoints reel" in run("inbox")[2]


def test_who_looked(run: Run, told: tuple[Served, Liar]) -> None:
    served, _ = told
    served.settle()
    customer: Any = served.people()[0]
    assert served.things_of(customer["relationship"])
    code, out, err = run("looked", "reel")
    assert (code, err) == (0, "")
    assert "personalisati" in out
    served.stop()
    code, out, err = run("looked", "reel", "--json")
    assert code == 0
    assert json.loads(out)["looks"]
    assert "cannot be reached" in err
    served.start()
    assert run("looked", "nobody")[0] == 1
