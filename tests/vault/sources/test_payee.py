"""Names of merchants from what banks write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
