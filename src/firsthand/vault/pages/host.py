"""The person's pages, put together: a host that keeps the vaults of one person or of many."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from firsthand.foundation.web.challenges import Challenges
from firsthand.foundation.web.kit import Kit, NavItem
from firsthand.foundation.web.origin import guard
from firsthand.foundation.web.sessions import SessionCookie, Sessions
from firsthand.foundation.web.streams import Streams
from firsthand.foundation.web.throttle import Throttle
from firsthand.vault.acts.uploading import Bounds
from firsthand.vault.acts.visiting import Visits
from firsthand.vault.pages import (
    bring,
    changing,
    connect,
    deal,
    firsts,
    giving,
    having,
    holding,
    home,
    keep,
    leaving,
    more,
    moving,
    opening,
    overseen,
    passphrase,
    playing,
    received,
    rectifying,
    rights,
    roster,
    sensing,
    settling,
    start,
    telling,
    things,
    unlock,
)
from firsthand.vault.pages.arrivals import Arrivals
from firsthand.vault.pages.cabinet import Cabinet
from firsthand.vault.pages.carrying import PACE_SECONDS, Carrier, Carries
from firsthand.vault.pages.forms import FILES_BYTES_MAX, THROWN_AWAY_BYTES_MAX
from firsthand.vault.pages.handings import Handings
from firsthand.vault.pages.looks import Looks
from firsthand.vault.pages.tending import Tender
from firsthand.vault.pages.underway import Underway
from firsthand.vault.pages.uploads import PATH as UPLOADS
from firsthand.vault.pages.uploads import Sweeper, body_bytes_max
from firsthand.vault.pages.visits import (
    Door,
    Endpoint,
    Parts,
    Sample,
    Sitting,
    Visit,
    anyone,
    kept,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Secret

HERE: Final = Path(__file__).parent
LARGE_FORMS: Final = ("/drop", "/bring/drop", "/have/backup")
NAV: Final = (
    NavItem(key="home", label="Home", href="/", icon="home"),
    NavItem(key="things", label="Your things", href="/things", icon="things"),
    NavItem(key="deals", label="Deals", href="/deals", icon="deal"),
    NavItem(key="inbox", label="Inbox", href="/inbox", icon="inbox"),
    NavItem(key="more", label="More", href="/more", icon="settings"),
)


class VaultHost:
    """An ASGI application with the pages of all vaults below a folder, or of a single one.

    `open_vault(folder, passphrase)` opens one; `hosts` are the names the pages are reached by
    ("127.0.0.1:8700"). `courier` sends endings while their vaults are locked. `start` begins the
    work in the background, `close` locks everything.
    """

    def __init__(  # noqa: PLR0913 - it is put together in one place
        self,
        folder: Path,
        open_vault: Callable[[Path, Secret], Vault],
        *,
        clock: Clock,
        chance: Chance,
        hosts: Collection[str],
        https: bool = False,
        samples: Sequence[Sample] = (),
        doors: Sequence[Door] = (),
        single: Path | None = None,
        courier: Carries | None = None,
        carry_seconds: float = PACE_SECONDS,
        uploads: Bounds = Bounds(),  # noqa: B008 - it is frozen
    ) -> None:
        port = next((int(h.rpartition(":")[2]) for h in hosts if h.rpartition(":")[2].isdigit()), 0)
        cabinet = Cabinet(folder, open_vault, clock=clock, chance=chance, single=single)
        streams = Streams()
        visits = Visits(_beside(folder, single), uploads, clock, chance)
        self._sweeper = Sweeper(cabinet, clock)
        self._tender = Tender(cabinet, streams, self._sweep, clock, chance)
        self._carrier = Carrier(cabinet, courier, clock, chance, pace_seconds=carry_seconds)
        self.parts = Parts(
            kit=_kit(clock),
            cabinet=cabinet,
            sittings=_sittings(cabinet, clock, chance),
            cookie=SessionCookie(side="vault", port=port, https=https),
            looks=Looks(clock=clock, chance=chance, visits=visits),
            look_cookie=SessionCookie(side="look", port=port, https=https),
            streams=streams,
            throttle=Throttle(clock=clock),
            underway=Underway(cabinet, streams),
            arrivals=Arrivals(cabinet, clock, chance, bounded=single is None),
            arrival_cookie=SessionCookie(side="arrival", port=port, https=https),
            handings=Handings(cabinet, clock, bounded=single is None),
            challenges=Challenges(clock=clock, chance=chance),
            https=https,
            clock=clock,
            chance=chance,
            samples=tuple(samples),
            doors=tuple(doors),
            single=single,
            nudge=self._tender.nudge,
            unconfirmed=self._carrier.waiting,
            uploads=uploads,
        )
        larger = dict.fromkeys(LARGE_FORMS, THROWN_AWAY_BYTES_MAX)
        larger |= dict.fromkeys((UPLOADS, firsts.PATH, firsts.OF_BACKUP), body_bytes_max(uploads))
        self._app = guard(self._pages(), hosts=hosts, https=https, larger=larger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)

    def start(self) -> None:
        """Begin what goes on in the background."""
        self._tender.start()
        self._carrier.start()

    def close(self) -> None:
        """Lock every vault and end every stream."""
        self.parts.underway.close()
        self.parts.handings.close()
        self.parts.arrivals.close()
        self.parts.looks.visits.close()
        self._tender.close()
        self._carrier.close()
        self.parts.streams.close()
        self.parts.cabinet.close_all()

    def _sweep(self) -> None:
        parts = self.parts
        idle = set(parts.cabinet.close_idle())
        parts.sittings.close_where(lambda sitting: sitting.slug in idle)
        for slug in idle:
            parts.streams.go(slug, "/unlock?idle=yes")
            parts.streams.close_topic(slug)
        parts.looks.forget_old()
        self._sweeper.sweep()

    def _pages(self) -> ASGIApp:
        @contextlib.asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            self.start()
            try:
                yield
            finally:
                self.close()

        return Starlette(
            routes=[*routes(self.parts), Route("/live", self._live), *self.parts.kit.routes()],
            exception_handlers={HTTPException: self._missing, 500: self._broken},
            lifespan=lifespan,
        )

    async def _live(self, request: Request) -> Response:
        sitting = self.parts.sittings.read(self.parts.cookie.read(request))
        if sitting is None or self.parts.cabinet.used_seconds_ago(sitting.slug) is None:
            return Response(status_code=204)  # tells the browser not to ask again
        return self.parts.streams.respond([sitting.slug])

    async def _missing(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        words = {
            404: ("This page is not here", "It may have moved, or it was never here."),
            405: ("This page is not here", "Go back to the page that you came from."),
            413: ("Too much at once", "Send less at a time. Nothing of it was kept."),
        }.get(status, ("That did not work", "Go back and try again."))
        return self.parts.kit.page(
            request, "wrong.html", status, title=words[0], text=words[1], nav=()
        )

    async def _broken(self, request: Request, _error: Exception) -> Response:
        visit = Visit(parts=self.parts, request=request)
        return visit.wrong(500, "Something is broken here", "It is our fault, not yours.")


def _beside(folder: Path, single: Path | None) -> Path:
    """Where large files of visitors lie: beside the vaults, as they may become one's own there."""
    return folder / ".visits" if single is None else single.parent / f".{single.name}.visits"


def _sittings(cabinet: Cabinet, clock: Clock, chance: Chance) -> Sessions[Sitting]:
    return Sessions[Sitting](
        clock=clock,
        chance=chance,
        idle_seconds_of=lambda sitting: cabinet.idle_seconds(sitting.slug),
    )


def _kit(clock: Clock) -> Kit:
    return Kit(
        HERE / "templates",
        side="vault",
        site_name="Firsthand",
        nav=NAV,
        clock=clock,
        static=[HERE / "static"],
    )


def routes(parts: Parts) -> list[Route]:
    """Every page with its address. `anyone` needs no vault, `kept` opens to its person alone."""
    files = FILES_BYTES_MAX
    return [
        _get("/", anyone(parts, home.show)),
        _get("/guide/{service}", anyone(parts, start.guide)),
        _get("/sources", anyone(parts, start.sources)),
        _get("/look", anyone(parts, start.found)),
        _post("/drop", anyone(parts, start.drop, bytes_max=files)),
        _post("/look/sample", anyone(parts, start.sample)),
        _post("/look/answers", anyone(parts, start.answer)),
        _post("/look/forget", anyone(parts, start.forget)),
        _get("/keep", anyone(parts, keep.ask)),
        _post("/keep", anyone(parts, keep.make)),
        _get("/unlock", anyone(parts, unlock.ask)),
        _post("/unlock", anyone(parts, unlock.open_it)),
        _post("/lock", anyone(parts, unlock.lock)),
        _get("/keep/code", kept(parts, keep.code)),
        _post("/keep/done", kept(parts, keep.done)),
        _get("/bring", kept(parts, bring.ask)),
        _post("/bring/drop", kept(parts, bring.drop, bytes_max=files)),
        _post("/bring/sample", kept(parts, bring.sample)),
        _post("/bring/answers", kept(parts, bring.answer)),
        _post("/bring/forget", kept(parts, bring.forget)),
        _get("/bring/done", kept(parts, bring.done)),
        _get("/things", kept(parts, things.diary)),
        _get("/things/{id}", kept(parts, things.one)),
        _get("/inbox", kept(parts, received.inbox)),
        _post("/inbox/read", kept(parts, received.mark_read)),
        _get("/more", kept(parts, more.show)),
        _post("/export", kept(parts, more.export)),
        _get("/passphrase", kept(parts, passphrase.ask)),
        _post("/passphrase", kept(parts, passphrase.change)),
        _post("/passphrase/code", kept(parts, passphrase.renew)),
        *firsts.routes(parts),
        *bring.routes(parts),
        *having.routes(parts),
        *moving.routes(parts),
        *leaving.routes(parts),
        *_opening(parts),
        *sensing.routes(parts),
        *settling.routes(parts),
        *playing.routes(parts),
        *_dealing(parts),
    ]


def _opening(parts: Parts) -> list[Route]:
    """What opens one's data, and when it locks by itself."""
    return [
        _post("/passkey/challenge", anyone(parts, opening.challenge)),
        _get("/opening", kept(parts, opening.show)),
        _post("/opening/challenge", kept(parts, opening.about)),
        _post("/opening/passkey", kept(parts, opening.add)),
        _post("/opening/remove", kept(parts, opening.remove)),
        _post("/opening/lock-after", kept(parts, opening.lock_after)),
    ]


def _dealing(parts: Parts) -> list[Route]:
    """The pages of deals: making one, giving, looking back, ending it."""
    return [
        _get("/deals", kept(parts, connect.deals)),
        _get("/terms", anyone(parts, roster.every)),
        _get("/who", kept(parts, holding.show)),
        _get("/who/end", kept(parts, holding.sure)),
        _post("/who/end", kept(parts, holding.end_all)),
        _get("/with/{name}/story", kept(parts, telling.show)),
        _get("/with/{name}/complaint", kept(parts, deal.complaint)),
        _get("/with/{name}/record", kept(parts, telling.record)),
        _get("/terms/compare", anyone(parts, roster.compare)),
        _get("/terms/{id}", anyone(parts, roster.one)),
        _get("/connect", kept(parts, connect.ask)),
        _post("/connect", kept(parts, connect.agree)),
        _get("/with/{name}", kept(parts, deal.show)),
        _get("/with/{name}/give", kept(parts, giving.choose)),
        _post("/with/{name}/choose", kept(parts, giving.choose)),
        _get("/with/{name}/choose", kept(parts, giving.unchosen)),
        _get("/with/{name}/preview", kept(parts, giving.unchosen)),
        _post("/with/{name}/preview", kept(parts, giving.preview)),
        _post("/with/{name}/give", kept(parts, giving.give)),
        _post("/with/{name}/now", kept(parts, giving.send_now)),
        _post("/with/{name}/again", kept(parts, giving.again)),
        _get("/with/{name}/given", kept(parts, deal.given)),
        _get("/with/{name}/given/{position:int}", kept(parts, deal.one_giving)),
        _get("/with/{name}/got", kept(parts, received.got)),
        _get("/with/{name}/log", kept(parts, deal.log)),
        _post("/with/{name}/end", kept(parts, deal.end)),
        _post("/with/{name}/pause", kept(parts, changing.rest)),
        _post("/with/{name}/resume", kept(parts, changing.go_on)),
        _post("/with/{name}/renew", kept(parts, changing.renew)),
        _get("/with/{name}/change", kept(parts, changing.choose)),
        _post("/with/{name}/change", kept(parts, changing.choose)),
        _post("/with/{name}/change/now", kept(parts, changing.change)),
        _post("/with/{name}/change/theirs", kept(parts, changing.take)),
        _post("/with/{name}/change/keep", kept(parts, changing.keep)),
        *_overseeing(parts),
        *_rights(parts),
    ]


def _overseeing(parts: Parts) -> list[Route]:
    """What organisations sign of themselves; `/seen` is for anybody, if its person allows it."""
    return [
        _get("/with/{name}/looked", kept(parts, overseen.who_looked)),
        _post("/with/{name}/looked", kept(parts, overseen.ask_who_looked)),
        _get("/with/{name}/seen", kept(parts, overseen.their_log)),
        _post("/with/{name}/follow", kept(parts, overseen.follow)),
        _get("/with/{name}/compare", kept(parts, overseen.their_log)),
        _post("/with/{name}/compare", kept(parts, overseen.compare)),
        _post("/with/{name}/go-on", kept(parts, overseen.go_on)),
        _post("/with/{name}/publish", kept(parts, overseen.allow)),
        _get("/seen/{subject}", overseen.seen_door(parts)),
    ]


def _rights(parts: Parts) -> list[Route]:
    """What is asked of anybody by right, with its clock."""
    return [
        _get("/rights", kept(parts, rights.every)),
        _get("/rights/new", kept(parts, rights.new)),
        _post("/rights/new", kept(parts, rights.ask)),
        _get("/rights/fix", kept(parts, rectifying.choose)),
        _post("/rights/fix", kept(parts, rectifying.ask)),
        _get("/rights/{id}", kept(parts, rights.one)),
        _get("/rights/{id}/letter.eml", kept(parts, rights.letter)),
        _get("/rights/{id}/delivered.json", kept(parts, rights.document)),
        _get("/rights/{id}/complaint", kept(parts, rights.complaint)),
        _get("/rights/{id}/note", kept(parts, rights.one)),
        _post("/rights/{id}/note", kept(parts, rights.note)),
        _post("/rights/{id}/again", kept(parts, rights.again)),
        _post("/rights/{id}/take-back", kept(parts, rights.take_back)),
        _post("/rights/{id}/fetch", kept(parts, rights.fetch)),
    ]


def _get(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["GET"])


def _post(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["POST"])


__all__ = ["Door", "Sample", "VaultHost", "routes"]
