"""Patterns that wait until they are used."""

import re

import pytest

from firsthand.vault.sources.patterns import later


def test_it_does_what_the_pattern_does() -> None:
    found = later(r"(\d+)\s*(eur)", re.IGNORECASE).search("for 12 EUR")
    assert found is not None
    assert found.groups() == ("12", "EUR")
    assert later(rb"\s+").sub(b" ", b"a \n b") == b"a b"


def test_it_is_made_when_it_is_used_and_once() -> None:
    wrong = later("(")
    with pytest.raises(re.error, match="missing"):
        wrong.match("")
    once = later("a")
    assert once.match is once.match
