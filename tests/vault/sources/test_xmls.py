"""XML one element at a time, and the ways in which such a file could do harm."""

import io

import pytest

from firsthand.vault.sources import UnableToRead, xmls
from firsthand.vault.sources.xmls import Element, elements, root_of

PLAIN = """<?xml version="1.0"?>
<!DOCTYPE a [<!ELEMENT a (b*)> <!ATTLIST b n CDATA #REQUIRED>]>
<x:a xmlns:x="urn:x">
 <x:b x:n="1"><c>one</c><c> two </c></x:b>
 <other><b n="2"/></other>
</x:a>"""


def read(text: str | bytes, *wanted: str) -> list[Element]:
    raw = text.encode() if isinstance(text, str) else text
    return list(elements("a.xml", io.BytesIO(raw), wanted))


def test_wanted_elements_with_all_that_is_in_them() -> None:
    first, second = read(PLAIN, "b")
    assert (first.tag, first.attributes, first.line, first.whole) == ("b", {"n": "1"}, 4, True)
    assert [child.text for child in first.each("c")] == ["one", " two "]
    assert first.said("c") == "one"
    assert first.said("d", "e") == ""
    assert (second.attributes, second.line) == ({"n": "2"}, 5)


def test_a_file_that_is_cut_gives_what_is_whole_and_where_it_ends() -> None:
    *whole, last = read(PLAIN[: PLAIN.index(" two ")], "b")
    assert (whole, last.tag, last.whole) == ([], "b", False)
    *whole, last = read(PLAIN[: PLAIN.index("<other")] + "<bro ken", "b")
    assert ([each.whole for each in whole], last.whole) == ([True], False)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/hostname"> %b;]><a/>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a>&b;</a>',
        "<a>" * 70 + "</a>" * 70,
        "no xml",
        "",
    ],
    ids=["own", "of a file", "of parameters", "elsewhere", "deep", "no xml", "empty"],
)
def test_what_could_harm_or_is_no_xml_is_refused(text: str) -> None:
    with pytest.raises(UnableToRead, match=r'"a\.xml" cannot be read'):
        read(text, "z")


def test_one_part_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmls, "TOKEN_BYTES_MAX", 200_000)
    with pytest.raises(UnableToRead, match="longer than 4 MiB"):
        read('<a b="' + "x" * 500_000, "a")


@pytest.mark.parametrize(
    ("text", "tag"),
    [(PLAIN, "a"), ("<!-- <no> --><gpx version='1'>", "gpx"), ("no <xml>", ""), ("", "")],
)
def test_the_root_is_told_from_the_head(text: str, tag: str) -> None:
    assert root_of(text) == tag
