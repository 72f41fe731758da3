"""Days: what was brought as a diary that reads, day by day."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.acts import correcting
from firsthand.vault.acts.browsing import Filter
from firsthand.vault.sense.diary import entries
from firsthand.vault.sense.sums import Sums

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

DAYS: Final = 7
READ_MAX: Final = 400
LAST_DAY: Final = "9999-12-31"


def days(vault: Vault, *, before: str | None = None, limit: int = DAYS) -> dict[str, Any]:
    """The newest days that have anything, or those before a day (`2024-01-03`).

    Returns `{"days": [{"day", "things", "entries": [{"type", "things", "names", "with_", "at",
    "seconds", "metres", "amounts"}]}], "older"}`: the day to go on before, None where nothing more
    is. Of a day at most 400 things are read; `things` is how many there are.
    """
    asked = before or LAST_DAY
    of = {"before": asked, "until": asked[:7], "limit": limit + 1}
    rows = vault.store.rows("sums.days_before", **of)
    sums = Sums(correcting.zone_of(vault.store))
    told = [
        {**row, "entries": msgspec.to_builtins(entries(_things(vault, row["day"], sums)))}
        for row in rows[:limit]
    ]
    return {"days": told, "older": rows[limit - 1]["day"] if len(rows) > limit else None}


def _things(vault: Vault, day: str, sums: Sums) -> list[Thing]:
    """The things of a day by the person's own clock."""
    margin = datetime.timedelta(days=0 if sums.zone == "UTC" else 1)
    at = datetime.date.fromisoformat(day)
    chosen = Filter(since=f"{at - margin}", until=f"{at + margin}")
    bounds, match = chosen.bounds(), chosen.match()
    rows = vault.store.rows(
        "diary.of_words", words=match, before=bounds["ceiling"], floor=bounds["floor"],
        limit=READ_MAX,
    )  # fmt: skip
    found = []
    for row in rows:
        when = sums.when(row["time"])
        if when is not None and when.day == day:
            found.append(
                Thing(
                    id=row["id"], type=row["type"], name=row["name"], time=row["time"],
                    source=row["source"], data=msgspec.json.decode(row["data"]),
                )
            )  # fmt: skip
    return found
