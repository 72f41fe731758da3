"""GET /v1/facts: what people gave, for the organisation's own systems, by a token a purpose."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from firsthand.hub.acts import entering, people
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.relationships import number
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.protocol.refusals import refuse

COLUMNS = ("position", "relationship", "account", "agreement", "id", "type", "purpose", "given_at")
OF_THING = ("name", "time", "source")
TOKEN_CHARS_MAX = 100
# What a spreadsheet takes for the beginning of a formula, the full-width forms included.
_FORMULA = frozenset("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")


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


def facts_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Facts as CSV (RFC 4180); no cell can start a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, *OF_THING, "data"])
    for row in rows:
        thing = row["thing"]
        assert isinstance(thing, Mapping), "a thing as JSON"
        cells = [row[name] for name in COLUMNS] + [thing[name] for name in OF_THING]
        data = json.dumps(thing["data"], ensure_ascii=False)
        writer.writerow([guarded(cell) for cell in (*cells, data)])
    return out.getvalue().encode()


def guarded(cell: object) -> str:
    """A cell that a spreadsheet takes for text: a formula's beginning gets a quote before it."""
    text = "" if cell is None else str(cell)
    first = text.lstrip(" \u00a0\u3000\n")[:1]
    return f"'{text}" if first in _FORMULA and first else text
