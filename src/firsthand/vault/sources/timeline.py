"""Google's Timeline: fixes, visits and ways, in the forms of Takeout and of both kinds of phones.

`Records.json` has a fix a record; a month of "Semantic Location History" has visits and ways; what
a phone exports has both and the points between. Points of a path are fixes like any other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Each, Export, Row, Skipped, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant, of_millis
from firsthand.vault.sources.jsons import runs
from firsthand.vault.sources.places import geo_of_e7
from firsthand.vault.sources.source import HEAD_BYTES, Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed
from firsthand.vault.sources.timeline_parts import Moved, Visited, fix, moved, visited
from firsthand.vault.sources.timeline_phone import of_edit, of_segment, of_signal
from firsthand.vault.sources.timeline_saved import of_feature

TIMELINE = Facts(
    name="Google Maps Timeline",
    files=(
        "Timeline.json",
        "location-history.json",
        "Records.json",
        "2023_MARCH.json",
        "Saved Places.json",
        "Reviews.json",
    ),
    how=(
        "On Android: Settings, Location, Location services, Timeline, Export Timeline data.",
        "On an iPhone: Google Maps, your picture, Settings, Personal content, Export Timeline.",
        "For what Google kept until 2024 and for saved places: takeout.google.com, Timeline, Maps.",
    ),
    holds="Where you were and when, how you got there, places that you saved and reviewed.",
    finds="The places of your days, your ways and their length, and trips you had forgotten.",
    wait="at once on the phone, minutes to days from Takeout",
    days_max=90,
)
KEY = "timeline"
_FORMS = (
    (
        re.compile(r'\{\s*(?:"somePointsTruncated"\s*:\s*\w+\s*,\s*)?"locations"\s*:\s*\['),
        re.compile(r'"latitudeE7"|"timestampMs"|\[\s*\]'),
    ),
    (
        re.compile(r'\{\s*"timelineObjects"\s*:\s*\['),
        re.compile(r'"placeVisit"|"activitySegment"|\[\s*\]'),
    ),
    (
        re.compile(r'\{\s*"(?:semanticSegments|rawSignals|userLocationProfile)"\s*:'),
        re.compile(
            r'"startTime"|"timestamp"|"frequentPlaces"|"wifiScan"|"position"|"semanticSegments"'
        ),
    ),
    (re.compile(r'\{\s*"timelineEdits"\s*:\s*\['), re.compile(r'"deviceId"|"rawSignal"')),
    (
        re.compile(r"\[\s*\{"),
        re.compile(r'"(?:visit|activity|timelinePath)"[^\]]{0,2000}?"geo:-?\d'),
    ),
    (
        re.compile(r'\{\s*"type"\s*:\s*"FeatureCollection"'),
        re.compile(r'"(?:google_maps_url|Google Maps URL)"'),
    ),
)

_WITHIN_MAX = 3
Found = list[Thing] | Skipped | str


def claims(head: Head) -> bool:
    """Whether a file is one of the forms of the Timeline."""
    return any(begins.match(head.text) and has.search(head.text) for begins, has in _FORMS)


def open_timeline(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open any form of the Timeline. Raises `UnableToRead`."""
    stream.seek(0)
    head = Head(name, stream.read(HEAD_BYTES))
    if not head.text.startswith(("{", "[")):
        raise UnableToRead(f'"{name}" cannot be read: it is not a file of the Timeline.')
    return Streamed(KEY, "Google Maps Timeline", lambda: _rows(name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    identity = Identity(KEY)
    for first, key, values, why in runs(name, stream):
        if why is not None:
            yield Unreadable(first, why)
        read = _BY_KEY.get(key)
        for number, value in enumerate(values, first):
            if read is None:
                yield Skipped(number, "what stands beside the records")
            elif not isinstance(value, dict):
                yield Unreadable(number, "It is no record: a value.")
            else:
                found = read(value, identity)
                if isinstance(found, list):
                    for thing in found:
                        yield Row(number, thing)
                elif isinstance(found, Skipped):
                    yield Skipped(number, found.why)
                else:
                    yield Unreadable(number, found)


def _record(record: dict[str, object], identity: Identity) -> Found:
    """One fix of Records.json."""
    time = instant(record.get("timestamp")) or of_millis(record.get("timestampMs"))
    if time is None:
        return "The time is missing or is none."
    where = geo_of_e7(record.get("latitudeE7"), record.get("longitudeE7"))
    if where is None:
        if "latitudeE7" not in record:
            return Skipped(0, "a record without a place")
        return "Its place is not on the Earth."
    return [fix(KEY, time, where, identity, accuracy=record.get("accuracy"))]


def _object(record: dict[str, object], identity: Identity) -> Found:
    """One visit or way of a month of Semantic Location History."""
    visit = record.get("placeVisit")
    if isinstance(visit, dict):
        return _visits(visit, identity, 0)
    way = record.get("activitySegment")
    if isinstance(way, dict):
        start, end = _span(way.get("duration"))
        if start is None:
            return "The time is missing or is none."
        return [
            moved(
                Moved(
                    start=start,
                    end=end,
                    mode=way.get("activityType"),
                    metres=way.get("distance"),
                    origin=_where(way.get("startLocation")),
                    goal=_where(way.get("endLocation")),
                ),
                identity,
            )
        ]
    return Skipped(0, "neither a visit nor a way")


def _visits(visit: dict[str, object], identity: Identity, depth: int) -> list[Thing] | str:
    start, end = _span(visit.get("duration"))
    if start is None:
        return "The time is missing or is none."
    location = visit.get("location")
    location = location if isinstance(location, dict) else {}
    where = _where(location) or geo_of_e7(visit.get("centerLatE7"), visit.get("centerLngE7"))
    get = location.get
    stay = Visited(
        start, end, get("name"), get("address"), get("placeId"), get("semanticType"), where
    )
    found = [visited(stay, identity)]
    inner = visit.get("childVisits")
    if not isinstance(inner, list) or depth == _WITHIN_MAX:
        return found
    for child in inner[:100]:
        within = _visits(child, identity, depth + 1) if isinstance(child, dict) else ""
        if not isinstance(within, str):
            found += within
    return found


def _span(duration: object) -> tuple[str | None, str | None]:
    if not isinstance(duration, dict):
        return None, None
    start = instant(duration.get("startTimestamp")) or of_millis(duration.get("startTimestampMs"))
    end = instant(duration.get("endTimestamp")) or of_millis(duration.get("endTimestampMs"))
    return start, end


def _where(location: object) -> dict[str, object] | None:
    if not isinstance(location, dict):
        return None
    return geo_of_e7(location.get("latitudeE7"), location.get("longitudeE7"))


def _profile(_: dict[str, object], __: Identity) -> Found:
    return Skipped(0, "what Google concludes of the places you go to often")


_BY_KEY: dict[str, Callable[[dict[str, object], Identity], Found]] = {
    "locations": _record,
    "timelineObjects": _object,
    "semanticSegments": of_segment,
    "": of_segment,
    "rawSignals": of_signal,
    "userLocationProfile": _profile,
    "timelineEdits": of_edit,
    "features": of_feature,
}

SOURCE = Source(key=KEY, facts=TIMELINE, claims=claims, open=open_timeline)
