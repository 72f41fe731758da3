"""Places: where I was, how often and how long, where home and work are, and trips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.acts.names import names_of
from firsthand.vault.acts.spans import span_of
from firsthand.vault.sense import places as rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.sense.sums import Name

SHOWN_MAX: Final = 40
DOTS_MAX: Final = 250
TRIPS_MAX: Final = 12
NONE: Final = "none"
RULE: Final = (
    "Home is the place of most nights, three at least; work is the other place of most stays of "
    "three hours that begin between 7 and 15 o'clock on working days, four at least; a trip is one "
    "night or more in a row further than 50 km from home."
)
PARTS: Final = {"visit": "Visited", "booked": "Booked", "event": "Met there", "fix": "Passed"}


def places(vault: Vault) -> dict[str, Any]:
    """Every place that is known of.

    Returns `{"rule", "home", "work", "places": [{"key", "part", "name", "mark", "times",
    "seconds", "nights", "first", "last", "at"}], "dots": the same, of those whose place in degrees
    is known, "trips": [{"from", "to", "name", "places", "nights", "km"}], "countries": [...],
    "moves": [{"part", "name", "times", "metres"}]}`. `home` and `work` are keys, or None.
    """
    said = correcting.said_of(vault.store, "place:")
    names = [
        *names_of(vault, "places", ("visit", "booked", "event", "country")),
        *names_of(vault, "places", ("fix",), DOTS_MAX),
    ]
    home, work = _home_and_work(names, said)
    spots = _once(_told(name, said, home, work) for name in names if name.part in PARTS)
    return {
        "rule": RULE,
        "span": msgspec.to_builtins(span_of(vault, "places")),
        "home": home,
        "work": work,
        "places": [spot for spot in spots if spot["part"] != "fix"][:SHOWN_MAX],
        "dots": [spot for spot in spots if spot["at"]][:DOTS_MAX],
        "trips": _trips(vault),
        "countries": [_told(name, said, None, None) for name in names if name.part == "country"],
        "moves": [
            {"part": name.part, "key": name.who, "name": name.name, "times": name.things,
             "metres": name.amount}
            for name in names_of(vault, "moves")
        ],
    }  # fmt: skip


def home_and_work(vault: Vault) -> tuple[str | None, str | None]:
    """The keys of home and of work, by what was said or by rule; None where they are not known."""
    return _home_and_work(
        names_of(vault, "places", ("visit",)), correcting.said_of(vault.store, "place:")
    )


def _home_and_work(names: list[Name], said: dict[str, str]) -> tuple[str | None, str | None]:
    home = _guess(said.get("home"), rules.home_of(names))
    return home, _guess(said.get("work"), rules.work_of(names, home))


def _once(spots: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each place once: as a visit, if it was visited, else as what it comes as most often."""
    held: dict[str, dict[str, Any]] = {}
    for spot in spots:
        other = held.get(spot["key"])
        if other is None or (spot["part"] == "visit" and other["part"] != "visit"):
            held[spot["key"]] = spot
    return sorted(held.values(), key=lambda spot: (-spot["times"], spot["key"]))


def _guess(said: str | None, ruled: Name | None) -> str | None:
    if said is not None:
        return None if said == NONE else said
    return ruled.who if ruled is not None else None


def _told(name: Name, said: dict[str, str], home: str | None, work: str | None) -> dict[str, Any]:
    mark = "home" if name.who == home else "work" if name.who == work else ""
    return {
        "key": name.who, "part": name.part, "name": said.get(f"name:{name.who}", name.name),
        "mark": mark if name.part == "visit" else "", "times": name.things,
        "seconds": name.amount, "nights": name.facts.get("nights", 0), "first": name.first,
        "last": name.last, "at": name.facts.get("at"),
    }  # fmt: skip


def _trips(vault: Vault) -> list[dict[str, Any]]:
    names = sorted(names_of(vault, "trips"), key=lambda name: name.first or "", reverse=True)
    return [_trip(name) for name in names[:TRIPS_MAX]]


def _trip(name: Name) -> dict[str, Any]:
    return {
        "from": name.first, "to": name.last, "name": name.name, "places": name.facts["names"],
        "nights": name.facts["nights"], "km": name.facts["km"],
    }  # fmt: skip
