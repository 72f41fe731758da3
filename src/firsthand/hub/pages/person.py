"""One customer: a purpose first, then who they are as they show themselves, and who has looked."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from firsthand.foundation.web import charts, words
from firsthand.hub.acts import looking
from firsthand.hub.acts.looking import Looked, Person, Told
from firsthand.hub.pages import saying
from firsthand.hub.pages.visits import NotHere, Visit
from firsthand.hub.reads import Kept, Noted, PurposeRefused, UnknownCustomer
from firsthand.hub.roles.profile.view import Field, Kind
from firsthand.protocol.roles.profile import PRECISION_KEY, PURPOSE
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.things import Thing

OVER: Final = frozenset({"ended", "erasing", "gone"})
ROWS: Final = 50
MONTHS_MAX: Final = 36
TABS: Final = ("overview", "things", "looks")
_NOTHING: Final = {  # why nothing of somebody can be looked at, by how their last deal stands
    "paused": "Their deal rests, so what they gave may not be used until it goes on.",
    "expired": "Their deal has run out, so what they gave may not be used.",
    "": "No deal was made with them, so nothing was given.",
}
TOGETHER_MS: Final = 10 * 60 * 1000  # looks of one reader within this time are told as one


def show(visit: Visit) -> Response:
    """Ask for the purpose, or show what it allows to be seen."""
    person = looking.person(visit.hub, visit.named("id"))
    if person is None:
        raise NotHere("No customer has this address.")
    if person.state in OVER:
        return _over(visit, person)
    purpose, tab = visit.asked("purpose"), visit.asked("tab", "overview")
    tab = tab if tab in TABS else "overview"
    context = _who(visit, person)
    if tab == "looks":
        return _page(visit, context, purpose=purpose, tab=tab, looks=_looks(visit, person))
    if not purpose:
        return _page(visit, context, purpose="", tab="")
    try:
        start = (_number(visit) - 1) * ROWS
        looked = looking.look(
            visit.hub, person.id, purpose=purpose, staff=visit.staff.name, start=start,
            stop=start + ROWS if tab == "things" else 0,
        )  # fmt: skip
    except UnknownCustomer as error:
        raise NotHere("No customer has this address.") from error
    except PurposeRefused as error:
        return _refused(visit, person, purpose, str(error))
    shown = _things(visit, looked) if tab == "things" else _overview(person, looked)
    return _page(visit, context, purpose=purpose, tab=tab, count=looked.count, **shown)


def _over(visit: Visit, person: Person) -> Response:
    """It has ended; nothing else is said."""
    return visit.page(
        "person_over.html",
        title="This has ended",
        here="customers",
        live=f"/staff/events?customer={person.id}",
        customer=saying.customer(person.id),
        erased=person.state != "ended",
    )


def _refused(visit: Visit, person: Person, purpose: str, why: str) -> Response:
    """What keeps it from being shown: their right, a pause, the deal's end, or the deal itself."""
    again = looking.person(visit.hub, person.id)
    if again is None or again.state in OVER:
        return _over(visit, again or person)
    agreed = {one for held in again.held for one in ROSTER[held.terms].purposes}
    if purpose not in agreed:
        label = saying.PURPOSES.get(purpose, (purpose[:40], ""))[0]
        why = f"Their deal does not allow {label[:1].lower()}{label[1:]}."
    return _page(visit, _who(visit, again), 403, purpose="", tab="", refused=why)


def _page(visit: Visit, who: dict[str, Any], status: int = 200, **context: Any) -> Response:  # noqa: ANN401
    whole: dict[str, Any] = {"refused": "", "count": 0, "looks": []}
    path = who["customer"].href
    named = context["purpose"]
    tabs = [
        {"label": label, "href": f"{path}?purpose={named}&tab={key}" if named else path,
         "current": context["tab"] == key}
        for key, label in (("overview", "Overview"), ("things", "Everything"))
    ]  # fmt: skip
    tabs.append(
        {"label": "Who looked", "current": context["tab"] == "looks",
         "href": f"{path}?tab=looks" + (f"&purpose={named}" if named else "")}
    )  # fmt: skip
    label = saying.PURPOSES.get(named, ("", ""))[0]
    return visit.page(
        "person.html",
        status,
        title=who["customer"].title,
        here="customers",
        live=f"/staff/events?customer={who['customer'].id}",
        purpose_label=label,
        tabs=tabs,
        **{**whole, **who, **context},
    )


def _who(visit: Visit, person: Person) -> dict[str, Any]:
    held = [one for one in person.held if one.decision == "accepted"]
    newest = held[-1] if held else None
    stands = newest.state(visit.hub.now_s()) if newest is not None else ""
    rests = person.state == "active" and stands in {"paused", "expired"}
    says, badge = saying.DEALS[stands] if rests else saying.STATES[person.state]
    # What they gave is shown for what they gave it for.
    purposes = person.given_for or person.purposes
    chosen = PURPOSE if PURPOSE in purposes else next(iter(purposes), "")
    deal = None
    if newest is not None:
        terms = ROSTER[newest.terms]
        deal = {
            "title": terms.title,
            "summary": terms.summary,
            "points": terms.points,
            "href": f"/staff/customers/{person.id}/deals/{newest.id}",
            "until": saying.when(newest.expires),
            "asked": saying.asked(newest.fields),
        }
    return {
        "customer": saying.customer(person.id, person.account),
        "account": person.account,
        "since": saying.when(person.since),
        "says": says,
        "badge": badge,
        "deal": deal,
        "deals": len(person.held),
        "options": [
            {"value": one, "label": saying.PURPOSES[one][0], "help": saying.PURPOSES[one][1]}
            for one in purposes
        ],
        "chosen": chosen,
        "tally": person.tally,
        "last": saying.when(person.tally.last_ms / 1000) if person.tally.last_ms else "",
        "staff": visit.staff.name,
        "nothing": _NOTHING.get(stands, _NOTHING[""]),
    }


def _overview(person: Person, looked: Looked) -> dict[str, Any]:
    view = looked.view
    assert view is not None, "it was asked for"
    names = {one.id: one.terms for one in person.held}
    precision = _precision(person)
    kinds = [_kind(one, precision) for one in view.kinds]
    months = saying.months(view.months, MONTHS_MAX)
    sources = [
        (saying.source(name), count)
        for name, count in sorted(view.sources.items(), key=lambda each: -each[1])
    ]
    return {
        "kinds": kinds,
        "months": (
            charts.bars(months, unit="things", title="Month by month") if len(months) > 1 else ""
        ),
        "sources": sources,
        "fields": [_field(kind, one, names, precision) for kind in view.kinds for one in kind.top],
        "told": [_told(one, looked.behind) for one in looked.told],
    }


def _precision(person: Person) -> str:
    """How coarse their times are, as things say it, where all deals agree on it; or nothing."""
    found = {one.precision for one in person.held if one.decision == "accepted"}
    return saying.PERIODS.get(found.pop(), "") if len(found) == 1 else ""


def _kind(kind: Kind, precision: str) -> dict[str, Any]:
    said = saying.kind_of(kind.type)
    return {
        "count": kind.count,
        "icon": said.icon,
        "title": saying.sentence(saying.counted(kind.type, kind.count)),
        "span": saying.span(kind.first, kind.last, precision),
        "top": charts.bars(
            [(one.value, one.count) for one in kind.top], unit="", title=said.top, kind="rows"
        ),
    }


def _field(kind: Kind, one: Field, names: dict[str, str], precision: str) -> dict[str, Any]:
    deals = [ROSTER[names[each]].title for each in one.agreements if each in names]
    return {
        "about": saying.kind_of(kind.type).top,
        "value": one.value,
        "count": one.count,
        "sources": saying.listed(saying.source(each) for each in one.sources),
        "newest": saying.week_of(one.newest, precision),
        "given": saying.when(one.given_ms / 1000),
        "deals": saying.listed(dict.fromkeys(deals)),
    }


def _when(thing: Thing) -> str:
    """When it was, as coarse as it was given."""
    return saying.week_of(thing.time, thing.data.get(PRECISION_KEY))


def _told(one: Told, kept: dict[str, Kept]) -> dict[str, Any]:
    picks = []
    for pick in one.answered.picks:
        behind = [kept[each].thing for each in pick.because if each in kept]
        saves = words.money(pick.saves_yearly, pick.currency) if pick.saves_yearly else ""
        picks.append(
            {
                "name": pick.name,
                "why": pick.why,
                "saves": saves,
                "behind": [{"name": each.name, "when": _when(each)} for each in behind],
                "gone": len(pick.because) - len(behind),
            }
        )
    answered = one.answered
    return {"n": one.n, "picks": picks, "note": answered.note, "rule": answered.rule}


def _things(visit: Visit, looked: Looked) -> dict[str, Any]:
    pages = max(1, -(-looked.count // ROWS))
    page = min(_number(visit), pages)
    start = (page - 1) * ROWS
    shown = [_thing(one) for one in looked.page]
    return {
        "things": shown,
        "priced": any(one["amount"] for one in shown),
        "newer": visit.here(page=str(page - 1)) if page > 1 else None,
        "older": visit.here(page=str(page + 1)) if page < pages else None,
        "place": f"{start + 1} to {start + len(shown)} of {words.number(looked.count)}",
    }


def _number(visit: Visit) -> int:
    """The page that was asked for; what cannot be is the first one."""
    number = visit.asked("page", "1")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1  # noqa: PLR2004
    return max(1, page)


def _thing(kept: Kept) -> dict[str, Any]:
    thing, data = kept.thing, kept.thing.data
    amount = ""
    if isinstance(data.get("price"), str):
        currency = data.get("priceCurrency")
        known = currency if isinstance(currency, str) else None
        try:
            amount = words.money(str(data["price"]), known)
        except words.UnsayableValue:
            amount = str(data["price"])
    return {
        "name": thing.name,
        "kind": saying.sentence(saying.kind_of(thing.type).one),
        "when": _when(thing),
        "amount": amount,
        "source": saying.source(thing.source),
        "given": saying.when(kept.given_ms / 1000),
    }


def _looks(visit: Visit, person: Person) -> list[dict[str, Any]]:
    """Who looked, the newest first; looks close together by one reader are told as one."""
    found: list[dict[str, Any]] = []
    for one in looking.noted(visit.hub, person.id):
        last = found[-1] if found else None
        same = last is not None and (last["reader"], last["purpose"]) == (one.reader, one.purpose)
        if last is not None and same and last["at_ms"] - one.at_ms < TOGETHER_MS:
            last["times"] += 1
            last["at_ms"] = one.at_ms
            continue
        found.append(_look(one))
    return found


def _look(one: Noted) -> dict[str, Any]:
    return {
        "reader": one.reader,
        "kind": saying.KINDS_OF_READER.get(one.kind, one.kind),
        "purpose": one.purpose,
        "says": saying.PURPOSES[one.purpose][0],
        "count": one.count,
        "fields": _fields(one.fields),
        "at": saying.when(one.at_ms / 1000),
        "at_ms": one.at_ms,
        "times": 1,
    }


def _fields(names: Sequence[str]) -> str:
    known = [saying.FIELDS.get(name.partition("/")[2]) for name in names]
    return saying.listed(dict.fromkeys(name for name in known if name))
