"""Places: where home and work are by rule, and which days were a trip.

Home is the place of most nights. Work is the place, other than home, of most working days: stays of
three hours and more that began between 7 and 15 o'clock from Monday to Friday. A trip is a run of
days in a row, one night at least, spent more than 50 km from home.
"""

# ruff: noqa: PLR2004 - what is far or near is said in figures where it is decided

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence

from firsthand.vault.sense.counting import Visit
from firsthand.vault.sense.sums import Name

TRIP_KM_MIN = 50.0
NIGHTS_MIN = 3
WORKDAYS_MIN = 4
GAP_DAYS_MAX = 2
TRIPS_MAX = 2000
EARTH_KM = 6371.0


def home_of(names: Iterable[Name]) -> Name | None:
    """The place of most nights, three at least; None where none has so many."""
    return _most(names, "nights", NIGHTS_MIN)


def work_of(names: Iterable[Name], home: str | None) -> Name | None:
    """The place of most working days other than home, four at least."""
    return _most((name for name in names if name.who != home), "workdays", WORKDAYS_MIN)


def _most(names: Iterable[Name], fact: str, least: int) -> Name | None:
    counted = [
        (int(str(name.facts.get(fact) or 0)), name) for name in names if name.part == "visit"
    ]
    fit = [each for each in counted if each[0] >= least]
    return min(fit, key=lambda each: (-each[0], each[1].who))[1] if fit else None


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way over the ground between two points in degrees, in km (the haversine formula)."""
    (a, b), (c, d) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def at(name: Name) -> tuple[float, float] | None:
    """Where a place lies, in degrees, if that is known."""
    held = name.facts.get("at")
    if isinstance(held, list) and len(held) == 2:
        return float(held[0]), float(held[1])
    return None


def trips(visits: Sequence[Visit], names: Sequence[Name], home: str | None = None) -> list[Name]:
    """Every trip, as names of the sense `trips`; `who` is the day it began.

    home: the key of the place that the person called home; by rule otherwise.
    """
    spots = {name.who: name for name in names if name.part == "visit"}
    mine = spots.get(home) if home else home_of(names)
    middle = at(mine) if mine is not None else None
    if middle is None:
        return []
    away = {
        who: km for who, name in spots.items()
        if (spot := at(name)) is not None and (km := km_between(middle, spot)) > TRIP_KM_MIN
    }  # fmt: skip
    found: list[list[Visit]] = []
    near = sorted(visits)
    for visit in near:
        if visit[2] not in away:
            if found and found[-1]:
                found.append([])
            continue
        if found and found[-1] and _days(found[-1][-1][1], visit[0]) <= GAP_DAYS_MAX:
            found[-1].append(visit)
        else:
            found.append([visit])
    made = [_trip(run, away, spots) for run in found if run and _days(run[0][0], _end(run)) >= 1]
    return made[-TRIPS_MAX:]


def _trip(run: list[Visit], away: Mapping[str, float], spots: Mapping[str, Name]) -> Name:
    whos = list(dict.fromkeys(visit[2] for visit in run))
    first, last = run[0][0], _end(run)
    far = max(whos, key=lambda who: away[who])
    long = max(whos, key=lambda who: sum(1 for visit in run if visit[2] == who))
    return Name(
        sense="trips", who=first, part="trip", name=spots[long].name, things=len(run),
        amount=round(away[far] * 1000), first=first, last=last,
        facts={"nights": _days(first, last), "km": round(away[far]), "places": whos[:12],
               "names": [spots[who].name for who in whos[:12]]},
    )  # fmt: skip


def _end(run: list[Visit]) -> str:
    return max(visit[1] for visit in run)


def _days(first: str, last: str) -> int:
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days
