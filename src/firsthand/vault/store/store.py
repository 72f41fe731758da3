"""The opened vault file: one writer, one reader, transactions, and how a vault comes to be.

SQLCipher with a random raw key (no second derivation), WAL, `synchronous=FULL`,
`secure_delete=ON`. Several commands may use one vault: SQLite's own locks put them in order.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlcipher3

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.ids import Chance
from firsthand.vault.store import seals
from firsthand.vault.store import slots as slot_rules
from firsthand.vault.store.engine import changed_pages, connected
from firsthand.vault.store.faults import UnableToKeep, UnableToOpen, plainly
from firsthand.vault.store.files import (
    OWNER_FOLDER,
    new_file,
    sync_file,
    sync_folder,
    writing_whole,
)
from firsthand.vault.store.leaving import Leaving
from firsthand.vault.store.queries import query, schema, upgrade
from firsthand.vault.store.slots import Slots
from firsthand.vault.store.transactions import Reading, Row, Tx

VAULT_FILE = "vault.db"
SLOTS_FILE = "slots.json"
LOCK_FILE = "lock"
SCHEMA_VERSION = 7
SEED_BYTES = 32
LOOK_AFTER_SECONDS = 5.0
_CHANGED = (
    "{name} is damaged or was changed ({why}). Put back your last backup, or restore an export "
    "into a new vault."
)
_OLDER = (
    f"{SLOTS_FILE} is an older one, and what you typed was replaced since. Use what opened the "
    "vault last, or the recovery code."
)
WAYS = "ways"  # which slots are in force
MOMENT_CACHE_KIB = 8 * 1024  # reads everything once, in order


class UnableToCreate(Exception):
    """No vault was made: something is there already, or the place may not be written to."""


class Store:
    """An opened vault file. Safe to share between threads."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Open the file in `folder` by its key; `open` and `create` are the ways in."""
        self.folder = folder
        self._file = folder / VAULT_FILE
        self._key = bytearray(key)
        self._writing = threading.RLock()
        self._reading = threading.RLock()
        self._keyed = threading.Lock()
        self._tx: Tx | None = None
        self._openings: int | None = None  # since every page was looked at; None is never
        self._damage = ""
        self._closed = False
        self._closing = threading.Event()
        self._looking: threading.Thread | None = None
        self._leaving = Leaving(folder, self._file)
        try:
            self._writer = self._connect()
            self._reader = self._connect()
        except BaseException:
            self._leaving.let_go()
            raise

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: str,
        chance: Chance,
        clock: Clock,
        cost: slot_rules.Cost = slot_rules.DEFAULT,
    ) -> tuple[Self, str]:
        """Make a new vault and open it; returns it with its recovery code.

        It is made beside its place and moved there when it is whole: a crash leaves nothing that
        looks like a vault. Raises `UnableToCreate`, and `ValueError` for an empty passphrase.
        """
        folder = folder.absolute()
        check_place(folder)
        making = folder.with_name(f".{folder.name}.making-{chance.token(9)}")
        try:
            folder.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
            making.mkdir(mode=OWNER_FOLDER)
            key, code = _fill(making, passphrase, chance, clock, cost)
            making.rename(folder)
            sync_folder(folder.parent)
        except OSError as error:
            message = f"No vault could be made at {folder}: {error.strerror}. Choose another place."
            raise UnableToCreate(message) from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
        store = cls(folder, key)
        store._openings = 0
        return store, code

    @classmethod
    def open(cls, folder: Path, secret: slot_rules.Secret, *, device: Path | None = None) -> Self:
        """Open the vault in `folder` by its passphrase, its recovery code or a passkey's secret.

        device: a folder elsewhere, where it is noted how the vault was left: one that was put back
        whole shows by that alone.

        Raises `UnableToUnlock` for a wrong secret or changed slots, `UnableToOpen` where there is
        no vault or it is damaged.
        """
        folder = folder.absolute()
        slots = read_slots(folder)
        key, slot = slot_rules.opened_by(slots, secret)
        openings = seals.fits(folder, folder / VAULT_FILE, key)
        store = cls(folder, key)
        try:
            store._leaving.check(key, slots.vault, device, whole=openings is None)
            store.check(slots.vault, openings)
            store._check_way(slot)
            store._leaving.begin(key)
        except BaseException:
            store.close()
            raise
        store._look_later()
        return store

    def change_slots(self, change: Callable[[Slots, bytes], Slots], chance: Chance) -> None:
        """Put what `change` makes of the slots and the key into slots.json.

        The vault notes which slots are in force, so that an older slots.json lets in by none that
        was taken away since. Both are in force in between: a crash locks nobody out. Raises
        what `change` raises, `UnableToKeep` where the disk is full.
        """
        slots = read_slots(self.folder)
        changed = change(slots, bytes(self._key))
        self._put_ways(slots, changed)
        try:
            with writing_whole(self.folder / SLOTS_FILE, chance.token(9)) as stream:
                stream.write(slot_rules.encode_slots(changed))
        except OSError as error:
            message = f"{SLOTS_FILE} cannot be written: {error.strerror}. Nothing was changed."
            raise UnableToKeep(message) from error
        self._put_ways(changed)

    def _put_ways(self, *every: Slots) -> None:
        ways = sorted({slot.commitment.hex() for slots in every for slot in slots.slots})
        with self.transaction() as tx:
            tx.run("meta.put", key=WAYS, value=" ".join(ways))

    def _check_way(self, slot: slot_rules.Slot) -> None:
        kept = self.row("meta.get", key=WAYS)
        if kept is not None and slot.commitment.hex() not in str(kept["value"]).split():
            raise slot_rules.UnableToUnlock(_OLDER)

    def close(self) -> None:
        """Close the file. What was committed is in `vault.db` itself afterwards."""
        self._closing.set()
        if self._looking is not None:
            self._looking.join()
        with self._writing, self._reading, self._keyed:
            self._closed = True  # from here on nobody opens it by a key that is gone
            for connection in (self._reader, self._writer):
                # A damaged file has been told of already, or will be at the next opening.
                with contextlib.suppress(sqlcipher3.Error):
                    connection.close()
            if self._openings is not None and not self._damage:
                self._leaving.leave(bytes(self._key), self._openings)
                self._openings = None
            self._leaving.let_go()
            self._key[:] = bytes(len(self._key))

    def check(self, vault: str, openings: int | None) -> None:
        """Raise `UnableToOpen` unless this is the file of `vault` in a form that we know.

        openings: how many there were since every page was looked at, or None: then they are now.
        An older form is brought up to ours.
        """
        with self._plainly():
            row = self._writer.execute("PRAGMA user_version").fetchone()
        version = row["user_version"]
        if version > SCHEMA_VERSION:
            raise UnableToOpen(
                f"{self._file.name} was made by a newer Firsthand (form {version}; this one "
                f"knows {SCHEMA_VERSION}). Use the newer one."
            )
        if openings is None:
            self._check_pages()
        if version < 1 or self._meta("id") != vault:
            raise UnableToOpen(f"{self._file.name} and {SLOTS_FILE} are not of the same vault.")
        if version < SCHEMA_VERSION:
            seals.break_seal(self.folder)
            with self._plainly():
                self._writer.executescript(upgrade(version, SCHEMA_VERSION))
            with self.transaction():
                pass  # every transaction ends with putting in the words
        self._openings = 0 if openings is None else openings + 1

    @property
    def seed(self) -> bytes:
        """The 32 bytes that all keys of this person are derived from."""
        return bytes(self._meta("seed"))

    @property
    def made_at(self) -> str:
        """When the vault was made, RFC 3339."""
        return str(self._meta("made_at"))

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Write: all of it when the block ends well, nothing where it raises.

        Waits for other writers of this vault up to `BUSY_WAIT_MS_MAX`, then `UnableToKeep`. There
        are no transactions inside each other.
        """
        with self._writing:
            assert self._tx is None, "a transaction inside a transaction"
            with self._plainly():
                self._writer.execute("BEGIN IMMEDIATE")
                seals.break_seal(self.folder)
            self._tx = Tx(self._writer, self._plainly)
            try:
                yield self._tx
                self._tx.make()
                with self._plainly():
                    self._writer.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlcipher3.Error):
                    self._writer.execute("ROLLBACK")
                raise
            finally:
                self._tx = None

    @contextmanager
    def moment(self) -> Iterator[Reading]:
        """Read many things of one moment, on a line of its own, while others write."""
        with self._plainly():
            connection = self._connect()
        try:
            with self._plainly():
                connection.execute(f"PRAGMA cache_size = -{MOMENT_CACHE_KIB}")
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM meta").fetchall()
            yield Reading(connection, self._plainly)
        finally:
            connection.close()

    def rows(self, name: str, /, **params: object) -> list[Row]:
        """All rows of the statement called `name`, as of the last commit."""
        with self._reading:
            return Reading(self._reader, self._plainly).rows(name, **params)

    def row(self, name: str, /, **params: object) -> Row | None:
        """The first row of the statement called `name`, or None."""
        found = self.rows(name, **params)
        return found[0] if found else None

    def _check_pages(self) -> None:
        """Look at every page, as some that were changed would give empty answers, not errors.

        A page of zeros passes for one that was never written, and the index of words swallows
        what the engine says of its pages. This takes about two seconds where there are a million
        things, and a few milliseconds in most vaults.
        """
        with self._plainly():
            found = changed_pages(self._writer)
        if found:
            raise UnableToOpen(_CHANGED.format(name=self._file, why=found[0]))

    def _look_later(self) -> None:
        """Look at every page beside all else, if this stays open and it was not done just now."""
        if self._openings:
            self._looking = threading.Thread(target=self._look, name="vault look", daemon=True)
            self._looking.start()

    def _look(self) -> None:
        if self._closing.wait(LOOK_AFTER_SECONDS):
            return
        try:
            connection = self._connect()
            try:
                found = changed_pages(connection)
            finally:
                connection.close()
        except (UnableToOpen, sqlcipher3.Error):
            return  # the next opening looks at it whole
        if found:
            self._damage = found[0]
            (self.folder / seals.SEAL_FILE).unlink(missing_ok=True)
        else:
            self._openings = 0

    def _meta(self, key: str) -> Any:  # noqa: ANN401 - text or bytes, by the key
        row = self.row("meta.get", key=key)
        if row is None:
            raise UnableToOpen(f"{self._file.name} is damaged: it holds no {key}.")
        return row["value"]

    def _plainly(self) -> contextlib.AbstractContextManager[None]:
        if self._damage:
            raise UnableToOpen(_CHANGED.format(name=self._file, why=self._damage))
        if self._closed:
            raise UnableToOpen(f"{self._file} was closed meanwhile. Open it again.")
        return plainly(str(self._file))

    def _connect(self) -> sqlcipher3.Connection:
        if not self._file.is_file():
            raise UnableToOpen(f"There is no {VAULT_FILE} in {self.folder}.")
        with self._keyed, self._plainly():
            return connected(self._file, bytes(self._key))


def check_place(folder: Path) -> None:
    """Raise `UnableToCreate` unless a new vault may be made at `folder`."""
    if (folder / VAULT_FILE).exists() or (folder / SLOTS_FILE).exists():
        raise UnableToCreate(f"There is a vault at {folder} already. It was not touched.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UnableToCreate(f"{folder} is there already and is not an empty folder.")


def read_slots(folder: Path) -> slot_rules.Slots:
    """Read the slots of the vault in `folder`. Raises `UnableToOpen`, `UnableToUnlock`."""
    path = folder / SLOTS_FILE
    try:
        with path.open("rb") as stream:
            raw = stream.read(slot_rules.FILE_BYTES_MAX + 1)
    except FileNotFoundError as error:
        message = f"There is no vault at {folder}. Make one: firsthand vault init --vault {folder}"
        raise UnableToOpen(message) from error
    except OSError as error:
        raise UnableToOpen(f"{path} cannot be read: {error.strerror}.") from error
    return slot_rules.decode_slots(raw)


def _fill(
    folder: Path, passphrase: str, chance: Chance, clock: Clock, cost: slot_rules.Cost
) -> tuple[bytes, str]:
    """Put a whole new vault into an empty folder; returns its key and its recovery code."""
    vault = chance.token()
    slots, key, code = slot_rules.create_slots(passphrase, chance, vault=vault, cost=cost)
    file = folder / VAULT_FILE
    new_file(file)
    connection = connected(file, key)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(schema())
        seed = chance.bytes(SEED_BYTES)
        about = {"id": vault, "made_at": stamp(clock.now()), "seed": seed}
        for name, value in about.items():
            connection.execute(query("meta.put"), {"key": name, "value": value})
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    finally:
        connection.close()
    sync_file(file)
    new_file(folder / LOCK_FILE)
    with writing_whole(folder / SLOTS_FILE, "new") as stream:
        stream.write(slot_rules.encode_slots(slots))
    return key, code
