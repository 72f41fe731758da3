"""Routines: at which hours of the week, and what comes back on the same day of the week."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.acts.names import name_in
from firsthand.vault.sense import routines as rules

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

SENSES: Final = {
    sense: [part for each, part in rules.VERBS if each == sense]
    for sense in ("taste", "places", "people", "moves", "money", "events")
}
SHOWN_MAX: Final = 24
NAMES_MAX: Final = 600
RULE: Final = (
    "A square is an hour of a weekday, by your own clock; a routine is what came six times and "
    "more on its days, each in a quarter of its weeks: six of ten times on one weekday, eight of "
    "ten on two, or nine of ten from Monday to Friday, and not longer ago than 120 days. What your "
    "calendar repeats every week or so by a rule of its own is one until that rule ends."
)


def routines(vault: Vault, today: datetime.date, kind: str | None = None) -> dict[str, Any]:
    """The week of one kind of things, and every habit that holds.

    kind: a schema.org type; that with most hours if none is said. Returns `{"rule", "zone",
    "named", "kind", "kinds": {type: things}, "week": [{"weekday", "hour", "things"}],
    "routines": [{"says", "sense", "part", "key", "name", "weekdays", "every", "by", "times", "of",
    "first", "last"}]}`; 0 is Monday, and `named` is whether the zone is the person's own word. By
    "count" it came on so many `times` `of` all; by "rule" a calendar repeats it `every` so many
    weeks from `first` to `last`, None where it does not end, and `times` and `of` are None.
    """
    rows = vault.store.rows("sums.week")
    kinds: dict[str, int] = defaultdict(int)
    for row in rows:
        kinds[row["part"]] += row["things"]
    ordered = dict(sorted(kinds.items(), key=lambda each: -each[1]))
    chosen = kind if kind in ordered else next(iter(ordered), None)
    since = f"{today - datetime.timedelta(days=rules.FRESH_DAYS_MAX)}"
    names = [
        name_in(sense, row)
        for sense, parts in SENSES.items()
        for row in vault.store.rows(
            "sums.names_since", sense=sense, parts=msgspec.json.encode(parts).decode(),
            least=rules.TIMES_MIN, since=since, limit=NAMES_MAX,
        )
    ]  # fmt: skip
    standing = [
        name_in("events", row)
        for row in vault.store.rows("sums.weekly", sense="events", limit=NAMES_MAX)
    ]
    every = {(name.sense, name.part, name.who): name for name in [*names, *standing]}
    return {
        "rule": RULE,
        "zone": correcting.zone_of(vault.store),
        "named": bool(correcting.said_of(vault.store, correcting.CLOCK)),
        "kind": chosen,
        "kinds": ordered,
        "week": [
            {"weekday": int(row["who"][0]), "hour": int(row["who"][2:]), "things": row["things"]}
            for row in rows
            if row["part"] == chosen
        ],
        "routines": [_told(each) for each in rules.routines(every.values(), today)[:SHOWN_MAX]],
    }


def _told(each: rules.Routine) -> dict[str, Any]:
    name, series = each.name, each.series
    first, last = name.first, name.last
    if series:
        first = series.first.isoformat()
        last = series.until.isoformat() if series.until else None
    return {
        "says": each.says, "sense": name.sense, "part": name.part, "key": name.who,
        "name": name.name, "weekdays": each.weekdays, "every": series.every if series else 1,
        "by": "rule" if series else "count", "first": first, "last": last,
        "times": None if series else each.times, "of": None if series else each.of,
    }  # fmt: skip
