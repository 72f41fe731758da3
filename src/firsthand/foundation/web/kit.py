"""The kit: the templates, the filters and the static files that a side builds its pages with.

A side makes one `Kit` with its own folder of templates, mounts `kit.routes()`, and answers with
`kit.page(request, "things.html", title="Your things", ...)`. Every macro of the design system is
reached as `ui.NAME`, without an import; `docs/design-system.md` lists them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, Final, Protocol

import msgspec
from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from firsthand.foundation.clock import Clock
from firsthand.foundation.signs import seen
from firsthand.foundation.web import icons, words
from firsthand.foundation.web.assets import Assets

HERE: Final = Path(__file__).parent
SIDES: Final = frozenset({"vault", "hub"})
THEMES: Final = frozenset({"light", "dark"})
THEME_COOKIE: Final = "firsthand_theme"
PAPER: Final = "#faf8f4"


class UnknownSide(ValueError):
    """A kit serves the side `vault` or the side `hub`; the message has what was asked for."""


class TwoMacros(ValueError):
    """Two files of macros use one name; the message has the name. Rename one."""


class NavItem(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the main navigation. `key` is what a page names as `here`."""

    key: str
    label: str
    href: str
    icon: str


class Flash(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says first. `kind`: info, good, warning or bad."""

    text: str
    kind: str = "good"


class Told(Protocol):
    """Somebody's session, with what their next page says first."""

    flash: Flash | None


def beside(request: Request) -> bool:
    """Whether nobody is shown this answer as a page: it is for live parts, or is fetched ahead.

    By what our own script says of a refresh, and by Fetch Metadata (W3C, `Sec-Purpose`).
    """
    headers = request.headers
    ahead = any(name in headers for name in ("sec-purpose", "purpose", "x-moz"))
    return ahead or headers.get("x-firsthand-swap") == "live"


def said_once(request: Request, session: Told) -> Flash | None:
    """Take what the next page says first out of `session`.

    It stays there if nobody is shown this answer: a part that refreshes itself while a form is
    on its way would swallow what the form is answered with.
    """
    if beside(request):
        return None
    flash, session.flash = session.flash, None
    return flash


class Kit:
    """Pages of one side, in one look."""

    def __init__(
        self,
        templates: Path,
        *,
        side: str,
        site_name: str,
        base: str = "",
        nav: Sequence[NavItem] = (),
        clock: Clock | None = None,
        static: Sequence[Path] = (),
    ) -> None:
        """Take the side's own `templates` and, if it has any, its `static` folders.

        `base` is the path that the side is mounted under ("" or "/vault"). With a `clock`, pages
        know `now`. Raises `UnknownSide`, `TwoMacros`, `UnfitAsset`.
        """
        if side not in SIDES:
            raise UnknownSide(f"{side!r} is no side. There are: hub, vault.")
        self.side, self.site_name, self.base = side, site_name, base
        self.nav = tuple(nav)
        self.assets = Assets((HERE / "static", *static), base=base)
        self._clock = clock
        self._env = _environment([templates, HERE / "templates"])
        self._env.globals |= {
            "asset": self.assets.url,
            "base": base,
            "drawing": icons.drawing,
            "icon": icons.icon,
            "side": side,
            "site_name": site_name,
        }
        self._env.globals["ui"] = _macros(self._env)

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Return the template `name` as HTML, without a request: for parts and for tests."""
        now = {"now": self._clock.now()} if self._clock else {}
        return self._env.get_template(name).render({**self._defaults(), **now, **context})

    def page(
        self,
        request: Request,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,  # noqa: ANN401  # what a template needs is its own matter
    ) -> HTMLResponse:
        """Answer with the template `name`.

        Context that the layout reads: `title` (needed), `here`, `who` (with `who_href` and
        `who_label` it leads somewhere), `counts`, `flash`, `live`, `nav`, `leave_action`,
        `leave_label`, `leave_icon`. The guard sets the security headers.
        """
        chosen = request.cookies.get(THEME_COOKIE)
        theme = chosen if chosen in THEMES else None
        body = self.render(name, {"request": request, "theme": theme, **context})
        return HTMLResponse(body, status_code=status, headers=dict(headers or {}))

    def error(self, request: Request, status: int, title: str, text: str) -> HTMLResponse:
        """Answer with the page for something that went wrong, in plain words."""
        return self.page(request, "error.html", status, title=title, text=text, nav=())

    def routes(self) -> list[Route]:
        """Return the routes of the static files and the manifest, without `base`."""
        return [
            Route("/static/{name}", self.assets.serve, methods=["GET"]),
            Route("/manifest.webmanifest", self._manifest, methods=["GET"]),
        ]

    def _defaults(self) -> dict[str, Any]:
        return {
            "counts": {},
            "flash": None,
            "here": "",
            "leave_action": "/lock" if self.side == "vault" else "/sign-out",
            "leave_icon": "lock" if self.side == "vault" else "leave",
            "leave_label": "Lock" if self.side == "vault" else "Sign out",
            "live": None,
            "nav": self.nav,
            "theme": None,
            "who": None,
            "who_href": None,
            "who_label": "",
        }

    async def _manifest(self, _request: Request) -> Response:
        icon_files = [
            ("mark.svg", "any", "image/svg+xml", "any"),
            ("icon-192.png", "192x192", "image/png", "any"),
            ("icon-512.png", "512x512", "image/png", "any maskable"),
        ]
        body = {
            "name": self.site_name,
            "short_name": self.site_name[:12],
            "id": f"{self.base}/",
            "start_url": f"{self.base}/",
            "scope": f"{self.base}/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": self.assets.url(name), "sizes": sizes, "type": kind, "purpose": purpose}
                for name, sizes, kind, purpose in icon_files
            ],
        }
        return Response(msgspec.json.encode(body), media_type="application/manifest+json")


@pass_context
def _ago(context: Context, value: str | date | datetime, now: datetime | None = None) -> str:
    """Say how long ago; `now` comes from the page, or from the clock the kit was given."""
    seen = now or context.get("now")
    if not isinstance(seen, datetime):
        raise words.UnsayableValue("The page has no `now`. Give the kit a clock, or ago(now).")
    return words.ago(value, seen)


def _seen(value: object) -> object:
    """A value without the signs that would change how the page around it is read."""
    if not isinstance(value, str):
        return value
    shown = seen(value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 - it was markup


class _Compiled(BytecodeCache):
    """Templates as code, made once for all sides of a process: a town serves a dozen.

    Their environments differ in what is global alone, of which the code knows nothing.
    """

    def __init__(self) -> None:
        self._code: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED: Final = _Compiled()


def _environment(folders: list[Path]) -> Environment:
    env = Environment(
        loader=FileSystemLoader(folders),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_seen,
    )
    env.filters |= {**words.FILTERS, "ago": _ago}
    return env


def _macros(env: Environment) -> SimpleNamespace:
    found: dict[str, object] = {}
    env.globals["ui"] = shared = SimpleNamespace()  # macros call each other as ui.NAME
    for path in sorted((HERE / "templates" / "ui").glob("*.html")):
        template: Template = env.get_template(f"ui/{path.name}")
        for name, macro in vars(template.module).items():
            if name.startswith("_"):
                continue
            if name in found:
                raise TwoMacros(f"Two macros are named {name!r}; one is in ui/{path.name}.")
            found[name] = macro
            setattr(shared, name, macro)
    return shared
