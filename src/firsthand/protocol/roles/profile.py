"""The role `profile`: things a person shows, so that an organisation knows them as they are.

Wire type: ``profile.given``, one thing each, in schema.org terms. The answer is a list of picks
from the organisation's catalogue, made by a published rule (``profile_rules``).
"""

from __future__ import annotations

import datetime
import functools
import re
from typing import TYPE_CHECKING, Annotated

import msgspec

from firsthand.protocol.things import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TYPE_GIVEN = "profile.given"
TYPE_ANSWERED = "profile.answered"
PURPOSE = "personalisation"

# What may be given at all, for each kind. What an organisation asks for is a part of this.
FIELDS: dict[str, tuple[str, ...]] = {
    "WatchAction": ("name", "object", "startTime", "duration"),
    "ViewAction": ("name", "object", "startTime", "duration"),
    "PayAction": ("name", "recipient", "price", "priceCurrency", "startTime"),
    "ReceiveAction": ("name", "sender", "price", "priceCurrency", "startTime"),
}
# Fields without which a thing of that kind says nothing.
NEEDED = ("name",)

PRECISION_KEY = "timePrecision"
SOURCE_KEY = "isBasedOn"
_DURATIONS = {"hour": "PT1H", "day": "P1D", "week": "P1W", "month": "P1M", "year": "P1Y"}
_DAY_CHARS = len("2024-01-01")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_PRICE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?")

# All texts of one thing together fit into one row of whoever keeps it, however they are escaped.
NAME_CHARS_MAX = 4096
WORD_CHARS_MAX = 100
Name = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]
Word = Annotated[str, msgspec.Meta(max_length=WORD_CHARS_MAX)]


class Part(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,  # it holds texts alone, so it is in no circle that would have to be collected
):
    """What a node is a part of. It holds no further nodes: a thing is never deeper than this."""

    kind: Word = msgspec.field(name="@type")
    name: Name = ""


class Named(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,  # a tree of texts, which is in no circle; hundreds come at once
):
    """A schema.org node of which only the kind and the name travel."""

    kind: Word = msgspec.field(name="@type")
    name: Name = ""
    additional_type: Word | None = msgspec.field(name="additionalType", default=None)
    part_of_season: Part | None = msgspec.field(name="partOfSeason", default=None)
    part_of_series: Part | None = msgspec.field(name="partOfSeries", default=None)


class Given(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,  # a tree of texts, which is in no circle; hundreds come at once
):
    """The ``data`` of a signal: one thing in schema.org terms with a coarsened time.

    ``start_time`` is the beginning of the hour, or the first day of the day, week, month or year,
    that ``time_precision`` (an ISO 8601 duration) names. ``is_based_on`` says which export it came
    from.
    """

    kind: Word = msgspec.field(name="@type")
    name: Name
    start_time: Word | None = msgspec.field(name="startTime", default=None)
    time_precision: Word | None = msgspec.field(name=PRECISION_KEY, default=None)
    is_based_on: Word = msgspec.field(name=SOURCE_KEY)
    object: Named | None = None
    duration: Word | None = None
    recipient: Named | None = None
    sender: Named | None = None
    price: Word | None = None
    price_currency: Word | None = msgspec.field(name="priceCurrency", default=None)


def compose_given(thing: Thing, *, fields: Mapping[str, list[str]], precision: str) -> Given | None:
    """What of ``thing`` may leave: the agreed fields, its time coarsened to ``precision``.

    Returns None where nothing of this kind is agreed. Raises ``msgspec.ValidationError`` for a
    thing that is not of its kind's shape.
    """
    agreed = [f for f in fields.get(thing.type, []) if f in FIELDS.get(thing.type, ())]
    if not set(NEEDED) <= set(agreed):
        return None
    data = {field: thing.data[field] for field in agreed if field in thing.data}
    data["@type"] = thing.type
    data["name"] = thing.name
    data[SOURCE_KEY] = thing.source
    if thing.time is not None and "startTime" in agreed:
        start = coarsen(thing.time, precision)
        data["startTime"] = start
        data[PRECISION_KEY] = _duration(start, precision)
    else:
        data.pop("startTime", None)
    return msgspec.convert(data, Given)


def coarsen(time: str, precision: str) -> str:
    """The first day (``YYYY-MM-DD``) of the day, week, month or year that holds ``time``.

    By the hour it is the hour's beginning, ``YYYY-MM-DDTHH:00:00Z``; a time that is only a day
    stays one. Raises ``ValueError`` for what is no time or no precision.
    """
    if precision == "hour" and len(time) != _DAY_CHARS:
        if _INSTANT.fullmatch(time) is None:
            raise ValueError(f"no time in UTC: {time[:40]}")
        hour = datetime.datetime.fromisoformat(time).replace(minute=0, second=0, tzinfo=None)
        return hour.isoformat() + "Z"
    day = datetime.date.fromisoformat(time[:_DAY_CHARS])
    if precision == "week":
        day -= datetime.timedelta(days=day.weekday())
    elif precision == "month":
        day = day.replace(day=1)
    elif precision == "year":
        day = day.replace(month=1, day=1)
    elif precision not in {"hour", "day"}:
        raise ValueError(f"no such precision: {precision}")
    return day.isoformat()


def _duration(start: str, precision: str) -> str:
    """How long the span is that begins at ``start``: where only the day is known, a day."""
    finest = precision == "hour" and len(start) == _DAY_CHARS
    return _DURATIONS["day" if finest else precision]


_coarsened = functools.lru_cache(maxsize=4096)(coarsen)
# The fields of `Given` that may be absent, by attribute and by wire name.
_OPTIONAL = tuple(
    (attribute, field)
    for attribute, field in zip(
        Given.__struct_fields__, Given.__struct_encode_fields__, strict=True
    )
    if field not in {"@type", "name", SOURCE_KEY, PRECISION_KEY}
)


def beyond(given: Given, *, fields: Mapping[str, list[str]], precision: str) -> str | None:
    """Why ``given`` goes beyond what was agreed, as a refusal's reason; None if it does not."""
    return beyond_all((given,), fields=fields, precision=precision)


def beyond_all(
    many: Iterable[Given], *, fields: Mapping[str, list[str]], precision: str
) -> str | None:
    """Why the first of ``many`` that does goes beyond what was agreed; None if none does."""
    held_back: dict[str, list[str]] = {}
    for given in many:
        absent = held_back.get(given.kind)
        if absent is None:
            agreed = fields.get(given.kind)
            if agreed is None or "name" not in agreed:
                return "field_not_allowed"
            absent = [attribute for attribute, field in _OPTIONAL if field not in agreed]
            held_back[given.kind] = absent
        for attribute in absent:
            if getattr(given, attribute) is not None:
                return "field_not_allowed"
        if given.start_time is not None:
            reason = _time_beyond(given.start_time, precision)
            if reason is not None:
                return reason
            if given.time_precision != _duration(given.start_time, precision):
                return "precision_too_fine"
        if given.price is not None and not _PRICE.fullmatch(given.price):
            return "shape_invalid"
    return None


def _time_beyond(start: str, precision: str) -> str | None:
    try:
        # Days come again and again; what is no day must not be kept in memory.
        days = _coarsened if len(start) == _DAY_CHARS else coarsen
        return None if days(start, precision) == start else "precision_too_fine"
    except ValueError:
        return "shape_invalid"


def present(given: Given) -> dict[str, object]:
    """The fields of ``given`` by their wire names, as JSON values, without the absent ones."""
    data: dict[str, object] = msgspec.to_builtins(given)  # which leaves out what is absent
    return data


def thing_given(identifier: str, given: Given) -> Thing:
    """A thing as the other side holds it: the relationship's own id and what was given of it."""
    return Thing(
        id=identifier,
        type=given.kind,
        name=given.name,
        time=given.start_time,
        source=given.is_based_on,
        data=present(given),
    )


def in_order(things: list[Thing]) -> list[Thing]:
    """The order in which both sides show what was given: by time, then name, then id."""
    return sorted(things, key=lambda thing: (thing.time or "", thing.name, thing.id))
