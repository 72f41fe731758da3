"""One relationship as a story on a page: a line through time, to be narrowed to a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from firsthand.protocol.terms import ROSTER
from firsthand.vault.acts import connecting, recording
from firsthand.vault.acts.story import PARTS, story
from firsthand.vault.pages import deal, rights, saying
from firsthand.vault.pages.overseen import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firsthand.vault.pages.visits import Visit

EVENTS_MAX: Final = 300
_LABELS: Final[Mapping[str, str]] = {
    "agreed": "What you agreed",
    "gave": "What you gave",
    "looked": "Who looked",
    "got": "What you got",
    "ends": "What ends when",
}


def show(visit: Visit) -> Response:
    """What happened with one organisation, the newest first, and what will."""
    name = visit.request.path_params["name"]
    part = visit.request.query_params.get("part", "")
    told: dict[str, Any] = connecting.relationship(visit.vault, name)
    parts = (part,) if part in PARTS else ()
    found: dict[str, Any] = story(visit.vault, name, parts=parts)
    events = [_event(each, told) for each in found["events"]]
    now = visit.parts.clock.now().isoformat()
    return visit.page(
        "with_story.html",
        title=f"You and {told['organisation']}",
        here="deals",
        deal=deal.in_words(told),
        at="story",
        part=parts[0] if parts else "",
        ways=[(each, _LABELS[each], found["counts"][each]) for each in PARTS],
        ahead=[each for each in events if each["time"] > now],
        events=[each for each in events if each["time"] <= now][:EVENTS_MAX],
        more=max(0, len(events) - EVENTS_MAX),
    )


def record(visit: Visit) -> Response:
    """Download the record of the deal, or its receipt."""
    name = visit.request.path_params["name"]
    receipt = visit.request.query_params.get("receipt") == "yes"
    body = recording.record(visit.vault, name, receipt=receipt)
    kind = "receipt" if receipt else "record"
    return Response(
        body,
        media_type="application/ld+json",
        headers={"Content-Disposition": f'attachment; filename="{kind}-{name}.jsonld"'},
    )


def _event(each: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    title, text, state = _SAID[each["part"]](each, str(told["organisation"]))
    detail = each["detail"]
    href = None
    if each["part"] == "gave":
        href = f"/with/{told['name']}/given/{detail['position']}"
    if each["part"] == "got":
        href = f"/with/{told['name']}/got"
    if each["part"] == "looked":
        href = f"/with/{told['name']}/looked"
    return {
        "time": each["at"], "when": saying.when(each["at"][:10]), "title": title, "text": text,
        "state": state, "href": href, "part": _LABELS[each["part"]],
    }  # fmt: skip


def _agreed(each: Mapping[str, Any], who: str) -> tuple[str, str, str]:
    name = ROSTER[each["detail"]["terms"]].title if "terms" in each["detail"] else ""
    by = "You" if each["by"] == "person" else who
    titles = {
        "accepted": (f"You and {who} made a deal", f"“{name}”", "on"),
        "replaced": ("You changed the deal, and both signed it", f"“{name}”", "on"),
        "countered": (f"{who} proposed something else", f"You proposed “{name}”", "waiting"),
        "refused": (f"{who} said no", f"You proposed “{name}”", "refused"),
        "paused": (f"{by} paused the deal", "Nothing left and nothing was read from then on", ""),
        "resumed": (f"{by} went on with the deal", "", "on"),
    }
    return titles[each["what"]]


def _gave(each: Mapping[str, Any], who: str) -> tuple[str, str, str]:
    says, badge = saying.GIVINGS[each["state"]]
    count = f"{each['count']:,} {'thing' if each['count'] == 1 else 'things'}"
    given = each["state"] in {"given", "erased"}
    purpose = saying.PURPOSES.get(str(each["detail"]["purpose"]), "")
    title = f"You gave {who} {count}" if given else f"{count} for {who}: {says}"
    text = f"To {purpose}" if purpose and given else saying.plainly(each["detail"]["reason"])
    return title, text + (f" · {says}" if each["state"] == "erased" else ""), badge


def _looked(each: Mapping[str, Any], who: str) -> tuple[str, str, str]:
    detail = each["detail"]
    count = f"{each['count']:,} {'thing' if each['count'] == 1 else 'things'}"
    purpose = saying.PURPOSES.get(str(detail["purpose"]), str(detail["purpose"]))
    title = f"{who} looked at {count}" if each["count"] else f"{who} looked, and saw nothing of it"
    names = {"rule": "A rule of theirs", "command": KINDS["command"].capitalize()}
    name = names.get(each["what"], str(detail["name"]))
    text = f"{name}, to {purpose}" if name else f"To {purpose}"
    return title, str(detail["problem"] or text), "refused" if detail["problem"] else ""


def _got(each: Mapping[str, Any], who: str) -> tuple[str, str, str]:
    says, badge = saying.VERDICTS[each["state"]]
    if each["what"] == "answer":
        return f"{who} answered", says, badge
    detail = each["detail"]
    title = _TOLD[each["what"]].format(who=who)
    if detail.get("right") in rights.RIGHTS:
        stands = rights.STATES.get(str(detail["status"]), (str(detail["status"]), ""))
        return title, f"“{rights.RIGHTS[detail['right']][0]}”: {stands[0]}", stands[1]
    return title, saying.plainly(detail["says"]), badge


def _ends(each: Mapping[str, Any], who: str) -> tuple[str, str, str]:
    says, badge = saying.ENDINGS.get(each["state"], ("", ""))
    titles = {
        "revocation": ("You ended the deal", says, badge),
        "erasure": (f"You had {who} erase all of it", says, badge),
        "erased": (f"{who} erased what you gave: the time to keep it was over", says, badge),
        "runs out": ("The deal ends by itself", "Unless you end it sooner or renew it", ""),
        "ended by them": (f"{who} ended the deal", "signed by them", "ended"),
        "ended there": (f"{who} ended the deal, or another copy of your data did", "", "ended"),
    }
    return titles[each["what"]]


_TOLD: Final = {
    "deal told": "{who} told you how the deal stands",
    "right told": "{who} told you how your request stands",
    "taken back": "{who} deleted an answer of theirs",
}
_SAID: Final = {"agreed": _agreed, "gave": _gave, "looked": _looked, "got": _got, "ends": _ends}
