"""Names of merchants from what banks write."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.sources import Row, open_export
from firsthand.vault.sources.payee import merchant_key, payee_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SPOTIFY P2D5A1B3 STOCKHOLM", "Spotify"),
        ("Spotify P1A2B3", "Spotify"),
        ("PAYPAL *SPOTIFY 4029357733", "Spotify"),
        ("Amazon Prime*1A2B3C", "Amazon Prime"),
        ("NETFLIX.COM 866-579-7172 CA", "Netflix"),
        ("CARD PAYMENT TO TESCO STORES 3217 LONDON GB ON 03 JAN", "Tesco Stores"),
        ("Kartenzahlung LIDL 03.01.2024", "Lidl"),
        ("PRLV SEPA EDF", "EDF"),
        ("7-Eleven", "7-Eleven"),
        ("O2", "O2"),
        ("CONTACTLESS KETTLE AND BEAN", "Kettle And Bean"),
        ("VISA SPOTIFY", "Spotify"),
        ("CARTE 30/12/23 CARREFOUR CB*1234", "Carrefour"),
        ("KAUF/DIENSTLEISTUNG VOM 30.01.2024 MIGROS", "Migros"),
        ("Compra no débito - Mercado", "Mercado"),
        ("Transferência recebida pelo Pix - ACME", "Acme"),
        ("DEBITO DIRETO EDP COMERCIAL", "Edp Comercial"),
        ("Débito Directo Galp", "Galp"),
        ("TRF DE INES", "Ines"),
        ("TFI Ordenado", "Ordenado"),
        ("123456", "123456"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert payee_name(text) == name


def test_the_same_merchant_has_the_same_key() -> None:
    texts = ["SPOTIFY P2D5A1B3 STOCKHOLM", "Spotify P1A2B3", "Spotify AB", "PAYPAL *SPOTIFY"]
    assert {merchant_key(text) for text in texts} == {"spotify"}
    texts = ["Netflix", "NETFLIX.COM", "Netflix International B.V.", "NETFLIX INTERNATIONAL BV"]
    assert {merchant_key(text) for text in texts} == {"netflix"}


@given(st.text(max_size=200))
def test_there_is_always_a_name(text: str) -> None:
    name = payee_name(text)
    assert len(name) <= 80
    assert bool(name) == bool(text.strip("\u00a0").split())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Visa 100105 Nok 129,00 Netflix.Com Kurs: 1,0000", "Netflix"),
        ("POS 12,99 AT K1 30.01. 18:03 NETFLIX 1010", "Netflix"),
        ("DOP. MC 557519******1234 PŁATNOŚĆ KARTĄ 45.99 PLN BIEDRONKA 123", "Biedronka"),
        ("COMPRA TARJ. 5402XXXXXXXX1234 NETFLIX.COM-AMSTERDAM", "Netflix.com-amsterdam"),
        ("Compra com Cartão - 31/01 10:11 NETFLIX", "Netflix"),
    ],
)
def test_what_stands_before_a_name_in_other_countries_is_left_out(text: str, name: str) -> None:
    assert payee_name(text) == name


SHOPS = ("Spar Budapest", "Lidl 123", "Netflix.com", "BKK Jegy", "Rossmann 44", "MOL Kút",
         "Tesco Expressz", "Wolt", "Aldi 12", "eMAG.hu")  # fmt: skip


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("Dátum;Partner;Összeg;Pénznem;Megjegyzés", ["VÁSÁRLÁS KÁRTYÁVAL", "ÁTUTALÁS"]),
        ("Dátum;Partner;Összeg;Pénznem;Közlemény", ["VÁSÁRLÁS KÁRTYÁVAL"]),
        ("Date;Payee;Amount;Currency;Details", ["Zahlung per Handy", "Einkauf"]),
    ],
)
def test_a_column_of_a_few_kinds_is_no_payee(header: str, kinds: list[str]) -> None:
    """How was paid stands where a name is expected; who was paid stands in the words."""
    rows = [
        f"2024.01.{n + 1:02d}.;{kinds[n % len(kinds)]};-{1000 + n};HUF;{shop}"
        for n, shop in enumerate(SHOPS)
    ]
    names = named("\n".join([header, *rows]) + "\n")
    assert [name[:3].casefold() for name in names] == [shop[:3].casefold() for shop in SHOPS]


def test_the_same_few_payees_stay_payees() -> None:
    """Their words begin alike, or there are none that differ."""
    for said in ("Rent for month {n}", "Invoice {n}", "{n}", ""):
        rows = [
            f"2024-{n + 1:02d}-01;{('Housing Co', 'City Energy')[n % 2]};-90{n};EUR;"
            + said.format(n=n + 1)
            for n in range(12)
        ]
        names = named("\n".join(["Date;Payee;Amount;Currency;Details", *rows]) + "\n")
        assert set(names) == {"Housing Co", "City Energy"}, said


def named(text: str) -> list[str]:
    export = open_export("x.csv", io.BytesIO(text.encode()), {})
    return [row.thing.name for row in export.rows() if isinstance(row, Row)]


def test_the_kind_of_a_card_before_a_shop_is_no_part_of_its_name() -> None:
    rows = "11.03.2024;VISA EDEKA SCHÄFER;-42,36\n12.03.2024;Visana;-9,00\n"
    told = "Buchung;Auftraggeber/Empfänger;Betrag\n" + rows
    read = open_export("a.csv", io.BytesIO(told.encode()), {})
    assert [row.thing.name for row in read.rows() if isinstance(row, Row)] == [
        "Edeka Schäfer",
        "Visana",
    ]
