"""A day as entries: what was done, with whom and where, each from the rows of that day."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sense import facets
from firsthand.vault.sources.payee import needs_cleaning, payee_name

# In the order that a day is told in.
ORDER = (
    "ArriveAction", "TravelAction", "Event", "ReserveAction", "ExerciseAction", "CommunicateAction",
    "WatchAction", "ListenAction", "ReadAction", "CreateAction", "CommentAction", "LikeAction",
    "BuyAction", "ReturnAction", "PayAction", "ReceiveAction", "SearchAction", "ViewAction",
)  # fmt: skip
LEFT_OUT = frozenset({"Observation", "Person"})


class Entry(msgspec.Struct, kw_only=True):
    """What was done of one kind on one day.

    `names` are those it was done with, of or at, the most frequent first; `with_` are people and
    `at` places of an event. `amounts` are thousandths by currency.
    """

    type: str
    things: int = 0
    names: list[str] = []
    with_: list[str] = []
    at: list[str] = []
    seconds: int = 0
    metres: int = 0
    amounts: dict[str, int] = msgspec.field(default_factory=dict)


def entries(things: Iterable[Thing]) -> list[Entry]:
    """The entries of one day's things, in the order that a day is told in."""
    kinds: dict[str, list[Thing]] = defaultdict(list)
    for thing in things:
        if thing.type not in LEFT_OUT:
            kinds[thing.type].append(thing)
    order = {type: place for place, type in enumerate(ORDER)}
    return [
        _entry(type, kinds[type])
        for type in sorted(kinds, key=lambda type: (order.get(type, len(ORDER)), type))
    ]


def _entry(type: str, things: list[Thing]) -> Entry:
    entry = Entry(type=type, things=len(things))
    names, people, places = Counter[str](), Counter[str](), Counter[str]()
    for thing in things:
        data = thing.data
        if type != "WatchAction" or not facets.is_unknown(data.get("object")):
            names[_name(thing)] += 1
        entry.seconds += facets.seconds_of(data.get("duration")) or 0
        entry.metres += facets.metres_of(data.get("distance"))
        amount = facets.milli_of(data.get("price"))
        if amount is not None:
            unit = str(data.get("priceCurrency") or "")
            entry.amounts[unit] = entry.amounts.get(unit, 0) + amount
        if type == "Event":
            people.update(name for _, name in facets.people_of(data))
            spot = facets.spot_of(data.get("location"))
            places.update([spot.name] if spot is not None else [])
    entry.names, entry.with_, entry.at = _often(names), _often(people), _often(places)
    return entry


def _name(thing: Thing) -> str:
    """What one says of a thing in a sentence about a day."""
    data = thing.data
    if thing.type in {"WatchAction", "ListenAction", "LikeAction"}:
        return facets.work_of(data.get("object"), thing.name).name
    if thing.type == "ReadAction":
        return facets.work_of(data.get("object"), thing.name).piece
    if thing.type in {"PayAction", "ReceiveAction"}:
        return payee_name(thing.name) if needs_cleaning(thing.name) else thing.name
    if thing.type == "ArriveAction":
        spot = facets.spot_of(data.get("location"))
        return spot.name if spot is not None else thing.name
    if thing.type == "CommunicateAction":
        return next((name for _, name in reversed(list(facets.people_of(data)))), thing.name)
    if thing.type in {"ExerciseAction", "TravelAction"}:
        return facets.mode_of(data, "sport" if thing.type == "ExerciseAction" else "way")
    query = data.get("query")
    return query if isinstance(query, str) and query else thing.name


def _often(names: Counter[str]) -> list[str]:
    return [name for name, _ in names.most_common()]
