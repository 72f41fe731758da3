"""How a room that may not know the journal gets its work into the writer, and sees the tables."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from firsthand.foundation.tables import Reader, Tx

T = TypeVar("T")

Snapshot = Callable[[], AbstractContextManager[Reader]]
"""Opens one consistent view of the tables, for the organisation's own rows."""


class Write(Protocol):
    """Runs a short work in one transaction and waits until it is durable."""

    def __call__(self, work: Callable[[Tx], T]) -> T:
        """Return what the work returned; raise what it raised, or that it could not be kept."""
        ...
