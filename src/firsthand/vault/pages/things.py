"""Everything a person has brought: as a diary, to search and to open one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from firsthand.foundation.web import charts
from firsthand.vault.acts import browsing, keeping
from firsthand.vault.acts.browsing import Filter, checked_day
from firsthand.vault.pages import saying
from firsthand.vault.pages.visits import NotHere, Visit
from firsthand.vault.pages.ways import ways
from firsthand.vault.sense import facets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

PAGE_THINGS: Final = 50
PLACE_CHARACTERS_MAX: Final = 20
SEARCH_CHARACTERS_MAX: Final = 200
BARS_MAX: Final = 36
_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
LONG_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def diary(visit: Visit) -> Response:
    """The things as a diary, the newest first."""
    query = visit.request.query_params
    chosen = chosen_in(query)
    before, after = _place(query.get("before", "")), _place(query.get("after", ""))
    told = browsing.diary(visit.vault, chosen, before=before, after=after, limit=PAGE_THINGS)
    things, line = told["things"], browsing.timeline(visit.vault, chosen)
    assert isinstance(things, list)
    counts = keeping.counts(visit.vault)
    first = before is None and after is None
    return visit.page(
        "things.html",
        title="Your things",
        here="things",
        empty=not counts,
        ways=ways("things"),
        narrowed=any((chosen.since, chosen.until, chosen.person, chosen.place)),
        chosen=chosen,
        total=len(things) if first and told["older"] is None else line.total,
        whole=line.whole,
        months=by_month(things),
        chart=_chart(line.months) if first and line.whole else Markup(""),
        kinds=_tabs(counts, chosen),
        sources=[
            (name, saying.source(name)) for name in sorted({str(c["source"]) for c in counts})
        ],
        newer=_href(chosen, after=told["newer"]) if told["newer"] is not None else None,
        older=_href(chosen, before=told["older"]) if told["older"] is not None else None,
    )


def _place(text: str) -> int | None:
    """A place in the diary as an address names it; None for anything else."""
    fits = text.isascii() and text.isdecimal() and len(text) < PLACE_CHARACTERS_MAX
    return min(int(text), browsing.PLACE_MAX) if fits else None


def one(visit: Visit) -> Response:
    """One thing with all that stands in it, where it came from and who was given it."""
    found: dict[str, Any] | None = keeping.thing(visit.vault, visit.request.path_params["id"])
    if found is None:
        raise NotHere
    given = [
        {**each, "says": saying.GIVINGS[str(each["state"])]}
        for each in browsing.given_of(visit.vault, found["id"])
    ]
    return visit.page(
        "thing.html",
        title=found["name"],
        here="things",
        thing=found,
        kind=saying.kind_of(found["type"]),
        fields=saying.fields_of(found["type"], found["data"]),
        source=saying.source(found["source"]),
        given=given,
    )


def chosen_in(query: Mapping[str, str]) -> Filter:
    """The filter that an address names."""
    search = " ".join(query.get("q", "").split())[:SEARCH_CHARACTERS_MAX]
    person, place = (_named(query.get(name, "")) for name in ("person", "place"))
    return Filter(
        type=query.get("kind") or None,
        source=query.get("source") or None,
        search=search or None,
        since=checked_day(query.get("since", "")),
        until=checked_day(query.get("until", "")),
        person=person,
        place=place,
    )


def _named(text: str) -> str | None:
    name = " ".join(text.split())[:SEARCH_CHARACTERS_MAX]
    return name if any(sign.isalnum() for sign in name) else None


def by_month(things: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Things under the month they belong to, as `ui.diary` takes them; a day is named once."""
    found: list[tuple[str, list[dict[str, Any]]]] = []
    day = None
    for thing in things:
        time = str(thing["time"] or "")
        month = f"{LONG_MONTHS[int(time[5:7]) - 1]} {time[:4]}" if time else "Without a day"
        if not found or found[-1][0] != month:
            found.append((month, []))
        same, day = time[:10] == day, time[:10]
        found[-1][1].append(
            {
                "when": ""
                if same or not time
                else f"{int(time[8:10])} {_MONTHS[int(time[5:7]) - 1]}",
                "title": thing["name"],
                "href": f"/things/{thing['id']}",
                "text": _note(thing),
                "aside": saying.amount(row_of(thing)),
                "icon": saying.kind_of(thing["type"]).icon,
            }
        )
    return found


def row_of(thing: Mapping[str, Any]) -> dict[str, object]:
    """The amount and currency of a thing, for `saying.amount`."""
    data = thing["data"]
    return {"amount": data.get("price"), "currency": data.get("priceCurrency")}


def _note(thing: Mapping[str, Any]) -> str:
    parts = [saying.kind_of(thing["type"]).done]
    data, time = thing["data"], str(thing["time"] or "")
    if len(time) > 10:  # noqa: PLR2004 - longer than a day
        parts.append(time[11:16])
    if thing["type"] == "ListenAction":
        parts.append(facets.work_of(data.get("object"), "").name)
    if data.get("duration"):
        parts.append(dict(saying.fields_of(thing["type"], data)).get("For how long", ""))
    parts.append(saying.source(thing["source"]))
    return " · ".join(part[0].upper() + part[1:] for part in parts if part)


def _tabs(counts: Sequence[Mapping[str, Any]], chosen: Filter) -> list[dict[str, Any]]:
    counted = not chosen.by_words  # of what is looked for, the list below says how much there is
    totals: dict[str, int] = {}
    for each in counts:
        if chosen.source not in {None, each["source"]}:
            continue
        totals[each["type"]] = totals.get(each["type"], 0) + int(each["things"])
    tabs: list[dict[str, Any]] = [
        {"label": "All", "href": _href(chosen, kind=""), "current": chosen.type is None,
         "count": sum(totals.values()) if counted else None}
    ]  # fmt: skip
    for name, count in sorted(totals.items(), key=lambda item: -item[1]):
        label = saying.kind_of(name).many
        tabs.append(
            {"label": label[0].upper() + label[1:], "href": _href(chosen, kind=name),
             "current": chosen.type == name, "count": count if counted else None}
        )  # fmt: skip
    return tabs


def _href(chosen: Filter, kind: str | None = None, **place: object) -> str:
    wanted = {
        "q": chosen.search,
        "kind": chosen.type if kind is None else kind,
        "source": chosen.source,
        "since": chosen.since,
        "until": chosen.until,
        "person": chosen.person,
        "place": chosen.place,
        **place,
    }
    query = urlencode({key: value for key, value in wanted.items() if value})
    return f"/things?{query}" if query else "/things"


def _chart(months: list[tuple[str, int]]) -> Markup:
    if len(months) < 2:  # noqa: PLR2004 - one month is no picture
        return Markup("")
    filled = without_gaps(months)[-charts.POINTS_MAX :]
    points = [(f"{_MONTHS[int(m[5:7]) - 1]} {m[:4]}", count) for m, count in filled]
    draw = charts.bars if len(points) <= BARS_MAX else charts.line
    return draw(points, unit="things", title="By month")


def without_gaps(months: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The same months with those between them that have nothing."""
    known = dict(months)
    first, last = months[0][0], months[-1][0]
    at, end = int(first[:4]) * 12 + int(first[5:7]) - 1, int(last[:4]) * 12 + int(last[5:7]) - 1
    names = [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(at, end + 1)]
    return [(name, known.get(name, 0)) for name in names]
