"""Amazon: orders, digital orders, refunds, returns and what was watched, in old and new files.

A row of orders is an item in a parcel, not an order: it is known by its order and its product, so
the old report and the new archive of the same orders count once. No cell is ever empty in the new
files: "Not Available" stands where nothing does.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from firsthand.protocol.things import Thing
from firsthand.vault.sources.amazon_ways import DATES, SHOP, Ways, ways_of
from firsthand.vault.sources.amazon_words import CANCELLED, CURRENCIES, NAMES, NOTHING
from firsthand.vault.sources.amounts import price, read_amount, value_of
from firsthand.vault.sources.export import Answers, Export, UnableToRead
from firsthand.vault.sources.headed import Cells, Headed, LeftOut, NotARow
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.netflix import iso_duration
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.tables import Columns, columns_in, first_lines, named
from firsthand.vault.sources.text import Line, open_text

FACTS = Facts(
    name="Amazon",
    files=("Your Orders.zip", "Order History.csv", "Retail.OrderHistory.1.csv",
           "Digital Items.csv", "Refund Details.csv"),
    how=(
        "Sign in to Amazon in a browser and open your account.",
        "Look for the page on which one asks for one's data, and choose your orders.",
        "Confirm by the link in the e-mail that comes at once.",
        "Amazon sends another e-mail with the archives when they are ready.",
    ),
    holds="Every item ordered, with its price, order and parcel; digital orders, refunds, returns.",
    finds="What you buy and for how much, what comes again, and refunds that never came.",
    wait="some hours to some days",
    days_max=90,
)  # fmt: skip
_TRACKED = later(r"(?P<by>[^()]{2,40}?)\s*(?:\(|\s-\s)\s*(?P<number>[A-Za-z0-9]{6,40})\)?")
_SEASON = later(
    r"(?P<series>.+?)\s*[-–:,]?\s*(?:Season|Staffel|Saison|Temporada|Stagione|Seizoen)\s*"
    r"(?P<season>\d{1,3})\b.*",
    re.IGNORECASE,
)

Record = dict[str, object]


class _Kind(NamedTuple):
    """One kind of file: the columns that tell it, and what makes the thing of a row."""

    format: str
    needed: frozenset[str]
    make: "Callable[[_Item], Thing]"


class _Item:
    """One row: its cells with what says nothing left out, its amounts, and its identity."""

    def __init__(self, cells: Cells, identity: Identity, ways: Ways) -> None:
        self.cells, self.identity, self.ways = cells, identity, ways

    def said(self, *roles: str) -> str:
        """The first cell with one of these meanings that says something."""
        for role in roles:
            for cell in self.cells.all(role):
                text = " ".join(cell.split()).strip("'\u2019 ") if "'" in cell[:1] else cell.strip()
                if text and (len(text) > 20 or named(text) not in NOTHING):
                    return text
        return ""

    def amount(self, *roles: str) -> tuple[Decimal, str | None] | None:
        """An amount and the currency beside it. Raises NotARow for what is no amount."""
        text = self.said(*roles)
        if not text:
            return None
        found = read_amount(text)
        value = value_of(found.core, self.ways.mark) if found else None
        if found is None or value is None:
            raise NotARow(f'"{text[:40]}" is not an amount.')
        return (-value if found.sign < 0 else value), found.currency

    def time(self, *roles: str) -> str | None:
        """The first of these that stands. Raises NotARow for what is no date."""
        for role in roles:
            text = self.said(role)
            if text:
                return self.ways.time(text) or self.cells.instant(role)
        return None

    def currency(self, beside: str | None) -> str | None:
        """The currency of the row: its own column, the sign at the amount, that of the shop."""
        code = self.said("currency").upper()
        if re.fullmatch(r"[A-Z]{3}", code):
            return code
        if beside:
            return beside
        shop = SHOP.search(self.said("website"))
        return CURRENCIES.get(shop[1].lower()) if shop else None

    def thing(self, kind: str, name: str, time: str | None, data: Record, *known: str) -> Thing:
        """A thing of this row, known by `known`."""
        head: Record = {"@type": kind, "name": name}
        if time is not None:
            head["startTime"] = time
        key = self.identity.of([kind, *known])
        return Thing(
            id=key, type=kind, name=name, time=time, source="amazon", data={**head, **data}
        )


def _priced(item: _Item, data: Record, amount: tuple[Decimal, str | None] | None) -> None:
    if amount is not None:
        data["price"] = price(amount[0])
        if code := item.currency(amount[1]):
            data["priceCurrency"] = code


def _bought(item: _Item) -> Thing:
    """An item that was ordered."""
    order, name = item.said("order"), item.said("product")
    if not order:
        raise NotARow("The number of the order is missing.")
    if not name:
        raise LeftOut("an item whose name Amazon no longer has")
    time = item.time("date")
    if time is None:
        raise NotARow("The date is missing.")
    quantity = _quantity(item)
    data = _paid(item, quantity)
    product: Record = {"@type": "Product", "name": name}
    if asin := item.said("asin"):
        product["productID"] = asin
    data["object"] = product
    data["orderNumber"] = order
    if seller := item.said("seller") or item.said("website"):
        data["seller"] = {"@type": "Organization", "name": seller}
    data["orderQuantity"] = str(quantity)
    if payment := item.said("payment"):
        data["paymentMethod"] = payment[:100]
    if (parcel := _parcel(item)) is not None:
        data["orderDelivery"] = parcel
    part = item.said("digital item")
    known = [order, asin or name, part] if part else [order, asin or name]
    thing = item.thing("BuyAction", name[:400], time, data, *known)
    # Its price, its tax and what was taken off are rows of their own: the first stands for all.
    if part in item.ways.paid and thing.id != Identity("amazon").of(["BuyAction", *known]):
        raise LeftOut("a part of a price, which is told with its item")
    return thing


def _paid(item: _Item, quantity: int) -> Record:
    """What an item cost. Raises LeftOut for one that was cancelled and cost nothing."""
    unit = item.amount("unit")
    total = item.amount("total", "transacted")
    if total is not None and (part := item.said("digital item")) in item.ways.paid:
        total = item.ways.paid[part], total[1]
    if total is None and unit is not None:
        # What a digital item costs is told without its tax, which stands beside it.
        tax = item.amount("unit tax") or (Decimal(0), None)
        total = (unit[0] + tax[0]) * max(quantity, 1), unit[1]
    status = item.said("status").casefold()
    cancelled = any(word in status for word in CANCELLED)
    if cancelled and (quantity == 0 or total is None or total[0] == 0):
        raise LeftOut("an item of an order that was cancelled")
    data: Record = {}
    _priced(item, data, total)
    if unit is not None:
        data["unitPrice"] = price(unit[0])
    if cancelled:
        data["orderStatus"] = "OrderCancelled"
    return data


def _quantity(item: _Item) -> int:
    text = item.said("quantity")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _parcel(item: _Item) -> Record | None:
    text = item.said("carrier")
    match = _TRACKED.fullmatch(text) if text else None
    if match is None:
        return None
    return {
        "@type": "ParcelDelivery",
        "trackingNumber": match["number"],
        "provider": {"@type": "Organization", "name": match["by"].strip()},
    }


def _sent(item: _Item) -> Thing:
    """A parcel of the old report of orders and shipments: its items are in another file."""
    order = item.said("order")
    if not order:
        raise NotARow("The number of the order is missing.")
    time = item.time("shipped", "date")
    data: Record = {}
    _priced(item, data, item.amount("charged"))
    parcel = _parcel(item) or {"@type": "ParcelDelivery"}
    data["object"] = {**parcel, "partOfOrder": {"@type": "Order", "orderNumber": order}}
    data["orderNumber"] = order
    known = item.said("carrier") or (time or "")
    return item.thing("TrackAction", f"Parcel of order {order}", time, data, order, known)


def _refunded(item: _Item) -> Thing:
    """Money that came back."""
    order = item.said("order")
    status = item.said("refund status", "bare status").casefold()
    if status and status not in ("completed", "complete", "final", "success", "succeeded"):
        raise LeftOut("a refund that was not completed")
    amount = item.amount("refund")
    time = item.time("refunded on", "created")
    if amount is None or not item.said("refunded on"):
        raise LeftOut("a return for which no money came back")
    return _returned_thing(item, order, time, amount)


def _returned(item: _Item) -> Thing:
    """Something that was sent back, whether or not the file says what for it came."""
    order = item.said("order")
    if "tax" in item.said("component").casefold():
        raise LeftOut("the tax on what came back, a part of the refund")
    time = item.time("returned on", "created", "date")
    return _returned_thing(item, order, time, item.amount("returned", "refund", "transacted"))


def _returned_thing(
    item: _Item, order: str, time: str | None, amount: tuple[Decimal, str | None] | None
) -> Thing:
    reversal = item.said("reversal")
    if not order and not reversal:
        raise NotARow("The number of the order is missing.")
    product = item.said("product")
    name = product or f"Return of order {order or reversal}"
    data: Record = {}
    if product:
        data["object"] = {"@type": "Product", "name": product}
        if asin := item.said("asin"):
            data["object"] = {"@type": "Product", "name": product, "productID": asin}
    data["orderNumber"] = order or reversal
    if reason := item.said("reason"):
        data["description"] = reason[:400]
    result: Record = {}
    _priced(item, result, amount)
    if result:
        data["result"] = {"@type": "MonetaryAmount", **result}
    known = (order or reversal, time or "", str(result.get("price", "")), product)
    return item.thing("ReturnAction", name[:400], time, data, *known)


def _watched(item: _Item) -> Thing:
    """A film or an episode, or a trailer."""
    title = item.said("product")
    if not title:
        raise LeftOut("a playback whose title Amazon no longer has")
    time = item.time("playback")
    if time is None:
        raise NotARow("The time is missing.")
    meaning: Record = {"@type": "Movie", "name": title}
    kind, sort = "WatchAction", item.said("material").casefold()
    if sort in ("trailer", "promo"):
        kind, meaning = "ViewAction", {"@type": "VideoObject", "name": title}
        meaning["additionalType"] = sort.upper()
    elif match := _SEASON.fullmatch(title):
        meaning = {
            "@type": "TVEpisode", "name": title,
            "partOfSeason": {"@type": "TVSeason", "name": f"Season {match['season']}"},
            "partOfSeries": {"@type": "TVSeries", "name": match["series"]},
        }  # fmt: skip
    data: Record = {}
    seconds = item.said("seconds").partition(".")[0]
    if seconds.isascii() and seconds.isdecimal() and len(seconds) < 8:
        data["duration"] = iso_duration(int(seconds))
    data["object"] = meaning
    if device := item.said("device"):
        data["instrument"] = {"@type": "Thing", "name": device[:200]}
    if country := item.said("country"):
        data["location"] = {"@type": "Country", "name": country[:60]}
    return item.thing(kind, title[:400], time, data, title, time, seconds)


def _left_out(why: str) -> Callable[[_Item], Thing]:
    def make(_item: _Item) -> Thing:
        raise LeftOut(why)

    return make


_KINDS = (
    _Kind("Amazon viewing history", frozenset(["playback", "product"]), _watched),
    _Kind("Amazon refunds", frozenset(["refunded on", "refund", "order"]), _refunded),
    _Kind("Amazon refunds", frozenset(["refunded on", "refund", "reversal"]), _refunded),
    _Kind("Amazon returns", frozenset(["order", "reason", "resolution"]), _returned),
    _Kind("Amazon returns", frozenset(["order", "reason", "returned on"]), _returned),
    _Kind("Amazon returns", frozenset(["order", "reason", "reversal"]), _returned),
    _Kind("Amazon returns", frozenset(["order", "reason", "reversal status"]), _returned),
    _Kind("Amazon returns", frozenset(["order", "returned on", "component"]), _returned),
    _Kind("Amazon orders", frozenset(["order", "date", "product", "asin"]), _bought),
    _Kind("Amazon orders", frozenset(["order", "date", "product", "website", "currency"]), _bought),
    _Kind("Amazon shipments", frozenset(["order", "carrier", "charged"]), _sent),
    _Kind("Amazon digital orders", frozenset(["order", "date", "packet"]),
          _left_out("a digital order, whose items are in another file")),
    _Kind("Amazon digital payments", frozenset(["packet", "transacted"]),
          _left_out("a part of a price, which is told with its item")),
    _Kind("Amazon cart", frozenset(["asin", "cart"]), _left_out("something put in the cart")),
)  # fmt: skip


def _kind_of(lines: list[Line]) -> tuple[_Kind, Columns] | None:
    columns = columns_in(lines[:3], NAMES, frozenset())
    if columns is None:
        return None
    for kind in _KINDS:
        if kind.needed <= columns.at.keys():
            return kind, columns
    return None


def claims(head: Head) -> bool:
    """Whether a file has the columns of one of Amazon's."""
    return _kind_of(first_lines(head)) is not None


def open_amazon(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open any of Amazon's files. Raises UnableToRead."""
    text = open_text(name, stream)
    lines = [line for line, _ in zip(text.lines(), range(3), strict=False)]
    found = _kind_of(lines)
    if found is None:
        raise UnableToRead(f'"{name}" has not the columns of a file of Amazon.')
    kind, columns = found
    ways = ways_of(text, columns)

    def make(cells: Cells, identity: Identity) -> Thing:
        return kind.make(_Item(cells, identity, ways))

    return Headed(
        "amazon",
        kind.format,
        text,
        answers=Answers(text.digest[:8], answers),
        make=make,
        dates=DATES if ways.order is None else (),
        names=_roles,
    )


def _roles(cells: list[str]) -> list[str]:
    return [NAMES.get(named(cell.strip().lstrip("\ufeff")), "") for cell in cells]


SOURCE = Source(key="amazon", facts=FACTS, claims=claims, open=open_amazon)
