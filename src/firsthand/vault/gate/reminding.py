"""Endings that were confirmed, stated once more: an organisation may put back an old backup.

It has no way to know then what it had ended and erased since that copy was made; whoever ended it
has. So the same statement goes again, once a week until the organisation's backups have lapsed. It
gives the same receipt for as long as nothing was put back; another one says that something was, and
that it has gone again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.receipts import Ending
from firsthand.protocol.refusals import Refused
from firsthand.vault.gate.asking import OK, Line, Offline, Unusable, keep_up, refusal_in
from firsthand.vault.gate.noticing import warn
from firsthand.vault.terms import spool
from firsthand.vault.terms.awaited import erased_by_itself
from firsthand.vault.terms.log import check_end
from firsthand.vault.terms.relationships import (
    Relationship,
    all_relationships,
    find,
    signer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Store

EVERY: Final = timedelta(days=7)
AGAIN_AFTER: Final = timedelta(days=1)  # where nobody answered
BROUGHT_BACK: Final = {
    "erasure": "had put back, out of a backup, what they had erased. They were told again, and "
    "have erased it and signed that anew.",
    "revocation": "had put back, out of a backup, a deal that you had ended. They were told again, "
    "and have ended it and signed that anew.",
}
_KEY: Final = "stated again {agreement} {kind}"
_EARLIER: Final = "earlier receipt {agreement} {kind} {at}"
_NEWER: Final = "newer receipt {agreement}"  # where the first one came unasked
_GONE: Final = {"unknown_relationship", "no_agreement"}  # they have nothing that could be ended


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An ending that was confirmed: what it ended, the receipt, and since when there is one."""

    relationship: str
    agreement: str
    kind: str
    receipt: str
    since: str


class Reminding:
    """The statements that one opened vault makes once more."""

    def __init__(
        self, store: Store, clock: Clock, chance: Chance, line: Callable[[Relationship], Line]
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._line = line

    def due(self) -> list[Told]:
        """What is to be stated again by now. Dials nobody."""
        now = self._clock.now()
        return [
            told
            for relationship in all_relationships(self._store)
            if (told := self._last_word(relationship)) is not None
            and self._is_due(relationship, told, now)
        ]

    def remind(self, name: str | None = None) -> list[str]:
        """State again what is due, of ``name`` or of everybody; who had brought something back."""
        found = [told for told in self.due() if name in {None, told.relationship}]
        return [told.relationship for told in found if self._state_again(told)]

    def _last_word(self, relationship: Relationship) -> Told | None:
        """The ending that says most: the erasure where there is one."""
        rows = self._store.rows("endings.of_relationship", relationship=relationship.name)
        confirmed = {row["kind"]: row for row in rows if row["state"] == "confirmed"}
        row = confirmed.get("erasure") or confirmed.get("revocation")
        unasked = erased_by_itself(self._store, relationship)
        if relationship.state == "erased" and "erasure" not in confirmed and unasked:
            agreement = relationship.agreement or ""
            newer = self._store.row("meta.get", key=_NEWER.format(agreement=agreement))
            return Told(
                relationship=relationship.name,
                agreement=agreement,
                kind="erasure",
                receipt=unasked[-1]["jws"] if newer is None else str(newer["value"]),
                since=unasked[-1]["at"],
            )
        if row is None or relationship.state not in {"ended", "erased"}:
            return None
        return Told(
            relationship=relationship.name,
            agreement=row["agreement"],
            kind=row["kind"],
            receipt=row["receipt"],
            since=row["confirmed_at"],
        )

    def _is_due(self, relationship: Relationship, told: Told, now: datetime) -> bool:
        since = datetime.fromisoformat(told.since)
        horizon = timedelta(days=relationship.organisation.backup_days) + EVERY
        row = self._store.row("meta.get", key=_KEY.format(agreement=told.agreement, kind=told.kind))
        last = since if row is None else datetime.fromisoformat(str(row["value"]))
        return last + EVERY <= now <= since + horizon

    def _state_again(self, told: Told) -> bool:
        relationship, now = find(self._store, told.relationship), self._clock.now()
        key = _KEY.format(agreement=told.agreement, kind=told.kind)
        try:
            token = self._post(relationship, told)
        except (Offline, Unusable):
            self._put(key, stamp(now - EVERY + AGAIN_AFTER))
            return False
        except Refused as error:
            self._put(key, stamp(now))
            if error.refusal.reason not in _GONE:
                warn(self._store, self._clock, relationship, f"{relationship.organisation_name} "
                     f"was told of your end again, and answered: {error}")  # fmt: skip
            return False
        self._put(key, stamp(now))
        if token in {None, told.receipt}:
            return False
        self._keep(relationship, told, str(token))
        return True

    def _post(self, relationship: Relationship, told: Told) -> str | None:
        line, signer = self._line(relationship), signer_of(self._store, relationship)
        row = self._store.row("endings.one", agreement=told.agreement, kind=told.kind)
        if row is not None:
            body = bytes(row["body"])
        else:
            now = int(self._clock.now().timestamp())
            ending = Ending(agreement=told.agreement, jti=self._chance.token(), at=now)
            body = canonical(msgspec.to_builtins(ending))
        path = spool.PATHS[told.kind]
        headers, _ = line.sealed(path, body, wire.TYPE_JSON, signer, waits=True)
        answer = line.post(path, body, headers)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        try:
            token = msgspec.json.decode(answer.body, type=dict[str, str])["receipt"]
        except (ValueError, KeyError):
            return None
        relationship = keep_up(self._store, line, relationship, token)
        check_end(
            token, kind=told.kind, agreement=told.agreement, relationship=relationship,
            person=signer.subject,
        )  # fmt: skip
        return token

    def _keep(self, relationship: Relationship, told: Told, token: str) -> None:
        """Keep the new receipt in the place of the first, and that one beside it as evidence."""
        at = stamp(self._clock.now())
        names = {"agreement": told.agreement, "kind": told.kind}
        with self._store.transaction() as tx:
            tx.run("meta.put", key=_EARLIER.format(at=at, **names), value=told.receipt)
            if tx.row("endings.one", **names) is not None:
                tx.run("endings.confirm", receipt=token, at=told.since, **names)
            else:
                tx.run("meta.put", key=_NEWER.format(agreement=told.agreement), value=token)
        what = f"{relationship.organisation_name} {BROUGHT_BACK[told.kind]}"
        warn(self._store, self._clock, relationship, f"On {at[:10]}: {what}")

    def _put(self, key: str, value: str) -> None:
        with self._store.transaction() as tx:
            tx.run("meta.put", key=key, value=value)
