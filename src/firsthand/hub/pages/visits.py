"""One request: who asks, what they sent, and every fault as a page of words.

A page is a plain function from a ``Visit`` to an answer; it runs in a thread, as it may wait for
the disk.
"""

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from firsthand.foundation.web.kit import Flash, Kit, said_once
from firsthand.foundation.web.sessions import SessionCookie, Sessions
from firsthand.foundation.web.streams import Streams
from firsthand.foundation.web.throttle import Throttle
from firsthand.hub.acts.opened import Hub
from firsthand.hub.pages.figures import Headcount
from firsthand.hub.pages.forms import Form, FormRefused, read_form
from firsthand.hub.pages.shelf import Shelf
from firsthand.hub.staff.accounts import OWNER
from firsthand.hub.terms.policy import PolicyRefused

LOGIN = "/staff/login"
TEAM = "/staff/team"
_log = logging.getLogger(__name__)


class NotHere(Exception):
    """There is nothing at this address. The message says what may have happened."""


class NotForYou(Exception):
    """Only an owner may do this; the message says what."""


class Sitting(msgspec.Struct, kw_only=True):
    """Somebody of the staff in one browser. ``key`` names it where its streams are closed.

    ``made`` are links that were made here and are shown once; ``token`` (purpose, text) and
    ``password`` (name, text) likewise.
    """

    name: str
    role: str
    key: str
    flash: Flash | None = None
    made: list[Mapping[str, str | None]] = []
    fresh: bool = False
    token: tuple[str, str] | None = None
    password: tuple[str, str] | None = None

    @property
    def is_owner(self) -> bool:
        """Whether this member of staff may change what the organisation agrees to."""
        return self.role == OWNER


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What all pages of an organisation share; ``started`` is when they were put together."""

    hub: Hub
    kit: Kit
    sittings: Sessions[Sitting]
    cookie: SessionCookie
    streams: Streams
    throttle: Throttle
    headcount: Headcount
    shelf: Shelf
    started: str


@dataclass(kw_only=True)
class Visit:
    """One request on its way to a page. ``sitting`` is there on pages behind ``staff``."""

    parts: Parts
    request: Request
    form: Form = field(default_factory=Form)
    sitting: Sitting | None = None

    @property
    def hub(self) -> Hub:
        """The organisation's side."""
        return self.parts.hub

    @property
    def staff(self) -> Sitting:
        """Who asks; only pages behind ``staff`` know."""
        assert self.sitting is not None, "a page behind staff"
        return self.sitting

    def asked(self, name: str, otherwise: str = "") -> str:
        """One value of the address, at most 200 characters of it."""
        return self.request.query_params.get(name, otherwise)[:200]

    def named(self, name: str) -> str:
        """One part of the path."""
        found: str = self.request.path_params[name]
        return found

    def page(self, name: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
        """Answer with a template; staff get their navigation and what is to be said first."""
        own: dict[str, Any] = {"nav": ()}
        if self.sitting is not None:
            own = {"who": self.sitting.name, "flash": said_once(self.request, self.sitting)}
            own |= {"who_href": TEAM, "who_label": "staff and your password"}
            own["leave_action"] = "/staff/logout"
        return self.parts.kit.page(self.request, name, status, **{**own, **context})

    def go(self, href: str, said: str = "", kind: str = "good") -> Response:
        """Send the browser on to a page of ours, which says ``said`` first."""
        if said and self.sitting is not None:
            self.sitting.flash = Flash(text=said, kind=kind)
        return RedirectResponse(href, 303)

    def wrong(self, status: int, title: str, text: str, **context: Any) -> Response:  # noqa: ANN401
        """Answer with a page about what went wrong; staff keep their navigation."""
        back = "/staff" if self.sitting is not None else "/"
        return self.page("wrong.html", status, title=title, text=text, back=back, **context)

    def here(self, **changes: str | None) -> str:
        """This address with other values; None takes one out."""
        kept = dict(self.request.query_params)
        for name, value in changes.items():
            if value is None:
                kept.pop(name, None)
            else:
                kept[name] = value
        return self.request.url.path + (f"?{urlencode(kept)}" if kept else "")


Page = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def anyone(parts: Parts, page: Page) -> Endpoint:
    """An endpoint for a page that everybody may see."""
    return _endpoint(parts, lambda visit: _answered(page, visit))


def staff(parts: Parts, page: Page) -> Endpoint:
    """An endpoint for a page that opens to staff alone; others are asked to sign in."""

    def serve(visit: Visit) -> Response:
        visit.sitting = parts.sittings.read(parts.cookie.read(visit.request))
        if visit.sitting is not None:
            return _answered(page, visit)
        if visit.request.method == "GET":
            path, query = visit.request.url.path, visit.request.url.query
            asked = quote(path + (f"?{query}" if query else ""), safe="")
            return RedirectResponse(f"{LOGIN}?next={asked}", 303)
        return visit.wrong(401, "Sign in again", "Then repeat what you did. Nothing has changed.")

    return _endpoint(parts, serve)


def owner(parts: Parts, page: Page) -> Endpoint:
    """As ``staff``, for owners alone: what changes what the organisation agrees to or hands out."""

    def checked(visit: Visit) -> Response:
        if not visit.staff.is_owner:
            raise NotForYou("Ask one of the owners to do this.")
        return page(visit)

    return staff(parts, checked)


def _endpoint(parts: Parts, serve: Page) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = Visit(parts=parts, request=request)
        if request.method == "POST":
            try:
                visit.form = await read_form(request)
            except FormRefused as refused:
                return visit.wrong(400, "That did not arrive whole", str(refused))
        return await run_in_threadpool(serve, visit)

    return endpoint


def _answered(page: Page, visit: Visit) -> Response:
    try:
        return page(visit)
    except HTTPException:
        raise
    except NotHere as error:
        words = str(error) or "It may have moved, or it was never here."
        return visit.wrong(404, "This page is not here", words)
    except NotForYou as error:
        return visit.wrong(403, "This is for owners", str(error))
    except PolicyRefused as error:
        return visit.wrong(422, "That cannot be", str(error))
    except Exception as error:  # noqa: BLE001 - every fault is a page
        kind = type(error).__name__
        if kind in _BUSY:
            return visit.wrong(503, "A moment, please", "Nothing was changed. Try again.")
        frames = traceback.extract_tb(error.__traceback__)
        place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        _log.error("A page failed: %s at %s", kind, place)  # no values: they may be data
        return visit.wrong(500, "Something is broken here", "It was noted. Nothing was changed.")


_BUSY = frozenset({"UnableToCommit", "UnableToQueue", "UnableToRead", "JournalClosed"})
