"""What a person asks by right and is told of their data, by their own key."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from firsthand.hub.acts import delivering, requests, telling
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.relationships import number
from firsthand.hub.doors.signed import by_relationship, statement
from firsthand.protocol.wire import TYPE_JSON


def reads_door(hub: Hub) -> Handler:
    """GET /v1/reads?after=N: who looked, signed."""

    @door
    async def reads(request: Request) -> Response:
        signed = await by_relationship(hub, request, body=None)
        after = number(request.query_params.get("after", "0"))
        told = await run_in_threadpool(telling.reads_told, hub, signed.relationship, after)
        return json_response({"signed": told})

    return reads


def rights_door(hub: Hub) -> Handler:
    """POST /v1/rights: a request by right."""

    @door
    async def ask(request: Request) -> Response:
        body = await statement(request, TYPE_JSON)
        signed = await by_relationship(hub, request, body=body, waits=True, erased=True)
        return json_response(await run_in_threadpool(requests.ask, hub, signed.relationship, body))

    return ask


def right_door(hub: Hub) -> Handler:
    """GET /v1/rights/ID: where a request stands, signed."""

    @door
    async def right(request: Request) -> Response:
        signed = await by_relationship(hub, request, body=None)
        jti = request.path_params["id"]
        told = await run_in_threadpool(requests.status, hub, signed.relationship, jti)
        return json_response({"status": told})

    return right


def taking_back_door(hub: Hub) -> Handler:
    """DELETE /v1/rights/ID: the person takes a request back, or lifts what it holds back."""

    @door
    async def take_back(request: Request) -> Response:
        signed = await by_relationship(hub, request, body=None)
        jti = request.path_params["id"]
        told = await run_in_threadpool(requests.take_back, hub, signed.relationship, jti)
        return json_response({"status": told})

    return take_back


def data_door(hub: Hub) -> Handler:
    """GET /v1/rights/ID/data?after=N: what was asked for, in parts."""

    @door
    async def data(request: Request) -> Response:
        signed = await by_relationship(hub, request, body=None)
        jti, after = request.path_params["id"], number(request.query_params.get("after", "0"))
        part = await run_in_threadpool(delivering.data, hub, signed.relationship, jti, after)
        return json_response(part)

    return data
