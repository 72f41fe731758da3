"""How customers, purposes, steps and refusals are put into words. Plain functions, no state."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.foundation.web import words
from firsthand.hub.acts.listing import PAGE_ROWS


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """How a customer is called: ``name`` in lists, ``title`` as a heading; ``known`` by account."""

    id: str
    name: str
    title: str
    known: bool
    href: str


# What both sides say in the same words.
kind_of, counted, listed = words.kind_of, words.counted, words.listed

FIELDS: Final[Mapping[str, str]] = {
    "name": "its name",
    "object": "what it belongs to",
    "startTime": "when",
    "duration": "for how long",
    "price": "how much",
    "priceCurrency": "in which currency",
    "recipient": "who was paid",
    "sender": "who paid",
}
SOURCES: Final[Mapping[str, str]] = {"netflix": "Netflix", "bank": "their bank"}
VERBS: Final[Mapping[str, str]] = {"profile": "showed"}
PURPOSES: Final[Mapping[str, tuple[str, str]]] = {
    "service": ("Serving them", "To provide what they came to you for."),
    "support": ("Helping them", "To answer a question of theirs, or to settle trouble."),
    "personalisation": ("Choosing what fits them", "To suit what you show them to what they gave."),
    "offers": ("Making an offer", "One that they have asked for."),
    "improvement": ("Making the service better", "To count and compare, for everybody's good."),
    "research": ("Research", "In the public interest."),
    "training": ("Training models", "A trained model does not forget."),
}
PRECISIONS: Final[Mapping[str, str]] = {
    "hour": "to the hour", "day": "to the day", "week": "to the week", "month": "to the month",
    "year": "to the year",
}  # fmt: skip
PERIODS: Final[Mapping[str, str]] = {"week": "P1W", "month": "P1M", "year": "P1Y"}
DEALS: Final[Mapping[str, tuple[str, str]]] = {
    "requested": ("you asked", "waiting"),
    "pending": ("waits for you", "waiting"),
    "countered": ("you proposed another", "waiting"),
    "accepted": ("in force", "on"),
    "paused": ("resting", "waiting"),
    "refused": ("you said no", "refused"),
    "expired": ("run out", "ended"),
    "terminated": ("ended", "ended"),
}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "active": ("in force", "on"),
    "refused": ("you said no", "refused"),
    "ended": ("ended", "ended"),
    "erasing": ("being erased", "ended"),
    "gone": ("erased", "ended"),
}
INVITATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("open", "waiting"), "used": ("used", "on"), "lapsed": ("run out", "ended"),
}  # fmt: skip
STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "size": ("It fits", "Not larger than what is taken at once."),
    "relationship": ("You know them", "It comes from one of your customers."),
    "digest": ("It is whole", "Nothing was lost or changed on its way."),
    "signature": ("They signed it", "With the key that is theirs with you alone."),
    "shape": ("It makes sense", "It is in a form that you can read."),
    "terms": ("The deal allows it", "This purpose, these fields, times no finer than agreed."),
    "agreement": ("The deal is in force", "It has not ended, this very moment."),
    "number": ("It is next in line", "Nothing is missing before it, and nothing comes twice."),
    "appended": ("It is kept", "On disk, with a receipt on its way back to them."),
}
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "too_large": ("Too large", "More came at once than you take."),
    "unknown_relationship": (
        "Unknown sender",
        "Signed with a key that none of your customers has. Often: they erased, then tried again.",
    ),
    "signature_missing": ("Not signed", "It came without a signature in the agreed form."),
    "signature_invalid": ("Wrong signature", "The signature does not fit what came."),
    "clock_differs": ("Clocks differ", "Their clock and yours are over five minutes apart."),
    "expired": ("Too late", "It waited on their side for longer than it is good for."),
    "digest_invalid": ("Damaged", "What arrived is not what was sent."),
    "shape_invalid": ("Not understood", "It is in a form that is not known here."),
    "not_yours": ("Somebody else's", "It speaks in another customer's name."),
    "no_agreement": ("No deal", "It names a deal that you never made."),
    "agreement_ended": ("Deal has ended", "They ended it, or it ran out. Nothing more is taken."),
    "agreement_paused": ("Deal is paused", "It rests for now. It will be sent again."),
    "purpose_not_allowed": ("Purpose not in the deal", "Their deal does not allow this purpose."),
    "field_not_allowed": ("More than agreed", "It says more than their deal lets you have."),
    "precision_too_fine": ("Times too fine", "Its times are finer than their deal allows."),
    "lane_gap": ("Out of turn", "Something before it has not come yet. It will be sent again."),
    "lane_conflict": ("Said twice", "A second copy of their data spoke first. It will go on anew."),
    "busy": ("You were busy", "Too much came at once. It will be sent again."),
    "unable_to_store": ("Could not be kept", "The disk did not take it. It will be sent again."),
}
KINDS_OF_READER: Final[Mapping[str, str]] = {
    "staff": "staff", "rule": "your published rule", "token": "a system", "command": "a command",
}  # fmt: skip

_FIRST: Final = (
    "Amber", "Azure", "Brave", "Bright", "Calm", "Cedar", "Clear", "Clever", "Copper", "Coral",
    "Cosy", "Crisp", "Dapper", "Deft", "Eager", "Early", "Easy", "Fair", "Fleet", "Fond", "Free",
    "Fresh", "Gentle", "Glad", "Golden", "Grand", "Happy", "Hazel", "Honest", "Ivory", "Jolly",
    "Keen", "Kind", "Lively", "Lucky", "Lunar", "Maple", "Mellow", "Merry", "Mild", "Minty",
    "Misty", "Neat", "Noble", "North", "Olive", "Opal", "Pearl", "Plucky", "Polar", "Proud",
    "Quick", "Quiet", "River", "Rosy", "Royal", "Ruby", "Rustic", "Sage", "Silver", "Steady",
    "Sunny", "Swift", "Warm",
)  # fmt: skip
_SECOND: Final = (
    "Albatross", "Alder", "Aspen", "Badger", "Beaver", "Beech", "Birch", "Bison", "Bluebell",
    "Bramble", "Bunting", "Clover", "Condor", "Crane", "Cricket", "Curlew", "Daisy", "Dolphin",
    "Dove", "Dunlin", "Egret", "Falcon", "Fern", "Finch", "Fox", "Gannet", "Gazelle", "Hare",
    "Hawk", "Heather", "Heron", "Ibis", "Iris", "Jay", "Juniper", "Kestrel", "Kite", "Lark",
    "Linnet", "Lotus", "Lynx", "Magpie", "Marlin", "Marten", "Myrtle", "Newt", "Oriole", "Osprey",
    "Otter", "Owl", "Panda", "Petrel", "Pine", "Plover", "Poppy", "Puffin", "Raven", "Robin",
    "Rowan", "Seal", "Swallow", "Teal", "Thistle", "Wren",
)  # fmt: skip


def customer(relationship: str, account: str | None = None) -> Customer:
    """A customer by the account they tied, or by two words that always mean the same one."""
    drawn = sha256(b"called\0" + relationship.encode()).digest()
    pair = f"{_FIRST[drawn[0] % len(_FIRST)]} {_SECOND[drawn[1] % len(_SECOND)]}"
    return Customer(
        id=relationship,
        name=account or pair,
        title=f"Customer {account}" if account else pair,
        known=account is not None,
        href=f"/staff/customers/{relationship}",
    )


def source(name: str) -> str:
    """A source as a person knows it: `Netflix`, `their bank`."""
    return SOURCES.get(name, name.capitalize())


def asked(fields: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """What may be given: (kind, its fields in words) each."""
    return [
        (sentence(kind_of(name).many), listed(FIELDS.get(each, each) for each in named))
        for name, named in fields.items()
    ]


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def purposes(names: Iterable[str]) -> str:
    """Purposes in a row, as a sentence goes on: `serving them and helping them`."""
    return listed(PURPOSES[name][0][:1].lower() + PURPOSES[name][0][1:] for name in names)


def when(seconds: float) -> str:
    """Seconds since 1970 as the filters take them."""
    return stamp(datetime.fromtimestamp(seconds, tz=UTC))


def day_of(time: str | None) -> str:
    """The day of a thing, or nothing where it is unknown."""
    if not time:
        return ""
    try:
        return words.short_day(time)
    except words.UnsayableValue:
        return time[:10]


def span(first: str | None, last: str | None, precision: str = "") -> str:
    """From the first to the last day, or the one day that there is; as coarse as they came."""
    begin, end = week_of(first, precision), week_of(last, precision)
    if not begin:
        return "without times"
    return begin if begin == end else f"{begin} to {end}"


def between(first_s: int, last_s: int) -> str:
    """From which day to which, from seconds since 1970: `21 Nov 2026 to 22 Nov 2026, UTC`."""
    return f"{span(when(first_s), when(last_s))}, UTC"


def week_of(time: str | None, precision: object) -> str:
    """A time as coarse as it was given: `week of 1 Jan 2024`, `January 2024`, `2024`."""
    said = day_of(time)
    if not said or precision not in {"P1W", "P1M", "P1Y"}:
        return said
    assert time is not None
    if precision == "P1W":
        return f"week of {said}"
    return time[:4] if precision == "P1Y" else words.day(time).partition(" ")[2]


def place(before: str | None, rows: int, total: int | None) -> str:
    """Where in a sorted list a page is, or nothing where it is not sorted.

    ``before`` is the page's predecessor as `acts.listing` names it.
    """
    if total is None:
        return ""
    start = 0 if before is None else int(before) + PAGE_ROWS
    return f"{start + 1:,} to {start + rows:,} of {total:,}, the newest first"


def took(took_ms: float) -> str:
    """A duration of a step: `0.08 ms`, `2.1 ms`, `140 ms`."""
    if took_ms < 0.005:  # noqa: PLR2004 - what two places cannot say
        return "<0.01 ms"
    places = 2 if took_ms < 1 else 1 if took_ms < 100 else 0  # noqa: PLR2004 - three figures
    return f"{took_ms:,.{places}f} ms"


def months(counts: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    """The last ``most`` months with things in them and those between them; each as `Jan 24`."""
    if not counts:
        return []
    first, last = min(counts), max(counts)
    year, month = int(last[:4]), int(last[5:7])
    found: list[tuple[str, int]] = []
    while len(found) < most:
        key = f"{year:04d}-{month:02d}"
        if key < first:
            break
        found.append(
            (
                f"{date(year, month, 1):%b} \N{RIGHT SINGLE QUOTATION MARK}{year % 100:02d}",
                counts.get(key, 0),
            )
        )
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def last_hours(now: datetime, count: int) -> list[tuple[int, str]]:
    """The last hours, this one included: (hours since 1970, `13 h`) each."""
    this = int(now.timestamp()) // 3600
    return [(hour, f"{hour % 24} h") for hour in range(this - count + 1, this + 1)]


def last_days(now: datetime, count: int) -> list[tuple[date, str]]:
    """The last days, today included: (day, `3 Jan`) each."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    return [(day, f"{day.day} {day:%b}") for day in days]
