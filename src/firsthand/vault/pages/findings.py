"""Findings as pages show them: recurring payments as one list, everything else as cards.

A finding comes as the acts tell it; here it is put in order and gets its pictures. Nothing is
computed that a finding does not say.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec
from markupsafe import Markup

from firsthand.foundation.web import charts, words
from firsthand.vault.pages import saying
from firsthand.vault.pages.found_kinds import ICONS, LAST, LATER, PICTURES, SUBJECTS
from firsthand.vault.sense.cadence import PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROWS_SHOWN_MAX: Final = 24
BARS_MAX: Final = 60
ITEMS_SHOWN_MAX: Final = 12


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows a finding stands on: the newest ones and how many more there are."""

    shown: list[dict[str, str]]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """One recurring payment. Amounts and days are in words; `spark` is empty without a change."""

    name: str
    amount: str
    cadence: str
    yearly: str
    due: str
    since: str
    ended: bool
    varies: bool
    risen: str
    detail: str
    spark: Markup
    rows: Rows
    last: str = ""  # my own id of the newest payment
    past: bool = False  # the next one should have come by now
    paid_on: str = ""  # the day of the newest payment
    key: str = ""  # what it is corrected by, once it is kept


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Any other finding: a sentence, what it stands on, and a picture if it has figures."""

    kind: str
    title: str
    detail: str
    chart: Markup
    rows: Rows
    icon: str = "chart"
    key: str = ""  # what it is corrected by, once it is kept
    items: list[dict[str, str]] = []


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """What all running payments come to: a sentence, how many have risen, and a year's cost."""

    title: str
    risen: str
    yearly: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """All findings in the order of a page."""

    total: Total | None = None
    bills: list[Bill] = []
    over: list[Bill] = []
    cards: list[Card] = []
    old: str = ""  # how old the newest payment is, if every next one should have come by now

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.bills or self.over or self.cards)


def shown(
    findings: Sequence[Mapping[str, Any]], today: date, rows_max: int = ROWS_SHOWN_MAX
) -> Shown:
    """Put findings in order; `findings` are those of `acts.looking` or `acts.noticing`.

    rows_max: how many of the newest rows of each are made ready.
    """
    total: Total | None = None
    bills: list[Bill] = []
    over: list[Bill] = []
    cards: list[Card] = []
    for finding in findings:
        kind = str(finding["kind"])
        if kind == "recurring-total":
            total = _total(finding["facts"])
        elif kind == "recurring":
            bill = _bill(finding, today, rows_max)
            (over if bill.ended else bills).append(bill)
        else:
            cards.append(_card(finding, rows_max))
    cards = _by_turns(cards)
    old = _old(bills, today)
    return Shown(total=total, bills=bills, over=over, cards=cards, old=old)


def _by_turns(cards: list[Card]) -> list[Card]:
    """All about money, then the first card of each subject, then the second, and so on."""
    turns: Counter[str] = Counter(LATER)
    order: list[tuple[int, int]] = []
    for place, card in enumerate(cards):
        subject = SUBJECTS.get(card.kind, card.kind)
        turn = len(cards) if card.kind == LAST else 0 if subject == "money" else turns[subject]
        turns[subject] += 1
        order.append((turn, place))
    return [cards[place] for _, place in sorted(order)]


def _old(bills: Sequence[Bill], today: date) -> str:
    """`of 3 March 2024, 14 months ago`: where all are late, it is the statement that is old."""
    newest = max((bill.paid_on for bill in bills), default="")
    if not newest or not all(bill.past for bill in bills):
        return ""
    days = (today - date.fromisoformat(newest)).days
    months = days * 12 // 365
    span = words.plural(months, "month") if months > 1 else words.plural(days, "day")
    return f"of {saying.when(newest)}, {span} ago"


def _total(facts: Mapping[str, Any]) -> Total:
    sums = [
        (None if currency == "unknown" else str(currency), Decimal(each))
        for currency, each in facts["yearly"].items()
    ]
    monthly = saying.listed(_whole(each / 12, currency) for currency, each in sums)
    count, risen = int(facts["count"]), int(facts["risen"])
    dearer = {0: "None of them has become dearer.", 1: "One of them has become dearer."}
    if count == 1:
        dearer = {0: "It has not become dearer.", 1: "It has become dearer."}
    return Total(
        title=f"You pay {monthly} a month for {words.plural(count, 'regular payment')}",
        risen=dearer.get(risen, f"{risen} of them have become dearer."),
        yearly=saying.listed(_whole(each, currency) for currency, each in sums),
    )


def _whole(amount: Decimal, currency: str | None) -> str:
    """An amount without cents: sums are of what will be, not of what was."""
    return words.money(amount.quantize(Decimal(1)), currency).removesuffix(".00")


def _bill(finding: Mapping[str, Any], today: date, rows_max: int) -> Bill:
    facts = finding["facts"]
    currency, rise = facts.get("currency"), facts.get("risen")
    history = facts.get("price_history") or []
    prices = [float(price) for _, price in history]
    risen, spark = "", Markup("")
    if rise:
        before = words.money(rise["from"], currency)
        risen = f"up {rise['percent']:.0f} % in {_month(rise['on'])}, was {before}"
    if len(prices) > 1 and not facts.get("varies"):
        first, last = (words.money(str(price), currency) for price in (prices[0], prices[-1]))
        title = f"The price over time, from {first} to {last}"
        with contextlib.suppress(charts.UndrawableSeries):
            spark = charts.sparkline(_stepped(history, facts.get("last")), title=title)
    return Bill(
        name=str(facts["name"]),
        amount=words.money(_each(facts), currency),
        cadence=saying.cadence(str(facts["cadence"])),
        yearly=words.money(facts["yearly"], currency),
        due=_due(facts, today),
        since=_month(facts.get("since")),
        ended=bool(facts.get("ended")),
        varies=bool(facts.get("varies")),
        risen=risen,
        detail=_paid(facts),
        spark=spark,
        rows=_rows(finding, rows_max),
        last=str(finding["rows"][-1]["id"]) if finding["rows"] else "",
        past=_past(facts, today),
        paid_on=str(facts.get("last") or "")[:10],
        key=str(finding.get("key") or ""),
    )


def _each(facts: Mapping[str, Any]) -> str:
    """What one of them comes to: of those that vary, what a year's sum makes it."""
    if not facts.get("varies"):
        return str(facts["amount"])
    return f"{Decimal(facts['yearly']) / PER_YEAR[str(facts['cadence'])]:.2f}"


def _due(facts: Mapping[str, Any], today: date) -> str:
    """When the next one is due, or was; the year only where it is not this one."""
    day = str(facts.get("next") or "")
    if not day:
        return ""
    said = saying.when(day)
    this = day[:4] == f"{today.year:04d}" and facts["cadence"] not in {"yearly", "half-yearly"}
    word = "Was due" if _past(facts, today) else "Next"
    return f"{word} on {said.rpartition(' ')[0] if this else said}"


def _past(facts: Mapping[str, Any], today: date) -> bool:
    """Whether the next one should have come by now."""
    day = str(facts.get("next") or "")
    return bool(day) and (bool(facts.get("overdue")) or day < today.isoformat())


def _paid(facts: Mapping[str, Any]) -> str:
    """How often it was paid, since when, and when last."""
    paid = words.plural(int(facts["payments"]), "payment")
    since, last = saying.when(facts["since"]), saying.when(facts["last"])
    over = " Nothing came after that." if facts.get("ended") else ""
    mean = " The amounts differ: a year is reckoned from the last twelve months."
    return f"{paid} since {since}, the last on {last}.{over}{mean if facts.get('varies') else ''}"


def _stepped(history: Sequence[Sequence[Any]], last: object) -> list[float]:
    """A price for each month, so that the line is flat where nothing changed."""
    months = [(int(str(on)[:4]) * 12 + int(str(on)[5:7]), float(price)) for on, price in history]
    end = months[-1][0]
    if isinstance(last, str) and last:
        end = max(end, int(last[:4]) * 12 + int(last[5:7]))
    points, price, at = [], months[0][1], 0
    for month in range(months[0][0], end + 1):
        while at < len(months) and months[at][0] <= month:
            price = months[at][1]
            at += 1
        points.append(price)
    step = max(1, len(points) // 120)
    return points[::step] if (len(points) - 1) % step == 0 else [*points[::step], points[-1]]


def _card(finding: Mapping[str, Any], rows_max: int) -> Card:
    kind = str(finding["kind"])
    return Card(
        kind=kind,
        key=str(finding.get("key") or ""),
        title=str(finding["title"]).replace(" %", "\N{NO-BREAK SPACE}%"),
        detail=str(finding["detail"]),
        chart=_picture(kind, finding),
        rows=_rows(finding, rows_max),
        icon=ICONS.get(kind, "chart"),
        items=_left(finding["facts"].get("items", [])) if kind == "abandoned" else [],
    )


def _picture(kind: str, finding: Mapping[str, Any]) -> Markup:
    chart = [(str(label), float(value)) for label, value in finding.get("chart") or []]
    ends = Counter(_short(label) for label, _ in chart)
    points = [
        (_short(label) if ends[_short(label)] == 1 else label.replace(": ", ", "), value)
        for label, value in chart
    ]
    if kind not in PICTURES or len(points) <= 1:
        return Markup("")
    unit, title, way = PICTURES[kind]
    unit = str(finding["facts"].get("unit") or unit)
    if unit == "titles":
        title = "Titles by year"
    try:
        return charts.bars(points[:BARS_MAX], unit=unit, title=title, kind=way)
    except charts.UndrawableSeries:
        return Markup("")


def _short(label: str) -> str:
    """A title without its series and season: what tells it from others stands at its end."""
    return label.rpartition(": ")[2] or label


def _left(items: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Titles that were begun and left, each with how far."""
    found = []
    for item in items[:ITEMS_SHOWN_MAX]:
        if item.get("kind") == "series":
            far = words.plural(int(item["episodes"]), "episode")
        else:
            far = words.plural(int(item["minutes"]), "minute")
        found.append({"name": str(item["name"]), "far": far, "last": _month(item["last"])})
    return found


def _rows(finding: Mapping[str, Any], rows_max: int) -> Rows:
    rows = finding["rows"]
    newest = sorted(rows, key=lambda row: str(row.get("time") or ""), reverse=True)
    told = [
        {
            "name": str(row["name"]),
            "when": saying.when(row.get("time")),
            "amount": saying.amount(row),
            "place": _place(row),
            "id": str(row["id"]),
        }
        for row in newest[:rows_max]
    ]
    return Rows(shown=told, total=int(finding.get("rows_total", len(rows))))


def _place(row: Mapping[str, Any]) -> str:
    path, line = row.get("path"), row.get("line")
    if not path:
        return ""
    return f"{path}, line {line}" if line else str(path)


def _month(day: object) -> str:
    text = str(day or "")
    said = saying.when(text)
    return said.partition(" ")[2] if said != text else text
