"""A year in review as a page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import charts, words
from firsthand.vault.acts import years
from firsthand.vault.pages import pictures, saying, sense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

TITLES: Final = {
    ("taste", "watch"): ("Watched most", "title", "film", ("name", "names")),
    ("taste", "listen"): ("Heard most", "play", "speech", ("name", "names")),
    ("taste", "read"): ("Read", "book", "diary", ("author", "authors")),
    ("places", "visit"): ("Where you were", "visit", "home", ("place", "places")),
    ("people", "message"): ("Whom you wrote with", "message", "people", ("person", "people")),
    ("people", "event"): ("Whom you met", "event", "people", ("person", "people")),
}
SHOPS_MAX: Final = 5
HOUR: Final = 3600


def show(visit: Visit) -> Response:
    """The year that an address names, or the newest."""
    told = years.year(visit.vault, visit.request.query_params.get("year"))
    if told["year"] is None:
        return sense.page(visit, "year.html", "year", title="Your year", told=told, years=[])
    days = {date.fromisoformat(each["day"]): each["things"] for each in told["days"]}
    span = {"first": f"{told['year']}-01", "last": f"{told['year']}-12"}
    return sense.page(
        visit,
        "year.html",
        "year",
        title=f"Your {told['year']}",
        told=told,
        years=[
            {"label": each, "href": f"/year?year={each}", "current": each == told["year"]}
            for each in told["years"][:12]
        ],
        calendar=charts.calendar(
            days, until=date(int(told["year"]), 12, 31), unit="things", title="Every day of it"
        ),
        tops=[top_of(each, span) for each in told["tops"]],
        facts=facts_of(told),
        money=_money(told["money"], span) if told["money"] else None,
        trips=[
            {"name": each["name"], "when": f"{saying.when(each['from'])}, "
             f"{words.plural(each['nights'], 'night')}, {words.number(each['km'])} km away",
             "href": sense.rows_href("places", "visit", since=each["from"], until=each["to"])}
            for each in told["trips"]
        ],
    )  # fmt: skip


def facts_of(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """The large figures of the year."""
    found = []
    for top in told["tops"]:
        if top["sense"] == "taste" and top["amount"]:
            verb = {"watch": "watching", "listen": "listening"}.get(top["part"], "reading")
            seconds = top["amount"]
            found.append(
                {"number": f"{words.number(seconds // HOUR)} h" if seconds >= HOUR
                 else words.hours(seconds), "label": verb,
                 "note": f"{_days(seconds)} of 24 hours" if seconds >= 12 * HOUR else ""}
            )  # fmt: skip
        elif top["part"] == "read":
            found.append({"number": words.number(top["total"]), "label": "books read", "note": ""})
    metres = sum(each["metres"] for each in told["moves"])
    if metres:
        said = saying.listed(each["name"] for each in told["moves"][:3])
        found.append(
            {"number": f"{words.number(metres // 1000)} km", "label": "moved", "note": said}
        )
    if told["money"]:
        out = words.money(str(told["money"]["out"]).split(".")[0], told["money"]["currency"])
        found.append({"number": out.removesuffix(".00"), "label": "paid", "note": ""})
    return found


def _days(seconds: int) -> str:
    days = round(seconds / 86_400, 1)
    return words.plural(int(days), "day") if days == int(days) else f"{days} days"


def top_of(each: Mapping[str, Any], span: Mapping[str, str]) -> dict[str, Any]:
    """What there was most of, in bars: by its time where a file tells that, else by how often."""
    title, unit, icon, nouns = TITLES[each["sense"], each["part"]]
    timed = bool(each["amount"]) and each["sense"] == "taste"
    new = f", {words.number(each['new'])} of them new" if each["new"] else ""
    names = words.plural(each["names"], *nouns)
    return {
        "title": title,
        "icon": icon,
        "note": f"{words.plural(each['total'], unit)}, {names}{new}",
        "first": each["top"][0]["name"],
        "bars": pictures.bars(
            [
                {"name": item["name"], "value": item["amount" if timed else "times"],
                 "said": words.hours(item["amount"]) if timed and item["amount"]
                 else words.plural(item["times"], unit),
                 "href": sense.rows_href(each["sense"], each["part"], span, who=item["key"])}
                for item in each["top"]
            ]
        ),
    }  # fmt: skip


def _money(money: Mapping[str, Any], span: Mapping[str, str]) -> dict[str, Any]:
    unit = money["currency"]
    return {
        "out": words.money(money["out"], unit),
        "in": words.money(money["in"], unit),
        "bars": pictures.bars(
            [
                {"name": each["name"], "value": each["amount"],
                 "said": words.money(each["amount"], unit),
                 "href": sense.rows_href("money", "out", span, kind=each["key"], unit=unit)}
                for each in money["categories"][:SHOPS_MAX]
            ]
        ),
    }  # fmt: skip
