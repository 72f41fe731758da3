"""FIT: what watches and bicycle computers write. Each session is an activity, its laps counted.

A file that was cut, by an empty battery or on its way, gives what its points add up to. Fields of
apps that are installed on a watch are read over: what they mean is known to them only.
"""

import datetime
import struct
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

import fitdecode
from fitdecode import FitDataMessage, FitHeader, FitReader

from firsthand.vault.sources.exercise import (
    IDENTITY,
    SECONDS_MAX,
    Activity,
    Track,
    exercise_thing,
    position,
)
from firsthand.vault.sources.export import Each, Export, Row, Skipped, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept

FORMAT = "FIT"
SIZE_BYTES_MAX = 256 * 1024 * 1024
MESSAGES_MAX = 20_000_000
_DEGREES = 180 / 2**31
_BROKEN = (
    fitdecode.FitError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    ArithmeticError, struct.error, EOFError, AssertionError, NotImplementedError, RecursionError,
)  # fmt: skip


def claims(head: Head) -> bool:
    """Whether a file has the sign of FIT where it has to be."""
    return head.raw[8:12] == b".FIT" and head.raw[:1] in (b"\x0c", b"\x0e")


def open_fit(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Export:
    """Open the file of a watch. Read when its rows are asked for; that raises UnableToRead."""
    return Streamed("fit", FORMAT, partial(_rows, name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    if stream.seek(0, 2) > SIZE_BYTES_MAX:
        raise UnableToRead(f'"{name}" is larger than {SIZE_BYTES_MAX // 1024 // 1024} MiB.')
    stream.seek(0)
    reading = _Reading()
    number = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, message in enumerate(_messages(stream), 1):
                if number > MESSAGES_MAX:
                    raise UnableToRead(f'"{name}" has more than {MESSAGES_MAX} parts.')
                yield from reading.take(number, message)
    except _BROKEN as error:
        yield from reading.finish(number + 1)
        why = (
            "it ends in the middle" if isinstance(error, fitdecode.FitEOFError) else "it is damaged"
        )
        yield Unreadable(number + 1, f"The file can be read no further: {why}.")
        return
    yield from reading.finish(number + 1)


def _messages(stream: BinaryIO) -> Iterator[FitHeader | FitDataMessage]:
    reader = FitReader(
        stream,
        check_crc=fitdecode.CrcCheck.DISABLED,
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )
    for frame in reader:
        if isinstance(frame, FitHeader | FitDataMessage):
            yield frame


class _Reading:
    """Points and laps until a session tells what they were; the files of a chain one by one."""

    def __init__(self) -> None:
        self._ids = Identity(IDENTITY)
        self._begin("")

    def _begin(self, kind: str) -> None:
        self._kind = kind
        self._sport = ""
        self._sessions = self._laps = 0
        self._track = Track()

    def take(self, number: int, message: FitHeader | FitDataMessage) -> Iterator[Each]:
        """Take in the next message."""
        if isinstance(message, FitHeader):
            if number > 1:
                yield from self.finish(number)
            self._begin("")
        elif message.name == "file_id":
            self._kind = str(_value(message, "type") or "")
        elif message.name == "sport":
            self._sport = str(_value(message, "sport") or "")
        elif message.name == "lap":
            self._laps += 1
        elif message.name == "record":
            self._point(message)
        elif message.name == "session":
            self._sessions += 1
            yield self._session(number, message)
            self._laps, self._track = 0, Track()

    def _point(self, message: FitDataMessage) -> None:
        metres = _figure(message, "distance")
        if metres is not None:
            self._track.said_metres = metres
        self._track.point(
            _place(message, "position"),
            _instant(message, "timestamp"),
            high=_figure(message, "enhanced_altitude") or _figure(message, "altitude"),
            beats=_figure(message, "heart_rate"),
        )

    def _session(self, number: int, message: FitDataMessage) -> Each:
        sport = str(_value(message, "sport") or self._sport)
        finer = str(_value(message, "sub_sport") or "")
        activity = Activity(
            source="fit",
            kind=_kind(sport, finer),
            start=_instant(message, "start_time"),
            seconds=_figure(message, "total_elapsed_time") or _figure(message, "total_timer_time"),
            moving_seconds=_figure(message, "total_moving_time")
            or _figure(message, "total_timer_time"),
            metres=_figure(message, "total_distance"),
            climbed_metres=_figure(message, "total_ascent"),
            beats=_figure(message, "avg_heart_rate"),
            beats_most=_figure(message, "max_heart_rate"),
            calories=_figure(message, "total_calories"),
            begun=_place(message, "start_position"),
            ended=_place(message, "end_position"),
            laps=int(_figure(message, "num_laps") or self._laps),
        )
        self._track.onto(activity)
        end = _instant(message, "timestamp")
        if (
            activity.start is None
            and end is not None
            and 0 <= (activity.seconds or 0) < SECONDS_MAX
        ):
            activity.start = end - datetime.timedelta(seconds=activity.seconds or 0)
        if activity.start is None:
            return Unreadable(number, "The activity does not say when it was.")
        return Row(number, exercise_thing(activity, self._ids))

    def finish(self, number: int) -> Iterator[Each]:
        """What is left at the end: points that no session told of, or a file of another kind."""
        track, kind = self._track, self._kind
        if track.start is not None and track.count > 1 and not self._sessions:
            activity = Activity(source="fit", kind=_kind(self._sport, ""), laps=self._laps)
            track.onto(activity)
            yield Row(number, exercise_thing(activity, self._ids))
        elif not self._sessions and kind:
            said = kept(kind, 40).replace("_", " ")
            yield Skipped(number, f"a file of a watch without an activity in it ({said})")
        self._begin("")


def _value(message: FitDataMessage, name: str) -> object:
    return message.get_value(name, fallback=None)


def _figure(message: FitDataMessage, name: str) -> float | None:
    value = _value(message, name)
    if isinstance(value, tuple | list):
        value = next((each for each in value if each is not None), None)
    return float(value) if isinstance(value, int | float) else None


def _place(message: FitDataMessage, name: str) -> tuple[float, float] | None:
    latitude = _figure(message, f"{name}_lat")
    longitude = _figure(message, f"{name}_long")
    if latitude is None or longitude is None:
        return None
    return position(latitude * _DEGREES, longitude * _DEGREES)


def _instant(message: FitDataMessage, name: str) -> datetime.datetime | None:
    value = _value(message, name)
    if not isinstance(value, datetime.datetime):
        return None
    try:
        time = value.astimezone(datetime.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return time if 1990 <= time.year <= 2100 else None


def _kind(sport: str, finer: str) -> str:
    said = finer if finer and finer not in ("generic", "all") and not finer.isdigit() else sport
    return kept(said if sport in ("", "generic") or said in _ALONE else sport, 60)


# A finer kind that says more than its sport does.
_ALONE = frozenset(
    ["trail", "treadmill", "mountain", "gravel_cycling", "indoor_cycling", "lap_swimming",
     "open_water", "yoga", "strength_training", "cardio_training", "pilates", "indoor_rowing"]
)  # fmt: skip

SOURCE = Source(
    key="fit",
    facts=Facts(
        name="Watch (FIT)",
        files=("activity.fit", "activity.fit.gz"),
        how=(
            "Garmin: sign in at garmin.com, open Account, Data management, Export your data.",
            "Others: open the activity on the site of your watch and export the original file.",
            "Or join the watch to a computer by its cable: the files are in its folder ACTIVITY.",
            "Drop the archive, the folder or the file here.",
        ),
        holds="What you did, when, where, how far, with your heart's beat and calories.",
        finds="How far you went in a month or a year, how your heart kept up, what has changed.",
        wait="one activity at once, a whole account within two days",
        days_max=365,
    ),
    claims=claims,
    open=open_fit,
)
