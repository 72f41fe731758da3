"""OFX of both versions, of banks and of cards, whole and cut."""

import io

import pytest

from firsthand.vault.sources import Export, Row, UnableToRead, Unreadable, open_export

SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR
<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240103235900.000[-5:EST]<TRNAMT>-9,99<FITID>1<NAME>Café &amp; Co
<MEMO>Thanks</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20240104<TRNAMT>1250.5<FITID>2<NAME>ACME
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>soon<TRNAMT>-1<FITID>3<NAME>X
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>
<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>2</CCACCTFROM>
<BANKTRANLIST><STMTTRN><DTPOSTED>20240105<TRNAMT>-5.00<FITID>1<NAME>SPOTIFY P2D5A1B3 STOCKHOLM
</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>
"""
XML = """<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP</CURDEF><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20240103</DTPOSTED><TRNAMT>-9.99</TRNAMT>
<FITID>1</FITID><PAYEE><NAME>Caf&#233;</NAME><CITY>Bath</CITY></PAYEE></STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>
<INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><INVTRANLIST>
<BUYSTOCK><INVBUY><INVTRAN><FITID>9</FITID></INVTRAN></INVBUY></BUYSTOCK>
</INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>
"""


def opened(content: bytes) -> Export:
    return open_export("statement.ofx", io.BytesIO(content), {})


def test_version_one_with_several_accounts() -> None:
    export = opened(SGML.encode("cp1252"))
    assert export.format == "Bank statement (OFX)"
    rows = list(export.rows())
    assert [row.line for row in rows] == [10, 12, 13, 16]
    assert isinstance(rows[2], Unreadable)
    kept = [row.thing for row in rows if isinstance(row, Row)]
    assert [(t.type, t.time, t.name, t.data["price"], t.data["priceCurrency"]) for t in kept] == [
        ("PayAction", "2024-01-03", "Café & Co", "9.99", "EUR"),
        ("ReceiveAction", "2024-01-04", "ACME", "1250.50", "EUR"),
        ("PayAction", "2024-01-05", "Spotify", "5.00", "USD"),
    ]
    assert kept[0].data["identifier"] == "1"
    assert kept[0].data["description"] == "Café & Co Thanks"


def test_version_two_and_investments() -> None:
    rows = list(opened(XML.encode()).rows())
    assert isinstance(rows[0], Row)
    assert rows[0].thing.name == "Café"
    assert isinstance(rows[1], Unreadable)
    assert rows[1].line == 7
    assert "investment" in rows[1].why


def test_a_file_that_is_cut_keeps_what_is_whole() -> None:
    content = SGML.encode("cp1252")
    whole = list(opened(content).rows())
    cut = content[: content.index(b"CREDIT<DT")]
    rows = list(opened(cut).rows())
    assert rows[0] == whole[0]
    assert isinstance(rows[1], Unreadable)
    assert rows[1].line == 12


@pytest.mark.parametrize("at", range(0, len(SGML), 61))
def test_a_cut_anywhere_never_fails(at: int) -> None:
    content = SGML.encode("cp1252")[:at]
    try:
        rows = list(opened(content).rows())
    except UnableToRead:
        return
    assert len(rows) <= 4


def test_entities_of_its_own_are_refused() -> None:
    bomb = XML.replace("<?OFX", '<!DOCTYPE x [<!ENTITY a "aaaa">]><?OFX', 1)
    with pytest.raises(UnableToRead, match="entities"):
        opened(bomb.encode())


def test_all_in_one_line() -> None:
    rows = list(opened(SGML.replace("\n<", "<").encode("cp1252")).rows())
    assert sum(isinstance(row, Row) for row in rows) == 3
