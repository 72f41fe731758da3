"""Which files a person means: the files they name, and every file in the folders they name."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

FILES_MAX = 10_000


class UnableToFind(Exception):
    """A path leads to no file, or to more files than are taken at once."""


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files that `paths` mean, in their order; those of a folder sorted, hidden ones left out.

    A path that leads nowhere is kept: opening it says what is wrong. Raises `UnableToFind` for
    more than `FILES_MAX`.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for each in _within(path) if path.is_dir() else (path,):
            found[each] = None
            if len(found) > FILES_MAX:
                raise UnableToFind(f"More than {FILES_MAX} files at once. Name a smaller folder.")
    return list(found)


def _within(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield path
