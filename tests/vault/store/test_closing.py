"""A vault may be closed while others still use it: they are told so, and nothing of it breaks."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.store import Store, UnableToOpen
from firsthand.vault.store.seals import SEAL_FILE
from firsthand.vault.store.slots import FLOOR

CLOSED = "closed meanwhile"
# Brings, looks for findings in two threads, and closes wherever they are; each time a new vault.
CHILD = """
import datetime, faulthandler, shutil, sys, threading
from pathlib import Path
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.acts import noticing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.bring.beside import Reader
from firsthand.vault.bring.importing import Run, import_file
from firsthand.vault.store import Store, UnableToOpen
from firsthand.vault.store.slots import FLOOR, unlock
from firsthand.vault.store.store import read_slots

class Nobody:
    def close(self): pass

def look(vault, begun):
    try:
        while True:
            begun.set()
            noticing.notice(vault, datetime.date(2024, 2, 1))
            noticing.noticed(vault)
    except UnableToOpen as error:
        told.append("closed meanwhile" in str(error))

faulthandler.enable()
folder, told, clock, chance = Path(sys.argv[1]), [], SystemClock(), SystemChance()
export = folder / "viewed.csv"
rows = "".join(f'"Film {n}","1/{13 + n % 15}/24"\\n' for n in range(60))
export.write_text("Title,Date\\n" + rows)
reading = Reader()
reader = reading.__enter__()
new, code = Store.create(folder / "new", "passphrase", chance, clock, FLOOR)
new.close()
key = unlock(read_slots(new.folder), "passphrase")
(new.folder / "seal.json").unlink()
for number in range(int(sys.argv[2])):
    store = Store(shutil.copytree(new.folder, folder / f"v{number}"), key)
    vault = Vault(folder=store.folder, store=store, gate=Nobody(), clock=clock, chance=chance)
    begun = [threading.Event(), threading.Event()]
    threads = [threading.Thread(target=look, args=(vault, each), daemon=True) for each in begun]
    for thread in threads:
        thread.start()
    import_file(Run(store=store, answers={}, clock=clock, chance=chance, reader=reader), export)
    for each in begun:
        each.wait()
    vault.close()
    for thread in threads:
        thread.join()
    assert told == [True, True], told
    told.clear()
    again = Store.open(store.folder, code)
    assert again.row("things.count") == {"things": 60}
    again.close()
reading.__exit__(None, None, None)
print("done")
"""


@pytest.mark.kill
@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(4))
def test_it_is_closed_two_hundred_times_under_those_who_look_through_it(
    tmp_path: Path, part: int
) -> None:
    assert part < 4  # each in a process of its own
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), "50"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr[-2000:]


def test_whoever_comes_after_the_closing_is_told_so(tmp_path: Path) -> None:
    store, _ = Store.create(tmp_path / "v", "passphrase", SystemChance(), SystemClock(), FLOOR)
    store.close()
    for use in (
        lambda: store.row("things.count"),
        lambda: store.transaction().__enter__(),
        lambda: store.moment().__enter__(),
    ):
        with pytest.raises(UnableToOpen, match=CLOSED):
            use()
    store.close()  # once more is no error
    assert (tmp_path / "v" / SEAL_FILE).exists()


def test_a_moment_that_outlasts_its_vault_is_told_so(tmp_path: Path) -> None:
    store, _ = Store.create(tmp_path / "v", "passphrase", SystemChance(), SystemClock(), FLOOR)
    with store.moment() as moment:
        closing = threading.Thread(target=store.close)
        closing.start()
        closing.join()
        with pytest.raises(UnableToOpen, match=CLOSED):
            moment.rows("things.count")
    again = Store.open(tmp_path / "v", "passphrase")
    assert again.row("things.count") == {"things": 0}
    again.close()
