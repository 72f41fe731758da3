"""The contract of what folds a journal: a role's own view of what people gave.

A projection can be thrown away and made again from the journal at any time. Each keeps its rows in
its own tables, so that it can forget a relationship without knowing any other.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

from firsthand.foundation.journal import Stored
from firsthand.foundation.tables import Reader, Tx


class Folding(NamedTuple):
    """A batch on its way in, with what `made_of` came to for it."""

    batch: Stored
    made: Any


class Projection(Protocol):
    """A plain fold: the same batches in the same order always give rows that say the same.

    How many rows that is may depend on the slices in which they came.
    One batch can come late: one that could not be folded is set aside and tried again at the next
    start, after those that followed it.
    """

    @property
    def name(self) -> str:
        """What its cursor is kept under; it never changes."""
        ...

    @property
    def version(self) -> int:
        """The layout of its rows, from 1. With another one they are dropped and made again."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that are dropped to be made again; nobody else writes them."""
        ...

    def made_of(self, batch: Stored) -> object:
        """What this batch comes to: the costly part, done outside of the writer."""
        ...

    def together(self, folding: Sequence[Folding]) -> list[Folding]:
        """What a slice comes to, outside of the writer too: the same batches in the same order.

        What several batches of one person come to may go with the last one of them.
        """
        ...

    def apply(self, tx: Tx, folding: Sequence[Folding], *, again: bool) -> None:
        """Fold batches in, in the order of the journal. Short: at most 10 ms.

        `again`: an older layout has had them, so that what outlives `tables` has them already.
        """
        ...

    def rows_under(self, reader: Reader, relationship: str, under: Collection[str]) -> list[str]:
        """The keys of the rows of a relationship that were made of what came `under` agreements."""
        ...

    def drop(self, tx: Tx, relationship: str, keys: Sequence[str]) -> None:
        """Delete the rows of these keys."""
        ...

    def unfold(
        self, tx: Tx, relationship: str, gone: Sequence[Stored], left: Sequence[Stored]
    ) -> None:
        """Count without the batches that are `gone`: once each, after their rows were dropped.

        `left` are the others of this relationship. Both are in the journal's order, without bodies.
        """
        ...

    def forget(self, tx: Tx, relationship: str, rows_max: int) -> int:
        """Delete up to `rows_max` rows of a relationship; return how many. 0: nothing is left."""
        ...
