"""Both sides for tests: organisations served over real HTTP, and vaults that dial them.

Nothing is replaced. A `wrap` puts an ASGI layer before an organisation: to record, or to lie.
"""

import contextlib
import csv
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp
from tests.harness.cheap import new_store
from tests.harness.quick import Door

from firsthand import app
from firsthand.foundation.clock import Clock, SystemClock
from firsthand.foundation.egress import Egress
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import console
from firsthand.hub.packing import ids_of, unpacked
from firsthand.hub.roles.profile.projection import DUE, THINGS
from firsthand.protocol.things import Thing
from firsthand.vault.acts import bringing, connecting, giving, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Gate
from firsthand.vault.store import Store
from firsthand.vault.store.things import row_for

PASSPHRASE = "a passphrase for tests 4711"
PURPOSE = "personalisation"
CATALOGUE = (
    "id,title,genres\n"
    "1,Harbour,mystery|drama\n2,Fog,mystery\n3,Sun,comedy\n4,Moon,drama|mystery\n5,Tide,sea\n"
)

Wrap = Callable[[ASGIApp], ASGIApp]


class Served:
    """An organisation in a folder of its own, served by uvicorn in a thread of this process."""

    def __init__(
        self,
        folder: Path,
        name: str = "Reel",
        *,
        wrap: Wrap | None = None,
        catalogue: str | None = CATALOGUE,
        log_level: str = "warning",
        clock: Clock | None = None,
    ) -> None:
        self.folder = folder
        self.name = name
        self.wrap = wrap
        self.log_level = log_level
        self.clock = clock
        self.door = Door()
        self.url = self.door.url
        self.made: dict[str, Any] = app.found_hub(
            folder, name=name, url=self.url, settings=Settings()
        )
        self.start()
        if catalogue is not None:
            self.act("catalogue", csv=catalogue)

    def start(self) -> None:
        """Open the folder and serve it, at the same address as before."""
        self.hub = app.open_hub(self.folder, Settings(), clock=self.clock)
        application = app.hub_application(self.hub)
        if self.wrap is not None:
            application = self.wrap(application)
        self.door.open(application, log_level=self.log_level, access_log=True)
        self.is_there = True

    def stop(self) -> None:
        """Go away: whoever dials now is not answered."""
        if self.is_there:
            self.door.close()
            self.hub.close()
        self.is_there = False

    def act(self, name: str, **arguments: object) -> dict[str, Any]:
        """Do what staff can do by a command."""
        return console.run(self.hub, name, arguments)

    def settle(self, wait_s_max: float = 20.0) -> None:
        """Wait until everything that was taken is projected and answered."""
        until = time.monotonic() + wait_s_max
        size = 0
        while (seen := self.hub.reads.envelopes(after=size, rows_max=1000)[1]) > size:
            size = seen
        assert self.hub.projector.wait_until(size, int(wait_s_max * 1000))
        while time.monotonic() < until:
            with self.hub.snapshot() as reader:
                if not reader.scan_all(DUE, rows_max=1):
                    return
            time.sleep(0.01)
        raise AssertionError("answers are still due")

    def envelopes(self) -> list[Any]:
        """Every batch of the journal that was not erased, without what is in it."""
        found: list[Any] = []
        after = 0
        while True:
            page, after = self.hub.reads.envelopes(after=after, rows_max=1000)
            if not page:
                return found
            found += page

    def people(self) -> list[dict[str, Any]]:
        """Everybody who is known."""
        found: list[dict[str, Any]] = self.act("customers")["customers"]
        return found

    def things_of(self, reference: str, purpose: str = PURPOSE) -> list[dict[str, Any]]:
        """What `customer` shows of one person."""
        found: list[dict[str, Any]] = self.act("customer", reference=reference, purpose=purpose)[
            "things"
        ]
        return found

    def projected(self) -> list[tuple[str, str]]:
        """(relationship, event id) of everything in the profile, each once."""
        found: set[tuple[str, str]] = set()
        with self.hub.snapshot() as reader:
            after = ("", "")
            while rows := reader.scan_all(THINGS, after=after, rows_max=500):
                found |= {
                    (row.relationship, one) for row in rows for one in ids_of(unpacked(row.value))
                }
                after = (rows[-1].relationship, rows[-1].key)
        return sorted(found)


def vault_around(folder: Path, store: Store, clock: Clock | None = None) -> Vault:
    """The vault around an opened store, by another clock if one is given."""
    if clock is None:
        return app.vault_of(folder, store, Settings(), commands=True)
    chance = SystemChance()
    gate = Gate(store, Egress(), clock, chance, commands=True)
    return Vault(folder=folder, store=store, gate=gate, clock=clock, chance=chance)


@contextlib.contextmanager
def away(served: Served) -> Iterator[None]:
    """While the block runs, nobody is there."""
    served.stop()
    yield
    served.start()


def back_up(served: Served, tmp_path: Path) -> None:
    """Copy an organisation's folder away, as somebody who keeps backups does."""
    with away(served):
        shutil.copytree(served.folder, tmp_path / "backup")


def put_back(served: Served, tmp_path: Path) -> None:
    """Put the copy back in the place of what is there."""
    with away(served):
        shutil.rmtree(served.folder)
        shutil.copytree(tmp_path / "backup", served.folder)
    served.settle()


def new_vault(folder: Path, clock: Clock | None = None) -> Vault:
    """A new vault; two in one test have two names."""
    store, _ = new_store(folder, PASSPHRASE, clock or SystemClock())
    return vault_around(folder, store, clock)


def open_again(folder: Path, clock: Clock | None = None) -> Vault:
    """Open a vault that was closed."""
    return vault_around(folder, Store.open(folder, PASSPHRASE), clock)


def netflix(path: Path, titles: Iterable[str], days: Sequence[str] = ("2024-01-13",)) -> Path:
    """Write a viewing history as Netflix exports it."""
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["Title", "Date"])
        for number, title in enumerate(titles):
            rows.writerow([title, days[number % len(days)]])
    return path


def bring(vault: Vault, titles: Iterable[str], days: Sequence[str] = ("2024-01-13",)) -> int:
    """Import a viewing history of these titles; returns how many were new."""
    name = vault.chance.token(6)
    path = netflix(vault.folder.parent / f"history-{name}.csv", titles, days)
    report: dict[str, Any] = bringing.import_paths(vault, [path])
    assert "error" not in report["files"][0], report
    assert not report["questions"], report
    path.unlink()
    return int(report["files"][0]["added"])


def keep(vault: Vault, things: Sequence[Thing]) -> None:
    """Keep things as one import."""
    with vault.store.transaction() as tx:
        row = tx.row(
            "imports.begin", path_name="a.csv", source="netflix", format="x", at="2024", sha256="0"
        )
        assert row is not None
        tx.run_many("things.add", [row_for(thing, row["id"]) for thing in things])


def connected(vault: Vault, served: Served, **how: object) -> str:
    """Connect; returns what the organisation is called here."""
    done = connecting.connect(vault, served.url, **how)  # type: ignore[arg-type]
    assert done["decision"] == "accepted", done
    return str(done["name"])


def share(vault: Vault, name: str, **choice: object) -> dict[str, Any]:
    """Give what a choice names."""
    return giving.share(vault, name, giving.Choice(**choice))  # type: ignore[arg-type]


def inbox(vault: Vault) -> dict[str, Any]:
    """Send what waits and fetch what came back."""
    return receiving.inbox(vault)
