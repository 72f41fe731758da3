"""A pause or a resumption on its way: it holds here at once, then the organisation is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.changes import Change, read_change_receipt
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.gate.asking import OK, Line, Offline, Unusable, refusal_in
from firsthand.vault.gate.noticing import notice, warn
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.terms import resting
from firsthand.vault.terms.relationships import Relationship, agreement_of, signer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Store


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
        paused = resting.PERSON in resting.rests_of(self._store, agreement.id).paused_by
        if paused == (change == "paused"):
            return
        asked = Change(agreement=agreement.id, change=change, jti=self._chance.token(), at=now)
        body = canonical(msgspec.to_builtins(asked))
        signer = signer_of(self._store, relationship)
        headers, _ = self._line(relationship).sealed(
            wire.PATH_CHANGES, body, wire.TYPE_JSON, signer, waits=True
        )
        with self._store.transaction() as tx:
            kept = resting.Asked(change=asked, body=body.decode(), headers=headers)
            resting.put_asked(tx, kept, now)

    def send(self, name: str | None = None) -> list[Outcome]:
        """Tell what was not confirmed yet, of ``name`` or of everybody, in order."""
        found = resting.waiting(self._store)
        return [self._send(each, asked) for each, asked in found if name in {None, each.name}]

    def _send(self, relationship: Relationship, asked: resting.Asked) -> Outcome:
        reason: str | None
        try:
            receipt = self._told(relationship, asked)
        except (Offline, Unusable) as error:
            state, reason, receipt = "waiting", str(error), None
        except Refused as error:
            refusal = error.refusal
            notice(self._store, self._clock, relationship, refusal)
            lasting = not refusal.retry and refusal.reason != "signature_invalid"
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
        if answer.status != OK and refusal_in(answer).reason == "expired":
            signer = signer_of(self._store, relationship)
            headers, _ = line.sealed(wire.PATH_CHANGES, body, wire.TYPE_JSON, signer, waits=True)
            answer = line.post(wire.PATH_CHANGES, body, headers)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        try:
            token = msgspec.json.decode(answer.body, type=dict[str, str])["receipt"]
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
