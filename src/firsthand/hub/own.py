"""The one read without a purpose of the organisation's: for the person, of what they gave.

It works after an ending and until all is erased, and it is noted beside the reads of others. Above:
the act that answers a request by right. Below: the journal, and what was put right.
"""

from collections.abc import Sequence

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import Journal, Order
from firsthand.foundation.tables import Tx
from firsthand.hub import corrected, noting
from firsthand.hub.seen import Kept, Noted
from firsthand.hub.terms import relationships
from firsthand.protocol.putting_right import put_right
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles.profile import thing_given
from firsthand.protocol.signals import signals_taken

ROWS_MAX = 500
PAGE_BYTES_MAX = 4 << 20


class Own:
    """The reads of one hub for the persons themselves."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def given(self, relationship: str, *, after: int, right: str) -> tuple[Sequence[Kept], int]:
        """What a person gave in batches from the leaf ``after`` on, and the ``after`` to go on.

        The same ``after`` comes back at the end. ``right`` is what it was asked by. Raises
        ``Refused`` (``unknown_relationship``) once it is being erased.
        """
        with self._journal.read() as snapshot:
            page = self._journal.batches(
                snapshot, after, rows_max=ROWS_MAX, bytes_max=PAGE_BYTES_MAX,
                relationship=relationship,
            )  # fmt: skip
            corrections = corrected.of(snapshot, relationship)
        kept = [
            Kept(
                agreement=batch.agreement,
                given_ms=batch.received_ms,
                position=batch.position,
                thing=put_right(thing_given(signal.id, signal.data), corrections),
            )
            for batch in page.batches
            for signal in signals_taken(batch.body)
        ]
        noted = Noted(
            reader="the person", kind="person", purpose=right, count=len(kept),
            fields=sorted({f"{one.thing.type}/{name}" for one in kept for name in one.thing.data}),
            at_ms=int(self._clock.now().timestamp() * 1000),
        )  # fmt: skip

        def work(tx: Tx) -> None:
            if not relationships.is_open(tx, relationship):
                raise refuse("unknown_relationship")
            noting.note_own(tx, relationship, noted)

        self._journal.submit(work, Order.PROJECT).result()
        return kept, page.seen if page.batches else after
