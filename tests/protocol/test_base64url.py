"""Base64url: one value, one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.base64url import UnableToDecode, decode, encode


@given(st.binary(max_size=100))
def test_bytes_come_back(data: bytes) -> None:
    assert decode(encode(data)) == data


@given(st.text("ABCDwxyz0189-_+/= \n", max_size=12))
def test_a_text_that_is_read_is_the_only_one(text: str) -> None:
    try:
        data = decode(text)
    except UnableToDecode:
        return
    assert encode(data) == text


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "AA==", "AAA=", "A A", "AA\n", "+A", "/A", "AB", "AAB", "ÄA", "٣A"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(UnableToDecode):
        decode(text)


def test_the_alphabet_is_that_of_urls() -> None:
    assert encode(b"\xfb\xff\xfe") == "-__-"
    assert decode("") == b""
