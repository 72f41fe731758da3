"""What may have been paid without need: twice the same, two services alike, one that is not used.

Each rule says when it speaks, and each of its findings can be marked as wrong.
"""

# ruff: noqa: PLR2004 - what is twice, alike or long ago is said in figures where it is decided

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from firsthand.vault.sense.categories import lists, service_of, shown_by
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.recurring import Payment, RecurringPayment
from firsthand.vault.sense.recurring_findings import PER, day, key_of, money
from firsthand.vault.sources.payee import merchant_key, payee_name

TWICE_AMOUNT_MIN = Decimal(10)
TWICE_DAYS_MAX = 400
TWICE_TIMES_MAX = 2
REFUND_DAYS_MAX = 60
UNUSED_DAYS_MIN = 90
# How long after a payment was due again the statements that lack it are taken for old.
STATEMENT_OLD = datetime.timedelta(days=45)

Groups = Mapping[tuple[str, str, str | None], list[Payment]]
Refunds = Mapping[tuple[str, Decimal], list[datetime.date]]


def paid_twice(groups: Groups, refunds: Refunds, today: datetime.date) -> list[Finding]:
    """The same amount to the same shop twice on one day, within the last 400 days, not refunded.

    From 10 on, and only where it happened on two days at most: who buys two tickets every morning
    means it. A refund is the same amount from the same shop within 60 days.
    """
    found = []
    for (source, key, currency), payments in groups.items():
        same: dict[tuple[datetime.date, Decimal], list[Payment]] = defaultdict(list)
        for payment in payments:
            if payment.amount >= TWICE_AMOUNT_MIN:
                same[payment.date, payment.amount].append(payment)
        doubled = {at: each for at, each in same.items() if len(each) > 1}
        if len(doubled) > TWICE_TIMES_MAX:
            continue
        for (date, amount), each in doubled.items():
            if not 0 <= (today - date).days <= TWICE_DAYS_MAX:
                continue
            back = refunds.get((key, amount), [])
            if not any(0 <= (on - date).days <= REFUND_DAYS_MAX for on in back):
                found.append(_twice(source, key, currency, sorted(each)))
    return sorted(found, key=lambda finding: str(finding.facts["on"]), reverse=True)


def _twice(source: str, key: str, currency: str | None, payments: list[Payment]) -> Finding:
    first = payments[0]
    name, said = payee_name(first.name), money(first.amount, currency)
    times = "twice" if len(payments) == 2 else f"{len(payments)} times"
    over = first.amount * (len(payments) - 1)
    return Finding(
        kind="paid-twice",
        title=f"{name}: {said} {times} on {day(first.date)}",
        detail="The same amount to the same shop on one day, and nothing came back. Is it right?",
        facts={
            "key": f"{source}:{key}:{first.date.isoformat()}:{first.amount}", "name": name,
            "amount": f"{first.amount:.2f}", "currency": currency, "on": first.date.isoformat(),
            "times": len(payments), "over": f"{over:.2f}",
        },
        things=[payment.id for payment in payments],
    )  # fmt: skip


def two_alike(payments: Iterable[RecurringPayment]) -> list[Finding]:
    """Two or more running payments to different services of one kind, such as music.

    Or the same amount to the same shop by two running payments, as if something was ordered twice.
    """
    payments = list(payments)
    kinds: dict[str, dict[str, RecurringPayment]] = defaultdict(dict)
    for payment in payments:
        kind = None if payment.ended else service_of(payment.name)
        if kind is not None:
            kinds[kind].setdefault(merchant_key(payment.name), payment)
    return _same(payments) + [
        _alike(kind, list(each.values())) for kind, each in sorted(kinds.items()) if len(each) > 1
    ]


def _same(payments: Iterable[RecurringPayment]) -> list[Finding]:
    sides: dict[tuple[str, str, str | None, Decimal], list[RecurringPayment]] = defaultdict(list)
    for payment in payments:
        if not payment.ended and not payment.varies:
            key = merchant_key(payment.name), payment.cadence, payment.currency, payment.amount
            sides[key].append(payment)
    return [_side_by_side(key[0], each) for key, each in sides.items() if len(each) > 1]


def _side_by_side(key: str, payments: list[RecurringPayment]) -> Finding:
    first = payments[0]
    times = "twice" if len(payments) == 2 else f"{len(payments)} times"
    each = f"{money(first.amount, first.currency)} {PER[first.cadence]}"
    yearly = sum((payment.yearly for payment in payments), Decimal())
    due = " and ".join(day(on) for payment in payments if (on := payment.next) is not None)
    return Finding(
        kind="two-alike",
        title=f"You pay {first.name} {times}: {each} each time",
        detail=f"Together they are {money(yearly, first.currency)} a year; the next are due on "
        f"{due}. Is it right?",
        facts={
            "key": f"{key}:{first.currency}:{first.cadence}:{first.amount}", "service": "",
            "names": [payment.name for payment in payments],
            "yearly": {first.currency or "unknown": f"{yearly:.2f}"},
        },
        things=[thing for payment in payments for thing in payment.things],
    )  # fmt: skip


def _alike(kind: str, payments: list[RecurringPayment]) -> Finding:
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for payment in payments:
        sums[payment.currency] += payment.yearly
    yearly = " and ".join(money(each, currency) for currency, each in sums.items())
    names = [payment.name for payment in payments]
    said = f"{', '.join(names[:-1])} and {names[-1]}"
    count = {2: "two", 3: "three"}.get(len(payments), str(len(payments)))
    return Finding(
        kind="two-alike",
        title=f"You pay {count} for {lists().service_names[kind]}: {said}",
        detail=f"Together they are {yearly} a year.",
        facts={
            "key": f"{kind}:{','.join(sorted(merchant_key(name) for name in names))}",
            "service": kind, "names": names,
            "yearly": {currency or "unknown": f"{each:.2f}" for currency, each in sums.items()},
        },
        things=[thing for payment in payments for thing in payment.things],
    )  # fmt: skip


def unused(
    payments: Iterable[RecurringPayment],
    used: Mapping[str, datetime.date],
    brought: Mapping[str, datetime.date],
) -> list[Finding]:
    """Running payments for a service whose own file shows no use for 90 days before it was brought.

    used: the newest day of use by source. brought: the day the newest file of a source came. Where
    the payments end long before that day, both files are old, and say nothing of what came after.
    """
    found = []
    for payment in payments:
        source = None if payment.ended else shown_by(payment.name)
        if source is None or source not in used or source not in brought:
            continue
        if payment.next is None or brought[source] > payment.next + STATEMENT_OLD:
            continue
        idle = (brought[source] - used[source]).days
        if idle < UNUSED_DAYS_MIN or (payment.last - used[source]).days < UNUSED_DAYS_MIN // 2:
            continue
        cost = money(payment.yearly, payment.currency)
        found.append(
            Finding(
                kind="unused",
                title=f"You pay {cost} a year for {payment.name}, unused for {idle} days",
                detail=(
                    f"The file you brought on {day(brought[source])} has nothing after "
                    f"{day(used[source])}; "
                    f"the last payment was on {day(payment.last)}."
                ),
                facts={
                    **({"key": key_of(payment)} if payment.mark else {}),
                    "name": payment.name, "currency": payment.currency, "idle_days": idle,
                    "yearly": f"{payment.yearly:.2f}", "used": used[source].isoformat(),
                    "brought": brought[source].isoformat(), "last": payment.last.isoformat(),
                },
                things=payment.things[-3:],
            )
        )  # fmt: skip
    return found
