"""What a person ordered: how much, from whom, what went back and what has not been paid back."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.rows import NO_FIGURE, NO_TIME, Clock, Row, Rows
from firsthand.vault.sense.kinds.telling import (
    TOP_MAX,
    amount,
    listed,
    many,
    most_of,
    over_time,
    percent,
    span,
    top,
)

if TYPE_CHECKING:
    import datetime

MANY_SELLERS_MIN = 2


def ordering(rows: Rows, clock: Clock) -> list[Finding]:
    """All findings about orders: of rows with the shop, the currency and thousandths of it.

    What was called off is left out: its other figure is 1.
    """
    bought = [row for row in rows.each() if not row.other]
    if not bought:
        return []
    found = [_all(rows, bought, clock), _seller(rows, bought)]
    return [each for each in found if each is not None]


def _sums(rows: list[Row], currency: dict[int, str] | None = None) -> dict[str, int]:
    """What rows come to, by currency, the most first."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.figure != NO_FIGURE:
            sums[row.what if currency is None else currency[row.place]] += row.figure
    return dict(top({unit: much for unit, much in sums.items() if much}))


def _money(sums: dict[str, int]) -> str:
    return listed([amount(much, unit) for unit, much in sums.items()])


def _all(rows: Rows, bought: list[Row], clock: Clock) -> Finding:
    sums = _sums(bought)
    unit = next(iter(sums), "")
    per: dict[datetime.date, float] = defaultdict(float)
    for row in bought:
        if row.at != NO_TIME and (row.what == unit or not sums) and row.figure != NO_FIGURE:
            per[clock.day(row.at)] += row.figure / 1000 if sums else 1
    title = f"You ordered {many(len(bought), 'thing')}"
    if sums:
        title += f" for {_money(sums)}"
    dated = [clock.day(row.at) for row in bought if row.at != NO_TIME]
    detail = f"That is {span(dated[0], dated[-1])}." if dated else "Your file does not say when."
    if len(over_time(per)) > 1:
        when, most = most_of(per)
        said = amount(round(most * 1000), unit) if sums else f"{most:,.0f}"
        detail += f" Most of it was in {when}: {said}."
    facts: dict[str, object] = {
        "unit": unit if sums else "things", "count": len(bought),
        "total": {each or "unknown": f"{much / 1000:.2f}" for each, much in sums.items()},
    }  # fmt: skip
    if dated:
        facts |= {"first": dated[0].isoformat(), "last": dated[-1].isoformat()}
    return Finding(
        kind="orders", title=title, detail=detail, facts=facts,
        things=[rows.id_of(row) for row in bought], chart=over_time(per),
    )  # fmt: skip


def _seller(rows: Rows, bought: list[Row]) -> Finding | None:
    counts = top(Counter(row.who for row in bought if row.who))
    if len(counts) < MANY_SELLERS_MIN:
        return None
    seller, most = counts[0]
    mine = [row for row in bought if row.who == seller]
    sums = _sums(mine)
    return Finding(
        kind="seller-most",
        title=f"{percent(most, len(bought))} % of what you ordered came from {seller}",
        detail=f"{many(most, 'thing')}{f' for {_money(sums)}' if sums else ''}, "
        f"of {many(len(counts), 'shop')} in all.",
        facts={
            "unit": "things", "seller": seller, "count": most,
            "percent": percent(most, len(bought)),
            "total": {each or "unknown": f"{much / 1000:.2f}" for each, much in sums.items()},
        },
        things=[rows.id_of(row) for row in mine],
        chart=[(who, float(count)) for who, count in counts[:TOP_MAX]],
    )  # fmt: skip


def returning(rows: Rows, clock: Clock) -> list[Finding]:
    """What went back: of rows with the currency, the order and thousandths that were paid back.

    Of one order a return and its refund are two rows: an order counts once. An order of which no
    row says that money came is one whose refund is not seen.
    """
    back = list(rows.each())
    orders: dict[str, list[Row]] = defaultdict(list)
    for row in back:
        orders[row.what or f" {row.place}"].append(row)
    sums = _sums(back, {row.place: row.who for row in back})
    waiting = [
        order for order, held in orders.items() if all(row.figure in {NO_FIGURE, 0} for row in held)
    ]
    title = f"You sent something back of {many(len(orders), 'order')}"
    if waiting:
        title += f"; for {len(waiting):,} of them no refund is seen"
    detail = f"{_money(sums)} came back" if sums else "No money is seen that came back"
    dated = [clock.day(row.at) for row in back if row.at != NO_TIME]
    if dated:
        detail += f" {span(dated[0], dated[-1])}"
    if waiting:
        named = [order for order in waiting if not order.startswith(" ")][:3]
        detail += f". Look for {listed(named)}" if named else ""
    per: dict[datetime.date, float] = defaultdict(float)
    for held in orders.values():
        days = [row.at for row in held if row.at != NO_TIME]
        if days:
            per[clock.day(min(days))] += 1
    return [
        Finding(
            kind="returns", title=title, detail=f"{detail}.",
            facts={
                "orders": len(orders), "waiting": len(waiting), "numbers": sorted(waiting)[:60],
                "total": {each or "unknown": f"{much / 1000:.2f}" for each, much in sums.items()},
            },
            things=[rows.id_of(row) for row in back], chart=over_time(per),
        )
    ]  # fmt: skip
