"""How amounts, days, counts and kinds of things are said on pages, and the templates' filters.

Pure functions, in British English. Amounts come as text or `Decimal`, never as floats.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from markupsafe import Markup

SIGNS: Final = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹"}
WHOLE: Final = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})  # ISO 4217: no minor unit
HUES: Final = 12
MINUTE, HOUR, DAY = 60, 3600, 86400
DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
MINUS: Final = "\N{MINUS SIGN}"


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """How things of one kind are called: one, many, an icon.

    ``top`` heads what stands out among them, ``done`` is what was done.
    """

    one: str
    many: str
    icon: str
    top: str
    done: str = ""


KINDS: Final[Mapping[str, Kind]] = {
    "WatchAction": Kind(
        one="title watched", many="titles watched", icon="film", top="Watched most", done="Watched"
    ),
    "ViewAction": Kind(
        one="page or extra", many="pages and extras", icon="eye", top="Seen most",
        done="Looked at",
    ),
    "PayAction": Kind(
        one="payment", many="payments", icon="money", top="Paid most often", done="Paid"
    ),
    "ReceiveAction": Kind(
        one="payment received", many="payments received", icon="download",
        top="Paid by most often", done="Received",
    ),
    "ListenAction": Kind(
        one="piece heard", many="pieces heard", icon="speech", top="Heard most", done="Heard"
    ),
    "ReadAction": Kind(
        one="book read", many="books read", icon="diary", top="Read most", done="Read"
    ),
    "WantAction": Kind(
        one="wish", many="wishes", icon="star", top="Wanted most", done="Wants"
    ),
    "LikeAction": Kind(
        one="like", many="likes", icon="heart", top="Liked most", done="Liked"
    ),
    "DislikeAction": Kind(
        one="dislike", many="dislikes", icon="close", top="Disliked most", done="Disliked"
    ),
    "FollowAction": Kind(
        one="follow", many="follows", icon="plus", top="Followed", done="Followed"
    ),
    "CommentAction": Kind(
        one="comment", many="comments", icon="speech", top="Commented most", done="Commented"
    ),
    "CommunicateAction": Kind(
        one="message", many="messages", icon="inbox", top="Wrote most often with", done="Wrote"
    ),
    "SearchAction": Kind(
        one="search", many="searches", icon="search", top="Searched most", done="Searched"
    ),
    "CreateAction": Kind(
        one="post", many="posts", icon="pen", top="Posted", done="Posted"
    ),
    "ReviewAction": Kind(
        one="rating", many="ratings", icon="star", top="Rated most", done="Rated"
    ),
    "BookmarkAction": Kind(
        one="bookmark", many="bookmarks", icon="tag", top="Kept most", done="Kept a mark of"
    ),
    "BuyAction": Kind(
        one="item ordered", many="items ordered", icon="tag", top="Ordered most", done="Ordered"
    ),
    "ReturnAction": Kind(
        one="item sent back", many="items sent back", icon="left", top="Sent back most",
        done="Sent back",
    ),
    "TrackAction": Kind(
        one="parcel", many="parcels", icon="things", top="Parcels", done="A parcel"
    ),
    "ReserveAction": Kind(
        one="booking", many="bookings", icon="bell", top="Booked most", done="Booked"
    ),
    "ExerciseAction": Kind(
        one="workout", many="workouts", icon="heart", top="Done most", done="Did sport"
    ),
    "Observation": Kind(
        one="measurement", many="measurements", icon="chart", top="Measured most", done="Measured"
    ),
    "ArriveAction": Kind(
        one="visit", many="visits", icon="home", top="Visited most", done="Was there"
    ),
    "TravelAction": Kind(
        one="way", many="ways", icon="right", top="Went most", done="Went"
    ),
    "Event": Kind(
        one="event", many="events", icon="diary", top="Most often", done="Took place"
    ),
    "AddAction": Kind(
        one="title put on a list", many="titles put on lists", icon="plus", top="Put on lists most",
        done="Put on a list",
    ),
    "InstallAction": Kind(
        one="app installed", many="apps installed", icon="download", top="Installed most",
        done="Installed",
    ),
    "Person": Kind(
        one="contact", many="contacts", icon="person", top="Contacts", done="A contact"
    ),
}  # fmt: skip
OTHER: Final = Kind(one="thing", many="things", icon="tag", top="Most often")


class UnsayableValue(ValueError):
    """A page was handed a value that it cannot put into words; the message has the value."""


def _decimal(value: Decimal | int | str) -> Decimal:
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise UnsayableValue(f"{value!r} is not an amount. Give a Decimal or '12.99'.") from None
    if not found.is_finite():
        raise UnsayableValue(f"{value!r} is not an amount that can be said.")
    return found


def money(value: Decimal | int | str, currency: str | None = None) -> str:
    """Say an amount: `€1,234.50`, `-£3.00`, `12.99 CHF`, `12.99` where the currency is unknown.

    Raises `UnsayableValue` if `value` is not a finite decimal number.
    """
    amount = _decimal(value)
    places = 0 if currency in WHOLE else 2
    figure = f"{abs(amount):,.{places}f}"
    minus = MINUS if amount < 0 and figure.strip("0.,") else ""
    sign = SIGNS.get(currency or "")
    if sign:
        return f"{minus}{sign}{figure}"
    return f"{minus}{figure} {currency}" if currency else f"{minus}{figure}"


def moment(value: str | date | datetime) -> datetime | date:
    """Return what an ISO 8601 text means: a `date`, or an aware `datetime` in UTC.

    Raises `UnsayableValue` for other texts.
    """
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)  # noqa: PLR2004
        except ValueError:
            raise UnsayableValue(f"{value!r} is not a day or a time of ISO 8601.") from None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return value


def day(value: str | date | datetime) -> str:
    """Say a day: `3 January 2024`. Raises `UnsayableValue`."""
    found = moment(value)
    return f"{found.day} {found:%B %Y}"


def short_day(value: str | date | datetime) -> str:
    """Say a day where room is scarce: `3 Jan 2024`. Raises `UnsayableValue`."""
    found = moment(value)
    return f"{found.day} {found:%b %Y}"


def clock(value: str | datetime) -> str:
    """Say a day and a time in UTC: `3 January 2024, 20:15`. Raises `UnsayableValue`."""
    found = moment(value)
    return f"{day(found)}, {found:%H:%M}" if isinstance(found, datetime) else day(found)


def ago(value: str | date | datetime, now: datetime) -> str:
    """Say how long ago (or in how long) a moment is: `just now`, `5 minutes ago`, `in 3 days`.

    From 30 days on it is the day itself. Raises `UnsayableValue`.
    """
    found = moment(value)
    if not isinstance(found, datetime):
        days = (now.astimezone(UTC).date() - found).days
        if abs(days) <= 1:
            return {0: "today", 1: "yesterday", -1: "tomorrow"}[days]
        return _span(timedelta(days=days), found)
    return _span(now.astimezone(UTC) - found, found)


def _span(since: timedelta, found: date) -> str:
    seconds = abs(since.total_seconds())
    if seconds < MINUTE:
        return "just now"
    if seconds >= 30 * DAY:
        return day(found)
    units = ((HOUR, MINUTE, "minute"), (DAY, HOUR, "hour"), (30 * DAY, DAY, "day"))
    size, name = next((size, name) for limit, size, name in units if seconds < limit)
    said = plural(int(seconds // size), name)
    return f"{said} ago" if since > timedelta(0) else f"in {said}"


def hours(value: float | Decimal | str | timedelta) -> str:
    """Say a duration: `2 h 5 min`, `47 min`, `under a minute`.

    Takes seconds, a `timedelta`, or ISO 8601 (`PT47M3S`). Raises `UnsayableValue`.
    """
    if isinstance(value, str):
        parts = DURATION.fullmatch(value)
        if parts is None or value in {"P", "PT"}:
            raise UnsayableValue(f"{value!r} is not a duration of ISO 8601 in days to seconds.")
        d, h, m, s = (float(part or 0) for part in parts.groups())
        seconds = d * 86400 + h * 3600 + m * 60 + s
    else:
        seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under a minute"
    whole, rest = divmod(minutes, 60)
    said = f"{whole:,} h {rest} min" if rest else f"{whole:,} h"
    return said if whole else f"{rest} min"


def number(value: float | Decimal, places: int | None = None) -> str:
    """Say a count or a figure: `1,204`, `3.5`. Whole figures carry no places unless asked."""
    if places is None:
        places = 0 if value == int(value) else 1
    figure = f"{abs(value):,.{places}f}"
    return f"{MINUS}{figure}" if value < 0 and figure.strip("0.,") else figure


def plural(count: int, one: str, many: str | None = None) -> str:
    """Say a count with its noun: `1 film`, `1,204 films`, `2 diaries` (with `many`)."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def kind_of(type_name: str) -> Kind:
    """Say how things of a schema.org type are called."""
    return KINDS.get(type_name, OTHER)


def counted(type_name: str, count: int) -> str:
    """Say a count of one kind: `1 payment`, `1,204 titles watched`."""
    kind = kind_of(type_name)
    return plural(count, kind.one, kind.many)


def listed(items: Iterable[str], last: str = "and") -> str:
    """Say words in a row: `a`, `a and b`, `a, b and c`."""
    known = list(items)
    if len(known) < 2:  # noqa: PLR2004 - one word needs no "and"
        return "".join(known)
    return f"{', '.join(known[:-1])} {last} {known[-1]}"


def hue(name: str) -> int:
    """Return one of twelve hues, 0 to 11, always the same for the same name."""
    return hashlib.sha256(name.encode()).digest()[0] % HUES


def initials(name: str) -> str:
    """Return two signs at most that stand for a name: `Green Grocer` is `GG`, `acme` is `A`.

    A number at the end says more than what is before it: `A-1042` is `42`.
    """
    words = [word for word in re.split(r"[\W_]+", name) if word]
    if words and words[-1].isdecimal() and len(words[-1]) > 1:
        return words[-1][-2:]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def get(thing: object, key: str) -> object:
    """Return an entry or an attribute that may be missing, or None: for macros only."""
    if isinstance(thing, Mapping):
        return thing.get(key)
    return None if isinstance(thing, str | Markup) else getattr(thing, key, None)


FILTERS: Final = {
    "money": money,
    "day": day,
    "short_day": short_day,
    "clock": clock,
    "hours": hours,
    "number": number,
    "plural": plural,
    "hue": hue,
    "initials": initials,
    "get": get,
}
