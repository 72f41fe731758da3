"""Routines as a page: the hours of a week, and what comes back on the same day."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import words
from firsthand.vault.acts import correcting, routines
from firsthand.vault.pages import pictures, saying, sense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

KINDS_MAX: Final = 8
ICONS: Final = {
    "money": "money",
    "taste": "film",
    "places": "home",
    "people": "people",
    "moves": "heart",
    "events": "diary",
}


def show(visit: Visit) -> Response:
    """The week and the habits."""
    asked = visit.request.query_params.get("kind")
    told = routines.routines(visit.vault, visit.parts.clock.now().date(), asked)
    kind = told["kind"]
    many = saying.kind_of(kind).many if kind else ""
    cells = {(each["weekday"], each["hour"]): each["things"] for each in told["week"]}
    href = sense.rows_href("hours", kind or "").replace("{", "") + "&who={cell}"
    return sense.page(
        visit,
        "routines.html",
        "routines",
        title="Routines",
        told=told,
        kinds=[
            {"label": _upper(saying.kind_of(each).many),
             "href": sense.address("/routines", kind=each), "current": each == kind}
            for each in list(told["kinds"])[:KINDS_MAX]
        ],
        week=pictures.week(cells, href=href, unit=many, title=f"Your week: {many}"),
        habits=[_habit(each) for each in told["routines"]],
        zones=[(zone, zone.replace("_", " ")) for zone in _zones()],
    )  # fmt: skip


@cache
def _zones() -> list[str]:
    named = {zone for zone in correcting.zones() if "/" in zone and not zone.startswith("Etc")}
    return ["UTC", *sorted(named)]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _habit(each: Mapping[str, Any]) -> dict[str, Any]:
    since, last = saying.when(each["first"]), each["last"] and saying.when(each["last"])
    if each["by"] == "rule":
        note = f"By the rule in your calendar, since {since}{f' until {last}' if last else ''}"
    else:
        times = f"{words.number(each['times'])} of {words.plural(each['of'], 'time')}"
        note = f"{times}, {since} to {last}"
    return {
        **each,
        "icon": ICONS[each["sense"]],
        "note": note,
        "href": sense.rows_href(each["sense"], each["part"], who=each["key"]),
    }
