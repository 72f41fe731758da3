"""Taste as a page: hours by month, what I like and what I do not, each to be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from firsthand.foundation.web import charts, words
from firsthand.vault.acts import taste
from firsthand.vault.pages import sense

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

MONTHS_MAX: Final = 24
LISTS: Final = (("likes", "You like", "dislike"), ("dislikes", "You do not like", "like"))
UNITS: Final = {"watch": "title", "listen": "play", "read": "book"}


def show(visit: Visit) -> Response:
    """What I watch, hear and read in one profile."""
    told = taste.taste(visit.vault, visit.parts.clock.now().date())
    return sense.page(
        visit,
        "taste.html",
        "taste",
        title="Taste",
        told=told,
        chart=_by_month(told["months"]),
        parts=[_part(part) for part in told["parts"]],
    )


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    hours = words.hours(part["seconds"]) if part["seconds"] else ""
    said = words.plural(part["things"], UNITS[part["part"]])
    return {
        **part, "said": f"{said}, {hours}" if hours else said,
        "lists": [
            (label, way, [_item(part["part"], each) for each in part[key]])
            for key, label, way in LISTS if part[key]
        ],
        "rest": [_item(part["part"], each) for each in part["other"]],
    }  # fmt: skip


def _item(part: str, each: Mapping[str, Any]) -> dict[str, Any]:
    return {**each, "href": sense.rows_href("taste", part, who=each["who"])}


def _by_month(months: Sequence[Mapping[str, Any]]) -> Markup:
    """The hours, or where no source says how long the titles, of the last months."""
    names = sorted({each["month"] for each in months})[-MONTHS_MAX:]
    timed = any(each["seconds"] for each in months)
    if len(names) < 2:  # noqa: PLR2004 - one month is no picture
        return Markup("")
    figure = "seconds" if timed else "things"
    sums: dict[str, float] = dict.fromkeys(names, 0.0)
    for each in months:
        if each["month"] in sums:
            sums[each["month"]] += each[figure]
    points = [(sense.short_month(m), round(v / 3600, 1) if timed else v) for m, v in sums.items()]
    unit = "hours" if timed else "titles"
    return charts.bars(points, unit=unit, title=f"{unit.capitalize()} watched and heard by month")
