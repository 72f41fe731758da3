"""What changed lately: the last whole month against the usual of the six before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.foundation.web import words
from firsthand.vault.acts.money import called
from firsthand.vault.acts.money import said as amount_said
from firsthand.vault.acts.spans import before, span_of
from firsthand.vault.sense.categories import name_of
from firsthand.vault.sense.changed import AMOUNTS, BEFORE_MONTHS, LEAST, Change, changes

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from firsthand.vault.acts.opened import Vault

SHOWN_MAX: Final = 8
UNITS: Final = {"message": "message", "event": "time", "visit": "visit", "sport": "time"}
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
    found = _of(("categories", "out"), kinds, chosen, earlier)
    for sense, part in LEAST:
        if sense != "categories":
            of = {"sense": sense, "part": part, "months": months}
            rows = vault.store.rows("sums.cells", **of, **bounds)
            found += _of((sense, part), rows, chosen, earlier)
    return {
        "rule": RULE,
        "month": chosen,
        "before": earlier,
        "months": span.months[-24:][::-1],
        "changes": found,
    }


def said(change: Mapping[str, Any], figure: int) -> str:
    """A figure of a change in words: an amount with its currency, a time, or how often."""
    if change["sense"] in {"categories", "money"}:
        return words.money(amount_said(figure), change["unit"] or None)
    if change["sense"] == "taste":
        return words.hours(figure) if figure else "nothing"
    return words.plural(figure, UNITS.get(change["part"], "time")) if figure else "nothing"


def _of(
    of: tuple[str, str], rows: list[dict[str, Any]], month: str, earlier: list[str]
) -> list[dict[str, Any]]:
    sense, part = of
    series: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[tuple[str, ...], str] = {}
    for row in rows:
        who = row["kind"] if sense == "categories" else row["who"]
        key = (part, who, row["unit"])
        series[key][row["month"]] += row["amount"] if sense in AMOUNTS else row["things"]
        names[key] = row.get("name") or who
    found = changes(series, month, earlier, LEAST[of])[:SHOWN_MAX]
    return [_told(sense, change, names[change.key]) for change in found]


def _told(sense: str, change: Change, name: str) -> dict[str, Any]:
    part, who, unit = change.key
    return {
        "sense": sense, "part": part, "key": who, "unit": unit,
        "name": name_of(who) if sense == "categories" else called(name),
        "way": change.way, "now": change.now, "usual": change.usual,
    }  # fmt: skip
