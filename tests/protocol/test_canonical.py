"""Canonical JSON and the strict reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.canonical import (
    INTEGER_MAX,
    UnableToCanonicalise,
    UnableToReadJson,
    canonical,
    check_json,
    read_json,
    sha256_hex,
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.floats(-1e15, 1e15)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    text = canonical(value)
    assert read_json(text) == value
    assert canonical(read_json(text)) == text


def test_members_are_sorted_by_utf16_and_numbers_are_short() -> None:
    # RFC 8785, section 3.2.3: the order is that of UTF-16 code units.
    value = {"\ufb33": 1, "\U0001f600": 2, "b": 1.0, "a": 1e21, "\r": 0.1}
    expected = '{"\\r":0.1,"a":1e+21,"b":1,"\U0001f600":2,"\ufb33":1}'
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {1: 2}, b"bytes"])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(UnableToCanonicalise):
        canonical(value)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "Expecting value"),
        (b"\xef\xbb\xbf1", "BOM"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"1 2", "Extra data"),
        (b"{} {}", "Extra data"),
        (b"01", "Extra data"),
        (b"[1,]", "trailing comma|Expecting value"),
        (b"{'a':1}", "double quotes"),
        (b'"a\nb"', "control character"),
        (b"NaN", "not a JSON value"),
        (b"[-Infinity]", "not a JSON value"),
        (b"1e999", "double"),
        (b"9007199254740992", "send it as text"),
        (b"-9007199254740992", "send it as text"),
        (b"1" * 5000, "send it as text"),
        (b'{"a":1,"a":1}', "twice"),
        (b'[{"a":{"b":1,"c":2,"b":3}}]', "twice"),
        (b'{"a":1,"\\u0061":2}', "twice"),
        (b'"\\ud800"', "lone surrogate"),
        (b'{"\\udc00":1}', "lone surrogate"),
        (b'[["\\udc00\\ud800"]]', "lone surrogate"),
        (b"[" * 33 + b"]" * 33, "deeper than 32"),
        (b'{"a":' * 100_000, "deeper than 32"),
        (b"[" * 32 + b"]" * 31, "Expecting"),
    ],
)
def test_ambiguous_json_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(UnableToReadJson, match=why):
        read_json(raw)


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(UnableToReadJson) as caught:
        read_json(b'{"a":1,"a":1}')
    assert caught.value.where == "member 'a'"
    assert str(caught.value) == "member 'a': this name is there twice"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"9007199254740991", INTEGER_MAX),
        (b"-9007199254740991", -INTEGER_MAX),
        (b' [ 1 , "\\ud83d\\ude00" ]\n', [1, "\U0001f600"]),
        (b"[" * 32 + b"]" * 32, eval("[" * 32 + "]" * 32)),  # noqa: S307
        (b'["[[[[", "\\"[[", "\\\\"]', ["[[[[", '"[[', "\\"]),
    ],
)
def test_clear_json_is_read(raw: bytes, value: object) -> None:
    assert read_json(raw) == value


def test_brackets_side_by_side_and_in_texts_have_no_depth() -> None:
    assert read_json(b"[" + b"[],{}," * 40 + b"1]", depth_max=2)
    assert read_json(canonical(["[" * 100, '"{' * 100]), depth_max=1)
    with pytest.raises(UnableToReadJson):
        read_json(b"[[]]", depth_max=1)


def test_sha256_is_hexadecimal() -> None:
    # FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_hex(b"abc") == expected


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 1}',
        b'[{"a": {"b": 1, "b": 2}}]',
        b'["\\ud800"]',
        b'{"a": ["\\udc00"]}',
        b'{"a": 9007199254740993}',
        b"NaN",
        b"[" * 40,
        b"\xff",
        b"[1",
    ],
)
def test_what_is_only_checked_is_refused_as_what_is_read(raw: bytes) -> None:
    with pytest.raises(UnableToReadJson) as read:
        read_json(raw)
    with pytest.raises(UnableToReadJson) as checked:
        check_json(raw)
    assert str(checked.value) == str(read.value)
    check_json(b'{"a": ["\\u00e9", 1, {"b": null}]}')
