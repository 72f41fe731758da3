"""Two exports to try things with, for people who have none of their own at hand."""

import datetime

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import SeededChance
from firsthand.town import bank, budgets, netflix
from firsthand.town.spending import spending
from firsthand.town.viewing import Taste, viewing

DAYS = 540
_SEED = 7
_TASTE = Taste(
    genres=("Comedy", "Mystery", "Travel"),
    evenings_percent=45,
    films_percent=30,
    again="The Lighthouse Accountant",
    gives_up=("Marrow Lane", "Fog Committee", "The Wide Kiln"),
)


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """An invented export: its file name, its bytes, and two lines that a person reads."""

    name: str
    content: bytes
    label: str
    words: str


def samples(clock: Clock) -> tuple[Sample, ...]:
    """A bank statement and a Netflix history that end yesterday by `clock`."""
    last = clock.now().date() - datetime.timedelta(days=1)
    first = last - datetime.timedelta(days=DAYS)
    booked = spending(budgets.IRISH, SeededChance(_SEED), first, last)
    seen = viewing(_TASTE, SeededChance(_SEED), first, last)
    name, content = bank.statement("irish", booked, budgets.IRISH.currency)
    return (
        Sample(
            name=f"sample-bank-{name}",
            content=content,
            label="A bank statement",
            words=f"{len(booked)} payments of a year and a half, many of them subscriptions.",
        ),
        Sample(
            name=f"sample-{netflix.HISTORY_NAME}",
            content=netflix.history(seen, "en"),
            label="A Netflix history",
            words=f"{len(seen)} evenings with films and series that do not exist.",
        ),
    )
