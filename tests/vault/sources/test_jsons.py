"""JSON one record at a time: the same records as of the whole, and nothing that could harm."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.sources import UnableToRead, jsons
from firsthand.vault.sources.jsons import elements

_FIGURES = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20) | _FIGURES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def read(text: str | bytes) -> list[tuple[str, object, str | None]]:
    raw = text.encode() if isinstance(text, str) else text
    return [(each.key, each.value, each.why) for each in elements("a.json", io.BytesIO(raw))]


@given(values=st.lists(PLAIN, max_size=8), indent=st.sampled_from([None, 1]))
def test_a_list_gives_its_elements(values: list[object], indent: int | None) -> None:
    assert read(json.dumps(values, indent=indent)) == [("", value, None) for value in values]


@given(values=st.dictionaries(st.text(max_size=5), PLAIN, max_size=6))
def test_an_object_gives_the_elements_of_its_lists_and_its_other_values(
    values: dict[str, object],
) -> None:
    wanted = list[tuple[str, object, None]]()
    for key, value in values.items():
        wanted += [(key, each, None) for each in (value if isinstance(value, list) else [value])]
    assert read(json.dumps(values)) == wanted


def test_records_longer_than_what_is_read_at_once_and_between_two_chunks() -> None:
    values = [{"n": i, "text": "ü" * (i * 977)} for i in range(600)]
    assert [value for _, value, _ in read(json.dumps(values, ensure_ascii=False))] == values


def test_one_value_a_line() -> None:
    assert read('{"a": 1}\n{"a": 2}\n') == [("", {"a": 1}, None), ("", {"a": 2}, None)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_encodings(encoding: str) -> None:
    assert read('["ü"]'.encode(encoding)) == [("", "ü", None)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('[1, 2, {"a": 3', "JSON"),
        ("[1, 2, NaN]", "NaN"),
        ('[1, 2, {"a": 1, "a": 2}]', "twice"),
        ("[1, 2, " + "[" * 5000 + "]" * 5000 + "]", "deep"),
        ("[1, 2, " + "[" * 70 + "]" * 70 + "]", "deep"),
        ("[1, 2, " + "9" * 500 + "]", "digits"),
        ("[1, 2] [3]", "after its end"),
    ],
    ids=["cut", "nan", "twice", "very deep", "deep", "digits", "more"],
)  # fmt: skip
def test_what_is_whole_is_read_and_the_rest_is_told(text: str, word: str) -> None:
    *whole, (_, _, why) = read(text)
    assert [value for _, value, _ in whole] == [1, 2]
    assert why is not None
    assert word in why


def test_a_name_of_the_file_itself_that_comes_twice_is_told() -> None:
    assert read('{"a": [1], "a": [2]}')[-1][2] == 'The name "a" comes twice.'


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(UnableToRead, match="does not begin as JSON"):
        read("Title,Date\n")


def test_one_record_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "RECORD_CHARS_MAX", 1000)
    monkeypatch.setattr(jsons, "CHUNK_BYTES", 100)
    assert read('[1, "' + "x" * 5000 + '"]')[-1][2] == "One record is longer than 64 MiB."
