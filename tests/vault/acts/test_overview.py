"""Who has what right now, how it came about, and the record of it: from this vault alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, share

from firsthand.protocol.agreements import DPV_RECORD
from firsthand.vault.acts import changing, connecting, ending, holding, recording, story
from firsthand.vault.acts.opened import Vault
from firsthand.vault.store import UnableToKeep
from firsthand.vault.terms.relationships import agreement_of, find


@pytest.fixture
def two(reel: Served, serve: Callable[..., Served], mine: Vault) -> Served:
    """One that has something, and another that can go away."""
    bring(mine, ["Harbour", "Fog"])
    other = serve("Other")
    connected(mine, reel)
    connected(mine, other)
    share(mine, "reel")
    share(mine, "reel")
    share(mine, "other")
    return other


def test_who_has_what_is_known_without_asking(reel: Served, mine: Vault, two: Served) -> None:
    two.stop()
    told = holding.who(mine)
    rows = {each["name"]: each for each in told["organisations"]}  # type: ignore[attr-defined]
    assert (told["holding"], told["things"], told["unconfirmed"]) == (2, 4, 0)
    assert rows["reel"]["kinds"] == {"WatchAction": 2}, "given twice is there once"
    assert rows["reel"]["state"] == "accepted"
    assert rows["reel"]["purposes"][0] == "service"
    ending.revoke(mine, "other", erase=True)
    told = holding.who(mine)
    rows = {each["name"]: each for each in told["organisations"]}  # type: ignore[attr-defined]
    assert rows["other"]["unconfirmed"] is not None
    assert rows["other"]["holds"], "they have not said that it is gone"
    assert told["can_end"] == ["reel"]
    two.start()
    inbox(mine)
    rows = {each["name"]: each for each in holding.who(mine)["organisations"]}  # type: ignore[attr-defined]
    assert (rows["other"]["erased"], rows["other"]["things"]) == (True, 0)
    assert reel.name == "Reel"


def test_it_is_all_ended_with_one_step_though_one_is_away(mine: Vault, two: Served) -> None:
    two.stop()
    done = holding.end_all(mine)
    states = {each["name"]: each["confirmed"] for each in done["ended"]}  # type: ignore[attr-defined]
    assert states == {"reel": True, "other": False}
    assert not done["confirmed"]
    told = holding.who(mine)
    assert (told["can_end"], told["unconfirmed"]) == ([], 1)
    assert holding.end_all(mine)["ended"] == [], "a second time ends nothing"


def test_a_story_tells_all_in_its_order(reel: Served, mine: Vault) -> None:
    bring(mine, ["Harbour"])
    name = connected(mine, reel)
    share(mine, name)
    reel.settle()
    inbox(mine)
    changing.pause(mine, name)
    (row,) = (each for each in connecting.relationships(mine) if each["name"] == name)
    organisations: Any = holding.who(mine)["organisations"]
    assert {row["standing"]} == {e["state"] for e in organisations if e["name"] == name}
    assert (row["state"], row["standing"]) == ("active", "paused")
    changing.resume(mine, name)
    changing.change(mine, name, changing.Wanted(precision="month"))
    told = story.story(mine, name)
    events = told["events"]
    assert isinstance(events, list)
    assert [e["at"] for e in events] == sorted((e["at"] for e in events), reverse=True)
    seen = {(e["part"], e["what"]) for e in events}
    assert {
        ("agreed", "accepted"), ("agreed", "paused"), ("agreed", "resumed"), ("agreed", "replaced"),
        ("gave", "given"), ("got", "answer"), ("ends", "runs out"),
    } <= seen  # fmt: skip
    narrowed = story.story(mine, name, parts=["gave"])
    assert {e["part"] for e in narrowed["events"]} == {"gave"}  # type: ignore[attr-defined]
    assert narrowed["counts"] == told["counts"]
    ending.revoke(mine, name, erase=True)
    parts = story.story(mine, name, parts=["ends"])["events"]
    assert [(e["what"], e["state"]) for e in parts] == [("erasure", "confirmed")]  # type: ignore[attr-defined]


def test_a_source_is_added_by_naming_it(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    extra = story.Event(at="2020-01-01T00:00:00Z", part="looked", what="seen", by="organisation")
    told = story.story(mine, name, sources=[lambda _vault, _relationship: [extra]])
    assert [e["what"] for e in told["events"]] == ["seen"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("receipt", [False, True])
def test_a_record_is_the_one_that_was_signed(
    reel: Served, mine: Vault, tmp_path: Path, *, receipt: bool
) -> None:
    name = connected(mine, reel)
    told = json.loads(recording.record(mine, name, receipt=receipt))
    assert "@context" in told
    agreement = agreement_of(mine.store, find(mine.store, name))
    inner = told["dpv:hasRecordOfActivity"] if receipt else told
    assert inner["dct:conformsTo"] == DPV_RECORD
    assert {key: inner[key] for key in agreement.proffer.record} == agreement.proffer.record
    done = recording.write_record(mine, name, str(tmp_path / "it"), receipt=receipt)
    assert (tmp_path / "it").stat().st_mode & 0o777 == 0o600
    assert done["bytes"] == (tmp_path / "it").stat().st_size
    with pytest.raises(UnableToKeep, match="Name a new file"):
        recording.write_record(mine, name, str(tmp_path / "it"))
