"""Who is known: a list to page through and to search, with nothing that was given but how much."""

from typing import Any

from starlette.responses import Response

from firsthand.hub.acts import listing
from firsthand.hub.acts.listing import Row
from firsthand.hub.pages import saying
from firsthand.hub.pages.visits import Visit

WANTED_CHARS_MAX = 100


def find(visit: Visit) -> Response:
    """What a search found. It is asked by POST: an account has no place in an address."""
    wanted = visit.form.one("q").strip()[:WANTED_CHARS_MAX]
    if not wanted:
        return visit.go("/staff/customers")
    found, whole = listing.search(visit.hub, wanted)
    return _page(visit, found, wanted=wanted, whole=whole)


def show(visit: Visit) -> Response:
    """The list."""
    page = listing.people(visit.hub, at=visit.asked("at"))
    counts = visit.parts.headcount.counts()
    return _page(
        visit,
        page.rows,
        newer=None if page.before is None else visit.here(at=page.before),
        older=None if page.after is None else visit.here(at=page.after),
        total=sum(counts.values()),
        active=counts["active"],
        place=saying.place(page.before, len(page.rows), page.total),
    )


def _page(visit: Visit, rows: list[Row], **context: Any) -> Response:  # noqa: ANN401
    whole: dict[str, Any] = {
        "wanted": "", "whole": True, "newer": None, "older": None,
        "total": len(rows), "active": 0, "place": "",
    }  # fmt: skip
    shown = [_row(row) for row in rows]
    return visit.page(
        "customers.html", title="Customers", here="customers", rows=shown, **{**whole, **context}
    )


def _row(row: Row) -> dict[str, Any]:
    known = row.known
    over = known.state in {"ended", "erasing"}  # of whom this is all that is shown
    says, badge = saying.STATES[known.state]
    return {
        "customer": saying.customer(known.id, None if over else known.account),
        "deal": row.terms.title if row.terms and not over else "",
        "things": 0 if over else row.tally.things,
        "last": saying.when(row.tally.last_ms / 1000) if row.tally.last_ms and not over else "",
        "since": saying.when(known.since),
        "says": says,
        "badge": badge,
    }
