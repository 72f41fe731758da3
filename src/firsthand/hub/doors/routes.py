"""All doors of a hub as one ASGI application."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from firsthand.foundation.web.headers import Headers
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors import evidence, facts, published, relationships, terms, told
from firsthand.hub.doors.answers import NOT_FOUND, Handler, http_problem, plain_problem
from firsthand.hub.doors.signals import SignalsDoor
from firsthand.protocol import wire

READ = ["GET"]
STATE = ["POST"]
MACHINES = ("/v1/", "/.well-known/")


class Doors:
    """The busiest door first, without a framework; everything else by its route."""

    def __init__(self, signals: ASGIApp, others: ASGIApp) -> None:
        self._signals = signals
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to its door."""
        if (
            scope["type"] == "http"
            and scope["path"] == wire.PATH_SIGNALS
            and scope["method"] == "POST"
        ):
            await self._signals(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def application(
    hub: Hub, pages: Sequence[BaseRoute] = (), missing: Handler | None = None
) -> ASGIApp:
    """The hub's doors, and the routes of its ``pages`` beside them.

    ``missing`` answers a browser that asks for a page which is not there.
    """
    others = Starlette(
        routes=[*routes(hub), *pages],
        middleware=[Middleware(Headers, https=hub.organisation.url.startswith("https:"))],
        exception_handlers={HTTPException: _fault(missing)},
    )
    others.router.redirect_slashes = False
    return Doors(SignalsDoor(hub), others)


def _fault(missing: Handler | None) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answered(request: Request, error: Exception) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        not_there = isinstance(error, HTTPException) and error.status_code == NOT_FOUND
        if missing and wants_page and not_there and not request.url.path.startswith(MACHINES):
            return await missing(request)
        return await http_problem(request, error)

    return answered


def routes(hub: Hub) -> list[BaseRoute]:
    """The protocol's routes but that of signals."""
    return [
        Route(wire.PATH_DISCOVERY, published.discovery_door(hub), methods=READ),
        Route(wire.PATH_MYTERMS, published.myterms_door(hub), methods=READ),
        Route(wire.PATH_TERMS + "/{name}.txt", terms.text_door, methods=READ),
        Route(wire.PATH_TERMS + "/{name}.json", terms.machine_door, methods=READ),
        Route(wire.PATH_INVITES + "/{token}", published.invite_door(hub), methods=READ),
        Route(wire.PATH_CATALOGUES + "/{sha256}", published.catalogue_door(hub), methods=READ),
        Route(wire.PATH_AGREEMENTS, relationships.agreements_door(hub), methods=STATE),
        Route(wire.PATH_INBOX, relationships.inbox_door(hub), methods=READ),
        Route(wire.PATH_REVOCATIONS, relationships.revocations_door(hub), methods=STATE),
        Route(wire.PATH_ERASURES, relationships.erasures_door(hub), methods=STATE),
        Route(wire.PATH_RIGHTS, told.rights_door(hub), methods=STATE),
        Route(wire.PATH_RIGHTS + "/{id}", told.right_door(hub), methods=READ),
        Route(wire.PATH_RIGHTS + "/{id}", told.taking_back_door(hub), methods=["DELETE"]),
        Route(wire.PATH_RIGHTS + "/{id}/data", told.data_door(hub), methods=READ),
        Route(wire.PATH_READS, told.reads_door(hub), methods=READ),
        Route(wire.PATH_CHANGES, relationships.changes_door(hub), methods=STATE),
        Route(wire.PATH_LOG, evidence.log_door(hub), methods=READ),
        Route(wire.PATH_LOG_CONSISTENCY, evidence.consistency_door(hub), methods=READ),
        Route(wire.PATH_KEYS, evidence.keys_door(hub), methods=READ),
        Route(wire.PATH_FACTS, facts.facts_door(hub), methods=READ),
        Route(wire.PATH_SIGNALS, _only_post, methods=STATE),
    ]


async def _only_post(_: Request) -> Response:
    """Never reached: the route is here so that other methods hear which one there is."""
    return plain_problem(405, "Only POST is answered here.")
