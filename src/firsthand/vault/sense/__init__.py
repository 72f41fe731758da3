"""What a person's own things show: findings, each with the things it stands on.

Above: the gate and the roles. Below: the protocol's `Thing` alone; everything here is a plain
function of things and of the day, which comes in as an argument.
"""

import datetime
from collections.abc import Iterable

from firsthand.protocol.things import Thing
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.recurring import PaymentsSeen, recurring_payments
from firsthand.vault.sense.recurring_findings import recurring_findings
from firsthand.vault.sense.watching import ViewsSeen, watching_findings

__all__ = ["Finding", "Noticing", "findings", "recurring_payments"]


class Noticing:
    """Takes things one by one and keeps of each the few figures that findings are made of."""

    def __init__(self, *, today: datetime.date) -> None:
        """Findings will be as of `today`."""
        self._today = today
        self._payments, self._views = PaymentsSeen(today), ViewsSeen()

    def take(self, thing: Thing) -> None:
        """Look at one thing; their order does not matter."""
        self._payments.take(thing)
        self._views.take(thing)

    def findings(self) -> list[Finding]:
        """Everything that the things show: recurring payments first, then watching."""
        payments = self._payments.recurring()
        told = recurring_findings(payments, today=self._today)
        return [*told, *watching_findings(self._views.views())]


def findings(things: Iterable[Thing], *, today: datetime.date) -> list[Finding]:
    """Everything that the things show, as of `today`: recurring payments first, then watching.

    A finding that has nothing to stand on is left out.
    """
    noticing = Noticing(today=today)
    for thing in things:
        noticing.take(thing)
    return noticing.findings()
