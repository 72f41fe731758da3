"""The register of purposes: what is done with what people gave, for an auditor to read."""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from firsthand.hub.acts import register
from firsthand.hub.acts.register import Line, Reading
from firsthand.hub.pages import saying
from firsthand.hub.pages.visits import Visit
from firsthand.protocol.terms import ROSTER

PATH: Final = "/staff/register"
KINDS: Final = {"staff": "Staff", "rule": "Rule", "token": "System", "command": "Command"}


def show(visit: Visit) -> Response:
    """Every purpose, with who may be read for it and who has read."""
    found = register.register(visit.hub)
    lines = msgspec.convert(found["purposes"], list[Line])
    return visit.page(
        "register.html",
        title="Purposes",
        here="deals",
        days=found["days"],
        complete=found["complete"],
        lines=[_shown(line) for line in lines],
        download=f"{PATH}.csv",
    )


def table(visit: Visit) -> Response:
    """The same as CSV."""
    content = register.register_csv(register.register(visit.hub))
    headers = {"Content-Disposition": 'attachment; filename="purposes.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _shown(line: Line) -> dict[str, Any]:
    title, words = saying.PURPOSES[line.purpose]
    named = dict.fromkeys([*line.agreements, *line.accepted])
    fields: dict[str, list[str]] = {}
    for field in line.fields:
        kind, _, name = field.partition("/")
        fields.setdefault(kind, []).append(name)
    facts = [
        ("People", str(line.people)),
        ("Of them resting", str(line.resting)),
        ("Of them stopped by right", str(line.stopped)),
        ("Deals that allow it", ", ".join(f"“{ROSTER[one].title}”" for one in named)),
        *saying.asked(fields),
        ("Times", ", ".join(saying.PRECISIONS[one] for one in line.precisions) or "none yet"),
        ("Kept", f"until {line.retention_days} days after the end, at most"),
        ("Legal basis", line.legal_basis),
        ("Passed on", line.recipients),
        ("How it ends", line.ended_by),
    ]
    reads = [(KINDS.get(one.kind, one.kind), _who(one), one.reads, one.people)
             for one in line.reads]  # fmt: skip
    return {"title": title, "words": words, "facts": facts, "reads": reads, "id": line.purpose}


def _who(one: Reading) -> str:
    """Who read, as people say it: a command is run by somebody who has the machine."""
    return "Somebody at your machine" if one.kind == "command" else one.name
