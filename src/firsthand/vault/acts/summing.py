"""Sums as rows: what `noticing` keeps of a look through everything, for pages to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.sense import places
from firsthand.vault.sense.categories import category_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firsthand.vault.sense.counting import Counting
    from firsthand.vault.sense.sums import Name
    from firsthand.vault.store import Row, Tx

SENSES: Final = ("money", "taste", "places", "people", "moves", "bought", "hours", "days", "trips")


def keep(tx: Tx, counting: Counting) -> None:
    """Put sums in the place of those that were there. Raises `UnableToKeep`."""
    tx.run("sums.forget")
    tx.run("sums.forget_names")
    tx.run_many("sums.add", cells_of(counting))
    said = correcting.said_of(tx, "category:")
    home = correcting.said_of(tx, "place:").get("home")
    names = [
        *counting.sums.every(),
        *places.trips(counting.visits, counting.sums.names("places"), home),
    ]
    tx.run_many("sums.add_name", [name_row(name, said) for name in names])


def cells_of(counting: Counting) -> list[Row]:
    """The cells as rows of `made_sums`."""
    return [
        {
            "sense": sense, "part": part, "month": month, "who": who, "unit": unit,
            "things": cell[0], "amount": cell[1],
        }
        for (sense, part, month, who, unit), cell in counting.sums.cells.items()
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
