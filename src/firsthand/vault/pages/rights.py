"""My rights: what I asked for with its clock, one request, and a new one in three plain steps."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import DENIALS, WAITING
from firsthand.protocol.terms import ROSTER
from firsthand.vault.acts import connecting, delivering, letters, rectifying, rights
from firsthand.vault.gate import Offline
from firsthand.vault.pages import saying
from firsthand.vault.pages.visits import NotHere, Visit
from firsthand.vault.settle import LANGUAGES as SPOKEN
from firsthand.vault.terms import rights as terms
from firsthand.vault.terms.relationships import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping

RIGHTS: Final = {
    "access": ("See what they have", "All they have of you, where it went, and who looked at it."),
    "portability": ("Take it along", "What you gave them, in a form that other programs read."),
    "rectification": ("Have it put right", "Say what is wrong, and how it is right."),
    "erasure": ("Have it erased", "They delete what they have of you. It ends your deal as well."),
    "restriction": ("Have it kept, unused", "They keep it, and do nothing else with it."),
    "objection": ("Have them stop a use", "They no longer use it for what you name."),
}
STATES: Final = {
    "open": ("asked", "waiting"),
    "in_progress": ("they work on it", "waiting"),
    "fulfilled": ("done", "on"),
    "denied": ("they said no", "refused"),
    "revoked": ("you took it back", "ended"),
    "expired": ("lapsed", "ended"),
}
ARRIVED: Final = "it arrived there"
CONFIRMED: Final = "they confirmed that you took it back"
NOTED: Final = {
    "received": "They confirmed that it arrived",
    "fulfilled": "They did it",
    "denied": "They said no",
    "took back": "I take it back",
}
REGIMES: Final = [("gdpr", "Europe (GDPR)"), ("ccpa", "California (CCPA)")]
LANGUAGES: Final = [(code, name) for code, name in SPOKEN if code in letters.LANGUAGES]
COMPLAINT_LANGUAGES: Final = [pair for pair in LANGUAGES if pair[0] in letters.COMPLAINT_LANGUAGES]
ELSEWHERE: Final = "elsewhere"
COUNTRY: Final = "DE"
DOUBTS: Final = ("missing", "changed", "elsewhere")


def every(visit: Visit) -> Response:
    """Everything that I asked by right, each with its clock."""
    found = [_said(each) for each in rights.listed(visit.vault)]
    return visit.page(
        "rights.html",
        title="My rights",
        here="more",
        waiting=[each for each in found if each["open"]],
        done=[each for each in found if not each["open"]],
        kinds=RIGHTS,
    )


def one(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    """One request: where it stands, what came, and what can be done next."""
    told = _find(visit)
    answers = [
        {
            **each,
            "says": CONFIRMED
            if each["reason"] == terms.CONFIRMED
            else ARRIVED
            if each["state"] == "open"
            else STATES[each["state"]][0],
            "by": "noted by you"
            if each["reason"] == terms.CONFIRMED
            else "signed by them"
            if each["jws"]
            else "done by you"
            if each["state"] == "revoked"
            else "noted by you",
            "badge": STATES[each["state"]][1],
        }
        for each in told["answers"]
    ]
    complains = told["overdue"] or told["state"] == "denied"
    return visit.page(
        "right.html",
        status,
        title=f"{told['title']}: {told['organisation']}",
        here="more",
        right=told,
        fixes=rectifying.in_words(visit.vault, told),
        answers=answers,
        signed=json.dumps([each["jws"] for each in answers if each["jws"]], indent=2),
        noted=list(NOTED.items()),
        denials=[("", "Choose one, if they said no"), *DENIALS.items()],
        countries=letters.countries() if complains else [],
        country=COUNTRY,
        languages=COMPLAINT_LANGUAGES,
        today=visit.parts.clock.now().date().isoformat(),
        wrong=wrong,
    )


def new(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    """Whom, which right, and what in particular: one step at a time."""
    asked = visit.form.one if visit.request.method == "POST" else visit.request.query_params.get
    whom, right = asked("whom", "") or "", asked("right", "") or ""
    deals = [
        each
        for each in connecting.relationships(visit.vault)
        if each["state"] in {"active", "ended"}
    ]
    names = {str(each["name"]): str(each["organisation"]) for each in deals}
    if whom not in {ELSEWHERE, *names}:
        whom = ""
    if right not in RIGHTS or not whom:
        right = ""
    options = [
        {"value": str(each["name"]), "label": str(each["organisation"]),
         "help": saying.STANDINGS[str(each["standing"])][0]}
        for each in deals
    ]  # fmt: skip
    options.append({
        "value": ELSEWHERE, "label": "Somebody else",
        "help": "Any organisation. You get an e-mail that is ready to send.",
    })  # fmt: skip
    return visit.page(
        "right_new.html",
        status,
        title="Ask by right",
        here="more",
        step=3 if right else 2 if whom else 1,
        whom=whom,
        organisation=names.get(whom, ""),
        elsewhere=whom == ELSEWHERE,
        options=options,
        right=right,
        uses=_uses(visit, whom) if right == "objection" and whom in names else [],
        kinds=[{"value": k, "label": v[0], "help": v[1]} for k, v in RIGHTS.items()],
        title_of=RIGHTS[right][0] if right else "",
        regimes=REGIMES,
        languages=LANGUAGES,
        typed={
            "use": visit.form.many("use"),
            **{key: visit.form.one(key) for key in ("details", "to", "email", "sender")},
        },
        regime=visit.form.one("regime") or "gdpr",
        lang=visit.form.one("lang") or "en",
        wrong=wrong,
    )


def _uses(visit: Visit, name: str) -> list[dict[str, str]]:
    """What a deal lets them use my things for, and all of it, to choose from."""
    terms = ROSTER.get(str(connecting.relationship(visit.vault, name)["terms"]))
    found = [{"value": each, "label": f"To {saying.PURPOSES[each]}", "help": ""}
             for each in (terms.purposes if terms is not None else ())]  # fmt: skip
    every = {"value": "all", "label": "Everything", "help": "They keep it, and use it for nothing."}
    return [*found, every]


def ask(visit: Visit) -> Response:
    """Ask: at once of who has Firsthand, by a letter of anybody else."""
    form, vault = visit.form, visit.vault
    whom, right = form.one("whom"), form.one("right")
    how = {"details": form.one("details"), "regime": form.one("regime") or "gdpr"}
    if right == "objection" and whom != ELSEWHERE:
        uses = ["all"] if "all" in form.many("use") else form.many("use")
        if not uses and not how["details"].strip():
            return new(visit, wrong="Choose what they should stop, or say it in words.", status=422)
        how["details"] = "\n".join(each for each in (", ".join(uses), how["details"]) if each)
    try:
        if whom == ELSEWHERE:
            letter = letters.Asking(
                to=form.one("to"), email=form.one("email"), sender=form.one("sender"),
                lang=form.one("lang") or "en",
            )  # fmt: skip
            told = rights.write(vault, letter, right, **how)
        else:
            told = rights.ask(vault, whom, right, **how)
    except Refused as error:
        return new(visit, wrong=saying.plainly(str(error)), status=max(400, error.refusal.status))
    said = "Your request has been sent."
    if whom == ELSEWHERE:
        said = "Your letter is ready. Send it now: the clock is running."
    elif told["sent_at"] is None:
        return visit.go(
            f"/rights/{told['id']}", "It goes as soon as they can be reached.", "warning"
        )
    elif told["state"] == "fulfilled":
        said = "They did it at once, and signed it."
    return visit.go(f"/rights/{told['id']}", said)


def note(visit: Visit) -> Response:
    """Note what came by post."""
    told, form = _find(visit), visit.form
    reason = form.one("reason") or None
    event = form.one("event")
    try:
        rights.note(
            visit.vault, told["id"], event, day=_day(form.one("day")),
            reason=reason if event == "denied" else None, words=form.one("words"),
        )  # fmt: skip
    except Refused as error:
        return one(visit, wrong=saying.plainly(str(error)), status=max(400, error.refusal.status))
    return visit.go(f"/rights/{told['id']}", "Noted.")


def again(visit: Visit) -> Response:
    """Send it once more, or ask how it stands, right now."""
    told = _find(visit)
    if told["relationship"] is None:
        raise NotHere
    try:
        changed = rights.check(visit.vault, told["relationship"])
    except (Offline, Refused) as error:
        return visit.go(f"/rights/{told['id']}", saying.plainly(str(error)), "warning")
    said = "There is an answer." if changed else "Nothing has changed."
    return visit.go(f"/rights/{told['id']}", said)


def take_back(visit: Visit) -> Response:
    """Take a request back, or lift what it holds back."""
    told = _find(visit)
    try:
        after = rights.take_back(visit.vault, told["id"])
    except Refused as error:
        return one(visit, wrong=saying.plainly(str(error)), status=max(400, error.refusal.status))
    path = f"/rights/{told['id']}"
    if told["relationship"] is None:
        return visit.go(path, "You took it back. Send the letter that tells them.")
    if after["unconfirmed"]:
        return visit.go(
            path, "You took it back. They hear of it when they can be reached.", "warning"
        )
    said = "You took it back, and they signed it."
    return visit.go(path, said if after["state"] == "revoked" else "They had decided it before.")


def fetch(visit: Visit) -> Response:
    """Take what they delivered into my own things."""
    told = _find(visit)
    done = delivering.fetch(visit.vault, told["id"])
    visit.parts.nudge(visit.person.slug)
    added, read = int(str(done["added"])), int(str(done["read"]))
    said = f"They delivered {read:,} things. You have all of them already."
    if added:
        said = f"They delivered {read:,} things; {added:,} of them are new to you."
    return visit.go(f"/rights/{told['id']}", said)


def document(visit: Visit) -> Response:
    """All that they delivered, as it came, in one file."""
    told = _find(visit)
    body = json.dumps(
        delivering.fetch(visit.vault, told["id"])["document"], indent=2, ensure_ascii=False
    )
    return _file(f"{short_name(told['organisation'])}-{told['right']}.json", body, "json")


def letter(visit: Visit) -> Response:
    """The letter as a file that a mail program opens; with ``back`` the one that takes it back."""
    told = _find(visit)
    back = "back" in visit.request.query_params
    text = told["eml_back" if back else "eml"]
    if text is None:
        raise NotHere
    name = f"{short_name(told['organisation'])}-{told['right']}{'-taken-back' if back else ''}.eml"
    return _file(name, text, "eml")


def complaint(visit: Visit) -> Response:
    """The letter to the authority of a country, to print or to copy."""
    told, query = _find(visit), visit.request.query_params
    found: dict[str, Any] = rights.complain(
        visit.vault,
        told["id"],
        query.get("country", COUNTRY),
        lang=query.get("lang") or None,
        sender=visit.person.called,
    )
    return visit.page(
        "right_letter.html",
        title=f"A letter to {found['authority']}",
        here="more",
        trail=[("My rights", "/rights"), (told["title"], f"/rights/{told['id']}")],
        letter=found,
    )


def _find(visit: Visit) -> dict[str, Any]:
    try:
        told: dict[str, Any] = rights.shown(visit.vault, visit.request.path_params["id"])
    except Refused as error:
        raise NotHere from error
    return _said(told)


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    """A request in words, with its clock: how many of its days have passed."""
    says, badge = STATES[str(told["state"])]
    left = told["days_left"]
    if told["open"] and told["sent_at"] is None:
        says = "not sent yet"
    if told["overdue"]:
        says, badge = "late", "refused"
    if told["erased"] and told["state"] in WAITING:
        says, badge = "over: they erased it all", "ended"
    if told["unconfirmed"]:
        says, badge = "you took it back; they have not confirmed it", "waiting"
    days = int(told["days"]) or 1
    passed = days if left is None else max(0, min(days, days - int(left)))
    return {
        **told,
        "title": RIGHTS[str(told["right"])][0],
        "badge": badge,
        "says": says,
        "passed": passed,
        "whole": days,
        "clock": _clock(left),
        "compared": _compared(told["compared"]),
        "doubt": any((told["compared"] or {}).get(key) for key in DOUBTS),
        "law": dict(REGIMES)[str(told["regime"])],
        "problem": saying.plainly(told["problem"]),
    }


def _compared(found: Mapping[str, Any] | None) -> list[str]:
    """What they delivered beside what my own log says, in sentences."""
    if found is None:
        return []
    given, missing, changed, elsewhere = (found[key] for key in ("given", *DOUBTS))
    gave = f"By your own log you gave them {_things(given)}"
    said = [f"{gave}, and they delivered all of it{', some of it altered' if changed else ''}."]
    if not given:
        said = ["By your own log they hold nothing that you gave."]
    if missing:
        said = [f"{gave}; they left out {missing:,} of it{_which(found, 'missing')}. Ask them why."]
    if changed:
        are = "is" if changed == 1 else "are"
        said.append(
            f"{_things(changed)} {are} not as you gave {'it' if changed == 1 else 'them'}"
            f"{_which(found, 'changed')}. Ask them why."
        )
    if elsewhere:
        said.append(
            f"They delivered {_things(elsewhere)} that you never gave from here"
            f"{_which(found, 'elsewhere')}. If no other copy of your vault did, ask from whom."
        )
    return said


def _which(found: Mapping[str, Any], key: str) -> str:
    """A few of them by their names, such as `: “Dark”, “Heimat” and more`."""
    names = (found.get("which") or {}).get(key, [])
    if not names:
        return ""
    more = " and more" if found[key] > len(names) else ""
    return ": " + ", ".join(f"“{name[:60]}”" for name in names) + more


def _things(count: int) -> str:
    return "1 thing" if count == 1 else f"{count:,} things"


def _clock(left: object) -> str:
    if not isinstance(left, int):
        return ""
    if left < 0:
        return f"{-left} {'day' if left == -1 else 'days'} late"
    if left == 0:
        return "today is the last day"
    return f"{left} {'day' if left == 1 else 'days'} left"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotHere("That is no day. Go back and choose one.") from error


def _file(name: str, body: str, kind: str) -> Response:
    media = {"eml": "message/rfc822", "json": "application/json"}[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body.encode(), media_type=media, headers=headers)
