"""TCX: the activities of a training centre, each with its laps added up."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from firsthand.vault.sources.exercise import (
    IDENTITY,
    Activity,
    Track,
    exercise_thing,
    figure,
    position,
    time_of,
)
from firsthand.vault.sources.export import Each, Export, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.xmls import Element, elements, root_of

FORMAT = "TCX"
_LAP_PARTS = (
    "TotalTimeSeconds", "DistanceMeters", "Calories", "AverageHeartRateBpm", "MaximumHeartRateBpm",
)  # fmt: skip
_WANTED = ("Trackpoint", "Id", "Notes", "Creator", "Author", "Training", "Workout", "CoursePoint",
           "Extensions", "MaximumSpeed", *_LAP_PARTS)  # fmt: skip
_STARTS = ("Activity", "Lap", "Course", "Track")


def claims(head: Head) -> bool:
    """Whether a file is XML that begins as TCX does."""
    return head.text.startswith("<") and root_of(head.text) == "TrainingCenterDatabase"


def open_tcx(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Export:
    """Open a file of activities. Read when its rows are asked for; that raises UnableToRead."""
    return Streamed("tcx", FORMAT, partial(_rows, name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    identity = Identity(IDENTITY)
    reading: _Reading | None = None
    for element in elements(name, stream, _WANTED, _STARTS):
        if not element.whole:
            if reading is not None:
                yield reading.finish(identity)
            yield Unreadable(element.line, "The file ends in the middle of this.")
            return
        if element.tag in ("Activity", "Course", "Workout"):
            if reading is not None:
                yield reading.finish(identity)
            reading = _Reading(element)
        elif reading is not None:
            reading.take(element)
    if reading is not None:
        yield reading.finish(identity)


class _Reading:
    """One activity, as its laps and points come."""

    def __init__(self, begun: Element) -> None:
        self._begun = begun
        self._activity = Activity(source="tcx", kind=kept(begun.attributes.get("Sport", ""), 60))
        self._track = Track()
        self._sums = dict.fromkeys(_LAP_PARTS, 0.0)
        self._weighed = self._lap_seconds = 0.0

    def take(self, element: Element) -> None:
        """Take in the next part."""
        tag, activity = element.tag, self._activity
        if tag == "Lap":
            activity.laps += 1
            activity.start = activity.start or time_of(element.attributes.get("StartTime", ""))
        elif tag == "Track":
            self._track.apart()
        elif tag == "Trackpoint":
            self._point(element)
        elif tag == "Id":
            activity.start = time_of(element.text) or activity.start
        elif tag == "Notes":
            activity.note = activity.note or kept(element.text)
        elif tag in _LAP_PARTS:
            self._lap(tag, figure(element.said("Value") or element.text) or 0.0)

    def _point(self, element: Element) -> None:
        at = element.first("Position")
        metres = figure(element.said("DistanceMeters"))
        if metres is not None:
            self._track.said_metres = max(metres, self._track.said_metres or 0.0)
        self._track.point(
            position(at.said("LatitudeDegrees"), at.said("LongitudeDegrees")) if at else None,
            time_of(element.said("Time")),
            high=figure(element.said("AltitudeMeters")),
            beats=figure(element.said("HeartRateBpm", "Value")),
        )

    def _lap(self, tag: str, value: float) -> None:
        if tag == "TotalTimeSeconds":
            self._lap_seconds = value
        if tag == "AverageHeartRateBpm":
            self._sums[tag] += value * self._lap_seconds
            self._weighed += self._lap_seconds
        elif tag == "MaximumHeartRateBpm":
            self._sums[tag] = max(value, self._sums[tag])
        else:
            self._sums[tag] += value

    def finish(self, identity: Identity) -> Each:
        """The thing of the activity, or why it is none."""
        activity, line = self._activity, self._begun.line
        if self._begun.tag != "Activity":
            return Skipped(line, "a course or a workout that was planned")
        activity.seconds = self._sums["TotalTimeSeconds"] or None
        activity.metres = self._sums["DistanceMeters"] or None
        activity.calories = self._sums["Calories"] or None
        activity.beats_most = self._sums["MaximumHeartRateBpm"] or None
        if self._weighed:
            activity.beats = self._sums["AverageHeartRateBpm"] / self._weighed
        self._track.onto(activity)
        if activity.start is None:
            return Unreadable(line, "The activity does not say when it was.")
        return Row(line, exercise_thing(activity, identity))


SOURCE = Source(
    key="tcx",
    facts=Facts(
        name="Watch (TCX)",
        files=("activity.tcx",),
        how=(
            "Open the activity on the site of your watch or your app, on a computer.",
            "Look for Export, and choose TCX.",
            "Drop the file here, or a folder with all of them.",
        ),
        holds="What you did, when, how far, with laps, calories and your heart's beat.",
        finds="How far you went in a month or a year, and how your heart kept up.",
        wait="at once",
        days_max=365,
    ),
    claims=claims,
    open=open_tcx,
)
