# ruff: noqa: E501 - messages stand as they come
"""Receipts by e-mail: mailboxes and messages as shops, carriers and programs write them."""

import base64
import contextlib
import email.message
import io
import json
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Row, Skipped, Unreadable
from firsthand.vault.sources import mails as mails_module
from firsthand.vault.sources.export import Each
from firsthand.vault.sources.mailbox import SOURCE
from firsthand.vault.sources.mails import words_of
from firsthand.vault.sources.markup import Broken, nodes
from firsthand.vault.sources.source import Head

ORDER = {
    "@context": "http://schema.org",
    "@type": "Order",
    "merchant": {"@type": "Organization", "name": "Teehaus"},
    "orderNumber": "T-1",
    "priceCurrency": "EUR",
    "price": "34.49",
    "orderDate": "2024-03-12T20:15:33+01:00",
    "acceptedOffer": [
        {"@type": "Offer", "itemOffered": {"@type": "Product", "name": "Grüner Tee", "sku": "G1"},
         "price": "24,50", "priceCurrency": "EUR", "eligibleQuantity": {"@type": "QuantitativeValue", "value": 2}},
        {"@type": "Offer", "itemOffered": {"@type": "Product", "name": "Kanne"}, "price": 9.99},
    ],
}  # fmt: skip
MICRODATA = """<div itemscope itemtype="http://schema.org/Order">
<div itemprop="merchant" itemscope itemtype="http://schema.org/Organization"><meta itemprop="name" content="Teehaus"/></div>
<meta itemprop=orderNumber content='T-1'><time itemprop="orderDate" datetime="2024-03-12T20:15:33+01:00">gestern</time>
<p itemprop="acceptedOffer" itemscope itemtype="https://schema.org/Offer"><b>Sie haben bestellt:
<span itemprop="itemOffered" itemscope itemtype="http://schema.org/Product"><span itemprop="name">Grüner
  <i>Tee</i></span><meta itemprop="sku" content="G1"></span>
<meta itemprop="price" content="24.50"><meta itemprop="priceCurrency" content="EUR">
<span itemprop="eligibleQuantity" itemscope><meta itemprop="value" content="2"></span></p>
<div itemprop="acceptedOffer" itemscope itemtype="http://schema.org/Offer"><div itemprop="itemOffered" itemscope
 itemtype="http://schema.org/Product"><meta itemprop="name" content="Kanne"/></div>
<span itemprop="price">9,99</span> <meta itemprop="priceCurrency" content="EUR"/></div></div>"""


def page(*data: object) -> str:
    text = "".join(
        f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in data
    )
    return f"<html><body><p>Danke für deine Bestellung</p>{text}</body></html>"


def mail(
    html: str,
    *,
    how: str = "8bit",
    charset: str = "utf-8",
    date: str = "Tue, 12 Mar 2024 20:20:00 +0100",
) -> bytes:
    body = html.encode(charset)
    if how == "quoted-printable":
        body = quopri.encodestring(body)
    elif how == "base64":
        body = base64.encodebytes(body)
    header = (
        "Received: from x\r\n by y\r\nFrom: =?utf-8?q?Teeh=C3=A4user?= <shop@tee.example>\r\n"
        f"Subject: =?UTF-8?B?{base64.b64encode('Grüße'.encode()).decode()}?=\r\nDate: {date}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="out"\r\n\r\nnothing\r\n--out\r\n'
        "Content-Type: multipart/alternative;\r\n boundary=in\r\n\r\n--in\r\nContent-Type: text/plain\r\n\r\nDanke\r\n--in\r\n"
        f"Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {how}\r\n\r\n"
    )
    attached = (
        "\r\n--in--\r\n--out\r\nContent-Type: text/html; name=a.html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n"
        + page({"@type": "Order", "orderNumber": "no"}) + "\r\n--out--\r\n"
    )  # fmt: skip
    return header.encode() + body + attached.encode()


def mbox(*mails: bytes) -> bytes:
    return b"".join(
        b"From 17@xxx Tue Mar 12 20:15:33 +0000 2024\r\n" + each + b"\r\n" for each in mails
    )


def read(content: bytes) -> list[Each]:
    assert SOURCE.claims(Head("x", content[: 64 * 1024]))
    return list(SOURCE.open("x", io.BytesIO(content), {}).rows())


def things(content: bytes) -> list[Thing]:
    rows = read(content)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.thing for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("html", [page(ORDER), page({"@graph": [ORDER]}), MICRODATA])
@pytest.mark.parametrize(
    ("how", "charset"),
    [
        ("8bit", "utf-8"),
        ("quoted-printable", "iso-8859-15"),
        ("base64", "utf-8"),
        ("8bit", "windows-1252"),
    ],
)
def test_an_order_has_its_items(html: str, how: str, charset: str) -> None:
    tea, pot = things(mail(html, how=how, charset=charset))
    assert tea.data == {
        "@type": "BuyAction",
        "name": "Grüner Tee",
        "startTime": "2024-03-12T19:15:33Z",
        "price": "24.50",
        "priceCurrency": "EUR",
        "object": {"@type": "Product", "name": "Grüner Tee", "productID": "G1"},
        "orderNumber": "T-1",
        "seller": {"@type": "Organization", "name": "Teehaus"},
        "orderQuantity": "2",
    }
    assert (pot.name, pot.data["price"], pot.data["priceCurrency"]) == ("Kanne", "9.99", "EUR")


FLIGHT = {
    "@type": "FlightReservation", "reservationNumber": "RX1", "reservationStatus": "http://schema.org/Confirmed",
    "totalPrice": "199.00", "priceCurrency": "EUR", "underName": {"@type": "Person", "name": "Inês"},
    "reservationFor": {"@type": "Flight", "flightNumber": "1166", "airline": {"@type": "Airline", "name": "Tee Air", "iataCode": "TA"},
                       "departureAirport": {"@type": "Airport", "name": "Frankfurt", "iataCode": "FRA"}, "departureTime": "2024-05-03T10:00:00+02:00",
                       "arrivalAirport": {"@type": "Airport", "iataCode": "LIS"}, "arrivalTime": "2024-05-03T12:00:00+01:00"},
}  # fmt: skip
PARCEL = {
    "@type": "http://schema.org/ParcelDelivery", "trackingNumber": "JJ1", "carrier": {"name": "Post"}, "expectedArrivalUntil": "2024-03-15",
    "itemShipped": {"name": "Kanne"}, "partOfOrder": {"@type": "Order", "orderNumber": "T-1", "merchant": {"name": "Teehaus"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("node", "kind", "name", "time", "some"),
    [
        (FLIGHT, "ReserveAction", "TA 1166 Frankfurt to LIS", "2024-05-03T08:00:00Z", {"endTime": "2024-05-03T11:00:00Z", "price": "199.00"}),
        ({"@type": "LodgingReservation", "reservationNumber": 7, "checkinTime": "2024-05-03", "checkoutTime": "2024-05-05", "reservationFor": {"@type": "LodgingBusiness", "name": "Hotel"}}, "ReserveAction", "Hotel", "2024-05-03", {"endTime": "2024-05-05"}),
        ({"@type": "TrainReservation", "reservationFor": {"trainNumber": "ICE 1", "departureStation": {"name": "Köln"}, "arrivalStation": {"name": "Basel"}, "departureTime": "2024-05-03T10:00"}}, "ReserveAction", "ICE 1 Köln to Basel", "2024-05-03T10:00:00", {}),
        ({"@type": "FoodEstablishmentReservation", "startTime": "2024-05-03T20:00:00Z", "reservationFor": {"name": "Bar"}}, "ReserveAction", "Bar", "2024-05-03T20:00:00Z", {}),
        ({"@type": "EventReservation", "reservationFor": {"@type": "Event", "name": "Konzert", "startDate": "2024-05-03T20:00:00Z"}}, "ReserveAction", "Konzert", "2024-05-03T20:00:00Z", {}),
        (PARCEL, "TrackAction", "Kanne", "2024-03-12T19:20:00Z", {"object": {"@type": "ParcelDelivery", "trackingNumber": "JJ1", "provider": {"@type": "Organization", "name": "Post"}, "expectedArrivalUntil": "2024-03-15", "orderNumber": "T-1"}}),
        ({"@type": "Invoice", "provider": {"name": "Strom AG"}, "accountId": "A1", "totalPaymentDue": {"price": "12,50 €"}, "paymentDueDate": "2024-04-01"}, "BuyAction", "Invoice, Strom AG", "2024-03-12T19:20:00Z", {"price": "12.50", "priceCurrency": "EUR", "orderNumber": "A1"}),
        ({"@type": "Order", "orderNumber": "9", "price": "3.00", "priceCurrency": "CHF"}, "BuyAction", "Order 9", "2024-03-12T19:20:00Z", {"price": "3.00", "seller": {"@type": "Organization", "name": "Teehäuser"}}),
        ({**ORDER, "acceptedOffer": ORDER["acceptedOffer"][0], "orderStatus": "http://schema.org/OrderReturned"}, "ReturnAction", "Grüner Tee", "2024-03-12T19:15:33Z", {}),  # type: ignore[index]
    ],
)  # fmt: skip
def test_kinds_of_receipts(
    node: dict[str, object], kind: str, name: str, time: str, some: dict[str, object]
) -> None:
    (thing,) = things(mail(page(node)))
    assert (thing.type, thing.name, thing.time, thing.data["startTime"]) == (kind, name, time, time)
    assert some.items() <= thing.data.items()


def test_every_message_of_a_mailbox_is_accounted_for() -> None:
    plain = b"From: a@x.example\nDate: Tue, 12 Mar 2024 20:20:00 +0100\nSubject: Hi\n\nHi\nFrom here on\n\n>From 1 x 20:15:33\n"
    broken = mail('<script type="application/ld+json">{"@type": "Order",</script>')
    rows = read(
        mbox(
            mail(page(ORDER)),
            plain,
            broken,
            mail(page({"@type": "Person", "name": "x"})),
            mail(page(ORDER)),
        )
    )
    assert [(row.line, type(row)) for row in rows] == [
        (1, Row), (1, Row), (2, Skipped), (3, Unreadable), (4, Skipped), (5, Skipped), (5, Skipped),
    ]  # fmt: skip


def test_an_item_on_two_lines_is_two_items_and_the_order_again_is_none() -> None:
    twice = {**ORDER, "acceptedOffer": ORDER["acceptedOffer"][1:] * 2}  # type: ignore[index]
    assert [type(row) for row in read(mbox(mail(page(twice)), mail(page(twice))))] == [
        Row,
        Row,
        Skipped,
        Skipped,
    ]


def test_messages_longer_than_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails_module, "MESSAGE_BYTES_MAX", 10_000)
    monkeypatch.setattr(mails_module, "CHUNK_BYTES", 1_000)
    long = mail(page(PARCEL)) + b"x" * 70 + b"\n" + (b"y" * 76 + b"\n") * 1000
    parcels = [{**PARCEL, "trackingNumber": str(i)} for i in range(20)]
    content = mbox(
        *[mail(page(each)) for each in parcels[:9]],
        long,
        *[mail(page(each)) for each in parcels[9:]],
    )
    found = [row.line for row in read(content) if isinstance(row, Row)]
    assert found == list(range(1, 22))


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"1234      \n"])
def test_single_messages(before: bytes) -> None:
    message = email.message.EmailMessage()
    message["From"], message["Date"] = "Teehaus <a@x.example>", "Tue, 12 Mar 2024 20:20:00 +0100"
    message.set_content("Danke")
    message.add_alternative(page(PARCEL), subtype="html")
    (thing,) = things(before + message.as_bytes())
    assert thing.time == "2024-03-12T19:20:00Z"


def test_other_files_are_left() -> None:
    for content in (
        b"Title,Date\nDark,2024-01-13\n",
        b"BEGIN:VCARD\n",
        b"OFXHEADER:100\nDATA:OFXSGML\n",
        b"From me to you\n",
        b"{}",
        b"",
    ):
        assert not SOURCE.claims(Head("x", content))


def test_words_of_headers() -> None:
    assert (
        words_of("=?utf-8?q?Gr=C3=BC=C3=9Fe_von?= =?iso-8859-1?b?SW7qcw==?= hier")
        == "Grüße vonInês hier"
    )
    assert words_of("=?zlib?b?xx?= =?utf-8?b?=?=") != ""


@pytest.mark.parametrize(
    "unit", ["<a '", '<a "', "<div itemscope itemprop=a>", "<", "<a b='<a b=\"", "</div>"]
)
def test_pages_made_to_harm_end(unit: str) -> None:
    with contextlib.suppress(Broken):
        assert len(list(nodes("<p itemscope>" + unit * (300_000 // len(unit))))) < 10_000


@given(st.binary(max_size=300))
def test_nothing_else_is_ever_raised(noise: bytes) -> None:
    for content in (
        mail(page(ORDER))[:-400] + noise,
        b"From: a\nTo: b\n" + noise,
        mbox(noise, noise),
    ):
        assert isinstance(list(SOURCE.open("x", io.BytesIO(content), {}).rows()), list)
