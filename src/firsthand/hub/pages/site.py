"""All pages of an organisation, put together: routes to stand beside the protocol's doors."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from firsthand.foundation.clock import stamp
from firsthand.foundation.web.kit import Kit, NavItem
from firsthand.foundation.web.origin import guard
from firsthand.foundation.web.sessions import SessionCookie, Sessions
from firsthand.foundation.web.streams import Streams
from firsthand.foundation.web.throttle import Throttle
from firsthand.hub.acts.opened import Hub
from firsthand.hub.pages import (
    asked,
    customers,
    deals,
    entering,
    invitations,
    live,
    offers,
    person,
    public,
    purposes,
    systems,
    team,
)
from firsthand.hub.pages.figures import Headcount
from firsthand.hub.pages.following import Following
from firsthand.hub.pages.forms import FORM_BYTES_MAX
from firsthand.hub.pages.shelf import Shelf
from firsthand.hub.pages.visits import Page, Parts, Sitting, Visit, anyone, owner, staff

HERE: Final = Path(__file__).parent
LARGER: Final = ("/staff/catalogue", "/staff/invitations")
NAV: Final = (
    NavItem(key="live", label="Live", href="/staff", icon="chart"),
    NavItem(key="customers", label="Customers", href="/staff/customers", icon="people"),
    NavItem(key="deals", label="Deals", href="/staff/deals", icon="deal"),
    NavItem(key="requests", label="Requests", href="/staff/requests", icon="inbox"),
    NavItem(key="catalogue", label="Catalogue", href="/staff/catalogue", icon="tag"),
    NavItem(key="invite", label="Invite", href="/staff/invitations", icon="plus"),
    NavItem(key="systems", label="Systems", href="/staff/systems", icon="download"),
    NavItem(key="team", label="Staff", href="/staff/team", icon="person"),
)


class Site:
    """The pages of one hub. ``routes`` go beside the doors, ``missing`` answers a lost browser."""

    def __init__(self, hub: Hub) -> None:
        address = urlsplit(hub.organisation.url)
        https = address.scheme == "https"
        port = address.port or (443 if https else 80)
        streams = Streams()
        self.parts = Parts(
            hub=hub,
            kit=Kit(
                HERE / "templates",
                side="hub",
                site_name=hub.organisation.name,
                nav=NAV,
                clock=hub.clock,
                static=[HERE / "static"],
            ),
            sittings=Sessions[Sitting](clock=hub.clock, chance=hub.chance),
            cookie=SessionCookie(side="hub", port=port, https=https),
            streams=streams,
            throttle=Throttle(clock=hub.clock),
            headcount=Headcount(hub),
            shelf=Shelf(hub),
            started=stamp(hub.clock.now()),
        )
        self._following = Following(hub, streams)
        self._staff = self._behind_guard(address.netloc, https=https)
        self.missing = anyone(self.parts, public.missing)

    def start(self) -> None:
        """Begin to follow what comes in, and who of the staff goes."""
        self.parts.hub.watching.append(partial(entering.shut_out, self.parts))
        self.parts.hub.parting.append(self.parts.streams.close)
        self._following.start()

    def close(self) -> None:
        """Stop following, and end every stream."""
        self._following.close()

    def routes(self) -> Sequence[BaseRoute]:
        """The public pages, and everything below /staff."""
        return [
            Route("/", anyone(self.parts, public.home), methods=["GET"]),
            Route("/terms", anyone(self.parts, public.terms), methods=["GET"]),
            Route("/terms/{name}", anyone(self.parts, public.one_terms), methods=["GET"]),
            Route("/invite/{token}", anyone(self.parts, public.invitation), methods=["GET"]),
            Route("/staff", self._staff),
            Route("/staff/{rest:path}", self._staff),
            *self.parts.kit.routes(),
        ]

    def _behind_guard(self, host: str, *, https: bool) -> ASGIApp:
        app = Starlette(
            routes=[*staff_routes(self.parts), Route("/staff/events", self._events)],
            exception_handlers={HTTPException: self._wrong, 500: self._broken},
        )
        app.router.redirect_slashes = False
        return guard(app, hosts=[host], https=https, larger=dict.fromkeys(LARGER, FORM_BYTES_MAX))

    async def _events(self, request: Request) -> Response:
        visit = Visit(parts=self.parts, request=request)
        visit.sitting = self.parts.sittings.read(self.parts.cookie.read(request))
        if visit.sitting is None:
            return Response(status_code=204)  # tells the browser not to ask again
        return self.parts.streams.respond(live.events(visit))

    async def _wrong(self, request: Request, error: Exception) -> Response:
        visit = Visit(parts=self.parts, request=request)
        visit.sitting = self.parts.sittings.read(self.parts.cookie.read(request))
        status = error.status_code if isinstance(error, HTTPException) else 404
        title, text = {
            413: ("Too much at once", "Send a smaller file. Nothing of it was kept."),
        }.get(status, ("This page is not here", "It may have moved, or it was never here."))
        return visit.wrong(status, title, text)

    async def _broken(self, request: Request, _: Exception) -> Response:
        visit = Visit(parts=self.parts, request=request)
        return visit.wrong(500, "Something is broken here", "Nothing was changed.")


def staff_routes(parts: Parts) -> list[BaseRoute]:
    """Every page of staff with its address; all but signing in and out open to staff alone."""

    def get(path: str, page: Page) -> Route:
        return Route(f"/staff{path}", staff(parts, page), methods=["GET"])

    def post(path: str, page: Page) -> Route:
        return Route(f"/staff{path}", staff(parts, page), methods=["POST"])

    def owners(path: str, page: Page) -> Route:
        return Route(f"/staff{path}", owner(parts, page), methods=["POST"])

    return [
        Route("/staff/login", anyone(parts, entering.ask), methods=["GET"]),
        Route("/staff/login", anyone(parts, entering.enter), methods=["POST"]),
        Route("/staff/logout", anyone(parts, entering.leave), methods=["POST"]),
        get("", live.show),
        get("/customers", customers.show),
        post("/customers", customers.find),
        get("/customers/{id}", person.show),
        get("/customers/{id}/deals/{deal}", deals.one),
        owners("/customers/{id}/deals/{deal}", deals.decide),
        get("/customers/{id}/deals/{deal}/signed", deals.signed),
        get("/deals", deals.show),
        owners("/deals", deals.change),
        get("/requests", asked.show),
        get("/requests/{id}", asked.one),
        owners("/requests/{id}", asked.decide),
        get("/register", purposes.show),
        get("/register.csv", purposes.table),
        get("/catalogue", offers.show),
        owners("/catalogue", offers.publish),
        get("/invitations", invitations.show),
        post("/invitations", invitations.make),
        get("/invitations/links.csv", invitations.links),
        get("/systems", systems.show),
        get("/systems/given.csv", systems.export),
        owners("/systems/tokens", systems.renew),
        get("/team", team.show),
        owners("/team", team.add),
        owners("/team/remove", team.remove),
        owners("/team/password", team.renew),
        post("/team/own-password", team.change),
    ]
