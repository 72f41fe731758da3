"""One person as staff see them: what was given, counted, with source, age and terms of each."""

import heapq
from collections import Counter
from collections.abc import Sequence

import msgspec

from firsthand.hub.packing import Holding
from firsthand.hub.reads import Reads, Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.protocol.roles.profile import in_order
from firsthand.protocol.things import Thing

TOP_MAX = 5


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the profile and where it comes from.

    ``newest`` is the time of the newest thing behind it, ``given_ms`` when that came (ms since
    1970), ``agreements`` under which ones, ``count`` how many things stand behind it.
    """

    name: str
    value: str
    count: int
    sources: list[str]
    newest: str | None
    given_ms: int
    agreements: list[str]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """All things of one kind: how many, from when to when, and what stands out."""

    type: str
    count: int
    first: str | None
    last: str | None
    top: list[Field]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The profile: kinds, sources and months with their counts.

    A month is ``YYYY-MM``, as the things say it.
    """

    kinds: list[Kind]
    sources: dict[str, int]
    months: dict[str, int]


def things(reads: Reads, relationship: str, *, purpose: str, reader: Who) -> list[Thing]:
    """What a person gave, in the order both sides show. Raises as ``Reads.things`` does."""
    kept = reads.things(relationship, table=THINGS, purpose=purpose, reader=reader)
    return in_order([one.thing for one in kept])


def nothing(_: Holding) -> Sequence[int]:
    """No thing at all, where counts are enough."""
    return ()


def view_of(held: Holding) -> View:
    """The profile that these things come to."""
    months: Counter[str] = Counter()
    for day, count in Counter(held.column("times")).items():
        months[day[:7]] += count
    del months[""]
    return View(
        kinds=[_kind(held, name) for name in sorted(set(held.column("kinds")))],
        sources=dict(Counter(held.column("sources"))),
        months=dict(months),
    )


def _kind(held: Holding, name: str) -> Kind:
    about, days = held.column("subjects"), held.column("times")
    places = held.of_kind(name)
    whole = len(places) == len(held)
    counts = Counter(about if whole else [about[place] for place in places])
    times = set(days if whole else [days[place] for place in places]) - {""}
    top = heapq.nsmallest(TOP_MAX, counts, key=lambda value: (-counts[value], value))
    behind: dict[str, list[int]] = {value: [] for value in top}
    for place in places:
        if about[place] in behind:
            behind[about[place]].append(place)
    return Kind(
        type=name,
        count=len(places),
        first=min(times, default=None),
        last=max(times, default=None),
        top=[_field(held, name, value, behind[value]) for value in top],
    )


def _field(held: Holding, name: str, value: str, places: Sequence[int]) -> Field:
    sources, times = held.column("sources"), held.column("times")
    agreements, given_ms = held.behind(places)
    return Field(
        name=name,
        value=value,
        count=len(places),
        sources=sorted({sources[place] for place in places}),
        newest=max(times[place] for place in places) or None,
        given_ms=given_ms,
        agreements=agreements,
    )
