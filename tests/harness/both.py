"""Both sides of one run, with everything that can happen to them between two steps.

A vault in a file and an organisation in a journal, in folders of their own; made from templates,
so that keys are made once. The organisation follows its journal when it is told to: its threads
that would do so by themselves are not started. What a crash leaves is a copy of the folder as it
is at that moment; what it would still have tidied up is not in it.
"""

import contextlib
import functools
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.harness.sides import CATALOGUE, PASSPHRASE
from tests.harness.truth import Truth
from tests.harness.within import Asked, Within

from firsthand import app
from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Answer
from firsthand.foundation.ids import Chance, SeededChance
from firsthand.foundation.journal import Journal
from firsthand.foundation.journals.memory import MemoryJournal
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.hub.acts import offering
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.routes import application
from firsthand.hub.terms import organisation
from firsthand.protocol import wire
from firsthand.protocol.things import Thing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Gate
from firsthand.vault.store import Store, slots
from firsthand.vault.store.slots import FLOOR
from firsthand.vault.store.store import read_slots
from firsthand.vault.store.things import row_for

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNING = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://reel.example"
ACCEPTS = ("FH-GIVEN", "SD-BASE", "SD-BASE-ATP", "PDC-AI", "PDC-GOOD")
TITLES = (
    "Harbour", "Fog", "Sun", "Moon", "Tide: Season 1: Ebb", "Tide: Season 1: Flood", "Lantern",
    "Quarry", "Meadow", "Orchard",
)  # fmt: skip
MEMORY_BACKED = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


def place() -> Path:
    """A new folder; in memory where there is such a place, since no power is cut here."""
    return Path(tempfile.mkdtemp(dir=MEMORY_BACKED if MEMORY_BACKED.is_dir() else None))


def things() -> list[Thing]:
    """Things with names that are nowhere else."""
    return [
        Thing(
            id=f"0190a0c0-0000-8000-8000-{number:012d}",
            type="WatchAction",
            name=f"{title} 4711",
            time=f"2024-01-{number + 3:02d}",
            source="netflix",
            data={
                "@type": "WatchAction",
                "name": f"{title} 4711",
                "startTime": f"2024-01-{number + 3:02d}",
                "object": {"@type": "Movie", "name": f"{title} 4711"},
            },
        )
        for number, title in enumerate(TITLES)
    ]


class Templates:
    """A vault with things in it, one that is new, and an organisation that nobody knows yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clock, chance = SetClock(BEGINNING), SeededChance(0)
        self.keys: dict[str, bytes] = {}
        for name in ("full", "fresh"):
            store, _ = Store.create(folder / name, PASSPHRASE, chance, clock, FLOOR)
            if name == "full":
                with store.transaction() as tx:
                    row = tx.row(
                        "imports.begin", path_name="a.csv", source="netflix", format="x",
                        at="2026", sha256="0",
                    )  # fmt: skip
                    assert row is not None
                    tx.run_many("things.add", [row_for(one, row["id"]) for one in things()])
            store.close()
            self.keys[name] = slots.unlock(read_slots(folder / name), PASSPHRASE)
        hub = folder / "hub"
        organisation.make_folder(hub)
        organisation.make_keys(hub)
        organisation.write_about(hub, organisation.check_about("Reel", URL))
        organisation.begin_key_log(hub, at=int(BEGINNING.timestamp()))
        self.owner = organisation.load(hub)
        made = _hub(hub, self.owner, self.sqlite(hub), clock, chance)
        furnish(made)
        made.close()

    def sqlite(self, folder: Path) -> SqliteJournal:
        """The journal in a folder."""
        return SqliteJournal(folder, app.TABLES, self.owner.checkpoint)

    def memory(self) -> MemoryJournal:
        """A new journal that keeps nothing."""
        return MemoryJournal(app.TABLES, self.owner.checkpoint)


@functools.cache
def templates() -> Templates:
    """Made once; they stay until the process ends."""
    return Templates(place())


def furnish(hub: Hub) -> None:
    """Say what is accepted, and publish a catalogue."""
    offering.policy(hub, accept=ACCEPTS, refuse=("PDC-INTENT", "SD-BASE-DP"))
    offering.catalogue(hub, csv=CATALOGUE)


def _hub(
    folder: Path,
    owner: organisation.Organisation,
    journal: Journal,
    clock: SetClock,
    chance: Chance,
) -> Hub:
    return app._hub_of(folder, owner, journal, clock, chance)  # noqa: SLF001 - without its threads


class Both:
    """A vault and an organisation, the line between them, and the truth about both.

    ``durable``: the journal is a file, else it is in memory and outlives a crash by being kept.
    """

    def __init__(self, *, durable: bool, seed: int = 1) -> None:
        self.made = templates()
        self.folder = place()
        self.durable = durable
        self.clock = SetClock(BEGINNING)
        self.chance = SeededChance(seed)
        self.truth = Truth()
        self.wire = Within(self._leaving, self._arrived)
        self.wire.stopping = self._take_image
        self.numbers = 0
        self.logged: set[bytes] = set()  # every body that a log of this person ever named
        self.image: Path | None = None
        self.arrivals: list[Callable[[Asked, Answer], None]] = []
        self.journal: Journal
        if durable:
            shutil.copytree(self.made.folder / "hub", self.folder / "hub 0")
            self.hub_folder = self.folder / "hub 0"
            self.journal = self.made.sqlite(self.hub_folder)
        else:
            self.hub_folder = self.made.folder / "hub"
            self.journal = self.made.memory()
        self.open_hub()
        if not durable:
            furnish(self.hub)
        self.key = self.made.keys["full"]
        self.vault_folder = self._copied(self.made.folder / "full")
        self.open_vault()

    # --- the organisation -------------------------------------------------------------------

    def open_hub(self) -> None:
        """Open the organisation around its journal, and let it be reached."""
        self.hub = _hub(self.hub_folder, self.made.owner, self.journal, self.clock, self.chance)
        self.application = application(self.hub)
        self.wire.application = self.application
        self.hub.erasing.start()
        self.hub.erasing.close()  # wait until what was left is done

    def close_hub(self) -> None:
        """Close the organisation; one in memory keeps its journal."""
        self.hub.closing.remove(self.journal.close)
        self.hub.close()
        self.wire.application = None
        if self.durable:
            self.journal.close()

    def restart_hub(self) -> None:
        """Close it in order and open it again."""
        self.close_hub()
        if self.durable:
            self.journal = self.made.sqlite(self.hub_folder)
        self.open_hub()

    def crash_hub(self) -> None:
        """Open what stood on the disk at this moment, as nothing had been tidied up."""
        if self.durable:
            image = self._copied(self.hub_folder)
            self.close_hub()
            shutil.rmtree(self.hub_folder)
            self.hub_folder = image
            self.journal = self.made.sqlite(image)
        else:
            self.close_hub()
        self.open_hub()

    def follow(self) -> None:
        """Let every projection see all there is."""
        follower: Any = self.hub.projector
        for projection in follower._projections:  # noqa: SLF001 - its thread is not started
            while follower._follow(projection):  # noqa: SLF001 - the same
                pass
        self.truth.seen = len(self.truth.batches)

    def keep_house(self) -> None:
        """Let the organisation do what is due: what has ended goes, and in time for good."""
        self.follow()
        self.truth.kept_house(self.now())
        self.hub.keeping.work_off()

    # --- the vault --------------------------------------------------------------------------

    def open_vault(self) -> None:
        """Open the vault by its key, as deriving it from the passphrase takes long on purpose."""
        store = Store(self.vault_folder, self.key)
        gate = Gate(store, self.wire, self.clock, self.chance, commands=True)
        gate.settle()
        self.vault = Vault(
            folder=self.vault_folder, store=store, gate=gate, clock=self.clock, chance=self.chance
        )

    def restart_vault(self) -> None:
        """Close it in order and open it again."""
        self.vault.close()
        self.open_vault()

    def crash_vault(self) -> None:
        """Open what stood on the disk when it stopped, or stands there now."""
        if self.image is None:
            self._take_image()
        assert self.image is not None
        self.vault.close()
        shutil.rmtree(self.vault_folder)
        self.vault_folder, self.image = self.image, None
        self.open_vault()

    def fresh_vault(self) -> None:
        """Take a new vault in the place of the one that was there."""
        self.vault.close()
        shutil.rmtree(self.vault_folder)
        self.key = self.made.keys["fresh"]
        self.vault_folder = self._copied(self.made.folder / "fresh")
        self.open_vault()

    def close(self) -> None:
        """Close both and leave nothing."""
        self.vault.close()
        self.close_hub()
        self.journal.close()
        self.wire.hang_up()
        shutil.rmtree(self.folder)

    # --- between them -----------------------------------------------------------------------

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock.now().timestamp())

    def away(self, *, away: bool) -> None:
        """Let the organisation be out of reach, or come back."""
        self.wire.application = None if away else self.application

    def _leaving(self, asked: Asked) -> None:
        """Nothing may leave that the log on the disk does not name."""
        if asked.path != wire.PATH_SIGNALS:
            return
        rows = self.vault.store.rows("disclosures.all")  # as of the last commit
        waiting = {bytes(row["body"]) for row in rows if row["state"] == "waiting"}
        assert asked.body in waiting, "it left, and the log does not know of it as waiting"
        self.logged.add(asked.body)

    def _arrived(self, asked: Asked, answer: Answer) -> None:
        self.truth.arrived(asked, answer, self.now())
        for each in self.arrivals:
            each(asked, answer)

    def _take_image(self) -> None:
        self.image = self._copied(self.vault_folder)

    def _copied(self, folder: Path) -> Path:
        """A copy beside the others; a socket or a lock of the original is no part of it."""
        self.numbers += 1
        copy = self.folder / f"{folder.name.split()[0]} {self.numbers}"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.sock"))
        with contextlib.suppress(FileNotFoundError):
            (copy / "vault.db-shm").unlink()
        return copy
