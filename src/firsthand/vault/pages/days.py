"""Days as a page: a diary that reads, in sentences made from the rows of each day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import words
from firsthand.vault.acts import days
from firsthand.vault.acts.browsing import checked_day
from firsthand.vault.acts.money import said as amount_said
from firsthand.vault.pages import pictures, saying, sense

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

NAMES_MAX: Final = 3
DAY_CHARS: Final = 10


def show(visit: Visit) -> Response:
    """The newest days, or those before the day that an address names."""
    asked = visit.request.query_params.get("before", "")
    before = asked if len(asked) == DAY_CHARS and checked_day(asked) else None
    told = days.days(visit.vault, before=before)
    return sense.page(
        visit,
        "days.html",
        "days",
        title="Days",
        days=[_day(each) for each in told["days"]],
        older=sense.address("/days", before=told["older"]) if told["older"] else None,
        newer="/days" if before else None,
    )


def _day(each: Mapping[str, Any]) -> dict[str, Any]:
    at = date.fromisoformat(each["day"])
    return {
        "day": each["day"],
        "title": f"{pictures.LONG_DAYS[at.weekday()]}, {words.day(at)}",
        "all": sense.address("/things", since=each["day"], until=each["day"]),
        "count": words.plural(each["things"], "row"),
        "lines": [
            {
                "text": sentence(entry),
                "icon": saying.kind_of(entry["type"]).icon,
                "href": sense.address(
                    "/things", kind=entry["type"], since=each["day"], until=each["day"]
                ),
            }
            for entry in each["entries"]
        ],
    }


def sentence(entry: Mapping[str, Any]) -> str:
    """One entry of a day as a sentence."""
    say = _SAY.get(entry["type"])
    if say is not None:
        return say(entry)
    said = saying.counted(entry["type"], entry["things"])
    return f"{said[:1].upper()}{said[1:]}: {_names(entry['names'])}."


def _names(names: Sequence[str], most: int = NAMES_MAX) -> str:
    more = len(names) - most
    if more > 1:
        return saying.listed([*names[:most], f"{more} more"])
    return saying.listed(names)


def _long(entry: Mapping[str, Any]) -> str:
    return f" ({words.hours(entry['seconds'])})" if entry["seconds"] else ""


def _watched(entry: Mapping[str, Any]) -> str:
    if not entry["names"]:
        return f"Watched {words.plural(entry['things'], 'video')} no longer there{_long(entry)}."
    return f"Watched {_times(entry)}{_names(entry['names'])}{_long(entry)}."


def _times(entry: Mapping[str, Any]) -> str:
    one = len(entry["names"]) == 1 and entry["things"] > 1
    return f"{words.number(entry['things'])} times " if one else ""


def _heard(entry: Mapping[str, Any]) -> str:
    if len(entry["names"]) == 1:
        pieces = words.plural(entry["things"], "piece")
        return f"Heard {pieces} by {entry['names'][0]}{_long(entry)}."
    most = f", most by {entry['names'][0]}" if entry["things"] > len(entry["names"]) else ""
    return f"Heard {words.plural(entry['things'], 'piece')}{most}{_long(entry)}."


def _money(entry: Mapping[str, Any]) -> str:
    return saying.listed(
        words.money(amount_said(each), unit or None) for unit, each in entry["amounts"].items()
    )


def _met(entry: Mapping[str, Any]) -> str:
    with_ = f" with {_names(entry['with_'])}" if entry["with_"] else ""
    at = f" at {_names(entry['at'])}" if entry["at"] else ""
    return f"{_names(entry['names'])}{with_}{at}."


def _moved(entry: Mapping[str, Any]) -> str:
    km = f", {words.number(round(entry['metres'] / 1000, 1))} km" if entry["metres"] else ""
    return f"{_names(entry['names'])}{km}{_long(entry)}."


def _wrote(entry: Mapping[str, Any]) -> str:
    return f"Wrote with {_names(entry['names'])}, {words.plural(entry['things'], 'message')}."


_SAY: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "ArriveAction": lambda entry: f"Was at {_names(entry['names'])}.",
    "TravelAction": _moved,
    "ExerciseAction": _moved,
    "Event": _met,
    "CommunicateAction": _wrote,
    "WatchAction": _watched,
    "ListenAction": _heard,
    "ReadAction": lambda entry: f"Read {_names(entry['names'])}.",
    "LikeAction": lambda entry: f"Liked {_names(entry['names'])}.",
    "BuyAction": lambda entry: f"Ordered {_names(entry['names'])}.",
    "ReturnAction": lambda entry: f"Sent back {_names(entry['names'])}.",
    "PayAction": lambda entry: f"Paid {_money(entry)} at {_names(entry['names'])}.",
    "ReceiveAction": lambda entry: f"Received {_money(entry)} from {_names(entry['names'])}.",
    "SearchAction": lambda entry: f"Looked for {_names(entry['names'])}.",
}
