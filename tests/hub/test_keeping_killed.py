"""The keeping of a hub may be killed between any two slices: it ends as if it never had been."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.hub.conftest import Person, Served
from tests.hub.test_keeping import MONTH, erased, names

from firsthand.hub import erasing
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.hub.terms import relationships
from firsthand.protocol import wire

KILLING = Path(__file__).with_name("killed_keeping.py")
ROOT = Path(__file__).parents[2]
SLICES = (1, 4, 8)


def keep(served: Served, slices: int) -> "subprocess.CompletedProcess[str]":
    """Do what is due a month later in a process of its own, killed after so many slices."""
    arguments = [str(KILLING), str(served.folder), str(int(MONTH.total_seconds())), str(slices)]
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def left(served: Served) -> dict[str, Any]:
    """What a hub has left of anybody, by its tables."""
    with served.hub.snapshot() as reader:
        return {
            "known": {one.id for one in relationships.page(reader)},
            "leaves": reader.count(erasing.LEAVES),
            "rows": {entry.relationship for entry in reader.scan_all(THINGS, rows_max=100)},
        }


def test_killed_between_slices_again_and_again_it_ends_all_the_same(served: Served) -> None:
    gone, part, stays = Person(served), Person(served), Person(served)
    first = {}
    for person in (gone, part, stays):
        first[person.id] = person.agree()
        person.give("Dark")
        person.give("Fog")
    part.agreement = part.agree(jti="second")
    part.give("1899")
    served.settle()
    for person in (gone, part):
        person.end(wire.PATH_REVOCATIONS, first[person.id].id)
    served.hub.keeping.work_off()
    served.stop()
    for slices in SLICES:
        done = keep(served, slices)
        assert done.returncode == -signal.SIGKILL, done.stderr
    done = keep(served, 0)
    assert (done.returncode, done.stdout) == (0, "finished\n"), done.stderr
    served.clock.by += MONTH
    served.start()
    served.settle()
    assert left(served) == {
        "known": {part.id, stays.id}, "leaves": 0, "rows": {part.id, stays.id},
    }  # fmt: skip
    assert names(served, stays) == ["Dark", "Fog"]
    assert names(served, part) == ["1899"]
    ((_, whole),) = erased(gone)
    ((_, some),) = erased(part)
    assert (whole.agreement, whole.leaves) == (first[gone.id].id, [0, 1])
    assert (some.agreement, some.leaves) == (first[part.id].id, [2, 3])
    assert part.give("Lost").status_code == 200
