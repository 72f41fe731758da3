"""CAMT.053 and its like, in several versions, with entries that stand for many payments."""

import io

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, UnableToRead, Unreadable, open_export

VERSIONS = ["camt.053.001.02", "camt.053.001.08", "camt.052.001.06", "camt.054.001.04"]
ROOTS = {"053": ("BkToCstmrStmt", "Stmt"), "052": ("BkToCstmrAcctRpt", "Rpt"),
         "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}  # fmt: skip

SHOPS = ((1, "Nord"), (2, "Ost"), (3, "West"))


def document(*entries: str, version: str = "camt.053.001.02", prefix: str = "") -> str:
    root, part = ROOTS[version[5:8]]
    space = f"xmlns{':' + prefix if prefix else ''}"
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document {space}="urn:iso:std:iso:20022:tech:xsd:{version}"><{root}>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr><{part}><Id>1</Id>"
        f"<Acct><Id><IBAN>DE02 1001</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f'<Bal><Amt Ccy="EUR">1.00</Amt></Bal>\n' + "\n".join(entries) +
        f"</{part}></{root}></Document>"
    )  # fmt: skip
    if prefix:
        body = body.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
        body = body.replace(f"<{prefix}:?xml", "<?xml")
    return body


def party(tag: str, name: str, version: str) -> str:
    newer = int(version[-2:]) >= 8
    return f"<{tag}>{'<Pty>' if newer else ''}<Nm>{name}</Nm>{'</Pty>' if newer else ''}</{tag}>"


def entry(amount: str, towards: str, inside: str = "", *, more: str = "", currency: str = "EUR",
          status: str = "<Sts>BOOK</Sts>", day: str = "<Dt>2024-01-31</Dt>") -> str:  # fmt: skip
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{towards}</CdtDbtInd>{more}{status}'
        f"<BookgDt>{day}</BookgDt><ValDt><Dt>2024-02-01</Dt></ValDt><AcctSvcrRef>R1</AcctSvcrRef>"
        f"<NtryDtls>{inside}</NtryDtls></Ntry>"
    )


def payment(other: str, words: str, amount: str = "", version: str = VERSIONS[0]) -> str:
    own = f'<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    return (
        f"<TxDtls>{own}<RltdPties>{party('Dbtr', 'Malik', version)}{party('Cdtr', other, version)}"
        f"</RltdPties><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"
    )


def read(text: str, encoding: str = "utf-8") -> list[Each]:
    return list(open_export("any.xml", io.BytesIO(text.encode(encoding)), {}).rows())


def things(rows: list[Each]) -> list[Thing]:
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.thing for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("prefix", ["", "ns2"])
def test_payments_of_every_version(version: str, prefix: str) -> None:
    state = "<Sts><Cd>BOOK</Cd></Sts>" if version.endswith("08") else "<Sts>BOOK</Sts>"
    text = document(
        entry("9.99", "DBIT", payment("Bäckerei Greta", "Brot &amp; Kuchen", version=version),
              status=state),
        entry("2500", "CRDT", payment("Pieter", "Loon", version=version), status=state,
              day="<DtTm>2024-01-30T23:30:00+01:00</DtTm>"),
        version=version, prefix=prefix,
    )  # fmt: skip
    out, came = things(read(text))
    assert (out.type, out.name, out.time) == ("PayAction", "Bäckerei Greta", "2024-01-31")
    assert (out.data["price"], out.data["priceCurrency"]) == ("9.99", "EUR")
    assert (out.data["description"], out.data["identifier"]) == ("Brot & Kuchen", "R1")
    assert (came.type, came.name, came.time) == ("ReceiveAction", "Malik", "2024-01-30")


def test_an_entry_of_many_payments() -> None:
    three = "".join(payment(f"Shop {name}", "x", f"{n}.00") for n, name in SHOPS)
    rows = read(document(entry("6.00", "DBIT", three), entry("7.00", "DBIT", three)))
    found = things(rows)
    assert [(each.name, each.data["price"]) for each in found[:3]] == [
        ("Shop Nord", "1.00"), ("Shop Ost", "2.00"), ("Shop West", "3.00"),
    ]  # fmt: skip
    assert [each.data["price"] for each in found[3:]] == ["7.00"]
    assert len({each.id for each in found}) == 4


def test_a_reversal_names_whom_the_money_had_gone_to() -> None:
    back = entry("9.99", "CRDT", payment("Shop", "back"), more="<RvslInd>true</RvslInd>")
    (thing,) = things(read(document(back)))
    assert (thing.type, thing.name) == ("ReceiveAction", "Shop")


def test_what_is_not_booked_and_what_is_broken() -> None:
    text = document(
        entry("1.00", "DBIT", status="<Sts>PDNG</Sts>"),
        entry("1.00", "DBIT", day="<Dt>soon</Dt>"),
        entry("much", "DBIT"),
        entry("1.00", "UP"),
        entry("1.00", "DBIT", more="<AddtlNtryInf>Gebühr</AddtlNtryInf>", currency="CHF"),
    )
    rows = read(text)
    assert isinstance(rows[0], Skipped)
    assert [row.line for row in rows] == [3, 4, 5, 6, 7]
    assert [row.why for row in rows if isinstance(row, Unreadable)] == [
        '"soon" is not a date.',
        '"much" is not an amount.',
        "It does not say whether money went out or came in.",
    ]
    (last,) = things(rows[4:])
    assert (last.name, last.data["priceCurrency"]) == ("Gebühr", "CHF")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings(encoding: str) -> None:
    named = {"latin-1": "ISO-8859-1", "utf-16": "UTF-16"}.get(encoding, "UTF-8")
    text = document(entry("9.99", "DBIT", payment("Bäckerei", "x"))).replace("UTF-8", named)
    assert things(read(text, encoding))[0].name == "Bäckerei"


@pytest.mark.parametrize("at", range(200, 1000, 61))
def test_a_file_that_is_cut_keeps_what_is_whole(at: int) -> None:
    text = document(*(entry(f"{n}.00", "DBIT", payment("Shop", "x")) for n in (1, 2)))
    try:
        rows = read(text[:at])
    except UnableToRead:
        return
    whole = text[:at].count("</Ntry>")
    assert sum(isinstance(row, Row) for row in rows) == whole
    assert isinstance(rows[-1], Unreadable) == (at < len(text))


def test_an_encoding_that_nobody_knows_is_refused() -> None:
    text = document(entry("1.00", "DBIT")).replace("UTF-8", "x-none")
    with pytest.raises(UnableToRead):
        read(text)
