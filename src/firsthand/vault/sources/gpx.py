"""GPX 1.0 and 1.1: each track is an activity, each way point a place; planned routes are left out.

A track is added up point by point: a day on a bicycle fits in the memory of one point.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.exercise import (
    IDENTITY,
    Activity,
    Track,
    exercise_thing,
    figure,
    instant,
    place,
    position,
    time_of,
)
from firsthand.vault.sources.export import Each, Export, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.xmls import Element, elements, root_of

FORMAT = "GPX"
_WANTED = ("trkpt", "wpt", "rtept", "metadata", "name", "type", "desc", "cmt")
_STARTS = ("trk", "trkseg", "rte")


def claims(head: Head) -> bool:
    """Whether a file is XML that begins as GPX does."""
    return head.text.startswith("<") and root_of(head.text) == "gpx"


def open_gpx(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Export:
    """Open a file of tracks. It is read when its rows are asked for; that raises UnableToRead."""
    return Streamed("gpx", FORMAT, partial(_rows, name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    reading = _Reading()
    for element in elements(name, stream, _WANTED, _STARTS):
        if not element.whole:
            yield from reading.finish()
            yield Unreadable(element.line, "The file ends in the middle of this.")
            return
        if element.tag in ("trk", "rte"):
            yield from reading.finish()
            reading.begin(element)
        elif element.tag == "wpt":
            yield reading.waypoint(element)
        else:
            reading.take(element)
    yield from reading.finish()


class _Reading:
    """The track that is being read, and the ids of the file."""

    def __init__(self) -> None:
        self._ids = Identity(IDENTITY)
        self._places = Identity("gpx")
        self._at: Element | None = None
        self._said: dict[str, str] = {}
        self._track = Track()

    def begin(self, element: Element) -> None:
        """A track or a route begins."""
        self._at, self._said, self._track = element, {}, Track()

    def take(self, element: Element) -> None:
        """Take in a part of what was begun; what stands before is of the file as a whole."""
        if self._at is None:
            return
        if element.tag == "trkseg":
            self._track.apart()
        elif element.tag in ("trkpt", "rtept"):
            beats = next((figure(hr.text) for tag in ("hr", "heartrate")
                          for hr in element.within(tag)), None)  # fmt: skip
            self._track.point(
                position(element.attributes.get("lat"), element.attributes.get("lon")),
                time_of(element.said("time")),
                high=figure(element.said("ele")),
                beats=beats,
            )
        elif element.tag in ("name", "type", "desc", "cmt"):
            self._said.setdefault(element.tag, kept(element.text))

    def finish(self) -> Iterator[Each]:
        """The thing of the track that was read, if one was."""
        begun, track, self._at = self._at, self._track, None
        if begun is None:
            return
        if begun.tag == "rte":
            yield Skipped(begun.line, "a route that was planned")
        elif track.start is None:
            why = "a track without times: planned, or drawn" if track.count else "an empty track"
            yield Skipped(begun.line, why)
        else:
            activity = Activity(source="gpx", kind=_kind(self._said.get("type", "")))
            activity.name = self._said.get("name", "")[:200]
            activity.note = self._said.get("desc") or self._said.get("cmt") or ""
            track.onto(activity)
            yield Row(begun.line, exercise_thing(activity, self._ids))

    def waypoint(self, element: Element) -> Each:
        """A place that was marked."""
        at = position(element.attributes.get("lat"), element.attributes.get("lon"))
        if at is None:
            return Unreadable(element.line, "The place has no latitude and longitude.")
        name = kept(element.said("name") or element.said("cmt") or element.said("desc"), 200)
        moment = time_of(element.said("time"))
        time = instant(moment) if moment else None
        said = name or "A place"
        data: dict[str, object] = {"@type": "Observation", "name": said}
        if time:
            data["startTime"] = time
        data |= {"measuredProperty": "location", "location": place(*at) | {"name": said}}
        key = self._places.of([f"{at[0]:.6f}", f"{at[1]:.6f}", time, name])
        thing = Thing(id=key, type="Observation", name=said, time=time, source="gpx", data=data)
        return Row(element.line, thing)


# Strava writes the kind of an activity as a figure.
_BY_FIGURE = {"1": "Ride", "2": "Alpine Ski", "3": "Backcountry Ski", "4": "Hike", "9": "Run",
              "10": "Walk", "16": "Swim"}  # fmt: skip


def _kind(text: str) -> str:
    return _BY_FIGURE.get(text, "" if text.isdigit() else text)


SOURCE = Source(
    key="gpx",
    facts=Facts(
        name="Watch or map (GPX)",
        files=("activity.gpx",),
        how=(
            "Open the activity on the site of your watch or your app, on a computer.",
            "Look for Export, and choose GPX. From Garmin choose the original (FIT): it says more.",
            "Drop the file here, or a folder with all of them.",
        ),
        holds="Where you went, when, how far, and often your heart's beat.",
        finds="How far you went in a month or a year, where you go, what has changed.",
        wait="at once",
        days_max=365,
    ),
    claims=claims,
    open=open_gpx,
)
