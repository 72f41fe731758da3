"""What an import brought that was there already, as spans of positions: few, however many things.

An export that is brought again has its things in the order in which they were kept.
"""

from collections.abc import Sequence

import msgspec

from firsthand.vault.store import Tx


class Spans:
    """Spans that follow each other, until they are kept."""

    def __init__(self) -> None:
        """None yet."""
        self._spans: list[list[int]] = []

    def note(self, tx: Tx, ids: Sequence[str], import_id: int | None) -> None:
        """Take up those of these things that came with another import."""
        asked = msgspec.json.encode(ids).decode()
        for (position,) in tx.values("imports.known", ids=asked, import_id=import_id):
            if self._spans and self._spans[-1][1] == position - 1:
                self._spans[-1][1] = position
            else:
                self._spans.append([position, position])

    def keep(self, tx: Tx, import_id: int | None) -> None:
        """Keep them, and begin anew."""
        for first, last in self._spans:
            tx.run("imports.knew", import_id=import_id, first=first, last=last)
        self._spans = []

    def forget(self) -> None:
        """Begin anew without keeping them."""
        self._spans = []
