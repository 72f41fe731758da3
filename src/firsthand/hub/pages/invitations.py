"""Invitations: one for a customer, or many from a file; links are shown once and never kept."""

import csv
import io
from typing import Any, Final

from starlette.responses import Response

from firsthand.foundation.web import words
from firsthand.hub.acts import inviting
from firsthand.hub.acts.exporting import guarded
from firsthand.hub.acts.inviting import LIST_ROWS, Listed
from firsthand.hub.pages import saying
from firsthand.hub.pages.forms import FILE_BYTES_MAX
from firsthand.hub.pages.public import code
from firsthand.hub.pages.visits import NotHere, Visit
from firsthand.hub.terms.invites import DAYS_DEFAULT, DAYS_MAX, InviteRefused

PATH: Final = "/staff/invitations"
DAYS_CHARS_MAX: Final = 3
LINK_COLUMNS: Final = ("account", "link", "expires")


def show(visit: Visit) -> Response:
    """What was just made, once; the forms; the list of all without their links."""
    sitting = visit.staff
    fresh = sitting.made if sitting.fresh else []
    sitting.fresh = False
    return _page(visit, fresh=fresh)


def make(visit: Visit) -> Response:
    """Make one invitation, or one for each line of a file."""
    if "file" in visit.form.files:
        return _make_many(visit)
    account = " ".join(visit.form.one("account").split())
    try:
        told = inviting.invite(
            visit.hub, accounts=[account] if account else [], days=_days(visit.form.one("days"))
        )
    except InviteRefused as refused:
        return _page(visit, 422, wrong=str(refused), account=account)
    return _made(visit, told)


def _make_many(visit: Visit) -> Response:
    raw = visit.form.files.get("file", b"")
    if not raw:
        return _page(visit, 422, wrong_file="Choose a CSV file first.")
    try:
        told = inviting.invite(visit.hub, csv=raw, days=_days(visit.form.one("days")))
    except InviteRefused as refused:
        return _page(visit, 422, wrong_file=f"{refused} No invitation was made.")
    return _made(visit, told)


def links(visit: Visit) -> Response:
    """The links that were made last in this sitting, as CSV."""
    if not visit.staff.made:
        raise NotHere("Links are handed out right after they are made, and never again.")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(LINK_COLUMNS)
    for one in visit.staff.made:
        writer.writerow([guarded(one["account"]), one["link"], one["expires"]])
    headers = {"Content-Disposition": 'attachment; filename="invitations.csv"'}
    return Response(out.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _made(visit: Visit, told: dict[str, object]) -> Response:
    made = told["invites"]
    assert isinstance(made, list), "a list of invitations"
    visit.staff.made = [{key: one[key] for key in LINK_COLUMNS} for one in made]
    visit.staff.fresh = True
    return visit.go(PATH)


def _page(visit: Visit, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
    fresh = context.pop("fresh", [])
    number = visit.asked("from", "0")
    start = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0  # noqa: PLR2004
    page = inviting.listed(visit.hub, start=start)
    end = page.start + len(page.rows)
    whole: dict[str, Any] = {"wrong": "", "wrong_file": "", "account": ""}
    return visit.page(
        "invitations.html",
        status,
        title="Invitations",
        here="invite",
        fresh=fresh,
        code=code(fresh[0]["link"]) if len(fresh) == 1 else "",
        rows=[_row(one) for one in page.rows],
        counts=page.counts,
        total=page.total,
        whole=page.whole,
        newer=visit.here(**{"from": str(max(0, page.start - LIST_ROWS))}) if page.start else None,
        older=visit.here(**{"from": str(end)}) if end < page.total else None,
        place=f"{page.start + 1} to {end} of {words.number(page.total)}",
        days=DAYS_DEFAULT,
        days_max=DAYS_MAX,
        size_bytes_max=FILE_BYTES_MAX,
        **{**whole, **context},
    )


def _row(one: Listed) -> dict[str, Any]:
    says, badge = saying.INVITATIONS[one.state]
    return {
        "account": one.invite.account,
        "by": saying.customer(one.by, one.invite.account) if one.by else None,
        "made": saying.when(one.invite.made_at),
        "until": saying.when(one.invite.expires),
        "says": says,
        "badge": badge,
    }


def _days(text: str) -> int:
    """The days of a form; what is no number is refused by the act, which names the limits."""
    fits = text.isascii() and text.isdecimal() and len(text) <= DAYS_CHARS_MAX
    return int(text) if fits else 0
