"""Amounts as cells have them, however they were damaged."""

from firsthand.vault.sources.amounts import read_amount


def test_blanks_within_an_amount_cost_nothing() -> None:
    assert read_amount("1" + " " * 60 + "x1") is None
    assert read_amount("1 \t  \u00a0 234,50   EUR") == read_amount("1 234,50 EUR")
