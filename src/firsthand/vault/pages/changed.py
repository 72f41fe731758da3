"""What changed lately as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import changed
from firsthand.vault.pages import sense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

GROUPS: Final = (
    ("categories", "Money, by category", "tag"), ("money", "Money, by shop", "money"),
    ("taste", "Taste", "film"), ("places", "Places", "home"), ("people", "People", "people"),
    ("moves", "Sport", "heart"),
)  # fmt: skip
BADGES: Final = {
    "more": ("more", "waiting"), "less": ("less", ""), "new": ("new", "on"),
    "gone": ("gone", "ended"),
}  # fmt: skip


def show(visit: Visit) -> Response:
    """The last whole month, or another, against the usual."""
    query = visit.request.query_params
    told = changed.changed(visit.vault, visit.parts.clock.now().date(), query.get("month"))
    groups = []
    for key, title, icon in GROUPS:
        items = [_item(each, told["month"]) for each in told["changes"] if each["sense"] == key]
        if items:
            groups.append({"title": title, "icon": icon, "items": items})
    return sense.page(
        visit,
        "changed.html",
        "changed",
        title="What changed",
        told=told,
        groups=groups,
        month=sense.month(told["month"]) if told["month"] else "",
        months=[(each, sense.month(each)) for each in told.get("months", [])],
        known=len(told.get("before", [])),
    )


def _item(each: Mapping[str, Any], month: str) -> dict[str, Any]:
    if each["sense"] == "categories":
        of = {"part": each["part"], "kind": each["key"], "sense": "money"}
    else:
        of = {"part": each["part"], "who": each["key"], "sense": each["sense"]}
    now, usual = (changed.said(each, each[figure]) for figure in ("now", "usual"))
    return {
        "name": each["name"],
        "badge": BADGES[each["way"]],
        "note": f"{now}, never before" if each["way"] == "new" else f"{now}, usually {usual}",
        "href": sense.address("/behind", **of, since=month, until=month),
    }
