"""The commands that change a deal, each in words and as JSON, with its exit code."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.harness.sides import Served

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def reel(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "organisation")
    yield served
    served.stop()


def test_a_deal_rests_changes_and_lasts_longer(run: Run, reel: Served) -> None:
    run("vault", "init")
    assert run("vault", "connect", reel.url)[0] == 0
    code, out, _ = run("vault", "pause", "reel")
    assert (code, out.strip()) == (0, "Your deal with Reel rests.")
    code, out, _ = run("vault", "resume", "Reel", "--json")
    assert (code, json.loads(out)["state"]) == (0, "accepted")
    code, out, _ = run("vault", "renew", "reel", "--until", "2030-01-31")
    assert code == 0
    assert "Reel accepted." in out
    code, out, _ = run("vault", "change", "reel", "--precision", "month", "--preview")
    assert code == 0
    assert [line.split() for line in out.splitlines() if "precision" in line] == [
        ["precision", "week", "month", "less"]
    ]
    code, out, _ = run(
        "vault", "change", "reel", "--terms", "SD-BASE", "--fields", "WatchAction=name", "--json"
    )
    assert (code, json.loads(out)["decision"]) == (0, "accepted")
    reel.act("policy", counter="SD-BASE-DP")
    code, _, err = run("vault", "change", "reel", "--terms", "PDC-AI")
    assert code == 1
    assert "firsthand vault change reel --terms SD-BASE-DP" in " ".join(err.split())
    for wrong in (["renew", "reel", "--until", "soon"], ["change", "reel", "--fields", "name"]):
        assert run("vault", *wrong)[0] == 2
    reel.stop()
    code, out, _ = run("vault", "pause", "reel")
    assert code == 0
    assert "could not be told yet" in " ".join(out.split())
