"""What changed lately: the last whole month against the usual of the six before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts.money import called
from firsthand.vault.acts.spans import before, span_of
from firsthand.vault.sense.categories import name_of
from firsthand.vault.sense.changed import BEFORE_MONTHS, Change, changes

if TYPE_CHECKING:
    import datetime

    from firsthand.vault.acts.opened import Vault

SHOWN_MAX: Final = 8
# What a change must come to, to be told: thousandths of a currency, seconds, times.
LEAST: Final = {
    ("categories", "out"): 20_000, ("money", "out"): 20_000, ("money", "in"): 50_000,
    ("taste", "watch"): 7200, ("taste", "listen"): 7200, ("places", "visit"): 3,
    ("people", "message"): 5, ("people", "event"): 2, ("moves", "sport"): 3,
}  # fmt: skip
NEVER: Final = 2**62
AMOUNTS: Final = frozenset({"categories", "money", "taste"})
RULE: Final = (
    "A month is held against the middle of the six before it: told is what is half as much again, "
    "half and less, gone or new, and comes to enough to be felt."
)


def changed(vault: Vault, today: datetime.date, month: str | None = None) -> dict[str, Any]:
    """What is not as usual in a month; the last whole one if none is said.

    Returns `{"rule", "month", "before", "months", "changes": [{"sense", "part", "key", "name",
    "unit", "way", "now", "usual"}]}`; `way` is more, less, new or gone. Figures are thousandths,
    seconds or times. `month` is None where there is nothing.
    """
    span = span_of(vault, "days", "all")
    if span is None:
        return {"rule": RULE, "month": None, "changes": []}
    newest = min(span.last, f"{today:%Y-%m}")
    if newest == f"{today:%Y-%m}" and newest != span.first:
        newest = before(newest, 1)
    chosen = month if month in span.months else newest
    earlier = [
        each for n in range(BEFORE_MONTHS, 0, -1) if (each := before(chosen, n)) >= span.first
    ]
    bounds = {"first": before(chosen, BEFORE_MONTHS), "last": chosen}
    months = msgspec.json.encode([*earlier, chosen]).decode()
    kinds = vault.store.rows("sums.kinds_by_month", sense="money", part="out", **bounds)
    found = _of("categories", kinds, chosen, earlier)
    for sense in ("money", "taste", "places", "people", "moves"):
        rows = vault.store.rows("sums.cells", sense=sense, months=months, **bounds, **_least(sense))
        found += _of(sense, rows, chosen, earlier)
    return {
        "rule": RULE,
        "month": chosen,
        "before": earlier,
        "months": span.months[-24:][::-1],
        "changes": found,
    }


def _least(sense: str) -> dict[str, int]:
    """The least amount and the least times that any change of a sense comes to."""
    least = min(figure for (each, _), figure in LEAST.items() if each == sense)
    if sense in AMOUNTS:
        return {"amount": least, "things": NEVER}
    return {"amount": NEVER, "things": least}


def _of(
    sense: str, rows: list[dict[str, Any]], month: str, earlier: list[str]
) -> list[dict[str, Any]]:
    series: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[tuple[str, ...], str] = {}
    for row in rows:
        who = row["kind"] if sense == "categories" else row["who"]
        key = (row.get("part", "out"), who, row["unit"])
        series[key][row["month"]] += row["amount"] if sense in AMOUNTS else row["things"]
        names[key] = name_of(who) if sense == "categories" else called(row["name"] or who)
    found = []
    for (each, part), least in LEAST.items():
        if each == sense:
            mine = {key: amounts for key, amounts in series.items() if key[0] == part}
            told = changes(mine, month, earlier, least)
            found += [_told(sense, change, names) for change in told[:SHOWN_MAX]]
    return found


def _told(sense: str, change: Change, names: dict[tuple[str, ...], str]) -> dict[str, Any]:
    part, who, unit = change.key
    return {
        "sense": sense, "part": part, "key": who, "name": names[change.key], "unit": unit,
        "way": change.way, "now": change.now, "usual": change.usual,
    }  # fmt: skip
