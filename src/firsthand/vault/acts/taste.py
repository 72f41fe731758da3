"""Taste: what I watch, hear and read across services, with what I like and what I do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.acts.names import name_in
from firsthand.vault.acts.spans import LAST_MONTH, before, span_of
from firsthand.vault.sense.taste import Verdict, verdict, went_on_until

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.sense.sums import Name

SHOWN_MAX, OTHERS_MAX = 24, 12
MONTHS_MAX: Final = 24
PARTS: Final = {"watch": "Watched", "listen": "Heard", "read": "Read"}
RULE: Final = (
    "You like what you rated four of five or more, liked there, or came back to: five pieces or "
    "three hours of a series, thirty plays or two hours of an artist, two books of an author. You "
    "do not like what you rated two or less, disliked there, mostly skipped, or left after two "
    "pieces while you went on with others. What you say yourself stands above it."
)


def taste(vault: Vault, today: datetime.date) -> dict[str, Any]:
    """One profile of all services.

    Returns `{"rule", "months": [{"month", "part", "things", "seconds"}], "parts": [{"part",
    "name", "things", "seconds", "likes", "dislikes", "other"}]}`; each of the lists has `{"key",
    "name", "taste", "why", "own", "things", "seconds", "first", "last"}`. `key` is what a
    correction of it is kept by. A part of which there is nothing is left out.
    """
    said = correcting.said_of(vault.store, "taste:")
    newest = vault.store.row("sums.last_of", sense="taste", part="watch")
    today = went_on_until(newest["last"] if newest is not None else None, today)
    found: dict[str, list[dict[str, Any]]] = {}
    for name in _names(vault, said):
        found.setdefault(name.part, []).append(_told(name, verdict(name, said, today)))
    span = span_of(vault, "taste")
    rows = vault.store.rows("sums.by_month", sense="taste", first="", last=LAST_MONTH)
    first = before(span.last, MONTHS_MAX - 1) if span is not None else LAST_MONTH
    return {
        "rule": RULE,
        "span": msgspec.to_builtins(span),
        "months": [
            {"month": r["month"], "part": r["part"], "things": r["things"], "seconds": r["amount"]}
            for r in rows if r["month"] >= first
        ],
        "parts": [
            _part(part, found[part], [r for r in rows if r["part"] == part])
            for part in PARTS if part in found
        ],
    }  # fmt: skip


def _names(vault: Vault, said: Mapping[str, str]) -> list[Name]:
    """The names that weigh most in each verdict, and whatever something was said of."""
    rows = vault.store.rows("sums.judged")
    known = {f"{row['part']}:{row['who']}" for row in rows}
    for key in said.keys() - known:
        part, _, who = key.partition(":")
        more = vault.store.rows("sums.names_of", sense="taste", who=who)
        rows += [row for row in more if row["part"] == part]
    return [name_in("taste", row) for row in rows]


def _part(part: str, items: list[dict[str, Any]], months: list[dict[str, Any]]) -> dict[str, Any]:
    lists: dict[str, list[dict[str, Any]]] = {"like": [], "dislike": [], "": [], "out": []}
    for item in items:
        lists[item["taste"]].append(item)
    return {
        "part": part,
        "name": PARTS[part],
        "things": sum(month["things"] for month in months),
        "seconds": sum(month["amount"] for month in months),
        "likes": sorted(lists["like"], key=_weight)[:SHOWN_MAX],
        "dislikes": sorted(lists["dislike"], key=_weight)[:OTHERS_MAX],
        "other": sorted(lists[""] + lists["out"], key=_weight)[:OTHERS_MAX],
    }


def _weight(item: dict[str, Any]) -> tuple[bool, int, int, str]:
    return (not item["own"], -item["seconds"], -item["things"], item["name"])


def _told(name: Name, judged: Verdict) -> dict[str, Any]:
    return {
        "key": f"taste:{name.part}:{name.who}", "who": name.who, "name": name.name,
        "taste": judged.taste, "why": judged.why, "own": judged.own, "things": name.things,
        "seconds": name.amount, "first": name.first, "last": name.last,
    }  # fmt: skip
