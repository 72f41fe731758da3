"""What a person's own things show: findings, each with the things it stands on.

Above: the gate and the roles. Below: the protocol's `Thing` alone; everything here is a plain
function of things and of the day, which comes in as an argument.
"""

import datetime
from collections.abc import Iterable

from firsthand.protocol.things import Thing
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.recurring import recurring_payments
from firsthand.vault.sense.recurring_findings import recurring_findings
from firsthand.vault.sense.watching import watching_findings

__all__ = ["Finding", "findings", "recurring_payments"]


def findings(things: Iterable[Thing], *, today: datetime.date) -> list[Finding]:
    """Everything that the things show, as of `today`: recurring payments first, then watching.

    A finding that has nothing to stand on is left out.
    """
    kept = list(things)
    payments = recurring_payments(kept, today=today)
    return [*recurring_findings(payments, today=today), *watching_findings(kept)]
