"""Recurring payments in words: one finding each, and what they come to in a year."""

import datetime
import re
from collections import defaultdict
from decimal import Decimal

import msgspec

from firsthand.foundation.web import words
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.recurring import RecurringPayment
from firsthand.vault.sources.payee import merchant_key

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
PER = {
    "weekly": "a week", "fortnightly": "a fortnight", "monthly": "a month",
    "quarterly": "a quarter", "half-yearly": "every half-year", "yearly": "a year",
}  # fmt: skip


def money(amount: Decimal, currency: str | None) -> str:
    """An amount as a person says it, as on the cards: "€41", "€9.99", "9,348 CHF"."""
    return re.sub(r"\.00(?![0-9])", "", words.money(amount, currency))


def percent(before: Decimal, now: Decimal) -> float:
    """By how many per cent an amount rose, to one decimal."""
    return float(((now - before) * 100 / before).quantize(Decimal("0.1")))


def day(date: datetime.date) -> str:
    """A date as a person says it: "3 August 2025"."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def key_of(payment: RecurringPayment) -> str:
    """What a payment is known by after every import, whatever its price becomes."""
    key = f"{merchant_key(payment.name)}:{payment.currency or ''}"
    return f"{key}:{payment.mark}" if payment.mark else key


def marked(found: list[RecurringPayment]) -> list[RecurringPayment]:
    """The same payments in their order, each with a key of its own.

    The oldest of a merchant and currency has the plain key, the others have their first price.
    """
    marks, taken = dict[str, str](), set[str]()
    for each in sorted(found, key=lambda r: (r.since, r.price_history[0][1], r.things)):
        price = _two(each.price_history[0][1])
        tried = ("", price, f"{price} {each.since}", f"{price} {each.since} {each.things[0]}")
        keys = [(mark, key_of(msgspec.structs.replace(each, mark=mark))) for mark in tried]
        mark, key = next((each for each in keys if each[1] not in taken), keys[-1])
        taken.add(key)
        marks[each.things[0]] = mark
    return [msgspec.structs.replace(each, mark=marks[each.things[0]]) for each in found]


def recurring_findings(payments: list[RecurringPayment], *, today: datetime.date) -> list[Finding]:
    """The sum a year first, then one finding for each recurring payment."""
    running = [payment for payment in payments if not payment.ended]
    total = [_total(running)] if running else []
    return [*total, *(_finding(payment, today) for payment in payments)]


def _finding(payment: RecurringPayment, today: datetime.date) -> Finding:
    amount = money(payment.amount, payment.currency)
    risen: dict[str, object] | None = None
    about = "about " if payment.varies else ""
    title = f"{payment.name}: {about}{amount} {PER[payment.cadence]}"
    if payment.varies:
        each = Decimal(payment.yearly) / Decimal(_per_year(payment))
        title = f"{payment.name}: about {money(each, payment.currency)} {PER[payment.cadence]}"
    if payment.ended:
        title = f"{payment.name} has ended"
    if payment.risen_from is not None and payment.risen_on is not None:
        up = percent(payment.risen_from, payment.amount)
        on = payment.risen_on
        risen = {
            "from": _two(payment.risen_from),
            "to": _two(payment.amount),
            "on": on.isoformat(),
            "percent": up,
        }
        if not payment.ended:
            title = f"{payment.name} rose by {up:.0f} % in {_MONTHS[on.month - 1]} {on.year}"
    facts: dict[str, object] = {
        **({"key": key_of(payment)} if payment.mark else {}),
        "name": payment.name,
        "cadence": payment.cadence,
        "amount": _two(payment.amount),
        "currency": payment.currency,
        "next": payment.next.isoformat() if payment.next else None,
        "yearly": _two(payment.yearly),
        "since": payment.since.isoformat(),
        "last": payment.last.isoformat(),
        "payments": payment.payments,
        "ended": payment.ended,
        "overdue": payment.overdue,
        "varies": payment.varies,
        "risen": risen,
        "price_history": [[on.isoformat(), _two(price)] for on, price in payment.price_history],
    }
    return Finding(
        kind="recurring",
        title=title,
        detail=_detail(payment, today),
        facts=facts,
        things=payment.things,
        chart=[(on.isoformat(), float(price)) for on, price in payment.price_history],
    )


def _per_year(payment: RecurringPayment) -> int:
    return {
        "weekly": 52, "fortnightly": 26, "monthly": 12, "quarterly": 4, "half-yearly": 2
    }.get(payment.cadence, 1)  # fmt: skip


def _two(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _detail(payment: RecurringPayment, today: datetime.date) -> str:
    paid = (
        f"{payment.payments} payments since {day(payment.since)}, the last on {day(payment.last)}"
    )
    if payment.ended:
        return f"{paid}. Nothing came after that."
    cost = f"That is {money(payment.yearly, payment.currency)} a year"
    if payment.varies:
        cost += ", by the last year's mean"
    if payment.next is None:
        return f"{cost}. {paid}."
    due = "The next is due" if payment.next >= today else "The next was due"
    return f"{cost}. {paid}. {due} on {day(payment.next)}."


def _total(running: list[RecurringPayment]) -> Finding:
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for payment in running:
        sums[payment.currency] += payment.yearly
    risen = sum(1 for payment in running if payment.risen_from is not None)
    monthly = " and ".join(money((sums[c] / 12).quantize(Decimal(1)), c) for c in _ordered(sums))
    yearly = " and ".join(money(sums[c], c) for c in _ordered(sums))
    what = "recurring payment" if len(running) == 1 else "recurring payments"
    rises = {0: "None of them has risen", 1: "One of them has risen"}.get(
        risen, f"{risen} of them have risen"
    )
    if len(running) == 1:
        rises = "It has risen" if risen else "It has not risen"
    return Finding(
        kind="recurring-total",
        title=f"You pay {monthly} a month for {len(running)} {what}",
        detail=f"That is {yearly} a year. {rises}.",
        facts={
            "yearly": {currency or "unknown": _two(sums[currency]) for currency in _ordered(sums)},
            "count": len(running),
            "risen": risen,
        },
        things=[thing for payment in running for thing in payment.things],
        chart=[(payment.name, float(payment.yearly)) for payment in running],
    )


def _ordered(sums: dict[str | None, Decimal]) -> list[str | None]:
    return sorted(sums, key=lambda currency: (-sums[currency], currency or ""))
