"""How far an import is, and the way to have it wait or end: for whoever shows it."""

import threading
from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is. Files count from 1.

    `path` is the file, `member` where it stands in an archive. `rows` were read of this file so
    far. `at_bytes` of its `size_bytes` lie behind.
    """

    path: str
    member: str = ""
    file: int = 1
    files: int = 1
    rows: int = 0
    members: int = 0
    at_bytes: int = 0
    size_bytes: int = 0


Tell = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """Tell nobody how far it is."""


class Control:
    """Has an import wait, go on or end, from any thread. It hears between two thousands of rows."""

    def __init__(self) -> None:
        """It goes on."""
        self._goes = threading.Event()
        self._goes.set()
        self._stopped = threading.Event()

    @property
    def paused(self) -> bool:
        """Whether it waits."""
        return not self._goes.is_set() and not self.stopped

    @property
    def stopped(self) -> bool:
        """Whether it is to end."""
        return self._stopped.is_set()

    @property
    def wanted(self) -> bool:
        """Whether something else than going on is asked for."""
        return not self._goes.is_set() or self.stopped

    def pause(self) -> None:
        """Have it wait. What was read is kept first."""
        self._goes.clear()

    def go_on(self) -> None:
        """Have it go on."""
        self._goes.set()

    def stop(self) -> None:
        """Have it end. The same file again goes on where it ended."""
        self._stopped.set()
        self._goes.set()

    def wait(self) -> None:
        """Return once it is to go on, or to end."""
        self._goes.wait()
