"""What people ask by right: every request with its clock, one request, and what can be done."""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from firsthand.hub.acts import requests
from firsthand.hub.pages import saying
from firsthand.hub.pages.visits import NotHere, Visit
from firsthand.hub.terms.rights import ALL, RequestRefused
from firsthand.protocol.rights import DENIALS, RIGHTS, STATES
from firsthand.protocol.wire import DETAILS_CHARS_MAX

PATH: Final = "/staff/requests"
SOON_DAYS: Final = 7
RIGHTS_SAID: Final = {
    "access": "See what you have of them",
    "portability": "Take it elsewhere",
    "rectification": "Put something right",
    "erasure": "Erase it",
    "restriction": "Keep it, and not use it",
    "objection": "Stop using it for something",
}
LAWS: Final = {"gdpr": "GDPR", "ccpa": "CCPA"}
BADGES: Final = {
    "open": ("waits for you", "waiting"),
    "in_progress": ("you work on it", "waiting"),
    "fulfilled": ("done", "on"),
    "denied": ("you said no", "refused"),
    "revoked": ("taken back", "ended"),
    "expired": ("lapsed", "ended"),
}
REASONS: Final = {
    "suspected_fraud": "We believe that it is not from this customer",
    "insuf_verification": "We could not make sure who asks",
    "no_match": "We found nothing of theirs",
    "claim_not_covered": "The law gives no right to this",
    "outside_jurisdiction": "This law does not hold for them",
    "too_many_requests": "They have asked too often",
    "other": "Another reason, which we say below",
}
NOT_AGREED: Final = "Their deal does not let you do it anyway."
assert RIGHTS_SAID.keys() == RIGHTS.keys(), "every right has words"
assert BADGES.keys() == STATES.states.keys(), "every state has words"
assert REASONS.keys() == DENIALS.keys(), "every reason has words"


def show(visit: Visit) -> Response:
    """Every request: those that wait first."""
    found: Any = requests.listed(visit.hub)["rights"]
    rows = [_row(one) for one in found]
    return visit.page(
        "requests.html",
        title="Requests",
        here="requests",
        waiting=[one for one in rows if one["open"]],
        done=[one for one in rows if not one["open"]],
    )


def one(visit: Visit) -> Response:
    """One request, with what can be done."""
    return _page(visit)


def decide(visit: Visit) -> Response:
    """Do what was asked, say no, or take more time."""
    form, reference = visit.form, _id(visit)
    wanted, why, reason = form.one("decide"), form.one("why").strip(), form.one("reason")
    purposes = [each for each in (*saying.PURPOSES, ALL) if form.one(f"purpose-{each}")]
    try:
        if wanted == "fulfil":
            _check_chosen(visit, purposes)
            requests.fulfil(visit.hub, reference=reference, why=why, purposes=purposes)
            return visit.go(visit.request.url.path, "Done. The customer finds your statement.")
        if wanted == "deny":
            if reason not in REASONS:
                raise RequestRefused("Choose a reason: the customer is told it.")  # noqa: TRY301
            requests.deny(visit.hub, reference=reference, reason=reason, why=why)
            return visit.go(visit.request.url.path, "You said no. The customer is told why.")
        if wanted == "extend":
            requests.extend(visit.hub, reference=reference, why=why)
            return visit.go(visit.request.url.path, "You have more time. The customer is told why.")
    except RequestRefused as refused:
        typed = Typed(why=why, reason=reason, purposes=purposes)
        where = "choose" if isinstance(refused, Unchosen) else wanted
        return _page(visit, 422, wrong={where: str(refused)}, typed=typed)
    raise NotHere("Nothing was chosen, so nothing was changed.")


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote and chose in a form that was refused: it is there again."""

    why: str = ""
    reason: str = ""
    purposes: list[str] = []


class Unchosen(RequestRefused):
    """Of the uses that an objection may mean none was chosen, or all of it and others beside."""


def _check_chosen(visit: Visit, purposes: list[str]) -> None:
    found = requests.shown(visit.hub, reference=_id(visit))
    if found["words_to_read"] and (not purposes or (ALL in purposes and len(purposes) > 1)):
        raise Unchosen("Read their words, and choose what you stop: some of it, or “All of it”.")


def _page(
    visit: Visit,
    status: int = 200,
    *,
    wrong: dict[str, str] | None = None,
    typed: Typed = Typed(),  # noqa: B008 - it never changes
) -> Response:
    try:
        found: Any = requests.shown(visit.hub, reference=_id(visit))
    except RequestRefused as refused:
        raise NotHere("No request has this address. It may have been erased.") from refused
    return visit.page(
        "request.html",
        status=status,
        title=RIGHTS_SAID[found["right"]],
        here="requests",
        one=_row(found),
        found=found,
        fixes=[
            (saying.FIELDS.get(field, field), value)
            for fix in found["corrections"]
            for field, value in fix["fields"].items()
        ],
        purposes=[
            *(_use(k, agreed=k in found["agreed_purposes"]) for k in saying.PURPOSES),
            {"value": ALL, "label": "All of it", "help": "They mean every use, whatever for."},
        ],
        reason=REASONS.get(found["reason"] or "", ""),
        reasons=[("", "Choose one"), *REASONS.items()],
        here_now=visit.request.url.path,
        owner=visit.staff.is_owner,
        wrong={"choose": "", "fulfil": "", "extend": "", "deny": "", **(wrong or {})},
        typed=typed,
        chars_max=DETAILS_CHARS_MAX,
    )


def _use(purpose: str, *, agreed: bool) -> dict[str, str]:
    label, says = saying.PURPOSES[purpose]
    return {"value": purpose, "label": label, "help": says if agreed else f"{says} {NOT_AGREED}"}


def _row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - what an act gives back
    says, badge = BADGES[one["status"]]
    left = one["days_left"]
    return {
        "href": f"{PATH}/{one['id']}",
        "customer": saying.customer(one["relationship"], one["account"]),
        "right": RIGHTS_SAID[one["right"]],
        "law": LAWS[one["regime"]],
        "received": one["received"],
        "until": one["expected_by"],
        "hello": one["hello_by"],
        "left": _left(left),
        "late": left is not None and left < 0,
        "soon": left is not None and left <= SOON_DAYS,
        "open": left is not None,
        "extended": one["extended"],
        "decided": one["decided"],
        "says": says,
        "badge": badge,
    }


def _left(days: int | None) -> str:
    if days is None:
        return ""
    if days < 0:
        return f"{-days} day{'s' if days < -1 else ''} late"
    if days == 0:
        return "today is the last day"
    return f"{days} day{'s' if days > 1 else ''} left"


def _id(visit: Visit) -> str:
    """The whole id that an address names: half of one is nobody's."""
    name = visit.named("id")
    return name if len(name) == _ID_CHARS else ""


_ID_CHARS: Final = 16
