"""Either side may be killed at any point: what was acknowledged is there, and is there once."""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.harness.sides import Served, new_vault, open_again

from firsthand import app
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.settings import Settings
from firsthand.hub import erasing, outbox
from firsthand.hub.packing import ids_of, unpacked
from firsthand.hub.roles.profile.projection import DUE, THINGS
from firsthand.hub.terms import agreements
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.receipts import BatchLabel
from firsthand.protocol.signals import decode_signals
from firsthand.vault.acts import connecting, logging, proposing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import Relationship, all_relationships, signer_of

if TYPE_CHECKING:
    from firsthand.foundation.journal import Stored

KILLING = Path(__file__).with_name("killing.py")


class Broken(AssertionError):
    """What the harness looks for."""


def kill(folder: Path, kills: int, seed: int, plant: str = "") -> None:
    """Make both sides, and let them live and die so many times."""
    served = Served(folder / "hub")
    served.stop()
    new_vault(folder / "vault").close()
    port = served.url.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, str(KILLING), str(folder), port, str(kills), str(seed), plant],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    told = json.loads(done.stdout)
    assert told["blows"] >= kills
    assert told["finished"], done.stderr[-4000:]


class Held:
    """What the organisation holds when all is over and everything is projected and answered."""

    def __init__(self, folder: Path) -> None:
        hub = app.open_hub(folder, Settings())
        after, until = 0, time.monotonic() + 60
        while (seen := hub.reads.envelopes(after=after, rows_max=1000)[1]) > after:
            after = seen
        assert hub.projector.wait_until(after, 60_000)
        while time.monotonic() < until:
            with hub.snapshot() as reader:
                marked = agreements.withdrawn(reader, after=("", ""))
                if not marked and not reader.scan_all(DUE, rows_max=1):
                    break
            time.sleep(0.02)
        with hub.snapshot() as reader:
            assert not reader.scan_all(DUE, rows_max=1), "answers are still due"
            assert not agreements.withdrawn(reader, after=("", "")), "what ended is still shown"
            rows = reader.scan_all(agreements.TABLE, rows_max=5000)
            self.agreements = {row.key: json.loads(row.value) for row in rows}
            rows = reader.scan(erasing.TABLE, "", rows_max=5000)
            self.erasures = {row.key: json.loads(row.value) for row in rows}
            rows = reader.scan_all(THINGS, rows_max=10_000)
            self.projected = {
                (row.relationship, one) for row in rows for one in ids_of(unpacked(row.value))
            }
            rows = reader.scan_all(outbox.HEADS, rows_max=5000)
            self.heads = {row.relationship: int(row.value) for row in rows}
        checkpoint = hub.organisation.checkpoint
        hub.close()
        journal = SqliteJournal(folder, app.TABLES, checkpoint)
        self.batches: list[Stored] = []
        after = 0
        with journal.read() as reader:
            while True:
                page = journal.batches(reader, after, rows_max=5000, bytes_max=1 << 26)
                if not page.batches:
                    break
                self.batches += page.batches
                after = page.seen
        journal.close()
        self.events = Counter(
            (batch.relationship, signal.id)
            for batch in self.batches
            for signal in decode_signals(batch.body)
        )


def check(folder: Path) -> Counter[str]:
    """Raise Broken if a promise is; return how much was acknowledged, by kind."""
    said = [json.loads(line) for line in (folder / "oracle").read_text().splitlines()]
    held = Held(folder / "hub")
    with open_again(folder / "vault") as vault:
        check_journal(held)
        check_log(vault, held)
        check_said(vault, held, said)
        check_agreements(vault, held)
        check_answers(vault, held)
    return Counter(line["kind"] for line in said)


def check_journal(held: Held) -> None:
    """Each (relationship, lane, n) once, from 1 without gaps; the projection is its fold.

    But for what has ended: that is withdrawn from the projection.
    """
    lanes: dict[tuple[str, str], list[int]] = {}
    for batch in held.batches:
        lanes.setdefault((batch.relationship, batch.lane), []).append(batch.n)
    for numbers in lanes.values():
        if numbers != list(range(1, len(numbers) + 1)):
            raise Broken(f"a batch is there twice, or one is missing: {numbers}")
    standing = {key for key, kept in held.agreements.items() if kept["ended_at"] is None}
    shown = {
        (batch.relationship, signal.id)
        for batch in held.batches
        if batch.agreement in standing
        for signal in decode_signals(batch.body)
    }
    if held.projected != shown:
        more, less = held.projected - shown, shown - held.projected
        raise Broken(f"the projection is not what the journal says: +{len(more)} -{len(less)}")


def check_log(vault: Vault, held: Held) -> None:
    """The vault's log and the journal say the same."""
    told: Any = logging.log(vault, verify=True)
    for entry in told["disclosures"] + told["endings"]:
        if entry["problem"] is not None:
            raise Broken(f"a receipt does not hold: {entry['problem']}")
    people = {each.name: signer_of(vault.store, each).thumbprint for each in every(vault)}
    leaves = {(batch.relationship, batch.leaf): batch for batch in held.batches}
    if len(leaves) != len(held.batches):
        raise Broken("one batch is in the journal twice")
    logged, times = set(), Counter[tuple[str, str]]()
    for entry in told["disclosures"]:
        row = vault.store.row("disclosures.by_position", position=entry["position"])
        assert row is not None
        person = people[row["relationship"]]
        times.update((person, one.id) for one in decode_signals(bytes(row["body"])))
        if row["state"] == "waiting":
            raise Broken("something still waits")
        if row["n"] is None:
            continue
        label = BatchLabel(lane=row["lane"], n=row["n"], salt=bytes(row["salt"]))
        leaf = label.leaf(bytes.fromhex(sha256_hex(bytes(row["body"]))))
        logged.add((person, leaf))
        if row["state"] == "given" and (person, leaf) not in leaves:
            raise Broken("the log says given, and the organisation does not have it")
    if missing := set(leaves) - logged:
        raise Broken(f"{len(missing)} batches left without standing in the log")
    if any(held.events[event] > times[event] for event in held.events):
        raise Broken("a thing was given more often than the log says")


def check_said(vault: Vault, held: Held, said: list[dict[str, Any]]) -> None:
    """Nothing that was acknowledged to the person is lost."""
    erased = {one["agreement"] for one in said if one["kind"] == "ended" and one["erase"]}
    erased |= {one["agreement"] for one in held.erasures.values()}
    titles = {row["name"] for row in vault.store.rows("things.newest", limit=100_000)}
    given = Counter[tuple[str, str]]()
    for one in said:
        if one["kind"] == "brought" and not set(one["titles"]) <= titles:
            raise Broken("something that was brought is lost")
        if one["kind"] == "given" and one["agreement"] not in erased:
            given.update((one["relationship"], event) for event in one["events"])
        if one["kind"] == "ended" and one["confirmed"] and not one["erase"]:
            kept = held.agreements.get(one["agreement"])
            if kept is not None and kept["ended_at"] is None:
                raise Broken("an ending that was confirmed is lost")
        if one["kind"] == "refused":
            raise Broken(f"something was refused: {one['why']}")
    lost = [event for event, times in given.items() if held.events[event] < times]
    if lost:
        raise Broken(f"{len(lost)} acknowledged and lost")
    confirmed = {one["agreement"] for one in said if one["kind"] == "ended" and one["confirmed"]}
    for batch in held.batches:
        if batch.agreement in erased & confirmed:
            raise Broken("what was erased is there")


def check_agreements(vault: Vault, held: Held) -> None:
    """No deal is held there that the person knows nothing of.

    Where the last blow fell between an answer and its being kept, the proposal is known to be open.
    """
    known = {
        row["id"]
        for each in every(vault)
        for row in vault.store.rows("agreements.of_relationship", relationship=each.name)
    }
    proposals = [proposing.unanswered(vault.store, each.url) for each in every(vault)]
    open_ones = {one.proffer for one in proposals if one is not None}
    known |= {key for key, kept in held.agreements.items() if kept["proffer"] in open_ones}
    if unknown := set(held.agreements) - known:
        raise Broken(f"{len(unknown)} agreements are held that the person does not know")


def check_answers(vault: Vault, held: Held) -> None:
    """Messages are numbered without gaps, every answer fits, and nobody was accused."""
    rows = vault.store.rows("inbox.all", limit=100_000)
    for each in every(vault):
        numbers = sorted(row["n"] for row in rows if row["relationship"] == each.name)
        if numbers != list(range(1, each.inbox_after + 1)):
            raise Broken(f"messages are missing or there twice: {numbers}")
        head = held.heads.get(signer_of(vault.store, each).thumbprint, 0)
        if each.state == "active" and each.inbox_after > head:
            raise Broken("the organisation has forgotten a message that it sent")
        warnings: Any = connecting.relationship(vault, each.name)["warnings"]
        if warnings or each.copied_at is not None:
            raise Broken(f"the person was warned: {warnings}")
    if odd := [row["verdict_detail"] for row in rows if row["verdict"] != "fits"]:
        raise Broken(f"{len(odd)} answers do not fit: {odd[0]}")


def every(vault: Vault) -> list[Relationship]:
    return all_relationships(vault.store)


@pytest.mark.kill
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize(
    "kills", [300, pytest.param(10_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_nothing_acknowledged_is_lost_or_doubled(kills: int, tmp_path: Path) -> None:
    for part in range(-(-kills // 1_000)):
        folder = tmp_path / str(part)
        folder.mkdir()
        kill(folder, min(kills, 1_000), seed=part)
        done = check(folder)
        assert min(done[kind] for kind in ("brought", "given", "read", "ended", "connected")) > 0


@pytest.mark.kill
@pytest.mark.parametrize(
    ("plant", "words"),
    # What was lost may be noticed by its log first: then giving stops, and something waits.
    [("early", "lost|missing|warned|not have it|still waits"), ("hasty", "not have it|receipt")],
)
def test_a_planted_fault_is_found(plant: str, words: str, tmp_path: Path) -> None:
    """A test that cannot fail proves nothing: here are two faults that it must find."""
    for part in range(4):
        folder = tmp_path / str(part)
        folder.mkdir()
        kill(folder, 30, seed=part, plant=plant)
        try:
            check(folder)
        except Broken as broken:
            assert any(word in str(broken) for word in words.split("|"))  # noqa: PT017 - see above
            return
    pytest.fail("the planted fault was not found")
