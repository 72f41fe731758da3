"""The commands that change a deal, each in words and as JSON, with its exit code."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.harness.sides import Served

from firsthand.hub.acts import deciding

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
    assert "is not paused by you" in run("vault", "resume", "reel")[1]
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


def test_who_has_what_its_story_and_its_record(run: Run, reel: Served, viewed: Path) -> None:
    run("vault", "init")
    assert "Nobody has anything" in run("vault", "who")[1]
    run("vault", "import", str(viewed))
    run("vault", "connect", reel.url)
    assert run("vault", "share", "reel", "--role", "profile")[0] == 0
    code, out, _ = run("vault", "who", "--json")
    assert (code, json.loads(out)["things"]) == (0, 2)
    assert "accepted" in run("vault", "who")[1]
    code, out, _ = run("vault", "story", "reel", "--json")
    assert {"agreed", "gave", "ends"} <= {each["part"] for each in json.loads(out)["events"]}
    assert "gave" not in run("vault", "story", "reel", "--part", "agreed")[1].split("\n", 1)[1]
    code, out, _ = run("vault", "record", "reel", "--receipt")
    assert json.loads(out)["@type"] == "dpv:ConsentReceipt"
    code, out, _ = run("vault", "record", "reel", "--out", "it", "--json")
    assert (code, json.loads(out)["bytes"] > 0) == (0, True)
    assert run("vault", "record", "reel", "--out", "it")[0] == 1
    assert "2 things of yours: with 1 organisation." in run("vault", "who")[1]
    deal = json.loads(run("vault", "log", "--json")[1])["disclosures"][0]["agreement"]
    deciding.pause(reel.hub, agreement=deal)
    assert json.loads(run("vault", "inbox", "--json")[1])["messages"][0]["unread"] is True
    assert ["(new)" in run("vault", "inbox")[1] for _ in range(2)] == [True, False]
    code, out, _ = run("vault", "who", "--end-all")
    assert (code, "Ended 1 deal." in out) == (0, True)
    assert "Nobody has anything of yours now." in run("vault", "who")[1]
    assert run("vault", "connect", reel.url)[0] == 0
    code, out, _ = run("vault", "right", "reel", "access", "--json")
    assert (code, json.loads(out)["state"]) == (0, "fulfilled"), "of the deal in force"
    assert run("vault", "looked", "reel")[0] == 0
    for name, gave in (("reel", False), ("reel-1", True)):
        events = json.loads(run("vault", "story", name, "--json")[1])["events"]
        assert ("gave" in {each["part"] for each in events}) == gave
