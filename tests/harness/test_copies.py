"""A vault's folder is copied, or put back from a backup, or taken along: all of them go on."""

import contextlib
import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.liar import Dealing
from tests.harness.sides import (
    Served,
    bring,
    connected,
    inbox,
    new_vault,
    open_again,
    share,
)
from tests.harness.test_liars_answers import ANSWERED

from firsthand.foundation.clock import SetClock
from firsthand.protocol import wire
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import bringing, connecting, ending, exporting, logging
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find, signer_of

WARNED = "Another copy of your data"
UNHEARD = "this copy of your data did not give"


def give(vault: Vault, name: str, title: str) -> None:
    """Bring one film and give everything there is: older things go along again."""
    bring(vault, [title])
    assert share(vault, name)["state"] == "given"


def lanes(served: Served) -> dict[str, list[int]]:
    """The numbers of each lane in the journal, in its order."""
    found: dict[str, list[int]] = {}
    with served.hub.reads._journal.read() as reader:  # noqa: SLF001 - lanes are shown nowhere
        page = served.hub.reads._journal.batches(  # noqa: SLF001
            reader, 0, rows_max=5000, bytes_max=1 << 26
        )
    for batch in page.batches:
        found.setdefault(batch.lane, []).append(batch.n)
    return found


def check_whole(
    served: Served, vaults: list[Vault], name: str, titles: set[str], untold: tuple[Vault, ...] = ()
) -> None:
    """Nothing is lost, nothing doubled, numbers have no gaps, every receipt holds.

    No copy but those that could not be told of another one says that a true answer is none.
    """
    served.settle()
    (person,) = {signer_of(vault.store, find(vault.store, name)).thumbprint for vault in vaults}
    assert [one["relationship"] for one in served.people()] == [person]
    shown = served.things_of(person)
    assert sorted(thing["name"] for thing in shown) == sorted(titles)
    assert len({thing["id"] for thing in shown}) == len(shown)
    for numbers in lanes(served).values():
        assert numbers == list(range(1, len(numbers) + 1))
    for vault in vaults:
        assert inbox(vault)["problems"] == {}
        told: Any = logging.log(vault, verify=True)
        assert told["problems"] == 0
        assert {entry["state"] for entry in told["disclosures"]} == {"given"}
        for message in inbox(vault)["messages"]:
            # One whose folder was copied behind its back can only say what it sees.
            unheard = vault in untold and UNHEARD in message["verdict_detail"]
            assert unheard or message["verdict"] in {"fits", "unverifiable"}, message


@pytest.fixture
def lived(served: Served, tmp_path: Path) -> str:
    """A vault that gave twice, closed; returns what the organisation is called there."""
    with new_vault(tmp_path / "mine") as vault:
        name = connected(vault, served)
        give(vault, name, "Harbour")
        give(vault, name, "Fog")
    return name


def test_two_copies_go_on(
    served: Served, lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    mine = closing.enter_context(open_again(tmp_path / "mine"))
    copy = closing.enter_context(open_again(tmp_path / "copy"))
    give(mine, lived, "Sun")
    give(copy, lived, "Moon")
    give(mine, lived, "Tide")
    give(copy, lived, "Rain")
    titles = {"Harbour", "Fog", "Sun", "Moon", "Tide", "Rain"}
    check_whole(served, [mine, copy], lived, titles, untold=(mine,))
    assert len(lanes(served)) == 2
    told: Any = connecting.relationship(copy, lived)
    assert told["copied"] is not None
    assert [WARNED in warning["what"] for warning in told["warnings"]] == [True]
    assert connecting.relationship(mine, lived)["copied"] is None


def test_a_copy_does_not_call_a_true_answer_untrue(
    served: Served, lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    file = tmp_path / "export.json"
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    with open_again(tmp_path / "mine") as mine:
        inbox(mine)
        exporting.export(mine, file)
        give(mine, lived, "Sun")
        served.settle()
        assert inbox(mine)["messages"][0]["verdict"] == "fits"
    copy = closing.enter_context(open_again(tmp_path / "copy"))
    restored = closing.enter_context(new_vault(tmp_path / "fresh"))
    bringing.import_paths(restored, [file])
    for vault in (restored, copy):
        newest = inbox(vault)["messages"][0]
        assert newest["verdict"] == "unverifiable"
        assert "cannot be checked here" in newest["verdict_detail"]


@pytest.mark.parametrize("lie", ["other picks", "another rule", "another basis"])
def test_a_copy_still_knows_a_lie_by_what_it_gave_itself(dealing: Dealing, lie: str) -> None:
    exporting.export(dealing.vault, dealing.vault.folder.parent / "export.json")
    bring(dealing.vault, ["Moon"])
    share(dealing.vault, dealing.name)
    dealing.served.settle()
    dealing.liar.about(wire.PATH_INBOX, ANSWERED[lie](dealing))
    newest = inbox(dealing.vault)["messages"][0]
    # What it stands on may have been given elsewhere; what follows from what was given here is so.
    assert newest["verdict"] == ("unverifiable" if lie == "another basis" else "differs")


def test_an_older_copy_is_put_back(
    served: Served, lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    shutil.copytree(tmp_path / "mine", tmp_path / "backup")
    with open_again(tmp_path / "mine") as mine:
        give(mine, lived, "Sun")
        give(mine, lived, "Moon")
    shutil.rmtree(tmp_path / "mine")
    shutil.copytree(tmp_path / "backup", tmp_path / "mine")
    restored = closing.enter_context(open_again(tmp_path / "mine"))
    give(restored, lived, "Tide")
    check_whole(served, [restored], lived, {"Harbour", "Fog", "Sun", "Moon", "Tide"})
    told: Any = connecting.relationship(restored, lived)
    assert [WARNED in warning["what"] for warning in told["warnings"]] == [True]


def test_a_copy_of_what_waits_is_given_once(
    served: Served, lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    with open_again(tmp_path / "mine") as mine:
        served.stop()
        bring(mine, ["Sun"])
        assert share(mine, lived)["state"] == "waiting"
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    served.start()
    mine = closing.enter_context(open_again(tmp_path / "mine"))
    copy = closing.enter_context(open_again(tmp_path / "copy"))
    inbox(mine)
    inbox(copy)
    # What waited was signed before it was copied, so both sent the same bytes: it is one batch.
    assert list(lanes(served).values()) == [[1, 2, 3]]
    check_whole(served, [mine, copy], lived, {"Harbour", "Fog", "Sun"})


def test_an_export_goes_on_in_a_fresh_vault(
    served: Served, lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    file = tmp_path / "export.json"
    with open_again(tmp_path / "mine") as mine:
        served.stop()
        bring(mine, ["Sun"])
        assert share(mine, lived)["state"] == "waiting"
        exporting.export(mine, file)
    served.start()
    fresh = closing.enter_context(new_vault(tmp_path / "fresh"))
    report: Any = bringing.import_paths(fresh, [file])
    assert "error" not in report["files"][0]
    inbox(fresh)
    give(fresh, lived, "Moon")
    check_whole(served, [fresh], lived, {"Harbour", "Fog", "Sun", "Moon"})
    # What had left goes on under its own number, in whichever copy: it is one batch.
    assert sorted(map(len, lanes(served).values())) == [1, 3]
    # The vault that it was taken from goes on beside it.
    mine = closing.enter_context(open_again(tmp_path / "mine"))
    give(mine, lived, "Tide")
    check_whole(served, [fresh, mine], lived, {"Harbour", "Fog", "Sun", "Moon", "Tide"})


@pytest.mark.usefixtures("served")
def test_an_end_in_one_copy_is_known_in_the_other_once_it_gives(
    lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    mine = closing.enter_context(open_again(tmp_path / "mine"))
    copy = closing.enter_context(open_again(tmp_path / "copy"))
    ending.revoke(mine, lived)
    bring(copy, ["Sun"])
    told = share(copy, lived)
    assert (told["state"], "another copy" in told["reason"]) == ("refused", True)
    seen: Any = connecting.relationship(copy, lived)
    assert (seen["state"], seen["ended_elsewhere"]) == ("ended", True)
    assert seen["ended"] is not None
    with pytest.raises(Refused):
        share(copy, lived)
    # Their signed word for it can be had from here as well.
    assert ending.revoke(copy, lived)["confirmed"] is True
    assert logging.log(copy, verify=True)["problems"] == 0
    after: Any = connecting.relationship(copy, lived)
    assert (after["state"], after["ended_elsewhere"]) == ("ended", False)
    own: Any = connecting.relationship(mine, lived)
    assert (own["state"], own["ended_elsewhere"]) == ("ended", False)


def test_a_deal_that_has_run_out_was_ended_by_nobody(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    clock = SetClock(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    served = serve("Chorus", clock=clock)
    with new_vault(tmp_path / "clocked", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Sun"])
        served.stop()
        share(vault, name)
        clock.advance(datetime.timedelta(days=connecting.AGREEMENT_DAYS))
        served.start()
        inbox(vault)
        seen: Any = connecting.relationship(vault, name)
        assert (seen["state"], seen["ended_elsewhere"]) == ("active", False)


def test_ending_in_one_copy_ends_it_for_both(
    served: Served, lived: str, tmp_path: Path, closing: contextlib.ExitStack
) -> None:
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    mine = closing.enter_context(open_again(tmp_path / "mine"))
    copy = closing.enter_context(open_again(tmp_path / "copy"))
    ending.revoke(mine, lived, erase=True)
    bring(copy, ["Sun"])
    told = share(copy, lived)
    assert told["state"] == "refused"
    seen: Any = connecting.relationship(copy, lived)
    assert ["does not know this deal" in each["what"] for each in seen["warnings"]] == [True]
    assert served.people() == []
    assert served.envelopes() == []
    done = ending.revoke(copy, lived, erase=True)
    assert done["confirmed"] is True
    assert logging.log(copy, verify=True)["problems"] == 0
