"""A process killed while it writes: what was acknowledged is there, once and whole."""

import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.harness.quick import running

from firsthand.foundation.journal import Stored
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.tables import Table
from firsthand.protocol.merkle import EMPTY_ROOT, root_of

APPENDER = Path(__file__).with_name("appender.py")
TABLES = (Table(name="folded", erased=True), Table(name="counts", erased=True))

Acknowledged = dict[tuple[str, str, int], int]


class Broken(AssertionError):
    """What the harness looks for."""


def sign(size: int, root: bytes) -> str:
    return f"{size} {root.hex()}"


def run_and_kill(folder: Path, run: str, lines_max: int, *fault: str) -> Acknowledged:
    """Start an appender, kill it after so many lines, return what it had acknowledged."""
    words = [sys.executable, str(APPENDER), str(folder), run, *fault]
    with running(*words) as child:
        assert child.stdout is not None
        lines = []
        for line in child.stdout:
            lines.append(line)
            if len(lines) >= lines_max:
                child.kill()
                break
        lines += child.stdout.readlines()
    assert child.returncode == -9, "the appender ended by itself"
    acknowledged: Acknowledged = {}
    for line in lines:
        if line.endswith("\n"):  # the last one may have been cut
            name, lane, n, index = line.split()
            acknowledged[f"lane{name}", f"person{lane}", int(n)] = int(index)
    return acknowledged


def everything(journal: SqliteJournal) -> tuple[list[Stored], str, dict[tuple[str, str], int]]:
    with journal.read() as reader:
        batches: list[Stored] = []
        while True:
            page = journal.batches(reader, len(batches), rows_max=5000, bytes_max=1 << 24)
            if not page.batches:
                break
            batches += page.batches
        rows = reader.scan_all("counts", rows_max=10_000)
        counts = {(row.key, row.relationship): int(row.value) for row in rows}
        return batches, journal.checkpoint(reader), counts


def check(folder: Path, acknowledged: Acknowledged) -> int:
    """Open what was left and raise Broken if a promise is; return how many batches there are."""
    journal = SqliteJournal(folder, TABLES, sign)
    try:
        batches, checkpoint, counts = everything(journal)
    finally:
        journal.close()
    there = {(b.lane, b.relationship, b.n): b.position for b in batches}
    lost = [key for key, index in acknowledged.items() if there.get(key, -2) not in (index, -1)]
    if index_wrong := [key for key in lost if key in there and acknowledged[key] >= 0]:
        raise Broken(f"acknowledged at another place: {index_wrong[:3]}")
    if missing := [key for key in acknowledged if key not in there]:
        raise Broken(f"{len(missing)} acknowledged and lost, such as {missing[:3]}")
    if len(there) != len(batches) or [b.position for b in batches] != list(range(len(batches))):
        raise Broken("a batch is there twice, or positions have gaps")
    per_lane = Counter((b.lane, b.relationship) for b in batches)
    last = {(b.lane, b.relationship): b.n for b in batches}
    if per_lane != Counter(last) or per_lane != Counter(counts):
        raise Broken("numbers of a lane have gaps, or a row beside them was not kept with them")
    root = root_of([b.leaf for b in batches]) if batches else EMPTY_ROOT
    if checkpoint != sign(len(batches), root):
        raise Broken("the checkpoint is not one of these leaves")
    return len(batches)


def lengths(seed: int, rounds: int) -> Sequence[int]:
    """How many lines each appender may print: chance decides where the blow falls."""
    chance = random.Random(seed)
    return [
        chance.choice([1, chance.randrange(200), chance.randrange(6000)]) for _ in range(rounds)
    ]


@pytest.mark.kill
@pytest.mark.parametrize(
    "rounds", [20, pytest.param(10_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
@pytest.mark.timeout(36_000)
def test_nothing_acknowledged_is_lost(rounds: int, tmp_path: Path) -> None:
    acknowledged: Acknowledged = {}
    folder = tmp_path / "journal"
    before = 0
    for number, lines_max in enumerate(lengths(1, rounds)):
        if number % 10 == 0:  # a new file now and then: being killed while it is made counts too
            folder, acknowledged, before = tmp_path / f"journal{number}", {}, 0
        acknowledged |= run_and_kill(folder, str(number), lines_max)
        there = check(folder, acknowledged)
        assert there >= before
        before = there
    assert before


@pytest.mark.kill
def test_the_harness_sees_early_acknowledgements(tmp_path: Path) -> None:
    """A test that cannot fail proves nothing: here is the fault it must find."""
    for number, lines_max in enumerate(lengths(2, 20)):
        folder = tmp_path / f"journal{number}"
        try:
            check(folder, run_and_kill(folder, str(number), max(30, lines_max), "early"))
        except Broken as broken:
            assert "acknowledged and lost" in str(broken)  # noqa: PT017 - most rounds do not raise
            return
    pytest.fail("twenty kills did not show that receipts were given too early")
