"""Invites people: links for one use each, with a code to scan."""

import io
from collections.abc import Sequence

import msgspec
import segno

from firsthand.foundation.clock import stamp
from firsthand.foundation.tables import Reader
from firsthand.hub.acts.opened import Hub
from firsthand.hub.terms import invites
from firsthand.hub.terms.invites import Invite

QR_SCALE = 4
LISTED_MAX = 2_000
LIST_ROWS = 25


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation without its secret: for which account, until when, and who came by it."""

    invite: Invite
    state: str
    by: str | None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of invitations, the newest first; ``start`` counts from 0.

    ``whole`` says that all of them were looked at; ``counts`` are by state.
    """

    rows: list[Listed]
    start: int
    total: int
    counts: dict[str, int]
    whole: bool


def invite(
    hub: Hub,
    *,
    accounts: Sequence[str] = (),
    csv: str | bytes | None = None,
    days: int = invites.DAYS_DEFAULT,
) -> dict[str, object]:
    """Make an invitation for each account, for each line of ``csv``, or one for anybody.

    Raises ``InviteRefused``. The links are shown this once: only their hashes are kept.
    """
    wanted: list[str | None] = list(accounts)
    if csv is not None:
        wanted += invites.read_accounts(csv.encode() if isinstance(csv, str) else csv)
    now = hub.now_s()
    made = invites.make(hub.chance, wanted or [None], days=days, now=now)
    hub.write(lambda tx: invites.put_all(tx, made))
    expires = stamp(hub.clock.now().fromtimestamp(made[0][1].expires, tz=hub.clock.now().tzinfo))
    return {
        "invites": [
            {
                "account": one.account,
                "link": link(hub, token),
                "expires": expires,
                "qr": qr_svg(link(hub, token)),
            }
            for token, one in made
        ]
    }


def link(hub: Hub, token: str) -> str:
    """The address that a person opens, or gives to their own software."""
    return f"{hub.organisation.url}/invite/{token}"


def qr_svg(text: str) -> str:
    """A QR code as an SVG element, to be put into a page."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=QR_SCALE, xmldecl=False, svgns=True, omitsize=False
    )
    return out.getvalue().decode().strip()


def listed(hub: Hub, *, start: int = 0) -> Page:
    """The newest invitations that are kept: open, used or lapsed; never a link."""
    now = hub.now_s()
    with hub.snapshot() as reader:
        found = _some(reader)
    rows = [_listed(by, invite, now) for by, invite in found[:LISTED_MAX]]
    rows.sort(key=lambda one: (-one.invite.made_at, one.invite.account or ""))
    counts = dict.fromkeys(("open", "used", "lapsed"), 0)
    for one in rows:
        counts[one.state] += 1
    first = start if 0 <= start < len(rows) else 0
    return Page(
        rows=rows[first : first + LIST_ROWS],
        start=first,
        total=len(rows),
        counts=counts,
        whole=len(found) <= LISTED_MAX,
    )


def _some(reader: Reader) -> list[tuple[str | None, Invite]]:
    entries = reader.scan_all(invites.TABLE, rows_max=LISTED_MAX + 1)
    return [(e.relationship or None, msgspec.json.decode(e.value, type=Invite)) for e in entries]


def _listed(by: str | None, invite: Invite, now: int) -> Listed:
    state = "used" if by else "open" if now < invite.expires else "lapsed"
    return Listed(invite=invite, state=state, by=by)
