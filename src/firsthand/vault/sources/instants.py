"""Moments as programs write them: ISO 8601, seconds since some year, words with a zone's letters.

What is given back is an instant in UTC ("2024-01-03T20:15:00Z") where the zone is known, else the
time as it stood on the clock ("2024-01-03T20:15:00"). Parts of a second are left off.
"""

import datetime
import math
import re
from functools import lru_cache

from firsthand.vault.sources.dates import read

_UTC = datetime.UTC
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, and written quicker without it
_SECONDS_MIN = -2_208_988_800  # the beginning of 1900
_SECONDS_MAX = 4_102_444_800  # the beginning of 2100
_zulu = re.compile(
    r"(?:19|20)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    r"|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(?:\.\d{1,9})?Z",
    re.ASCII,
).fullmatch
_FRACTION = re.compile(r"\.\d+")
_WRITTEN = re.compile(
    r"(?P<date>.{5,40}?)[\s,]+(?:(?:um|at|à|às|alle|a las|kl|klo|om|de|o)\.?\s+)?"
    r"(?P<half1>上午|下午|오전|오후)?\s*"
    r"(?P<h>\d{1,2})\s?[:.hH時시]\s?(?P<m>\d{2})(?:\s?(?:[:.]|min|分|분)\s?(?P<s>\d{2})?\s?[s秒초]?)?"
    r"\s?(?P<half2>[aApP]\.?\s?[mM]\.?)?(?:\s+(?P<zone>\S.{0,40}))?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+\-−])(\d{1,2})(?::?(\d{2}))?")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200e": "", "\u200f": ""})
_ZONES = """
UTC 0 GMT 0 Z 0 WEZ 0 WET 0 AZOT -60 AZOST 0
CET 60 MEZ 60 WESZ 60 WEST 60 BST 60 HEC 60 HNEC 60 HNEO 0 HEEO 60 WAT 60 MET 60 SEČ 60 SELČ 120
CEST 120 MESZ 120 EET 120 OEZ 120 HAEC 120 HEEC 120 HNEE 120 SAST 120 CAT 120 MEST 120
EEST 180 OESZ 180 HEEE 180 MSK 180 TRT 180 EAT 180 PKT 300 WIB 420 ICT 420 SGT 480 HKT 480
AWST 480 JST 540 KST 540 ACST 570 AEST 600 ACDT 630 AEDT 660 NZST 720 NZDT 780
EST -300 EDT -240 CDT -300 MST -420 MDT -360 PST -480 PDT -420 AKST -540 AKDT -480
HST -600 AST -240 ADT -180 NST -210 NDT -150 BRT -180 BRST -120 ART -180
HNE -300 HAE -240 HNC -360 HAC -300 HNR -420 HAR -360 HNP -480 HAP -420 HNA -240 HAA -180
CST -360
"""
_words = _ZONES.split()
# Letters that several zones share in earnest (IST) are not here: such a time stays a clock's.
_MINUTES = dict(zip(_words[::2], map(int, _words[1::2]), strict=True))


def instant(text: object) -> str | None:
    """The moment of an ISO 8601 text, or None if it is none. A date alone gives its date."""
    if not isinstance(text, str):
        return None
    # On all days but the 29th of February nothing else needs to be looked at.
    if _zulu(text):
        return text[:19] + "Z"
    if not 8 <= len(text) <= 64:
        return None
    text = text.strip()
    if text.endswith(" UTC"):
        text = text[:-4] + "Z"
    try:
        if len(text) <= 10:
            return _date(datetime.date.fromisoformat(text))
        return of_moment(
            datetime.datetime.fromisoformat(_FRACTION.sub("", text, 1) if "." in text else text)
        )
    except (ValueError, OverflowError):
        return None


def _date(date: datetime.date) -> str | None:
    return date.isoformat() if 1900 <= date.year < 2100 else None


def of_moment(moment: datetime.datetime) -> str | None:
    """A moment as things have it; None outside 1900 to 2099."""
    if not 1900 <= moment.year < 2100:
        return None
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(_UTC).isoformat(timespec="seconds")[:19] + "Z"


def of_seconds(seconds: object) -> str | None:
    """The moment so many seconds after 1970 in UTC, or None outside 1900 to 2099."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not _SECONDS_MIN <= seconds < _SECONDS_MAX:
        return None
    return (_EPOCH + datetime.timedelta(0, math.floor(seconds))).isoformat() + "Z"


def of_millis(millis: object) -> str | None:
    """The moment so many thousandths of a second after 1970, as a number or as its digits."""
    if isinstance(millis, str) and len(millis) <= 20 and millis.lstrip("-").isdecimal():
        millis = int(millis) if millis.isascii() else None
    if isinstance(millis, bool) or not isinstance(millis, int | float):
        return None
    return of_seconds(millis / 1000)


def written(text: str) -> str | None:
    """The moment of a text for people: "12.03.2024, 20:15:33 MEZ", "Mar 12, 2024, 8:15 PM CET".

    With dots or strokes and no year in front the day stands first, unless only the month can.
    None if it is no date with a time.
    """
    text = text.translate(_SPACES).strip()
    match = _WRITTEN.fullmatch(text) if len(text) <= 120 else None
    date = _day(match["date"].strip(" ,.")) if match else None
    if match is None or date is None:
        return None
    hour, minute, second = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    half = match["half1"] or match["half2"]
    if half:
        hour = hour % 12 + (12 if half[0] in "pP下" or half == "오후" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return None
    moment = datetime.datetime.combine(date, datetime.time(hour, minute, min(second, 59)))
    offset = zone_minutes(match["zone"] or "")
    if offset is None:
        return of_moment(moment)
    return of_moment((moment - datetime.timedelta(minutes=offset)).replace(tzinfo=_UTC))


@lru_cache(maxsize=1 << 12)
def zone_minutes(zone: str) -> int | None:
    """How far east of UTC a zone is by its letters ("MEZ", "GMT+02:00"); None if not known."""
    zone = zone.strip(" .()")
    if zone in _MINUTES:
        return _MINUTES[zone]
    match = _OFFSET.fullmatch(zone)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > 15 * 60:
        return None
    return minutes if match[1] == "+" else -minutes


@lru_cache(maxsize=1 << 12)
def _day(text: str) -> datetime.date | None:
    moment = read(text)
    if moment is None or moment.clock is not None:
        return None
    first = next((order for order in ("dmy", "ymd", "mdy", "ydm") if order in moment.dates), None)
    return moment.dates[first] if first else None
