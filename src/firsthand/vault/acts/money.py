"""Money: what went out and came in by month, category and shop; one shop; what to look at.

Payments of bank statements alone are counted: an order and the payment for it are one expense.
What lies between own accounts, in cash and in savings is shown as the category that it is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts import noticing
from firsthand.vault.acts.spans import Span, span_of
from firsthand.vault.sense.categories import lists, name_of
from firsthand.vault.sources.payee import needs_cleaning, payee_name

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

SHOPS_MAX: Final = 30
KINDS: Final = ("unused", "two-alike", "paid-twice")
NOT_SAID = "none"
RULE: Final = (
    "Every payment of your statements counts once, in the month of its day, at the shop that its "
    "name stands for; a shop's category is that of the longest entry of our list in its name, "
    "until you say another."
)


def money(vault: Vault, span: str | None = None, currency: str | None = None) -> dict[str, Any]:
    """What went out and came in over a span, in one currency.

    span: as `spans.span_of` takes it. currency: the one with most payments, if none is said;
    `NOT_SAID` is that of payments whose statement does not say it.
    Returns `{"rule", "span", "currency", "currencies", "out", "in", "months": [{"month", "out",
    "in"}], "categories": [{"key", "name", "amount", "payments", "shops"}], "shops": [{"key",
    "name", "category", "amount", "payments", "first", "last"}], "incomes": [...], "orders": [...],
    "look": [...]}`;
    amounts are decimal strings. `span` is None where there are no payments.
    """
    chosen = span_of(vault, "money", span)
    if chosen is None:
        return {"rule": RULE, "span": None, "look": [], "orders": _orders(vault)}
    bounds = {"first": chosen.first, "last": chosen.last}
    rows = vault.store.rows("sums.by_month", sense="money", **bounds)
    units = _units(rows)
    asked = "" if currency == NOT_SAID else currency
    unit = asked if asked is not None else next(iter(units), "")
    kinds = vault.store.rows("sums.by_kind", sense="money", part="out", **bounds)
    return {
        "rule": RULE,
        "span": msgspec.to_builtins(chosen),
        "currency": unit or None,
        "currencies": [each or NOT_SAID for each in units],
        "out": said(sum(r["amount"] for r in rows if r["part"] == "out" and r["unit"] == unit)),
        "in": said(sum(r["amount"] for r in rows if r["part"] == "in" and r["unit"] == unit)),
        "months": _months(rows, unit, chosen),
        "categories": [
            {"key": row["kind"], "name": name_of(row["kind"]), "amount": said(row["amount"]),
             "payments": row["things"], "shops": row["names"]}
            for row in kinds if row["unit"] == unit
        ],
        "shops": _shops(vault, "out", unit, bounds),
        "incomes": _shops(vault, "in", unit, bounds),
        "orders": _orders(vault),
        "look": [each for each in noticing.noticed(vault) if each["kind"] in KINDS],
    }  # fmt: skip


def shop(vault: Vault, key: str) -> dict[str, Any] | None:
    """One shop, by its key; None where there is none.

    Returns `{"key", "name", "category", "categories", "names", "first", "last", "parts": [{"part",
    "currency", "amount", "payments", "months"}]}`.
    """
    names = vault.store.rows("sums.names_of", sense="money", who=key)
    if not names:
        return None
    sums = vault.store.rows("sums.of_who", sense="money", who=key)
    parts: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in sums:
        parts[row["part"], row["unit"]].append(row)
    written = {str(n) for row in names for n in msgspec.json.decode(row["facts"])["names"]}
    return {
        "key": key,
        "name": called(names[0]["name"]),
        "category": names[0]["kind"],
        "categories": list(lists().names.items()),
        "names": sorted(written),
        "first": min(row["first"] for row in names),
        "last": max(row["last"] for row in names),
        "parts": [
            {"part": part, "currency": unit or None, "amount": said(sum(r["amount"] for r in rows)),
             "payments": sum(r["things"] for r in rows),
             "months": [{"month": r["month"], "amount": said(r["amount"])} for r in rows]}
            for (part, unit), rows in sorted(parts.items(), reverse=True)
        ],
    }  # fmt: skip


def said(amount: int) -> str:
    """Thousandths as a decimal string with two places."""
    return f"{amount / 1000:.2f}"


def called(name: str) -> str:
    """A shop as a person calls it: without what a bank adds to its name."""
    return payee_name(name) if needs_cleaning(name) else name


def _orders(vault: Vault) -> list[dict[str, Any]]:
    """What was ordered, by shop, of all time: told apart, as the payments for it count already."""
    rows = vault.store.rows(
        "sums.by_who", sense="bought", part="order", unit=None, first="0", last="9",
        limit=SHOPS_MAX,
    )  # fmt: skip
    return [
        {"key": row["who"], "name": row["name"], "currency": row["unit"] or None,
         "amount": said(row["amount"]), "items": row["things"]}
        for row in rows
    ]  # fmt: skip


def _units(rows: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        found[row["unit"]] += row["things"]
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _months(rows: list[dict[str, Any]], unit: str, span: Span) -> list[dict[str, str]]:
    sums = {(r["month"], r["part"]): r["amount"] for r in rows if r["unit"] == unit}
    return [
        {"month": month, "out": said(sums.get((month, "out"), 0)),
         "in": said(sums.get((month, "in"), 0))}
        for month in span.months
    ]  # fmt: skip


def _shops(vault: Vault, part: str, unit: str, bounds: dict[str, str]) -> list[dict[str, Any]]:
    rows = vault.store.rows(
        "sums.by_who", sense="money", part=part, unit=unit, limit=SHOPS_MAX, **bounds
    )
    return [
        {"key": row["who"], "name": called(row["name"]), "category": row["kind"],
         "amount": said(row["amount"]), "payments": row["things"], "first": row["first"],
         "last": row["last"]}
        for row in rows
    ]  # fmt: skip
