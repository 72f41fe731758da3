"""Endings that were confirmed, stated once more: an organisation may put back an old backup.

It has no way to know then what it had ended and erased since that copy was made; whoever ended it
has. So the same statement goes again, once a week until the organisation's backups have lapsed. It
gives the same receipt for as long as nothing was put back; another one says that something was, and
that it has gone again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.jws import JwsRefused, read_jws
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
    replaced,
    signer_of,
)
from firsthand.vault.terms.repeating import Repeated

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Store

BROUGHT_BACK: Final = {
    "erasure": "had put back, out of a backup, what they had erased. They were told again, and "
    "have erased it and signed that anew.",
    "revocation": "had put back, out of a backup, a deal that you had ended. They were told again, "
    "and have ended it and signed that anew.",
}
_EARLIER: Final = "earlier receipt {agreement} {kind} {at}"
_NEWER: Final = "newer receipt {agreement}"  # beside one unasked, or of another deal
_GONE: Final = {"unknown_relationship", "no_agreement"}  # they have nothing that could be ended


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An ending that was confirmed: what it ended, the receipt, and since when there is one."""

    relationship: str
    agreement: str
    kind: str
    receipt: str
    since: str

    @property
    def again(self) -> Repeated:
        """When it is stated again."""
        return Repeated(what=f"{self.agreement} {self.kind}", since=self.since)


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
            for told in self._last_words(relationship)
            if told.again.is_due(self._store, relationship, now)
        ]

    def remind(self, name: str | None = None) -> list[str]:
        """State again what is due, of ``name`` or of everybody; who had brought something back."""
        found = [told for told in self.due() if name in {None, told.relationship}]
        again = [told.relationship for told in found if self._state_again(told)]
        return list(dict.fromkeys(again))

    def _last_words(self, relationship: Relationship) -> list[Told]:
        """The endings that say most: the erasure, or else how each deal ended that has."""
        rows = self._store.rows("endings.of_relationship", relationship=relationship.name)
        confirmed = [row for row in rows if row["state"] == "confirmed"]
        erasures = [row for row in confirmed if row["kind"] == "erasure"]
        unasked = erased_by_itself(self._store, relationship)
        if relationship.state == "erased" and not erasures and unasked:
            agreement = relationship.agreement or ""
            newer = self._newer(agreement)
            told = Told(
                relationship=relationship.name,
                agreement=agreement,
                kind="erasure",
                receipt=newer or unasked[-1]["jws"],
                since=unasked[-1]["at"],
            )
            return [told]
        return [
            Told(
                relationship=relationship.name,
                agreement=row["agreement"],
                kind=row["kind"],
                receipt=row["receipt"],
                since=row["confirmed_at"],
            )
            for row in (erasures[-1:] or confirmed)
        ]

    def _state_again(self, told: Told) -> bool:
        relationship, now = find(self._store, told.relationship), self._clock.now()
        try:
            found = self._post(relationship, told)
        except (Offline, Unusable):
            told.again.put_unheard(self._store, now)
            return False
        except Refused as error:
            told.again.put_said(self._store, now)
            if error.refusal.reason not in _GONE:
                warn(self._store, self._clock, relationship, f"{relationship.organisation_name} "
                     f"was told of your end again, and answered: {error}")  # fmt: skip
            return False
        told.again.put_said(self._store, now)
        known = {told.receipt, self._newer(told.agreement)}
        if found is None or found in known or _is_the_same(found, told.receipt):
            return False
        told.again.put_lost(self._store, now)
        self._keep(relationship, told, str(found))
        return True

    def _post(self, relationship: Relationship, told: Told) -> str | None:
        """The receipt they give; None for one that was there before.

        A backup may be older than this deal: then it is about the deals that went before it.
        """
        row = self._store.row("endings.one", agreement=told.agreement, kind=told.kind)
        body = self._stated(told.agreement) if row is None else bytes(row["body"])
        try:
            return self._posted(relationship, told.kind, told.agreement, body)
        except Refused as error:
            if isinstance(error, Unusable) or error.refusal.reason != "no_agreement":
                raise
            found = self._post_earlier(relationship, told)
            if found is None:
                raise
            return found

    def _post_earlier(self, relationship: Relationship, told: Told) -> str | None:
        """End what an old backup knows instead: the deals whose place this one took."""
        found = None
        for agreement in replaced(self._store, told.agreement):
            try:
                token = self._posted(relationship, told.kind, agreement, self._stated(agreement))
            except Refused as error:
                if isinstance(error, Unusable) or error.refusal.reason != "no_agreement":
                    raise
            else:
                found = found or token
        return found

    def _stated(self, agreement: str) -> bytes:
        now = int(self._clock.now().timestamp())
        ending = Ending(agreement=agreement, jti=self._chance.token(), at=now)
        return canonical(msgspec.to_builtins(ending))

    def _posted(
        self, relationship: Relationship, kind: str, agreement: str, body: bytes
    ) -> str | None:
        line, signer = self._line(relationship), signer_of(self._store, relationship)
        path = spool.PATHS[kind]
        headers, _ = line.sealed(path, body, wire.TYPE_JSON, signer, waits=True)
        answer = line.post(path, body, headers)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        try:
            token = msgspec.json.decode(answer.body, type=dict[str, str])["receipt"]
        except (ValueError, KeyError):
            return None
        relationship = keep_up(self._store, line, relationship, token)
        named = _named_in(token)
        if kind == "erasure" and named in replaced(self._store, agreement):
            agreement = named  # from a backup in which they knew an earlier deal alone: all is gone
        check_end(
            token, kind=kind, agreement=agreement, relationship=relationship,
            person=signer.subject,
        )  # fmt: skip
        return token

    def _keep(self, relationship: Relationship, told: Told, token: str) -> None:
        """Keep the new receipt in the place of the first, and that one beside it as evidence."""
        at = stamp(self._clock.now())
        names = {"agreement": told.agreement, "kind": told.kind}
        same = _named_in(token) == told.agreement
        with self._store.transaction() as tx:
            tx.run("meta.put", key=_EARLIER.format(at=at, **names), value=told.receipt)
            if same and tx.row("endings.one", **names) is not None:
                tx.run("endings.confirm", receipt=token, at=told.since, **names)
            else:
                tx.run("meta.put", key=_NEWER.format(agreement=told.agreement), value=token)
        what = f"{relationship.organisation_name} {BROUGHT_BACK[told.kind]}"
        warn(self._store, self._clock, relationship, f"On {at[:10]}: {what}")

    def _newer(self, agreement: str) -> str | None:
        row = self._store.row("meta.get", key=_NEWER.format(agreement=agreement))
        return None if row is None else str(row["value"])


def _named_in(token: str) -> str:
    """The deal that a receipt names; of one that cannot be read it is none."""
    try:
        return str(read_jws(token)[1].get("agreement"))
    except JwsRefused:
        return ""


def _is_the_same(one: str, other: str) -> bool:
    """Whether two receipts are of one erasure, each for another of its deals."""
    try:
        first, second = read_jws(one)[1], read_jws(other)[1]
    except JwsRefused:
        return False
    same = [said for said in (first, second) if "leaves" in said]
    return len(same) == 2 and {**first, "agreement": ""} == {**second, "agreement": ""}  # noqa: PLR2004
