"""Every part of the design system on pages, served as a side would serve them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from firsthand.foundation.clock import SetClock
from firsthand.foundation.web import charts
from firsthand.foundation.web.kit import Flash, Kit, NavItem
from firsthand.foundation.web.origin import guard
from firsthand.foundation.web.streams import Change, Streams

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NAV = [
    NavItem(key="home", label="Home", href="/", icon="home"),
    NavItem(key="things", label="Your things", href="/things", icon="things"),
    NavItem(key="organisations", label="Organisations", href="/o", icon="organisations"),
    NavItem(key="inbox", label="Came back", href="/inbox", icon="inbox"),
    NavItem(key="diary", label="Diary", href="/diary", icon="diary"),
]


async def open_door(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer everything: for looking at the guard alone."""
    await PlainTextResponse("in")(scope, receive, send)


def door_app() -> Starlette:
    """An app that reads the whole body of a POST to /."""

    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    return Starlette(routes=[Route("/", read, methods=["POST"])])


def figures() -> dict[str, object]:
    films = [(name, (at * 7) % 23 + 4) for at, name in enumerate(MONTHS)]
    today = date(2024, 1, 3)
    days = {today - timedelta(days=n): (n * n + n) % 9 for n in range(370) if n % 3}
    return {
        "columns": charts.bars(films, unit="films", title="Films a month", note="2023"),
        "line": charts.line(
            [(name, value * 9.5) for name, value in films], unit="EUR", title="Spent a month"
        ),
        "rows": charts.bars(
            [("Green Grocer", 412), ("Deutsche Bahn", 233), ("Spotify", 119)],
            unit="EUR", title="Where it went", kind="rows",
        ),
        "stacked": charts.stacked(
            [(m, {"films": n % 5 + 2, "series": n * 2 % 9 + 1}) for n, m in enumerate(MONTHS[:5])],
            unit="evenings", title="Evenings",
        ),
        "calendar": charts.calendar(days, until=today, unit="things", title="Every day of a year"),
        "spark": charts.sparkline([3, 5, 4, 8, 6, 9], title="Rising from 3 to 9"),
    }  # fmt: skip


async def upload(request: Request) -> Response:
    """Read a file and say how long it was."""
    async with request.form() as form:
        file = form["file"]
        size = 0 if isinstance(file, str) else len(await file.read())
    return RedirectResponse(f"/live?done={size}", 303)


async def crash(_request: Request) -> Response:
    raise RuntimeError("on purpose")


def make(hosts: list[str], *, side: str = "vault", streams: Streams | None = None) -> ASGIApp:
    here = Path(__file__).parent
    name = "Firsthand" if side == "vault" else "Green Grocer"
    kit = Kit(
        here, side=side, site_name=name, nav=NAV,
        clock=SetClock(datetime(2024, 1, 5, 12, tzinfo=UTC)),
    )  # fmt: skip
    live = streams or Streams()
    state = {"count": 0}

    async def gallery(request: Request) -> Response:
        return kit.page(
            request, "gallery.html", title="Home", here="home", who="Ada Lovelace",
            charts=figures(), counts={"inbox": 3},
        )  # fmt: skip

    async def plain(request: Request) -> Response:
        return kit.page(request, f"{request.path_params['name']}.html", title="Start", nav=())

    async def counting(request: Request) -> Response:
        state["count"] = state["count"] + 1
        flash = Flash(text="Kept.") if request.query_params.get("done") else None
        hostile = request.query_params.get("q", "")
        return kit.page(
            request, "live.html", title="Live", live="/events", count=state["count"], flash=flash,
            hostile=hostile,
        )  # fmt: skip

    async def events(_request: Request) -> Response:
        return live.respond(["all"], [Change(part="first", text="first words")])

    async def missing(request: Request, _exc: Exception) -> Response:
        return kit.error(request, 404, "This page is not here", "It may have moved.")

    routes = [
        Route("/", gallery),
        Route("/page/{name}", plain),
        Route("/live", counting),
        Route("/events", events),
        Route("/upload", upload, methods=["POST"]),
        Route("/crash", crash),
        *kit.routes(),
    ]
    app = Starlette(routes=routes, exception_handlers={404: missing})
    return guard(app, hosts=hosts, body_bytes_max=1000, larger={"/upload": 10_000_000})
