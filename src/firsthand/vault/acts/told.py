"""What an organisation says it did to a deal: let it rest, went on, or ended it.

It comes as a message among others, with a signed statement inside. Only what holds is acted on.
"""

from typing import TYPE_CHECKING

from firsthand.foundation.clock import stamp
from firsthand.protocol.refusals import Refused
from firsthand.protocol.wire import TYPE_AGREEMENT_CHANGED
from firsthand.vault.inbox import Message, Verdict
from firsthand.vault.terms.resting import take_told

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.terms.relationships import Relationship

ENDED_THERE = "They ended this deal. Nothing more leaves."


class ChangeTold:
    """Checks a message of this type, and takes in what it says."""

    type = TYPE_AGREEMENT_CHANGED

    def __init__(self, vault: "Vault") -> None:
        self._vault = vault

    def __call__(self, relationship: "Relationship", message: Message) -> Verdict:
        """Whether the statement inside is theirs and about this deal."""
        token = message.data.get("receipt")
        if not isinstance(token, str):
            return Verdict(verdict="differs", detail="It holds no signed statement.")
        now = self._vault.clock.now()
        store = self._vault.store
        try:
            receipt = take_told(store, relationship, message.n, token, int(now.timestamp()))
        except Refused as error:
            return Verdict(verdict="differs", detail=str(error))
        if receipt.state == "terminated" and receipt.by == "organisation":
            with store.transaction() as tx:
                kept = tx.row("relationships.by_name", name=relationship.name)
                if kept is not None and kept["state"] == "active":
                    name, at = relationship.name, stamp(now)
                    tx.run("relationships.end", name=name, state="ended", at=at)
                    tx.run("disclosures.withdraw_waiting", relationship=name, reason=ENDED_THERE)
        return Verdict(verdict="fits", detail="Their signed statement is kept.")
