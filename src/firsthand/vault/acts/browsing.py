"""Browse: a part of the things at a time, as a diary; who was given what; names for what came back.

What pages need and commands have shorter ways for.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.keys import event_id
from firsthand.vault.acts.giving import Choice, chosen_things
from firsthand.vault.acts.keeping import counts
from firsthand.vault.acts.receiving import named_things
from firsthand.vault.store.things import thing_in, words_for
from firsthand.vault.terms.relationships import find, signer_of

if TYPE_CHECKING:
    from firsthand.protocol.things import Thing
    from firsthand.vault.acts.opened import Vault


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which things: of a kind (schema.org type), of a source, with words that all must occur."""

    type: str | None = None
    source: str | None = None
    search: str | None = None


def diary(vault: Vault, chosen: Filter, *, skip: int = 0, limit: int = 50) -> dict[str, object]:
    """The newest things of a filter after the first `skip`, and how many there are in all.

    Returns `{"things": [{"id", "type", "name", "time", "source", "data"}], "total"}`.
    """
    if chosen.search is not None:
        match = words_for(chosen.search)
        if match is None:
            return {"things": [], "total": 0}
        names = {"words": match, "type": chosen.type, "source": chosen.source}
        rows = vault.store.rows("diary.of_words", limit=limit, skip=skip, **names)
        counted = vault.store.row("diary.count_of_words", **names)
        total = int(counted["things"]) if counted else 0
    else:
        query, asked = _statement(chosen)
        rows = vault.store.rows(query, limit=limit, skip=skip, **asked)
        total = sum(
            int(str(each["things"]))
            for each in counts(vault)
            if chosen.type in {None, each["type"]} and chosen.source in {None, each["source"]}
        )
    things = [{**row, "data": msgspec.json.decode(row["data"])} for row in rows]
    return {"things": things, "total": total}


def months(vault: Vault, chosen: Filter) -> list[tuple[str, int]]:
    """How many things of a filter there are in each month that has any: ("2024-01", 12)."""
    names = {"type": chosen.type, "source": chosen.source}
    if chosen.search is None:
        rows = vault.store.rows("diary.months", **names)
    else:
        match = words_for(chosen.search)
        if match is None:
            return []
        rows = vault.store.rows("diary.months_of_words", words=match, **names)
    return [(row["month"], int(row["things"])) for row in rows]


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


def findings_stand_on(vault: Vault) -> tuple[int, int]:
    """Two numbers that change whenever something was brought: what findings are of."""
    row = vault.store.row("diary.newest_import")
    return (int(row["imports"]), int(row["newest"])) if row else (0, 0)


def _statement(chosen: Filter) -> tuple[str, dict[str, str]]:
    if chosen.type is not None and chosen.source is not None:
        return "diary.of_both", {"type": chosen.type, "source": chosen.source}
    if chosen.type is not None:
        return "diary.of_type", {"type": chosen.type}
    if chosen.source is not None:
        return "diary.of_source", {"source": chosen.source}
    return "diary.of_all", {}
