"""Recurring payments on statements made up with a known truth."""

import calendar
import datetime
from collections.abc import Iterable
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.sense import Finding, findings, key_of_finding
from firsthand.vault.sense.recurring import RecurringPayment, recurring_payments
from firsthand.vault.sense.recurring_findings import money

TODAY = datetime.date(2026, 1, 2)


def payment(date: datetime.date, name: str, price: str, currency: str = "EUR") -> Thing:
    data: dict[str, object] = {"@type": "PayAction", "name": name, "startTime": date.isoformat()}
    data |= {"price": price, "priceCurrency": currency}
    key = f"{date}{name}{price}{currency}"
    return Thing(
        id=key, type="PayAction", name=name, time=date.isoformat(), source="bank", data=data
    )


def months(start: datetime.date, count: int, step: int = 1) -> list[datetime.date]:
    found = []
    for i in range(count):
        year, month = divmod(start.year * 12 + start.month - 1 + i * step, 12)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        found.append(datetime.date(year, month + 1, day))
    return found


def working(date: datetime.date) -> datetime.date:
    while date.weekday() >= 5:
        date += datetime.timedelta(days=1)
    return date


END = payment(datetime.date(2025, 12, 31), "Somebody", "1.00")


def found(things: Iterable[Thing], *, end: Thing = END) -> list[RecurringPayment]:
    return recurring_payments([*things, end], today=TODAY)


def test_a_price_rise_on_days_moved_by_weekends() -> None:
    days = months(datetime.date(2024, 1, 3), 24)
    things = [
        payment(working(day), f"SPOTIFY P{i}A1B3 STOCKHOLM", "10.99" if i < 19 else "12.99")
        for i, day in enumerate(days)
    ]
    (finding,) = [f for f in findings([*things, END], today=TODAY) if f.kind == "recurring"]
    assert finding.facts == {
        "name": "Spotify",
        "cadence": "monthly",
        "amount": "12.99",
        "currency": "EUR",
        "next": "2026-01-03",
        "yearly": "155.88",
        "since": "2024-01-03",
        "last": "2025-12-03",
        "payments": 24,
        "ended": False,
        "overdue": False,
        "varies": False,
        "risen": {"from": "10.99", "to": "12.99", "on": "2025-08-04", "percent": 18.2},
        "price_history": [["2024-01-03", "10.99"], ["2025-08-04", "12.99"]],
    }
    assert finding.title == "Spotify rose by 18 % in August 2025"
    assert finding.things == [thing.id for thing in things]


def test_bills_vary_and_a_month_may_be_skipped() -> None:
    days = months(datetime.date(2024, 1, 15), 24)
    things = [
        payment(working(day), "Stadtwerke", f"{50 + i * 7 % 20}.{10 + i}")
        for i, day in enumerate(days)
        if i != 7
    ]
    (series,) = found(things)
    last_year = [Decimal(str(thing.data["price"])) for thing in things[-12:]]
    assert (series.cadence, series.varies, series.risen_from) == ("monthly", True, None)
    assert series.yearly == (sum(last_year, Decimal(0)) / 12 * 12).quantize(Decimal("0.01"))


def test_the_last_day_of_the_month_stays_the_last_day() -> None:
    things = [payment(day, "Gym", "29") for day in months(datetime.date(2025, 7, 31), 5)]
    (series,) = found(things, end=payment(datetime.date(2025, 12, 1), "Somebody", "1.00"))
    assert series.last == datetime.date(2025, 11, 30)
    assert series.next == datetime.date(2025, 12, 31)


def test_two_subscriptions_at_one_merchant() -> None:
    things = [payment(day, "Apple", "0.99") for day in months(datetime.date(2025, 1, 3), 12)]
    things += [payment(day, "Apple", "9.99") for day in months(datetime.date(2025, 1, 17), 12)]
    assert [(s.cadence, s.amount, s.payments) for s in found(things)] == [
        ("monthly", Decimal("9.99"), 12),
        ("monthly", Decimal("0.99"), 12),
    ]


def test_the_same_price_at_one_merchant_by_two_subscriptions_is_asked_about() -> None:
    days = [*months(datetime.date(2025, 1, 3), 11), *months(datetime.date(2025, 1, 17), 11)]
    paid = [payment(each, "Reel", "10.99") for each in days]
    told = {each.kind: each for each in findings(paid, today=days[-1])}
    assert told["two-alike"].title == "You pay Reel twice: €10.99 a month each time"
    assert told["two-alike"].facts["yearly"] == {"EUR": "263.76"}
    alone = findings(paid[:11], today=days[-1])
    assert "two-alike" not in {each.kind for each in alone}
    assert alone[0].detail == "That is €131.88 a year. It has not risen."


def test_a_subscription_among_purchases() -> None:
    start = datetime.date(2024, 1, 1)
    purchases = [
        payment(start + datetime.timedelta(days=i * i * 7 % 720), "Amazon", f"{3 + i * 13 % 90}.49")
        for i in range(1, 90)
    ]
    prime = [payment(day, "Amazon", "8.99") for day in months(datetime.date(2024, 1, 9), 24)]
    (series,) = found([*purchases, *prime])
    assert (series.amount, series.payments) == (Decimal("8.99"), 24)
    assert found(purchases) == []


def test_every_cadence() -> None:
    start = datetime.date(2024, 1, 10)
    things: list[Thing] = []
    for name, days, count in (("Box", 7, 103), ("Cleaner", 14, 51)):
        things += [
            payment(start + datetime.timedelta(days=days * i), name, "10") for i in range(count)
        ]
    for name, step, count in (
        ("Rent", 1, 24),
        ("Radio", 3, 8),
        ("Tax", 6, 4),
        ("Levy", 12, 2),
    ):
        things += [payment(day, name, "10") for day in months(start, count, step)]
    assert {s.name: (s.cadence, s.yearly, s.ended) for s in found(things)} == {
        "Box": ("weekly", Decimal(520), False),
        "Cleaner": ("fortnightly", Decimal(260), False),
        "Rent": ("monthly", Decimal(120), False),
        "Radio": ("quarterly", Decimal(40), False),
        "Tax": ("half-yearly", Decimal(20), False),
        "Levy": ("yearly", Decimal(10), False),
    }


def test_what_has_ended_has_no_next_payment_and_no_part_in_the_sum() -> None:
    things = [payment(day, "Disney", "8.99") for day in months(datetime.date(2025, 1, 5), 6)]
    things += [payment(day, "Max", "5.00") for day in months(datetime.date(2025, 1, 5), 12)]
    disney = next(s for s in found(things) if s.name == "Disney")
    assert (disney.ended, disney.next) == (True, None)
    total = findings([*things, END], today=TODAY)[0]
    assert (total.kind, total.title) == (
        "recurring-total",
        "You pay €5 a month for 1 recurring payment",
    )
    assert total.facts == {"yearly": {"EUR": "60.00"}, "count": 1, "risen": 0}


def test_salaries_are_not_payments() -> None:
    things = [
        Thing(
            id=str(day),
            type="ReceiveAction",
            name="ACME",
            time=day.isoformat(),
            source="bank",
            data={"@type": "ReceiveAction", "price": "2500.00"},
        )
        for day in months(datetime.date(2025, 1, 5), 12)
    ]
    assert found(things) == []


@settings(max_examples=60)
@given(
    start=st.dates(datetime.date(2015, 1, 1), datetime.date(2023, 12, 31)),
    step=st.sampled_from([1, 3, 6, 12]),
    count=st.integers(4, 12),
    cents=st.integers(50, 50_000),
    late=st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_any_series_in_months_is_found_whole(
    start: datetime.date, step: int, count: int, cents: int, late: list[int]
) -> None:
    price = f"{cents / 100:.2f}"
    days = [
        day + datetime.timedelta(days=shift if shift == 1 else 0)
        for day, shift in zip(months(start, count, step), late, strict=False)
    ]
    things = [payment(day, "Club", price) for day in days]
    (series,) = recurring_payments(things, today=datetime.date(2040, 1, 1))
    assert series.payments == count
    assert series.cadence == {1: "monthly", 3: "quarterly", 6: "half-yearly", 12: "yearly"}[step]
    assert not series.ended
    following = months(start, count + 1, step)[-1]
    assert series.next is not None
    assert abs((series.next - following).days) <= 1


def test_no_things_no_findings() -> None:
    nothing: list[Finding] = findings([], today=TODAY)
    assert nothing == []


def test_what_lost_its_rhythm_is_not_said_to_have_ended() -> None:
    early = [datetime.date(2025, 1, day) for day in (3, 10, 17, 24)]
    late = [datetime.date(2025, 2, day) for day in (6, 9, 22, 23)]
    things = [payment(day, "Veg Box", "18.50") for day in early]
    assert [series.ended for series in found(things)] == [True]
    assert not [
        s for s in found([*things, *(payment(d, "Veg Box", "18.50") for d in late)]) if s.ended
    ]
    other = [payment(day, "Veg Box", "240.00") for day in late]
    assert [series.ended for series in found([*things, *other])] == [True]


def test_two_payments_of_one_merchant_are_corrected_apart() -> None:
    old = [payment(on, "Orchard Music", "4.99") for on in months(datetime.date(2022, 1, 5), 40)]
    new = [payment(on, "Orchard Music", "12.99") for on in months(datetime.date(2023, 3, 20), 26)]
    alone = [f for f in findings([*old, END], today=TODAY) if f.kind == "recurring"]
    both = [f for f in findings([*new, *old, END], today=TODAY) if f.kind == "recurring"]
    keys = {str(f.facts["amount"]): key_of_finding(f.kind, f.facts) for f in both}
    assert len(set(keys.values())) == 2
    assert keys["4.99"] == key_of_finding(alone[0].kind, alone[0].facts), "the oldest keeps its key"
    assert keys["12.99"].endswith(":EUR:12.99")


def test_large_sums_are_grouped_as_on_the_pages() -> None:
    assert [money(Decimal(each), "EUR") for each in ("9348", "1234567.5", "41", "9.99")] == [
        "€9,348", "€1,234,567.50", "€41", "€9.99",
    ]  # fmt: skip
