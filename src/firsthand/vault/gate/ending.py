"""An ending on its way: signed at the click, spooled outside the encrypted file, sent, confirmed.

The order is: the spool, then the log of the vault, then the wire; at the answer the log first, then
the spool is let go. Whoever is killed between two of these steps goes on at the next opening:
``settle`` makes the two say the same again. Everything here may be done twice.
"""

from __future__ import annotations

import contextlib
import json
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.egress import Answer
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.digests import DigestRefused, check_content_digest
from firsthand.protocol.receipts import Ending, ErasureReceipt
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.signatures import Message, SignatureRefused, verify
from firsthand.vault.gate.asking import OK, Line, Offline, Unusable, keep_up, refusal_in
from firsthand.vault.gate.noticing import warn
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.store import UnableToKeep
from firsthand.vault.terms import spool
from firsthand.vault.terms.log import EARLIER, check_end
from firsthand.vault.terms.relationships import (
    NoSuchRelationship,
    Relationship,
    agreement_of,
    find,
    replaced,
    signer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from firsthand.foundation.egress import Egress
    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Row, Store, Tx

WITHDRAWN = "You ended the deal before it was confirmed."
DATED_OTHERWISE = frozenset({"expired", "clock_differs"})
"""It was signed at another time than counts there: it is signed anew and sent again."""
PASSING = DATED_OTHERWISE | {"signature_invalid"}


class Endings:
    """The endings of one opened vault."""

    def __init__(
        self, store: Store, clock: Clock, chance: Chance, line: Callable[[Relationship], Line]
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._line = line

    def begin(self, relationship: Relationship, *, erase: bool) -> None:
        """End a deal here and now: what is signed is on the disk when this returns.

        One that is confirmed or on its way stays as it is; one that was refused is asked again.
        """
        agreement, name = agreement_of(self._store, relationship), relationship.name
        kind = "erasure" if erase else "revocation"
        now = self._clock.now()
        row = self._store.row("endings.one", agreement=agreement.id, kind=kind)
        body = bytes(row["body"]) if row is not None else b""
        headers: dict[str, str] = {}
        if row is None or row["state"] == "refused":
            if row is None:
                jti = self._chance.token()
                ending = Ending(agreement=agreement.id, jti=jti, at=int(now.timestamp()))
                body = canonical(msgspec.to_builtins(ending))
            headers = self._sealed(relationship, kind, body)
            self._put(relationship, agreement.id, kind, body, headers)
        with self._store.transaction() as tx:
            self._end_here(tx, relationship, stamp(now))
            if headers:
                tx.run(
                    "endings.add", relationship=name, agreement=agreement.id, kind=kind,
                    body=body, headers=json.dumps(headers), at=stamp(now),
                )  # fmt: skip
                tx.run(
                    "endings.again", agreement=agreement.id, kind=kind, headers=json.dumps(headers)
                )

    def send(self, name: str | None = None) -> list[Outcome]:
        """Send what waits, of ``name`` or of everybody, before anything else that waits there."""
        rows = self._store.rows("endings.waiting")
        return [self._send(row) for row in rows if name in {None, row["relationship"]}]

    def settle(self) -> None:
        """Make the spool and the log say the same, also after a crash; take in what was answered.

        A disk that is full or in use leaves things as they are, for the next time.
        """
        with contextlib.suppress(OSError, UnableToKeep):
            for file in spool.files(self._store.folder):
                self._settle(file)
            for row in self._store.rows("endings.waiting"):
                place = spool.place_of(self._store.folder, row["agreement"], row["kind"])
                if spool.read(place) is None:
                    relationship = find(self._store, row["relationship"])
                    body, headers = bytes(row["body"]), json.loads(row["headers"])
                    self._put(relationship, row["agreement"], row["kind"], body, headers)

    def _settle(self, file: spool.File) -> None:
        spooled, row = file.spooled, None
        if spooled is not None:
            agreement, kind = spooled.ending.agreement, spooled.kind
            row = self._store.row("endings.one", agreement=agreement, kind=kind)
            if row is None:  # killed between the spool and the log
                row = self._taken(spooled)
        if spooled is None or row is None or row["state"] == "confirmed":
            spool.drop(file.place)
            return
        names = {"agreement": row["agreement"], "kind": row["kind"]}
        if row["state"] == "refused":  # asked again, and killed then
            with self._store.transaction() as tx:
                tx.run("endings.again", headers=json.dumps(spooled.headers), **names)
        if spooled.status is not None and spooled.answer is not None:
            answer = Answer(status=spooled.status, headers={}, body=spooled.answer.encode())
            if not _is_unknown(answer) or not replaced(self._store, row["agreement"]):
                self._answered(row, lambda: answer)
            after = self._store.row("endings.one", **names)
            if after is not None and after["state"] == "waiting":  # so that it is asked again
                body, headers = bytes(after["body"]), json.loads(after["headers"])
                relationship = find(self._store, row["relationship"])
                self._put(relationship, row["agreement"], row["kind"], body, headers)

    def _taken(self, spooled: spool.Spooled) -> Row | None:
        """Put an ending that only the spool knows into the log; None if nobody here signed it."""
        ending = spooled.ending
        kept = self._store.row("agreements.by_id", id=ending.agreement)
        if kept is None:
            return None
        try:
            relationship = find(self._store, kept["relationship"])
            signer = signer_of(self._store, relationship)
            target = relationship.url + spooled.path
            headers = {name.lower(): value for name, value in spooled.headers.items()}
            message = Message(method="POST", target_uri=target, status=None, headers=headers)
            check_content_digest(headers.get("content-digest", ""), spooled.body.encode())
            verify(
                message, public_key=signer.key.public_key(), required=wire.COVERED_BODY, now=None
            )
        except (NoSuchRelationship, SignatureRefused, DigestRefused):
            return None
        at = stamp_of(ending.at)
        with self._store.transaction() as tx:
            self._end_here(tx, relationship, at)
            tx.run(
                "endings.add", relationship=relationship.name, agreement=ending.agreement,
                kind=spooled.kind, body=spooled.body.encode(),
                headers=json.dumps(spooled.headers), at=at,
            )  # fmt: skip
        return self._store.row("endings.one", agreement=ending.agreement, kind=spooled.kind)

    def _send(self, row: Row) -> Outcome:
        relationship = find(self._store, row["relationship"])
        path, body = spool.PATHS[row["kind"]], bytes(row["body"])

        line, ended = self._line(relationship), False

        def post() -> Answer:
            nonlocal ended
            answer = line.post(path, body, json.loads(row["headers"]))
            if answer.status != OK and refusal_in(answer).reason in DATED_OTHERWISE:
                headers = self._sealed(relationship, row["kind"], body)
                with contextlib.suppress(UnableToKeep):
                    self._put(relationship, row["agreement"], row["kind"], body, headers)
                answer = line.post(path, body, headers)
            if answer.status == OK:
                with contextlib.suppress(ValueError, KeyError, Refused):  # said when it is judged
                    keep_up(self._store, line, relationship, _receipt_in(answer))
            if _is_unknown(answer):  # before it is kept: this may have to wait
                ended = self._end_earlier(relationship, line, row)
            return answer

        outcome = self._answered(row, post)
        if ended:
            with self._store.transaction() as tx:
                tx.run(
                    "endings.refuse", reason=EARLIER, agreement=row["agreement"], kind=row["kind"]
                )
            warn(self._store, self._clock, relationship, EARLIER)
        return outcome

    def _end_earlier(self, relationship: Relationship, line: Line, row: Row) -> bool:
        """End the deal that they know instead: they put back a backup of before it was changed.

        Returns whether that is confirmed. Raises ``Offline``, ``Unusable``, and ``Refused`` where
        they may know it and say so later.
        """
        kind, now = row["kind"], self._clock.now()
        for earlier in replaced(self._store, row["agreement"]):
            kept = self._store.row("endings.one", agreement=earlier, kind=kind)
            if kept is not None:
                return bool(kept["state"] == "confirmed")
            jti = self._chance.token()
            ending = Ending(agreement=earlier, jti=jti, at=int(now.timestamp()))
            body = canonical(msgspec.to_builtins(ending))
            headers = self._sealed(relationship, kind, body)
            answer = line.post(spool.PATHS[kind], body, headers)
            if answer.status != OK:
                refusal = refusal_in(answer)
                if refusal.retry or refusal.reason in PASSING:
                    raise Refused(refusal)
                continue
            with self._store.transaction() as tx:
                tx.run(
                    "endings.add", relationship=relationship.name, agreement=earlier, kind=kind,
                    body=body, headers=json.dumps(headers), at=stamp(now),
                )  # fmt: skip
            own = self._store.row("endings.one", agreement=earlier, kind=kind)
            assert own is not None, "it was put there"
            return self._answered(own, partial(_same, answer)).state == "confirmed"
        return False

    def _answered(self, row: Row, post: Callable[[], Answer]) -> Outcome:
        """Ask, and keep what was answered: confirmed, refused for good, or not yet."""
        relationship = find(self._store, row["relationship"])
        names = {"agreement": row["agreement"], "kind": row["kind"]}
        reason: str | None
        try:
            answer = post()
            self._take(find(self._store, relationship.name), row, answer)
        except (Offline, Unusable) as error:
            state, reason = "waiting", str(error)
        except Refused as error:
            refusal = error.refusal
            lasting = not refusal.retry and refusal.reason not in PASSING
            state, reason = "refused" if lasting else "waiting", str(error)
        else:
            state, reason = "confirmed", None
        if state != "confirmed":
            query = "endings.refuse" if state == "refused" else "endings.hold_back"
            with self._store.transaction() as tx:
                tx.run(query, reason=reason, **names)
        if state != "waiting":
            with contextlib.suppress(OSError):
                spool.drop(spool.place_of(self._store.folder, **names))
        return Outcome(relationship=relationship.name, kind=row["kind"], state=state, reason=reason)

    def _take(self, relationship: Relationship, row: Row, answer: Answer) -> None:
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        try:
            token = _receipt_in(answer)
            receipt = check_end(
                token,
                kind=row["kind"],
                agreement=row["agreement"],
                relationship=relationship,
                person=signer_of(self._store, relationship).subject,
            )
            if isinstance(receipt, ErasureReceipt):
                self._check_whole(relationship, receipt)
        except (ValueError, KeyError, Refused) as error:
            told = f"A confirmation of {relationship.organisation_name}: {error}"
            warn(self._store, self._clock, relationship, told)
            raise refuse("signature_invalid", f"The confirmation does not hold: {error}") from error
        self._confirm(relationship, row, token)

    def _check_whole(self, relationship: Relationship, receipt: ErasureReceipt) -> None:
        """An erasure must name every batch that was receipted under its agreement."""
        rows = self._store.rows("disclosures.of_relationship", relationship=relationship.name)
        held = {
            json.loads(row["receipt"])["index"]
            for row in rows
            if row["receipt"] is not None and row["agreement"] == receipt.agreement
        }
        if receipt.batches != len(set(receipt.leaves)):
            raise refuse("signature_invalid", "It counts otherwise than it names.")
        missing = sorted(held - set(receipt.leaves))
        if missing:
            raise refuse("signature_invalid", f"It leaves out {len(missing)} of what you gave.")

    def _confirm(self, relationship: Relationship, row: Row, token: str) -> None:
        now = stamp(self._clock.now())
        with self._store.transaction() as tx:
            names = {"agreement": row["agreement"], "kind": row["kind"]}
            tx.run("endings.confirm", receipt=token, at=now, **names)
            if row["kind"] == "erasure":
                tx.run("relationships.end", name=relationship.name, state="erased", at=now)
                tx.run("relationships.forget_account", name=relationship.name)
                tx.run("disclosures.erased", relationship=relationship.name)

    def _end_here(self, tx: Tx, relationship: Relationship, at: str) -> None:
        kept = tx.row("relationships.by_name", name=relationship.name)
        if kept is not None and kept["state"] == "active":
            tx.run("relationships.end", name=relationship.name, state="ended", at=at)
        tx.run("disclosures.withdraw_waiting", relationship=relationship.name, reason=WITHDRAWN)

    def _sealed(self, relationship: Relationship, kind: str, body: bytes) -> dict[str, str]:
        signer = signer_of(self._store, relationship)
        line = self._line(relationship)
        headers, _ = line.sealed(spool.PATHS[kind], body, wire.TYPE_JSON, signer, waits=True)
        return headers

    def _put(
        self, relationship: Relationship, agreement: str, kind: str, body: bytes,
        headers: dict[str, str],
    ) -> None:  # fmt: skip
        """Put it into the spool. Raises ``UnableToKeep`` where the disk does not take it."""
        spooled = spool.Spooled(
            url=relationship.url, path=spool.PATHS[kind], body=body.decode(), headers=headers,
            literal=relationship.literal_loopback,
        )  # fmt: skip
        place = spool.place_of(self._store.folder, agreement, kind)
        try:
            spool.put(place, spooled, self._chance.token(9))
        except OSError as error:
            message = f"The ending could not be put on the disk: {error.strerror}."
            raise UnableToKeep(message) from error


class Courier:
    """Sends one spooled ending while its vault is locked; it needs no key and can read no file.

    ``commands``: addresses of this machine that a person typed may be dialled.
    """

    def __init__(self, egress: Egress, clock: Clock, chance: Chance, *, commands: bool) -> None:
        self._egress, self._clock, self._chance = egress, clock, chance
        self._commands = commands

    def carry(self, place: Path) -> bool:
        """Send it, and keep the answer beside it; says whether it has one that lasts now.

        What it says is looked at when the vault is opened: only then can it be verified.
        """
        spooled = spool.read(place)
        if spooled is None or spooled.status is not None:
            return spooled is not None
        literal = spooled.literal and self._commands
        line = Line(self._egress, self._clock, url=spooled.url, literal=literal, pool=place.name)
        try:
            answer = line.post(spooled.path, spooled.body.encode(), spooled.headers)
            said = answer.body.decode()
        except (Offline, Unusable, UnicodeDecodeError):
            return False
        if len(said) > wire.STATEMENT_BYTES_MAX:
            return False
        if answer.status != OK:
            refusal = refusal_in(answer)
            if refusal.retry or refusal.reason in DATED_OTHERWISE:  # signed anew once it is open
                return False
        held = msgspec.structs.replace(spooled, status=answer.status, answer=said)
        if spool.read(place) != spooled:
            return False  # it was settled, or signed anew, meanwhile
        try:
            spool.put(place, held, self._chance.token(9))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        self._egress.close()


def _is_unknown(answer: Answer) -> bool:
    """Whether they say that they do not know the deal: they may know one that it replaced."""
    return answer.status != OK and refusal_in(answer).reason == "no_agreement"


def _same(answer: Answer) -> Answer:
    return answer


def _receipt_in(answer: Answer) -> str:
    return msgspec.json.decode(answer.body, type=dict[str, str])["receipt"]
