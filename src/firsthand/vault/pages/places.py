"""Places as a page: where they lie to each other, home and work, trips, and ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import words
from firsthand.vault.acts import places
from firsthand.vault.pages import pictures, saying, sense
from firsthand.vault.sense.places import km_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

NEAR_KM: Final = 60.0
_CODED: Final = re.compile(r"[A-Z]{2} \((.+)\)")


def show(visit: Visit) -> Response:
    """Every place."""
    told = places.places(visit.vault)
    near = visit.request.query_params.get("near") != "no"
    dots = told["dots"]
    home = next((each for each in dots if each["key"] == told["home"]), None)
    around = [each for each in dots if home is not None and _near(each, home)]
    shown = around if near and len(around) > 1 else dots
    every = [_place(each) for each in told["places"]]
    return sense.page(
        visit,
        "places.html",
        "places",
        title="Places",
        told=told,
        picture=pictures.chart_of_places([_dot(each) for each in shown], title="Where they lie"),
        views=[
            {"label": "Around home", "href": "/places", "current": shown is around},
            {"label": "Everywhere", "href": "/places?near=no", "current": shown is dots},
        ] if 1 < len(around) < len(dots) else [],
        every=every,
        marks=[(mark, _marked(every, mark)) for mark in ("home", "work")],
        choices=[
            (each["key"], each["name"]) for each in told["places"] if each["part"] == "visit"
        ],
        trips=[_trip(each) for each in told["trips"]],
        moves=pictures.bars([_move(each) for each in told["moves"]]),
        countries=pictures.bars([_country(each) for each in told["countries"]]),
    )  # fmt: skip


def _marked(every: list[dict[str, Any]], mark: str) -> dict[str, Any] | None:
    return next((each for each in every if each["mark"] == mark), None)


def _near(place: Mapping[str, Any], home: Mapping[str, Any]) -> bool:
    (one, two), (three, four) = place["at"], home["at"]
    return km_between((one, two), (three, four)) <= NEAR_KM


def _dot(each: Mapping[str, Any]) -> pictures.Dot:
    return pictures.Dot(
        latitude=each["at"][0],
        longitude=each["at"][1],
        weight=float(each["times"]),
        title=f"{each['name']}: {words.plural(each['times'], 'time')}",
        href=sense.rows_href("places", each["part"], who=each["key"]),
        mark=each["mark"],
    )


def _place(each: Mapping[str, Any]) -> dict[str, Any]:
    long = words.hours(each["seconds"]) if each["seconds"] else ""
    nights = words.plural(each["nights"], "night") if each["nights"] else ""
    return {
        **each,
        "href": sense.rows_href("places", each["part"], who=each["key"]),
        "note": " · ".join(part for part in (places.PARTS[each["part"]], long, nights) if part),
        "when": saying.when(each["last"]),
        "said": words.plural(each["times"], "time"),
    }


def _trip(each: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": each["name"],
        "when": f"{saying.when(each['from'])} to {saying.when(each['to'])}",
        "said": f"{words.plural(each['nights'], 'night')}, {words.number(each['km'])} km from home",
        "href": sense.rows_href("places", "visit", since=each["from"], until=each["to"]),
    }


def _move(each: Mapping[str, Any]) -> dict[str, object]:
    km = words.number(round(each["metres"] / 1000, 1))
    return {
        "name": each["name"], "value": each["metres"] or each["times"],
        "said": f"{km} km" if each["metres"] else words.plural(each["times"], "time"),
        "note": words.plural(each["times"], "time"),
        "href": sense.rows_href("moves", each["part"], who=each["key"]),
    }  # fmt: skip


def _country(each: Mapping[str, Any]) -> dict[str, object]:
    coded = _CODED.fullmatch(each["name"])  # as Netflix writes it: DE (Germany)
    return {
        "name": coded[1] if coded else each["name"], "value": each["times"],
        "said": words.plural(each["times"], "title watched", "titles watched"),
        "note": f"{saying.when(each['first'])} to {saying.when(each['last'])}",
        "href": sense.rows_href("places", "country", who=each["key"]),
    }  # fmt: skip
