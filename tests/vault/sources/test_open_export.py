"""What is no export is refused with what to give instead; nothing else is ever raised."""

import gzip
import io
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firsthand.vault.sources import UnableToRead, open_export
from firsthand.vault.sources import text as text_module


def zipped(member: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (zipped("ViewingActivity.csv"), "Unpack it"),
        (zipped("xl/workbook.xml"), "save it as CSV"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(256)) * 4, "not text"),
        (b'{"a": 1}', "JSON"),
        (b"<?xml version='1.0'?><Document/>", "not OFX"),
        (b"!Type:Bank\nD1/2/24\n", "QIF"),
    ],
)
def test_it_says_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(UnableToRead, match=says):
        open_export("file", io.BytesIO(content), {})


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "SIZE_BYTES_MAX", 1000)
    with pytest.raises(UnableToRead, match="larger"):
        open_export("file", io.BytesIO(b"Title,Date\n" + b"A,2024-01-03\n" * 1000), {})


HEADS = st.sampled_from(
    [b"", b"Title,Date\n", b"Date,Description,Amount\n", b"OFXHEADER:100\n<OFX><STMTTRN>",
     b"Profile Name,Start Time,Duration,Title\n", b"Datum;Betrag;Text\n"]
)  # fmt: skip
LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b'"', b'"a""', b"A,03/04/2024", b"2024-01-03;-1,50;x", b"2024-01-03,x,-1.50", b",,,",
             b"\x00", b"<STMTTRN><DTPOSTED>20240103<TRNAMT>-1", b"&#xFFFFFF;", b"\xff\xfe"]
        ),
    ),
    max_size=12,
)  # fmt: skip


@given(head=HEADS, lines=LINES)
@example(head=b"Title,Date\n", lines=[b'"x,2024-01-03', b"y,2024-01-03"])
def test_nothing_else_is_ever_raised(head: bytes, lines: list[bytes]) -> None:
    content = head + b"\n".join(lines)
    try:
        export = open_export("any", io.BytesIO(content), {})
        rows = list(export.rows())
    except UnableToRead:
        return
    assert rows == list(export.rows())
    assert all(1 <= row.line <= content.count(b"\n") + content.count(b"\r") + 1 for row in rows)
