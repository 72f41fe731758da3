"""POST /v1/signals, the busiest door: raw ASGI, one wake-up for all receipts of a commit."""

import logging

import msgspec
from starlette.types import Receive, Scope, Send

from firsthand.foundation.web.headers import ALWAYS
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.bodies import Hurried, TooSlow, declared_length, read_body
from firsthand.hub.doors.together import Together
from firsthand.hub.intake.steps import Sent
from firsthand.hub.intake.taking import Intake, receipt_json
from firsthand.protocol.refusals import Refusal, Refused
from firsthand.protocol.wire import BATCH_BYTES_MAX, PATH_SIGNALS, TYPE_JSON, TYPE_PROBLEM

IN_FLIGHT_MAX = 4_000
ALONE_MAX = 4  # where so few are on their way, none waits for another
IN_FLIGHT_BYTES_MAX = 128 * 1024 * 1024
NEEDED = frozenset((
    b"content-digest", b"content-type", b"firsthand-batch", b"signature", b"signature-input",
))  # fmt: skip

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
        self._in_flight = 0
        self._bytes = 0
        self._together = Together(hub.intake, hub.organisation.url + PATH_SIGNALS)
        hub.closing.insert(0, self._together.close)

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
        headers = [one for one in scope["headers"] if one[0] in NEEDED]
        sent = Sent(scope["query_string"], headers, body)
        try:
            verdict = await self._together.verdict(sent, alone=self._in_flight <= ALONE_MAX)
        except Exception:  # noqa: BLE001 - no stack trace leaves the house
            _log.exception("a batch could not be handled")
            return (*_plain(500, "Something went wrong here. It was noted."), False)
        if isinstance(verdict, Refusal):
            return (*_problem(verdict), False)
        return 200, TYPE_JSON.encode(), _ENCODE(receipt_json(verdict)), False


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
