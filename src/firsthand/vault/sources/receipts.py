"""Receipts, parcels and reservations of schema.org as things, whoever sent them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from firsthand.vault.sources.amounts import currency_of, price, read_amount, value_of
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.instants import instant
from firsthand.vault.sources.markup import Node, short
from firsthand.vault.sources.streamed import kept

ITEMS_MAX = 500
_PLAIN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,8})?")
_TIMES = (
    "departureTime", "checkinTime", "checkinDate", "startTime", "startDate", "pickupTime",
    "boardingTime", "departureDate",
)  # fmt: skip
_ENDS = (
    "arrivalTime", "checkoutTime", "checkoutDate", "endTime", "endDate", "dropoffTime",
)  # fmt: skip
_FROM = ("departureAirport", "departureStation", "departureBusStop", "departureBoatTerminal")
_TO = ("arrivalAirport", "arrivalStation", "arrivalBusStop", "arrivalBoatTerminal")


class Sent(NamedTuple):
    """The message that a node stood in: who sent it and when."""

    sender: str
    time: str | None


class Receipt(NamedTuple):
    """One thing without its id. `key` is what makes it the same in another message."""

    kind: str
    name: str
    time: str | None
    data: dict[str, object]
    key: list[str | None]


def receipts(node: Node, sent: Sent) -> Iterator[Receipt]:
    """The things of one node; none if it is neither receipt, parcel nor reservation."""
    kind = str(node.get("@type", ""))
    if kind == "Order":
        yield from _order(node, sent)
    elif kind == "Invoice":
        yield _invoice(node, sent)
    elif kind == "ParcelDelivery":
        yield _parcel(node, sent)
    elif kind.endswith("Reservation"):
        inner = _nodes(node.get("subReservation")) if kind == "ReservationPackage" else []
        for each in inner or [node]:
            yield _reservation(each, sent)
    elif kind == "EmailMessage":
        for about in _nodes(node.get("about")):
            yield from receipts(about, sent)


def _order(order: Node, sent: Sent) -> Iterator[Receipt]:
    seller = _name(order.get("merchant")) or _name(order.get("seller")) or sent.sender
    number = _text(order.get("orderNumber"))
    time = _first_time(order, ("orderDate",)) or sent.time
    status = short(order.get("orderStatus"))
    kind = "ReturnAction" if status == "OrderReturned" else "BuyAction"
    offers = _nodes(order.get("acceptedOffer")) + _nodes(order.get("orderedItem"))
    total = _price(order)
    delivery = next(iter(_nodes(order.get("orderDelivery"))), None)
    before: list[list[str | None]] = []  # an order may have the same item on two lines
    for offer in offers[:ITEMS_MAX] or [{}]:
        item = next(
            iter(_nodes(offer.get("itemOffered")) + _nodes(offer.get("orderedItem"))), offer
        )
        name = _name(item) or _name(offer) or (f"Order {number}" if number else f"Order, {seller}")
        cost = _price(offer) or (total if len(offers) <= 1 else {})
        if cost and "priceCurrency" in total:
            cost.setdefault("priceCurrency", total["priceCurrency"])
        product: Node = {"@type": "Product", "name": name}
        if code := _text(item.get("sku")) or _text(item.get("productID")):
            product["productID"] = code
        own_seller = _name(offer.get("seller")) or seller
        data: Node = {"@type": kind, "name": name}
        if time:
            data["startTime"] = time
        data |= cost
        data["object"] = product
        if number:
            data["orderNumber"] = number
        data["seller"] = {"@type": "Organization", "name": own_seller}
        quantity = next(iter(_nodes(offer.get("eligibleQuantity"))), {}).get("value")
        if status:
            data["orderStatus"] = status
        if count := _text(quantity if quantity is not None else offer.get("orderQuantity")):
            data["orderQuantity"] = count
        key = [kind, seller, number or time, code or name, None if number else repr(cost)]
        alike = before.count(key)
        before.append(key)
        yield Receipt(kind, name, time, data, [*key, str(alike)] if alike else key)
    if delivery is not None and delivery.get("trackingNumber"):
        yield _parcel({**delivery, "partOfOrder": {**order, "orderDelivery": None}}, sent)


def _invoice(invoice: Node, sent: Sent) -> Receipt:
    seller = _name(invoice.get("provider")) or _name(invoice.get("broker")) or sent.sender
    number = _text(invoice.get("confirmationNumber")) or _text(invoice.get("accountId"))
    due = next(iter(_nodes(invoice.get("totalPaymentDue"))), None)
    cost = _price(due) if due else _price({"price": invoice.get("totalPaymentDue")})
    time = sent.time or _first_time(invoice, ("paymentDueDate", "paymentDue"))
    name = _name(invoice) or f"Invoice, {seller}"
    about: Node = {"@type": "Invoice", "name": name}
    if until := _first_time(invoice, ("paymentDueDate", "paymentDue")):
        about["paymentDueDate"] = until
    data: Node = {"@type": "BuyAction", "name": name}
    if time:
        data["startTime"] = time
    data |= cost
    data["object"] = about
    if number:
        data["orderNumber"] = number
    data["seller"] = {"@type": "Organization", "name": seller}
    return Receipt("BuyAction", name, time, data, ["Invoice", seller, number, repr(cost), until])


def _parcel(parcel: Node, sent: Sent) -> Receipt:
    order = next(iter(_nodes(parcel.get("partOfOrder"))), {})
    merchant = _name(order.get("merchant")) or _name(order.get("seller")) or sent.sender
    item = next(iter(_nodes(parcel.get("itemShipped"))), {})
    name = _name(item) or f"Parcel from {merchant}"
    carrier = _name(parcel.get("carrier")) or _name(parcel.get("provider"))
    about: Node = {"@type": "ParcelDelivery"}
    for key, value in (
        ("trackingNumber", _text(parcel.get("trackingNumber"))),
        ("provider", {"@type": "Organization", "name": carrier} if carrier else None),
        ("expectedArrivalFrom", _first_time(parcel, ("expectedArrivalFrom",))),
        ("expectedArrivalUntil", _first_time(parcel, ("expectedArrivalUntil", "expectedArrival"))),
        ("orderNumber", _text(order.get("orderNumber"))),
        ("trackingUrl", _text(parcel.get("trackingUrl"))),
        ("deliveryStatus", short(parcel.get("deliveryStatus"))),
    ):
        if value:
            about[key] = value
    data: Node = {"@type": "TrackAction", "name": name}
    if sent.time:
        data["startTime"] = sent.time
    data["object"] = about
    data["seller"] = {"@type": "Organization", "name": merchant}
    said = [_text(about.get(key)) for key in ("trackingNumber", "orderNumber", "deliveryStatus",
                                              "expectedArrivalUntil")]  # fmt: skip
    return Receipt("TrackAction", name, sent.time, data, ["parcel", *said, name])


def _reservation(reservation: Node, sent: Sent) -> Receipt:
    """A reservation. Its time is that of what is reserved, else that of the message."""
    about = next(iter(_nodes(reservation.get("reservationFor"))), {})
    time = _first_time(about, _TIMES) or _first_time(reservation, _TIMES) or sent.time
    end = _first_time(about, _ENDS) or _first_time(reservation, _ENDS)
    name = _reserved(about) or f"Reservation, {_name(reservation.get('provider')) or sent.sender}"
    data: Node = {"@type": "ReserveAction", "name": name}
    if time:
        data["startTime"] = time
    if end:
        data["endTime"] = end
    data |= _price(reservation)
    data["object"] = {
        key: value for key, value in reservation.items() if key not in ("potentialAction", "image")
    }
    number = _text(reservation.get("reservationNumber")) or _text(reservation.get("reservationId"))
    status = short(reservation.get("reservationStatus"))
    key = ["reservation", str(reservation.get("@type")), number, name, time, status]
    return Receipt("ReserveAction", name, time, data, key)


def _reserved(about: Node) -> str:
    """What is reserved, in words: "LH 1166 Frankfurt to Lisbon", or its name."""
    ways = [
        next((found for key in keys if (found := _name(about.get(key)))), "")
        for keys in (_FROM, _TO)
    ]
    line = _text(about.get("flightNumber")) or _text(about.get("trainNumber"))
    line = line or _text(about.get("busNumber"))
    company = next(iter(_nodes(about.get("airline"))), {})
    code = _text(company.get("iataCode"))
    if line and code and not line.startswith(code):
        line = f"{code} {line}"
    if all(ways):
        return f"{line} {ways[0]} to {ways[1]}".strip()
    return _name(about) or line


def _price(node: Node) -> Node:
    """The price and its currency where they are said; a price with a comma is read, too."""
    inner = next(iter(_nodes(node.get("priceSpecification"))), {})
    for found in (node, inner):
        raw = found.get("price", found.get("totalPrice"))
        nested = next(iter(_nodes(raw)), None)
        if nested is not None:
            return _price(nested)
        value, currency = _amount(raw)
        if value is not None:
            code = (
                currency_of(_text(found.get("priceCurrency") or found.get("currency"))) or currency
            )
            cost: Node = {"price": price(value)}
            return cost | {"priceCurrency": code} if code else cost
    return {}


def _amount(raw: object) -> tuple[Decimal | None, str | None]:
    text = _text(raw)
    if _PLAIN.fullmatch(text):
        return Decimal(text), None
    amount = read_amount(text) if text else None
    if amount is None:
        return None, None
    mark = "," if amount.core.rfind(",") > amount.core.rfind(".") else "."
    return value_of(amount.core, mark), amount.currency


def _first_time(node: Node, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        text = _text(node.get(key))
        found = instant(text) or instant(text.replace(" ", "T", 1))
        if found is None and text and (moment := read(text)) is not None and moment.clock is None:
            date = next(iter(moment.dates.values()), None)
            found = date.isoformat() if date else None
        if found is not None:
            return found
    return None


def _name(value: object) -> str:
    """The name of a node, of the first of several, or a text itself."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        return _text(value.get("name")) or _text(value.get("iataCode"))
    return _text(value)


def _nodes(value: object) -> list[Node]:
    return [
        each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)
    ]


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:g}" if isinstance(value, float) and abs(value) >= 1e6 else str(value)
    return kept(value)
