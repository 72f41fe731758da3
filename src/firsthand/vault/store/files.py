"""Files that are there whole or not at all, and for their owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OWNER_FILE = 0o600
OWNER_FOLDER = 0o700


@contextmanager
def writing_whole(path: Path, mark: str) -> Iterator[BinaryIO]:
    """Write `path` beside itself and move it into place when the block ends well.

    mark: makes the name of the unfinished file unlike others'. A crash leaves the old file or the
    new one. Raises `OSError`.
    """
    unfinished = path.with_name(f".{path.name}.{mark}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def new_file(path: Path) -> None:
    """Make an empty file that only its owner may read. Raises `FileExistsError`."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE))


def sync_file(path: Path) -> None:
    """Return when what was written to `path` is on its disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Return when the names in the folder `path` are on its disk."""
    sync_file(path)
