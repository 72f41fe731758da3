"""CAMT.053, .052 and .054: statements, reports and notices of banks in XML, in every version.

An entry may stand for many payments at once: each is a thing of its own where the entry gives
their amounts and they add up to it, and otherwise the entry is one thing.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import BinaryIO

from firsthand.vault.sources.bank_facts import BANK
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.export import Each, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.payments import Payment, payment_thing
from firsthand.vault.sources.source import Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.xmls import Element, elements

FORMAT = "Bank statement (CAMT)"
_KIND = re.compile(r"<(?:\w+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b|:camt\.05[234]\.")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"\d{1,15}(?:[.,]\d{1,8})?")
_NOT_BOOKED = frozenset(["PDNG", "INFO", "FUTR"])
_CUT = "The file ends in the middle of this entry."


class _Unclear(Exception):
    """An entry lacks what a payment needs; the message says what."""


def claims(head: Head) -> bool:
    """Whether a file is XML that tells of an account."""
    return head.text.startswith("<") and bool(_KIND.search(head.text))


def open_camt(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Streamed:
    """Open a statement. It is read when its rows are asked for, which raises `UnableToRead`."""
    return Streamed("bank", FORMAT, partial(_rows, name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    identity = Identity("bank")
    account = ""
    for element in elements(name, stream, ("Acct", "Ntry")):
        if not element.whole:
            yield Unreadable(element.line, _CUT)
        elif element.tag == "Acct":
            account = _account(element)
        else:
            yield from _entry(element, account, identity)


def _account(element: Element) -> str:
    own = element.said("Id", "IBAN") or element.said("Id", "Othr", "Id")
    return kept(own or element.said("Id", "PrtryAcct", "Id"), 60).replace(" ", "")


def _entry(entry: Element, account: str, identity: Identity) -> Iterator[Each]:
    state = entry.said("Sts", "Cd") or entry.said("Sts") or entry.said("Sts", "Prtry")
    if state.upper() in _NOT_BOOKED:
        yield Skipped(entry.line, "a payment that is not booked")
        return
    try:
        day = _day(entry)
        value, currency = _money(entry.first("Amt"), entry.said("CdtDbtInd"))
        details = list(entry.within("TxDtls"))
        parts = _parts(details, value, currency, entry.said("CdtDbtInd"))
    except _Unclear as error:
        yield Unreadable(entry.line, str(error))
        return
    reversal = entry.said("RvslInd").lower() in ("true", "1")
    alone = details[0] if len(details) == 1 else None
    for detail, part in parts or [(alone, value)]:
        payment = _payment(entry, detail, part, reversal=reversal)
        whole = Payment(
            time=day,
            value=part,
            currency=currency,
            payee=payment[0],
            description=payment[1],
            bank_id=payment[2],
            account=account,
        )
        yield Row((detail or entry).line, payment_thing(whole, identity))


def _day(entry: Element) -> str:
    for tag in ("BookgDt", "ValDt"):
        text = entry.said(tag, "Dt") or entry.said(tag, "DtTm")[:10]
        if not text:
            continue
        moment = read(text[:10])
        if moment is None or "ymd" not in moment.dates:
            raise _Unclear(f'"{kept(text, 40)}" is not a date.')
        return moment.dates["ymd"].isoformat()
    raise _Unclear("The date is missing.")


def _money(amount: Element | None, towards: str) -> tuple[Decimal, str | None]:
    text = amount.text.strip() if amount is not None else ""
    if amount is None or not text:
        raise _Unclear("The amount is missing.")
    bare = text.lstrip("+-")
    if not _AMOUNT.fullmatch(bare):
        raise _Unclear(f'"{kept(text, 40)}" is not an amount.')
    value = Decimal(bare.replace(",", "."))
    if towards not in ("DBIT", "CRDT"):
        raise _Unclear("It does not say whether money went out or came in.")
    out = (towards == "DBIT") != text.startswith("-")
    code = amount.attributes.get("Ccy", "").upper()
    return -value if out else value, code if _CURRENCY.fullmatch(code) else None


def _parts(
    details: list[Element], value: Decimal, currency: str | None, towards: str
) -> list[tuple[Element | None, Decimal]]:
    """Each payment of an entry with its amount, if they are several and add up to it."""
    if len(details) < 2:
        return []
    parts: list[tuple[Element | None, Decimal]] = []
    for detail in details:
        own = _own_amount(detail, currency)
        if own is None:
            return []
        try:
            parts.append((detail, _money(own, detail.said("CdtDbtInd") or towards)[0]))
        except (_Unclear, InvalidOperation):
            return []
    return parts if sum((part for _, part in parts), Decimal(0)) == value else []


def _own_amount(detail: Element, currency: str | None) -> Element | None:
    ways = (
        ("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"),
        ("AmtDtls", "CntrValAmt", "Amt"),
    )  # fmt: skip
    for path in ways:
        found = detail.first(*path)
        if found is not None and found.attributes.get("Ccy", "").upper() == (currency or ""):
            return found
    return None


def _payment(
    entry: Element, detail: Element | None, value: Decimal, *, reversal: bool
) -> tuple[str, str, str]:
    """The other party, the text and the bank's reference of a payment."""
    # When a debit is taken back, the money comes from whom it had gone to.
    out = (value <= 0) != reversal
    name = ""
    parties = detail.first("RltdPties") if detail is not None else None
    if parties is not None:
        other, last = ("Cdtr", "UltmtCdtr") if out else ("Dbtr", "UltmtDbtr")
        ways = ((other, "Nm"), (other, "Pty", "Nm"), (last, "Nm"), (last, "Pty", "Nm"))
        name = next((said for way in ways if (said := parties.said(*way))), "")
    words = _words(entry, detail)
    reference = detail.said("Refs", "AcctSvcrRef") if detail is not None else ""
    reference = reference or entry.said("AcctSvcrRef")
    if reference.upper() in ("NONREF", "NOTPROVIDED"):
        reference = ""
    return kept(" ".join(name.split()), 120), words, kept(reference, 60)


def _words(entry: Element, detail: Element | None) -> str:
    found: list[str] = []
    if detail is not None:
        remitted = detail.first("RmtInf")
        if remitted is not None:
            found += [each.text for each in remitted.each("Ustrd")]
            for structured in remitted.each("Strd"):
                found.append(structured.said("CdtrRefInf", "Ref"))
                found += [each.text for each in structured.each("AddtlRmtInf")]
        if not any(map(str.strip, found)):
            found.append(detail.said("AddtlTxInf"))
    if not any(map(str.strip, found)):
        found.append(entry.said("AddtlNtryInf"))
    if not any(map(str.strip, found)) and detail is not None:
        found.append(detail.said("Refs", "EndToEndId"))
    return kept(" ".join(" ".join(found).split()))


SOURCE = Source(key="bank", facts=BANK, claims=claims, open=open_camt)
