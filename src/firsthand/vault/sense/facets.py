"""What a thing is about: the shop, the work, the people, the place. Plain readings of its data.

They are used twice: when sums are made, and when a figure is opened to the rows behind it. So a
row is behind a figure exactly where it was counted into it.
"""

# ruff: noqa: PLR2004 - degrees and signs are said in figures where they are read

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import msgspec

from firsthand.vault.sense.series import Weekly, weekly_of
from firsthand.vault.sense.sums import key_of
from firsthand.vault.sources.payee import merchant_key

Data = dict[str, object]
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
METRES = {"KMT": 1000, "MTR": 1, "SMI": 1609.344, "FOT": 0.3048}


class Work(msgspec.Struct, frozen=True, gc=False):
    """What was seen, heard or read: by whom or of which series, and which piece of it."""

    who: str
    name: str
    piece: str
    series: bool = False


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A place: its key and name, and where it lies in degrees, if that is known."""

    who: str
    name: str
    latitude: float | None = None
    longitude: float | None = None


def merchant_of(name: str) -> str:
    """The key of the shop that a payment's name stands for."""
    return merchant_key(name) or key_of(name)


def work_of(shown: object, fallback: str) -> Work:
    """The work that an `object` is of: a series, an artist, an author, a channel, or itself."""
    if not isinstance(shown, dict):
        return Work(key_of(fallback), fallback, fallback)
    piece = str(shown.get("name") or fallback)
    for part in ("partOfSeries", "byArtist", "author", "creator", "isPartOf"):
        name = name_in(shown.get(part))
        if name:
            return Work(key_of(name), name, piece, series=shown.get("@type") == "TVEpisode")
    return Work(key_of(piece), piece, piece)


def is_unknown(shown: object) -> bool:
    """Whether a video is one that is no longer there: who showed it and what it was is not said."""
    return (
        isinstance(shown, dict)
        and shown.get("@type") == "VideoObject"
        and not shown.get("url")
        and not name_in(shown.get("creator"))
    )


def people_of(data: Data) -> Iterator[tuple[str, str]]:
    """Everybody that a message or an event names, as (key, name), each once."""
    seen = set()
    for part in ("sender", "recipient", "attendee", "organizer", "author"):
        held = data.get(part)
        for each in held if isinstance(held, list) else [held]:
            name = name_in(each)
            if name and (key := key_of(name)) not in seen:
                seen.add(key)
                yield key, name


def spot_of(place: object) -> Spot | None:
    """The place that a `location` names; None where it names none."""
    if isinstance(place, str):
        return Spot(key_of(place), place) if place.strip() else None
    if not isinstance(place, dict) or place.get("@type") == "Country":
        return None
    name, where = name_in(place), _where(place.get("geo"))
    if not name:
        address = place.get("address")
        name = address if isinstance(address, str) else _address(address)
    if where is None:
        return Spot(key_of(name), name) if name else None
    latitude, longitude = where
    if not name:
        return Spot(f"{latitude:.2f},{longitude:.2f}", f"{latitude:.2f}, {longitude:.2f}",
                    latitude, longitude)  # fmt: skip
    return Spot(f"{key_of(name)} @{latitude:.2f},{longitude:.2f}", name, latitude, longitude)


def booked_at(data: Data) -> list[Spot]:
    """The place that a reservation is for; none for a flight, which is a way."""
    shown = data.get("object")
    held = shown if isinstance(shown, dict) else {}
    if held.get("@type") == "FlightReservation":
        return []
    what = held.get("reservationFor")
    place = (what.get("location") or what) if isinstance(what, dict) else held.get("location")
    spot = spot_of(place)
    return [] if spot is None else [spot]


def mode_of(data: Data, part: str) -> str:
    """The kind of sport, or what a way was done by."""
    mode = data.get("exerciseType" if part == "sport" else "instrument")
    name = mode.get("name") if isinstance(mode, dict) else mode
    return str(name or ("Sport" if part == "sport" else "Way"))


def seller_of(data: Data) -> str:
    """The name of the shop that an order is from, or nothing."""
    return name_in(data.get("seller"))


def country_of(place: object) -> str:
    """The name of a `location` that is a country, or nothing."""
    return name_in(place) if isinstance(place, dict) and place.get("@type") == "Country" else ""


def series_of(data: Data, first: str) -> Weekly | None:
    """The days of the week on which an event that began on a day comes again; None if on none."""
    schedule, since = data.get("eventSchedule"), day_of(first)
    if not isinstance(schedule, dict) or since is None or data.get("eventStatus"):
        return None
    return weekly_of(schedule.get("repeatFrequency"), since)


def seconds_of(duration: object) -> int | None:
    """The seconds of an ISO 8601 duration; None where there is none."""
    return _seconds(duration) if isinstance(duration, str) else None


def day_of(time: str | None) -> datetime.date | None:
    """The day of a time as things have it; None where there is none."""
    return _day((time or "")[: len("2024-01-03")])


def milli_of(price: object) -> int | None:
    """An amount in thousandths; None for what is no amount."""
    return _milli(price) if isinstance(price, str) else None


def metres_of(value: object) -> int:
    """The metres of a `QuantitativeValue` of length; 0 where there is none."""
    if not isinstance(value, dict):
        return 0
    try:
        return max(
            0, round(float(str(value.get("value"))) * METRES.get(str(value.get("unitCode")), 0))
        )
    except (ValueError, OverflowError):
        return 0


def rating_of(result: object) -> int | None:
    """A review's rating in hundredths of the best; None where there is none."""
    rating = result.get("reviewRating") if isinstance(result, dict) else None
    if not isinstance(rating, dict):
        return None
    try:
        best = float(str(rating.get("bestRating") or 5))
        given = float(str(rating.get("ratingValue")))
    except ValueError:
        return None
    return round(100 * given / best) if best > 0 and 0 < given <= best else None


def name_in(held: object) -> str:
    """The name of somebody or something, or of the first of several; nothing where it has none."""
    if isinstance(held, list) and held:
        held = held[0]
    if isinstance(held, dict):
        held = held.get("name")
    return " ".join(held.split()) if isinstance(held, str) else ""


def _address(held: object) -> str:
    if not isinstance(held, dict):
        return ""
    parts = (held.get("streetAddress"), held.get("addressLocality"), held.get("addressCountry"))
    return ", ".join(part for part in parts if isinstance(part, str) and part)


def _where(geo: object) -> tuple[float, float] | None:
    if not isinstance(geo, dict):
        return None
    try:
        latitude, longitude = float(str(geo.get("latitude"))), float(str(geo.get("longitude")))
    except ValueError:
        return None
    fits = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if fits else None


@lru_cache(maxsize=1 << 14)
def _seconds(duration: str) -> int | None:
    match = _DURATION.fullmatch(duration)
    if match is None or duration in {"P", "PT"}:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + seconds


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 14)
def _milli(price: str) -> int | None:
    try:
        amount = Decimal(price)
        return int(amount * 1000) if abs(amount) < 10**12 else None
    except (InvalidOperation, ValueError, OverflowError):
        return None
