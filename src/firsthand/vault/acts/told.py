"""What an organisation says it did to a deal: let it rest, went on, or ended it.

It comes as a message among others, with a signed statement inside. Only what holds is acted on.
"""

import json
from typing import TYPE_CHECKING

from firsthand.foundation.clock import stamp
from firsthand.protocol.receipts import read_erasure
from firsthand.protocol.refusals import Refused
from firsthand.protocol.wire import TYPE_AGREEMENT_CHANGED, TYPE_TAKEN_BACK
from firsthand.vault.inbox import Message, Verdict
from firsthand.vault.terms.relationships import signer_of
from firsthand.vault.terms.resting import take_told

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.terms.relationships import Relationship

ENDED_THERE = "They ended this deal. Nothing more leaves."
ERASED_THERE = "They erased everything when its time was over. Nothing more leaves."


class TakenBackTold:
    """Checks a message that is empty now: what it said stood on what I took back."""

    type = TYPE_TAKEN_BACK

    def __call__(self, _: "Relationship", message: Message) -> Verdict:
        """Whether it is empty, as it should be."""
        if message.data:
            return Verdict(verdict="differs", detail="It should be empty, and is not.")
        return Verdict(verdict="fits", detail="What they had said stood on what you took back.")


class ChangeTold:
    """Checks a message of this type, and takes in what it says."""

    type = TYPE_AGREEMENT_CHANGED

    def __init__(self, vault: "Vault") -> None:
        self._vault = vault

    def __call__(self, relationship: "Relationship", message: Message) -> Verdict:
        """Whether the statement inside is theirs and about this deal."""
        if "erasure" in message.data:
            return self._erased(relationship, message.data["erasure"])
        token = message.data.get("receipt")
        if not isinstance(token, str):
            return Verdict(verdict="differs", detail="It holds no signed statement.")
        now, said = self._vault.clock.now(), message.data.get("change")
        store = self._vault.store
        try:
            receipt = take_told(store, relationship, message.n, token, int(now.timestamp()), said)
        except Refused as error:
            return Verdict(verdict="differs", detail=str(error))
        ours = receipt.agreement == relationship.agreement
        if ours and receipt.state == "terminated" and receipt.by == "organisation":
            with store.transaction() as tx:
                kept = tx.row("relationships.by_name", name=relationship.name)
                if kept is not None and kept["state"] == "active":
                    name, at = relationship.name, stamp(now)
                    tx.run("relationships.end", name=name, state="ended", at=at)
                    tx.run("disclosures.withdraw_waiting", relationship=name, reason=ENDED_THERE)
        return Verdict(verdict="fits", detail="Their signed statement is kept.")

    def _erased(self, relationship: "Relationship", token: object) -> Verdict:
        """They erased what was given under a deal whose time to keep it is over."""
        store = self._vault.store
        rows = store.rows("agreements.of_relationship", relationship=relationship.name)
        try:
            key = relationship.key_log.key_for(str(token))
            receipt = read_erasure(str(token), key=key)
        except Refused as error:
            return Verdict(verdict="differs", detail=str(error))
        person = signer_of(store, relationship).subject
        if (receipt.iss, receipt.aud) != (relationship.subject, person):
            return Verdict(verdict="differs", detail="It is about another deal.")
        given = store.rows("disclosures.of_relationship", relationship=relationship.name)
        known = any(row["id"] == receipt.agreement for row in rows)
        held: dict[str, set[int]] = {receipt.agreement: set()} if known else {}
        for row in given:
            if row["receipt"] is not None and (known or row["state"] == "given"):
                index = json.loads(row["receipt"])["index"]
                held.setdefault(row["agreement"], set()).add(index)
        if known and held[receipt.agreement] - set(receipt.leaves):
            return Verdict(verdict="differs", detail="It leaves out some of what you gave.")
        gone = [one for one, leaves in held.items() if leaves <= set(receipt.leaves)]
        # One that nobody here heard of took the place of them all: then all of it is named.
        if not known and (not gone or len(gone) < len(held)):
            return Verdict(verdict="differs", detail="It is about another deal.")
        with store.transaction() as tx:
            for agreement in gone:
                tx.run("disclosures.erased_under", agreement=agreement)
            if receipt.agreement == relationship.agreement or not known:
                name, at = relationship.name, stamp(self._vault.clock.now())
                tx.run("relationships.end", name=name, state="erased", at=at)
                tx.run("disclosures.withdraw_waiting", relationship=name, reason=ERASED_THERE)
        return Verdict(verdict="fits", detail="Their signed receipt of it is kept.")
