"""How a person's things, deals and receipts are put into words. Plain functions, no state."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from firsthand.foundation.web import words
from firsthand.protocol.roles.profile import PURPOSE
from firsthand.protocol.terms import ROSTER, terms_allowing
from firsthand.vault.acts.bringable import name_of

if TYPE_CHECKING:
    from firsthand.protocol.terms import Terms


# What both sides say in the same words.
kind_of, counted, listed = words.kind_of, words.counted, words.listed

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "WatchAction": {
        "name": "title",
        "object": "series and episode",
        "startTime": "when",
        "duration": "for how long",
    },
    "ViewAction": {
        "name": "title",
        "object": "what it belongs to",
        "startTime": "when",
        "duration": "for how long",
    },
    "PayAction": {
        "name": "whom you paid",
        "recipient": "the company behind the name",
        "price": "how much",
        "priceCurrency": "in which currency",
        "startTime": "when",
    },
    "ReceiveAction": {
        "name": "who paid you",
        "sender": "the company behind the name",
        "price": "how much",
        "priceCurrency": "in which currency",
        "startTime": "when",
    },
}
PRECISIONS: Final[Mapping[str, str]] = {
    "hour": "by the hour",
    "day": "by the day",
    "week": "only by the week",
    "month": "only by the month",
    "year": "only by the year",
}
# What times of this fineness let somebody work out, for who chooses it.
FINENESS: Final[Mapping[str, str]] = {
    "hour": "They can see when you sleep, work and are at home, and each day that you were away.",
    "day": "They can see your week: free days, holidays, the day that you are paid.",
    "week": "They can see how often, and in which weeks you were away.",
    "month": "They can see how much in which season. A holiday hardly shows.",
    "year": "They can see how much in a year, and hardly more.",
}
PURPOSES: Final[Mapping[str, str]] = {
    "service": "serve you",
    "support": "help you when you ask",
    "personalisation": "suit what they show you to you",
    "offers": "make you offers when you ask for them",
    "improvement": "make their service better",
    "research": "do research in the public interest",
    "training": "train models",
}
# How it stands with an organisation, by the one word for it: the same on every page.
STANDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "accepted": ("in force", "on"),
    "paused": ("paused", "waiting"),
    "expired": ("run out", "ended"),
    "terminated": ("ended", "ended"),
    "ended": ("ended", "ended"),
    "erased": ("ended and erased", "ended"),
    "refused": ("they said no", "refused"),
    "countered": ("they said no", "refused"),
    "None": ("nothing agreed", ""),
}
GIVINGS: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("waiting to go", "waiting"),
    "given": ("given", "on"),
    "refused": ("not taken", "refused"),
    "withdrawn": ("never confirmed", "ended"),
    "erased": ("erased there", "ended"),
}
ENDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("not confirmed yet", "waiting"),
    "confirmed": ("confirmed", "on"),
    "refused": ("not confirmed", "refused"),
}
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "fits": ("We ran their published rule ourselves: same answer.", "on"),
    "differs": ("We ran their published rule ourselves: the answer is a different one.", "refused"),
    "unverifiable": ("We could not check this answer ourselves.", "waiting"),
}
_ALWAYS_THERE: Final = frozenset({"@type", "isBasedOn", "timePrecision"})
_CADENCES: Final = {
    "weekly": "a week",
    "fortnightly": "every two weeks",
    "monthly": "a month",
    "quarterly": "a quarter",
    "half-yearly": "every half year",
    "yearly": "a year",
}


def source(name: str) -> str:
    """A source as a person knows it: `Netflix`, `your bank`."""
    return name_of(name)


_MEGABYTE: Final = 1_000_000
_LENGTHS: Final = (
    (7 * 86_400, "a week", "weeks"),
    (86_400, "a day", "days"),
    (3600, "an hour", "hours"),
)


def wait(seconds: int) -> str:
    """How long something waits at most: `10 minutes`, `an hour`, `a week`."""
    for length, one, many in _LENGTHS:
        if seconds >= length:
            count = -(-seconds // length)
            return one if count == 1 else f"{count} {many}"
    count = max(1, -(-seconds // 60))
    return "a minute" if count == 1 else f"{count} minutes"


def size(count_bytes: int) -> str:
    """How much it is: `12 kB`, `3.4 MB`."""
    if count_bytes < _MEGABYTE:
        return f"{-(-count_bytes // 1000)} kB"
    return f"{count_bytes / _MEGABYTE:,.1f} MB"


def cadence(name: str) -> str:
    """How often: `a month`, `every two weeks`."""
    return _CADENCES.get(name, name)


def asked(asks: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """What an organisation asks for: (kind, its fields in words) each."""
    found = []
    for type_name, fields in asks.items():
        known = FIELDS.get(type_name, {})
        said = ", ".join(known.get(field, field) for field in fields)
        kind = kind_of(type_name)
        found.append((kind.many[0].upper() + kind.many[1:], said))
    return found


def field(name: str) -> str:
    """A field (`PayAction/price`) in words: `how much`. Empty for what goes with every thing."""
    kind, _, bare = name.rpartition("/")
    if bare in _ALWAYS_THERE:
        return ""
    for known in [FIELDS.get(kind, {}), *FIELDS.values()]:
        if bare in known:
            return known[bare]
    return bare


def allowed(terms: Terms) -> list[str]:
    """What terms allow, one short clause each."""
    return [PURPOSES[purpose] for purpose in terms.purposes]


def gives(terms: str) -> bool:
    """Whether anything can be given under these terms: what is shown is shown to be suited."""
    return terms not in ROSTER or PURPOSE in ROSTER[terms].purposes


def giving_terms() -> list[str]:
    """The terms under which something can be given, in words, the narrowest first."""
    return [terms.title for terms in terms_allowing(PURPOSE)]


def day_of(seconds: int) -> str:
    """The day of a time in seconds since 1970, in UTC."""
    return words.day(datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat())


def plainly(text: str | None) -> str:
    """What another program says, with terms called by their words instead of their names."""
    said = text or ""
    for name in sorted(ROSTER, key=len, reverse=True):
        said = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", f"“{ROSTER[name].title}”", said)
    if " cannot be reached: " in said:  # what follows is for who mends networks
        said = "They could not be reached."
    for purpose, clause in PURPOSES.items():
        said = said.replace(f"does not allow {purpose}.", f"does not let them {clause}.")
    return said


def amount(row: Mapping[str, object]) -> str:
    """The amount of a row in words, or nothing."""
    value = row.get("amount")
    currency = row.get("currency")
    if not isinstance(value, str) or not value:
        return ""
    try:
        return words.money(value, currency if isinstance(currency, str) else None)
    except words.UnsayableValue:
        return value


def when(time: object) -> str:
    """The day of a time, or nothing where it is unknown."""
    if not isinstance(time, str) or not time:
        return ""
    try:
        return words.day(time)
    except words.UnsayableValue:
        return time


def fields_of(type_name: str, data: Mapping[str, object]) -> list[tuple[str, str]]:
    """All that stands in a thing, (what it is, what it says) each, for a page about it."""
    found: list[tuple[str, str]] = [("What", kind_of(type_name).done or type_name)]
    for key, value in data.items():
        label = _LABELS.get(key)
        if label is None or value is None:
            continue
        said = _said(key, value, data)
        if said:
            found.append((label, said))
    found.extend(_nested(data.get("object")))
    return found


_LABELS: Final[Mapping[str, str]] = {
    "name": "Name",
    "startTime": "When",
    "duration": "For how long",
    "price": "How much",
    "recipient": "Paid to",
    "sender": "Paid by",
    "description": "As the bank wrote it",
    "identifier": "The bank's own number",
    "agent": "Whose profile",
    "instrument": "On",
    "location": "Where",
}
_PARTS: Final = (("partOfSeries", "Series"), ("partOfSeason", "Season"))
PLAIN_PARTS: Final = frozenset({"Series", "Season", "Episode"})  # their values speak for themselves
_SHOWN: Final[Mapping[str, str]] = {
    "TVEpisode": "Episode",
    "Movie": "Film",
    "VideoObject": "Video",
}


def _said(key: str, value: object, data: Mapping[str, object]) -> str:
    if key == "price":
        return amount({"amount": value, "currency": data.get("priceCurrency")})
    if key == "startTime":
        return words.clock(str(value)) if len(str(value)) > 10 else when(value)  # noqa: PLR2004
    if key == "duration":
        try:
            return words.hours(str(value))
        except words.UnsayableValue:
            return str(value)
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    return str(value)


def _nested(shown: object) -> list[tuple[str, str]]:
    if not isinstance(shown, Mapping):
        return []
    found = []
    for key, label in _PARTS:
        part = shown.get(key)
        if isinstance(part, Mapping) and part.get("name"):
            found.append((label, str(part["name"])))
    label = _SHOWN.get(str(shown.get("@type")), "Title")
    if shown.get("name"):
        found.append((label, str(shown["name"])))
    return found
