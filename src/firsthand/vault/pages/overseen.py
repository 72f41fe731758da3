"""What an organisation signs of itself: who looked, its log as I saw it, and as others saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, looked, witnessing
from firsthand.vault.gate import Offline
from firsthand.vault.pages import proving, saying
from firsthand.vault.pages.deal import in_words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from firsthand.vault.pages.visits import Endpoint, Parts, Visit

LOOKS_SHOWN_MAX: Final = 200
KINDS: Final = {
    "staff": "of their staff",
    "rule": "their rule for answers",
    "token": "one of their systems",
    "command": "a command that they ran",
}


def who_looked(visit: Visit) -> Response:
    """Who looked at what I gave, as it was told last; what was not allowed stands out."""
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    found: dict[str, Any] = looked.looked(visit.vault, name, fetch=False)
    return visit.page(
        "with_looked.html",
        title=f"Who looked at what you gave to {told['organisation']}",
        here="deals",
        deal=in_words(told),
        at="looked",
        looks=[_look(each) for each in found["looks"][:LOOKS_SHOWN_MAX]],
        total=found["total"],
        wrong=found["wrong"],
    )


def ask_who_looked(visit: Visit) -> Response:
    """Ask them right now."""
    name = visit.request.path_params["name"]
    try:
        new = looked.ask(visit.vault, name)
    except (Offline, Refused) as error:
        return visit.go(f"/with/{name}/looked", saying.plainly(str(error)), "warning")
    said = "There is something new." if new else "Nobody has looked since you asked last."
    return visit.go(f"/with/{name}/looked", said)


def their_log(
    visit: Visit, *, compared: dict[str, Any] | None = None, wrong: str = "", status: int = 200
) -> Response:
    """What was seen of their log, what does not fit, and a form to compare with another vault."""
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    seen: dict[str, Any] = witnessing.seen(visit.vault, name)
    return visit.page(
        "with_seen.html",
        status,
        title=f"What you saw of the log of {told['organisation']}",
        here="deals",
        deal=in_words(told),
        at="log",
        seen=seen,
        newest=seen["checkpoints"][-1] if seen["checkpoints"] else None,
        proven=sum(1 for each in seen["checkpoints"] if each["proven"]),
        evidence=witnessing.evidence_of(visit.vault, name) if seen["conflicts"] else "",
        address=f"{proving.origin(visit)}/seen/{seen['subject']}",
        compared=compared,
        wrong=wrong,
        typed=visit.form.one("what"),
    )


def compare(visit: Visit) -> Response:
    """Compare with what was pasted, or with what an address answers."""
    name = visit.request.path_params["name"]
    try:
        done = witnessing.compare(visit.vault, name, visit.form.one("what"))
    except Offline:
        return their_log(visit, wrong="They could not be reached. Try again later.", status=502)
    except Refused as error:
        wrong = saying.plainly(str(error))
        return their_log(visit, wrong=wrong, status=max(400, error.refusal.status))
    return their_log(visit, compared=done)


def follow(visit: Visit) -> Response:
    """Ask for their newest checkpoint right now."""
    name = visit.request.path_params["name"]
    try:
        told = witnessing.follow(visit.vault, name)
    except (Offline, Refused) as error:
        return visit.go(f"/with/{name}/seen", saying.plainly(str(error)), "warning")
    if told["doubt"]:
        return visit.go(f"/with/{name}/seen")
    return visit.go(f"/with/{name}/seen", "Their log fits all that you saw of it before.")


def go_on(visit: Visit) -> Response:
    """Go on though their log does not fit."""
    name = visit.request.path_params["name"]
    witnessing.go_on(visit.vault, name)
    return visit.go(f"/with/{name}", "You go on with them. What did not fit is kept.")


def allow(visit: Visit) -> Response:
    """Let anybody ask what I saw, or take that back."""
    name = visit.request.path_params["name"]
    yes = visit.form.one("yes") == "yes"
    witnessing.allow(visit.vault, name, yes=yes)
    said = "Others can ask what you saw." if yes else "Nobody can ask any more."
    return visit.go(f"/with/{name}/seen", said)


def seen_door(parts: Parts) -> Endpoint:
    """GET /seen/SUBJECT: what is published here of an organisation's log, for anybody.

    It names nobody, and is answered while everything is locked.
    """

    async def seen(request: Request) -> Response:
        folders = parts.cabinet.folders()
        subject = request.path_params["subject"]
        texts = await run_in_threadpool(witnessing.published_in, folders, subject)
        status = 200 if texts else 404
        return JSONResponse({"subject": subject, "seen": texts}, status)

    return seen


def _look(each: dict[str, Any]) -> dict[str, Any]:
    kind, name = KINDS.get(each["kind"], each["kind"]), each["name"]
    who, what = (name, kind) if each["kind"] == "staff" else (kind, name)
    fields = [saying.field(field) for field in each["fields"]]
    return {
        **each,
        "who": who[:1].upper() + who[1:],
        "what": "" if each["kind"] == "command" else what,
        "purpose": saying.PURPOSES.get(each["purpose"], each["purpose"]),
        "fields": saying.listed(dict.fromkeys(field for field in fields if field)),
    }
