"""What a watch, a phone or a service tells of one activity, as one thing whatever file it is in.

The same activity comes in several forms: the list of a service and the file of the watch, or the
same run as GPX and as FIT. All have the instant at which it began, to the second and in UTC, and
nobody begins two at once: so that instant alone is what an activity is known by. The first file
that tells of it is the one whose words are kept.
"""

import datetime
import math
from dataclasses import dataclass, field

from firsthand.protocol.things import Thing
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.netflix import iso_duration

EARTH_METRES = 6_371_008.8
SECONDS_MAX = 400 * 86_400
METRES_MAX = 50_000_000.0
BEATS_MAX = 300
WORDS = {
    "running": "Run", "run": "Run", "biking": "Ride", "cycling": "Ride", "ride": "Ride",
    "swimming": "Swim", "swim": "Swim", "walking": "Walk", "walk": "Walk", "hiking": "Hike",
    "hike": "Hike", "rowing": "Rowing", "other": "Activity", "generic": "Activity", "": "Activity",
}  # fmt: skip


@dataclass(kw_only=True)
class Activity:
    """What is known of one activity. Metres, seconds, beats a minute, kilocalories, degrees.

    `day` stands for a `start` that is not known more exactly; `stable` are then words it is known
    by, besides its name and kind.
    """

    source: str
    start: datetime.datetime | None = None
    day: str | None = None
    kind: str = ""
    name: str = ""
    note: str = ""
    seconds: float | None = None
    moving_seconds: float | None = None
    metres: float | None = None
    climbed_metres: float | None = None
    beats: float | None = None
    beats_most: float | None = None
    calories: float | None = None
    begun: tuple[float, float] | None = None
    ended: tuple[float, float] | None = None
    laps: int = 0
    stable: list[str | None] = field(default_factory=list)


def instant(start: datetime.datetime) -> str:
    """An instant in UTC to the second: "2024-01-03T20:15:00Z"."""
    if start.tzinfo is not None:
        start = start.astimezone(datetime.UTC).replace(tzinfo=None)
    return start.replace(microsecond=0).isoformat() + "Z"


def exercise_thing(activity: Activity, identity: Identity) -> Thing:
    """The thing of an activity. `identity` is that of the file, made with `IDENTITY`."""
    time = instant(activity.start) if activity.start else activity.day
    kind = activity.kind.strip()[:60]
    plain = kind.replace("_", " ").lower()
    name = activity.name or WORDS.get(plain, plain.capitalize())
    data: dict[str, object] = {"@type": "ExerciseAction", "name": name}
    if time:
        data["startTime"] = time
    if kind:
        data["exerciseType"] = WORDS.get(plain, kind)
    if _within(activity.seconds, SECONDS_MAX):
        data["duration"] = iso_duration(round(activity.seconds or 0))
    data |= _figures(activity)
    for key, at in (("fromLocation", activity.begun), ("toLocation", activity.ended)):
        if at is not None:
            data[key] = place(*at)
    if activity.note:
        data["description"] = activity.note
    # A day alone is no instant: there may be several that day.
    key = identity.of([time] if activity.start else [time, *activity.stable, name, kind])
    return Thing(
        id=key, type="ExerciseAction", name=name, time=time, source=activity.source, data=data
    )


IDENTITY = "exercise"


def _figures(activity: Activity) -> dict[str, object]:
    found: dict[str, object] = {}
    if _within(activity.metres, METRES_MAX):
        found["distance"] = quantity((activity.metres or 0) / 1000, 3, "KMT")
    if _within(activity.moving_seconds, SECONDS_MAX):
        found["movingTime"] = iso_duration(round(activity.moving_seconds or 0))
    if _within(activity.beats, BEATS_MAX):
        found["heartRate"] = quantity(activity.beats or 0, 0, "{beats}/min")
    if _within(activity.beats_most, BEATS_MAX):
        found["maximumHeartRate"] = quantity(activity.beats_most or 0, 0, "{beats}/min")
    if _within(activity.calories, 100_000):
        found["calories"] = quantity(activity.calories or 0, 0, "K51")
    if _within(activity.climbed_metres, 100_000):
        found["elevationGain"] = quantity(activity.climbed_metres or 0, 0, "MTR")
    if activity.laps > 1:
        found["laps"] = str(activity.laps)
    return found


def _within(value: float | None, most: float) -> bool:
    return value is not None and math.isfinite(value) and 0 < value <= most


def quantity(value: float, places: int, unit: str) -> dict[str, object]:
    """A figure with its unit, as schema.org writes it."""
    said = f"{value:.{places}f}"
    if "." in said:
        said = said.rstrip("0").rstrip(".")
    return {"@type": "QuantitativeValue", "value": said, "unitCode": unit}


def place(latitude: float, longitude: float) -> dict[str, object]:
    """A place by its coordinates, in degrees with five decimals: to the metre."""
    geo = {
        "@type": "GeoCoordinates",
        "latitude": f"{latitude:.5f}",
        "longitude": f"{longitude:.5f}",
    }
    return {"@type": "Place", "geo": geo}


def position(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Two figures as a place on earth; None where they are none, or the nowhere of a watch."""
    try:
        at = float(str(latitude)), float(str(longitude))
    except ValueError:
        return None
    if not (abs(at[0]) <= 90 and abs(at[1]) <= 180) or at == (0.0, 0.0):
        return None
    return at


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way between two places over a round earth, in metres (the haversine)."""
    first, second = math.radians(one[0]), math.radians(other[0])
    across = math.radians(other[1] - one[1])
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


class Track:
    """Points of a track one after the other: what they add up to, without holding them."""

    def __init__(self) -> None:
        """No point yet."""
        self.count = 0
        self.first: tuple[float, float] | None = None
        self.last: tuple[float, float] | None = None
        self.start: datetime.datetime | None = None
        self.end: datetime.datetime | None = None
        self.metres = 0.0
        self.climbed = 0.0
        self.said_metres: float | None = None
        self._high: float | None = None
        self._beats = self._beaten = 0
        self.beats_most = 0
        self._apart = True

    def apart(self) -> None:
        """A new part begins: the way from the last point to the next was not gone."""
        self._apart = True

    def point(
        self, at: tuple[float, float] | None, time: datetime.datetime | None,
        *, high: float | None = None, beats: float | None = None,
    ) -> None:  # fmt: skip
        """Take in the next point."""
        self.count += 1
        if at is not None:
            if self.last is not None and not self._apart:
                self.metres += metres_between(self.last, at)
            self.first, self.last, self._apart = self.first or at, at, False
        if time is not None:
            self.start = time if self.start is None else min(self.start, time)
            self.end = time if self.end is None else max(self.end, time)
        if high is not None and math.isfinite(high):
            if self._high is None or high < self._high:
                self._high = high
            elif high > self._high + 2:  # less is the noise of a satellite
                self.climbed += high - self._high
                self._high = high
        if beats is not None and _within(beats, BEATS_MAX):
            self._beats += round(beats)
            self._beaten += 1
            self.beats_most = max(self.beats_most, round(beats))

    @property
    def beats(self) -> float | None:
        """The heart's mean over all points that tell of it."""
        return self._beats / self._beaten if self._beaten else None

    def onto(self, activity: Activity) -> None:
        """Fill in what the activity does not say itself."""
        activity.start = activity.start or self.start
        if activity.seconds is None and self.start and self.end:
            activity.seconds = (self.end - self.start).total_seconds()
        if activity.metres is None:
            activity.metres = self.said_metres or self.metres or None
        if activity.climbed_metres is None:
            activity.climbed_metres = self.climbed or None
        activity.beats = activity.beats or self.beats
        activity.beats_most = activity.beats_most or self.beats_most or None
        activity.begun = activity.begun or self.first
        activity.ended = activity.ended or self.last


def time_of(text: str) -> datetime.datetime | None:
    """An instant as GPX and TCX write it, in UTC; without a zone it is UTC. None if it is none."""
    try:
        time = datetime.datetime.fromisoformat(text.strip())
        if time.tzinfo is not None:
            time = time.astimezone(datetime.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return time if 1970 <= time.year <= 2100 else None


def figure(text: str) -> float | None:
    """A figure with a point or a comma; None if it is none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
