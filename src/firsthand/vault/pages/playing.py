"""Play: choose what a card of my year shows, see what it tells, and pass it on as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from firsthand.foundation.web import words
from firsthand.vault.acts import playing
from firsthand.vault.pages import proving, sense
from firsthand.vault.pages.card import card
from firsthand.vault.pages.visits import NotHere, Parts, Visit, kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

NEAR: Final = ("127.", "localhost", "[::1]", "10.", "192.168.")


def routes(parts: Parts) -> Sequence[Route]:
    """Both addresses; each opens to its person alone."""
    return [
        Route("/play", kept(parts, show), methods=["GET"]),
        Route("/play/card.svg", kept(parts, picture), methods=["GET"]),
    ]


def show(visit: Visit) -> Response:
    """Choose, look, and take it along."""
    told, keys, name = _asked(visit)
    shown = playing.chosen(told, keys)
    query = urlencode([("year", told["year"] or ""), *(("show", each["key"]) for each in shown),
                       *([("name", "yes")] if name else [])])  # fmt: skip
    return sense.page(
        visit,
        "play.html",
        "year",
        title="A card of your year",
        told=told,
        years=[(each, each) for each in told["years"]],
        options=[
            {"value": each["key"], "label": _value(each), "aside": each["label"],
             "help": each["tells"]}
            for each in told["lines"]
        ],
        keys=keys,
        named=bool(name),
        shown=shown,
        most=playing.LINES_MAX,
        left_out=max(0, len(keys) - len(shown)),
        tells=[*dict.fromkeys(each["tells"] for each in shown), *playing.together(keys)],
        query=query,
        address=_address(visit),
    )  # fmt: skip


def picture(visit: Visit) -> Response:
    """The card itself."""
    told, keys, name = _asked(visit)
    if told["year"] is None:
        raise NotHere
    lines = [(_value(each), each["label"]) for each in playing.chosen(told, keys)]
    body = card(told["year"], lines, name=name, address=_address(visit))
    return Response(body, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _asked(visit: Visit) -> tuple[dict[str, Any], list[str], str]:
    query = visit.request.query_params
    name = visit.person.called if query.get("name") else ""
    return playing.lines(visit.vault, query.get("year")), query.getlist("show"), name


def _value(line: dict[str, str]) -> str:
    return words.day(line["value"]) if line["key"] == "busiest" else line["value"]


def _address(visit: Visit) -> str:
    """Where a reader could begin; nothing where this is the person's own device."""
    host = visit.request.url.netloc
    return "" if host.startswith(NEAR) else f"{proving.origin(visit)}/"
