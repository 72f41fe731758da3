"""The first page: drop a file and see what is in it, before there is any name or passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from firsthand.foundation.web import charts
from firsthand.vault.acts.backing import is_backup
from firsthand.vault.acts.bringable import every_source, name_of
from firsthand.vault.acts.uploading import in_words
from firsthand.vault.acts.visiting import THINGS
from firsthand.vault.pages import findings
from firsthand.vault.pages.forms import Dropped, Form
from firsthand.vault.pages.looks import LookGone
from firsthand.vault.pages.visits import NotHere, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.pages.looks import Look

SLICES: Final = "/drop/upload"
OWN_GUIDES: Final = frozenset(["netflix", "bank"])
ICONS: Final = {
    "netflix": "film", "letterboxd": "film", "goodreads": "diary", "spotify": "heart",
    "instagram": "eye", "facebook": "people", "contacts": "people", "calendar": "bell",
    "bookmarks": "star", "timeline": "home", "email": "inbox",
    "amazon": "tag", "bank": "money", "browser": "search", "google": "search",
}  # fmt: skip
UNREADABLE_SHOWN_MAX: Final = 50
BARS_MAX: Final = 8
A_BACKUP: Final = "That is a backup. Where nothing is kept yet, “I have one already” takes it."


def show(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """The first page, for who is not signed in."""
    look = visit.look()
    return visit.page(
        "start.html",
        status,
        title="Your data, first hand",
        samples=visit.parts.samples,
        people=[door for door in visit.parts.doors if door.kind == "person"],
        staff=[door for door in visit.parts.doors if door.kind == "staff"],
        single=visit.parts.single is not None,
        there=visit.parts.single is None or visit.parts.cabinet.there_is(visit.parts.single.name),
        looking=bool(look and look.held),
        slices=SLICES,
        bounds=visit.parts.uploads,
        largest=(largest := visit.parts.looks.visits.largest(THINGS)),
        largest_said=in_words(largest),
        error=error,
    )


def guide(visit: Visit) -> Response:
    """How to get one's data from a service, step by step."""
    service = visit.request.path_params["service"]
    known = next((each for each in every_source() if each["key"] == service), None)
    if known is None:
        raise NotHere
    back = "/bring" if visit.opened is not None else "/"
    title = f"How to get your data from {name_of(service)}"
    if service in OWN_GUIDES:
        return visit.page("guide.html", title=title, service=service, back=back)
    return visit.page("guide_any.html", title=title, source=known, back=back, sign=_icon(service))


def sources(visit: Visit) -> Response:
    """Everything that could be brought, and where it says how."""
    return visit.page(
        "sources.html",
        title="What could I bring?",
        sources=[{**each, "icon": _icon(each["key"])} for each in every_source()],
        back="/bring" if visit.opened is not None else "/",
    )


def _icon(key: str) -> str:
    return ICONS.get(key, "chart")


def drop(visit: Visit) -> Response:
    """Take files into memory, and show what is in them."""
    if not visit.form.files:
        return show(visit, error="No file came with that. Choose one first.", status=400)
    if any(is_backup(file.content) for file in visit.form.files):
        return show(visit, error=A_BACKUP, status=422)
    return _into_memory(visit, "/look")


def sample(visit: Visit) -> Response:
    """Look at a sample instead of a file of one's own."""
    take_sample(visit)
    return _into_memory(visit, "/look", sample=True)


def found(visit: Visit) -> Response:
    """What is in the files that were dropped."""
    look = visit.look()
    if look is None or not look.held:
        return visit.go("/")
    return visit.page("look.html", title="What is in it", signed_in=bool(visit.opened),
                      sent=bool(look.sent), **told(visit, look))  # fmt: skip


def answer(visit: Visit) -> Response:
    """Take answers and corrections, and read again from memory."""
    take_answers(visit)
    return visit.go("/look")


def forget(visit: Visit) -> Response:
    """Drop everything that was dropped."""
    visit.parts.looks.forget(visit.parts.look_cookie.read(visit.request))
    answer = visit.go("/")
    visit.parts.look_cookie.drop(answer)
    return answer


def told(visit: Visit, look: Look) -> dict[str, Any]:
    """What a page shows of a look: files, questions, findings; read now if it was not yet."""
    today = visit.parts.clock.now().date()
    seen: dict[str, Any] = visit.parts.looks.tell(look, today)
    files = [file_report(file) for file in seen["files"]]
    look.asked.update({each["id"]: each for each in seen["questions"]})
    open_ids = {each["id"] for each in seen["questions"]}
    answered = [
        {**each, "pairs": [(choice, choice) for choice in each["choices"]], "answer": answer}  # type: ignore[attr-defined]
        for id, each in look.asked.items()
        if id not in open_ids and (answer := look.answers.get(id))
    ]
    things = sum(int(file["added"]) for file in files)
    return {
        "files": files,
        # Nothing was seen, as not all was read: that is no word on what is in it.
        "cut": not things and not seen["questions"] and any(file["note"] for file in files),
        "questions": seen["questions"],
        "answered": answered,
        "found": findings.shown(seen["findings"], today),
        "sample": look.sample,
        "failed": bool(files) and all(file["error"] for file in files),
        "things": things,
    }


def file_report(report: dict[str, Any]) -> dict[str, Any]:
    """A file's report for a page: the first rows that could not be read, and how many more."""
    unreadable = report["unreadable"]
    return {
        **report,
        "guesses": [
            {**guess, "pairs": [(choice, choice) for choice in guess["choices"]]}
            for guess in report["guesses"]
        ],
        "shown": unreadable[:UNREADABLE_SHOWN_MAX],
        "more": max(0, report["unreadable_rows"] - UNREADABLE_SHOWN_MAX),
        "bars": member_bars(report),
        "error": report.get("error"),
        "note": report.get("note"),
    }


def member_bars(report: dict[str, Any]) -> Markup:
    """A picture of what the members of an archive brought: the largest, and the rest as one."""
    sums: dict[str, int] = {}
    for member in report["members"]:
        name = str(member.get("format") or member.get("source") or "other")
        sums[name] = sums.get(name, 0) + int(member["added"]) + int(member["known"])
    ranked = sorted(((name, rows) for name, rows in sums.items() if rows), key=lambda e: -e[1])
    if len(ranked) < 2:  # noqa: PLR2004 - one kind is no picture
        return Markup("")
    rest = sum(rows for _, rows in ranked[BARS_MAX:])
    points = ranked[:BARS_MAX] + ([("others", rest)] if rest else [])
    return charts.bars(points, unit="rows", title="What was in it")


def take_answers(visit: Visit) -> None:
    """Put the answers of a form (`answer:ID`) into the look. Raises `LookGone`."""
    look = visit.look()
    if look is None:
        raise LookGone
    names = [name for name in visit.form.fields if name.startswith("answer:")]
    answers = {name.removeprefix("answer:"): visit.form.one(name) for name in names}
    visit.parts.looks.answer(look, answers)


def take_sample(visit: Visit) -> None:
    """Put the sample that a form names where its files would be. Raises `NotHere`."""
    name = visit.form.one("name")
    chosen = [each for each in visit.parts.samples if each.name == name]
    if not chosen:
        raise NotHere
    files = [Dropped(name=each.name, content=each.content) for each in chosen]
    visit.form = Form(fields={}, files=files)


def _into_memory(visit: Visit, href: str, *, sample: bool = False) -> Response:
    token = into_memory(visit, sample=sample)
    answer = visit.go(href)
    visit.parts.look_cookie.put(answer, token)
    return answer


def into_memory(visit: Visit, *, sample: bool = False) -> str:
    """Hold the files of a form in the visitor's look, a new one if need be; return its token."""
    looks = visit.parts.looks
    token = visit.parts.look_cookie.read(visit.request)
    look = looks.read(token)
    if look is None or token is None:
        token = looks.begin()
        look = looks.read(token)
        assert look is not None
    looks.add(look, visit.form.files, sample=sample)
    return token
