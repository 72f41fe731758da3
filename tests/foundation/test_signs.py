"""What steers a text is found, and gone from what is shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.signs import seen, unseen

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@pytest.mark.parametrize("sign", [*TURNS, "\0", "\x1b", "\x7f", "\x9b", "\u2028", "\ufeff", "\n"])
def test_each_is_found_and_named(sign: str) -> None:
    assert unseen(f"Re{sign}el") == f"U+{ord(sign):04X}"


@pytest.mark.parametrize(
    "text", ["Reel", "Łódź 2", "می\u200cخواهم", "क्\u200dष", "👩🏽‍🚀", "Long\u00adword"]
)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert unseen(text) is None
    assert seen(text) == text


@given(st.text())
def test_nothing_that_is_shown_turns_a_line_round(text: str) -> None:
    shown = seen(text)
    assert not set(shown) & set(TURNS)
    assert not [one for one in shown if unicodedata.category(one) == "Cc" and one not in "\n\r\t"]
    assert seen(shown) == shown
