"""Settle: what bothers me, a message that I read and send, its clock, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from firsthand.foundation.web.words import money
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.acts import settling
from firsthand.vault.pages import saying
from firsthand.vault.pages.visits import NotHere, Page, Parts, Visit, kept
from firsthand.vault.settle import (
    KINDS,
    LANGUAGES,
    Subject,
    Writing,
    countries,
    language_of,
    rule_for,
)
from firsthand.vault.terms.relationships import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATES: Final = {
    "written": ("ready to send", "waiting"),
    "sent": ("sent", "waiting"),
    "reminded": ("sent again", "waiting"),
    "refused": ("not settled", "refused"),
    "settled": ("settled", "on"),
    "dropped": ("left alone", "ended"),
}
SAYS: Final = {
    "send": "You sent it",
    "remind": "You sent it again",
    "settle": "Settled",
    "refuse": "Not settled",
    "drop": "You let it be",
}
TOLD: Final = {
    "stopped": "Your newest statement has no payment after it should have ended.",
    "went-on": "Your statement has a payment after it should have ended.",
    "came-back": "The money is in your account.",
    "lower": "You paid less the next time.",
    "same": "You paid the same the next time.",
    "arrived": "A message that you brought says that it was delivered.",
}
STATEMENT: Final = "your next statement tells"
TELLS: Final = {"parcel": "an e-mail of theirs that you bring can tell"}
COUNTRY: Final = "DE"
COUNTRY_KEY: Final = "settle:country"
SENDER_KEY: Final = "settle:sender"


def routes(parts: Parts) -> Sequence[Route]:
    """Every page of settling; each opens to its person alone."""
    read: tuple[tuple[str, Page], ...] = (
        ("/settle", every),
        ("/settle/new", new),
        ("/settle/{id}", one),
        ("/settle/{id}/message.eml", message),
    )
    done: tuple[tuple[str, Page], ...] = (
        ("/settle/new", begin),
        ("/settle/{id}", mark),
        ("/settle/{id}/delete", forget),
    )
    return [
        *(Route(path, kept(parts, page), methods=["GET"]) for path, page in read),
        *(Route(path, kept(parts, page), methods=["POST"]) for path, page in done),
    ]


def every(visit: Visit) -> Response:
    """What can be settled, what is under way, and what was settled."""
    settling.check(visit.vault)
    found = [_matter(each) for each in settling.matters(visit.vault)]
    cases = [_said(each) for each in settling.listed(visit.vault)]
    return visit.page(
        "settle.html",
        title="Settle",
        here="home",
        urgent=[each for each in found if each["urgent"]],
        calm=[each for each in found if not each["urgent"]],
        waiting=[each for each in cases if each["state"] not in {"settled", "dropped"}],
        done=[each for each in cases if each["state"] in {"settled", "dropped"}],
        saved=in_words(settling.saved(visit.vault)),
    )


def in_words(saved: Mapping[str, Any]) -> dict[str, object]:
    """What settling has come to, in figures that a page shows."""
    return {
        "settled": saved["settled"],
        "yearly": [money(total, currency) for currency, total in saved["yearly"].items()],
        "once": [money(total, currency) for currency, total in saved["once"].items()],
    }


def new(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    """What it is about, whom it goes to, and in which words: then the letter is written."""
    asked = visit.form.one if visit.request.method == "POST" else visit.request.query_params.get
    about, thing, kind = (asked(name, "") or "" for name in ("about", "thing", "kind"))
    subject, to = settling.prepared(visit.vault, about=about, thing=thing)
    if kind not in KINDS:
        return visit.page(
            "settle_new.html", title="Settle something", here="home", kind="", about=about,
            thing=thing, what=subject.what, kinds=_kinds(subject),
        )  # fmt: skip
    country = asked("country", "") or _kept(visit, COUNTRY_KEY) or COUNTRY
    typed = {
        name: asked(name, "") or ""
        for name in ("email", "sender", "reference", "news", "what", "amount", "currency")
    }
    return visit.page(
        "settle_new.html",
        status,
        title=KINDS[kind].title,
        here="home",
        kind=kind,
        of=KINDS[kind],
        about=about,
        thing=thing,
        what=subject.what,
        subject=msgspec.to_builtins(subject),
        rows=[(date.fromisoformat(day), amount) for day, amount in subject.rows],
        to=asked("to", "") or ("" if kind == "recall" else to),
        typed={**typed, "sender": typed["sender"] or _kept(visit, SENDER_KEY)},
        country=country,
        countries=countries(),
        lang=asked("lang", "") or language_of(country),
        languages=LANGUAGES,
        law=rule_for(kind, country),
        known=_known(visit) if kind == "moved" else [],
        chosen=visit.form.many("also"),
        wrong=wrong,
    )


def begin(visit: Visit) -> Response:
    """Write it."""
    form, vault = visit.form, visit.vault
    about, kind = form.one("about"), form.one("kind")
    try:
        subject, _ = settling.prepared(vault, about=about, thing=form.one("thing"))
        subject = _completed(subject, form.one)
        writing = Writing(
            to=form.one("to"), email=form.one("email"), sender=form.one("sender"),
            country=form.one("country"), lang=form.one("lang"),
        )  # fmt: skip
        begun = [
            settling.begin(vault, kind, each, of, about=about)
            for each, of in _everyone(writing, subject, form.many("also"))
        ]
    except Refused as error:
        return new(visit, wrong=saying.plainly(str(error)), status=max(400, error.refusal.status))
    with vault.store.transaction() as tx:
        tx.run("meta.put", key=COUNTRY_KEY, value=writing.country)
        tx.run("meta.put", key=SENDER_KEY, value=writing.sender)
    if len(begun) > 1:
        return visit.go("/settle", f"{len(begun)} messages are ready. Read them, then send them.")
    said = "Your message is ready. Read it, then send it."
    return visit.go(f"/settle/{begun[0]['id']}", said)


def one(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    """One case: the message, its clock, what happened, and what to do next."""
    settling.check(visit.vault)
    told = _find(visit)
    return visit.page(
        "case.html",
        status,
        title=f"{told['title']}: {told['to']}",
        here="home",
        case=told,
        events=[_event(each) for each in told["events"]],
        today=visit.parts.clock.now().date().isoformat(),
        wrong=wrong,
    )


def mark(visit: Visit) -> Response:
    """Note what happened."""
    told, form = _find(visit), visit.form
    try:
        after = settling.mark(
            visit.vault, told["id"], form.one("event"), day=_day(form.one("day")),
            words=form.one("words"),
        )  # fmt: skip
    except Refused as error:
        return one(visit, wrong=saying.plainly(str(error)), status=max(400, error.refusal.status))
    said = "Noted."
    if after["state"] in settling.WAITING:
        said = "Noted. The clock runs."
        if after["by_import"]:
            said = f"Noted. The clock runs, and {TELLS.get(told['kind'], STATEMENT)} how it ended."
    if after["state"] == "settled":
        said = "Settled. Well done."
    return visit.go(f"/settle/{told['id']}", said)


def forget(visit: Visit) -> Response:
    """Delete it."""
    settling.forget(visit.vault, _find(visit)["id"])
    return visit.go("/settle", "It is deleted, with its message and all that you noted.")


def message(visit: Visit) -> Response:
    """The message as a file that a mail program opens."""
    told = _find(visit)
    name = f"{short_name(told['to'])}-{told['kind']}.eml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(told["eml"].encode(), media_type="message/rfc822", headers=headers)


def _completed(subject: Subject, typed: Any) -> Subject:  # noqa: ANN401 - a form's own question
    """What was found, with what the person says of it."""
    said = {name: typed(name).strip() for name in ("what", "amount", "currency")}
    return msgspec.structs.replace(
        subject,
        **{name: text for name, text in said.items() if text},
        reference=typed("reference").strip() or subject.reference,
        news=typed("news"),
    )


def _everyone(
    writing: Writing, subject: Subject, also: Sequence[str]
) -> list[tuple[Writing, Subject]]:
    """A message for each: the address and the number that were typed are for one of them alone."""
    names = [name for name in dict.fromkeys([writing.to.strip(), *also]) if name]
    if len(names) <= 1:
        return [(msgspec.structs.replace(writing, to="".join(names)), subject)]
    typed = writing.email or subject.reference
    if typed and not writing.to.strip():
        what = "An e-mail address and a customer number are for one of them: leave them empty here."
        raise refuse("shape_invalid", what)
    found = []
    for name in names:
        if name == writing.to.strip():
            found.append((writing, subject))
        else:
            found.append((
                msgspec.structs.replace(writing, to=name, email=""),
                msgspec.structs.replace(subject, reference=""),
            ))  # fmt: skip
    return found


def _kinds(subject: Subject) -> list[dict[str, str]]:
    """What can be done; of a payment first what is for payments."""
    first = ("contest", "recall", "cancel", "refund", "renegotiate", "parcel", "moved")
    order = first if subject.rows else ("moved", "refund", "parcel", "cancel", "contest", "recall")
    return [{"value": kind, "label": KINDS[kind].title, "help": KINDS[kind].help} for kind in order]


def _known(visit: Visit) -> list[dict[str, str]]:
    return [{"value": name, "label": name} for name in settling.who_knows(visit.vault)]


def _matter(matter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **matter,
        "ways": [(kind, KINDS[kind].title) for kind in matter["kinds"]],
    }


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    """A case in words, with its clock: how many of its days have passed."""
    says, badge = STATES[str(told["state"])]
    left = told["days_left"]
    if told["overdue"]:
        says, badge = "late", "refused"
    whole = 0
    if told["due_on"] and told["sent_on"]:
        began = date.fromisoformat(str(told["sent_on"]))
        whole = (date.fromisoformat(str(told["due_on"])) - began).days or 1
    saved = str(told["saved"] or "")
    return {
        **told,
        "says": says,
        "badge": badge,
        "expected_by": told["due_on"],
        "whole": whole,
        "passed": 0 if left is None else max(0, min(whole, whole - int(left))),
        "clock": "" if left is None else _clock(int(left)),
        "saves": money(saved, told["currency"]) if saved else "",
    }


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **event,
        "says": SAYS[str(event["event"])],
        "text": TOLD.get(str(event["words"]), event["words"]),
        "by_rows": event["words"] in TOLD,
        "dot": {"settle": "on", "refuse": "refused"}.get(str(event["event"]), "waiting"),
    }


def _clock(left: int) -> str:
    if left < 0:
        return f"{-left} {'day' if left == -1 else 'days'} late"
    return f"{left} {'day' if left == 1 else 'days'} left" if left else "today is the last day"


def _find(visit: Visit) -> dict[str, Any]:
    try:
        told = settling.shown(visit.vault, visit.request.path_params["id"])
    except Refused as error:
        raise NotHere from error
    return _said(told)


def _kept(visit: Visit, key: str) -> str:
    row = visit.vault.store.row("meta.get", key=key)
    return str(row["value"]) if row else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotHere("That is no day. Go back and choose one.") from error
