"""A line between a vault and an organisation within one process: the real doors, no socket.

It stands in the place of the egress. Each request goes through the organisation's ASGI application
as a server would hand it on, and what can happen to a line is done to it here: nobody is there, the
answer is lost, it arrives twice, the machine stops before or after it was answered.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.types import ASGIApp

from firsthand.foundation.egress import Answer, Egress, Unreachable

FAULTS = ("lost", "twice", "stopped before", "stopped after")


class Stopped(BaseException):
    """The machine of the vault stops in the middle of what it does."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it left."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Within(Egress):
    """The line. ``leaving`` is called before anything arrives, ``arrived`` with each answer."""

    def __init__(
        self, leaving: Callable[[Asked], None], arrived: Callable[[Asked, Answer], None]
    ) -> None:
        self._leaving = leaving
        self._arrived = arrived
        self._loop = asyncio.new_event_loop()
        self.application: ASGIApp | None = None
        self.fault: str | None = None
        self.stopping: Callable[[], None] = lambda: None

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        **_: object,
    ) -> Answer:
        """Ask the application, as the faults let it; raises ``Unreachable`` and ``Stopped``."""
        parts = urlsplit(url)
        asked = Asked(
            method=method, path=parts.path, query=parts.query, body=content,
            headers={name.lower(): value for name, value in (headers or {}).items()},
        )  # fmt: skip
        if self.application is None:
            raise Unreachable("nobody is there")
        fault = None
        if method == "POST":  # what is only looked up can be lost without any trace
            fault, self.fault = self.fault, None
        self._leaving(asked)
        if fault == "stopped before":
            self.stopping()
            raise Stopped
        answer = self._answer(asked)
        if fault == "twice":
            answer = self._answer(asked)
        if fault == "stopped after":
            self.stopping()
            raise Stopped
        if fault == "lost":
            raise Unreachable("the answer was lost")
        return answer

    def close(self) -> None:
        """Nothing is open: many vaults may use it, one after the other."""

    def hang_up(self) -> None:
        """Let go of the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _answer(self, asked: Asked) -> Answer:
        assert self.application is not None
        answer = self._loop.run_until_complete(_asked_of(self.application, asked))
        assert answer.status < 500 or answer.status == 503, (asked, answer)
        self._arrived(asked, answer)
        return answer


async def _asked_of(application: ASGIApp, asked: Asked) -> Answer:
    sent = {**asked.headers, "host": "reel.example"}
    if asked.method == "POST":
        sent["content-length"] = str(len(asked.body))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https",
        "method": asked.method, "path": asked.path, "raw_path": asked.path.encode(),
        "query_string": asked.query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("reel.example", 443),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }  # fmt: skip
    parts: list[bytes] = []
    head: dict[str, Any] = {}
    came = False

    async def receive() -> dict[str, object]:
        nonlocal came
        if came:
            await asyncio.Event().wait()
        came = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
        if message["type"] == "http.response.start":
            head.update(message)
        else:
            parts.append(message.get("body", b""))

    await application(scope, receive, send)
    return Answer(
        status=head["status"],
        headers={name.decode(): value.decode() for name, value in head["headers"]},
        body=b"".join(parts),
    )
