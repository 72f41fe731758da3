"""GET /v1/facts: what people gave, for the organisation's own systems, by a token a purpose."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from firsthand.hub.acts import entering, people
from firsthand.hub.acts.exporting import facts_csv, guarded
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.relationships import number
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.protocol.refusals import refuse

__all__ = ["facts_door", "guarded"]

TOKEN_CHARS_MAX = 100


def facts_door(hub: Hub) -> Handler:
    """Facts as JSON, or as CSV for a spreadsheet."""

    @door
    async def facts(request: Request) -> Response:
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        token = None
        if scheme.lower() == "bearer" and 0 < len(text) <= TOKEN_CHARS_MAX:
            token = await run_in_threadpool(entering.token, hub, text)
        if token is None:
            raise refuse("not_allowed", "Reading takes a token that was made for its purpose.")
        purpose = request.query_params.get("purpose", token.purpose)
        if purpose != token.purpose:
            raise refuse("not_allowed", f"This token was made for {token.purpose}.")
        after = number(request.query_params.get("after", "0"))
        who = Who(name=token.name, kind="token")
        try:
            found = await run_in_threadpool(
                lambda: hub.reads.facts(after=after, purpose=purpose, reader=who)
            )
        except PurposeRefused as refused:
            raise refuse("purpose_not_allowed", str(refused)) from refused
        if "text/csv" in request.headers.get("accept", ""):
            rows = people.facts_json(found)["facts"]
            assert isinstance(rows, list), "a list of facts"
            content = facts_csv(rows)
            following = {"Firsthand-Next": str(found.next)}
            return Response(content, media_type="text/csv; charset=utf-8", headers=following)
        return json_response(people.facts_json(found))

    return facts
