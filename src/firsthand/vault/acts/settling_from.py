"""What a case is of, taken from a finding or from a thing: nothing that the rows do not say."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.protocol.things import Thing
from firsthand.vault.settle import Subject
from firsthand.vault.sources.amounts import DecimalEvidence, read_amount, signed_value
from firsthand.vault.sources.payee import merchant_key

EVERY_DAYS: Final = {
    "weekly": 7, "fortnightly": 14, "monthly": 31, "quarterly": 92, "half-yearly": 183,
    "yearly": 366,
}  # fmt: skip
ROWS_KEPT: Final = 3
AMOUNT_MAX: Final = 10**9
_BANK: Final = "bank"
_TO_THE_BANK: Final = "recall"


def subject_of_finding(finding: Mapping[str, Any]) -> tuple[Subject, str]:
    """The subject of a case about a finding, and the name of who took the money."""
    facts = finding["facts"]
    name = str(facts.get("name") or "")
    rows = [
        (str(row["time"])[: len("2024-01-03")], str(row["amount"]))
        for row in finding["rows"]
        if row.get("amount") and row.get("time")
    ]
    risen = facts.get("risen") or {}
    twice = finding["kind"] == "paid-twice"
    last = rows[-1][1] if rows else ""
    subject = Subject(
        what=name,
        amount=str(facts["over"] if twice else facts.get("amount") or last),
        currency=str(facts.get("currency") or ""),
        yearly=str(facts.get("yearly") or "") if not twice else "",
        every_days=EVERY_DAYS.get(str(facts.get("cadence")), 31 if not twice else 0),
        next=str(facts.get("next") or facts.get("last") or ""),
        was=str(risen.get("from") or ""),
        risen_on=str(risen.get("on") or ""),
        merchant=merchant_key(_named(finding)),
        source=_BANK,
        rows=rows[-ROWS_KEPT:],
        things=[str(row["id"]) for row in finding["rows"]][-ROWS_KEPT:],
    )
    return subject, name


def subject_of_thing(thing: Thing) -> tuple[Subject, str]:
    """The subject of a case about one thing, such as a payment, an order or a parcel."""
    data = thing.data
    amount, currency = str(data.get("price") or ""), str(data.get("priceCurrency") or "")
    day = (thing.time or "")[: len("2024-01-03")]
    other = data.get("recipient") or data.get("seller") or data.get("provider")
    to = str(other.get("name") or "") if isinstance(other, dict) else ""
    parcel = data.get("object")
    number = data.get("orderNumber")
    if isinstance(parcel, dict) and not number:
        number = parcel.get("trackingNumber") or parcel.get("orderNumber")
    paid = thing.type == "PayAction"
    subject = Subject(
        what=thing.name,
        amount=amount,
        currency=currency,
        merchant=merchant_key(to or (thing.name if paid else "")),
        source=_BANK,
        rows=[(day, amount)] if paid and day and amount else [],
        reference="" if paid else str(number or ""),
        things=[thing.id],
    )
    return subject, to or (thing.name if paid else "")


def paid_again(
    findings: Iterable[Mapping[str, Any]], subject: Subject, to: str
) -> tuple[Subject, str]:
    """The subject of one payment, with when it comes again where it was found to come again."""
    for finding in findings:
        if finding["kind"] == "recurring" and subject.rows:
            found, _ = subject_of_finding(finding)
            if (found.merchant, found.currency) == (subject.merchant, subject.currency):
                again = {"every_days": found.every_days, "next": found.next,
                         "yearly": found.yearly}  # fmt: skip
                return msgspec.structs.replace(subject, **again), to
    return subject, to


def completed(kind: str, subject: Subject, to: str) -> Subject:
    """A subject as a case keeps it: its amount as a plain figure, its merchant known by a key.

    Who types an amount may write 79,90 or 1.234,56 €. Raises ``Refused`` (``shape_invalid``)
    where it is no amount of more than nothing.
    """
    amount, currency = _figure(subject.amount) if subject.amount else ("", "")
    known_by = subject.what if kind == _TO_THE_BANK else to
    return msgspec.structs.replace(
        subject,
        amount=amount,
        currency=subject.currency.strip().upper() or currency,
        merchant=subject.merchant or merchant_key(known_by),
    )


def _figure(text: str) -> tuple[str, str]:
    """An amount that a person typed: the figure with a point, and its currency if it has one."""
    wrong = refuse("shape_invalid", f"{text[:40]!r} is no amount such as 79.90 or 79,90.")
    read = read_amount(text.strip()) if len(text) <= 40 else None  # noqa: PLR2004 - as in wrong
    if read is None:
        raise wrong
    evidence = DecimalEvidence()
    evidence.observe(read.core)
    mark = evidence.decide()
    if mark is None:
        raise refuse("shape_invalid", f"{text[:40]!r} can be read in two ways. Write 1234.00.")
    value = signed_value(text.strip(), mark)
    if value is None or not Decimal("0.005") <= value <= AMOUNT_MAX:
        raise wrong
    return f"{value:.2f}", read.currency or ""


def _named(finding: Mapping[str, Any]) -> str:
    """What the bank called it last: later payments are known by that."""
    rows = finding["rows"]
    return str(rows[-1]["name"]) if rows else str(finding["facts"].get("name") or "")
