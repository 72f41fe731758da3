"""Move to another device: a code to show, how far it is, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse
from starlette.routing import Route

from firsthand.vault.pages import proving, saying
from firsthand.vault.pages.cabinet import Busy
from firsthand.vault.pages.visits import kept

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.pages.handings import Handing
    from firsthand.vault.pages.visits import Parts, Visit

HERE: Final = "/move"
ADDRESS_CHARACTERS_MAX: Final = 64


def routes(parts: Parts) -> list[Route]:
    """The pages of moving: where a device of the person's can be in the same network."""
    if not parts.near:
        return []
    return [
        Route(HERE, kept(parts, show), methods=["GET"]),
        Route(f"{HERE}/begin", kept(parts, begin), methods=["POST"]),
        Route(f"{HERE}/withdraw", kept(parts, withdraw), methods=["POST"]),
        Route(f"{HERE}/state", kept(parts, state), methods=["GET"]),
    ]


def show(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    """What moving is, or how far it is."""
    handing = visit.parts.handings.of(visit.person.slug)
    return visit.page(
        "move.html",
        status,
        title="Move to another device",
        here="more",
        handing=handing,
        says=_says(visit, handing) if handing else "",
        single=visit.parts.single is not None,
        folder=visit.vault.folder if visit.parts.single is not None else "",
        size=saying.size(handing.size) if handing else "",
        site=proving.site(visit),
        elsewhere=proving.elsewhere(visit),
        wrong=wrong,
        typed=visit.form.one("at"),
    )


def begin(visit: Visit) -> Response:
    """Pack everything and show a code, after they proved once more who they are."""
    if said := proving.unproved(visit):
        return show(visit, wrong=said, status=429 if said == proving.OFTEN else 403)
    # Only on a machine of one's own it is one's own to say where it listens.
    own = visit.parts.single is not None
    address = visit.form.one("at").strip()[:ADDRESS_CHARACTERS_MAX] if own else ""
    try:
        visit.parts.handings.begin(visit.person.slug, address)
    except Busy as error:
        return show(visit, wrong=str(error), status=503)
    return visit.go(HERE)


def withdraw(visit: Visit) -> Response:
    """Let the code open nothing any more."""
    visit.parts.handings.withdraw(visit.person.slug)
    return visit.go(HERE)


def state(visit: Visit) -> Response:
    """How far it is, for the page that waits."""
    handing = visit.parts.handings.of(visit.person.slug)
    if handing is None:
        return JSONResponse({"state": "none"})
    told = {"state": handing.state, "says": _says(visit, handing)}
    return JSONResponse({**told, "at": handing.at, "size": handing.size})


def _says(visit: Visit, handing: Handing) -> str:
    """How far it is, in a sentence."""
    if handing.withdrawn and not handing.ended:
        return "It is being withdrawn."
    if handing.state == "waiting":
        left = saying.wait(visit.parts.handings.seconds_left(handing))
        return f"It waits for the other device. The code is good for {left} at most."
    if handing.state == "going":
        return f"It goes over: {saying.size(handing.at)} of {saying.size(handing.size)}."
    return "Everything is packed. The code comes in a moment."
