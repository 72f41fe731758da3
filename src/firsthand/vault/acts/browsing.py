"""Browse: a part of the things at a time, as a diary; who was given what; names for what came back.

What pages need and commands have shorter ways for.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.keys import event_id
from firsthand.vault.acts.giving import Choice, chosen_things
from firsthand.vault.acts.keeping import counts
from firsthand.vault.acts.receiving import named_things
from firsthand.vault.store.things import match_for, phrase_for, place_at, thing_in
from firsthand.vault.terms.relationships import find, signer_of

if TYPE_CHECKING:
    from firsthand.protocol.things import Thing
    from firsthand.vault.acts.opened import Vault

COUNTED_MAX: Final = 10_000
PLACE_MAX: Final = 2**63 - 1


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which things: of a kind (schema.org type), of a source, with words that all must occur.

    since, until: days, months or years, both of them within (`2024-01-03`, `2024-01`, `2024`).
    person, place: a name that stands in the thing as it is.
    """

    type: str | None = None
    source: str | None = None
    search: str | None = None
    since: str | None = None
    until: str | None = None
    person: str | None = None
    place: str | None = None

    @property
    def by_words(self) -> bool:
        """Whether only the index of words knows how many there are."""
        return any((self.search, self.since, self.until, self.person, self.place))

    def match(self) -> str | None:
        """What to match in the index of words; None where nothing can be found."""
        parts = [name for name in (self.person, self.place) if name]
        match = match_for(type=self.type, source=self.source, search=self.search, names=parts[:1])
        if match is None or len(parts) <= 1:
            return match
        phrase = phrase_for(parts[1])
        return None if phrase is None else f"{match} AND {phrase}"

    def bounds(self) -> dict[str, int]:
        """The places in the diary between which they lie: `floor` within, `ceiling` not."""
        floor = place_at(self.since) if self.since else 0
        return {"floor": floor, "ceiling": place_at(_next(self.until)) if self.until else PLACE_MAX}


def diary(
    vault: Vault,
    chosen: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> dict[str, object]:
    """The newest things of a filter, or those next to a place: what a page shows and no more.

    before, after: a `place` that a page gave; the things are the next older or newer ones. Returns
    `{"things": [{"place", "id", "type", "name", "time", "source", "data"}], "older", "newer"}`:
    the places to go on from, None where nothing more is.
    """
    match, bounds = chosen.match(), chosen.bounds()
    if match is None:
        return {"things": [], "older": None, "newer": None}
    floor, ceiling = bounds["floor"], bounds["ceiling"]
    if after is not None:
        after = max(after, floor - 1)
        rows = vault.store.rows(
            "diary.of_words_newer", words=match, after=after, ceiling=ceiling, limit=limit + 1
        )
        more_newer, more_older = len(rows) > limit, True
        rows = rows[:limit][::-1]
    else:
        place = ceiling if before is None else min(before, ceiling)
        rows = vault.store.rows(
            "diary.of_words", words=match, before=place, floor=floor, limit=limit + 1
        )
        more_newer, more_older = before is not None, len(rows) > limit
        rows = rows[:limit]
    things = [{**row, "data": msgspec.json.decode(row["data"])} for row in rows]
    return {
        "things": things,
        "older": rows[-1]["place"] if rows and more_older else None,
        "newer": rows[0]["place"] if rows and more_newer else None,
    }


def found(vault: Vault, chosen: Filter, limit: int) -> list[dict[str, object]]:
    """The newest things of a filter: `{"id", "type", "name", "time", "source", "data"}` each.

    limit: at most so many; 0 is all.
    """
    told = diary(vault, chosen, limit=limit or PLACE_MAX - 1)["things"]
    assert isinstance(told, list)
    return [{key: value for key, value in each.items() if key != "place"} for each in told]


def _next(day: str) -> str:
    """The day, month or year after one: where a span ends that it belongs to."""
    parts = [int(part) for part in day.split("-")]
    if len(parts) == 1:
        return f"{parts[0] + 1:04d}"
    if len(parts) == 2:  # noqa: PLR2004 - year and month
        months = parts[0] * 12 + parts[1]
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return (datetime.date(*parts) + datetime.timedelta(days=1)).isoformat()


def checked_day(text: str) -> str | None:
    """A day, month or year as an address names it; None for anything else."""
    try:
        place_at(_next(text))
        return text if place_at(text) >= 0 else None
    except (ValueError, OverflowError, TypeError):
        return None


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """How many things of a filter there are, in all and in each month that has any.

    Of what words find, at most `COUNTED_MAX` are counted: then `whole` is False, `total` is that
    many, and `months` has the newest of them.
    """

    total: int
    months: list[tuple[str, int]]
    whole: bool = True


def timeline(vault: Vault, chosen: Filter) -> Timeline:
    """How many things of a filter there are and when: ("2024-01", 12)."""
    if not chosen.by_words:
        names = {"type": chosen.type, "source": chosen.source}
        rows = vault.store.rows("diary.months", **names)
        total = sum(
            int(str(each["things"]))
            for each in counts(vault)
            if chosen.type in {None, each["type"]} and chosen.source in {None, each["source"]}
        )
        return Timeline(total=total, months=[(row["month"], int(row["things"])) for row in rows])
    match, bounds = chosen.match(), chosen.bounds()
    if match is None:
        return Timeline(total=0, months=[])
    rows = vault.store.rows("diary.months_of_words", words=match, limit=COUNTED_MAX + 1, **bounds)
    total = sum(int(row["things"]) for row in rows)
    return Timeline(
        total=min(total, COUNTED_MAX),
        months=[(row["month"], int(row["things"])) for row in rows if row["month"]],
        whole=total <= COUNTED_MAX,
    )


def sums(vault: Vault) -> dict[str, dict[str, int]]:
    """How many things were given to each relationship, by the state of the giving."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in vault.store.rows("diary.sums"):
        found[row["relationship"]][row["state"]] = int(row["things"])
    return dict(found)


def given_of(vault: Vault, id: str) -> list[dict[str, object]]:
    """Who was given one thing: `{"relationship", "organisation", "state", "at"}` each."""
    found = []
    for row in vault.store.rows("disclosures.given_of_thing", thing_id=id):
        name = find(vault.store, row["relationship"]).organisation_name
        found.append({**row, "organisation": name})
    return found


def own_names(
    vault: Vault, name: str, ids: list[str], choice: Choice | None = None
) -> dict[str, dict[str, str]]:
    """My own id and name of things as a relationship calls them; unknown ids are left out.

    `choice` adds things that are only about to be given.
    """
    behind = named_things(vault, name)
    if choice is not None:
        secret = signer_of(vault.store, find(vault.store, name)).secret
        for thing in chosen_things(vault, name, choice):
            behind.setdefault(event_id(secret, thing.id), thing.id)
    found: dict[str, dict[str, str]] = {}
    for each in ids:
        row = vault.store.row("things.by_id", id=behind.get(each, ""))
        if row is not None:
            found[each] = {"id": row["id"], "name": _short_name(thing_in(row))}
    return found


def _short_name(thing: Thing) -> str:
    """What one says of a thing in a sentence: of an episode, the series."""
    shown = thing.data.get("object")
    series = shown.get("partOfSeries") if isinstance(shown, dict) else None
    return str(series["name"]) if isinstance(series, dict) and "name" in series else thing.name
