"""Amazon's files, old and new, as they come and in the languages of its shops."""

import csv
import io
from decimal import Decimal

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Export, Row, Skipped, Unreadable, open_export

NEW = {
    "Website": "Amazon.de", "Order ID": "305-1-1", "Order Date": "2024-01-03T20:15:00Z",
    "Purchase Order Number": "Not Applicable", "Currency": "EUR", "Unit Price": "8.39",
    "Unit Price Tax": "1.60", "Shipping Charge": "0", "Total Discounts": "'-0.50'",
    "Total Owed": "9.99", "ASIN": "B000000001", "Product Condition": "New", "Quantity": "1",
    "Payment Instrument Type": "Visa - 1234", "Order Status": "Closed",
    "Shipment Status": "Shipped", "Ship Date": "2024-01-04T03:00:00.123Z",
    "Shipping Address": "Greta 1 DE", "Carrier Name & Tracking Number": "DHL(JJD0123456)",
    "Product Name": "Löffel, groß", "Gift Message": 'Alles Gute\nund "viel" Glück',
}  # fmt: skip
NEWEST = {
    "ASIN": "B000000001", "Billing Address": "x", "Carrier Name & Tracking Number":
    "ヤマト運輸 - 498765432101", "Currency": "JPY", "Order Date": "2024-01-03T20:15:00Z",
    "Order ID": "503-1-1", "Order Status": "Closed", "Original Quantity": "2",
    "Payment Method Type": "Visa - 1234", "Product Name": "紙皿", "Total Amount": "1,811",
    "Unit Price": "824", "Website": "Amazon.co.jp",
}  # fmt: skip
OLD = {
    "Order Date": "01/13/24", "Order ID": "305-1-1", "Title": "Löffel, groß", "Category": "KITCHEN",
    "ASIN/ISBN": "B000000001", "Website": "Amazon.com", "Condition": "new", "Seller": "June",
    "Purchase Price Per Unit": "$9.24", "Quantity": "1", "Shipment Date": "01/14/24",
    "Carrier Name & Tracking Number": "USPS(9400100000)", "Item Subtotal": "$9.24",
    "Item Total": "$9.99", "Currency": "USD",
}  # fmt: skip
DIGITAL = {
    "ASIN": "B00E000001", "ProductName": "A Book", "OrderId": "D01-1", "DigitalOrderItemId": "x",
    "OrderDate": "2024-01-03T20:15:00Z", "OurPrice": "4.99", "OurPriceCurrencyCode": "EUR",
    "QuantityOrdered": "1", "Marketplace": "www.amazon.de", "SellerOfRecord": "Not Available",
}  # fmt: skip
REFUND = {
    "Creation Date": "2024-01-10T10:00:00Z", "Currency": "EUR", "Disbursement Type": "Refund",
    "Order ID": "305-1-1", "Payment Status": "Completed", "Quantity": "1", "Refund Amount": "9.99",
    "Refund Date": "2024-01-12T10:00:00Z", "Reversal Reason": "Customer return",
    "Reversal Status": "Completed", "Website": "Amazon.de",
}  # fmt: skip
OLD_REFUND = {
    "OrderID": "305-1-1", "ReversalID": "r1", "RefundCompletionDate": "01/12/2024 10:00:00 UTC",
    "Currency": "EUR", "AmountRefunded": "9.99", "Status": "Completed", "DisbursementType": "x",
}  # fmt: skip
RETURN = {
    "OrderId": "305-1-1", "ContractId": "c", "DateOfReturn": "2024-01-11 08:00:00 UTC",
    "ReturnAmount": "9.99", "ReturnAmountCurrency": "EUR", "ReturnReason": "too large",
    "Resolution": "Refund",
}  # fmt: skip
SHIPMENT = {
    "Order Date": "01/13/24", "Order ID": "305-1-1", "Payment Instrument Type": "Visa",
    "Website": "Amazon.com", "Shipment Date": "01/14/24",
    "Carrier Name & Tracking Number": "UPS(1Z0123456789)", "Subtotal": "$9.24",
    "Shipping Charge": "$0.00", "Total Charged": "$1,009.99", "Buyer Name": "June",
}  # fmt: skip
VIEWING = {
    "Title": "The Boys - Season 2", "Playback Start Datetime (UTC)": "2024-01-03 20:15:00",
    "Seconds Viewed": "1823", "Material Type Description": "Full", "Device Model": "Fire TV",
}  # fmt: skip


def opened(*rows: dict[str, str], encoding: str = "utf-8-sig", delimiter: str = ",") -> Export:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    export = open_export("any.csv", io.BytesIO(out.getvalue().encode(encoding)), {})
    assert export.source == "amazon"
    return export


def read(*rows: dict[str, str], encoding: str = "utf-8-sig", delimiter: str = ",") -> list[Each]:
    return list(opened(*rows, encoding=encoding, delimiter=delimiter).rows())


def only(row: dict[str, str], **more: str) -> Thing:
    (found,) = read(row, **more)
    assert isinstance(found, Row), found
    return found.thing


@pytest.mark.parametrize(
    ("row", "name", "time", "price", "currency"),
    [
        (NEW, "Löffel, groß", "2024-01-03T20:15:00Z", "9.99", "EUR"),
        (NEW | {"Order Date": "01/13/2024 20:15:00 UTC"}, "Löffel, groß", "2024-01-13T20:15:00Z",
         "9.99", "EUR"),
        (NEWEST, "紙皿", "2024-01-03T20:15:00Z", "1811.00", "JPY"),
        (OLD, "Löffel, groß", "2024-01-13", "9.99", "USD"),
        (DIGITAL, "A Book", "2024-01-03T20:15:00Z", "4.99", "EUR"),
    ],
    ids=["new", "of the first archives", "newest", "old", "digital"],
)  # fmt: skip
def test_items(row: dict[str, str], name: str, time: str, price: str, currency: str) -> None:
    thing = only(row)
    assert (thing.type, thing.name, thing.time) == ("BuyAction", name, time)
    assert (thing.data["price"], thing.data["priceCurrency"]) == (price, currency)
    product = thing.data["object"]
    assert isinstance(product, dict)
    assert product["name"] == name
    assert product["productID"] == next(row[key] for key in row if key.startswith("ASIN"))


def test_an_item_says_its_order_and_its_parcel() -> None:
    data = only(NEW).data
    assert (data["orderNumber"], data["orderQuantity"]) == ("305-1-1", "1")
    assert data["seller"] == {"@type": "Organization", "name": "Amazon.de"}
    assert data["orderDelivery"] == {
        "@type": "ParcelDelivery", "trackingNumber": "JJD0123456",
        "provider": {"@type": "Organization", "name": "DHL"},
    }  # fmt: skip
    assert "Greta" not in str(data)


LOCAL = {
    "de": ("Bestellnummer", "Bestelldatum", "Produktname", "Menge", "Gesamtbetrag", "Währung"),
    "fr": ("Numéro de commande", "Date de commande", "Nom du produit", "Quantité", "Montant total",
           "Devise"),
    "it": ("Numero ordine", "Data ordine", "Nome prodotto", "Quantità", "Importo totale", "Valuta"),
    "es": ("Número de pedido", "Fecha del pedido", "Nombre del producto", "Cantidad",
           "Importe total", "Moneda"),
    "nl": ("Bestelnummer", "Besteldatum", "Productnaam", "Aantal", "Totaalbedrag", "Valuta"),
    "pt": ("Número do pedido", "Data do pedido", "Nome do produto", "Quantidade", "Valor total",
           "Moeda"),
}  # fmt: skip


@pytest.mark.parametrize("language", LOCAL)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_names_of_columns_in_other_languages(language: str, encoding: str) -> None:
    order, date, name, quantity, total, currency = LOCAL[language]
    row = {"ASIN": "B1", order: "305-1-1", date: "13.01.2024", name: "Café", quantity: "2",
           total: "1.234,50", currency: "EUR"}  # fmt: skip
    thing = only(row, encoding=encoding, delimiter=";")
    assert (thing.name, thing.time, thing.data["price"]) == ("Café", "2024-01-13", "1234.50")


@pytest.mark.parametrize(
    ("website", "name", "time"),
    [
        ("Amazon.com", "Order Date", "2024-03-04"),
        ("Amazon.co.uk", "Order Date", "2024-04-03"),
        ("Amazon.it", "Data ordine", "2024-04-03"),
        ("", "Fecha del pedido", "2024-04-03"),
        ("Amazon.ca", "Order Date", None),
    ],
)
def test_the_shop_and_its_language_say_which_comes_first(
    website: str, name: str, time: str | None
) -> None:
    row = {"Website": website, "Order ID": "305-1-1", name: "03/04/2024", "ASIN": "B1",
           "Product Name": "Buch", "Item Total": "9.99", "Currency": "EUR"}  # fmt: skip
    export = opened(row)
    assert bool(export.questions) == (time is None)
    if time is not None:
        assert only(row).time == time


def test_an_item_of_the_old_report_and_of_the_new_archive_is_one() -> None:
    assert only(OLD).id == only(NEW).id
    one, other = (row.thing.id for row in read(NEW, NEW) if isinstance(row, Row))
    assert one != other


def test_the_rows_of_a_digital_item_are_one_thing_with_what_was_paid() -> None:
    row = {"ASIN": "B1", "Base Currency Code": "EUR", "Component Type": "Price Amount",
           "Digital Order Item ID": "i1", "Order Date": "2024-01-03T20:15:00Z",
           "Order ID": "D01-1", "Product Name": "Hörbuch", "Quantity Ordered": "1",
           "Transaction Amount": "8.40", "Marketplace": "www.amazon.de"}  # fmt: skip
    tax, less = (
        {"Component Type": "Tax", "Transaction Amount": "1.60"},
        {"Transaction Amount": "-3"},
    )
    rows = read(row, row | tax, row | less, row | {"Digital Order Item ID": "i2"})
    assert [type(each).__name__ for each in rows] == ["Row", "Skipped", "Skipped", "Row"]
    assert [each.thing.data["price"] for each in rows if isinstance(each, Row)] == ["7.00", "8.40"]
    back = {"Amount Refunded": "Not Available", "Base Currency": "EUR", "Order ID": "D01-1",
            "Digital Order Item ID": "i1", "Monetary Component Type": "Price Amount",
            "Return Date": "2024-01-05T20:15:00Z", "Return Status": "Customer Return Complete",
            "Transaction Amount": "7.00"}  # fmt: skip
    rows = read(back, back | {"Monetary Component Type": "Tax"})
    assert [type(each).__name__ for each in rows] == ["Row", "Skipped"]


def test_what_was_cancelled_or_is_nameless_makes_no_thing() -> None:
    gone = NEW | {"Order Status": "Cancelled", "Quantity": "0", "Total Owed": "Not Available",
                  "Ship Date": "Not Available"}  # fmt: skip
    paid = NEW | {"Order Status": "Cancelled"}
    rows = read(gone, paid, NEW | {"Product Name": "Not Available"}, NEW | {"Order Date": "soon"},
                NEW | {"Total Owed": "much"}, NEW | {"Order Date": "2024-01-03T20:15:00Z and 2024-01-04T20:15:00Z"})  # noqa: E501 # fmt: skip
    assert [type(row).__name__ for row in rows] == [
        "Skipped", "Row", "Skipped", "Unreadable", "Unreadable", "Row",
    ]  # fmt: skip
    assert isinstance(rows[1], Row)
    assert rows[1].thing.data["orderStatus"] == "OrderCancelled"


@pytest.mark.parametrize(
    ("row", "time", "price"),
    [
        (REFUND, "2024-01-12T10:00:00Z", "9.99"),
        (OLD_REFUND, "2024-01-12T10:00:00Z", "9.99"),
        (RETURN, "2024-01-11T08:00:00Z", "9.99"),
    ],
    ids=["new", "old", "return"],
)
def test_refunds_and_returns(row: dict[str, str], time: str, price: str) -> None:
    thing = only(row, encoding="utf-8")
    assert (thing.type, thing.time) == ("ReturnAction", time)
    result = thing.data["result"]
    assert isinstance(result, dict)
    assert (result["price"], result["priceCurrency"]) == (price, "EUR")
    assert thing.data["orderNumber"] == "305-1-1"


def test_a_refund_that_was_not_paid_makes_no_thing() -> None:
    rows = read(REFUND | {"Payment Status": "Pending"}, REFUND | {"Refund Date": "Not Applicable"})
    assert all(isinstance(row, Skipped) for row in rows)


def test_parcels_of_the_old_report() -> None:
    thing = only(SHIPMENT)
    assert (thing.type, thing.time, thing.data["price"]) == ("TrackAction", "2024-01-14", "1009.99")
    parcel = thing.data["object"]
    assert isinstance(parcel, dict)
    assert parcel["trackingNumber"] == "1Z0123456789"


def test_what_was_watched() -> None:
    thing = only(VIEWING)
    assert (thing.type, thing.time, thing.data["duration"]) == (
        "WatchAction", "2024-01-03T20:15:00Z", "PT30M23S",
    )  # fmt: skip
    assert only(VIEWING | {"Material Type Description": "Trailer"}).type == "ViewAction"


def test_files_whose_rows_stand_elsewhere_are_skipped() -> None:
    digital = {"OrderId": "D01", "DeliveryPacketId": "p", "OrderDate": "2024-01-03T20:15:00Z"}
    money = {"DeliveryPacketId": "p", "TransactionAmount": "1", "BaseCurrencyCode": "EUR"}
    cart = {"ASIN": "B1", "Cart List": "Active", "Added Date": "2024-01-03", "Quantity": "1"}
    for row in (digital, money, cart):
        (found,) = read(row)
        assert isinstance(found, Skipped)


def test_rows_that_are_cut_are_told() -> None:
    text = ",".join(NEW) + "\n" + "Amazon.de,305\n"
    (row,) = open_export("x", io.BytesIO(text.encode()), {}).rows()
    assert isinstance(row, Unreadable)


def test_amounts_are_the_same_whatever_marks_they_have() -> None:
    for text, mark in (("1,495", "1495"), ("'1,495'", "1495"), ("1495.00", "1495")):
        rows = read(NEW | {"Total Owed": text}, NEW | {"Total Owed": "9.99"})
        first = rows[0]
        assert isinstance(first, Row)
        assert Decimal(str(first.thing.data["price"])) == Decimal(mark)


def test_a_digital_item_costs_its_price_and_its_tax() -> None:
    item = only(DIGITAL | {"OurPrice": "9.34", "OurPriceTax": "0.65"})
    assert (item.data["price"], item.data["unitPrice"]) == ("9.99", "9.34")
