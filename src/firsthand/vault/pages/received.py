"""What came back: answers with their reasons in the person's own words, each checked here."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.foundation.web import words
from firsthand.foundation.web.kit import beside
from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.protocol.roles.profile_rules import Answered, Pick
from firsthand.protocol.wire import TYPE_AGREEMENT_CHANGED, TYPE_RIGHT_CHANGED, TYPE_TAKEN_BACK
from firsthand.vault.acts import browsing, connecting, receiving
from firsthand.vault.pages import deal, rights, saying
from firsthand.vault.terms.relationships import NoSuchRelationship

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from firsthand.vault.acts.giving import Choice
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.pages.visits import Visit

REASONS_MAX: Final = 3


def inbox(visit: Visit) -> Response:
    """Everything that came back, the newest first."""
    vault = visit.vault
    listed = receiving.inbox(vault, ask=False)["messages"]
    assert isinstance(listed, list)
    newest, earlier = by_age([message(vault, each) for each in listed])
    active = [each for each in connecting.relationships(vault) if each["state"] == "active"]
    return visit.page(
        "inbox.html", title="Inbox", here="inbox", messages=newest, earlier=earlier,
        deals=len(active), unread=sum(1 for each in [*newest, *earlier] if each["unread"]),
    )  # fmt: skip


def mark_read(visit: Visit) -> Response:
    """Note that everything, or what one organisation said, has been seen."""
    name = visit.form.one("name")
    for each in connecting.relationships(visit.vault):
        if name in {"", each["name"]}:
            receiving.mark_read(visit.vault, str(each["name"]))
    return visit.go(f"/with/{name}/got" if name else "/inbox")


def got(visit: Visit) -> Response:
    """What one organisation gave back; it counts as seen once a person has come to this page."""
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    listed = receiving.inbox(visit.vault, name, ask=False)["messages"]
    assert isinstance(listed, list)
    newest, earlier = by_age([message(visit.vault, each) for each in listed])
    came = _came(visit)
    if came:
        receiving.mark_read(visit.vault, name)
    return visit.page(
        "with_got.html", title=f"What you got from {told['organisation']}", here="deals",
        deal=deal.in_words(told), at="got",
        messages=newest, earlier=earlier,
        unread=not came and any(each["unread"] for each in [*newest, *earlier]),
    )  # fmt: skip


def _came(visit: Visit) -> bool:
    """Whether a person came to this page: not a browser that fetches ahead, nor a part of a page.

    By Fetch Metadata (W3C, `Sec-Fetch-Mode`). A browser that does not say is not believed: its
    person has a button.
    """
    shown = visit.request.headers.get("sec-fetch-mode") == "navigate"
    return shown and not beside(visit.request) and visit.request.method == "GET"


def by_age(
    messages: Sequence[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The newest message of each kind and relationship, and those that it has replaced.

    An answer is always to everything that was given, so the newest one is the one that counts.
    """
    newest: dict[str, dict[str, Any]] = {}
    earlier = [
        each
        for each in messages
        if newest.setdefault(f"{each['relationship']} {each['type']}", each) is not each
    ]
    return list(newest.values()), earlier


def message(vault: Vault, told: Mapping[str, Any]) -> dict[str, Any]:
    """One message for a page; what cannot be read is shown as such, never left out."""
    verdict, badge = saying.VERDICTS[str(told["verdict"])]
    found: dict[str, Any] = {
        **told,
        "says": verdict,
        "badge": badge,
        "picks": [],
        "note": "",
        "because_of_you": False,
    }
    if told["type"] == TYPE_AGREEMENT_CHANGED:
        return {**found, "says": told["verdict_detail"], "note": _changed(told["data"])}
    if told["type"] == TYPE_TAKEN_BACK:
        return {**found, "says": told["verdict_detail"], "note": "They deleted what they had said."}
    if told["type"] == TYPE_RIGHT_CHANGED:
        return {**found, "says": told["verdict_detail"], "note": _stands(told["data"])}
    try:
        answered = msgspec.convert(told["data"], Answered)
    except msgspec.ValidationError:
        return {**found, "note": "It is in a form that we do not know."}
    picks = answer(vault, str(told["relationship"]), answered)
    return {
        **found,
        "picks": picks,
        "note": answered.note,
        "because_of_you": any(pick["reasons"] for pick in picks),
    }


def _changed(data: Mapping[str, Any]) -> str:
    """What an organisation did to the deal, in a sentence."""
    if "erasure" in data:
        return "They erased what you gave under a deal that is over, and signed it."
    with contextlib.suppress(JwsRefused):
        state = read_jws(str(data.get("receipt")))[1].get("state")
        return _CHANGED.get(str(state), "")
    return "They say that they changed the deal, and did not sign it."


def _stands(data: Mapping[str, Any]) -> str:
    """How a request by right stands, in a sentence."""
    with contextlib.suppress(JwsRefused):
        state = str(read_jws(str(data.get("status")))[1].get("status"))
        says = rights.STATES.get(state, ("", ""))[0]
        return f"How your request stands: {says or state}. It is under My rights."
    return "They say how your request stands, and did not sign it."


_CHANGED: Final = {
    "paused": "They paused your deal. Nothing leaves and nothing is read until it goes on.",
    "accepted": "Your deal goes on.",
    "terminated": "They ended your deal. Nothing leaves and nothing is read any more.",
}


def answer(
    vault: Vault, name: str, answered: Answered, choice: Choice | None = None
) -> list[dict[str, Any]]:
    """The picks of an answer, each with its reasons as links to the person's own things."""
    ids = [each for pick in answered.picks for each in pick.because]
    try:
        mine = browsing.own_names(vault, name, ids, choice)
    except NoSuchRelationship:
        mine = {}
    return [_pick(pick, mine) for pick in answered.picks]


def _opening(why: str, reasons: Mapping[str, str]) -> str:
    """The start of a reason that goes on with the names of my own things."""
    for name in reasons:
        if why.endswith(name):
            return why.removesuffix(name).rstrip(" :")
    return why


def _pick(pick: Pick, mine: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    reasons: dict[str, str] = {}
    for each in pick.because[:REASONS_MAX]:
        if each in mine:
            reasons.setdefault(mine[each]["name"], mine[each]["id"])
    saves = ""
    if pick.saves_yearly is not None:
        saves = words.money(pick.saves_yearly, pick.currency)
    return {
        "name": pick.name,
        "why": _opening(pick.why, reasons),
        "saves": saves,
        "watched": pick.why.startswith("Because you watched"),
        "reasons": [{"name": name, "href": f"/things/{id}"} for name, id in reasons.items()],
    }
