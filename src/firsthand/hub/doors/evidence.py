"""What anybody may check, without a key: the log's checkpoint, its growth, the log of keys."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.relationships import number


def log_door(hub: Hub) -> Handler:
    """GET /v1/log: the newest checkpoint."""

    @door
    async def log(_: Request) -> Response:
        return json_response({"checkpoint": await run_in_threadpool(hub.proofs.checkpoint)})

    return log


def consistency_door(hub: Hub) -> Handler:
    """GET /v1/log/consistency?first=M&second=N: that the log of N entries adds to that of M."""

    @door
    async def consistency(request: Request) -> Response:
        query = request.query_params
        first = number(query.get("first", ""), "first")
        second = number(query.get("second", ""), "second")
        proof = await run_in_threadpool(hub.proofs.consistency, first, second)
        return json_response({"proof": [step.hex() for step in proof]})

    return consistency


def keys_door(hub: Hub) -> Handler:
    """GET /v1/keys: how the organisation came to its key of today."""

    @door
    async def key_log(_: Request) -> Response:
        return json_response({"keys": list(hub.organisation.key_log.tokens)})

    return key_log
