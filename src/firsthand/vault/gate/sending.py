"""What waits goes out: the log's waiting entries, in order, once each. Endings go before them.

A batch gets its number when its turn comes, so a refused one uses none. Its label and signature
are kept before the bytes leave: after a crash the same bytes are sent again and the organisation
answers with the first receipt.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol import wire
from firsthand.protocol.agreements import read_proffer
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.jws import read_jws
from firsthand.protocol.receipts import BatchLabel, ErasureReceipt, ReceiptJson, verify_receipt
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.gate import moments
from firsthand.vault.gate.asking import OK, Line, Offline, Unusable, keep_up, refusal_in
from firsthand.vault.gate.noticing import REPLACED, UNKNOWN, notice, warn
from firsthand.vault.terms import checkpoints
from firsthand.vault.terms.awaited import erased_by_itself
from firsthand.vault.terms.losses import put_lost
from firsthand.vault.terms.proposed import proposed
from firsthand.vault.terms.relationships import Relationship, Signer, agreement_of, find, signer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.egress import Answer
    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Row, Store, Tx

LANES_MAX = 3  # how often one sending may open a new lane before it gives up
UNCONFIRMED = "It had left before, and no answer came: they may have had it. Now they say: "


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one thing that waited: ``kind`` is given, revocation or erasure."""

    relationship: str
    kind: str
    state: str
    position: int | None = None
    reason: str | None = None


class Sender:
    """Sends what waits for one relationship at a time; made anew for each run."""

    def __init__(
        self, store: Store, clock: Clock, chance: Chance, line: Callable[[Relationship], Line]
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._line = line

    def disclosures(self, name: str) -> list[Outcome]:
        """Send what waits for one relationship, until the first that has to wait longer."""
        outcomes: list[Outcome] = []
        lanes = 0
        self._let_go(find(self._store, name))
        while True:
            relationship = find(self._store, name)
            row = self._store.row("disclosures.next_waiting", relationship=name)
            if row is None or relationship.state != "active":
                return outcomes
            try:
                self._give(relationship, row["position"])
            except (Offline, Unusable) as error:
                self._note("disclosures.hold_back", row["position"], str(error))
                return [*outcomes, _outcome(row, "waiting", str(error))]
            except Refused as error:
                reason = error.refusal.reason
                if reason in {"lane_conflict", "lane_gap"} and lanes < LANES_MAX:
                    lanes += 1
                    self._open_lane(relationship, row["position"], reason)
                    continue
                if (
                    error.refusal.retry
                    or reason == "signature_invalid"
                    or self._unclear(row, reason)
                ):
                    self._note("disclosures.hold_back", row["position"], str(error))
                    return [*outcomes, _outcome(row, "waiting", str(error))]
                outcomes.append(self._refused(relationship, row, error))
            else:
                after = self._store.row("disclosures.by_position", position=row["position"])
                assert after is not None
                outcomes.append(_outcome(row, after["state"], after["reason"]))

    def _unclear(self, row: Row, reason: str) -> bool:
        """Whether it may be another deal, not answered yet, that has ended this one."""
        left = proposed(self._store, row["relationship"]) is not None
        return left and reason == "agreement_ended"

    def _let_go(self, relationship: Relationship) -> None:
        """Let go what has waited for its moment long enough."""
        waiting = self._store.row("disclosures.moments", relationship=relationship.name)
        if waiting is None or waiting["rows"] == 0 or relationship.state != "active":
            return
        agreement = agreement_of(self._store, relationship)
        with self._store.transaction() as tx:
            moments.put_due(tx, relationship.name, agreement, self._clock)

    def _refused(self, relationship: Relationship, row: Row, error: Refused) -> Outcome:
        """Keep that an entry will never be taken, and what that says of the deal.

        Who still knows the deal would say what they had taken under it. Of who does not, and of
        what had left before, nobody can say that they never had it: it may have been erased since.
        """
        position, refusal = row["position"], error.refusal
        if row["agreement"] != relationship.agreement and refusal.reason == "agreement_ended":
            self._note("disclosures.refuse", position, REPLACED)
            return _outcome(row, "refused", REPLACED)
        if refusal.reason in UNKNOWN and row["headers"] is not None:
            told = UNCONFIRMED + str(error)
            self._note("disclosures.withdraw", position, told)
            notice(self._store, self._clock, relationship, refusal)
            return _outcome(row, "withdrawn", told)
        told = notice(self._store, self._clock, relationship, refusal, position) or str(error)
        self._note("disclosures.refuse", position, told)
        return _outcome(row, "refused", told)

    def _give(self, relationship: Relationship, position: int) -> None:
        """One batch through the sending steps: labelled and signed, sent, proven, noted."""
        doubt = checkpoints.doubted(self._store, relationship.subject)
        if doubt is not None:
            raise refuse("signature_invalid", doubt)
        line, signer = self._line(relationship), signer_of(self._store, relationship)
        row = self._put_label(relationship.name, position, line, signer)
        if row is None:
            return
        answer = self._put_out(line, row)
        receipt = self._put_proof(relationship, row, answer)
        self._put_receipt(find(self._store, relationship.name), row, receipt)

    def _put_label(self, name: str, position: int, line: Line, signer: Signer) -> Row | None:
        """The entry, labelled and signed; None if somebody else has sent or withdrawn it.

        Lane and number are read in the same transaction: another thread, or another command, may
        be sending too.
        """
        with self._store.transaction() as tx:
            row = tx.row("disclosures.by_position", position=position)
            kept = tx.row("relationships.by_name", name=name)
            assert row is not None
            assert kept is not None
            if row["state"] != "waiting":
                return None
            self._check_term(tx, row, line.seconds())
            # What had left keeps its number, also where that was before this copy was restored.
            left = None not in {row["lane"], row["n"], row["salt"], row["expires_at"]}
            if left and row["expires_at"] > line.seconds():
                return row
            label = BatchLabel(
                lane=kept["lane"],
                n=kept["acked_n"] + 1,
                salt=self._chance.bytes(wire.SALT_BYTES),
            )
            if left:
                label = BatchLabel(lane=row["lane"], n=row["n"], salt=bytes(row["salt"]))
            headers, expires = line.sealed(
                wire.PATH_SIGNALS,
                bytes(row["body"]),
                wire.TYPE_BATCH,
                signer,
                waits=True,
                batch=label.header(),
            )
            tx.run(
                "disclosures.label",
                position=position,
                lane=label.lane,
                n=label.n,
                salt=label.salt,
                headers=json.dumps(headers),
                expires_at=expires,
            )
            labelled = tx.row("disclosures.by_position", position=position)
            assert labelled is not None
            return labelled

    @staticmethod
    def _check_term(tx: Tx, row: Row, now: int) -> None:
        """Refuse what waited until its deal had run out, unless it was on its way already."""
        kept = tx.row("agreements.by_id", id=row["agreement"])
        assert kept is not None
        proffer, _ = read_proffer(kept["proffer"])
        if now >= proffer.exp and row["headers"] is None:
            raise refuse("agreement_ended", "The deal had run out before it could leave.")

    def _put_out(self, line: Line, row: Row) -> Answer:
        return line.post(wire.PATH_SIGNALS, bytes(row["body"]), json.loads(row["headers"]))

    def _put_proof(self, relationship: Relationship, row: Row, answer: Answer) -> ReceiptJson:
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        label = BatchLabel(lane=row["lane"], n=row["n"], salt=bytes(row["salt"]))
        digest = bytes.fromhex(sha256_hex(bytes(row["body"])))
        try:
            receipt = msgspec.json.decode(answer.body, type=ReceiptJson)
            line = self._line(relationship)
            relationship = keep_up(self._store, line, relationship, receipt.checkpoint)
            log_key = relationship.key_log.log_key_for(receipt.checkpoint)
            verify_receipt(receipt, leaf=label.leaf(digest), log_key=log_key)
        except (ValueError, Refused) as error:
            self._warn(relationship, f"A receipt of {relationship.organisation_name}: {error}")
            raise refuse("signature_invalid", f"The receipt does not hold: {error}") from error
        return receipt

    def _put_receipt(self, relationship: Relationship, row: Row, receipt: ReceiptJson) -> None:
        at = stamp(self._clock.now())
        with self._store.transaction() as tx:
            tx.run(
                "disclosures.acknowledge",
                position=row["position"],
                receipt=msgspec.json.encode(receipt).decode(),
                at=at,
            )
            if self._is_erased(relationship, receipt.index):
                tx.run("disclosures.erased_at", position=row["position"])
            name, lane = relationship.name, row["lane"]
            tx.run("relationships.acknowledge", name=name, lane=lane, n=row["n"])
            size = int(receipt.checkpoint.split("\n")[1])
            tx.run("relationships.saw_log", name=name, size=size, checkpoint=receipt.checkpoint)
            checkpoints.note(tx, relationship, receipt.checkpoint, at=at)

    def _is_erased(self, relationship: Relationship, leaf: int) -> bool:
        """Whether they had signed before that it was erased again, since its time was over."""
        told = erased_by_itself(self._store, relationship)
        receipts = [msgspec.convert(read_jws(each["jws"])[1], ErasureReceipt) for each in told]
        return any(leaf in each.leaves for each in receipts)

    def _open_lane(self, relationship: Relationship, position: int, reason: str) -> None:
        with self._store.transaction() as tx:
            tried = tx.row("disclosures.by_position", position=position)
            kept = tx.row("relationships.by_name", name=relationship.name)
            assert tried is not None
            assert kept is not None
            if tried["lane"] is None:
                return  # somebody else has opened a new one meanwhile
            name, at = relationship.name, stamp(self._clock.now())
            lane = self._chance.token()
            if reason == "lane_gap":  # they signed for what comes before, so it was there
                tx.run("restoring.new_lane", name=name, lane=lane)
                put_lost(tx, name, at=at, before=position)
            else:
                tx.run("relationships.open_lane", name=name, lane=lane, at=at)
            tx.run("disclosures.unlabel", relationship=name)
        words = {
            "lane_conflict": "Another copy of your data has been giving to "
            f"{relationship.organisation_name}. This copy goes on beside it.",
            "lane_gap": f"{relationship.organisation_name} has lost something of what you gave, "
            "though they signed that they had it.",
        }
        self._warn(relationship, words[reason])

    def _note(self, query: str, position: int, reason: str) -> None:
        with self._store.transaction() as tx:
            tx.run(query, position=position, reason=reason)

    def _warn(self, relationship: Relationship, what: str) -> None:
        warn(self._store, self._clock, relationship, what)


def _outcome(row: Row, state: str, reason: str | None) -> Outcome:
    return Outcome(
        relationship=row["relationship"],
        kind="given",
        state=state,
        position=row["position"],
        reason=reason,
    )
