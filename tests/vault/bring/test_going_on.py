"""An import that ended in the middle goes on; in the end its report says the same."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.harness.quick import running

from firsthand.vault.bring import keeper
from firsthand.vault.bring.going import Control, Progress
from firsthand.vault.bring.report import Report
from firsthand.vault.bring.undoing import brought
from firsthand.vault.store import Store

Bring = Callable[..., Report]
LARGE, SMALL = 24_500, 700
ALL, BAD = LARGE + 2 * SMALL, 4


def rows(start: int, count: int) -> str:
    return "Title,Date\n" + "".join(
        f'"Film {n}","{"never" if n % 5000 == 4999 else "1/13/24"}"\n'
        for n in range(start, start + count)
    )


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small members, a large one among them, and one that no source knows."""
    path = tmp_path_factory.mktemp("given") / "takeout.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.csv", rows(0, SMALL))
        archive.writestr("page.html", "<html><p>Hello")
        archive.writestr("2.csv", rows(100_000, LARGE))
        archive.writestr("3.csv", rows(200_000, SMALL))
    return path


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "STEP_ROWS", 3000)


def same(report: Report) -> None:
    """What is told of the whole archive, however often it was begun."""
    assert (report.read, report.added, report.known) == (ALL, ALL - BAD, 0)
    assert report.unreadable_rows == BAD
    assert [each.member for each in report.unreadable] == ["2.csv"] * BAD
    assert [(each.name, each.read) for each in report.members] == [
        ("1.csv", SMALL), ("2.csv", LARGE), ("3.csv", SMALL),
    ]  # fmt: skip
    assert [(each.files, each.names) for each in report.left] == [(1, ["page.html"])]
    assert (report.state, report.error) == ("done", None)


def stopping(control: Control, after: int) -> Callable[[Progress], None]:
    """Stop once so many rows were read."""

    def tell(progress: Progress) -> None:
        if progress.rows >= after:
            control.stop()

    return tell


def state(store: Store) -> list[str]:
    return [row["state"] for row in store.rows("imports.all")]


@pytest.mark.parametrize("after", [1, SMALL, SMALL + 14_000, SMALL + LARGE, SMALL + LARGE + 1])
def test_what_was_stopped_goes_on(store: Store, bring: Bring, packed: Path, after: int) -> None:
    control = Control()
    stopped = bring(store, packed, tell=stopping(control, after), control=control)
    assert stopped.state == "stopped"
    there = store.row("things.count")
    assert there is not None
    assert there["things"] == stopped.added
    assert state(store) == ["stopped"]
    half = brought(store, int(stopped.import_id or 0))
    assert half is not None
    assert half["report"]["added"] == half["here"] == there["things"]
    same(bring(store, packed))
    assert state(store) == ["done"]
    again = bring(store, packed)
    assert (again.added, again.known) == (0, ALL - BAD)
    assert state(store) == ["done", "done"]


def test_a_plain_large_file_goes_on(store: Store, bring: Bring, tmp_path: Path) -> None:
    path = tmp_path / "viewed.csv"
    path.write_text(rows(0, 20_000))
    control = Control()
    stopped = bring(store, path, control=control, tell=stopping(control, 15_000))
    assert stopped.state == "stopped"
    assert 0 < stopped.added < 20_000
    done = bring(store, path)
    assert (done.read, done.added, done.known, done.unreadable_rows) == (20_000, 19_996, 0, 4)


def test_while_it_waits_others_can_write(store: Store, bring: Bring, packed: Path) -> None:
    written = []

    class Waiting(Control):
        def wait(self) -> None:
            if self.paused:
                with store.transaction() as tx:
                    tx.run("meta.put", key="while", value="it waits")
                written.append(store.row("things.count"))
                self.go_on()

    control = Waiting()
    told = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        if len(told) in {5, 20}:
            control.pause()

    same(bring(store, packed, tell=tell, control=control))
    assert len(written) == 2
    assert told[0].rows == 0, "it is told of before anything was read"
    assert told[-1].size_bytes == packed.stat().st_size
    assert 0 < told[-1].at_bytes <= told[-1].size_bytes
    assert told[-1].member == "3.csv"


CHILD = """
import json, sys
from pathlib import Path
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.bring import keeper
from firsthand.vault.bring.beside import Reader
from firsthand.vault.bring.importing import Run, import_file
from firsthand.vault.store import Store
keeper.STEP_ROWS = 3000
store = Store.open(Path(sys.argv[1]), "passphrase")
def tell(progress):
    print(progress.rows, flush=True)
    sys.stdin.readline()
with Reader() as reader:
    run = Run(store=store, answers={}, clock=SystemClock(), chance=SystemChance(), reader=reader,
              tell=tell)
    import_file(run, Path(sys.argv[2]))
"""


@pytest.mark.kill
def test_what_was_killed_goes_on_as_often_as_it_is_killed(
    store: Store, bring: Bring, packed: Path
) -> None:
    store.close()
    done = []
    for moment in (SMALL + 14_000, 12_000):
        words = [sys.executable, "-c", CHILD, str(store.folder), str(packed)]
        with running(*words, stdin=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            for line in child.stdout:
                if int(line) >= moment:
                    break
                child.stdin.write("\n")
                child.stdin.flush()
            child.kill()
        again = Store.open(store.folder, "passphrase")
        row = again.row("imports.whole", id=1)
        assert row is not None
        assert row["state"] == "going"
        report = json.loads(row["report"])
        there = again.row("things.count")
        assert there is not None
        assert report["added"] == there["things"] > 0, "the mark is of what is there"
        done.append(there["things"])
        if len(done) == 2:
            same(bring(again, packed))
        again.close()
    assert done[0] < done[1], "the second went on"


def test_other_content_under_the_same_name_begins_anew(
    store: Store, bring: Bring, packed: Path, tmp_path: Path
) -> None:
    control = Control()
    bring(store, packed, control=control, tell=stopping(control, 1))
    other = io.BytesIO(packed.read_bytes())
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("4.csv", rows(300_000, 5))
    path = tmp_path / "takeout.zip"
    path.write_bytes(other.getvalue())
    assert bring(store, path).read == ALL + 5
    assert state(store) == ["done", "stopped"]
