"""A pause or a resumption on its way: it holds here at once, then the organisation is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.changes import Change, ChangeReceipt, read_change_receipt
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.jws import read_jws
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.gate.asking import OK, Line, Offline, Unusable, keep_up, refusal_in
from firsthand.vault.gate.ending import DATED_OTHERWISE, PASSING
from firsthand.vault.gate.noticing import notice, warn
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.terms import resting
from firsthand.vault.terms.proposed import proposed
from firsthand.vault.terms.relationships import (
    Relationship,
    agreement_of,
    all_relationships,
    signer_of,
)
from firsthand.vault.terms.repeating import Repeated

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Store

BROUGHT_BACK: Final = {
    "paused": "had put back, out of a backup, your deal as it was before you paused it. They were "
    "told again, and it rests.",
    "resumed": "had put back, out of a backup, your deal as it was before you went on with it. "
    "They were told again, and it goes on.",
}


class Resting:
    """The rests of one opened vault's deals."""

    def __init__(
        self, store: Store, clock: Clock, chance: Chance, line: Callable[[Relationship], Line]
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._line = line

    def ask(self, relationship: Relationship, change: str) -> None:
        """Let a deal rest, or go on with it, here and now; one that does already stays so."""
        now = int(self._clock.now().timestamp())
        agreement = agreement_of(self._store, relationship)
        state = resting.life_of(self._store, relationship, agreement, now)
        if state not in {"accepted", "paused"}:
            name = relationship.organisation_name
            raise refuse("agreement_ended", f"Your deal with {name} is not in force any more.")
        rests = resting.rests_of(self._store, agreement.id)
        if (resting.PERSON in rests.paused_by) == (change == "paused"):
            return
        for waiting in (each for each in rests.asked if each.state == "waiting"):
            self._as_of_today(relationship, waiting)
        said = resting.rests_of(self._store, agreement.id).turns
        at = max([now, *(turn.at for turn in said if turn.by == resting.PERSON)])
        asked = Change(agreement=agreement.id, change=change, jti=self._chance.token(), at=at)
        kept = self._signed(relationship, asked)
        with self._store.transaction() as tx:
            resting.put_asked(tx, kept, now)

    def _signed(self, relationship: Relationship, change: Change) -> resting.Asked:
        body = canonical(msgspec.to_builtins(change))
        headers, _ = self._line(relationship).sealed(
            wire.PATH_CHANGES, body, wire.TYPE_JSON, signer_of(self._store, relationship),
            waits=True,
        )  # fmt: skip
        return resting.Asked(change=change, body=body.decode(), headers=headers)

    def _as_of_today(self, relationship: Relationship, asked: resting.Asked) -> resting.Asked:
        """What a clock that ran ahead dated into the future is dated anew, once it is set."""
        now = int(self._clock.now().timestamp())
        if asked.change.at - now <= wire.SKEW_S_MAX:
            return asked
        dated = self._signed(relationship, msgspec.structs.replace(asked.change, at=now))
        with self._store.transaction() as tx:
            resting.put_dated(tx, dated)
        return dated

    def send(self, name: str | None = None) -> list[Outcome]:
        """Tell what was not confirmed yet, of ``name`` or of everybody, in order."""
        found = resting.waiting(self._store)
        return [self._send(each, asked) for each, asked in found if name in {None, each.name}]

    def due(self) -> list[tuple[Relationship, resting.Asked]]:
        """The last confirmed word on each deal that is to be said again. Dials nobody."""
        now, found = self._clock.now(), []
        for each in all_relationships(self._store):
            asked = resting.rests_of(self._store, each.agreement).asked
            if each.state != "active" or not asked or asked[-1].state != "confirmed":
                continue
            if _again(asked[-1]).is_due(self._store, each, now):
                found.append((each, asked[-1]))
        return found

    def remind(self, name: str | None = None) -> list[str]:
        """Say again what is due, of ``name`` or of everybody; who had forgotten it."""
        found = [(each, asked) for each, asked in self.due() if name in {None, each.name}]
        return [each.name for each, asked in found if self._say_again(each, asked)]

    def _say_again(self, relationship: Relationship, asked: resting.Asked) -> bool:
        now, again = self._clock.now(), _again(asked)
        try:
            token = self._told(relationship, asked)
        except (Offline, Unusable):
            again.put_unheard(self._store, now)
            return False
        except Refused as error:
            again.put_said(self._store, now)
            notice(self._store, self._clock, relationship, error.refusal)
            return False
        again.put_said(self._store, now)
        if not self._is_new(asked, token):
            return False
        again.put_lost(self._store, now)
        with self._store.transaction() as tx:
            resting.put_answered(
                tx, msgspec.structs.replace(asked, receipt=token, earlier=_earlier(asked))
            )
        what = f"{relationship.organisation_name} {BROUGHT_BACK[asked.change.change]}"
        warn(self._store, self._clock, relationship, f"On {stamp(now)[:10]}: {what}")
        return True

    def _is_new(self, asked: resting.Asked, token: str) -> bool:
        """Whether they took it anew: it holds since just now, a time not named before.

        What another copy of the vault said meanwhile holds since then, or is another state.
        """
        rests = resting.rests_of(self._store, asked.change.agreement)
        named = [receipt for each in rests.asked for receipt in _earlier(each)]
        new = _receipt_of(token)
        since = {_receipt_of(each).since for each in (*named, *rests.told.values())}
        fresh = new.since not in since and new.iat - new.since <= wire.SKEW_S_MAX
        return fresh and (new.state == "paused") == (asked.change.change == "paused")

    def _send(self, relationship: Relationship, asked: resting.Asked) -> Outcome:
        reason: str | None
        asked = self._as_of_today(relationship, asked)
        try:
            receipt = self._told(relationship, asked)
        except (Offline, Unusable) as error:
            state, reason, receipt = "waiting", str(error), None
        except Refused as error:
            refusal = error.refusal
            notice(self._store, self._clock, relationship, refusal)
            unclear = proposed(self._store, relationship.name) is not None
            lasting = not refusal.retry and refusal.reason not in PASSING and not unclear
            state, reason, receipt = "refused" if lasting else "waiting", str(error), None
        else:
            state, reason = "confirmed", None
        kept = msgspec.structs.replace(asked, state=state, reason=reason, receipt=receipt)
        with self._store.transaction() as tx:
            resting.put_answered(tx, kept)
        return Outcome(
            relationship=relationship.name, kind=asked.change.change, state=state, reason=reason
        )

    def _told(self, relationship: Relationship, asked: resting.Asked) -> str:
        line, body = self._line(relationship), asked.body.encode()
        answer = line.post(wire.PATH_CHANGES, body, asked.headers)
        if answer.status != OK and refusal_in(answer).reason in DATED_OTHERWISE:
            signer = signer_of(self._store, relationship)
            headers, _ = line.sealed(wire.PATH_CHANGES, body, wire.TYPE_JSON, signer, waits=True)
            answer = line.post(wire.PATH_CHANGES, body, headers)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        try:
            token = msgspec.json.decode(answer.body, type=dict[str, str])["receipt"]
            relationship = keep_up(self._store, line, relationship, token)
            read_change_receipt(
                token,
                key=relationship.key_log.key_for(token),
                agreement=agreement_of(self._store, relationship),
                jti=asked.change.jti,
            )
        except (ValueError, KeyError, Refused) as error:
            told = f"A confirmation of {relationship.organisation_name}: {error}"
            warn(self._store, self._clock, relationship, told)
            raise refuse("signature_invalid", f"The confirmation does not hold: {error}") from error
        return token


def _receipt_of(token: str) -> ChangeReceipt:
    """What a receipt says; it was verified when it came."""
    return msgspec.convert(read_jws(token)[1], ChangeReceipt)


def _again(asked: resting.Asked) -> Repeated:
    """When a word on a deal is said again, counted from when it was confirmed first."""
    first = (*asked.earlier, asked.receipt)[0]
    assert first is not None, "it is confirmed"
    since = stamp_of(_receipt_of(first).iat)
    return Repeated(what=f"{asked.change.agreement} {asked.change.jti}", since=since)


def _earlier(asked: resting.Asked) -> tuple[str, ...]:
    """Every receipt that there was: evidence that it had been confirmed before."""
    return (*asked.earlier, asked.receipt) if asked.receipt else asked.earlier
