"""A person's rights: what can be asked of an organisation, what it answers, and until when.

The states and reasons are those of the Data Rights Protocol (section 3.02), the deadlines those of
the law that is named. Every date comes in; nothing here knows what day it is.
"""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.clocks import clock_apart
from firsthand.protocol.graphs import Graph
from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import PURPOSES
from firsthand.protocol.wire import (
    DETAILS_CHARS_MAX,
    SKEW_S_MAX,
    STATEMENT_BYTES_MAX,
    TYP_RIGHT,
)

RIGHTS = {
    "access": "See what you have of mine, and who looked at it.",
    "portability": "Give me what I gave you, so that I can take it elsewhere.",
    "rectification": "Put right what is wrong.",
    "erasure": "Erase what you have of mine.",
    "restriction": "Keep it, and do nothing else with it.",
    "objection": "Stop using it for this.",
}
# These hold until the person takes them back; everything else is over once it is decided.
LASTING = frozenset({"restriction", "objection"})
STATES = Graph(
    name="A rights request",
    states={
        "open": "It was sent and has not been taken up.",
        "in_progress": "The organisation works on it.",
        "fulfilled": "It was done as asked.",
        "denied": "The organisation said no, with its reason.",
        "revoked": "The person took it back.",
        "expired": "It lapsed, because the organisation asked something and got no answer.",
    },
    first=("open",),
    follows={
        "open": {
            "take up": "in_progress",
            "fulfil": "fulfilled",
            "deny": "denied",
            "take back": "revoked",
        },
        "in_progress": {
            "fulfil": "fulfilled",
            "deny": "denied",
            "take back": "revoked",
            "lapse": "expired",
        },
        "fulfilled": {"lift": "revoked"},
        "denied": {},
        "revoked": {},
        "expired": {},
    },
    ends=("denied", "revoked", "expired"),
)
WAITING = frozenset({"open", "in_progress"})  # for the organisation, and its clock runs
DENIALS = {
    "suspected_fraud": "They believe that the request is not from you.",
    "insuf_verification": "They could not make sure that it is you.",
    "no_match": "They found nothing of yours.",
    "claim_not_covered": "They say that the law gives no right to this.",
    "outside_jurisdiction": "They say that this law does not hold for you.",
    "too_many_requests": "They say that you have asked too often.",
    "other": "They gave a reason of their own.",
}
NEEDS_PROOF = "need_user_verification"  # the one reason that work in progress can have

# Whoever says nothing in particular, or says that it is all of it, objects to every purpose.
_ALL_SAID = frozenset({"", "all", "all purposes"})
_BETWEEN = re.compile(r"[,;]|\band\b")
_STOPPED = "Not used any more for: "
_MONTHS = 12
_SATURDAY = 5
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Regime(msgspec.Struct, frozen=True, kw_only=True):
    """How long a law gives: months or days, as much again at most, and until when to say hello.

    ``weekends`` says that a last day on a Saturday or Sunday moves to Monday.
    """

    law: str
    months: int = 0
    days: int = 0
    more_months: int = 0
    more_days: int = 0
    hello_business_days: int | None = None
    weekends: bool = False


# GDPR Art. 12(3): one month, two further months where necessary; counted as Regulation (EEC,
# Euratom) 1182/71 Art. 3 says. CCPA: Cal. Civ. Code 1798.130(a)(2) and 11 CCR 7021.
REGIMES = {
    "gdpr": Regime(law="GDPR, Article 12(3)", months=1, more_months=2, weekends=True),
    "ccpa": Regime(
        law="CCPA, section 1798.130", days=45, more_days=45, hello_business_days=10
    ),
}  # fmt: skip


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks: one of ``RIGHTS`` under one of ``REGIMES``.

    ``jti`` names the request, ``at`` is when it was signed (seconds since 1970), ``details`` says
    in words what is meant, such as what is wrong and how it is right.
    """

    right: str
    regime: str
    jti: str
    at: int
    details: str = ""


class Status(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signed by the organisation: where the request stands.

    ``request`` is its jti, ``received_at`` and ``iat`` are seconds since 1970, ``expected_by`` is
    the last day for it (YYYY-MM-DD, in UTC). ``reason`` is one of ``DENIALS`` where it is denied.
    """

    iss: str
    aud: str
    request: str
    status: str
    reason: str | None
    received_at: int
    expected_by: str
    processing_details: str
    iat: int


# --- objections ------------------------------------------------------------------------------


def objected(request: Request) -> list[str]:
    """The purposes that an objection names in its first line; none where that is free words.

    Such a list says all of it, whatever words come after. A purpose that free words mention is not
    taken for what they mean: "your support told me to ask you to stop the letters" does not.
    """
    if request.right != "objection":
        return []
    line = request.details.strip().casefold().partition("\n")[0].rstrip(" .")
    if line in _ALL_SAID:
        return list(PURPOSES)
    said = {one.strip() for one in _BETWEEN.split(line)} - {""}
    return [one for one in PURPOSES if one in said] if said <= {*PURPOSES} else []


def stopped_in_words(purposes: Sequence[str]) -> str:
    """What whoever read an objection in free words says that they stop, in the signed status."""
    return f"{_STOPPED}{', '.join(purposes)}."


def stopped_by(request: Request, words: str) -> list[str]:
    """The purposes that a granted objection stops: by its own list, or by what they signed."""
    said = words.removeprefix(_STOPPED).partition(".")[0].split(", ")
    by_words = [one for one in PURPOSES if one in said] if words.startswith(_STOPPED) else []
    return objected(request) or by_words


# --- deadlines -------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The same day of a later month; the last of that month where there is no such day."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = count // _MONTHS, count % _MONTHS + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_business_days(day: date, days: int) -> date:
    """The ``days``-th day after ``day`` that is no Saturday and no Sunday; holidays are not known.

    So the true last day is never before this one.
    """
    while days:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            days -= 1
    return day


def due(regime: str, received: date, *, extended: bool = False) -> date:
    """The last day on which the law has the request answered; ``KeyError`` for no known law.

    The day of receipt does not count. Holidays are not known, so the true last day may be later,
    and is never earlier.
    """
    law = REGIMES[regime]
    day = add_months(received, law.months + (law.more_months if extended else 0))
    day += timedelta(days=law.days + (law.more_days if extended else 0))
    while law.weekends and day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


def hello_due(regime: str, received: date) -> date | None:
    """The last day to say that the request has arrived; None where the law wants no such word."""
    days = REGIMES[regime].hello_business_days
    return None if days is None else add_business_days(received, days)


def day_of(seconds: int) -> date:
    """The day in UTC; raises ``Refused`` (``shape_invalid``) for what no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise refuse("shape_invalid", f"{seconds} is not a time.") from error


# --- what travels ----------------------------------------------------------------------------


def read_request(body: bytes) -> Request:
    """Read the body of a request; raises ``Refused`` (``too_large`` or ``shape_invalid``)."""
    if len(body) > STATEMENT_BYTES_MAX:
        raise refuse("too_large", f"A request holds at most {STATEMENT_BYTES_MAX} bytes.")
    try:
        request = msgspec.convert(read_json(body), Request)
    except (UnableToReadJson, msgspec.ValidationError) as error:
        raise refuse("shape_invalid", str(error)) from error
    if request.right not in RIGHTS or request.regime not in REGIMES:
        known = f"{', '.join(RIGHTS)}; under {' or '.join(REGIMES)}"
        raise refuse("shape_invalid", f"A request is one of: {known}.")
    if _NAME.fullmatch(request.jti) is None:
        raise refuse("shape_invalid", "A request's name (jti) is 1 to 64 letters, digits, - and _.")
    if len(request.details) > DETAILS_CHARS_MAX:
        raise refuse("too_large", f"The details have at most {DETAILS_CHARS_MAX} characters.")
    day_of(request.at)
    return request


def sign_status(status: Status, key: EllipticCurvePrivateKey) -> str:
    """The status as a compact JWS."""
    return sign_jws(msgspec.to_builtins(status), key=key, typ=TYP_RIGHT)


def read_status(
    token: str,
    *,
    key: EllipticCurvePublicKey,
    request: Request,
    organisation: str,
    person: str,
    before: Status | None = None,
    now: int | None = None,
) -> Status:
    """Verify the status of ``request``, told by ``organisation`` to ``person`` (subjects).

    ``before`` is the status that was read last, if one was. With ``now`` (seconds since 1970) it
    may not be of a time to come, which would move the last day. Raises ``Refused``:
    ``clock_differs``,
    ``signature_invalid``, ``not_yours`` for another request or other parties, ``shape_invalid``
    for a state that cannot follow or a deadline that the law does not give.
    """
    try:
        status = msgspec.convert(verify_jws(token, public_key=key, typ=TYP_RIGHT), Status)
    except (JwsRefused, msgspec.ValidationError) as error:
        raise refuse("signature_invalid", str(error)) from error
    if (status.iss, status.aud, status.request) != (organisation, person, request.jti):
        raise refuse("not_yours", "It is the status of another request.")
    if now is not None and max(status.received_at, status.iat) > now + SKEW_S_MAX:
        raise refuse("clock_differs", clock_apart(status.iat, now))
    _check_words(status)
    _check_deadline(status, request)
    if before is not None:
        _check_follows(before, status, request.right)
    return status


def _check_words(status: Status) -> None:
    if status.status not in STATES.states:
        raise refuse("shape_invalid", f"A request cannot be {status.status!r}.")
    allowed: set[str | None] = {None}
    if status.status == "denied":
        allowed = set(DENIALS)
    elif status.status == "in_progress":
        allowed = {None, NEEDS_PROOF}
    if status.reason not in allowed:
        raise refuse("shape_invalid", f"{status.status} cannot have the reason {status.reason!r}.")
    if status.reason == "other" and not status.processing_details.strip():
        raise refuse("shape_invalid", "It was denied without saying why.")
    if len(status.processing_details) > DETAILS_CHARS_MAX:
        raise refuse("too_large", f"The details have at most {DETAILS_CHARS_MAX} characters.")


def _check_deadline(status: Status, request: Request) -> None:
    """A later day than the first has to be explained, and the law has a last one."""
    received, expected = day_of(status.received_at), _read_day(status.expected_by)
    if expected < received or expected > due(request.regime, received, extended=True):
        raise refuse("shape_invalid", f"The law does not give time until {status.expected_by}.")
    if expected > due(request.regime, received) and not status.processing_details.strip():
        raise refuse("shape_invalid", "More time is taken without saying why.")


def can_take_back(right: str, state: str) -> bool:
    """Whether the person can take back a request that is in this state."""
    return state in WAITING or (state == "fulfilled" and right in LASTING)


def _check_follows(before: Status, status: Status, right: str) -> None:
    follows = status.status in STATES.next_states(before.status)
    if status.status == "revoked" and not can_take_back(right, before.status):
        follows = False
    if before.status != status.status and not follows:
        raise refuse("shape_invalid", f"{status.status} cannot follow {before.status}.")
    if status.received_at != before.received_at or status.iat < before.iat:
        raise refuse("shape_invalid", "It is older than the one before, or says another beginning.")


def _read_day(text: str) -> date:
    wrong = refuse("shape_invalid", f"{text[:20]!r} is not a day.")
    if _DAY.fullmatch(text) is None:
        raise wrong
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise wrong from error
