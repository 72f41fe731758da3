"""One organisation: the deal, what it was given, the log with its receipts, and the end of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER
from firsthand.vault.acts import (
    browsing,
    changing,
    connecting,
    giving,
    letters,
    logging,
    witnessing,
)
from firsthand.vault.acts import ending as ends
from firsthand.vault.pages import saying
from firsthand.vault.pages.differing import rows
from firsthand.vault.pages.visits import NotHere, Visit
from firsthand.vault.terms.relationships import agreement_of, find
from firsthand.vault.terms.rights import stopped_there

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

THINGS_SHOWN_MAX: Final = 200  # of one giving on one page; the counts are of all


def show(visit: Visit) -> Response:
    """The deal: its plain text, its dates, who I am there, what was noticed, and how to end it."""
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    sums = browsing.sums(visit.vault).get(name, {})
    endings = _endings(visit, logging.log(visit.vault, name, verify=True)["endings"])
    found = find(visit.vault.store, name)
    paper = None
    if found.agreement is not None:
        agreement = agreement_of(visit.vault.store, found)
        terms, proffer = agreement.terms, agreement.proffer
        stopped = stopped_there(visit.vault.store, name)
        paper = {
            "title": terms.title,
            "summary": terms.summary,
            "points": terms.points,
            "id": terms.id,
            "sha256": terms.sha256,
            "may": [saying.PURPOSES[one] for one in terms.purposes if one not in stopped],
            "no_longer": [saying.PURPOSES[one] for one in terms.purposes if one in stopped],
            "precision": saying.PRECISIONS[agreement.precision],
            "from": _day(proffer.iat),
            "until": _day(proffer.exp),
            "asked": saying.asked(proffer.fields),
            "decision": agreement.answer.decision,
            "reason": saying.plainly(agreement.answer.reason),
            "countersigned": _day(agreement.answer.iat),
        }
    return visit.page(
        "with.html",
        title=f"Your deal with {told['organisation']}",
        here="deals",
        deal=in_words(told),
        at="deal",
        paper=paper,
        has=sums.get("given", 0),
        waiting=sums.get("waiting", 0),
        endings=endings,
        standing=changing.standing(visit.vault, name),
        counter=_counter(visit, name),
        lost=giving.lost(visit.vault, name),
        doubt=_doubt(visit, found.subject),
        person=visit.person.called,
    )


def _counter(visit: Visit, name: str) -> dict[str, Any] | None:
    """What they proposed instead of a change, side by side with it."""
    theirs: dict[str, Any] | None = changing.counter(visit.vault, name)
    if theirs is None:
        return None
    return {
        "id": theirs["theirs"],
        "mine": ROSTER[theirs["mine"]].title,
        "theirs": ROSTER[theirs["theirs"]].title,
        "reason": saying.plainly(theirs["reason"]),
        "rows": rows(theirs["differences"]),
    }


def given(visit: Visit) -> Response:
    """Everything that was given, each time with how many things and what became of it."""
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    entries = logging.log(visit.vault, name)["disclosures"]
    assert isinstance(entries, list)
    return visit.page(
        "with_given.html",
        title=f"What you gave to {told['organisation']}",
        here="deals",
        deal=in_words(told),
        at="given",
        givings=[_giving(entry) for entry in entries],
    )


def one_giving(visit: Visit) -> Response:
    """One giving, with exactly what left in it."""
    name, position = visit.request.path_params["name"], visit.request.path_params["position"]
    told = connecting.relationship(visit.vault, name)
    log_of = logging.log(visit.vault, name, verify=True)["disclosures"]
    assert isinstance(log_of, list)
    entry = next((each for each in log_of if each["position"] == position), None)
    if entry is None:
        raise NotHere
    left: dict[str, Any] = logging.disclosed(visit.vault, position)
    return visit.page(
        "giving.html",
        title=f"Given to {told['organisation']}",
        here="deals",
        deal=in_words(told),
        giving=_giving(entry),
        receipt=json.dumps(left["receipt"], indent=2) if left["receipt"] else "",
        things=left_rows(left["things"]),
        json=exact(left["things"]),
        more=max(0, len(left["things"]) - THINGS_SHOWN_MAX),
    )


def log(visit: Visit) -> Response:
    """The log: what left, when, and every receipt proven again on the spot."""
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    seen: dict[str, Any] = logging.log(visit.vault, name, verify=True)
    return visit.page(
        "with_log.html",
        title=f"The log of {told['organisation']}",
        here="deals",
        deal=in_words(told),
        at="log",
        givings=[_giving(entry) for entry in seen["disclosures"]],
        endings=_endings(visit, seen["endings"]),
        problems=seen["problems"],
        proven=sum(1 for entry in seen["disclosures"] if entry["verified"]),
    )


def end(visit: Visit) -> Response:
    """End the deal, and have everything erased if that was chosen. It works while they are away."""
    name = visit.request.path_params["name"]
    erase = visit.form.one("erase") == "yes"
    told: dict[str, Any] = ends.revoke(visit.vault, name, erase=erase)
    visit.parts.nudge(visit.person.slug)
    who = told["organisation"]
    if not told["confirmed"]:
        said = f"It has ended on your side. {who} will be told as soon as it can be reached."
        return visit.go(f"/with/{name}", said, "warning")
    said = f"{who} has erased what you gave, and signed it." if erase else f"{who} has stopped."
    return visit.go(f"/with/{name}", said)


def complaint(visit: Visit) -> Response:
    """The letter to the authority about an end that was not confirmed, to print or to copy."""
    name, query = visit.request.path_params["name"], visit.request.query_params
    try:
        found = ends.complain(
            visit.vault,
            name,
            query.get("country", "DE"),
            lang=query.get("lang", "en"),
            sender=visit.person.called,
            today=visit.parts.clock.now().date(),
        )
    except Refused as error:
        return visit.go(f"/with/{name}", saying.plainly(str(error)), "warning")
    who = connecting.relationship(visit.vault, name)["organisation"]
    return visit.page(
        "right_letter.html",
        title=f"A letter to {found['authority']}",
        here="deals",
        trail=[("Deals", "/deals"), (who, f"/with/{name}")],
        letter=found,
    )


def left_rows(things: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Things as they left, for a table: kind, name, when as coarse as it is, the rest in words."""
    rows = []
    for thing in things[:THINGS_SHOWN_MAX]:
        data = thing["data"]
        said = saying.fields_of(thing["type"], data)
        rest = [
            value if label in saying.PLAIN_PARTS else f"{label}: {value}"
            for label, value in said[1:]
            if label not in {"Name", "When"}
        ]
        rows.append(
            {
                "name": thing["name"],
                "kind": saying.kind_of(thing["type"]).done or thing["type"],
                "when": coarse(data.get("startTime"), data.get("timePrecision")),
                "rest": " · ".join(rest),
            }
        )
    return rows


def coarse(day: object, precision: object) -> str:
    """A time as coarse as it left: `the week of 1 January 2024`, `January 2024`, `2024`."""
    said = saying.when(day)
    if not said:
        return "no time"
    if precision == "P1W":
        return f"the week of {said}"
    if precision == "P1M":
        return said.partition(" ")[2]
    return str(day)[:4] if precision == "P1Y" else said


def exact(things: list[dict[str, Any]]) -> str:
    """What left, as it left: the content of each signal, as JSON."""
    shown = [thing["data"] for thing in things[:THINGS_SHOWN_MAX]]
    return json.dumps(shown, indent=2, ensure_ascii=False)


def in_words(told: Mapping[str, Any]) -> dict[str, Any]:
    """A relationship with its state in words, and whether its terms let anything be given."""
    says, badge = saying.STANDINGS[str(told["standing"])]
    return {**told, "says": says, "badge": badge, "gives": saying.gives(str(told["terms"]))}


def _doubt(visit: Visit, subject: str) -> dict[str, object] | None:
    """Why giving has stopped, if it has."""
    found = [each for each in witnessing.doubts(visit.vault) if each["subject"] == subject]
    return found[0] if found else None


def _giving(entry: Mapping[str, Any]) -> dict[str, Any]:
    says, badge = saying.GIVINGS[str(entry["state"])]
    reason = saying.plainly(entry["reason"])
    return {**entry, "says": says, "badge": badge, "reason": reason}


def _endings(visit: Visit, told: object) -> list[dict[str, Any]]:
    assert isinstance(told, list)
    found = []
    now = visit.parts.clock.now().date()
    for each in told:
        says, badge = saying.ENDINGS[each["state"]]
        words: dict[str, object] = {}
        due = ends.last_day(each["at"])
        overdue = each["state"] != "confirmed" and now > due
        if each["receipt"]:
            try:
                words = read_jws(each["receipt"])[1]
            except JwsRefused:
                words = {}
        found.append(
            {
                **each,
                "reason": saying.plainly(each["reason"]),
                "says": says,
                "badge": badge,
                "due": due.isoformat(),
                "overdue": overdue,
                "countries": letters.countries() if overdue else [],
                "backup_days": words.get("backup_days"),
                "batches": words.get("batches"),
                "words": json.dumps(words, indent=2) if words else "",
            }
        )
    return found


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).date().isoformat()
