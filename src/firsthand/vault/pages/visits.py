"""One request: who asks, what they sent, which vault is theirs, and every fault as a page of words.

A page is a plain function from a `Visit` to an answer; it runs in a thread, as it may wait for a
disk or for an organisation.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from firsthand.foundation.web.kit import Flash, said_once
from firsthand.protocol.refusals import REASONS, Refused
from firsthand.vault.acts.passkeys import PasskeyRefused
from firsthand.vault.acts.uploading import Bounds
from firsthand.vault.gate import Offline
from firsthand.vault.pages import saying
from firsthand.vault.pages.cabinet import Busy, Cabinet, Locked
from firsthand.vault.pages.forms import FORM_BYTES_MAX, Form, FormRefused, read_form
from firsthand.vault.pages.looks import Look, LookGone, LookRefused, Looks
from firsthand.vault.store import SlotRefused, UnableToKeep, UnableToOpen
from firsthand.vault.terms.relationships import NoSuchRelationship

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from pathlib import Path

    from starlette.requests import Request

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.foundation.web.challenges import Challenges
    from firsthand.foundation.web.kit import Kit
    from firsthand.foundation.web.sessions import SessionCookie, Sessions
    from firsthand.foundation.web.streams import Streams
    from firsthand.foundation.web.throttle import Throttle
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.pages.arrivals import Arrivals
    from firsthand.vault.pages.handings import Handings
    from firsthand.vault.pages.underway import Underway

PROOF_MS_MAX: Final = 5 * 60 * 1000.0
log = logging.getLogger("firsthand.vault.pages")


class NotHere(Exception):
    """There is nothing at this address, for this person."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up export to try things with: its file name, its bytes, and what it is in words."""

    name: str
    content: bytes
    label: str
    words: str = ""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """A way into the sample town.

    kind: "person" (signs in to the vault `login` with `passphrase`) or "staff" (an
    organisation's own pages at `url`, entered with `login` and `passphrase`).
    """

    kind: str
    name: str
    line: str
    login: str
    passphrase: str
    url: str = ""


class Sitting(msgspec.Struct, kw_only=True):
    """A person who has opened their data in this browser.

    `code` is the recovery code until it has been written down, `renewed` if it is not the first;
    `by_code` says that they opened it by their recovery code; `report` is what was brought last;
    `came` says how it came here from elsewhere, by a "backup" or a "code".
    """

    slug: str
    called: str
    proved_ms: float
    code: str | None = None
    renewed: bool = False
    by_code: bool = False
    report: dict[str, Any] | None = None
    came: str = ""
    flash: Flash | None = None
    found: tuple[object, object] | None = None  # the findings, and what they are of


class Nudge(Protocol):
    """Has a vault looked after; a name is who was just given something there."""

    def __call__(self, slug: str, name: str | None = None, /) -> None:
        """Look after the vault `slug`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What all pages of a host share."""

    kit: Kit
    cabinet: Cabinet
    sittings: Sessions[Sitting]
    cookie: SessionCookie
    looks: Looks
    look_cookie: SessionCookie
    streams: Streams
    throttle: Throttle
    underway: Underway
    arrivals: Arrivals
    arrival_cookie: SessionCookie
    handings: Handings
    challenges: Challenges
    clock: Clock
    chance: Chance
    https: bool = False
    samples: Sequence[Sample] = ()
    doors: Sequence[Door] = ()
    single: Path | None = None
    nudge: Nudge = lambda _slug, _name=None: None
    unconfirmed: Callable[[], int] = lambda: 0
    uploads: Bounds = field(default_factory=Bounds)

    @property
    def near(self) -> bool:
        """Whether a person's other devices can be in one network with this: not under a name."""
        return not self.https


@dataclass(kw_only=True)
class Visit:
    """One request on its way to a page. `vault` is there on pages that need one."""

    parts: Parts
    request: Request
    form: Form = field(default_factory=lambda: Form(fields={}))
    sitting: Sitting | None = None
    opened: Vault | None = None

    @property
    def vault(self) -> Vault:
        """The person's open vault; only pages behind `kept` have one."""
        assert self.opened is not None
        return self.opened

    @property
    def person(self) -> Sitting:
        """Who asks; only pages behind `kept` know."""
        assert self.sitting is not None
        return self.sitting

    @property
    def freshly_proved(self) -> bool:
        """Whether they proved who they are within the last five minutes."""
        return self.parts.clock.ticks_ms() - self.person.proved_ms <= PROOF_MS_MAX

    def look(self) -> Look | None:
        """What this visitor has dropped and not kept, or None."""
        return self.parts.looks.read(self.parts.look_cookie.read(self.request))

    def page(self, name: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
        """Answer with a template; a person's own pages get their name, their counts, live parts."""
        who: dict[str, Any] = {"nav": ()}
        if self.sitting is not None and self.opened is not None:
            unread = self.opened.store.row("inbox.unread")
            who = {
                "who": self.sitting.called,
                "counts": {"inbox": unread["messages"] if unread else 0},
                "live": "/live",
                "flash": said_once(self.request, self.sitting),
            }
        return self.parts.kit.page(self.request, name, status, **{**who, **context})

    def go(self, href: str, said: str = "", kind: str = "good") -> Response:
        """Send the browser on to a page of ours, which says `said` first."""
        if said and self.sitting is not None:
            self.sitting.flash = Flash(text=said, kind=kind)
        return RedirectResponse(href, 303)

    def wrong(self, status: int, title: str, text: str) -> Response:
        """Answer with a page about what went wrong; the navigation stays for who is signed in."""
        nav = self.parts.kit.nav if self.opened is not None else ()
        who = self.sitting.called if self.sitting and self.opened is not None else None
        return self.parts.kit.page(
            self.request, "wrong.html", status, title=title, text=text, nav=nav, who=who
        )


Page = Callable[[Visit], Response]
Endpoint = Callable[["Request"], "Awaitable[Response]"]


def anyone(parts: Parts, page: Page, *, bytes_max: int = FORM_BYTES_MAX) -> Endpoint:
    """An endpoint for a page that needs no vault; who is signed in is known all the same."""

    def serve(visit: Visit) -> Response:
        visit.sitting = parts.sittings.read(parts.cookie.read(visit.request))
        if visit.sitting is not None:
            try:
                with parts.cabinet.lend(visit.sitting.slug) as vault:
                    visit.opened = vault
                    return _answered(page, visit)
            except Locked:
                visit.sitting = visit.opened = None
        return _answered(page, visit)

    return _endpoint(parts, serve, bytes_max)


def kept(parts: Parts, page: Page, *, bytes_max: int = FORM_BYTES_MAX) -> Endpoint:
    """An endpoint for a page that needs the person's own open vault; others are asked to open it.

    Nothing in an address names a person: a session reaches its own vault and no other.
    """

    def serve(visit: Visit) -> Response:
        visit.sitting = parts.sittings.read(parts.cookie.read(visit.request))
        if visit.sitting is None:
            return _asked_to_open(visit)
        try:
            with parts.cabinet.lend(visit.sitting.slug) as vault:
                visit.opened = vault
                return _answered(page, visit)
        except Locked:
            parts.sittings.close(parts.cookie.read(visit.request))
            visit.sitting = visit.opened = None
            return _asked_to_open(visit)

    return _endpoint(parts, serve, bytes_max)


def _endpoint(parts: Parts, serve: Page, bytes_max: int) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = Visit(parts=parts, request=request)
        if request.method == "POST":
            try:
                visit.form = await read_form(request, bytes_max)
            except FormRefused as error:
                title = "Too much at once" if error.status == 413 else "That did not arrive whole"  # noqa: PLR2004
                return visit.wrong(error.status, title, str(error))
        return await run_in_threadpool(serve, visit)

    return endpoint


def _asked_to_open(visit: Visit) -> Response:
    request = visit.request
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/unlock?next={quote(request.url.path + query, safe='')}", 303)
    return visit.wrong(
        401, "It is locked", "Open your data again, then repeat what you did. Nothing has changed."
    )


def _answered(page: Page, visit: Visit) -> Response:
    try:
        return page(visit)
    except Exception as error:  # noqa: BLE001 - every fault is a page
        return _fault(visit, error)


def _fault(visit: Visit, error: Exception) -> Response:
    """The page of an error: what was wrong and what to do, never what the program looks like."""
    for kind, (status, title) in _FAULTS.items():
        if isinstance(error, kind):
            return visit.wrong(status, title, _words(error))
    if isinstance(error, Refused):
        status = min(error.refusal.status, 599)
        title = "That was not taken" if visit.request.method == "POST" else "That did not work"
        return visit.wrong(max(status, 400), title, _words(error))
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    log.error("A page failed: %s at %s", type(error).__name__, place)  # no values: they are data
    return visit.wrong(
        500, "Something is broken here", "It is our fault, not yours. Nothing was given to anybody."
    )


_FAULTS: Final[dict[type[Exception], tuple[int, str]]] = {
    Busy: (503, "A moment, please"),
    LookRefused: (503, "A moment, please"),
    PasskeyRefused: (403, "That passkey was not taken"),
    SlotRefused: (422, "That was not changed"),
    LookGone: (410, "That is gone from memory"),
    NoSuchRelationship: (404, "This page is not here"),
    NotHere: (404, "This page is not here"),
    Offline: (502, "They cannot be reached right now"),
    UnableToKeep: (503, "Nothing was kept"),
    UnableToOpen: (500, "Your data cannot be opened"),
}
_WORDS: Final[dict[type[Exception], str]] = {
    NoSuchRelationship: "You have no deal of that name.",
    Offline: "Nothing is lost. Try again later; what you gave already goes by itself.",
    LookGone: "What you dropped was held for half an hour and is gone now. Drop it again.",
    UnableToOpen: "The file is damaged or was changed. Put back your last copy of it.",
    UnableToKeep: "The disk is full or in use. Nothing was changed. Try again.",
}


def _words(error: Exception) -> str:
    for kind, said in _WORDS.items():
        if isinstance(error, kind):
            return said
    if isinstance(error, Refused):
        return saying.plainly(error.refusal.detail or REASONS[error.refusal.reason].help)
    if isinstance(error, NotHere):
        return str(error) or "It may have moved, or it was never here."
    return str(error)
