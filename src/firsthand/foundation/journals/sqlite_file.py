"""The folder and the file of an SQLite journal: who may open it, how, and with what in it.

One process at a time, held by a lock file. Every connection is to the same file in WAL mode.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from firsthand.foundation.journal import Limits, UnableToOpen

FILE = "journal.db"
LOCK = "lock"
PAGE_BYTES = 4096
BUSY_WAIT_MS_MAX = 5_000
STATEMENTS_CACHED_MAX = 512
WRITER_CACHE_KIB = 64 << 10
READER_CACHE_KIB = 8 << 10
FORMAT = 1

Connection = Any  # the driver carries no types

SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
  position INTEGER PRIMARY KEY,
  relationship TEXT, lane TEXT, n INTEGER,
  role TEXT, purpose TEXT, agreement TEXT,
  events INTEGER, received_ms INTEGER,
  salt BLOB, signature BLOB, base BLOB, body BLOB,
  nodes BLOB NOT NULL,
  checkpoint TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS batches_by_lane ON batches (relationship, lane, n)
  WHERE relationship IS NOT NULL;
"""
"""`nodes` holds the leaf hash and then, upwards, every tree node that this leaf completed, 32 bytes
each: what a proof needs is found by position, and storing it costs no row of its own. `checkpoint`
is set in the last row of each group. The index is the lane's cursor, the guard against a repeat
and the way to all batches of a relationship, in one. An erased row keeps its position, its nodes
and its checkpoint.
"""

ROOM_SCHEMA = """
CREATE TABLE IF NOT EXISTS "room_{name}" (
  relationship TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (relationship, key)
) WITHOUT ROWID
"""

# The corruption bug of WAL resets: from the first WAL on, mended in 3.51.3 and in two older lines.
_WAL_SOUND_SINCE = (3, 51, 3)
_WAL_MENDED_LINES = {(3, 50): 7, (3, 44): 6}


def check_engine(version: str) -> None:
    """Raise UnableToOpen for an SQLite whose WAL can corrupt the file when it is reset."""
    major, minor, patch = (int(part) for part in [*version.split("."), "0", "0"][:3])
    mended = _WAL_MENDED_LINES.get((major, minor))
    if (major, minor, patch) >= _WAL_SOUND_SINCE or (mended is not None and patch >= mended):
        return
    raise UnableToOpen(
        f"SQLite {version} can corrupt a file in WAL mode when the WAL is reset; "
        "install sqlcipher3 with SQLite 3.51.3 or later"
    )


class FolderLock:
    """Held as long as the journal is open: a second process would break the order of writing."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; raises UnableToOpen if another process, or this one, has it."""
        self._handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            os.close(self._handle)
            raise UnableToOpen(
                f"the journal in {folder} is open already, here or in another process; "
                "close that one, or choose another folder"
            ) from taken

    def release(self) -> None:
        """Let others open the folder."""
        os.close(self._handle)


def prepare_folder(folder: Path) -> None:
    """Make the folder, durably and for its owner only; raises UnableToOpen if it cannot be."""
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for made in missing:
            sync_folder(made.parent)
    except OSError as error:
        raise UnableToOpen(f"the folder {folder} cannot be made: {error}") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def connect(folder: Path, limits: Limits, *, writes: bool) -> Connection:
    """Open a connection. The writer's makes every commit durable and every deletion real."""
    connection = sqlite.connect(
        str(folder / FILE),
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS_CACHED_MAX,
        timeout=BUSY_WAIT_MS_MAX / 1000,
    )
    settings = [
        "cell_size_check=ON",
        "trusted_schema=OFF",
        "temp_store=MEMORY",
        f"cache_size=-{WRITER_CACHE_KIB if writes else READER_CACHE_KIB}",
    ]
    if writes:
        settings += [
            f"page_size={PAGE_BYTES}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "fullfsync=ON",
            "checkpoint_fullfsync=ON",
            "secure_delete=ON",
            "wal_autocheckpoint=0",
            f"journal_size_limit={2 * limits.wal_bytes_max}",
            f"max_page_count={limits.pages_max}",
        ]
    else:
        settings.append("query_only=ON")
    for setting in settings:
        connection.execute(f"PRAGMA {setting}").fetchall()
    return connection


def own_file(file: Path) -> None:
    """Make the file if it is missing, and let its owner alone read it; SQLite does so beside it."""
    handle = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def open_file(folder: Path, limits: Limits, rooms: Iterable[str]) -> Connection:
    """Open the writer's connection and make what is missing; raises UnableToOpen."""
    check_engine(sqlite.sqlite_version)
    try:
        own_file(folder / FILE)
        connection = connect(folder, limits, writes=True)
        found = connection.execute("PRAGMA user_version").fetchall()[0][0]
        if found not in (0, FORMAT):
            raise UnableToOpen(f"{folder / FILE} has format {found}; this program reads {FORMAT}")
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
        for room in rooms:
            connection.execute(ROOM_SCHEMA.format(name=room))
        connection.execute(f"PRAGMA user_version={FORMAT}")
        connection.execute("COMMIT")
        sync_folder(folder)
    except (sqlite.Error, OSError) as error:
        raise UnableToOpen(f"{folder / FILE} cannot be opened: {error}") from error
    mode = connection.execute("PRAGMA journal_mode").fetchall()[0][0]
    if mode != "wal":
        raise UnableToOpen(f"{folder / FILE} is in mode {mode}: its file system cannot keep a WAL")
    return connection
