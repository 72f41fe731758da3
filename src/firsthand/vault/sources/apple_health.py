"""Apple Health: `export.xml`, every measurement, workout and day that the phone has kept.

The phone writes all times in the zone where it is when it exports, and names devices as they are
called then. So a measurement is known by what was measured, its instants in UTC and its value: an
export from elsewhere, or after a watch got a new name, adds only what is new.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.apple_parse import Child, Found, health_elements
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.exercise import IDENTITY, Activity, exercise_thing
from firsthand.vault.sources.export import Each, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.xmls import root_of

FACTS = Facts(
    name="Apple Health",
    files=("export.xml", "export.zip"),
    how=(
        "Open the Health app on the phone and tap your picture.",
        "Choose to export all health data, at the very bottom.",
        "Save the archive or send it to the computer on which your vault is.",
    ),
    holds="Steps, heart rate, sleep, weight, workouts and all else that the phone has kept.",
    finds="How you move, sleep and train over the years, and what has changed.",
    wait="a few minutes",
    days_max=31,
)
FORMAT = "Apple Health"
# Rows that are equal in all are told apart within so many: memory ends where the file does not.
TOLD_APART = 1_000_000
_SKIPPED = {
    "Correlation": "a group of measurements, which stand by themselves too",
    "ClinicalRecord": "a record of a clinic, whose content is in another file",
    "Audiogram": "a hearing test",
    "VisionPrescription": "a prescription for glasses",
    "ExportDate": "the date of the export",
    "Me": "who you are, as the phone knows it",
    "HeartRateVariabilityMetadataList": "a detail of a measurement",
}
_PREFIX = re.compile(r"HK(?:Quantity|Category|Data|Correlation)?(?:TypeIdentifier|Type)")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MADE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-])(\d\d):?(\d\d)")
# Beside the export lie curves of the heart, whose words are in the language of the phone, and
# records of clinics.
_WATCH = re.compile(r'"?Watch\d+,\d+"?')
_CLINIC = re.compile(r'\{[^{}\[\]]{0,2000}"resourceType"\s*:\s*"\w+"')
_METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "yd": 0.9144, "ft": 0.3048, "cm": 0.01}
_SECONDS = {"s": 1.0, "sec": 1.0, "min": 60.0, "hr": 3600.0, "h": 3600.0}
_CALORIES = {"kcal": 1.0, "Cal": 1.0, "cal": 0.001, "kJ": 1 / 4.184, "J": 1 / 4184}


def claims(head: Head) -> bool:
    """Whether a file is an export of the Health app, in either of its forms."""
    if _beside(head):
        return True
    if not head.text.startswith("<") or "Health" not in head.text:
        return False
    root = root_of(head.text)
    if root == "HealthData" or "<HealthData" in head.text[:60_000]:
        return True
    return root == "ClinicalDocument" and "Health Data Export" in head.text


def open_health(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Streamed:
    """Open an export. It is read when its rows are asked for, which raises `UnableToRead`."""
    stream.seek(0)
    head = Head(name, stream.read(64 * 1024))
    if why := _beside(head):
        return Streamed("apple-health", f"{FORMAT}, one record", partial(_left_out, why))
    if "<HealthData" not in head.text:
        why = "the same measurements as in export.xml, in a form for clinics"
        return Streamed("apple-health", f"{FORMAT} for clinics", partial(_left_out, why))
    return Streamed("apple-health", FORMAT, partial(_rows, name, stream))


def _beside(head: Head) -> str:
    """Why a file that lies beside the export makes no thing; "" for any other file."""
    if _WATCH.search(head.text[:2000]) and "µV" in head.text[:4000]:
        return "an electrocardiogram: a curve"
    if _CLINIC.match(head.text):
        return "a record of a clinic"
    return ""


def _left_out(why: str) -> Iterator[Each]:
    yield Skipped(1, why)


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    identity, workouts = Identity("apple-health"), Identity(IDENTITY)
    for count, found in enumerate(health_elements(name, stream), 1):
        if count % TOLD_APART == 0:
            identity = Identity("apple-health")
        if found.why is not None:
            yield Unreadable(found.line, found.why)
        elif found.tag == "Record":
            yield _record(found.line, found.attributes, identity)
        elif found.tag == "Workout":
            yield _workout(found, workouts)
        elif found.tag == "ActivitySummary":
            yield _summary(found.line, found.attributes, identity)
        else:
            yield Skipped(found.line, _SKIPPED.get(found.tag, "a kind that is not known yet"))


@lru_cache(maxsize=4096)
def _property(type: str) -> tuple[str, str]:
    """What was measured, as one word and as words: "HeartRate", "Heart rate"."""
    word = kept(_PREFIX.sub("", type, count=1), 100) or kept(type, 100)
    words = _HUMP.sub(" ", word).split()
    said = [each if each.isupper() and len(each) > 1 else each.lower() for each in words]
    name = " ".join(said)
    return word, name[:1].upper() + name[1:]


@lru_cache(maxsize=4096)
def _same(text: str) -> str:
    """A text that comes again and again, as it is kept."""
    return kept(text, 200).replace("\u00a0", " ")


@lru_cache(maxsize=4096)
def _category(value: str, word: str) -> str:
    """A value that is a word, without the names before it: "AsleepCore"."""
    bare = value.removeprefix("HKCategoryValue")
    return kept(bare.removeprefix(word) or bare, 100)


@lru_cache(maxsize=1 << 14)
def _hour(hour: str, zone: str) -> str | None:
    """The hour in UTC of the hour "2024-01-03 20" in the zone " +0100": "2024-01-03T19".

    None where the zone is not whole hours from UTC, or either is none.
    """
    match = _MADE.fullmatch(f"{hour}:00:00{zone}")
    if match is None or match[5] != "00":
        return None
    utc = _in_utc(match)
    return utc[:13] if utc else None


def _in_utc(match: re.Match[str]) -> str | None:
    try:
        moment = datetime.datetime.fromisoformat(f"{match[1]}T{match[2]}")
        offset = datetime.timedelta(hours=int(match[4]), minutes=int(match[5]))
        moment = moment - offset if match[3] == "+" else moment + offset
    except (ValueError, OverflowError):
        return None
    return moment.isoformat() if 1900 <= moment.year <= 2100 else None


_MINUTE_SECOND = re.compile(r":[0-5]\d:[0-5]\d").fullmatch


def instant(text: str) -> str | None:
    """The instant of a time as the phone writes it, in UTC to the second; None if it is none."""
    if len(text) == 25 and _MINUTE_SECOND(text, 13, 19):
        hour = _hour(text[:13], text[19:])
        if hour is not None:
            return f"{hour}{text[13:19]}Z"
    match = _MADE.fullmatch(text)
    if match is not None:
        utc = _in_utc(match)
        return f"{utc}Z" if utc else None
    return _otherwise(text)


def _otherwise(text: str) -> str | None:
    """The instant of a time that a phone of an odd setting wrote ("3:15:00 PM")."""
    moment = read(text.replace(",", "").strip())
    if moment is None or moment.clock is None or not moment.dates:
        return None
    date = moment.dates.get("ymd") or next(iter(moment.dates.values()))
    at = datetime.datetime.combine(date, datetime.time(*moment.clock))
    if moment.offset_minutes is None:
        return at.isoformat()
    return (at - datetime.timedelta(minutes=moment.offset_minutes)).isoformat() + "Z"


def _not_a_time(text: str | None) -> str:
    return f'"{kept(text, 40)}" is not a time.' if text else "The time is missing."


def _record(line: int, at: dict[str, str], identity: Identity) -> Each:
    type = at.get("type")
    if not type:
        return Unreadable(line, "It does not say what was measured.")
    text = at.get("startDate") or at.get("endDate") or ""
    start = instant(text)
    if start is None:
        return Unreadable(line, _not_a_time(text))
    ended = at.get("endDate") or text
    end = start if ended == text else instant(ended)
    if end is None:
        return Unreadable(line, _not_a_time(ended))
    word, name = _property(type)
    value, unit = at.get("value", ""), at.get("unit", "")
    key = identity.of([type, start, end, value])
    data: dict[str, object] = {"@type": "Observation", "name": name, "startTime": start}
    if end != start:
        data["endTime"] = end
    data["measuredProperty"] = word
    if value:
        data["value"] = _category(value, word) if value.startswith("HK") else kept(value, 200)
    if unit:
        data["unitText"] = _same(unit)
    if source := at.get("sourceName"):
        data["instrument"] = {"@type": "Thing", "name": _same(source)}
    thing = Thing(
        id=key, type="Observation", name=name, time=start, source="apple-health", data=data
    )
    return Row(line, thing)


def _summary(line: int, at: dict[str, str], identity: Identity) -> Each:
    moment = read(at.get("dateComponents", ""))
    day = moment.dates.get("ymd") if moment else None
    if day is None:
        return Unreadable(line, _not_a_time(at.get("dateComponents")))
    date = day.isoformat()
    data: dict[str, object] = {
        "@type": "Observation",
        "name": "Activity of a day",
        "startTime": date,
        "measuredProperty": "ActivitySummary",
        "value": kept(at.get("activeEnergyBurned"), 60),
        "unitText": kept(at.get("activeEnergyBurnedUnit"), 60),
    }
    for key, said in (("appleExerciseTime", "exerciseMinutes"), ("appleStandHours", "standHours"),
                      ("appleMoveTime", "moveMinutes")):  # fmt: skip
        if at.get(key, "0") not in ("0", ""):
            data[said] = kept(at[key], 60)
    # Only the day: a later export has more of the same day, and it is still one day.
    thing = Thing(
        id=identity.of(["ActivitySummary", date]), type="Observation", name="Activity of a day",
        time=date, source="apple-health", data=data,
    )  # fmt: skip
    return Row(line, thing)


def _workout(found: Found, identity: Identity) -> Each:
    at = found.attributes
    text = at.get("startDate", "")
    start = instant(text)
    if start is None:
        return Unreadable(found.line, _not_a_time(text))
    kind = at.get("workoutActivityType", "").removeprefix("HKWorkoutActivityType")
    sums = _statistics(found.children)
    activity = Activity(
        source="apple-health",
        start=datetime.datetime.fromisoformat(start.rstrip("Z")),
        kind=kept(_HUMP.sub(" ", kind), 60),
        seconds=_figure(at.get("duration"), _SECONDS.get(at.get("durationUnit", "min"))),
        metres=_figure(at.get("totalDistance"), _METRES.get(at.get("totalDistanceUnit", "km"))),
        calories=_figure(
            at.get("totalEnergyBurned"), _CALORIES.get(at.get("totalEnergyBurnedUnit", "kcal"))
        ),
    )
    for name, value in sums.items():
        if getattr(activity, name) is None:
            setattr(activity, name, value)
    if activity.seconds is None:
        activity.seconds = _between(start, instant(at.get("endDate", "")))
    return Row(found.line, exercise_thing(activity, identity))


def _between(start: str, end: str | None) -> float | None:
    if end is None or start.endswith("Z") != end.endswith("Z"):
        return None
    first, last = (datetime.datetime.fromisoformat(each.rstrip("Z")) for each in (start, end))
    return (last - first).total_seconds()


def _statistics(children: list[Child]) -> dict[str, float | None]:
    """What the parts of a workout say of the whole: new phones have the sums only there."""
    found: dict[str, float | None] = {}
    for tag, at in children:
        if tag == "WorkoutStatistics":
            word, unit = _property(at.get("type", ""))[0], at.get("unit", "")
            if word.startswith("Distance"):
                found.setdefault("metres", _figure(at.get("sum"), _METRES.get(unit)))
            elif word == "ActiveEnergyBurned":
                found.setdefault("calories", _figure(at.get("sum"), _CALORIES.get(unit)))
            elif word == "HeartRate":
                found.setdefault("beats", _figure(at.get("average"), 1.0))
                found.setdefault("beats_most", _figure(at.get("maximum"), 1.0))
        elif tag == "MetadataEntry" and at.get("key") == "HKElevationAscended":
            number, _, unit = at.get("value", "").partition(" ")
            found.setdefault("climbed_metres", _figure(number, _METRES.get(unit)))
    return found


def _figure(text: str | None, factor: float | None) -> float | None:
    if not text or factor is None or len(text) > 40:
        return None
    try:
        return float(text.replace(",", ".")) * factor
    except ValueError:
        return None


SOURCE = Source(key="apple-health", facts=FACTS, claims=claims, open=open_health)
