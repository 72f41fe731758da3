"""What may leave of a thing: the agreed fields, a coarse time, and nothing beside them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.roles.profile import (
    FIELDS,
    PRECISION_KEY,
    SOURCE_KEY,
    beyond,
    coarsen,
    compose_given,
    present,
    thing_given,
)
from firsthand.protocol.terms import PRECISIONS
from firsthand.protocol.things import Thing

DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 12, 31))
KINDS = st.sampled_from(sorted(FIELDS))


@st.composite
def things(draw: st.DrawFn) -> Thing:
    kind = draw(KINDS)
    time = draw(DAYS).isoformat() + draw(st.sampled_from(["", "T21:14:07Z"]))
    party = "sender" if kind == "ReceiveAction" else "recipient"
    money = {
        "price": "12.50",
        "priceCurrency": "EUR",
        party: {"@type": "Organization", "name": "Ink"},
    }
    shown = {"object": {"@type": "Movie", "name": "Salt"}, "duration": "PT40M"}
    extra = {
        "agent": {"@type": "Person", "name": "Secret"},
        "description": "Secret",
        "identifier": "Secret",
    }
    own = money if kind in {"PayAction", "ReceiveAction"} else shown
    data: dict[str, object] = {"@type": kind, "name": "Salt", "startTime": time, **own, **extra}
    return Thing(id="secret-id", type=kind, name="Salt", time=time, source="bank", data=data)


@st.composite
def agreed(draw: st.DrawFn) -> dict[str, list[str]]:
    kinds = draw(st.lists(KINDS, unique=True))
    return {
        kind: ["name", *draw(st.lists(st.sampled_from(FIELDS[kind][1:]), unique=True))]
        for kind in kinds
    }


@given(things(), agreed(), st.sampled_from(PRECISIONS))
def test_nothing_leaves_beyond_what_is_agreed(
    thing: Thing, fields: dict[str, list[str]], precision: str
) -> None:
    made = compose_given(thing, fields=fields, precision=precision)
    if thing.type not in fields:
        assert made is None
        return
    assert made is not None
    left = present(made)
    assert set(left) <= {*fields[thing.type], "@type", SOURCE_KEY, PRECISION_KEY}
    assert "Secret" not in str(left)
    assert "secret-id" not in str(left)
    assert beyond(made, fields=fields, precision=precision) is None


@given(things(), agreed(), st.sampled_from(PRECISIONS), st.sampled_from(PRECISIONS))
def test_a_finer_time_or_another_field_is_seen(
    thing: Thing, fields: dict[str, list[str]], written: str, allowed: str
) -> None:
    everything = {thing.type: list(FIELDS[thing.type])}
    made = compose_given(thing, fields=everything, precision=written)
    assert made is not None
    only_days = made.start_time is not None and len(made.start_time) == len("2024-01-01")
    if written != allowed and not (only_days and {written, allowed} == {"hour", "day"}):
        assert beyond(made, fields=everything, precision=allowed) == "precision_too_fine"
    kept = set(fields.get(thing.type, []))
    there = set(present(made)) - {"@type", SOURCE_KEY, PRECISION_KEY}
    if there - kept:
        assert beyond(made, fields=fields, precision=written) == "field_not_allowed"


@given(DAYS, st.sampled_from(PRECISIONS))
def test_a_coarse_time_is_the_first_day_of_its_span(day: datetime.date, precision: str) -> None:
    first = datetime.date.fromisoformat(coarsen(day.isoformat(), precision))
    longest = {"hour": 0, "day": 0, "week": 6, "month": 30, "year": 365}[precision]
    assert 0 <= (day - first).days <= longest
    assert coarsen(first.isoformat(), precision) == first.isoformat()
    assert precision != "week" or first.weekday() == 0


@given(DAYS, st.times())
def test_by_the_hour_minutes_and_seconds_stay_at_home(
    day: datetime.date, clock: datetime.time
) -> None:
    said = f"{day.isoformat()}T{clock.isoformat('seconds')}Z"
    hour = coarsen(said, "hour")
    assert hour == said[: len("2024-01-01T20")] + ":00:00Z"
    assert coarsen(hour, "hour") == hour
    for other in ("2024-01-01T20:15", "2024-01-01 20:15:00Z", said + "x", said[:-1] + "+02:00"):
        with pytest.raises(ValueError, match="no time in UTC"):
            coarsen(other, "hour")


@given(things(), st.sampled_from(PRECISIONS))
def test_both_sides_see_the_same_thing(thing: Thing, precision: str) -> None:
    made = compose_given(thing, fields={thing.type: list(FIELDS[thing.type])}, precision=precision)
    assert made is not None
    seen = thing_given("other-id", made)
    assert (seen.id, seen.type, seen.name, seen.source) == (
        "other-id", thing.type, thing.name, thing.source,
    )  # fmt: skip
    assert seen.data["@type"] == thing.type
