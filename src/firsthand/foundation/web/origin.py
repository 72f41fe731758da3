"""Who may ask: our own pages at our own address, with bodies that fit.

`Origin` refuses a request under a name that is not ours (DNS rebinding) and one that changes
something but was not sent by one of our own pages (CSRF). `BodyLimit` refuses what is too large,
by its announced length and by what really arrives. `guard` puts both behind the headers.
"""

from collections.abc import Collection, Mapping
from typing import Final

from starlette.datastructures import Headers as RequestHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firsthand.foundation.web.headers import Headers

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_BYTES_MAX: Final = 1024 * 1024


class BodyTooLarge(HTTPException):
    """More arrived than the limit of this path. Send less, or raise the limit of the path."""

    def __init__(self, body_bytes_max: int) -> None:
        super().__init__(413, f"The limit is {body_bytes_max} bytes.")


class Origin:
    """Middleware that answers 421 to a foreign host and 403 to a change from elsewhere."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        https: bool = False,
        machine_paths: tuple[str, ...] = (),
    ) -> None:
        """Wrap `app`, reached as one of `hosts` ("127.0.0.1:8700", "vault.example").

        `machine_paths` are prefixes of routes that programs call and that carry their own proof
        (signatures); browsers' rules do not apply there, the host's name still does.
        """
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._scheme = "https" if https else "http"
        self._machine_paths = machine_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; answer the rest. There are no web sockets here."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = RequestHeaders(scope=scope)
        names = headers.getlist("host")
        host = names[0].lower() if len(names) == 1 else ""
        if host not in self._hosts:
            return PlainTextResponse("This address does not answer under that name.", 421)
        if scope["method"] in SAFE or scope["path"].startswith(self._machine_paths):
            return None
        if self._is_ours(headers, host):
            return None
        return PlainTextResponse("Only our own pages may change something here.", 403)

    def _is_ours(self, headers: RequestHeaders, host: str) -> bool:
        """Believe `Sec-Fetch-Site` where it is sent, else `Origin`; both must agree.

        Under `Referrer-Policy: no-referrer` a form's Origin is `null` (Fetch, 3.2), so `null`
        says nothing by itself, and is enough only beside a `Sec-Fetch-Site: same-origin`.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        own = f"{self._scheme}://{host}"
        if site is not None:
            return site == "same-origin" and origin in {None, "null", own}
        return origin == own


class BodyLimit:
    """Middleware that answers 413 when a body is larger than its path allows."""

    def __init__(
        self, app: ASGIApp, *, body_bytes_max: int, larger: Mapping[str, int] | None = None
    ) -> None:
        """Wrap `app`; `larger` maps prefixes of paths to their own limits in bytes."""
        self._app = app
        self._bytes_max = body_bytes_max
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting what arrives."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        announced = RequestHeaders(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > most:
            refusal = PlainTextResponse(f"That is too large: the limit is {most} bytes.", 413)
            await refusal(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                if arrived > most:
                    raise BodyTooLarge(most)
            return message

        await self._app(scope, counted, send)

    def _most(self, path: str) -> int:
        fits = [prefix for prefix in self._larger if path.startswith(prefix)]
        return self._larger[max(fits, key=len)] if fits else self._bytes_max


def guard(
    app: ASGIApp,
    *,
    hosts: Collection[str],
    https: bool = False,
    body_bytes_max: int = BODY_BYTES_MAX,
    larger: Mapping[str, int] | None = None,
    machine_paths: tuple[str, ...] = (),
) -> ASGIApp:
    """Wrap a whole side: headers outside, then the origin, then the body's limit.

    It goes around the Starlette app, not into its middleware list, so that even an answer to a
    crash carries the headers.
    """
    limited = BodyLimit(app, body_bytes_max=body_bytes_max, larger=larger)
    own = Origin(limited, hosts=hosts, https=https, machine_paths=machine_paths)
    return Headers(own, https=https)
