"""What the organisation publishes: its introduction, the agreements it accepts, its catalogues."""

import re
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from firsthand.foundation.clock import stamp
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.terms import invites, organisation
from firsthand.hub.terms.catalogue import get_catalogue, get_offering
from firsthand.hub.terms.invites import Invite
from firsthand.hub.terms.policy import get_policy
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import TYPE_JSON

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def discovery_door(hub: Hub) -> Handler:
    """GET /.well-known/firsthand."""

    def introduction() -> bytes:
        with hub.snapshot() as reader:
            policy, offering = get_policy(reader), get_offering(reader)
        return organisation.discovery(hub.organisation, policy, offering)

    @door
    async def discovery(_: Request) -> Response:
        return Response(await run_in_threadpool(introduction), media_type=TYPE_JSON)

    return discovery


def myterms_door(hub: Hub) -> Handler:
    """GET /.well-known/myterms.json."""

    @door
    async def myterms(_: Request) -> Response:
        policy = await run_in_threadpool(hub.policy)
        return json_response(organisation.myterms(hub.organisation, policy, policy.since))

    return myterms


def catalogue_door(hub: Hub) -> Handler:
    """GET /v1/catalogues/SHA256."""

    def content(sha256: str) -> bytes | None:
        with hub.snapshot() as reader:
            return get_catalogue(reader, sha256)

    @door
    async def catalogue(request: Request) -> Response:
        sha256 = request.path_params["sha256"]
        found = None
        if _SHA256.fullmatch(sha256) is not None:
            found = await run_in_threadpool(content, sha256)
        if found is None:
            raise refuse("not_found", "No catalogue of this hash was published here.")
        return Response(found, media_type=TYPE_JSON)

    return catalogue


def invite_door(hub: Hub) -> Handler:
    """GET /v1/invites/TOKEN."""

    @door
    async def invite(request: Request) -> Response:
        found = await run_in_threadpool(open_invite, hub, request.path_params["token"])
        return json_response(
            {
                "organisation": hub.organisation.name,
                "account": found.account,
                "expires": stamp(datetime.fromtimestamp(found.expires, tz=UTC)),
            }
        )

    return invite


def open_invite(hub: Hub, token: str) -> Invite:
    """The open invitation of a token; raises ``Refused`` (``invite_unknown``)."""
    with hub.snapshot() as reader:
        return invites.find(reader, token[:200], hub.now_s())
