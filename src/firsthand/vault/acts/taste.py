"""Taste: what I watch, hear and read across services, with what I like and what I do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.acts.names import names_of
from firsthand.vault.acts.spans import before, span_of
from firsthand.vault.sense.taste import Verdict, verdict

if TYPE_CHECKING:
    import datetime

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.sense.sums import Name

SHOWN_MAX: Final = 24
MONTHS_MAX: Final = 24
PARTS: Final = {"watch": "Watched", "listen": "Heard", "read": "Read"}
RULE: Final = (
    "You like what you rated four of five or more, liked there, or came back to: five pieces or "
    "three hours of a series, thirty plays or two hours of an artist, two books of an author. You "
    "do not like what you rated two or less, disliked there, mostly skipped, or left after two "
    "pieces. What you say yourself stands above it."
)


def taste(vault: Vault, today: datetime.date) -> dict[str, Any]:
    """One profile of all services.

    Returns `{"rule", "months": [{"month", "part", "things", "seconds"}], "parts": [{"part",
    "name", "things", "seconds", "likes", "dislikes", "other"}]}`; each of the lists has `{"key",
    "name", "taste", "why", "own", "things", "seconds", "first", "last"}`. `key` is what a
    correction of it is kept by. A part of which there is nothing is left out.
    """
    said = correcting.said_of(vault.store, "taste:")
    found: dict[str, list[dict[str, Any]]] = {}
    for name in names_of(vault, "taste"):
        found.setdefault(name.part, []).append(_told(name, verdict(name, said, today)))
    span = span_of(vault, "taste")
    rows = []
    if span is not None:
        within = {"first": before(span.last, MONTHS_MAX - 1), "last": span.last}
        rows = vault.store.rows("sums.by_month", sense="taste", **within)
    return {
        "rule": RULE,
        "span": msgspec.to_builtins(span),
        "months": [
            {"month": r["month"], "part": r["part"], "things": r["things"], "seconds": r["amount"]}
            for r in rows if r["month"]
        ],
        "parts": [_part(part, found[part]) for part in PARTS if part in found],
    }  # fmt: skip


def _part(part: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    lists: dict[str, list[dict[str, Any]]] = {"like": [], "dislike": [], "": [], "out": []}
    for item in items:
        lists[item["taste"]].append(item)
    return {
        "part": part,
        "name": PARTS[part],
        "things": sum(item["things"] for item in items),
        "seconds": sum(item["seconds"] for item in items),
        "likes": sorted(lists["like"], key=_weight)[:SHOWN_MAX],
        "dislikes": sorted(lists["dislike"], key=_weight)[:SHOWN_MAX],
        "other": sorted(lists[""] + lists["out"], key=_weight)[:SHOWN_MAX],
    }


def _weight(item: dict[str, Any]) -> tuple[bool, int, int, str]:
    return (not item["own"], -item["seconds"], -item["things"], item["name"])


def _told(name: Name, judged: Verdict) -> dict[str, Any]:
    return {
        "key": f"taste:{name.part}:{name.who}", "who": name.who, "name": name.name,
        "taste": judged.taste, "why": judged.why, "own": judged.own, "things": name.things,
        "seconds": name.amount, "first": name.first, "last": name.last,
    }  # fmt: skip
