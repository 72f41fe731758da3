"""For the organisation's own systems: what was given as a table, and tokens to read by."""

from typing import Final

from starlette.responses import Response, StreamingResponse

from firsthand.hub.acts import checking, entering, exporting
from firsthand.hub.pages import saying
from firsthand.hub.pages.visits import Visit
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.protocol.roles.profile import PURPOSE
from firsthand.protocol.terms import PURPOSES

PATH: Final = "/staff/systems"


def show(visit: Visit) -> Response:
    """How to read: by hand as a table, by a system with a token."""
    sitting, found = visit.staff, visit.hub.proofs.checked
    token, sitting.token = sitting.token, None
    return visit.page(
        "systems.html",
        title="For your systems",
        here="systems",
        url=visit.hub.organisation.url,
        options=[(one, saying.PURPOSES[one][0]) for one in PURPOSES],
        rows=[(one, *saying.PURPOSES[one]) for one in PURPOSES],
        chosen=PURPOSE,
        token=token,
        token_label=saying.PURPOSES[token[0]][0] if token else "",
        owner=sitting.is_owner,
        checked=checking.in_words(found) if found is not None and found.whole else "",
        intact=found is not None and found.holds,
    )


def export(visit: Visit) -> Response:
    """Everything that the purpose allows, as CSV; noted under the name of who downloads it."""
    purpose = visit.asked("purpose")
    if purpose not in PURPOSES:
        return visit.wrong(422, "For what?", "Name a purpose: what people gave is read for one.")
    who = Who(name=visit.staff.name, kind="staff")
    headers = {"Content-Disposition": f'attachment; filename="given-for-{purpose}.csv"'}
    return StreamingResponse(
        exporting.pages_csv(visit.hub, purpose=purpose, who=who),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )


def renew(visit: Visit) -> Response:
    """Make a token for a purpose anew; it is shown once, and the one before opens nothing."""
    purpose = visit.form.one("purpose")
    try:
        text = entering.token_anew(visit.hub, purpose)
    except PurposeRefused as refused:
        return visit.wrong(422, "For what?", str(refused))
    visit.staff.token = (purpose, text)
    return visit.go(PATH)
