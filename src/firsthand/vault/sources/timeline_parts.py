"""What every form of the Timeline is made of: a fix, a visit, a way between two places."""

from typing import NamedTuple

from firsthand.protocol.things import Thing
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.places import place
from firsthand.vault.sources.streamed import kept

KEY = "timeline"
_FIGURE_MAX = 1_000_000_000
Geo = dict[str, object]
_NO_MEANING = frozenset({"", "Unknown", "Type unknown", "Aliased location", "Searched address"})


class Visited(NamedTuple):
    """A stay at a place, from `start` to `end`, as a record has it."""

    start: str
    end: str | None
    name: object
    address: object
    id: object
    meaning: object
    where: Geo | None


class Moved(NamedTuple):
    """A way between two places, `metres` long as a record has it."""

    start: str
    end: str | None
    mode: object
    metres: object
    origin: Geo | None
    goal: Geo | None


def fix(source: str, time: str, where: Geo, identity: Identity, accuracy: object = None) -> Thing:
    """The thing of one measured place. `accuracy` is in metres."""
    data: dict[str, object] = {
        "@type": "Observation",
        "name": "Location",
        "startTime": time,
        "measuredProperty": "location",
        "location": {"@type": "Place", "geo": where},
    }
    if type(accuracy) is int and 0 <= accuracy < _FIGURE_MAX:  # as nearly all of them are
        data["marginOfError"] = {
            "@type": "QuantitativeValue",
            "value": f"{accuracy}.00",
            "unitCode": "MTR",
        }
    elif (metres := _figure(accuracy)) is not None:
        data["marginOfError"] = _quantity(metres, "MTR")
    key = identity.of(["fix", time, str(where["latitude"]), str(where["longitude"])])
    return Thing(id=key, type="Observation", name="Location", time=time, source=source, data=data)


def visited(visit: Visited, identity: Identity) -> Thing:
    """The thing of a stay at a place."""
    start, end, named, its_address, its_id, its_meaning, where = visit
    address, id = kept(its_address), kept(its_id, 200)
    name = kept(named) or _words(its_meaning) or address.partition("\n")[0] or "A place"
    data: dict[str, object] = {"@type": "ArriveAction", "name": name, "startTime": start}
    if end:
        data["endTime"] = end
    data["location"] = place(where, name, address, id)
    if not id:
        at = where or {}
        id = f"{at.get('latitude')},{at.get('longitude')}"
    key = identity.of(["visit", start, id])
    return Thing(id=key, type="ArriveAction", name=name, time=start, source=KEY, data=data)


def moved(way: Moved, identity: Identity) -> Thing:
    """The thing of a way."""
    mode = _words(way.mode)
    name = mode or "On the way"
    data: dict[str, object] = {"@type": "TravelAction", "name": name, "startTime": way.start}
    if way.end:
        data["endTime"] = way.end
    if way.origin:
        data["fromLocation"] = place(way.origin)
    if way.goal:
        data["toLocation"] = place(way.goal)
    metres = _figure(way.metres)
    if metres is not None:
        data["distance"] = _quantity(metres / 1000, "KMT")
    if mode:
        data["instrument"] = {"@type": "Thing", "name": mode}
    key = identity.of(["way", way.start, way.end])
    return Thing(id=key, type="TravelAction", name=name, time=way.start, source=KEY, data=data)


def _words(constant: object) -> str:
    """A constant such as "IN_PASSENGER_VEHICLE" as words; "" for what says nothing."""
    words = kept(constant, 100).removeprefix("TYPE_").removeprefix("INFERRED_")
    words = words.replace("_", " ").strip().capitalize()
    return "" if words in _NO_MEANING or words.startswith("Unknown") else words


def _figure(value: object) -> float | None:
    """A figure of a record, which some phones write as text."""
    if isinstance(value, str) and len(value) < 30:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < _FIGURE_MAX else None


def _quantity(value: float, unit: str) -> dict[str, object]:
    return {"@type": "QuantitativeValue", "value": f"{value:.2f}", "unitCode": unit}
