"""Who has what of mine, everywhere, right now, and how to end it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.foundation.web import words
from firsthand.vault.acts import holding
from firsthand.vault.pages import saying

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit


def show(visit: Visit) -> Response:
    """Every organisation with what it has, for what, until when; it asks nobody."""
    told: dict[str, Any] = holding.who(visit.vault)
    most = max((each["things"] for each in told["organisations"]), default=0)
    return visit.page(
        "who.html",
        title="Who has what of yours",
        here="deals",
        told=told,
        mine=[_in_words(each, most) for each in told["organisations"]],
    )


def sure(visit: Visit) -> Response:
    """The page before ending it all: it names each of them."""
    told: dict[str, Any] = holding.who(visit.vault)
    return visit.page(
        "end_all.html",
        title="End it all",
        here="deals",
        mine=[
            _in_words(each, 0) for each in told["organisations"] if each["name"] in told["can_end"]
        ],
    )


def end_all(visit: Visit) -> Response:
    """End every deal, and have all of it erased."""
    told: dict[str, Any] = holding.end_all(visit.vault)
    visit.parts.nudge(visit.person.slug)
    done = len(told["ended"])
    said = f"{'One deal has' if done == 1 else f'{done} deals have'} ended."
    if not told["confirmed"]:
        said += " Who could not be reached is told as soon as that works, also while it is locked."
        return visit.go("/who", said, "warning")
    return visit.go("/who", f"{said} All of it is erased there, and signed." if done else said)


def _in_words(each: Mapping[str, Any], most: int) -> dict[str, Any]:
    says, badge = saying.STANDINGS[str(each["state"])]
    kinds = saying.listed(
        saying.counted(kind, count) for kind, count in sorted(each["kinds"].items())
    )
    return {
        **each,
        "says": says,
        "badge": badge,
        "has": has(kinds, each["perhaps"]),
        "may": saying.listed(saying.PURPOSES[purpose] for purpose in each["purposes"]),
        "not_for": saying.listed(saying.PURPOSES[purpose] for purpose in each["stopped"]),
        "until_day": saying.day_of(each["until"]) if each["until"] else "",
        "since_day": words.day(str(each["since"])[:10]),
        "part": max(2, round(100 * each["things"] / most)) if most and each["things"] else 0,
    }


def has(kinds: str, perhaps: int) -> str:
    """What they have, and what had left before the end and was never confirmed."""
    if not perhaps:
        return kinds or "nothing"
    left = f"{perhaps:,} {'thing' if perhaps == 1 else 'things'}"
    if not kinds:
        return f"perhaps {left}: never confirmed"
    return f"{kinds}, and perhaps {left} more: never confirmed"
