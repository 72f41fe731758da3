"""One person as staff see them: what was given, counted, with source, age and terms of each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from firsthand.hub.reads import Kept, Reads, Who
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
    """The profile: kinds, sources and months with their counts, and every thing in its order.

    A month is ``YYYY-MM``, as the things say it.
    """

    kinds: list[Kind]
    sources: dict[str, int]
    months: dict[str, int]
    things: list[Thing]
    given_ms: dict[str, int]


def things(reads: Reads, relationship: str, *, purpose: str, reader: Who) -> list[Thing]:
    """What a person gave, in the order both sides show. Raises as ``Reads.things`` does."""
    kept = reads.things(relationship, table=THINGS, purpose=purpose, reader=reader)
    return in_order([one.thing for one in kept])


def view(reads: Reads, relationship: str, *, purpose: str, reader: Who) -> View:
    """The profile of a person for ``purpose``. Raises as ``Reads.things`` does."""
    return view_of(reads.things(relationship, table=THINGS, purpose=purpose, reader=reader))


def view_of(kept: Sequence[Kept]) -> View:
    """The profile that these things come to."""
    kinds: dict[str, list[Kept]] = defaultdict(list)
    for one in kept:
        kinds[one.thing.type].append(one)
    return View(
        kinds=[_kind(name, kinds[name]) for name in sorted(kinds)],
        sources=dict(Counter(one.thing.source for one in kept)),
        months=dict(Counter(one.thing.time[:7] for one in kept if one.thing.time)),
        things=in_order([one.thing for one in kept]),
        given_ms={one.thing.id: one.given_ms for one in kept},
    )


def subject_name(thing: Thing) -> str:
    """What a thing is about: the series of an episode, whom a payment went to, or its name."""
    for key in ("object", "recipient", "sender"):
        node = thing.data.get(key)
        if isinstance(node, Mapping):
            series = node.get("partOfSeries")
            named = series if isinstance(series, Mapping) else node
            if isinstance(named.get("name"), str) and named["name"]:
                return str(named["name"])
    return thing.name


def _kind(name: str, kept: Sequence[Kept]) -> Kind:
    times = sorted(one.thing.time for one in kept if one.thing.time)
    behind: dict[str, list[Kept]] = defaultdict(list)
    for one in kept:
        behind[subject_name(one.thing)].append(one)
    top = sorted(behind, key=lambda value: (-len(behind[value]), value))[:TOP_MAX]
    return Kind(
        type=name,
        count=len(kept),
        first=times[0] if times else None,
        last=times[-1] if times else None,
        top=[_field(name, value, behind[value]) for value in top],
    )


def _field(name: str, value: str, kept: Sequence[Kept]) -> Field:
    return Field(
        name=name,
        value=value,
        count=len(kept),
        sources=sorted({one.thing.source for one in kept}),
        newest=max((one.thing.time for one in kept if one.thing.time), default=None),
        given_ms=max(one.given_ms for one in kept),
        agreements=sorted({one.agreement for one in kept}),
    )
