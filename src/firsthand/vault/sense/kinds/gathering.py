"""Gathers what findings of every kind are made of: a few figures of each thing, by its kind.

One function for each kind says which two names and two figures of it are kept; `take` finds it by
the kind alone and reads nothing else.
"""

from collections.abc import Callable
from functools import lru_cache

from firsthand.protocol.things import Thing
from firsthand.vault.sense import facets
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.hearing import hearing
from firsthand.vault.sense.kinds.measuring import MARK, NAMED, SLEEP, STEPS, measuring
from firsthand.vault.sense.kinds.meeting import knowing, meeting, writing
from firsthand.vault.sense.kinds.moving import moving, travelling
from firsthand.vault.sense.kinds.ordering import ordering, returning
from firsthand.vault.sense.kinds.plainly import plainly
from firsthand.vault.sense.kinds.roaming import browsing, searching, visiting
from firsthand.vault.sense.kinds.rows import NO_FIGURE, NO_TIME, Clock, Rows, moment_of
from firsthand.vault.sense.kinds.shelving import shelving, wanting

Kept = tuple[str, str, int, int]
"""Who, what, a figure, another figure."""
OLDEST_FIRST = frozenset({
    "artist-left", "artist-most", "artist-new", "birthdays", "books", "event-most",
    "exercise", "exercise-longest", "listening", "measured", "named", "orders",
    "people-most", "place-most", "returns", "searches", "seller-most", "site-most", "sleep",
    "steps", "things", "track-most", "travel", "weekday-fullest", "wishes",
})  # fmt: skip
"""The kinds of the findings that are told here: their things are in the order of time."""
FIGURE_MAX = 1e12
QUIET = frozenset({"PayAction", "ReceiveAction", "WatchAction"})


class Gathering:
    """Takes things one by one; `findings` says what they show, kind by kind."""

    def __init__(self, zone: str = "UTC") -> None:
        """Days and hours are told by the clock of `zone`."""
        self._clock = Clock(zone)
        self._kinds: dict[str, Rows] = {}

    def take(self, thing: Thing) -> None:
        """Look at one thing; their order does not matter."""
        kind = thing.type
        rows = self._kinds.get(kind)
        if rows is None:
            rows = self._kinds[kind] = Rows()
        reads = READS.get(kind)
        if reads is None:
            rows.bare(thing.id, moment_of(thing.time))
        else:
            rows.add(thing.id, moment_of(thing.time), *reads(thing))

    def findings(self, *, alone: bool) -> list[Finding]:
        """What everything shows that is not told elsewhere.

        alone: whether nothing else was found: then payments and views are counted as well.
        """
        kinds, clock = self._kinds, self._clock
        found: list[Finding] = []
        for kind, says in SAYS.items():
            if kind in kinds:
                told = says(kinds[kind], clock)
                found += told or plainly(kind, kinds[kind], clock)
        others = {k for k in kinds if k not in SAYS and k not in QUIET}
        if alone and not found and not others:
            others = set(QUIET & kinds.keys())
        for kind in sorted(others, key=lambda each: (-len(kinds[each]), each)):
            found += plainly(kind, kinds[kind], clock)
        return found


def _heard(thing: Thing) -> Kept:
    data = thing.data
    shown = data.get("object")
    seconds = facets.seconds_of(data.get("duration"))
    figure = NO_FIGURE if seconds is None else seconds
    if not isinstance(shown, dict):
        return "", thing.name, figure, 0
    piece = shown.get("name")
    return _by(shown), piece if isinstance(piece, str) else thing.name, figure, 0


def _by(shown: dict[str, object]) -> str:
    for part in ("byArtist", "partOfSeries", "author", "creator"):
        held = shown.get(part)
        if held is not None and (name := facets.name_in(held)):
            return name
    return ""


def _moved(thing: Thing) -> Kept:
    data = thing.data
    part = "sport" if thing.type == "ExerciseAction" else "way"
    seconds = facets.seconds_of(data.get("duration"))
    if seconds is None:
        seconds = _until(thing.time, data.get("endTime"))
    said = data.get("exerciseType" if part == "sport" else "instrument")
    name = facets.mode_of(data, part) if said else ""
    return name, "", facets.metres_of(data.get("distance")), seconds


def _measured(thing: Thing) -> Kept:
    data = thing.data
    what, value, unit = data.get("measuredProperty"), data.get("value"), data.get("unitText")
    who = what if isinstance(what, str) else ""
    if who in NAMED:
        return who, facets.name_in(data.get("observationAbout")) or thing.name, NO_FIGURE, 0
    device = data.get("instrument")
    by = device.get("name") if isinstance(device, dict) else None
    figure, other = NO_FIGURE, 0
    if who == SLEEP:
        if isinstance(value, str) and value.startswith("Asleep"):
            figure, other = 0, _until(thing.time, data.get("endTime"))
    elif isinstance(value, str):
        figure = milli(value)
        if isinstance(unit, str):
            who = f"{who}{MARK}{unit}" if unit and who != STEPS else who
    return who, by if isinstance(by, str) else "", figure, other


@lru_cache(maxsize=1 << 14)
def milli(value: str) -> int:
    """A measured value in thousandths; `NO_FIGURE` for what is no number."""
    try:
        number = float(value)
    except ValueError:
        return NO_FIGURE
    return round(number * 1000) if -FIGURE_MAX < number < FIGURE_MAX else NO_FIGURE


def _bought(thing: Thing) -> Kept:
    data = thing.data
    amount, currency = facets.milli_of(data.get("price")), data.get("priceCurrency")
    return (
        facets.seller_of(data) or thing.source, currency if isinstance(currency, str) else "",
        NO_FIGURE if amount is None else amount,
        1 if data.get("orderStatus") == "OrderCancelled" else 0,
    )  # fmt: skip


def _returned(thing: Thing) -> Kept:
    result, order = thing.data.get("result"), thing.data.get("orderNumber")
    held = result if isinstance(result, dict) else {}
    amount, currency = facets.milli_of(held.get("price")), held.get("priceCurrency")
    return (
        currency if isinstance(currency, str) else "", order if isinstance(order, str) else "",
        NO_FIGURE if amount is None else amount, 0,
    )  # fmt: skip


def _read(thing: Thing) -> Kept:
    shown = thing.data.get("object")
    held = shown if isinstance(shown, dict) else {}
    pages = held.get("numberOfPages")
    count = int(pages) if isinstance(pages, str) and pages.isdecimal() and len(pages) < 6 else 0  # noqa: PLR2004
    going = thing.data.get("actionStatus") == "ActiveActionStatus"
    return facets.name_in(held.get("author")), thing.name, count, 1 if going else 0


def _wanted(thing: Thing) -> Kept:
    return "", thing.name, NO_FIGURE, 0


def _met(thing: Thing) -> Kept:
    data = thing.data
    return thing.name, facets.name_in(data.get("attendee") or data.get("organizer")), NO_FIGURE, 0


def _wrote(thing: Thing) -> Kept:
    to = thing.data.get("recipient")
    alone = not isinstance(to, list) or len(to) == 1
    name = facets.name_in(to) if alone else ""
    return facets.name_in(thing.data.get("sender")), name, NO_FIGURE, 0


def _known(thing: Thing) -> Kept:
    born = thing.data.get("birthDate")
    return thing.name, born if isinstance(born, str) else "", NO_FIGURE, 0


def _asked(thing: Thing) -> Kept:
    query = thing.data.get("query")
    return query if isinstance(query, str) else thing.name, "", NO_FIGURE, 0


def _opened(thing: Thing) -> Kept:
    shown = thing.data.get("object")
    url = shown.get("url") if isinstance(shown, dict) and shown.get("@type") == "WebPage" else None
    parts = url.split("/", 3) if isinstance(url, str) else []
    web = len(parts) > 2 and parts[0] in {"http:", "https:"}  # noqa: PLR2004
    return parts[2].rpartition("@")[2].removeprefix("www.") if web else "", "", NO_FIGURE, 0


def _was_at(thing: Thing) -> Kept:
    place = thing.data.get("location")
    spot = facets.spot_of(place) if place is not None else None
    name = spot.name if spot is not None and spot.name != "A place" else ""
    return name, "", NO_FIGURE, _until(thing.time, thing.data.get("endTime"))


def _until(begun: str | None, end: object) -> int:
    first, last = moment_of(begun), moment_of(end)
    both = first != NO_TIME != last and first & 1 == last & 1
    return max(0, (last - first) >> 1) if both else 0


READS: dict[str, Callable[[Thing], Kept]] = {
    "ListenAction": _heard, "ExerciseAction": _moved, "TravelAction": _moved,
    "Observation": _measured, "BuyAction": _bought, "ReturnAction": _returned, "ReadAction": _read,
    "WantAction": _wanted, "Event": _met, "CommunicateAction": _wrote, "Person": _known,
    "SearchAction": _asked, "ViewAction": _opened, "ArriveAction": _was_at,
}  # fmt: skip
SAYS: dict[str, Callable[[Rows, Clock], list[Finding]]] = {
    "ListenAction": hearing, "Observation": measuring, "ExerciseAction": moving,
    "Event": meeting, "CommunicateAction": writing, "BuyAction": ordering,
    "ReturnAction": returning, "ReadAction": shelving, "ArriveAction": visiting,
    "ViewAction": browsing, "SearchAction": searching, "TravelAction": travelling,
    "WantAction": wanting, "Person": knowing,
}  # fmt: skip
