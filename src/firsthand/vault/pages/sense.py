"""What pages of sense share: spans, the rows behind a figure, corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from firsthand.foundation.web import words
from firsthand.vault.acts import behind, correcting, keeping, noticing
from firsthand.vault.acts.browsing import PLACE_MAX, checked_day
from firsthand.vault.acts.correcting import CorrectionRefused
from firsthand.vault.pages import findings, home, saying, things
from firsthand.vault.pages.visits import NotHere
from firsthand.vault.pages.ways import WAYS, ways
from firsthand.vault.sense.categories import lists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

BEHIND_MAX: Final = 50
LONG_MONTHS: Final = things.LONG_MONTHS
SAID: Final = {
    "wrong": "not so", "like": "I like it", "dislike": "I do not like it", "out": "not mine",
    "none": "none of them",
}  # fmt: skip


def page(visit: Visit, name: str, way: str, **context: Any) -> Response:  # noqa: ANN401
    """Answer with a page of sense: with the ways to the others, and whether it is up to date."""
    return visit.page(
        name,
        here="things",
        ways=ways(way),
        seeking=home.seeking(visit),
        nothing=not keeping.counts(visit.vault),
        **context,
    )


def spans(span: Mapping[str, Any] | None, path: str, **more: str | None) -> list[dict[str, object]]:
    """The spans to choose from: the last twelve months, each year, everything."""
    if span is None:
        return []
    named = [("", "Last 12 months"), *((year, year) for year in span["years"][:12]), ("all", "All")]
    if span["name"] not in {name for name, _ in named}:
        named.insert(1, (span["name"], month(span["name"])))
    return [
        {"label": label, "href": address(path, span=name, **more), "current": name == span["name"]}
        for name, label in named
    ]


def address(path: str, **query: object) -> str:
    """An address with what it asks for; what is empty is left out."""
    asked = urlencode({key: value for key, value in query.items() if value not in {None, ""}})
    return f"{path}?{asked}" if asked else path


def rows_href(sense: str, part: str, span: Mapping[str, Any] | None = None, **of: object) -> str:
    """Where the rows behind a figure are shown."""
    within = {"since": span["first"], "until": span["last"]} if span else {}
    return address("/behind", sense=sense, part=part, **{**within, **of})


def month(name: str) -> str:
    """`2024-03` as `March 2024`."""
    return f"{LONG_MONTHS[int(name[5:7]) - 1]} {name[:4]}" if len(name) > 4 else name  # noqa: PLR2004


def short_month(name: str) -> str:
    """`2024-03` as `Mar ’24`, for what stands below a picture."""  # noqa: RUF002
    return f"{LONG_MONTHS[int(name[5:7]) - 1][:3]} ’{name[2:4]}"  # noqa: RUF001


def in_words(span: Mapping[str, Any]) -> str:
    """A span in a sentence: `in the last twelve months`, `in 2024`, `in March 2024`."""
    if not span["name"]:
        return f"in the twelve months to {month(span['last'])}"
    if span["name"] == "all":
        return f"from {month(span['first'])} to {month(span['last'])}"
    return f"in {month(span['name'])}"


def show_behind(visit: Visit) -> Response:
    """The rows that a figure was made of."""
    query = visit.request.query_params
    figure = behind.Figure(
        sense=query.get("sense", ""),
        part=query.get("part", ""),
        who=query.get("who", ""),
        kind=query.get("kind", ""),
        unit=query.get("unit", ""),
        since=checked_day(query.get("since", "")),
        until=checked_day(query.get("until", "")),
    )
    before = query.get("before", "")
    place = min(int(before), PLACE_MAX) if before.isascii() and before.isdecimal() else None
    told = behind.behind(visit.vault, figure, before=place, limit=BEHIND_MAX)
    shown: Any = told["things"]
    asked = {key: value for key, value in query.items() if key != "before"}
    title = str(told["name"] or lists().names.get(figure.kind) or "The rows behind it")
    return page(
        visit,
        "behind.html",
        _way(figure.sense),
        title=title,
        place=f"place:name:{figure.who}" if figure.sense == "places" and told["name"] else "",
        span=_within(figure.since, figure.until),
        months=things.by_month(shown),
        older=address("/behind", **asked, before=told["older"]) if told["older"] else None,
    )


def _way(sense: str) -> str:
    if sense in {key for key, _, _ in WAYS}:
        return sense
    return {"hours": "routines", "moves": "places", "bought": "money"}.get(sense, "things")


def _within(since: str | None, until: str | None) -> str:
    if since and until and since != until:
        return f"From {_day(since)} to {_day(until)}."
    return f"Of {_day(since or until or '')}." if since or until else ""


def _day(text: str) -> str:
    return words.day(text) if len(text) > 7 else month(text)  # noqa: PLR2004 - longer than a month


def show_found(visit: Visit) -> Response:
    """Every finding, or the one that is named with the newest of the rows that it stands on."""
    if "key" not in visit.request.query_params:
        return page(
            visit, "found_all.html", "", title="What your data says", found=home.found(visit)
        )
    key, today = visit.request.query_params.get("key", ""), visit.parts.clock.now().date()
    kept = [each for each in noticing.noticed(visit.vault) if each["key"] == key]
    told = findings.shown(kept[:1], today, noticing.ROWS_KEPT_MAX)
    items: list[findings.Bill | findings.Card] = [*told.bills, *told.over, *told.cards]
    if not items:
        raise NotHere
    item = items[0]
    title = item.name if isinstance(item, findings.Bill) else item.title
    return page(visit, "found.html", "", title=title, item=item)


def show_corrections(visit: Visit) -> Response:
    """Everything that was corrected, each to be undone."""
    known = {**lists().names, **SAID}
    kept = [
        {**each, "words": known.get(str(each["said"]), correcting.called(visit.vault, each))}
        for each in correcting.corrections(visit.vault)
    ]
    return page(visit, "corrections.html", "", title="What you corrected", kept=kept)


def correct(visit: Visit) -> Response:
    """Keep a correction, or undo one, and go back to where it was said."""
    key, said = visit.form.one("key"), visit.form.one("said")
    back = visit.form.one("back")
    back = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/corrections"
    try:
        if visit.form.one("undo"):
            done = correcting.undo(visit.vault, key)
            text = "Undone. Our rule holds again." if done else "There was nothing to undo."
        else:
            correcting.correct(visit.vault, key, said, visit.form.one("about"))
            text = "Corrected. It stays so, also after you bring more."
    except CorrectionRefused as error:
        return visit.go(back, str(error), kind="bad")
    visit.parts.nudge(visit.person.slug)
    return visit.go(back, text)


def rows_of(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a kept finding, for a list."""
    return [
        {"name": str(row["name"]), "when": saying.when(row.get("time")),
         "amount": saying.amount(row), "href": f"/things/{row['id']}"}
        for row in found["rows"][:12]
    ]  # fmt: skip
