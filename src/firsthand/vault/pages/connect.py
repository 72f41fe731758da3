"""Connect to an organisation: see who it is and what it asks for, choose the terms, agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.protocol.refusals import Refused
from firsthand.protocol.roster import PRECISIONS
from firsthand.protocol.terms import DEFAULT, ROSTER
from firsthand.vault.acts import connecting, others
from firsthand.vault.acts.proposing import Way
from firsthand.vault.gate import Offline
from firsthand.vault.pages import home, proving, roster, saying

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

ADDRESS_CHARACTERS_MAX: Final = 500


def deals(visit: Visit) -> Response:
    """Everybody there is, or was, a deal with."""
    return visit.page("deals.html", title="Deals", here="deals", deals=home.deals(visit.vault))


def ask(visit: Visit) -> Response:
    """Ask for an address; with one, show who is there before anything is agreed."""
    to = visit.request.query_params.get("to", "").strip()[:ADDRESS_CHARACTERS_MAX]
    if "." in to and "://" not in to:
        to = f"https://{to}"  # as browsers do
    if not to:
        return visit.page("connect.html", title="Connect", here="deals", to="", error="")
    return _met(visit, to)


def agree(visit: Visit) -> Response:
    """Propose the terms, and show the answer."""
    form, parts = visit.form, visit.parts
    to = form.one("to").strip()[:ADDRESS_CHARACTERS_MAX]
    if not visit.freshly_proved and (said := proving.unproved(visit)):
        return _met(visit, to, wrong=said)
    answer = connecting.connect(
        visit.vault,
        to,
        terms=form.one("terms") or None,
        tie=form.one("tie") == "yes",
        way=Way(precision=form.one("precision") or None, all_asked=form.one("asked") == "all"),
    )
    parts.nudge(visit.person.slug)
    name = str(answer["organisation"])
    if answer["decision"] == "accepted":
        said = f"You have a deal with {name}. Nothing has left yet: you choose what to give."
        return visit.go(f"/with/{answer['name']}", said)
    return _met(visit, to, answer=answer)


def terms_in_words(accepted: list[str]) -> list[dict[str, Any]]:
    """The terms to choose from, those that are taken there first."""
    found: list[dict[str, Any]] = [
        {
            "id": terms.id,
            "title": terms.title,
            "points": terms.points,
            "may": saying.allowed(terms),
            "precision": saying.PRECISIONS[terms.precision],
            "taken": terms.id in accepted,
            "gives": saying.gives(terms.id),
        }
        for terms in ROSTER.values()
    ]
    return sorted(found, key=lambda each: (not each["taken"], each["id"] != DEFAULT))


def beyond(found: list[dict[str, str]]) -> list[tuple[str, str]]:
    """What is asked for and not needed, in words, each with the reason."""
    said = []
    for each in found:
        kind = saying.kind_of(each["kind"]).many if each["kind"] else ""
        known = saying.FIELDS.get(each["kind"], {})
        what = {
            "kind": kind[:1].upper() + kind[1:],
            "field": f"Of {kind}: {known.get(each['name'], each['name'])}",
            "purpose": f"To {saying.PURPOSES.get(each['name'], each['name'])}",
            "precision": f"Times by the {each['name']}",
        }[each["what"]]
        said.append((what, each["why"]))
    return said


def precisions() -> list[dict[str, str]]:
    """How finely times may leave, the coarsest first, and what each lets somebody work out."""
    return [
        {"id": each, "said": f"Times {saying.PRECISIONS[each]}", "means": saying.FINENESS[each]}
        for each in reversed(PRECISIONS)
    ]


def _met(
    visit: Visit, to: str, *, wrong: str = "", answer: dict[str, object] | None = None
) -> Response:
    try:
        seen: dict[str, Any] = connecting.approach(visit.vault, to).summary()
    except (Refused, Offline) as error:
        if (listed := _others(visit, to)) is not None:
            return listed
        said = saying.plainly(str(error)) if isinstance(error, Refused) else _AWAY
        return visit.page("connect.html", 422, title="Connect", here="deals", to=to, error=said)
    if seen["connected_as"] and answer is None:
        said = f"You have a deal with {seen['organisation']} already. Here it is."
        return visit.go(f"/with/{seen['connected_as']}", said, "info")
    terms = terms_in_words(seen["accepts"])
    return visit.page(
        "agree.html",
        422 if wrong else 200,
        title=f"A deal with {seen['organisation']}",
        here="deals",
        to=to,
        seen=seen,
        asked=saying.asked(seen["asks"]),
        beyond=beyond(seen["beyond"]),
        smaller=saying.asked(seen["smaller"]),
        all_asked=visit.form.one("asked") == "all",
        terms=terms,
        chosen=_chosen(visit, terms, answer),
        precisions=precisions(),
        precision=visit.form.one("precision"),
        tie=visit.form.one("tie"),  # nothing is ticked beforehand: it is theirs to say
        proved=visit.freshly_proved,
        site=proving.site(visit),
        elsewhere="",
        wrong=wrong,
        answer=answer,
        reason=saying.plainly(str(answer["reason"] or "")) if answer else "",
        counter=ROSTER[counter].title if (counter := _counter(answer)) else "",
    )


def _others(visit: Visit, to: str) -> Response | None:
    """The page of an organisation without Firsthand that says which agreements it accepts."""
    try:
        seen: dict[str, Any] = others.terms_at(visit.vault, to)
    except (Refused, Offline):
        return None
    known = [roster.in_rows(ROSTER[each]) for each in seen["known"]]
    return visit.page(
        "others.html", title="What they would accept", here="deals", seen=seen, known=known
    )


def _counter(answer: dict[str, object] | None) -> str:
    """The terms that they propose instead, if they named any that we know."""
    named = str(answer["counter"]) if answer is not None else ""
    return named if named in ROSTER else ""


def _chosen(visit: Visit, terms: list[dict[str, Any]], answer: dict[str, object] | None) -> str:
    """The terms that are marked first: what they propose instead, what was chosen, or ours."""
    if counter := _counter(answer):
        return counter
    taken = [str(each["id"]) for each in terms if each["taken"]]
    wanted = visit.form.one("terms") or DEFAULT
    if answer is not None or (not visit.form.fields and wanted not in taken):
        return taken[0] if taken else DEFAULT
    return wanted if wanted in ROSTER else DEFAULT


_AWAY: Final = (
    "Nobody answers at this address. Check it for mistakes, or try again later: "
    "nothing was sent but the question who is there."
)
