"""Give: choose things, see exactly what would leave and what would come back, then give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles.profile_rules import Answered
from firsthand.vault.acts import browsing, connecting, giving, keeping
from firsthand.vault.pages import deal, findings, home, received, saying
from firsthand.vault.pages.things import chosen_in

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.acts.browsing import Filter
    from firsthand.vault.pages.visits import Visit

ITEMS_SHOWN_MAX: Final = 300
SAME_SHOWN_MAX: Final = 10
CHOSEN_MAX: Final = 5000
PAYMENT: Final = "PayAction"


def choose(visit: Visit) -> Response:
    """Choose what to give: by kind, one recurring payment, or one by one.

    Who comes back from the preview, or looks for more, finds chosen what was chosen.
    """
    name = visit.request.path_params["name"]
    told = connecting.relationship(visit.vault, name)
    if told["standing"] != "accepted":
        return _elsewhere(visit, told)
    asked: dict[str, Any] = told["fields"] or {}  # type: ignore[assignment]
    bills = _bills(visit) if PAYMENT in asked else []
    query, form = visit.request.query_params, visit.form
    by = form.one("by") or query.get("by") or ("bills" if bills else "kind")
    filtered = chosen_in({"q": form.one("q")} if form.fields else query)
    ticked = list(dict.fromkeys(form.many("thing")))[:CHOSEN_MAX]
    if by == "items" and form.one("from") == "bills" and set(ticked) <= {b.last for b in bills}:
        by = "bills"
    kinds = _kinds(visit, asked)
    return visit.page(
        "give.html",
        title=f"Give to {told['organisation']}",
        here="deals",
        deal=deal.in_words(told),
        enough=saying.listed((f"“{title}”" for title in saying.giving_terms()), "or"),
        at="give",
        by=by if by in {"kind", "bills", "items"} else "kind",
        bills=bills,
        kinds=kinds,
        kind=form.one("kind") or (kinds[0]["value"] if kinds else ""),
        since=form.one("since"),
        ticked=ticked,
        items=_items(visit, asked, filtered, ticked) if by == "items" else [],
        items_max=ITEMS_SHOWN_MAX,
        search=filtered.search or "",
        asked=saying.asked(asked),
        precision=saying.PRECISIONS[str(told["precision"])],
    )


def _elsewhere(visit: Visit, told: dict[str, Any]) -> Response:
    """Lead from a deal that is over to the one in force with the same organisation, if any."""
    current = connecting.in_force_with(visit.vault, str(told["name"]))
    if current not in {None, told["name"]}:
        said = f"Your earlier deal with {told['organisation']} has ended. This is the one in force."
        return visit.go(f"/with/{current}/give", said, "info")
    said = "This deal is not in force, so nothing can be given."
    if told["standing"] == "paused":
        said = "This deal rests. Nothing can be given until it goes on."
    return visit.go(f"/with/{told['name']}", said, "warning")


def preview(visit: Visit) -> Response:
    """Exactly what would leave, and what would come back with it and without it."""
    name = visit.request.path_params["name"]
    choice = _choice(visit)
    told = connecting.relationship(visit.vault, name)
    seen: dict[str, Any] = giving.preview(visit.vault, name, choice)
    return visit.page(
        "preview.html",
        title=f"Before it leaves for {told['organisation']}",
        here="deals",
        deal=told,
        fields=_as_fields(choice, visit.form.one("by")),
        count=len(seen["things"]),
        left_out=[saying.counted(kind, count) for kind, count in seen["left_out"].items()],
        precision=saying.PRECISIONS[seen["precision"]],
        things=deal.left_rows(seen["things"]),
        json=deal.exact(seen["things"]),
        more=max(0, len(seen["things"]) - deal.THINGS_SHOWN_MAX),
        same=seen["answer_with"] is not None and _same(seen),
        recognisable=[_seen_by(each) for each in seen["recognisable"]],
        lately=saying.listed(seen["lately"], "and"),
        at_once=seen["at_once"],
        within=saying.wait(seen["within_s"]),
        rule=seen["rule"],
        rule_sha256=seen["rule_sha256"],
        with_it=_answer(visit, name, seen["answer_with"], choice),
        without=_answer(visit, name, seen["answer_without"], None),
    )


def unchosen(visit: Visit) -> Response:
    """Lead who comes by the address of a preview to where one chooses: it is of a choice alone."""
    return visit.go(f"/with/{visit.request.path_params['name']}/give")


def give(visit: Visit) -> Response:
    """Give it: it is in the log before it leaves; what cannot leave now waits and goes later."""
    name = visit.request.path_params["name"]
    later = visit.form.one("moment") == "later"
    return _gone(visit, name, giving.share(visit.vault, name, _choice(visit), later=later))


def send_now(visit: Visit) -> Response:
    """Send at once what waits for a moment of its own."""
    name = visit.request.path_params["name"]
    told: dict[str, Any] = giving.send_now(visit.vault, name)
    visit.parts.nudge(visit.person.slug, str(told["name"]))
    who = connecting.relationship(visit.vault, name)["organisation"]
    if all(each["state"] == "given" for each in told["outcomes"]):
        return visit.go(f"/with/{name}/given", f"Nothing waits any more: {who} has signed for it.")
    said = f"{who} cannot be reached right now. It goes by itself as soon as it can."
    return visit.go(f"/with/{name}/given", said, "warning")


def _gone(visit: Visit, name: str, told: dict[str, Any]) -> Response:
    """Say what became of what was just given."""
    visit.parts.nudge(visit.person.slug, str(told["name"]))
    who = connecting.relationship(visit.vault, name)["organisation"]
    things = "1 thing" if told["things"] == 1 else f"{told['things']:,} things"
    if told["state"] == "given":
        return visit.go(f"/with/{name}/got", f"{who} has {things} from you, and signed for it.")
    if told["not_before"]:
        said = f"{things} for {who} leave at a random moment, so that the time tells little."
        return visit.go(f"/with/{name}/given", said)
    if told["state"] == "waiting":
        said = f"{who} cannot be reached right now. It goes by itself as soon as it can."
        return visit.go(f"/with/{name}/given", said, "warning")
    return visit.go(
        f"/with/{name}/given", f"{who} did not take it: {saying.plainly(told['reason'])}", "bad"
    )


def again(visit: Visit) -> Response:
    """Send once more what they have lost: the person has read how much that is, and said so."""
    name = visit.request.path_params["name"]
    return _gone(visit, name, giving.again(visit.vault, name))


def _seen_by(other: dict[str, Any]) -> dict[str, Any]:
    """Another organisation that has some of the same things, and those things for a list."""
    shown = other["things"][:SAME_SHOWN_MAX]
    return {
        "organisation": other["organisation"],
        "count": other["count"],
        "course": other["by"] == "course",
        "by": saying.PRECISIONS[other["precision"]].removeprefix("only "),
        "things": [{"name": each["name"], "when": saying.when(each["time"])} for each in shown],
        "more": max(0, other["count"] - len(shown)),
    }


def _same(seen: dict[str, Any]) -> bool:
    """Whether giving it would change nothing of what they name."""
    with_it, without = (
        [pick.name for pick in msgspec.convert(seen[key], Answered).picks]
        for key in ("answer_with", "answer_without")
    )
    return with_it == without


def _choice(visit: Visit) -> giving.Choice:
    form = visit.form
    chosen = tuple(dict.fromkeys(form.many("thing")))
    if form.one("by") in {"bills", "items"} and not chosen:
        raise refuse("not_found", "Nothing was chosen. Go back and choose at least one thing.")
    if len(chosen) > CHOSEN_MAX:
        raise refuse("too_large", f"Choose at most {CHOSEN_MAX} things one by one, or by kind.")
    since = form.one("since")
    kind, _, source = form.one("kind").partition("|")
    return giving.Choice(
        source=source or None, type=kind or None, since=since or None, things=chosen
    )


def _as_fields(choice: giving.Choice, came_from: str) -> list[tuple[str, str]]:
    """A choice as the hidden fields of a form, so that what is given is what was shown."""
    fields = [("thing", id) for id in choice.things]
    fields.append(("by", "items" if choice.things else "kind"))
    fields.append(("from", came_from))
    fields.append(("kind", f"{choice.type or ''}|{choice.source or ''}"))
    fields.append(("since", choice.since or ""))
    return fields


def _kinds(visit: Visit, asked: dict[str, Any]) -> list[dict[str, str]]:
    """What there is of the kinds in the deal: a choice for each kind and source."""
    found = []
    for each in keeping.counts(visit.vault):
        kind, count = str(each["type"]), int(str(each["things"]))
        if kind in asked:
            span = f"{saying.when(each['first'])} to {saying.when(each['last'])}"
            label = f"{saying.counted(kind, count)} from {saying.source(str(each['source']))}"
            value = f"{kind}|{each['source']}"
            found.append({"value": value, "label": label[0].upper() + label[1:], "help": span})
    return found


def _bills(visit: Visit) -> list[findings.Bill]:
    return [bill for bill in home.found(visit).bills if bill.last]


def _items(
    visit: Visit, asked: dict[str, Any], filtered: Filter, ticked: list[str]
) -> list[dict[str, Any]]:
    """What was chosen already, then the newest that fit what was looked for."""
    kept = [thing for id in ticked if (thing := keeping.thing(visit.vault, id)) is not None]
    items: list[dict[str, Any]] = []
    for kind in asked:
        chosen = msgspec.structs.replace(filtered, type=kind)
        told = browsing.diary(visit.vault, chosen, limit=ITEMS_SHOWN_MAX)["things"]
        assert isinstance(told, list)
        items += told
    items.sort(key=lambda thing: str(thing["time"] or ""), reverse=True)
    return [
        {
            "id": thing["id"],
            "name": thing["name"],
            "when": saying.when(thing["time"]),
            "amount": saying.amount(
                {"amount": thing["data"].get("price"),
                 "currency": thing["data"].get("priceCurrency")}
            ),
        }
        for thing in [*kept, *_others(items[:ITEMS_SHOWN_MAX], ticked)]
    ]  # fmt: skip


def _others(items: list[dict[str, Any]], ticked: list[str]) -> list[dict[str, Any]]:
    known = set(ticked)
    return [thing for thing in items if thing["id"] not in known]


def _answer(
    visit: Visit, name: str, answered: dict[str, Any] | None, choice: giving.Choice | None
) -> dict[str, Any] | None:
    if answered is None:
        return None
    found = msgspec.convert(answered, Answered)
    return {"picks": received.answer(visit.vault, name, found, choice), "note": found.note}
