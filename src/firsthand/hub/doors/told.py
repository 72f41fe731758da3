"""What a person is told of what was done with their data, asked for by their own key."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from firsthand.hub.acts import telling
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.relationships import number
from firsthand.hub.doors.signed import by_relationship


def reads_door(hub: Hub) -> Handler:
    """GET /v1/reads?after=N: who looked, signed."""

    @door
    async def reads(request: Request) -> Response:
        signed = await by_relationship(hub, request, body=None)
        after = number(request.query_params.get("after", "0"))
        told = await run_in_threadpool(telling.reads_told, hub, signed.relationship, after)
        return json_response({"signed": told})

    return reads
