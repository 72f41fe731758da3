"""The engine: a line to the encrypted file, and what it says of pages that were changed."""

from pathlib import Path
from urllib.parse import quote

import sqlcipher3

from firsthand.vault.store.transactions import row_of

BUSY_WAIT_MS_MAX = 10_000
CACHE_KIB = 64 * 1024
# What all vaults of one process hold of their files together: 64 of a million things would fill a
# small machine otherwise. Above it a cache turns its own pages over instead of growing.
MEMORY_BYTES_MAX = 512 * 1024 * 1024
_LOOKS_MAX = 3


def changed_pages(connection: sqlcipher3.Connection) -> list[str]:
    """What the engine says of pages that were changed: of those it says it of at every look."""
    found = set[str]()
    for number in range(_LOOKS_MAX):  # another may be writing the page that is looked at
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        rows = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        told = {str(row["cipher_integrity_check"]) for row in rows}
        found = found & told if number else told
        if not found:
            break
    return sorted(found)


def connected(file: Path, key: bytes) -> sqlcipher3.Connection:
    """Open the encrypted file by its key. Raises `sqlcipher3.Error` where that cannot be."""
    address = f"file:{quote(str(file))}?mode=rw"
    connection = sqlcipher3.connect(
        address,
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_WAIT_MS_MAX / 1000,
    )
    try:
        connection.row_factory = row_of
        # What is wrong is said by our own errors, not by the engine on standard error.
        connection.execute("PRAGMA cipher_log_level = NONE")
        # `cipher_memory_security` stays off: it wipes each piece of memory that is freed and made
        # an import with its index of words twenty times slower. The keys are wiped without it.
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA soft_heap_limit = {MEMORY_BYTES_MAX}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
