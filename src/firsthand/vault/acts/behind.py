"""What is behind a figure: the very rows that were counted into it, the newest first.

The index of words finds candidates by the names of whoever the figure is of; each is then read
again by the rule that counted it, so that nothing else is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.vault.acts import correcting
from firsthand.vault.acts.browsing import Filter
from firsthand.vault.acts.money import NOT_SAID
from firsthand.vault.sense import facets
from firsthand.vault.sense.sums import HOURS, Sums, key_of
from firsthand.vault.store.things import match_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.vault.acts.opened import Vault

    Rule = Callable[[dict[str, Any]], bool]

AT_ONCE: Final = 250
READ_MAX: Final = 2000
NAMES_MAX: Final = 60
TYPES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("money", "out"): ("PayAction",),
    ("money", "in"): ("ReceiveAction",),
    ("bought", "order"): ("BuyAction",),
    ("taste", "watch"): ("WatchAction",),
    ("taste", "listen"): ("ListenAction",),
    ("taste", "read"): ("ReadAction",),
    ("places", "visit"): ("ArriveAction",),
    ("places", "booked"): ("ReserveAction",),
    ("places", "event"): ("Event",),
    ("places", "country"): ("WatchAction",),
    ("places", "fix"): ("Observation",),
    ("people", "event"): ("Event",),
    ("people", "message"): ("CommunicateAction",),
    ("people", "contact"): ("Person",),
    ("people", "transfer"): ("PayAction", "ReceiveAction"),
    ("events", "event"): ("Event",),
    ("moves", "sport"): ("ExerciseAction",),
    ("moves", "way"): ("TravelAction",),
}


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure on a page: its sense and part, whom it is of, and the span it is of.

    who: the key of one, or empty for all. kind: a category of shops, or empty. cell: a weekday and
    an hour (`0-20`) for hours. unit: the currency of a sum of money, `NOT_SAID` for payments that
    name none, empty for all. since, until: days, months or years, both within.
    """

    sense: str
    part: str
    who: str = ""
    kind: str = ""
    unit: str = ""
    since: str | None = None
    until: str | None = None


def behind(
    vault: Vault, figure: Figure, *, before: int | None = None, limit: int = 50
) -> dict[str, object]:
    """The rows that a figure was made of: `{"things": [...], "older": place or None, "name"}`.

    The form of the things is that of `browsing.diary`. `older` goes on where this ends; it may be
    there although few or no things came, where most of what was read did not count.
    """
    names, name = _names(vault, figure)
    rule = _rule(vault, figure)
    types = TYPES.get((figure.sense, figure.part)) or (figure.part,)
    bounds = Filter(since=figure.since, until=figure.until).bounds()
    matches = [match_for(type=type, names=names) for type in types]
    match = " OR ".join(f"({each})" for each in matches if each)
    place = bounds["ceiling"] if before is None else min(before, bounds["ceiling"])
    things: list[dict[str, Any]] = []
    read = 0
    while match and read < READ_MAX:
        found = vault.store.rows(
            "diary.of_words", words=match, before=place, floor=bounds["floor"], limit=AT_ONCE
        )
        read += len(found)
        for row in found:
            place = row["place"]
            thing = {**row, "data": msgspec.json.decode(row["data"])}
            if rule(thing):
                things.append(thing)
            if len(things) == limit:
                return {"things": things, "older": place, "name": name}
        if len(found) < AT_ONCE:
            return {"things": things, "older": None, "name": name}
    return {"things": things, "older": place if match else None, "name": name}


def _names(vault: Vault, figure: Figure) -> tuple[list[str], str]:
    """What candidates are found by, and how whoever the figure is of is called."""
    if not figure.who or figure.sense in {"hours", "days"}:
        return [], ""
    rows = vault.store.rows("sums.names_of", sense=figure.sense, who=figure.who)
    rows = [row for row in rows if row["part"] == figure.part] or rows
    names = [
        str(name) for row in rows for name in msgspec.json.decode(row["facts"]).get("names", [])
    ]
    fit = [name for name in names if any(sign.isalnum() for sign in name)]
    whole = len(fit) == len(names) and len(names) <= NAMES_MAX
    return (fit if whole and figure.part != "fix" else []), str(rows[0]["name"]) if rows else ""


def _rule(vault: Vault, figure: Figure) -> Rule:
    """Whether a row was counted into the figure."""
    who, part = figure.who, figure.part
    if figure.sense == "hours":
        sums = Sums(correcting.zone_of(vault.store))
        return lambda thing: _cell(sums, thing["time"]) == who
    if figure.sense == "money":
        rows = vault.store.rows("sums.names", sense="money", limit=-1) if figure.kind else []
        kinds = {row["who"]: row["kind"] for row in rows}
        return lambda thing: (
            _in_unit(thing, figure.unit)
            and _paid(facets.merchant_of(thing["name"]), who, figure.kind, kinds)
        )
    counted = _COUNTED.get(figure.sense)
    if not who or counted is None:
        return lambda _thing: True
    return lambda thing: who in counted(thing, part)


def _in_unit(thing: dict[str, Any], unit: str) -> bool:
    return not unit or (thing["data"].get("priceCurrency") or NOT_SAID) == unit


def _paid(merchant: str, who: str, kind: str, kinds: dict[str, str]) -> bool:
    return (not who or merchant == who) and (not kind or kinds.get(merchant) == kind)


def _cell(sums: Sums, time: str | None) -> str:
    when = sums.when(time)
    return HOURS.format(when.weekday, when.hour) if when is not None else ""


def _works(thing: dict[str, Any], _part: str) -> set[str]:
    shown = thing["data"].get("object")
    return set() if facets.is_unknown(shown) else {facets.work_of(shown, thing["name"]).who}


def _spots(thing: dict[str, Any], part: str) -> set[str]:
    data = thing["data"]
    if part == "country":
        return {key_of(facets.country_of(data.get("location")))}
    if part == "booked":
        return {each.who for each in facets.booked_at(data)}
    spot = facets.spot_of(data.get("location"))
    return {spot.who} if spot is not None else set()


def _people(thing: dict[str, Any], part: str) -> set[str]:
    if part == "contact":
        return {key_of(thing["name"])}
    if part == "transfer":
        return {facets.merchant_of(thing["name"])}
    return {who for who, _ in facets.people_of(thing["data"])}


def _moves(thing: dict[str, Any], part: str) -> set[str]:
    return {key_of(facets.mode_of(thing["data"], part))}


def _titles(thing: dict[str, Any], _part: str) -> set[str]:
    return {key_of(thing["name"])}


def _sellers(thing: dict[str, Any], _part: str) -> set[str]:
    return {facets.merchant_of(facets.seller_of(thing["data"]) or thing["source"])}


_COUNTED: Final = {
    "taste": _works,
    "places": _spots,
    "people": _people,
    "moves": _moves,
    "bought": _sellers,
    "events": _titles,
}
