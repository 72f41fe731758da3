"""The log as anybody may check it: its newest checkpoint, and proofs that it only grows.

Above: the doors, which publish both. Below: the journal's tree. A checkpoint says how many batches
there are and names nobody.
"""

from firsthand.foundation.journal import Journal
from firsthand.protocol.merkle import UnableToProve
from firsthand.protocol.refusals import refuse


class Proofs:
    """The proofs of one hub's journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def checkpoint(self) -> str:
        """The newest signed checkpoint, as C2SP writes it."""
        with self._journal.read() as snapshot:
            return self._journal.checkpoint(snapshot)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The hashes that show how the tree of ``second`` adds to that of ``first`` (RFC 6962).

        Raises ``Refused``: ``shape_invalid`` where the second is the smaller one, ``not_found``
        where the log is not that long.
        """
        if first > second:
            raise refuse("shape_invalid", f"first ({first}) must not be above second ({second}).")
        with self._journal.read() as snapshot:
            try:
                return self._journal.consistency(snapshot, first, second)
            except UnableToProve as error:
                raise refuse("not_found", f"The log has no {second} entries yet.") from error
