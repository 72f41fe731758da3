"""The terms page: every agreement there is, in words and rows, and two of them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.protocol.terms import DEFAULT, ROSTER
from firsthand.vault.acts.comparing import compare_terms
from firsthand.vault.pages import saying
from firsthand.vault.pages.differing import rows
from firsthand.vault.pages.visits import NotHere, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.protocol.terms import Terms

YES, NO, SOME = "yes", "no", "only so"
_EXACT: Final = {
    "hour": "They learn the hour. That shows when you sleep, work and are at home.",
    "day": "They learn the day, never the hour.",
    "week": "They learn the week, never the day or the hour.",
    "month": "They learn the month, nothing finer.",
    "year": "They learn the year, nothing finer.",
}


def every(visit: Visit) -> Response:
    """All agreements, what allows least first, each with a picture of what it allows."""
    ordered = sorted(ROSTER.values(), key=_width)
    return visit.page(
        "terms.html",
        title="What you can agree to",
        here="deals",
        terms=[in_rows(each) for each in ordered],
        options=_options(),
        a=DEFAULT,
        b="SD-BASE",
    )


def one(visit: Visit) -> Response:
    """One agreement: what it allows and what not, row by row, and its whole text."""
    terms = ROSTER.get(visit.request.path_params["id"])
    if terms is None:
        raise NotHere
    return visit.page(
        "term.html",
        title=terms.title,
        here="deals",
        each=in_rows(terms),
        options=_options(),
        other=DEFAULT if terms.id != DEFAULT else "SD-BASE",
    )


def compare(visit: Visit) -> Response:
    """Two agreements side by side, and what is different."""
    query = visit.request.query_params
    left, right = ROSTER.get(query.get("a", DEFAULT)), ROSTER.get(query.get("b", "SD-BASE"))
    if left is None or right is None:
        raise NotHere
    return visit.page(
        "compare.html",
        title="Two agreements side by side",
        here="deals",
        left=in_rows(left),
        right=in_rows(right),
        rows=rows(compare_terms(left, right)),
        options=_options(),
    )


def in_rows(terms: Terms) -> dict[str, Any]:
    """Terms as a page shows them: the same rows in the same order for every agreement."""
    found = [
        _row("heart", "What they do with it", _uses(terms), None),
        _row("diary", "How exact the times are", _EXACT[terms.precision], None),
        _row("eye", "Watch what I do there", _WATCH[terms.tracking], terms.tracking),
        _row("person", "Draw a picture of what I like", _PICTURE[terms.profiling], terms.profiling),
        _row("chart", "Count it with others", _counting(terms), terms.analytics),
        _row("people", "Let others see it", _passing(terms), terms.onward),
        _row("star", "Train models on it", _TRAIN[terms.training], terms.training),
        _row("diary", "Keep it after the end", _kept(terms), None),
        _row("download", "Give it back when I ask", _BACK[terms.portability], terms.portability),
        _row("leave", "How I end it", "With two presses, any day. It ends by itself, too.", None),
    ]
    asked = [row for row in found if row["yes"] is not None and row["icon"] != "download"]
    allowed = [row["title"].lower() for row in asked if row["yes"]]
    return {
        "id": terms.id,
        "title": terms.title,
        "summary": terms.summary,
        "points": terms.points,
        "mark": terms.mark.replace(f"{terms.id} of ", "one of "),
        "sha256": terms.sha256,
        "rows": found,
        "picture": asked,
        "picture_says": f"They may {saying.listed(allowed)}."
        if allowed
        else "None of these: " + saying.listed(row["title"].lower() for row in asked),
    }


def _row(icon: str, title: str, says: str, yes: bool | None) -> dict[str, Any]:  # noqa: FBT001 - the answer
    answers = {True: ("allowed", "waiting"), False: ("not allowed", "on"), None: ("always", "")}
    if icon == "download":
        answers = {True: ("yes", "on"), False: ("by law only", ""), None: ("", "")}
    answer, badge = answers[yes]
    kind = {True: "may", False: "may-not", None: "so"}[yes]
    if icon == "download":
        kind = "may-not" if yes else "so"
    return {
        "icon": icon, "title": title, "says": says, "yes": yes, "answer": answer if yes is not None
        else "", "badge": badge, "kind": kind,
    }  # fmt: skip


_WATCH: Final = {
    True: "On their own pages and in their own apps they may see what you open and tap.",
    False: "They keep no watch on what you do, there or anywhere else.",
}
_PICTURE: Final = {
    True: "From what you give, they may guess what you like, to suit what they show you.",
    False: "They do not guess what you are like or what you might do.",
}
_TRAIN: Final = {
    True: "A computer learns from it. What was learnt cannot be taken back.",
    False: "No computer learns from it.",
}
_BACK: Final = {
    True: "You get all of it in a form that other programs can read.",
    False: "This agreement adds nothing to what the law gives you.",
}


def _uses(terms: Terms) -> str:
    return f"They may {saying.listed(saying.PURPOSES[each] for each in terms.purposes)}. No more."


def _counting(terms: Terms) -> str:
    if terms.analytics:
        return f"Only as numbers, each about at least {terms.k_min} people."
    return "They do not count it to make their service better."


def _passing(terms: Terms) -> str:
    if terms.onward:
        return f"Only numbers, each about at least {terms.k_min} people. Nothing about you alone."
    return "Nobody but them sees it."


def _kept(terms: Terms) -> str:
    if terms.retention_days == 0:
        return "Not at all: it is erased when it ends."
    return f"At most {terms.retention_days} days, or not at all if you say so. They stop at once."


def _options() -> list[tuple[str, str]]:
    return [(each.id, each.title) for each in ROSTER.values()]


def _width(terms: Terms) -> tuple[int, int]:
    more = (terms.tracking, terms.profiling, terms.analytics, terms.onward, terms.training)
    return sum(more), len(terms.purposes)
