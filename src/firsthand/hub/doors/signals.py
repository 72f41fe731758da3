"""POST /v1/signals, the busiest door: raw ASGI, one wake-up for all receipts of a commit."""

import asyncio
import logging
import threading
from collections.abc import Sequence

import msgspec
from starlette.types import Receive, Scope, Send

from firsthand.foundation.web.headers import ALWAYS
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.bodies import Hurried, TooSlow, declared_length, read_body
from firsthand.hub.intake.steps import Arrived
from firsthand.hub.intake.taking import Intake, Taken, receipt_json
from firsthand.protocol.refusals import Refusal, Refused
from firsthand.protocol.wire import BATCH_BYTES_MAX, PATH_SIGNALS, TYPE_JSON, TYPE_PROBLEM

IN_FLIGHT_MAX = 4_000
# A commit costs the same for one and for many: where many come, they go to the writer together.
ALONE_MAX = 4
GATHER_S = 0.004
IN_FLIGHT_BYTES_MAX = 128 * 1024 * 1024
NEEDED = {
    name: name.decode()
    for name in (
        b"content-digest", b"content-type", b"firsthand-batch", b"signature", b"signature-input",
    )
}  # fmt: skip

_ENCODE = msgspec.json.Encoder().encode
_ALWAYS = [
    *((name.lower().encode(), value.encode()) for name, value in ALWAYS.items()),
    (b"cache-control", b"no-store"),
]
_log = logging.getLogger(__name__)


class SignalsDoor:
    """The door of one hub, in one event loop."""

    def __init__(self, hub: Hub) -> None:
        self._intake: Intake = hub.intake
        self._target = hub.organisation.url + PATH_SIGNALS
        self._in_flight = 0
        self._bytes = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._checked: list[tuple[Arrived, asyncio.Future[Taken | Refusal]]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check, append, and answer with the receipt once it is durable."""
        declared = declared_length(scope["headers"])
        reserved = min(declared if declared is not None else BATCH_BYTES_MAX, BATCH_BYTES_MAX)
        if self._in_flight >= IN_FLIGHT_MAX or self._bytes + reserved > IN_FLIGHT_BYTES_MAX:
            await _answer(send, _problem(Refusal(reason="busy")), last=True)
            return
        self._in_flight += 1
        self._bytes += reserved
        try:
            status, kind, body, last = await self._handle(scope, receive, declared)
        except Hurried:
            return
        finally:
            self._in_flight -= 1
            self._bytes -= reserved
        await _answer(send, (status, kind, body), last=last)

    async def _handle(
        self, scope: Scope, receive: Receive, declared: int | None
    ) -> tuple[int, bytes, bytes, bool]:
        """The status, media type and body of the answer, and whether to hang up after it."""
        try:
            body = await read_body(receive, declared=declared, size_bytes_max=BATCH_BYTES_MAX)
        except Refused as refused:
            self._intake.refused(refused.refusal)
            return (*_problem(refused.refusal), True)
        except TooSlow:
            return (*_plain(408, "The body did not arrive in time."), True)
        headers: dict[str, str] = {}
        for raw, value in scope["headers"]:
            name = NEEDED.get(raw)
            if name is not None:
                text = value.decode("latin-1")
                headers[name] = f"{headers[name]}, {text}" if name in headers else text
        query = scope["query_string"]
        target = f"{self._target}?{query.decode('latin-1')}" if query else self._target
        try:
            verdict = await self._verdict(Arrived(target_uri=target, headers=headers, body=body))
        except Exception:  # noqa: BLE001 - no stack trace leaves the house
            _log.exception("a batch could not be handled")
            return (*_plain(500, "Something went wrong here. It was noted."), False)
        if isinstance(verdict, Refusal):
            return (*_problem(verdict), False)
        return 200, TYPE_JSON.encode(), _ENCODE(receipt_json(verdict)), False

    async def _verdict(self, arrived: Arrived) -> Taken | Refusal:
        """Check at once; what passes goes to the writer together with what passes just after."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._thread = loop, threading.get_ident()
        refusal = self._intake.check(arrived)
        if refusal is not None:
            return refusal
        future: asyncio.Future[Taken | Refusal] = loop.create_future()
        self._checked.append((arrived, future))
        if self._in_flight <= ALONE_MAX:
            self._hand_over()
        elif len(self._checked) == 1:
            loop.call_later(GATHER_S, self._hand_over)
        return await future

    def _hand_over(self) -> None:
        checked, self._checked = self._checked, []
        for arrived, future in checked:
            self._intake.hand_over(arrived, future, self._told)

    def _told(self, verdicts: Sequence[tuple[object, object]]) -> None:
        """Hand a group's verdicts to the loop at once; from the writer's thread or our own."""
        if threading.get_ident() == self._thread:
            _wake(verdicts)
            return
        assert self._loop is not None, "a verdict comes after an offer"
        try:
            self._loop.call_soon_threadsafe(_wake, verdicts)
        except RuntimeError:  # the loop has ended, and everybody who waited with it
            _log.info("receipts for nobody: the server has stopped")


def _wake(verdicts: Sequence[tuple[object, object]]) -> None:
    for future, verdict in verdicts:
        assert isinstance(future, asyncio.Future), "the ticket that was offered"
        if not future.done():
            future.set_result(verdict)


def _problem(refusal: Refusal) -> tuple[int, bytes, bytes]:
    return refusal.status, TYPE_PROBLEM.encode(), _ENCODE(refusal.problem())


def _plain(status: int, title: str) -> tuple[int, bytes, bytes]:
    body = {"type": "about:blank", "title": title, "status": status, "detail": title}
    return status, TYPE_PROBLEM.encode(), _ENCODE(body)


async def _answer(send: Send, answer: tuple[int, bytes, bytes], *, last: bool) -> None:
    status, kind, body = answer
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        *_ALWAYS,
    ]
    if status == 503:  # noqa: PLR2004 - the status of what may be tried again
        headers.append((b"retry-after", b"1"))
    if last:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
