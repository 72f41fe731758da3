"""The exact text of an agreement, and its data: what a hash in a proposal is taken over.

The pages in plain words are in ``hub/pages``.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from firsthand.hub.doors.answers import door, json_response
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import ROSTER, Terms


@door
async def text_door(request: Request) -> Response:
    """GET /terms/ID.txt: the exact text."""
    return PlainTextResponse(_terms(request).text())


@door
async def machine_door(request: Request) -> Response:
    """GET /terms/ID.json: what a machine may conclude from it."""
    return json_response(_terms(request).machine())


def _terms(request: Request) -> Terms:
    terms = ROSTER.get(request.path_params["name"])
    if terms is None:
        raise refuse("not_found", "No agreement has this name.")
    return terms
