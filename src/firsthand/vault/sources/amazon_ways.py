"""How one of Amazon's files writes amounts and dates: by what stands in it, and by whose it is.

The first archives wrote the month first in every country; the reports of a shop write dates as its
country does.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from firsthand.vault.sources.amounts import DecimalEvidence, read_amount, signed_value
from firsthand.vault.sources.csvs import records
from firsthand.vault.sources.dates import OrderEvidence, read
from firsthand.vault.sources.headed import NotARow
from firsthand.vault.sources.instants import instant
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.tables import Columns, named
from firsthand.vault.sources.text import TextFile

SHOP = later(r"amazon\.((?:co\.|com\.)?[a-z]{2,3})", re.IGNORECASE)
MONEY = ("unit", "total", "charged", "refund", "returned", "transacted")
DATES = ("date", "shipped", "refunded on", "returned on", "created", "playback")
_ENGLISH = frozenset(
    map(named, ("Order Date", "Shipment Date", "Ship Date", "Refund Date", "Return Date",
                "Creation Date", "RefundCompletionDate", "DateOfReturn"))
)  # fmt: skip
_MONTH_FIRST = later(r"(\d\d)/(\d\d)/(\d{4}) (\d\d:\d\d(?::\d\d)?) UTC")
_BOTH = later(r"(.{8,30}?) and \d.*")


class Ways(NamedTuple):
    """The mark before the decimals, and the order of dates; None if only the person knows it.

    `paid` is what each digital item came to, where its price, its tax and what was taken off are
    rows of their own.
    """

    mark: str
    order: str | None
    paid: Mapping[str, Decimal]

    def time(self, text: str) -> str | None:
        """The time of a cell; None if the order is not known. Raises NotARow for what is none."""
        text = _one_of(text)
        if told := _told(text):
            return told
        if self.order is None:
            return None
        moment = read(text)
        date = moment.dates.get(self.order) if moment else None
        if moment is None or date is None:
            raise NotARow(f'"{text[:40]}" is not a date.')
        if moment.clock is None:
            return date.isoformat()
        return f"{date.isoformat()}T{'{:02}:{:02}:{:02}'.format(*moment.clock)}Z"


def _one_of(text: str) -> str:
    """Where an item came in two parcels, both times stand in one cell: the first of them."""
    match = _BOTH.fullmatch(text)
    return match[1] if match else text


def _told(text: str) -> str | None:
    """The instant of a time that says itself in which order it is written."""
    if match := _MONTH_FIRST.fullmatch(text):
        month, day, year, clock = match.groups()
        text = f"{year}-{month}-{day}T{clock if clock.count(':') > 1 else clock + ':00'}Z"
    told = instant(text)
    return f"{told}Z" if told and len(told) == len("2024-01-03T20:15:00") else told


def ways_of(text: TextFile, columns: Columns) -> Ways:
    """Look through a file once for how it writes: a point before the decimals if nothing says."""
    amounts, dates, shops = DecimalEvidence(), OrderEvidence(), set[str]()
    parts: list[tuple[str, str]] = []
    in_parts = {"digital item", "component", "transacted"} <= columns.at.keys()
    for record in records(text.lines(), columns.delimiter, len(columns.cells)):
        if record.line <= columns.line:
            continue
        for role in MONEY:
            found = read_amount(columns.cell(record.cells, role))
            if found is not None:
                amounts.observe(found.core)
        for role in DATES:
            cell = _one_of(columns.cell(record.cells, role))
            if cell and _told(cell) is None:
                dates.observe(cell)
        if match := SHOP.search(columns.cell(record.cells, "website")):
            shops.add(match[1].lower())
        if in_parts:
            item = columns.cell(record.cells, "digital item")
            parts.append((item, columns.cell(record.cells, "transacted")))
    mark = amounts.decide() or "."
    paid = dict[str, Decimal]()
    for item, amount in parts:
        paid[item] = paid.get(item, Decimal(0)) + (signed_value(amount, mark) or Decimal(0))
    return Ways(mark, _order(dates, columns, shops), paid)


def _order(dates: OrderEvidence, columns: Columns, shops: set[str]) -> str | None:
    left = dates.decide(newest_first=True, day_first=False)
    if len(left) == 1:
        return left[0]
    names = {named(columns.cells[columns.at[role]].strip()) for role in DATES if role in columns.at}
    if not names & _ENGLISH or (shops and not shops & {"com", "ca"}):
        return "dmy" if "dmy" in left else None
    return "mdy" if shops == {"com"} and "mdy" in left else None
