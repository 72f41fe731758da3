"""Have a thing put right at an organisation that has it: its fields, side by side with what is."""

from typing import Any

from starlette.responses import Response

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import rectifying
from firsthand.vault.pages import saying
from firsthand.vault.pages.visits import NotHere, Visit


def choose(visit: Visit, *, wrong: str = "", status: int = 200) -> Response:
    """What they know of a thing, to be put right."""
    whom, thing = _asked(visit)
    try:
        fix = rectifying.fixable(visit.vault, whom, thing)
    except (Refused, LookupError) as error:
        raise NotHere from error
    typed = visit.form.one if visit.request.method == "POST" else (lambda _, otherwise: otherwise)
    return visit.page(
        "right_fix.html",
        status,
        title=f"Have it put right: {fix.name}",
        here="things",
        fix=fix,
        whom=whom,
        thing=thing,
        fields=[
            {"name": key, "label": rectifying.IN_WORDS[key], "value": typed(key, now), "now": now}
            for key, now in fix.now.items()
        ],
        wrong=wrong,
    )


def ask(visit: Visit) -> Response:
    """Ask for what was changed."""
    whom, thing = _asked(visit)
    try:
        now = rectifying.fixable(visit.vault, whom, thing).now
        typed = {key: visit.form.one(key).strip() for key in now if key in visit.form.fields}
        changed = {key: said for key, said in typed.items() if said != now[key]}
        told: dict[str, Any] = rectifying.ask(visit.vault, whom, thing, changed)
    except LookupError as error:
        raise NotHere from error
    except Refused as error:
        return choose(
            visit, wrong=saying.plainly(str(error)), status=max(400, error.refusal.status)
        )
    sent = told["sent_at"] is not None
    said = "Your request has been sent." if sent else "It goes as soon as they can be reached."
    return visit.go(f"/rights/{told['id']}", said, "good" if sent else "warning")


def _asked(visit: Visit) -> tuple[str, str]:
    query = visit.request.query_params
    if visit.request.method == "POST":
        return visit.form.one("whom"), visit.form.one("thing")
    return query.get("whom", ""), query.get("thing", "")
