"""People: with whom I write, meet and share money; how often, and when last."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import correcting
from firsthand.vault.acts.names import name_in, names_of

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.sense.sums import Name

SHOWN_MAX: Final = 60
RULE: Final = (
    "People are who your messages, events and contacts name, by their names; a payment counts for "
    "a person whose name is one of these; whoever is in nine of ten messages is you."
)


def people(vault: Vault) -> dict[str, Any]:
    """Everybody, those that come most often first.

    Returns `{"rule", "people": [{"key", "name", "times", "parts": {part: times}, "first", "last",
    "facts"}], "contacts"}`; `contacts` is how many are known by their address alone.
    """
    out = correcting.said_of(vault.store, "person:")
    held: dict[str, list[Name]] = defaultdict(list)
    for name in names_of(vault, "people"):
        if name.who not in out:
            held[name.who].append(name)
    every = [_told(who, names) for who, names in held.items()]
    met = [each for each in every if each["times"]]
    met.sort(key=lambda each: (-each["times"], each["name"]))
    return {"rule": RULE, "people": met[:SHOWN_MAX], "contacts": len(every) - len(met)}


def person(vault: Vault, key: str) -> dict[str, Any] | None:
    """One person as `people` tells of them, with `months`: [{"month", "part", "times"}]."""
    rows = vault.store.rows("sums.names_of", sense="people", who=key)
    if not rows:
        return None
    sums = vault.store.rows("sums.of_who", sense="people", who=key)
    return {
        **_told(key, [name_in("people", row) for row in rows]),
        "months": [
            {"month": row["month"], "part": row["part"], "times": row["things"]}
            for row in sums if row["month"]
        ],
    }  # fmt: skip


def _told(who: str, names: list[Name]) -> dict[str, Any]:
    met = [name for name in names if name.part != "contact"]
    days = [day for name in met for day in (name.first, name.last) if day]
    facts = {
        fact: value
        for name in names
        for fact, value in name.facts.items()
        if fact in {"email", "telephone", "birthDate"}
    }
    best = max(names, key=lambda name: name.things)
    return {
        "key": who, "name": best.name, "times": sum(name.things for name in met),
        "parts": {name.part: name.things for name in names}, "first": min(days, default=None),
        "last": max(days, default=None), "facts": facts,
    }  # fmt: skip
