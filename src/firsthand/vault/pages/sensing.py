"""The addresses of the pages that say what the things say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from firsthand.vault.pages import (
    changed,
    days,
    money,
    people,
    places,
    readying,
    routines,
    sense,
    tastes,
    years,
)
from firsthand.vault.pages.visits import Page, Parts, kept

if TYPE_CHECKING:
    from collections.abc import Sequence


def routes(parts: Parts) -> Sequence[Route]:
    """Every page of sense; each opens to its person alone."""
    pages: tuple[tuple[str, Page], ...] = (
        ("/money", money.show),
        ("/money/shop", money.shop),
        ("/taste", tastes.show),
        ("/places", places.show),
        ("/people", people.show),
        ("/people/one", people.one),
        ("/routines", routines.show),
        ("/year", years.show),
        ("/changed", changed.show),
        ("/days", days.show),
        ("/ready", readying.show),
        ("/behind", sense.show_behind),
        ("/found", sense.show_found),
        ("/corrections", sense.show_corrections),
    )
    shown = [Route(path, kept(parts, page), methods=["GET"]) for path, page in pages]
    return [*shown, Route("/corrections", kept(parts, sense.correct), methods=["POST"])]
