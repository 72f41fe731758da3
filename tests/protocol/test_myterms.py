"""Lists of accepted agreements are read in their several forms, and never fail on one entry."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.myterms import ENTRIES_MAX, MYTERMS_BYTES_MAX, read_myterms
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_our_own_list_is_read() -> None:
    body = {
        "effective_date": "2026-01-01",
        "agreements": [{"id": "SD-BASE", "url": "https://reel.example/terms/SD-BASE"}],
        "tos_url": "https://reel.example/terms",
        "tos": "One of these.",
    }
    read = read_myterms(json.dumps(body).encode())
    assert read.known == (ROSTER["SD-BASE"],)
    assert read.agreements[0].url == "https://reel.example/terms/SD-BASE"
    assert (read.effective_date, read.tos_url) == ("2026-01-01", "https://reel.example/terms")
    assert (read.tos, read.unknown, read.left_out) == ("One of these.", (), ())


def test_lists_of_others_are_read_as_far_as_they_go() -> None:
    body = {
        "agreements": [
            " PDC-AI ", {"id": "SD-NEW", "url": "javascript:alert(1)"}, {"url": "https://x"}, 7,
            None, {"id": ""}, {"id": "a\nb"}, {"id": "x" * 65}, {"id": "PDC-AI"}, {"id": ["a"]},
        ],
        "tos_url": 5,
        "effective_date": {},
        "more": 1,
    }  # fmt: skip
    read = read_myterms(json.dumps(body).encode())
    assert [terms.id for terms in read.known] == ["PDC-AI"]
    assert [(one.id, one.url) for one in read.unknown] == [("SD-NEW", None)]
    assert len(read.left_out) == 8
    assert "Entry 9 names PDC-AI again." in read.left_out
    assert (read.tos_url, read.effective_date) == (None, None)


def test_there_is_a_last_entry() -> None:
    many = [f"X-{number}" for number in range(ENTRIES_MAX + 5)]
    read = read_myterms(json.dumps({"agreements": many}).encode())
    assert len(read.agreements) == ENTRIES_MAX
    assert len(read.left_out) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"null", b"[]", b"{}", b'{"agreements":{}}', b'{"agreements":"SD-BASE"}',
        b"\xff\xfe", b'{"agreements":[],"agreements":[]}', b"[" * 5000,
    ],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_myterms(body)
    assert caught.value.refusal.reason == "shape_invalid"


def test_a_list_that_is_too_large_is_not_read() -> None:
    with pytest.raises(Refused) as caught:
        read_myterms(b" " * (MYTERMS_BYTES_MAX + 1))
    assert caught.value.refusal.reason == "too_large"


@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())))
def test_nothing_but_a_refusal_comes_of_anything(body: bytes) -> None:
    reasons = set[str]()
    try:
        read_myterms(body)
    except Refused as refused:
        reasons.add(refused.refusal.reason)
    assert reasons <= {"shape_invalid"}


@given(st.lists(JSON, max_size=6))
def test_each_entry_is_read_or_told_to_be_left_out(entries: list[object]) -> None:
    read = read_myterms(json.dumps({"agreements": entries}).encode())
    assert len(read.agreements) + len(read.left_out) == len(entries)
    assert all((one.terms is not None) is (one.id in ROSTER) for one in read.agreements)
