"""Ready to give as a page: the seven verbs, whose questions could be answered, what that tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import words
from firsthand.vault.acts import readying
from firsthand.vault.pages import saying, sense

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

BADGES: Final = {
    "yes": ("you could", "on"),
    "little": ("a little", "waiting"),
    "no": ("nothing yet", ""),
}
SAYS: Final = {
    "show": "Show what you like, and what you are shown fits.",
    "ask": "Ask for an offer that beats what you pay now.",
    "tell": "Tell how things really are used.",
    "update": "Update what they hold of you, once, for all.",
    "rate": "Rate what you know, with the proof that you know it.",
    "help": "Help them see what went wrong, so that it is mended.",
    "recommend": "Recommend what you like to who may like it.",
}


def show(visit: Visit) -> Response:
    """Every question, those that can be answered first."""
    told = readying.readiness(visit.vault)
    answers = [
        each for verb in told["verbs"] for each in verb["questions"] if each["state"] != "no"
    ]
    return sense.page(
        visit,
        "ready.html",
        "ready",
        title="Ready to give",
        told=told,
        could=len(answers),
        verbs=[
            {
                **verb,
                "says": SAYS[verb["verb"]],
                "questions": [_question(q) for q in verb["questions"]],
            }
            for verb in told["verbs"]
        ],
    )


def _question(each: Mapping[str, Any]) -> dict[str, Any]:
    span = f"{saying.when(each['first'])} to {saying.when(each['last'])}" if each["first"] else ""
    kinds = saying.listed(saying.kind_of(kind).many for kind in each["types"])
    return {
        **each,
        "badge": BADGES[each["state"]],
        "there": f"{words.number(each['things'])}: {kinds}, {span}" if each["things"] else "",
        "say": saying.listed(each["examples"]),
    }
