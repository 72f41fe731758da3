"""What everybody may see: who this organisation is, what it agrees to, what an invitation is."""

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from firsthand.hub.acts import inviting
from firsthand.hub.pages import rules, saying
from firsthand.hub.pages.visits import NotHere, Visit
from firsthand.hub.terms import invites, organisation
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER, Terms

TOKEN_CHARS_MAX = 200


def home(visit: Visit) -> Response:
    """Who this is, which deals are accepted, what is asked for, and how to connect."""
    hub = visit.hub
    offering, policy = visit.parts.shelf.offering(), hub.policy()
    role = organisation.profile_role(offering)
    return visit.page(
        "home.html",
        title=hub.organisation.name,
        url=hub.organisation.url,
        deals=[ROSTER[one] for one in policy.accepts],
        words=role.words,
        asked=saying.asked(role.asks),
        rule=rules.of(offering),
        items=len(offering.items) if offering else 0,
    )


def terms(visit: Visit) -> Response:
    """GET /terms: what this organisation agrees to, and what it does not."""
    policy = visit.hub.policy()
    return visit.page(
        "terms.html",
        title=f"What {visit.hub.organisation.name} agrees to",
        accepted=[ROSTER[one] for one in policy.accepts],
        others=[one for one in ROSTER.values() if one.id not in policy.accepts],
        since=policy.since,
    )


def one_terms(visit: Visit) -> Response:
    """GET /terms/ID: one agreement in plain words, with its exact text behind it."""
    found = ROSTER.get(visit.named("name"))
    if found is None:
        raise HTTPException(404)  # a browser gets a page, a program a problem
    accepted = found.id in visit.hub.policy().accepts
    return visit.page("term.html", title=found.title, terms=found, facts=machine(found),
                      accepted=accepted)  # fmt: skip


def invitation(visit: Visit) -> Response:
    """GET /invite/TOKEN: what a person sees who follows an invitation."""
    hub, token = visit.hub, visit.named("token")[:TOKEN_CHARS_MAX]
    try:
        with hub.snapshot() as reader:
            invite = invites.find(reader, token, hub.now_s())
    except Refused:
        return visit.page("invited_not.html", 404, title="This invitation is not open")
    link = inviting.link(hub, token)
    role = organisation.profile_role(visit.parts.shelf.offering())
    return visit.page(
        "invited.html",
        title=f"An invitation from {hub.organisation.name}",
        account=invite.account,
        until=saying.when(invite.expires),
        link=link,
        code=code(link),
        words=role.words,
        asked=saying.asked(role.asks),
        deals=[ROSTER[one] for one in hub.policy().accepts],
    )


def code(link: str) -> Markup:
    """The QR code of a link of ours as markup."""
    return Markup(inviting.qr_svg(link))  # noqa: S704 - drawn here, from an address of ours


def machine(found: Terms) -> list[tuple[str, str]]:
    """What a machine may conclude from an agreement, in words."""
    no = "no"
    kept = "until it ends" if not found.retention_days else f"{found.retention_days} days after"
    return [
        ("May be used for", saying.sentence(saying.purposes(found.purposes))),
        ("Times reach them", f"{saying.PRECISIONS[found.precision]}, no finer"),
        ("Kept", kept),
        ("Passed on", "yes" if found.onward else no),
        ("Tracking", "yes" if found.tracking else no),
        ("Training models", "yes" if found.training else no),
    ]


def missing(_visit: Visit) -> Response:
    """A page that is not there."""
    raise NotHere
