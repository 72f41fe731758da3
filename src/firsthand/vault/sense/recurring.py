"""Payments that come again and again: subscriptions, bills, memberships.

For each merchant: first all payments as one series (price rises and changing bills stay whole);
if they follow no rhythm, one series for each amount that comes back (two subscriptions at one
merchant, a subscription among purchases), joined where one follows the other at a new price.
"""

# ruff: noqa: PLR2004 - what is like, near or crowded is said in figures where it is decided

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sense.cadence import (
    FEW,
    LENGTH_DAYS,
    PER_YEAR,
    PREPAID_DAYS,
    Rhythm,
    rhythm_of,
)
from firsthand.vault.sense.facets import day_of
from firsthand.vault.sources.payee import merchant_key, needs_cleaning, payee_name

AMOUNTS_MAX = 400
SERIES_MAX = 3


class Payment(msgspec.Struct, frozen=True, order=True, gc=False):
    """One payment out, as the search needs it."""

    date: datetime.date
    amount: Decimal
    id: str
    name: str


class RecurringPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A series of payments. Amounts are in units of `currency` (None if unknown).

    `next` is the first due date after the last payment, None if it has ended. `yearly` is what a
    year costs: from the latest price, or where amounts vary from the last year's mean.
    `price_history` holds (first date, amount) for each price. `things` are the ids, oldest first.
    `mark` tells it from an older series of the same merchant and currency: its first price.
    """

    name: str
    cadence: str
    amount: Decimal
    currency: str | None
    next: datetime.date | None
    yearly: Decimal
    since: datetime.date
    last: datetime.date
    payments: int
    ended: bool
    overdue: bool
    varies: bool
    risen_from: Decimal | None
    risen_on: datetime.date | None
    price_history: list[tuple[datetime.date, Decimal]]
    things: list[str]
    mark: str = ""


class _Series(msgspec.Struct):
    payments: list[Payment]
    rhythm: Rhythm


class PaymentsSeen:
    """The payments among things that are taken one by one. Equal days and amounts are held once."""

    def __init__(self, today: datetime.date) -> None:
        """Nothing is seen yet. Rows after `today` are bookings ahead."""
        self._today = today
        self._groups: dict[tuple[str, str, str | None], list[Payment]] = defaultdict(list)
        self._ends: dict[str, datetime.date] = {}
        self._amounts: dict[str, Decimal | None] = {}
        self._names: dict[str, str] = {}

    def take(self, thing: Thing) -> None:
        """Keep the payment that a thing is, if it is one."""
        if thing.type not in ("PayAction", "ReceiveAction"):
            return
        date = day_of(thing.time)
        if date is None:
            return
        end = self._ends.get(thing.source)
        if end is None or end < date <= self._today:
            self._ends[thing.source] = date
        if thing.type != "PayAction":
            return
        price = str(thing.data.get("price"))
        amount = self._amounts.get(price)
        if amount is None:
            amount = self._amounts[price] = _amount(price)
        if amount is None or amount <= 0:
            return
        currency = thing.data.get("priceCurrency")
        key = (thing.source, merchant_key(thing.name), str(currency) if currency else None)
        name = self._names.setdefault(thing.name, thing.name)
        self._groups[key].append(Payment(date, amount, thing.id, name))

    def payments(self) -> dict[tuple[str, str, str | None], list[Payment]]:
        """All payments by source, key of the merchant and currency."""
        return self._groups

    def recurring(self) -> list[RecurringPayment]:
        """Every recurring payment, the costliest a year first."""
        found = [
            described
            for (source, _, currency), payments in _merged(self._groups).items()
            for series in _series_of(sorted(payments))
            if not (described := _described(series, currency, self._ends[source])).ended
            or not _went_on(series, payments)
        ]
        found.sort(key=lambda r: (r.ended, -r.yearly, r.name, r.since, r.things))
        return found


def recurring_payments(things: Iterable[Thing], *, today: datetime.date) -> list[RecurringPayment]:
    """Every recurring payment among the things, the costliest a year first.

    A series has ended if nothing came for one and a half cadences before the latest row of its
    source; rows after `today` (bookings ahead) do not move that end. Where the like was paid later
    on other days, it neither ended nor keeps its rhythm, and nothing is said of it.
    """
    seen = PaymentsSeen(today)
    for thing in things:
        seen.take(thing)
    return seen.recurring()


def _amount(price: object) -> Decimal | None:
    try:
        return Decimal(str(price))
    except InvalidOperation:
        return None


def _merged(
    groups: dict[tuple[str, str, str | None], list[Payment]],
) -> dict[tuple[str, str, str | None], list[Payment]]:
    """Groups whose name goes on with a place or a branch join the shorter name.

    Only if both together keep one rhythm, and the longer has none of its own or the same amounts:
    "Amazon Prime" stays apart from "Amazon".
    """
    merged: dict[tuple[str, str, str | None], list[Payment]] = {}
    for key in sorted(groups, key=lambda k: (k[0], k[2] or "", k[1])):
        source, name, currency = key
        words = name.split()
        target = key
        for size in range(1, len(words)):
            shorter = (source, " ".join(words[:size]), currency)
            if shorter in merged and _belong_together(shorter[1], merged[shorter], groups[key]):
                target = shorter
                break
        merged.setdefault(target, []).extend(groups[key])
    return merged


def _belong_together(name: str, some: list[Payment], others: list[Payment]) -> bool:
    both = sorted(some + others)
    rhythm = rhythm_of([p.date for p in both])
    if rhythm is None:
        return False
    if len(name) >= 5 and not rhythm_of([p.date for p in sorted(others)]):
        return True
    # Each due date is met by one or by the other: the same payment, its name written in two ways.
    alike = {p.amount for p in some} & {p.amount for p in others}
    return bool(alike) and len(rhythm.slots) >= 0.9 * len(both)


def _series_of(payments: list[Payment]) -> list[_Series]:
    whole = None if _interleaved(payments) else _one_series(payments)
    if whole is not None:
        return [whole]
    by_amount: dict[Decimal, list[Payment]] = defaultdict(list)
    for payment in payments:
        by_amount[payment.amount].append(payment)
    found: list[_Series] = []
    rest: list[Payment] = []
    for same in list(by_amount.values())[:AMOUNTS_MAX]:
        series, left = _split(same)
        crowd = len(payments) - len(same)
        if any(_by_chance(one, crowd) for one in series):
            series, left = [], same
        found += series
        rest += left
    found = _joined(found)
    found, rest = _extended(found, sorted(rest))
    last = _one_series(rest)
    return [*found, last] if last is not None else found


def _by_chance(series: _Series, crowd: int) -> bool:
    """Whether a few equal amounts among many other purchases may well keep a rhythm by chance."""
    count = len(series.payments)
    if crowd <= 2 * count or count >= FEW:
        return False
    if series.rhythm.cadence == "yearly" and count == 2:
        return True
    closest = {3: 0.4, 4: 1.0}.get(count, 1.5)
    due = series.rhythm.slots[-1][0] - series.rhythm.slots[0][0] + 1
    return series.rhythm.off_mean > closest or due > count


def _interleaved(payments: list[Payment]) -> bool:
    """Whether two amounts that each come back take turns: two subscriptions at one merchant."""
    places: dict[Decimal, list[int]] = defaultdict(list)
    for i, payment in enumerate(payments):
        places[payment.amount].append(i)
    spans = [(at[0], at[-1]) for at in places.values() if len(at) >= 2]
    return any(a[0] < b[1] and b[0] < a[1] for i, a in enumerate(spans) for b in spans[i + 1 :])


def _one_series(payments: list[Payment]) -> _Series | None:
    """All of these as one series, if nearly all keep one rhythm and the amounts make sense."""
    rhythm = rhythm_of([p.date for p in payments])
    if rhythm is None or len(rhythm.slots) < 0.85 * len(payments):
        return None
    chosen = [payments[i] for _, i in rhythm.slots]
    amounts = [p.amount for p in chosen]
    if not _plausible(amounts, rhythm):
        return None
    return _Series(chosen, rhythm)


def _plausible(amounts: list[Decimal], rhythm: Rhythm) -> bool:
    """Amounts that change at every payment need a bill's rhythm and likeness to be one series."""
    if len(set(amounts)) == 1:
        return True
    spread = max(amounts) / min(amounts)
    if len(amounts) == 2:
        return spread <= Decimal("1.5")
    if not _varies(amounts):
        return spread <= 20
    ordered = sorted(amounts)
    middle = ordered[len(ordered) // 2]
    far = sum(1 for a in amounts if a > middle * Decimal("2.5") or a * Decimal("2.5") < middle)
    if rhythm.cadence in ("weekly", "fortnightly"):
        return spread <= Decimal("1.25")
    if len(amounts) == 3:
        return spread <= 2 and rhythm.off_mean <= 2
    return far <= 0.2 * len(amounts)


def _runs(amounts: list[Decimal]) -> int:
    return 1 + sum(1 for a, b in pairwise(amounts) if a != b)


def _varies(amounts: list[Decimal]) -> bool:
    """Whether amounts change as bills do, rather than in steps as prices do."""
    return len(amounts) > 2 and _runs(amounts) > 1 + len(amounts) / 3


def _split(same: list[Payment]) -> tuple[list[_Series], list[Payment]]:
    """Series among payments of one amount: one, or up to three side by side; and the rest."""
    rhythm = rhythm_of([p.date for p in same])
    if rhythm is not None:
        return [_Series([same[i] for _, i in rhythm.slots], rhythm)], _without(same, rhythm)
    for count in range(2, SERIES_MAX + 1):
        # The same price twice a month: payments take turns.
        turns = [same[start::count] for start in range(count)]
        rhythms = [rhythm_of([p.date for p in turn]) for turn in turns]
        if all(
            r is not None and len(r.slots) == len(t) for r, t in zip(rhythms, turns, strict=True)
        ):
            return [_Series(t, r) for t, r in zip(turns, rhythms, strict=True) if r], []
    return [], same


def _without(payments: list[Payment], rhythm: Rhythm) -> list[Payment]:
    taken = {i for _, i in rhythm.slots}
    return [p for i, p in enumerate(payments) if i not in taken]


def _joined(found: list[_Series]) -> list[_Series]:
    """Join series that follow one another at a new price."""
    joined: list[_Series] = []
    for series in sorted(found, key=lambda s: s.payments[0]):
        first = series.payments[0]
        length = LENGTH_DAYS[series.rhythm.cadence]
        options = [
            (abs((first.date - s.payments[-1].date).days - length), i)
            for i, s in enumerate(joined)
            if s.rhythm.cadence == series.rhythm.cadence
            and 0.5 * length < (first.date - s.payments[-1].date).days < 3.5 * length
            and _near(s.payments[-1].amount, first.amount)
        ]
        if not options:
            joined.append(series)
            continue
        before = joined[min(options)[1]]
        joined[min(options)[1]] = _Series(before.payments + series.payments, series.rhythm)
    return joined


def _near(one: Decimal, other: Decimal) -> bool:
    return max(one, other) <= min(one, other) * Decimal("2.5")


def _extended(found: list[_Series], rest: list[Payment]) -> tuple[list[_Series], list[Payment]]:
    """Let a series go on with a payment or two at a new price, too few to be one of their own.

    Among many other purchases a payment near the due date is chance: then it must be alone.
    """
    for series in found:
        while True:
            last = series.payments[-1]
            due = series.rhythm.after(last.date)
            slack = min(5, LENGTH_DAYS[series.rhythm.cadence] / 6)
            span = max(1, (rest[-1].date - rest[0].date).days) if rest else 1
            near = [
                p
                for p in rest
                if abs((p.date - due).days) <= slack
                and max(p.amount, last.amount) <= min(p.amount, last.amount) * Decimal("1.4")
            ]
            crowded = len(rest) / span * (2 * slack + 1) > 0.34
            if len(near) != 1 or (crowded and len(rest) > 2):
                break
            series.payments = [*series.payments, near[0]]
            rest = [p for p in rest if p is not near[0]]
    return found, rest


def _described(series: _Series, currency: str | None, end: datetime.date) -> RecurringPayment:
    payments = series.payments
    amounts = [p.amount for p in payments]
    varies = _varies(amounts)
    last = payments[-1]
    cadence = series.rhythm.cadence
    per_year = PER_YEAR[cadence]
    if series.rhythm.step_days == PREPAID_DAYS:
        per_year = 13
    due = series.rhythm.after(last.date)
    ended = (end - last.date).days > 1.5 * LENGTH_DAYS[cadence]
    typical = last.amount
    if varies:
        year = [p.amount for p in payments if (last.date - p.date).days < 360]
        typical = sum(year, Decimal(0)) / len(year)
    history = [(payments[0].date, amounts[0])]
    history += [(b.date, b.amount) for a, b in pairwise(payments) if a.amount != b.amount]
    rose = not varies and len(history) > 1 and history[-1][1] > history[-2][1]
    return RecurringPayment(
        name=_name(payments),
        cadence=cadence,
        amount=last.amount,
        currency=currency,
        next=None if ended else due,
        yearly=(typical * per_year).quantize(Decimal("0.01")),
        since=payments[0].date,
        last=last.date,
        payments=len(payments),
        ended=ended,
        overdue=not ended and due < end,
        varies=varies,
        risen_from=history[-2][1] if rose else None,
        risen_on=history[-1][0] if rose else None,
        price_history=history,
        things=[p.id for p in payments],
    )


def _went_on(series: _Series, payments: list[Payment]) -> bool:
    """Whether the same was paid after the series, too: its rhythm was lost, it did not end."""
    amounts = [payment.amount for payment in series.payments]
    last = series.payments[-1].date
    return any(p.date > last and min(amounts) <= p.amount <= max(amounts) for p in payments)


def _name(payments: list[Payment]) -> str:
    """The name most used, of those the one most like a name: not all capitals, then short."""
    names = Counter(payee_name(p.name) if needs_cleaning(p.name) else p.name for p in payments)
    top = max(names.values())
    often = [name for name, count in names.items() if count * 2 >= top]
    return min(often, key=lambda n: (bool(re.fullmatch(r"[^a-z]{4,}", n)), -names[n], len(n), n))
