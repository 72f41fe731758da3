"""Sums of sums: whole months, days, years and what is at their top, so that pages read few rows.

They are cells as any other, under senses of their own: `all:taste` holds a month of everything that
was watched or heard, `top:taste` the first names of a year, `year:taste` what a year comes to,
`large:taste` the cells that a change can be told of, `judged` the names that a verdict is shown of,
`weekly` the names that a calendar has a rule for.
`day` and `all:days` are days and months whatever came in them, `all:hours` is a week of all time.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import Final, TypeVar

from firsthand.vault.sense.changed import AMOUNTS, LEAST
from firsthand.vault.sense.sums import Cell, Key, Name
from firsthand.vault.sense.taste import verdict

# More than are shown: where somebody lives and works is no news of a year.
TOP_MAX: Final = 7
# More than are shown, so that what a person takes out is followed by the next.
JUDGED_MAX: Final = 60
TOPS: Final = (
    ("taste", "watch"), ("taste", "listen"), ("taste", "read"), ("places", "visit"),
    ("people", "message"), ("people", "event"),
)  # fmt: skip
NAMES: Final = "names"
Cells = dict[Key, Cell]
Of = TypeVar("Of")


def rolled(cells: Mapping[Key, Cell]) -> Cells:
    """What is kept of `cells`: they themselves, but for days and hours, and their sums."""
    kept: Cells = {}
    years: dict[tuple[str, str, str], dict[tuple[str, str], Cell]] = defaultdict(dict)
    for key, cell in cells.items():
        sense, part, month, who, unit = key
        if sense == "days":
            _put(kept, ("day", "", month, who, ""), cell)
            _put(kept, ("all:days", part, month, "", ""), cell)
        elif sense == "hours":
            _put(kept, ("all:hours", part, "", who, ""), cell)
        else:
            kept[key] = cell
            _put(kept, (f"all:{sense}", part, month, "", unit), cell)
            least = LEAST.get((sense, part))
            if least and (cell.amount if sense in AMOUNTS else cell.things) >= least:
                kept[f"large:{sense}", part, month, who, unit] = cell
            if month and (sense, part) in TOPS:
                _put(years[sense, part, month[:4]], (who, unit), cell)
    for of, whos in years.items():
        _add_year(kept, of, whos)
    return kept


def judged(names: Iterable[Name], today: datetime.date) -> Cells:
    """The names of taste that weigh most, some for each verdict of the rules.

    Which verdict is in the place of the unit. Whether a series was left depends on the day, so this
    is made anew with the findings of each day.
    """
    lists: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for name in names:
        if name.sense == "taste":
            lists[name.part, verdict(name, {}, today).taste].append(name)
    return {
        ("judged", part, "", name.who, taste): Cell(name.things, name.amount)
        for (part, taste), every in lists.items()
        for name in nsmallest(JUDGED_MAX, every, key=lambda n: (-n.amount, -n.things, n.name))
    }


def weekly(names: Iterable[Name]) -> Cells:
    """The names that stand in a calendar with a rule for days of the week.

    Which sense is in the place of the unit.
    """
    return {
        ("weekly", name.part, "", name.who, name.sense): Cell(name.things, 0)
        for name in names
        if "weekly" in name.facts
    }


def _add_year(kept: Cells, of: tuple[str, str, str], whos: Mapping[tuple[str, str], Cell]) -> None:
    sense, part, year = of
    timed = sense in AMOUNTS  # others are told in times: visits, messages, events
    first = nsmallest(
        TOP_MAX,
        whos.items(),
        key=lambda i: (-i[1].amount if timed else 0, -i[1].things, i[0]),
    )
    for (who, unit), cell in first:
        kept[f"top:{sense}", part, year, who, unit] = cell
    whole = f"year:{sense}"
    for cell in whos.values():
        _put(kept, (whole, part, year, "", ""), cell)
    kept[whole, part, year, NAMES, ""] = Cell(len({who for who, _ in whos}), 0)


def _put(cells: dict[Of, Cell], key: Of, cell: Cell) -> None:
    held = cells.get(key)
    if held is None:
        cells[key] = Cell(cell.things, cell.amount)
    else:
        held.things += cell.things
        held.amount += cell.amount
