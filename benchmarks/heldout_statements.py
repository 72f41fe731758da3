"""Statements as MT940 and CAMT, as banks of several countries write them, with what is true."""

import random
from collections.abc import Iterator
from html import escape

from heldout_ledger import Entry, Ledger, ledger
from heldout_writing import CURRENCY, IN_TEXTS, Truth, Written

COUNT = 12
VERSIONS = ("053.001.02", "053.001.04", "053.001.08", "052.001.06", "054.001.02")
_PARTS = {"053": ("BkToCstmrStmt", "Stmt"), "052": ("BkToCstmrAcctRpt", "Rpt"),
          "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}  # fmt: skip


def _text(entry: Entry, country: str) -> str:
    text = IN_TEXTS[country].format(p=entry.payee) if entry.value > 1000 else entry.payee
    return f"{text} {entry.ref}".strip()


def _cut(text: str, width: int, marks: list[str]) -> str:
    pieces = [text[i : i + width] for i in range(0, len(text), width)] or [""]
    return "".join(mark + piece for mark, piece in zip(marks, pieces[: len(marks)], strict=False))


class _Mt940:
    """How one bank writes MT940."""

    def __init__(self, rng: random.Random, country: str) -> None:
        self.country = country
        self.style = {"de": "?", "pl": rng.choice("^~<"), "nl": rng.choice(["/", "cntp"])}.get(
            country, rng.choice(["?", ""])
        )
        self.envelope = rng.random() < 0.3
        self.booked = rng.random() < 0.8
        self.end = rng.choice(["\r\n", "\n"])
        self.encoding = "cp1250" if country in ("pl", "cs") else rng.choice(["utf-8", "cp1252"])
        self.statements = rng.randint(1, 5)
        self.padded = rng.random() < 0.2

    def purpose(self, entry: Entry) -> str:
        name, text = entry.payee, _text(entry, self.country)
        if self.style == "/":
            return f"/TRTP/SEPA/NAME/{name}/REMI/{text}/EREF/NOTPROVIDED"
        if self.style == "cntp":
            return f"/EREF/E1//CNTP/NL91ABNA0417164300/ABNANL2A/{name}///REMI/USTD//{text}/"
        if self.style == "":
            return text
        sign = self.style
        words = _cut(("SVWZ+" if sign == "?" else "") + text, 27, [f"{sign}2{n}" for n in range(6)])
        named = _cut(name, 27, [f"{sign}32", f"{sign}33"])
        return f"005{sign}00UMSATZ{sign}109249{words}{sign}30BANKDEFF{sign}31DE02{named}"

    def movement(self, entry: Entry) -> list[str]:
        stamp = entry.date.strftime("%y%m%d") + (entry.date.strftime("%m%d") if self.booked else "")
        mark = "D" if entry.value < 0 else "C"
        amount = str(abs(entry.value)).replace(".", ",")
        amount = amount.zfill(15) if self.padded else amount
        lines = [f":61:{stamp}{mark}{amount}NTRFNONREF"]
        purpose = self.purpose(entry)
        lines.append(":86:" + purpose[:65])
        return lines + [purpose[i : i + 65] for i in range(65, len(purpose), 65)]

    def written(self, entries: list[Entry], currency: str) -> bytes:
        lines: list[str] = []
        size = len(entries) // self.statements + 1
        for number in range(self.statements):
            if self.envelope:
                lines.append("{1:F01BANKDEFFAXXX0000000000}{2:I940BANKDEFFXXXXN}{4:")
            lines += [":20:STARTUMS", ":25:10020030/1234567", f":28C:{number + 1}/1",
                      f":60F:C240101{currency}100,00"]  # fmt: skip
            for entry in entries[number * size : (number + 1) * size]:
                lines += self.movement(entry)
            lines += [f":62F:C240131{currency}90,00", "-}" if self.envelope else "-"]
        return (self.end.join(lines) + self.end).encode(self.encoding, "replace")


def _mt940(rng: random.Random, number: int) -> tuple[Written, Ledger]:
    country = ("de", "pl", "nl", "fr", "it", "cs")[number % 6]
    made, currency = ledger(rng, country), CURRENCY.get(country, "EUR")
    booked = [entry for entry in made.entries if entry.booked]
    content = _Mt940(rng, country).written(booked, currency)
    rows = [Truth(e.date.isoformat(), e.value, e.payee) for e in booked]
    return Written(f"mt940-{number:02}-{country}", content, rows, currency, {}), made


class _Camt:
    """How one bank writes CAMT."""

    def __init__(self, rng: random.Random) -> None:
        self.version = rng.choice(VERSIONS)
        self.newer = int(self.version[-2:]) >= 8
        self.together = rng.random() < 0.5
        self.clock = rng.random() < 0.3
        self.prefix = rng.choice(["", "", "ns:"])

    def detail(self, entry: Entry, country: str, currency: str) -> str:
        tag = "Cdtr" if entry.value < 0 else "Dbtr"
        name = f"<Nm>{escape(entry.payee)}</Nm>"
        party = f"<{tag}>{f'<Pty>{name}</Pty>' if self.newer else name}</{tag}>"
        amount = f'<Amt Ccy="{currency}">{abs(entry.value)}</Amt>'
        own = amount if self.newer else f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
        words = f"<RmtInf><Ustrd>{escape(_text(entry, country))}</Ustrd></RmtInf>"
        return f"<TxDtls>{own}<RltdPties>{party}</RltdPties>{words}</TxDtls>"

    def entry(self, entries: list[Entry], country: str, currency: str) -> str:
        date = entries[0].date.isoformat()
        day = f"<DtTm>{date}T10:00:00+01:00</DtTm>" if self.clock else f"<Dt>{date}</Dt>"
        state = "BOOK" if entries[0].booked else "PDNG"
        state = f"<Cd>{state}</Cd>" if self.newer else state
        total = sum(entry.value for entry in entries)
        towards = "DBIT" if total < 0 else "CRDT"
        inside = "".join(self.detail(entry, country, currency) for entry in entries)
        return (
            f'<Ntry><Amt Ccy="{currency}">{abs(total)}</Amt>'
            f"<CdtDbtInd>{towards}</CdtDbtInd><Sts>{state}</Sts><BookgDt>{day}</BookgDt>"
            f"<NtryDtls>{inside}</NtryDtls></Ntry>"
        )

    def written(self, made: Ledger, country: str, currency: str) -> bytes:
        root, part = _PARTS[self.version[:3]]
        groups: list[list[Entry]] = []
        for entry in made.entries:
            last = groups[-1][-1] if groups else None
            alike = last is not None and (last.date, last.booked) == (entry.date, entry.booked)
            if self.together and alike and last and last.value < 0 and entry.value < 0:
                groups[-1].append(entry)
            else:
                groups.append([entry])
        body = "\n".join(self.entry(group, country, currency) for group in groups)
        text = (
            f"<Document><{root}><GrpHdr><MsgId>1</MsgId></GrpHdr><{part}><Acct><Id><IBAN>DE02</IBAN>"
            f"</Id></Acct>{body}</{part}></{root}></Document>"
        )
        if self.prefix:
            text = text.replace("</", "\0").replace("<", f"<{self.prefix}").replace("\0", "</")
            text = text.replace("</", f"</{self.prefix}")
        space = " xmlns:ns" if self.prefix else " xmlns"
        space += f'="urn:iso:std:iso:20022:tech:xsd:camt.{self.version}"'
        text = text.replace("Document>", f"Document{space}>", 1)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _camt(rng: random.Random, number: int) -> tuple[Written, Ledger]:
    country = ("de", "nl", "it", "fr", "es", "pt")[number % 6]
    made, currency = ledger(rng, country), CURRENCY.get(country, "EUR")
    content = _Camt(rng).written(made, country, currency)
    rows = [Truth(e.date.isoformat(), e.value, e.payee) for e in made.entries if e.booked]
    return Written(f"camt-{number:02}-{country}", content, rows, currency, {}), made


def files(seed: int) -> Iterator[tuple[Written, Ledger]]:
    """A dozen of each, each with its account."""
    for number in range(COUNT):
        yield _mt940(random.Random(f"{seed} mt940 {number}"), number)
        yield _camt(random.Random(f"{seed} camt {number}"), number)
