"""How two deals differ, row by row: what was, what would be, and whether it allows more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firsthand.protocol.agreement_life import readable_purposes
from firsthand.protocol.terms import PRECISIONS, ROSTER, Terms

if TYPE_CHECKING:
    from firsthand.protocol.agreements import Agreement, Proffer


def compare_terms(before: Terms, after: Terms) -> list[dict[str, object]]:
    """How two agreements of the roster differ: what, before, after, and if it allows more."""
    rows: list[dict[str, object]] = []
    if before.purposes != after.purposes:
        more = bool(set(after.purposes) - set(before.purposes))
        rows.append(_row("purposes", list(before.purposes), list(after.purposes), more=more))
    if before.precision != after.precision:
        finer = PRECISIONS.index(after.precision) < PRECISIONS.index(before.precision)
        rows.append(_row("precision", before.precision, after.precision, more=finer))
    if before.retention_days != after.retention_days:
        longer = after.retention_days > before.retention_days
        rows.append(_row("retention", before.retention_days, after.retention_days, more=longer))
    for what in ("tracking", "profiling", "analytics", "onward", "training"):
        was, is_now = getattr(before, what), getattr(after, what)
        if was != is_now:
            rows.append(_row(what, was, is_now, more=is_now))
    if before.portability != after.portability:
        rows.append(_row("portability", before.portability, after.portability, more=False))
    return rows


def differences(before: Agreement, after: Proffer) -> list[dict[str, object]]:
    """How a proposal differs from the deal in force, in all that a person would notice."""
    terms = ROSTER[after.p7012.agreement]
    rows = [each for each in compare_terms(before.terms, terms) if each["what"] != "precision"]
    precision = after.precision or terms.precision
    if precision != before.precision:
        finer = PRECISIONS.index(precision) < PRECISIONS.index(before.precision)
        rows.append(_row("precision", before.precision, precision, more=finer))
    for kind in sorted({*before.proffer.fields, *after.fields}):
        was, is_now = before.proffer.fields.get(kind, []), after.fields.get(kind, [])
        if set(was) != set(is_now):
            more = bool(set(is_now) - set(was))
            rows.append({**_row("fields", list(was), list(is_now), more=more), "kind": kind})
    if before.proffer.exp != after.exp:
        longer = after.exp > before.proffer.exp
        rows.append(_row("until", before.proffer.exp, after.exp, more=longer))
    kept = readable_purposes(before.terms.purposes, terms.purposes)
    if kept != before.terms.purposes:
        rows.append(_row("given before", list(before.terms.purposes), list(kept), more=False))
    return rows


def _row(what: str, before: object, after: object, *, more: bool) -> dict[str, object]:
    return {"what": what, "before": before, "after": after, "more": more}
