"""Whether an organisation's log only grows: asks for its newest checkpoint and for proofs.

It is asked without a signature and on a line of its own, so that the question names nobody and
does not tie two deals of one person to each other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol import wire
from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.gate.asking import OK, Line, refusal_in
from firsthand.vault.terms import checkpoints

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.egress import Answer
    from firsthand.vault.store import Row, Store
    from firsthand.vault.terms.relationships import Relationship

PROOFS_MAX: Final = 50  # asked for at once
ANSWER_CHARS_MAX: Final = 16_384


class Growth:
    """Follows the log of one organisation. ``again`` reads its keys anew, if they have changed."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        line: Line,
        relationship: Relationship,
        again: Callable[[], Relationship],
    ) -> None:
        self._store, self._clock, self._line = store, clock, line
        self._relationship, self._again = relationship, again

    def follow(self) -> None:
        """Take the newest checkpoint, then prove every one that is not proven yet.

        What does not fit is kept as a conflict, and is no error. Raises ``Refused`` and
        ``Offline`` where nothing could be learnt.
        """
        if self._doubted():
            return
        known = self._store.row("checkpoints.largest", subject=self._subject)
        text = self._newest()
        seen = checkpoints.read(self._relationship, text)
        with self._store.transaction() as tx:
            if known is not None and seen.size < known["size"]:
                first = known["text"]
                checkpoints.put_conflict(
                    tx, self._relationship, "older", first, text, at=self._now()
                )
                return
            kind = checkpoints.note(tx, self._relationship, text, at=self._now())
        if kind is None:
            self.prove()

    def prove(self) -> None:
        """Ask for the proofs that are missing, the smallest log first, until one does not hold."""
        rows = self._store.rows("checkpoints.unproven", subject=self._subject, limit=PROOFS_MAX)
        for row in rows:
            if self._doubted() or not self._prove(row):
                return

    def consistency(self, first: int, second: int) -> tuple[object, str]:
        """What the organisation answers where the proof between two sizes is asked for.

        Returns the proof, or None where there was none, and the answer's text. Raises ``Refused``
        and ``Offline`` where it may be asked again later.
        """
        query = f"?first={first}&second={second}"
        answer = self._line.get(wire.PATH_LOG_CONSISTENCY, query=query)
        text = answer.body[:ANSWER_CHARS_MAX].decode("utf-8", "replace")
        if answer.status != OK:
            refusal = refusal_in(answer)
            if refusal.retry:
                raise Refused(refusal)
            return None, text
        return _member(answer, "proof"), text

    def _prove(self, row: Row) -> bool:
        """Prove that a checkpoint stands between its neighbours; False where it does not."""
        names = {"subject": self._subject, "size": row["size"]}
        below = self._store.row("checkpoints.proven_below", **names)
        above = self._store.row("checkpoints.proven_above", **names)
        proof = self._between(below, row) if below is not None else []
        if proof is None:
            return False
        after = self._between(row, above) if above is not None else []
        if after is None:
            return False
        with self._store.transaction() as tx:
            basis = below["size"] if below is not None else None
            tx.run("checkpoints.prove", id=row["id"], proof=json.dumps(proof), basis=basis)
            if above is not None:
                text = json.dumps(after)
                tx.run("checkpoints.prove", id=above["id"], proof=text, basis=row["size"])
        return True

    def _between(self, below: Row, above: Row) -> list[str] | None:
        proof, answer = self.consistency(below["size"], above["size"])
        if checkpoints.adds(below, above, proof):
            assert isinstance(proof, list)
            return proof
        with self._store.transaction() as tx:
            checkpoints.put_conflict(
                tx, self._relationship, "rewrite", below["text"], above["text"],
                at=self._now(), answer=answer,
            )  # fmt: skip
        return None

    def _newest(self) -> str:
        answer = self._line.get(wire.PATH_LOG)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        text = _member(answer, "checkpoint")
        if not isinstance(text, str):
            raise refuse("shape_invalid", "The organisation's log has no checkpoint.")
        try:
            checkpoints.read(self._relationship, text)
        except Refused:
            self._relationship = self._again()  # its key may have been changed, rightly
        return text

    @property
    def _subject(self) -> str:
        return self._relationship.subject

    def _doubted(self) -> bool:
        return checkpoints.doubted(self._store, self._subject) is not None

    def _now(self) -> str:
        return stamp(self._clock.now())


def _member(answer: Answer, name: str) -> object:
    try:
        content = read_json(answer.body)
    except UnableToReadJson as error:
        raise refuse("shape_invalid", "What came of its log cannot be read.") from error
    return content.get(name) if isinstance(content, dict) else None
