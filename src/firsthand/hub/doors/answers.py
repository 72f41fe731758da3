"""Answers in the one form of refusals: RFC 9457 problems, never a stack trace."""

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from firsthand.protocol.refusals import Refusal, Refused
from firsthand.protocol.wire import TYPE_JSON, TYPE_PROBLEM

RETRY_AFTER_S = "1"
_log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


def json_response(value: object, *, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), media_type=TYPE_JSON, headers=headers)


def refusal_response(refusal: Refusal) -> Response:
    """A refusal as a problem document with its status."""
    headers = {"Retry-After": RETRY_AFTER_S} if refusal.retry else None
    return Response(
        msgspec.json.encode(refusal.problem()),
        status_code=refusal.status,
        media_type=TYPE_PROBLEM,
        headers=headers,
    )


def plain_problem(status: int, title: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem that HTTP itself has a status for (RFC 9457, about:blank)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": title}
    return Response(
        msgspec.json.encode(body), status_code=status, media_type=TYPE_PROBLEM, headers=headers
    )


def door(handler: Handler) -> Handler:
    """Let a handler raise refusals; whatever else it raises is logged and answered as 500."""

    @functools.wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as refused:
            return refusal_response(refused.refusal)
        except HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - no stack trace leaves the house
            reason = _STORAGE.get(type(error).__name__)
            if reason is not None:
                return refusal_response(Refusal(reason=reason))
            _log.exception("a door failed: %s", handler.__name__)
            return plain_problem(500, "Something went wrong here. It was noted.")

    return answered


async def http_problem(_: Request, error: Exception) -> Response:
    """What the router refuses (no such route, no such method), as a problem."""
    assert isinstance(error, HTTPException), "registered for these alone"
    if error.status_code == NOT_FOUND:
        return refusal_response(Refusal(reason="not_found"))
    return plain_problem(error.status_code, error.detail, error.headers)


NOT_FOUND = 404
_STORAGE = {
    "UnableToCommit": "unable_to_store",
    "UnableToQueue": "busy",
    "UnableToRead": "busy",
    "UnableToTruncate": "busy",
    "UnableToListen": "busy",
    "JournalClosed": "busy",
}
