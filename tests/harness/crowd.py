"""A crowd of made-up people, each with five organisations that get different parts of one life.

All live in one country with one currency and one language, so that none of these sets anybody
apart: that makes it harder for the vault's side, as chance is one in all of them. What joins the
parts of a life is that it is one: who is away watches nothing, shops nowhere and rides no bus.
"""

import datetime
from collections.abc import Iterator
from typing import Final

import msgspec

from firsthand.foundation.ids import SeededChance
from firsthand.protocol.roles.profile import FIELDS, Given, compose_given
from firsthand.protocol.signals import Signal, decode_signals, encode_signals
from firsthand.protocol.things import Thing
from firsthand.town.dice import Dice
from firsthand.town.spending import Booking, Budget, Shop, Standing, spending
from firsthand.town.viewing import Taste, View, viewing

PEOPLE: Final = 200
FIRST, LAST = datetime.date(2025, 1, 6), datetime.date(2025, 7, 6)  # 26 weeks from a Monday
DAYS: Final = (LAST - FIRST).days + 1
# Five that ask for different kinds, as roles do: what was watched, and four kinds of bills.
ORGANISATIONS: Final = ("Reel", "Chorus", "Current", "Gym", "Shield")
# Three that each see what a person does from day to day, and one more that gets titles.
DAILY: Final = ("Reel", "Larder", "Tram")
AGAIN: Final = "Spool"
EVERYBODY: Final = (*ORGANISATIONS, "Larder", "Tram", AGAIN)
GENRES: Final = (
    "Crime", "Comedy", "Sport", "Mystery", "Historical", "Drama", "Music", "Romance", "Cooking",
    "Thriller", "Science fiction", "Documentary", "Nature", "Travel", "Fantasy", "Animation",
)  # fmt: skip
PHONES: Final = ("Larkline", "Funkhaus", "Telemar", "Halo", "Pinecrest", "Belmaat")
PLANS: Final = (450, 790, 990, 1190, 1490, 1690, 2199, 2499)
POWERS: Final = ("Greenwave", "Stadtstrom", "Luz do Douro", "Northlight", "Millrace")
GYMS: Final = ("Irondock", "Kraftraum", "Northside")
SHIELDS: Final = ("Haftpflicht Union", "Shannonside")
LARDER, TRAM = "Larder loyalty", "City tram"


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """One person: their things by organisation, and the days that they were away."""

    number: int
    away: frozenset[datetime.date]
    things: dict[str, list[Thing]]


def crowd(people: int = PEOPLE, seed: int = 1) -> list[Life]:
    """So many people, the same for the same seed."""
    return [_life(number, 100_003 * seed + number) for number in range(people)]


def _life(number: int, seed: int) -> Life:
    dice = Dice(SeededChance(seed))
    away = _away(dice)
    views = [v for v in _viewing(dice, seed) if v.started.date() not in away and not v.trailer]
    budget = _budget(dice)
    bills = dict(zip(ORGANISATIONS[1:], (each.name for each in budget.standing), strict=True))
    paid = spending(budget, SeededChance(-seed), FIRST, LAST)
    there = [one for one in paid if one.day not in away or one.name in bills.values()]
    seen = [_watched(view, place) for place, view in enumerate(views)]
    return Life(
        number=number,
        away=away,
        things={
            "Reel": seen,
            AGAIN: [thing for thing in seen if dice.hits(50)],
            "Larder": [_paid(one) for one in there if one.name == LARDER],
            "Tram": [_paid(one) for one in there if one.name == TRAM],
            **{whose: [_paid(o) for o in there if o.name == name] for whose, name in bills.items()},
        },
    )


def _away(dice: Dice) -> frozenset[datetime.date]:
    """One to three absences of four days to two weeks and a half."""
    days: set[datetime.date] = set()
    for _ in range(dice.between(1, 3)):
        first = FIRST + datetime.timedelta(days=dice.below(DAYS))
        days |= {first + datetime.timedelta(days=more) for more in range(dice.between(4, 17))}
    return frozenset(days)


def _viewing(dice: Dice, seed: int) -> list[View]:
    taste = Taste(
        genres=tuple(dice.shuffled(GENRES)[:3]),
        evenings_percent=dice.between(25, 60),
        films_percent=dice.between(15, 45),
    )
    return viewing(taste, SeededChance(seed), FIRST, LAST)


def _budget(dice: Dice) -> Budget:
    """Four bills, in the order of the organisations that get them, and two places to pay at."""
    return Budget(
        currency="EUR",
        standing=(
            Standing(name=dice.pick(PHONES), text="", day=dice.between(1, 28),
                     cents=-dice.pick(PLANS)),
            Standing(name=dice.pick(POWERS), text="", day=dice.between(1, 28),
                     cents=-100 * dice.between(45, 140)),
            Standing(name=dice.pick(GYMS), text="", day=dice.between(1, 28),
                     cents=-10 * dice.between(190, 590), skips=(dice.below(12),)),
            Standing(name=dice.pick(SHIELDS), text="", day=dice.between(1, 28),
                     cents=-100 * dice.between(20, 70), months=3, first=dice.below(3)),
        ),
        shops=(
            Shop(name=LARDER, text="{place} {day}", percent=dice.between(12, 40), low=900,
                 high=7_900),
            Shop(name=TRAM, text="{day}", percent=dice.between(5, 35), low=320, high=640),
        ),
    )  # fmt: skip


def _watched(view: View, place: int) -> Thing:
    episode = f": Season {view.season}: {view.episode}" if view.season else ""
    name, time = view.title + episode, f"{view.started:%Y-%m-%dT%H:%M:%SZ}"
    data: dict[str, object] = {"@type": "WatchAction", "name": name, "startTime": time}
    return Thing(
        id=f"view {place}", type="WatchAction", name=name, time=time, source="netflix", data=data
    )


def _paid(booking: Booking) -> Thing:
    day = booking.day.isoformat()
    data: dict[str, object] = {
        "@type": "PayAction", "name": booking.name, "startTime": day,
        "price": f"{-booking.cents / 100:.2f}", "priceCurrency": "EUR",
    }  # fmt: skip
    return Thing(
        id=f"booking {booking.number}", type="PayAction", name=booking.name, time=day,
        source="bank", data=data,
    )  # fmt: skip


def held(lives: list[Life], organisation: str, precision: str) -> list[list[Given]]:
    """What an organisation holds of each of them: as the gate composes it, out of wire bytes."""
    return [list(_over_the_line(life.things[organisation], precision)) for life in lives]


def _over_the_line(things: list[Thing], precision: str) -> Iterator[Given]:
    fields = {kind: list(names) for kind, names in FIELDS.items()}
    signals = [
        Signal(
            specversion="1.0", id=str(place), source="urn:example:person", type="profile.given",
            agreement="0" * 64, purpose="personalisation", data=given,
        )
        for place, thing in enumerate(things)
        if (given := compose_given(thing, fields=fields, precision=precision)) is not None
    ]  # fmt: skip
    for start in range(0, len(signals), 500):
        for signal in decode_signals(encode_signals(signals[start : start + 500])):
            yield signal.data
