"""Which deals are accepted, and every one that was made or refused, with its proof."""

from typing import Any, Final

from starlette.responses import Response

from firsthand.hub.acts import deciding, listing, looking, offering
from firsthand.hub.acts.listing import Deal
from firsthand.hub.pages import saying
from firsthand.hub.pages.public import machine
from firsthand.hub.pages.visits import NotHere, Visit
from firsthand.hub.terms.agreements import Held
from firsthand.hub.terms.policy import PolicyRefused
from firsthand.hub.terms.relationships import Relationship
from firsthand.protocol.agreement_life import LIFE, paused_by
from firsthand.protocol.agreements import Agreement, read_agreement
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER, Terms

PATH: Final = "/staff/deals"
PLAIN_NO: Final = "none"
DECISIONS: Final = {
    "end": (deciding.end, "The deal has ended. The customer finds your statement of it."),
    "pause": (deciding.pause, "The deal rests: nothing comes in and nothing is read."),
    "resume": (deciding.resume, "You go on with the deal, as far as it is up to you."),
}
DEAL_STATES: Final = {
    "": "all",
    **{word: saying.DEALS[word][0] for word in saying.DEALS if word not in LIFE.first},
}
ENDED: Final = frozenset({"ended", "erasing"})
NONE: Final = frozenset({"refused", "countered"})


def show(visit: Visit) -> Response:
    """The policy, and the list of what was agreed."""
    policy = visit.hub.policy()
    state = visit.asked("state")
    page = listing.deals(visit.hub, at=visit.asked("at"), state=state)
    return visit.page(
        "deals.html",
        title="Deals",
        here="deals",
        accepted=[_terms(one) for one in ROSTER.values() if one.id in policy.accepts],
        others=[_terms(one) for one in ROSTER.values() if one.id not in policy.accepts],
        accepts=len(policy.accepts),
        counter=policy.counter,
        counters=[
            (PLAIN_NO, "Nothing: a plain no"),
            *((one, ROSTER[one].title) for one in policy.accepts),
        ],
        since=policy.since,
        owner=visit.staff.is_owner,
        states=[
            (f"{PATH}?state={word}#kept", saying.sentence(DEAL_STATES[word]), word == state)
            for word in DEAL_STATES
        ],
        rows=[_row(one) for one in page.rows],
        place=saying.place(page.before, len(page.rows), page.total),
        newer=None if page.before is None else visit.here(at=page.before) + "#kept",
        older=None if page.after is None else visit.here(at=page.after) + "#kept",
    )


def change(visit: Visit) -> Response:
    """Accept an agreement from now on, or refuse it; raises ``PolicyRefused``."""
    form = visit.form
    accept, refuse, instead = form.one("accept"), form.one("refuse"), form.one("counter")
    counter = "" if instead == PLAIN_NO else instead
    offering.policy(
        visit.hub,
        accept=[accept[:40]] if accept else [],
        refuse=[refuse[:40]] if refuse else [],
        counter=counter[:40] or None,
        plain_no=instead == PLAIN_NO,
    )
    if instead:
        said = f"you propose “{ROSTER[counter].title}” with it" if counter else "it is a plain no"
        return visit.go(PATH, f"From now on, when you say no, {said}.")
    if not accept and not refuse:
        raise PolicyRefused("Nothing was chosen, so nothing was changed.")
    title = ROSTER[accept or refuse].title
    said = "From now on you accept" if accept else "From now on you say no to"
    return visit.go(PATH, f"{said} “{title}”. Deals made before stay as they are.")


def one(visit: Visit) -> Response:
    """One deal: who, which terms, when, both signatures checked on the spot."""
    known, held = _found(visit)
    terms = ROSTER[held.terms]
    agreement = _checked(visit, held)
    says, badge = saying.DEALS[held.state(visit.hub.now_s())]
    over = known.state in ENDED
    return visit.page(
        "deal.html",
        title=terms.title,
        here="deals",
        customer=saying.customer(known.id, None if over else known.account),
        terms=terms,
        facts=machine(terms),
        held=held,
        says=says,
        badge=badge,
        sentence=LIFE.states[held.state(visit.hub.now_s())],
        erased=_erased(visit, held),
        proposed=saying.when(agreement.proffer.iat) if agreement else "",
        answered=saying.when(held.at),
        expires=saying.when(held.expires),
        ended=saying.when(held.ended_at) if held.ended_at else "",
        reason=agreement.answer.reason if agreement else "",
        counter=_counter(agreement),
        asked=saying.asked(held.fields),
        here_now=visit.request.url.path,
        decides=_decides(visit, held),
        genuine=agreement is not None,
        download=f"{visit.request.url.path}/signed",
    )


def decide(visit: Visit) -> Response:
    """End a deal, let it rest, or go on with it."""
    _, held = _found(visit)
    wanted = visit.form.one("decide")
    if wanted not in DECISIONS:
        raise NotHere("Nothing was chosen, so nothing was changed.")
    act, said = DECISIONS[wanted]
    act(visit.hub, agreement=held.id)
    return visit.go(visit.request.url.path, said)


def signed(visit: Visit) -> Response:
    """The bytes that both signed: their SHA-256 is what names the deal."""
    _, held = _found(visit)
    headers = {"Content-Disposition": f'attachment; filename="deal-{held.id[:16]}.txt"'}
    body = f"{held.proffer}\n{held.answer}".encode()
    return Response(body, media_type="text/plain; charset=us-ascii", headers=headers)


def _found(visit: Visit) -> tuple[Relationship, Held]:
    found = looking.deal(visit.hub, visit.named("id"), visit.named("deal"))
    if found is None:
        raise NotHere("No deal has this address. It may have been erased.")
    return found


def _checked(visit: Visit, held: Held) -> Agreement | None:
    try:
        return read_agreement(
            held.proffer,
            held.answer,
            organisation_key=visit.hub.organisation.key_log.key_for(held.answer),
        )
    except Refused:
        return None


def _decides(visit: Visit, held: Held) -> tuple[str, ...]:
    """What this member of staff may do with the deal now."""
    now = visit.hub.now_s()
    if not visit.staff.is_owner or held.state(now) not in {"accepted", "paused"}:
        return ()
    ours = "organisation" in paused_by(held.turns)
    return ("resume" if ours else "pause", "end")


def _erased(visit: Visit, held: Held) -> str:
    """When what was given under the deal is erased, where that is known."""
    until = listing.erased_by(visit.hub, visit.named("id"), held)
    return "" if until is None else saying.when(until)


def _counter(agreement: Agreement | None) -> str:
    """What was proposed instead, or nothing."""
    found = ROSTER.get(agreement.answer.counter or "") if agreement else None
    return found.title if found else ""


def _terms(terms: Terms) -> dict[str, Any]:
    return {"terms": terms, "facts": machine(terms)}


def _row(deal: Deal) -> dict[str, Any]:
    says, badge = saying.DEALS[deal.state]
    return {
        "customer": saying.customer(deal.relationship, deal.account),
        "title": ROSTER[deal.terms].title,
        "href": f"/staff/customers/{deal.relationship}/deals/{deal.id}",
        "at": saying.when(deal.at),
        "until": saying.when(deal.ended_at or deal.expires) if deal.state not in NONE else None,
        "says": says,
        "badge": badge,
    }
