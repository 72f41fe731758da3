"""OFX whose header says one encoding and whose text has another, and text in CDATA."""

import io

import pytest

from firsthand.vault.sources import Row, open_export

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:{}\nCHARSET:{}\n\n"
BODY = (
    "<OFX><STMTRS><CURDEF>EUR<ACCTID>1<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT"
    "<DTPOSTED>20240131<TRNAMT>-1,50<FITID>1<NAME>{}</STMTTRN></BANKTRANLIST></STMTRS></OFX>"
)


def name_in(data: bytes) -> str:
    (row,) = open_export("x.ofx", io.BytesIO(data), {}).rows()
    assert isinstance(row, Row)
    assert row.thing.data["price"] == "1.50"
    return row.thing.name


@pytest.mark.parametrize(
    ("encoding", "charset"), [("USASCII", "1252"), ("UTF-8", "NONE"), ("USASCII", "NONE")]
)
@pytest.mark.parametrize("written", ["utf-8", "cp1252"])
def test_the_text_says_better_than_the_header_what_it_is(
    encoding: str, charset: str, written: str
) -> None:
    text = HEADER.format(encoding, charset) + BODY.format("Café Zürich")
    assert name_in(text.encode(written)) == "Café Zürich"


def test_cdata_is_text() -> None:
    text = HEADER.format("UTF-8", "NONE") + BODY.format("<![CDATA[Bed & Breakfast]]></NAME>")
    assert name_in(text.encode()) == "Bed & Breakfast"
