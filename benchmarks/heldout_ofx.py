"""OFX and QFX files of both versions, as banks write them, with what is true of them."""

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal
from html import escape

from heldout_ledger import Entry, Ledger, ledger
from heldout_writing import CURRENCY, IN_TEXTS, Truth, Written

COUNT = 20
HEAD_1 = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:{encoding}\r\n"
    "CHARSET:{charset}\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
HEAD_2 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)


def _stamp(date: datetime.date, style: int) -> str:
    compact = date.strftime("%Y%m%d")
    return [compact, f"{compact}120000", f"{compact}120000.000[-5:EST]", f"{compact}000000[0:GMT]"][
        style % 4
    ]


class _Bank:
    """How one bank writes OFX."""

    def __init__(self, rng: random.Random) -> None:
        self.xml = rng.random() < 0.5
        self.closed = self.xml or rng.random() < 0.3
        self.dates = rng.randint(0, 3)
        self.comma = rng.random() < 0.25
        self.where = rng.choice(["NAME", "NAME+MEMO", "PAYEE", "MEMO"])
        self.card = rng.random() < 0.3
        self.lines = rng.random() < 0.8
        self.encoding = "utf-8" if self.xml else rng.choice(["utf-8", "cp1252"])
        self.pending = rng.random() < 0.4

    def field(self, tag: str, value: str) -> str:
        return f"<{tag}>{escape(value, quote=False)}" + (f"</{tag}>" if self.closed else "")

    def said(self, entry: Entry, country: str) -> list[str]:
        text = IN_TEXTS[country].format(p=entry.payee) if entry.value > 1000 else entry.payee
        if self.where == "NAME":
            return [self.field("NAME", f"{text} {entry.ref}".strip()[:32])]
        if self.where == "NAME+MEMO":
            return [self.field("NAME", text[:32]), self.field("MEMO", entry.ref or "Nr 1")]
        if self.where == "MEMO":
            return [self.field("MEMO", f"{text} {entry.ref}".strip())]
        return ["<PAYEE>", self.field("NAME", text[:32]), self.field("CITY", "X"), "</PAYEE>",
                self.field("MEMO", entry.ref or "Nr 1")]  # fmt: skip

    def movement(self, entry: Entry, number: int, country: str, tag: str = "STMTTRN") -> list[str]:
        amount = str(entry.value)
        return [
            f"<{tag}>",
            self.field("TRNTYPE", "DEBIT" if entry.value < 0 else "CREDIT"),
            self.field("DTPOSTED" if tag == "STMTTRN" else "DTTRAN", _stamp(entry.date, self.dates)),  # noqa: E501
            self.field("TRNAMT", amount.replace(".", ",") if self.comma else amount),
            self.field("FITID", f"2024{number:08}"),
            *self.said(entry, country),
            f"</{tag}>",
        ]  # fmt: skip


def _written(rng: random.Random, name: str, made: Ledger, country: str) -> Written:
    bank, currency = _Bank(rng), CURRENCY.get(country, "EUR")
    kind, message = ("CCSTMT", "CREDITCARD") if bank.card else ("STMT", "BANK")
    account = "CCACCTFROM" if bank.card else "BANKACCTFROM"
    parts = ["<OFX>", "<SIGNONMSGSRSV1>", "<SONRS>", bank.field("DTSERVER", "20250101"), "</SONRS>",
             "</SIGNONMSGSRSV1>", f"<{message}MSGSRSV1>", f"<{kind}TRNRS>", f"<{kind}RS>",
             bank.field("CURDEF", currency), f"<{account}>", bank.field("ACCTID", "12345"),
             f"</{account}>", "<BANKTRANLIST>", bank.field("DTSTART", "20200101")]  # fmt: skip
    booked = [entry for entry in made.entries if entry.booked]
    for number, entry in enumerate(booked):
        parts += bank.movement(entry, number, country)
    parts.append("</BANKTRANLIST>")
    if bank.pending:
        parts.append("<BANKTRANLISTP>")
        for number, entry in enumerate(e for e in made.entries if not e.booked):
            parts += bank.movement(entry, 10**6 + number, country, "STMTTRNP")
        parts.append("</BANKTRANLISTP>")
    parts += ["<LEDGERBAL>", bank.field("BALAMT", "1234.56"), "</LEDGERBAL>", f"</{kind}RS>",
              f"</{kind}TRNRS>", f"</{message}MSGSRSV1>", "</OFX>"]  # fmt: skip
    wide = bank.encoding == "utf-8"
    head = HEAD_1.format(encoding="UTF-8" if wide else "USASCII", charset="NONE" if wide else 1252)
    text = (HEAD_2 if bank.xml else head) + ("\r\n" if bank.lines else "").join(parts)
    rows = [Truth(e.date.isoformat(), Decimal(e.value), e.payee) for e in booked]
    return Written(name, text.encode(bank.encoding, "replace"), rows, currency, {})


def files(seed: int) -> Iterator[tuple[Written, Ledger]]:
    """Twenty files, each with its account."""
    for number in range(COUNT):
        rng = random.Random(f"{seed} ofx {number}")
        country = rng.choice(["en", "us", "fr", "pt", "nl", "de", "cs"])
        made = ledger(rng, country)
        yield _written(rng, f"ofx-{number:02}-{country}", made, country), made
