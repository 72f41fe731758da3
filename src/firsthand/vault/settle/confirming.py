"""What later rows say of a case: it stopped, went on, the money came, it costs less, it arrived.

Rules: a payment to the same merchant in the same currency after the day when it should have ended
means that it went on; none by a week after the next one was due, in an account that was read until
then, means that it stopped. Money is back when the merchant paid in what was asked for, or more.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from firsthand.vault.settle.cases import Subject

NOTICE_DAYS = 31  # the longest notice that most laws allow once a contract has renewed itself
LATE_DAYS = 7
UNKNOWN = "unknown"


class Paid(msgspec.Struct, frozen=True, order=True):
    """One later payment with the merchant of a case; `back` is money that came in."""

    date: datetime.date
    amount: Decimal
    id: str
    back: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What payments say. `outcome` is stopped, went-on, came-back, lower, same, arrived or unknown.

    `things` are the ids of the things that it stands on; `known_by` is the day from which a
    statement would tell, where it is not known yet.
    """

    outcome: str
    things: list[str] = []
    known_by: datetime.date | None = None


def verdict_of(
    kind: str,
    subject: Subject,
    *,
    since: datetime.date,
    seen_until: datetime.date | None,
    paid: Sequence[Paid],
    arrived: Sequence[str] = (),
) -> Verdict:
    """What `paid` (with this merchant, in this currency) says of a case that was sent on `since`.

    `seen_until` is the last day that the account's statements tell of, None if there are none.
    `arrived` are the things that say that the parcel was delivered.
    """
    if arrived:
        return Verdict(outcome="arrived", things=list(arrived))
    later = sorted(each for each in paid if each.date > since)
    if kind == "cancel":
        return _ended(subject, since, seen_until, [each for each in later if not each.back])
    if kind == "renegotiate":
        return _cheaper(subject, [each for each in later if not each.back])
    if kind in ("contest", "recall", "refund"):
        return _back(subject, [each for each in later if each.back])
    return Verdict(outcome=UNKNOWN)


def _ended(
    subject: Subject, since: datetime.date, seen_until: datetime.date | None, later: list[Paid]
) -> Verdict:
    ended = since + datetime.timedelta(NOTICE_DAYS)
    after = [each for each in later if each.date > ended]
    if after:
        return Verdict(outcome="went-on", things=[each.id for each in after])
    if not subject.every_days:  # nobody knows when it would have been paid again
        return Verdict(outcome=UNKNOWN)
    due = _next_after(subject, ended)
    known_by = due + datetime.timedelta(LATE_DAYS)
    if seen_until is not None and seen_until >= known_by:
        return Verdict(outcome="stopped")
    return Verdict(outcome=UNKNOWN, known_by=known_by)


def _next_after(subject: Subject, day: datetime.date) -> datetime.date:
    """The first day after `day` on which it would have been paid again."""
    every = subject.every_days
    due = _day(subject.next) or day
    if due <= day:
        due += datetime.timedelta(((day - due).days // every + 1) * every)
    return due


def _cheaper(subject: Subject, later: list[Paid]) -> Verdict:
    if not later:
        return Verdict(outcome=UNKNOWN, known_by=_day(subject.next))
    last = later[-1]
    lower = last.amount < Decimal(subject.amount)
    return Verdict(outcome="lower" if lower else "same", things=[last.id])


def _back(subject: Subject, later: list[Paid]) -> Verdict:
    asked = Decimal(subject.amount or "0")
    came: list[Paid] = []
    for each in later:
        came.append(each)
        if sum((one.amount for one in came), Decimal(0)) >= asked:
            return Verdict(outcome="came-back", things=[one.id for one in came])
    return Verdict(outcome=UNKNOWN)


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
