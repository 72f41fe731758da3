"""People as pages: everybody by how often, and one by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import charts, words
from firsthand.vault.acts import people
from firsthand.vault.pages import saying, sense, things
from firsthand.vault.pages.visits import NotHere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

WORDS: Final = {
    "message": ("message", "messages"), "event": ("event", "events"),
    "transfer": ("payment", "payments"), "contact": ("contact", "contacts"),
}  # fmt: skip
LABELS: Final = {"email": "E-mail", "telephone": "Telephone", "birthDate": "Born on"}
MONTHS_MAX: Final = 36


def show(visit: Visit) -> Response:
    """Everybody, those that come most often first."""
    told = people.people(visit.vault)
    every = [_person(each) for each in told["people"]]
    points = [(each["name"], each["times"]) for each in every[:12]]
    return sense.page(
        visit,
        "people.html",
        "people",
        title="People",
        told=told,
        every=every,
        chart=charts.bars(points, unit="times", title="Most often", kind="rows") if points else "",
    )


def one(visit: Visit) -> Response:
    """One person."""
    told = people.person(visit.vault, visit.request.query_params.get("key", ""))
    if told is None:
        raise NotHere
    sums: dict[str, int] = {}
    for each in told["months"]:
        sums[each["month"]] = sums.get(each["month"], 0) + each["times"]
    filled = things.without_gaps(sorted(sums.items()))[-MONTHS_MAX:] if sums else []
    points = [(sense.short_month(month), count) for month, count in filled]
    return sense.page(
        visit,
        "person.html",
        "people",
        title=told["name"],
        person=_person(told),
        facts=[(LABELS[key], value) for key, value in told["facts"].items()],
        chart=charts.bars(points, unit="times", title="By month") if len(points) > 1 else "",
        search=sense.address("/things", person=told["name"]),
    )


def _person(each: Mapping[str, Any]) -> dict[str, Any]:
    parts = [
        {"said": words.plural(times, *WORDS[part]), "part": part,
         "href": sense.rows_href("people", part, who=each["key"])}
        for part, times in each["parts"].items() if part != "contact"
    ]  # fmt: skip
    return {
        **each,
        "said": ", ".join(part["said"] for part in parts),
        "parts": parts,
        "href": sense.address("/people/one", key=each["key"]),
        "when": saying.when(each["last"]),
        "since": saying.when(each["first"]),
    }
