"""The six people of the town: who they are, what they have, and with whom they are connected."""

import datetime

import msgspec

from firsthand.foundation.ids import SeededChance
from firsthand.town import bank, budgets, netflix
from firsthand.town.spending import Budget, spending
from firsthand.town.viewing import Taste, viewing

HISTORY_DAYS = 790
# Everybody's, and shown on the first page: they are invented, and so is all that they have.
PASSPHRASE = "nobody here is real"  # noqa: S105


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """With which organisation a person is, under which account there, and if they say so.

    `first` are the terms that they ask for first, in vain; then they ask for the usual ones.
    """

    organisation: str
    account: str
    tied: bool = True
    first: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One of the town.

    `phone` is who their phone bill goes to, as their vault names it. `full` is the country of a
    person who asked Netflix for the full export; the others have the short history.
    """

    key: str
    name: str
    words: str
    seed: int
    language: str
    way: str
    taste: Taste
    budget: Budget
    phone: str
    members: tuple[Member, ...]
    full: str | None = None

    def exports(
        self, begun: datetime.date, first: datetime.date, last: datetime.date
    ) -> list[tuple[str, bytes]]:
        """Two exports, (file name, bytes) each, with what happened from `first` to `last`.

        `begun` is the first day of all that there is: the same person with the same `begun` has
        the same history, however much of it an export holds.
        """
        films = viewing(self.taste, SeededChance(self.seed), begun, last)
        money = spending(self.budget, SeededChance(-self.seed), begun, last)
        seen = [view for view in films if first <= view.started.date() <= last]
        booked = [booking for booking in money if first <= booking.day <= last]
        if self.full is not None:
            shown = netflix.ACTIVITY_NAME, netflix.activity(seen, self.language, self.full)
        else:
            shown = netflix.HISTORY_NAME, netflix.history(seen, self.language)
        return [shown, bank.statement(self.way, booked, self.budget.currency)]


REEL, CHORUS = "Reel", "Chorus"

PEOPLE: tuple[Person, ...] = (
    Person(
        key="malik",
        name="Malik Okonjo",
        words="Plans lorries in Dublin. Subscribes to everything; three of it got dearer.",
        seed=101,
        language="en",
        way="irish",
        taste=Taste(
            genres=("Crime", "Comedy", "Sport"), evenings_percent=48, films_percent=22
        ),
        budget=budgets.IRISH,
        phone="Larkline Mobile",
        members=(
            Member(organisation=REEL, account="R-1001"),
            Member(organisation=CHORUS, account="C-4401"),
        ),
    ),
    Person(
        key="greta",
        name="Greta Sommer",
        words="Librarian in Leipzig. Her bank writes commas, her evenings belong to films.",
        seed=102,
        language="de",
        way="german",
        taste=Taste(
            genres=("Mystery", "Historical", "Drama"), evenings_percent=42, films_percent=45
        ),
        budget=budgets.GERMAN,
        phone="Funkhaus Mobil",
        members=(
            Member(organisation=REEL, account="R-1002"),
            Member(organisation=CHORUS, account="C-4402"),
        ),
    ),
    Person(
        key="ines",  # codespell:ignore
        name="Inês Carvalho",
        words="Teaches the piano in Porto. Watches one series again and again.",
        seed=103,
        language="pt",
        way="portuguese",
        taste=Taste(
            genres=("Music", "Romance", "Cooking"),
            evenings_percent=50,
            films_percent=15,
            again="A Casa dos Ventos",
        ),
        budget=budgets.PORTUGUESE,
        phone="Telemar Sul",
        members=(
            Member(organisation=REEL, account="R-1003"),
            Member(organisation=CHORUS, account="C-4403"),
        ),
    ),
    Person(
        key="tomasz",
        name="Tomasz Wrona",
        words="Welds ships in Gdańsk. Begins series with joy and has left five of them.",
        seed=104,
        language="pl",
        way="polish",
        taste=Taste(
            genres=("Thriller", "Science fiction", "Crime"),
            evenings_percent=40,
            films_percent=25,
            gives_up=(
                "Moss Protocol", "Cold Post", "Tidewater Nine", "Ulica Bursztynowa",
                "Marrow Lane",
            ),
        ),
        budget=budgets.POLISH,
        phone="Halo Wybrzeże",
        members=(Member(organisation=REEL, account="R-1004", first="PDC-GOOD"),),
    ),
    Person(
        key="june",
        name="June Abernathy",
        words="Prints posters in Portland. Shows what she watched, and keeps her name to herself.",
        seed=105,
        language="en",
        way="ofx",
        taste=Taste(
            genres=("Documentary", "Nature", "Travel"), evenings_percent=38, films_percent=40
        ),
        budget=budgets.AMERICAN,
        phone="Pinecrest Wireless",
        members=(Member(organisation=REEL, account="R-1005", tied=False),),
    ),
    Person(
        key="pieter",
        name="Pieter Vermeulen",
        words="Watches dikes in Utrecht, cartoons with Saar, and every trailer there is.",
        seed=106,
        language="nl",
        way="dutch",
        full="NL (Netherlands)",
        taste=Taste(
            genres=("Drama", "Fantasy", "Mystery"),
            evenings_percent=34,
            films_percent=35,
            profiles=(
                ("Pieter", "Television in the living room", ("Drama", "Fantasy", "Mystery")),
                ("Saar", "Tablet", ("Animation", "Family")),
            ),
        ),
        budget=budgets.DUTCH,
        phone="Belmaat",
        members=(
            Member(organisation=REEL, account="R-1006"),
            Member(organisation=CHORUS, account="C-4406"),
        ),
    ),
)  # fmt: skip
