"""Which files a person means: the files they name, and every file in the folders they name."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from firsthand.vault.sources import UnableToRead

FILES_MAX = 10_000


class UnableToFind(Exception):
    """A path leads to no file, or to more files than are taken at once."""


def files_of(paths: Iterable[Path]) -> dict[Path, str]:
    """The files that `paths` mean, in their order; those of a folder sorted, hidden ones left out.

    Each with its name; in a folder it is the way to it from there, as a member of an archive has.

    A path that leads nowhere is kept: opening it says what is wrong. Raises `UnableToFind` for
    more than `FILES_MAX`.
    """
    found: dict[Path, str] = {}
    for path in paths:
        folder = path.is_dir()
        for each in _within(path) if folder else (path,):
            name = each.relative_to(path.parent).as_posix() if folder else each.name
            found.setdefault(each, name)
            if len(found) > FILES_MAX:
                raise UnableToFind(f"More than {FILES_MAX} files at once. Name a smaller folder.")
    return found


_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


def open_file(path: Path) -> BinaryIO:
    """Open a file to read, and nothing else: what is no file might be waited for without end.

    Raises `UnableToRead` for a pipe, a socket or a device, `OSError` as opening does.
    """
    if str(path) == "-" and not path.exists():
        raise UnableToRead(
            "Standard input is not read, as a file is gone through more than once. Save it as a "
            "file and name that."
        )
    _refuse_other(path, path.stat().st_mode)
    # Not even if it has been put in the place of a file just now.
    held = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    stream = os.fdopen(held, "rb")
    try:
        _refuse_other(path, os.fstat(held).st_mode)
    except UnableToRead:
        stream.close()
        raise
    return stream


def _refuse_other(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((words for holds, words in _KINDS if holds(mode)), "something else")
        raise UnableToRead(
            f'"{path.name}" is {kind}, not a file. Save what comes out of it as a file, and name '
            "that."
        )


def _within(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path
