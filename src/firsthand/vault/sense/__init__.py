"""What a person's own things show: findings and sums, each with the things it stands on.

Above: the acts. Below: the protocol's `Thing` and the readings of payees and dates;
everything here is a plain function of things and of the day, which comes in as an argument.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from firsthand.protocol.things import Thing
from firsthand.vault.sense.counting import Counting
from firsthand.vault.sense.facets import day_of, merchant_of, milli_of
from firsthand.vault.sense.finding import Finding, key_of_finding
from firsthand.vault.sense.kinds.gathering import OLDEST_FIRST, Gathering
from firsthand.vault.sense.overpaid import paid_twice, two_alike, unused
from firsthand.vault.sense.recurring import PaymentsSeen, recurring_payments
from firsthand.vault.sense.recurring_findings import marked, recurring_findings
from firsthand.vault.sense.watching import ViewsSeen, watching_findings

__all__ = [
    "OLDEST_FIRST",
    "Finding",
    "Noticing",
    "findings",
    "key_of_finding",
    "recurring_payments",
]

USES = frozenset({"WatchAction", "ListenAction", "ReadAction", "ExerciseAction"})


class Noticing:
    """Takes things one by one and keeps of each the few figures that findings are made of."""

    def __init__(
        self,
        *,
        today: datetime.date,
        zone: str = "UTC",
        brought: Mapping[str, datetime.date] | None = None,
    ) -> None:
        """Findings will be as of `today`.

        zone: the person's own clock. brought: when the newest file of each source came.
        """
        self._today = today
        self._brought = brought or {}
        self._payments, self._views = PaymentsSeen(today), ViewsSeen()
        self._counting, self._gathering = Counting(zone), Gathering(zone)
        self._refunds: dict[tuple[str, Decimal], list[datetime.date]] = defaultdict(list)
        self._used: dict[str, str] = {}

    def take(self, thing: Thing) -> None:
        """Look at one thing; their order does not matter."""
        self._gathering.take(thing)
        if thing.type == "Observation" and thing.data.get("measuredProperty") != "location":
            return  # there are very many, and nothing else is made of them
        self._payments.take(thing)
        self._views.take(thing)
        self._counting.take(thing)
        if thing.type == "ReceiveAction":
            self._take_refund(thing)
        elif thing.type in USES and (thing.time or "") > self._used.get(thing.source, ""):
            self._used[thing.source] = thing.time or ""

    def findings(self) -> list[Finding]:
        """Everything that the things show: recurring payments first, then watching, then the rest.

        Where there is a thing at all, there is a finding.
        """
        payments = marked(self._payments.recurring())
        told = recurring_findings(payments, today=self._today)
        used = {source: day for source, time in self._used.items() if (day := day_of(time))}
        found = [
            *told,
            *unused(payments, used, self._brought),
            *two_alike(payments),
            *paid_twice(self._payments.payments(), self._refunds, self._today),
            *watching_findings(self._views.views()),
        ]
        return [*found, *self._gathering.findings(alone=not found)]

    def counted(self) -> Counting:
        """The sums of everything that was taken. To be asked for once, at the end."""
        kept = {view.id for view in self._views.views()}
        self._counting.finish(lambda id: id in kept)
        return self._counting

    def _take_refund(self, thing: Thing) -> None:
        amount, day = milli_of(thing.data.get("price")), day_of(thing.time)
        if amount is not None and day is not None:
            self._refunds[merchant_of(thing.name), Decimal(amount) / 1000].append(day)


def findings(things: Iterable[Thing], *, today: datetime.date) -> list[Finding]:
    """Everything that the things show, as of `today`: recurring payments first, then watching.

    A finding that has nothing to stand on is left out.
    """
    noticing = Noticing(today=today)
    for thing in things:
        noticing.take(thing)
    return noticing.findings()
