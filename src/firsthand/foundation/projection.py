"""The contract of what folds a journal: a role's own view of what people gave.

A projection can be thrown away and made again from the journal at any time. Each keeps its rows in
its own tables, so that it can forget a relationship without knowing any other.
"""

from collections.abc import Sequence
from typing import Protocol

from firsthand.foundation.journal import Stored
from firsthand.foundation.tables import Tx


class Projection(Protocol):
    """A plain fold: the same batches in the same order always give the same rows."""

    @property
    def name(self) -> str:
        """What its cursor is kept under; it never changes."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that it writes; nobody else does."""
        ...

    def apply(self, tx: Tx, batches: Sequence[Stored]) -> None:
        """Fold batches in, in the order of the journal. Short: at most 10 ms."""
        ...

    def forget(self, tx: Tx, relationship: str, rows_max: int) -> int:
        """Delete up to `rows_max` rows of a relationship; return how many. 0: nothing is left."""
        ...
