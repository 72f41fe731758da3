"""Routines: at which hours of the week, and what comes back on the same day of the week."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import correcting
from firsthand.vault.acts.names import names_of
from firsthand.vault.sense import routines as rules

if TYPE_CHECKING:
    import datetime

    from firsthand.vault.acts.opened import Vault

SENSES: Final = ("taste", "places", "people", "moves", "money")
SHOWN_MAX: Final = 24
NAMES_MAX: Final = 600
RULE: Final = (
    "A square is an hour of a weekday, by your own clock; a routine is what came six times and "
    "more, in a quarter of its weeks, and six of ten times on one weekday, and not longer ago than "
    "120 days."
)


def routines(vault: Vault, today: datetime.date, kind: str | None = None) -> dict[str, Any]:
    """The week of one kind of things, and every habit that holds.

    kind: a schema.org type; that with most hours if none is said. Returns `{"rule", "zone",
    "kind", "kinds": {type: things}, "week": [{"weekday", "hour", "things"}], "routines": [{"says",
    "sense", "part", "key", "name", "weekday", "times", "of", "first", "last"}]}`; 0 is Monday.
    """
    rows = vault.store.rows("sums.whos", sense="hours", first="0", last="9")
    kinds: dict[str, int] = defaultdict(int)
    for row in rows:
        kinds[row["part"]] += row["things"]
    ordered = dict(sorted(kinds.items(), key=lambda each: -each[1]))
    chosen = kind if kind in ordered else next(iter(ordered), None)
    names = [name for sense in SENSES for name in names_of(vault, sense, NAMES_MAX)]
    return {
        "rule": RULE,
        "zone": correcting.zone_of(vault.store),
        "kind": chosen,
        "kinds": ordered,
        "week": [
            {"weekday": int(row["who"][0]), "hour": int(row["who"][2:]), "things": row["things"]}
            for row in rows if row["part"] == chosen
        ],
        "routines": [
            {"says": each.says, "sense": each.name.sense, "part": each.name.part,
             "key": each.name.who, "name": each.name.name, "weekday": each.weekday,
             "times": each.times, "of": each.of, "first": each.name.first, "last": each.name.last}
            for each in rules.routines(names, today)[:SHOWN_MAX]
        ],
    }  # fmt: skip
