"""What is said once more to an organisation that may have put back an old backup, and when.

Once a week, from when it was confirmed until every backup of before has lapsed by their own word,
and a week more. Who was away is asked a day later. Who had put back a backup may have made another
one before they were told: from there it is counted anew.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.vault.terms.relationships import Relationship

if TYPE_CHECKING:
    from firsthand.vault.store import Store

EVERY: Final = timedelta(days=7)
AGAIN_AFTER: Final = timedelta(days=1)  # where nobody answered
_KEY: Final = "stated again {what}"
_LOST: Final = "stated anew {what}"


class Repeated(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is said again: ``what`` names it in the vault, ``since`` is RFC 3339."""

    what: str
    since: str

    def is_due(self, store: "Store", relationship: Relationship, now: datetime) -> bool:
        """Whether it is to be said again by now."""
        since = self._since(store)
        horizon = timedelta(days=relationship.organisation.backup_days) + EVERY
        row = store.row("meta.get", key=_KEY.format(what=self.what))
        last = since if row is None else datetime.fromisoformat(str(row["value"]))
        return last + EVERY <= now <= since + horizon

    def was_said(self, store: "Store") -> bool:
        """Whether it was said again at all, heard or not."""
        return store.row("meta.get", key=_KEY.format(what=self.what)) is not None

    def put_said(self, store: "Store", now: datetime) -> None:
        """Note that it was said, and answered."""
        self._put(store, stamp(now))

    def put_lost(self, store: "Store", now: datetime) -> None:
        """Note that they had lost it until now: every backup of until now has it lost as well."""
        with store.transaction() as tx:
            tx.run("meta.put", key=_LOST.format(what=self.what), value=stamp(now))

    def _since(self, store: "Store") -> datetime:
        first = datetime.fromisoformat(self.since)
        row = store.row("meta.get", key=_LOST.format(what=self.what))
        return first if row is None else max(first, datetime.fromisoformat(str(row["value"])))

    def put_unheard(self, store: "Store", now: datetime) -> None:
        """Note that nobody answered."""
        self._put(store, stamp(now - EVERY + AGAIN_AFTER))

    def _put(self, store: "Store", value: str) -> None:
        with store.transaction() as tx:
            tx.run("meta.put", key=_KEY.format(what=self.what), value=value)
