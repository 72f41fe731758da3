"""What a case is of, taken from a finding or from a thing: nothing that the rows do not say."""

from collections.abc import Mapping
from typing import Any, Final

from firsthand.protocol.things import Thing
from firsthand.vault.settle import Subject
from firsthand.vault.sources.payee import merchant_key

EVERY_DAYS: Final = {
    "weekly": 7, "fortnightly": 14, "monthly": 31, "quarterly": 92, "half-yearly": 183,
    "yearly": 366,
}  # fmt: skip
ROWS_KEPT: Final = 3
_BANK: Final = "bank"


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
        merchant=merchant_key(to or thing.name),
        source=_BANK,
        rows=[(day, amount)] if paid and day and amount else [],
        reference="" if paid else str(number or ""),
        things=[thing.id],
    )
    return subject, to or (thing.name if paid else "")


def _named(finding: Mapping[str, Any]) -> str:
    """What the bank called it last: later payments are known by that."""
    rows = finding["rows"]
    return str(rows[-1]["name"]) if rows else str(finding["facts"].get("name") or "")
