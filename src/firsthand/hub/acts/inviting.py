"""Invites people: links for one use each, with a code to scan."""

import io
from collections.abc import Sequence

import segno

from firsthand.foundation.clock import stamp
from firsthand.hub.acts.opened import Hub
from firsthand.hub.terms import invites

QR_SCALE = 4


def invite(
    hub: Hub,
    *,
    accounts: Sequence[str] = (),
    csv: str | None = None,
    days: int = invites.DAYS_DEFAULT,
) -> dict[str, object]:
    """Make an invitation for each account, for each line of ``csv`` (text), or one for anybody.

    Raises ``InviteRefused``. The links are shown this once: only their hashes are kept.
    """
    wanted: list[str | None] = list(accounts)
    if csv is not None:
        wanted += invites.read_accounts(csv.encode())
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
