"""What a person pays and receives, day after day: a stream that the same chance repeats.

Like `viewing`, it is made day by day: a later end only adds to it. Amounts are in hundredths.
"""

import calendar
import datetime
from collections.abc import Iterator

import msgspec

from firsthand.foundation.ids import Chance
from firsthand.town.dice import Dice

SATURDAY = 5
MONTHS_A_YEAR = 12


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What comes again and again: on `day` of the month (31 is its end), every `months`.

    `cents` is positive for money in. `rises` are (month, cents): from that month on, counted from
    the first, it costs that. `skips` are months without it. Nothing is booked on a weekend: it
    comes on the Monday after; money in comes on the Friday before.
    """

    name: str
    text: str
    day: int
    cents: int
    months: int = 1
    first: int = 0
    rises: tuple[tuple[int, int], ...] = ()
    skips: tuple[int, ...] = ()
    wobble: int = 0

    def due(self, month: int) -> bool:
        """Whether something is due in this month, counted from the first."""
        return month >= self.first and (month - self.first) % self.months == 0 and (
            month not in self.skips
        )  # fmt: skip

    def price(self, month: int) -> int:
        """What it costs in this month, in hundredths."""
        cents = self.cents
        for since, risen in self.rises:
            if month >= since:
                cents = risen
        return cents


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """A place where a person pays now and then: in `percent` of days, between two amounts."""

    name: str
    text: str
    percent: int
    low: int
    high: int


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a person pays and receives, in one currency (ISO 4217)."""

    currency: str
    standing: tuple[Standing, ...]
    shops: tuple[Shop, ...]
    opening: int = 184_000


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a statement. `cents` is negative for money out; `number` counts from 1."""

    number: int
    day: datetime.date
    name: str
    text: str
    cents: int
    balance: int


def spending(
    budget: Budget, chance: Chance, first: datetime.date, last: datetime.date
) -> list[Booking]:
    """Every booking from `first` to `last`, both included, the oldest first."""
    dice = Dice(chance)
    found: list[Booking] = []
    balance = budget.opening
    for offset in range((last - first).days + 1):
        day = first + datetime.timedelta(days=offset)
        for name, text, cents in [*_standing(budget, first, day, dice), *_shops(budget, day, dice)]:
            balance += cents
            number = len(found) + 1
            found.append(
                Booking(number=number, day=day, name=name, text=text, cents=cents, balance=balance)
            )
    return found


def _standing(
    budget: Budget, first: datetime.date, day: datetime.date, dice: Dice
) -> Iterator[tuple[str, str, int]]:
    for each in budget.standing:
        due = _due_on(each, day)
        if due is None:
            continue
        month = (due.year - first.year) * MONTHS_A_YEAR + due.month - first.month
        wobble = dice.between(-each.wobble, each.wobble) if each.wobble else 0
        if each.due(month):
            yield each.name, each.text.format(month=f"{due:%m/%Y}"), each.price(month) + wobble


def _due_on(each: Standing, day: datetime.date) -> datetime.date | None:
    """The due date that is booked on `day`, or None. It looks from two days before to two after."""
    for shift in range(-2, 3):
        due = day + datetime.timedelta(days=shift)
        length = calendar.monthrange(due.year, due.month)[1]
        if due.day == min(each.day, length) and _booked(due, each) == day:
            return due
    return None


def _booked(due: datetime.date, each: Standing) -> datetime.date:
    past = due.weekday() - (SATURDAY - 1)
    if past <= 0:
        return due
    return due + datetime.timedelta(days=-past if each.cents > 0 else 3 - past)


def _shops(budget: Budget, day: datetime.date, dice: Dice) -> Iterator[tuple[str, str, int]]:
    saturday = day.weekday() == SATURDAY
    for shop in budget.shops:
        if dice.hits(min(90, shop.percent * (2 if saturday else 1))):
            cents = dice.between(shop.low, shop.high)
            place = dice.between(100, 899)
            yield shop.name, shop.text.format(place=place, day=f"{day:%d.%m}"), -cents
