"""Sums as rows: what `noticing` keeps of a look through everything, for pages to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.sense import places
from firsthand.vault.sense.categories import category_of
from firsthand.vault.sense.rollups import judged, rolled, weekly
from firsthand.vault.sense.taste import went_on_until

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from firsthand.vault.sense.counting import Counting
    from firsthand.vault.sense.sums import Cell, Key, Name
    from firsthand.vault.store import Row, Tx

# The form of what is kept here: whatever was kept in another one is made anew.
FORM: Final = 6


def keep(tx: Tx, counting: Counting, today: datetime.date) -> None:
    """Put sums in the place of those that were there, as of `today`. Raises `UnableToKeep`."""
    tx.run("sums.forget")
    tx.run("sums.forget_names")
    every = counting.sums.every()
    tx.run_many("sums.add", cells_of(rolled(counting.sums.cells)))
    watched = (name for name in every if (name.sense, name.part) == ("taste", "watch"))
    seen = max((name.last or "" for name in watched), default="")
    tx.run_many("sums.add", cells_of(judged(every, went_on_until(seen, today))))
    tx.run_many("sums.add", cells_of(weekly(every)))
    said = correcting.said_of(tx, "category:")
    home = correcting.said_of(tx, "place:").get("home")
    names = [
        *every,
        *places.trips(counting.visits, counting.sums.names("places"), home),
    ]
    tx.run_many("sums.add_name", [name_row(name, said) for name in names])


def cells_of(cells: Mapping[Key, Cell]) -> list[Row]:
    """Cells as rows of `made_sums`."""
    return [
        {
            "sense": sense, "part": part, "month": month, "who": who, "unit": unit,
            "things": cell.things, "amount": cell.amount,
        }
        for (sense, part, month, who, unit), cell in cells.items()
    ]  # fmt: skip


def name_row(name: Name, said: Mapping[str, str]) -> Row:
    """A name as a row of `made_names`; a shop has its category, by what was said or by rule."""
    kind = ""
    if name.sense == "money":
        kind = said.get(name.who) or category_of(name.name)
    return {
        "sense": name.sense, "who": name.who, "part": name.part, "name": name.name, "kind": kind,
        "things": name.things, "amount": name.amount, "first": name.first, "last": name.last,
        "facts": msgspec.json.encode(name.facts).decode(),
    }  # fmt: skip
