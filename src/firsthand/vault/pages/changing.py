"""Change a deal on its page: let it rest, go on, make it longer, agree on other terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.protocol.terms import PRECISIONS, ROSTER
from firsthand.vault.acts import changing, connecting
from firsthand.vault.pages import deal, saying
from firsthand.vault.pages.differing import rows
from firsthand.vault.terms.relationships import agreement_of, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit


def rest(visit: Visit) -> Response:
    """Let a deal rest."""
    told = changing.pause(visit.vault, visit.request.path_params["name"])
    return _rested(visit, told, "Your deal with {who} rests. Nothing leaves until you go on.")


def go_on(visit: Visit) -> Response:
    """Go on with a deal that rests."""
    told = changing.resume(visit.vault, visit.request.path_params["name"])
    if told["state"] == "paused":
        return _rested(visit, told, "{who} paused it too: it rests until they go on.")
    return _rested(visit, told, "Your deal with {who} goes on.")


def _rested(visit: Visit, told: Mapping[str, Any], said: str) -> Response:
    visit.parts.nudge(visit.person.slug)
    who, name = told["organisation"], told["name"]
    said = said.format(who=who)
    if told["confirmed"]:
        return visit.go(f"/with/{name}", said)
    said = f"{said} They are told as soon as they can be reached."
    return visit.go(f"/with/{name}", said, "warning")


def renew(visit: Visit) -> Response:
    """Make the same deal last two years longer."""
    return _answered(visit, changing.renew(visit.vault, visit.request.path_params["name"]))


def choose(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    """The terms to change to, beside what is agreed now; with a choice, what would be different."""
    name = visit.request.path_params["name"]
    told: dict[str, Any] = connecting.relationship(visit.vault, name)
    before = agreement_of(visit.vault.store, find(visit.vault.store, name))
    chosen = visit.form.one("terms") or before.terms.id
    precision = visit.form.one("precision") or before.precision
    fields = _fields(visit, before.proffer.fields)
    seen: list[dict[str, object]] | None = None
    if visit.request.method == "POST" and not wrong:
        seen = changing.preview(visit.vault, name, _wanted(visit, before.proffer.fields))
    return visit.page(
        "change.html",
        status,
        title=f"Change your deal with {told['organisation']}",
        here="deals",
        deal=deal.in_words(told),
        at="deal",
        terms=[_choice(each, told["accepts"]) for each in ROSTER.values()],
        chosen=chosen,
        precisions=[(each, saying.PRECISIONS[each].capitalize()) for each in PRECISIONS],
        precision=precision,
        kinds=_kinds(told["asks"], before.proffer.fields, fields),
        seen=rows(seen) if seen is not None else None,
        wrong=wrong,
    )


def change(visit: Visit) -> Response:
    """Propose what was chosen, and show the answer."""
    name = visit.request.path_params["name"]
    before = agreement_of(visit.vault.store, find(visit.vault.store, name))
    return _answered(
        visit, changing.change(visit.vault, name, _wanted(visit, before.proffer.fields))
    )


def take(visit: Visit) -> Response:
    """Take what they proposed instead, as it was shown."""
    name = visit.request.path_params["name"]
    theirs = changing.counter(visit.vault, name)
    if theirs is None or visit.form.one("terms") != theirs["theirs"]:
        return visit.go(f"/with/{name}", "That offer is not open any more.", "warning")
    wanted = changing.Wanted(terms=str(theirs["theirs"]))
    return _answered(visit, changing.change(visit.vault, name, wanted))


def keep(visit: Visit) -> Response:
    """Say no to what they proposed instead."""
    name = visit.request.path_params["name"]
    changing.set_aside(visit.vault, name)
    return visit.go(f"/with/{name}", "Your deal stays as it is.")


def _answered(visit: Visit, told: Mapping[str, Any]) -> Response:
    visit.parts.nudge(visit.person.slug)
    who, href = told["organisation"], f"/with/{told['name']}"
    if told["decision"] == "accepted":
        until = saying.day_of(told["until"])
        said = f"{who} accepted. Your deal lasts until {until}."
        return visit.go(href, said)
    if told["decision"] == "countered":
        return visit.go(href, f"{who} proposes something else. It is shown below.", "info")
    reason = saying.plainly(told["reason"] or "They gave no reason.")
    return visit.go(href, f"{who} said no: {reason} Your deal stays as it is.", "warning")


def _choice(terms: Any, accepted: Iterable[str]) -> dict[str, Any]:  # noqa: ANN401 - of the roster
    return {
        "id": terms.id,
        "title": terms.title,
        "may": saying.allowed(terms),
        "taken": terms.id in accepted,
    }


def _wanted(visit: Visit, before: Mapping[str, list[str]]) -> changing.Wanted:
    return changing.Wanted(
        terms=visit.form.one("terms") or None,
        precision=visit.form.one("precision") or None,
        fields=_fields(visit, before),
    )


def _fields(visit: Visit, before: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The fields that are ticked; as before where nothing was sent. A name goes with each kind."""
    if visit.request.method != "POST" or "terms" not in visit.form.fields:
        return {kind: list(names) for kind, names in before.items()}
    found: dict[str, list[str]] = {}
    for each in visit.form.many("field"):
        kind, _, field = each.partition("|")
        found.setdefault(kind, []).append(field)
    return {
        kind: [*_NAMED, *(f for f in names if f not in _NAMED)] for kind, names in found.items()
    }


_NAMED: Final = ("name",)


def _kinds(
    asks: Mapping[str, list[str]], before: Mapping[str, list[str]], now: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """Each kind with its fields to tick: what they ask for, and what is agreed."""
    found = []
    for kind in dict.fromkeys([*asks, *before]):
        known = saying.FIELDS.get(kind)
        if known is None:
            continue
        names = dict.fromkeys([*asks.get(kind, []), *before.get(kind, [])])
        found.append(
            {
                "label": f"Of your {saying.kind_of(kind).many}",
                "kind": kind,
                "fields": [
                    {
                        "value": f"{kind}|{each}",
                        "label": known[each],
                        "on": each in now.get(kind, []),
                    }
                    for each in names
                    if each in known
                ],
            }
        )
    return found
