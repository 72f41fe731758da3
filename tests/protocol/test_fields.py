"""Structured fields."""

import http_sf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.fields import (
    INTEGER_MAX,
    FieldRefused,
    InnerList,
    Item,
    Token,
    parse_dictionary,
    serialise_dictionary,
)

KEYS = st.from_regex(r"[a-z*][a-z0-9_\-.*]{0,8}", fullmatch=True)
VALUES = (
    st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126))
    | st.binary(max_size=20)
    | st.from_regex(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/\-]{0,8}", fullmatch=True).map(Token)
)
PARAMS = st.dictionaries(KEYS, VALUES, max_size=3)
ITEMS = st.builds(Item, VALUES, PARAMS)
MEMBERS = ITEMS | st.builds(InnerList, st.lists(ITEMS, max_size=3).map(tuple), PARAMS)


@given(st.dictionaries(KEYS, MEMBERS, max_size=4))
def test_what_is_written_is_read_back(members: dict[str, Item | InnerList]) -> None:
    text = serialise_dictionary(members)
    read = parse_dictionary(text)
    # A token equals a text of the same letters, so the texts are compared too.
    assert read == members
    assert serialise_dictionary(read) == text
    if members:
        http_sf.parse(text.encode(), tltype="dictionary")


def test_the_standards_example_is_read() -> None:
    text = 'sig=("@method" "a";sf);created=1;keyid="k\\"\\\\",\tb=:AQI=:;x, c;y=?0, d=tok/en, e=-5'
    members = parse_dictionary(text)
    assert members == {
        "sig": InnerList(
            (Item("@method"), Item("a", {"sf": True})), {"created": 1, "keyid": 'k"\\'}
        ),
        "b": Item(b"\x01\x02", {"x": True}),
        "c": Item(value=True, params={"y": False}),
        "d": Item(Token("tok/en")),
        "e": Item(-5),
    }
    assert isinstance(members["d"], Item)
    assert isinstance(members["d"].value, Token)
    assert serialise_dictionary(members) == text.replace("\t", " ")
    assert parse_dictionary("") == {}


@pytest.mark.parametrize(
    "text",
    [
        "a=1, a=2",
        "a=1;b;b=2",
        "a=1,",
        "a=1 b=2",
        "a=1,,b=2",
        ",a",
        "A=1",
        "a=",
        "a= 1",
        "a =1",
        "a=1.5",
        "a=01",
        "a=-0",
        "a=+1",
        "a=1234567890123456",
        'a="x',
        'a="\\x"',
        'a="ä"',
        'a="\t"',
        "a=:AQI:",
        "a=:AQJ=:",
        "a=:AQI=",
        "a=:A-_=:",
        "a=?2",
        "a=(1",
        "a=(1,2)",
        "a=(1  2",
        "a=((1))",
        "a=@1",
        'a=%"x"',
        "a=1;B=1",
        "a=1 ;b",
        "a\n=1",
        "\ta=1",
        "x" * 70_000,
        ", ".join(f"a{number}" for number in range(129)),
        "a=(" + " ".join(["1"] * 129) + ")",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(FieldRefused):
        parse_dictionary(text)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("A", 1),
        ("", 1),
        ("a", 10**15),
        ("a", "ä"),
        ("a", "\n"),
        ("a", Token("a b")),
        ("a", Token("")),
    ],
)
def test_what_a_field_cannot_carry_is_not_written(key: str, value: int | str) -> None:
    with pytest.raises(FieldRefused):
        serialise_dictionary({key: Item(value)})
    with pytest.raises(FieldRefused):
        serialise_dictionary({"a": InnerList((), {key: value})})
