"""The Timeline as phones export it: segments of Android and of iOS, signals, and edits."""

import datetime

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Skipped
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant, of_moment
from firsthand.vault.sources.places import geo_of_e7, geo_of_text
from firsthand.vault.sources.timeline_parts import KEY, Geo, Moved, Visited, fix, moved, visited

POINTS_MAX = 100_000
_NO_TIME = "The time is missing or is none."


def of_segment(segment: dict[str, object], identity: Identity) -> list[Thing] | Skipped | str:
    """One segment: a visit, a way, or the points of a path."""
    start, end = instant(segment.get("startTime")), instant(segment.get("endTime"))
    if start is None:
        return _NO_TIME
    visit = segment.get("visit")
    if isinstance(visit, dict):
        top = _dict(visit.get("topCandidate"))
        id, where = top.get("placeId") or top.get("placeID"), _where(top.get("placeLocation"))
        return [
            visited(Visited(start, end, None, None, id, top.get("semanticType"), where), identity)
        ]
    activity, path = segment.get("activity"), segment.get("timelinePath")
    if isinstance(activity, dict):
        return [
            moved(
                Moved(
                    start=start,
                    end=end,
                    mode=_dict(activity.get("topCandidate")).get("type"),
                    metres=activity.get("distanceMeters"),
                    origin=_where(activity.get("start")),
                    goal=_where(activity.get("end")),
                ),
                identity,
            )
        ]
    if isinstance(path, list):
        return _points(path, start, identity)
    return Skipped(0, "a memory of a journey, without places")


def _points(path: list[object], start: str, identity: Identity) -> list[Thing] | Skipped | str:
    found = []
    for point in path[:POINTS_MAX]:
        each = _dict(point)
        where = _where(each.get("point"))
        time = instant(each.get("time")) or _later(
            start, each.get("durationMinutesOffsetFromStartTime")
        )
        if where is None or time is None:
            return "One of its points has no place or no time."
        found.append(fix(KEY, time, where, identity))
    return found or Skipped(0, "a path without points")


def _later(start: str, minutes: object) -> str | None:
    try:
        offset = float(minutes) if isinstance(minutes, str | int | float) else 0.0
        moment = datetime.datetime.fromisoformat(start)
        return of_moment(moment + datetime.timedelta(minutes=offset))
    except (ValueError, OverflowError):
        return None


def of_signal(signal: dict[str, object], identity: Identity) -> list[Thing] | Skipped | str:
    """One raw signal: a fix, a scan of networks, or a guess at how the phone moved."""
    position = signal.get("position")
    if not isinstance(position, dict):
        if "wifiScan" in signal:
            return Skipped(0, "a scan of wireless networks")
        return Skipped(0, "a guess at how the phone moved")
    where = _where(position.get("LatLng") or position.get("latLng"))
    time = instant(position.get("timestamp"))
    if time is None:
        return _NO_TIME
    if where is None:
        return "Its place is missing or is not on the Earth."
    return [fix(KEY, time, where, identity, accuracy=position.get("accuracyMeters"))]


def of_edit(edit: dict[str, object], identity: Identity) -> list[Thing] | Skipped | str:
    """One edit of the Timeline as Takeout keeps it: a fix, or something without one."""
    position = _dict(_dict(_dict(edit.get("rawSignal")).get("signal")).get("position"))
    if not position:
        return Skipped(0, "a note of the Timeline without a place")
    point = _dict(position.get("point"))
    where, time = (
        geo_of_e7(point.get("latE7"), point.get("lngE7")),
        instant(position.get("timestamp")),
    )
    if time is None:
        return _NO_TIME
    if where is None:
        return "Its place is missing or is not on the Earth."
    accuracy = position.get("accuracyMm")
    metres = accuracy / 1000 if isinstance(accuracy, int | float) else None
    return [fix(KEY, time, where, identity, accuracy=metres)]


def _where(value: object) -> Geo | None:
    if isinstance(value, dict):
        value = value.get("latLng") or value.get("LatLng")
    return geo_of_text(value)


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
