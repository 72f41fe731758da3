"""A year in review, across everything that was brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import correcting
from firsthand.vault.acts.money import money
from firsthand.vault.acts.names import names_of
from firsthand.vault.acts.places import home_and_work
from firsthand.vault.acts.spans import span_of
from firsthand.vault.sense.changed import AMOUNTS
from firsthand.vault.sense.rollups import NAMES, TOPS

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

TOP_SHOWN_MAX: Final = 5
RULE: Final = (
    "Everything counts in the year of its own day; new is what was never in your data before. "
    "Home and work are counted, but are not among the places of the year."
)


def year(vault: Vault, name: str | None = None) -> dict[str, Any]:
    """One year: `{"rule", "year", "years", "things", "days": [{"day", "things"}], "busiest",
    "tops": [{"sense", "part", "total", "amount", "new", "top": [...]}], "money", "moves",
    "trips"}`. `year` is None where there is nothing; without a name it is the newest.
    """  # noqa: D205 - the form is one sentence
    span = span_of(vault, "days", name)
    if span is None:
        return {"rule": RULE, "year": None}
    chosen = name if name in span.years else span.years[0]
    first, last = f"{chosen}-01", f"{chosen}-12"
    rows = vault.store.rows("sums.of_days", first=first, last=last)
    days = {str(row["day"]): int(row["things"]) for row in rows}
    paid = money(vault, chosen)
    return {
        "rule": RULE,
        "year": chosen,
        "years": span.years,
        "things": sum(days.values()),
        "days": [{"day": day, "things": count} for day, count in days.items()],
        "busiest": max(days, key=lambda day: (days[day], day), default=None),
        "tops": [
            top
            for sense, part in TOPS
            if (top := _top(vault, sense, part, chosen)) is not None
        ],
        "money": {key: paid[key] for key in ("out", "in", "currency", "categories", "shops")}
        if paid.get("shops") else None,
        "moves": _moves(vault, first, last),
        "trips": [
            {"from": each.first, "to": each.last, "name": each.name, **each.facts}
            for each in names_of(vault, "trips") if (each.first or "")[:4] == chosen
        ],
    }  # fmt: skip


def _top(vault: Vault, sense: str, part: str, year: str) -> dict[str, Any] | None:
    of = {"sense": sense, "part": part}
    timed = int(sense in AMOUNTS)
    rows = vault.store.rows("sums.top_of_year", **of, year=year, timed=timed)
    called = dict[str, str]()
    if sense == "places":
        mine = home_and_work(vault)
        rows = [row for row in rows if row["who"] not in mine] or rows
        called = correcting.said_of(vault.store, "place:name:")
    whole = {row["figure"]: row for row in vault.store.rows("sums.of_year", **of, year=year)}
    if not rows or not whole:
        return None
    fresh = vault.store.row("sums.new_names", **of, first=f"{year}-01", last=f"{year}-12-31")
    return {
        "sense": sense,
        "part": part,
        "total": whole[""]["things"],
        "amount": whole[""]["amount"],
        "names": whole[NAMES]["things"],
        "new": fresh["names"] if fresh is not None else 0,
        "top": [
            {"key": row["who"], "name": called.get(row["who"], row["name"]), "times": row["things"],
             "amount": row["amount"]}
            for row in rows[:TOP_SHOWN_MAX]
        ],
    }  # fmt: skip


def _moves(vault: Vault, first: str, last: str) -> list[dict[str, Any]]:
    rows = vault.store.rows("sums.whos", sense="moves", first=first, last=last)
    names = {(each.part, each.who): each.name for each in names_of(vault, "moves")}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["part"], row["who"])
        each = found.setdefault(key, {"part": key[0], "key": key[1], "name": names.get(key, key[1]),
                                      "times": 0, "metres": 0, "seconds": 0})  # fmt: skip
        each["times"] += row["things"]
        each["metres" if row["unit"] == "m" else "seconds"] += row["amount"]
    return sorted(found.values(), key=lambda each: -each["metres"])
