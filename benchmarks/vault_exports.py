"""A made-up export of any size: ten years of bank statements and of a full viewing activity.

Some payments come again every month, most are purchases; some titles are seen again. Every run
makes the same rows.
"""

from __future__ import annotations

import csv
import datetime
import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES_OF_BANK, FILES_OF_NETFLIX = 6, 4
BANK_SHARE = 0.6
FIRST, DAYS = datetime.date(2016, 11, 1), 3650
FREQUENT, RARE, TWO, PREFIX, NOTHING = (
    "Kaffeehaus",
    "Leuchtturmfest",
    "groceries Linden",
    "ka",
    ("Quastenflosser"),
)
_FIRST = ("Linden", "Hafen", "Markt", "Berg", "See", "Nord", "Alt", "Wald", "Feld", "Brunnen")
_SECOND = ("Bakery", "Books", "Cinema", "Chemist", "Garden", "Travel", "Tools", "Shoes", "Fuel")
_CLUBS = ("Gym", "Telecom", "Streaming")
_WORDS = ("card payment", "groceries", "invoice", "transfer", "standing order", "refund of none")
_SHOWS = ("Harbour", "Lighthouse", "Station", "Orchard", "Signal", "Winter", "Archive", "Ferry")


def write_exports(folder: Path, things: int, seed: int = 4711) -> list[Path]:
    """Write the files of `things` rows into `folder`; returns their paths."""
    dice = random.Random(seed)
    bank = int(things * BANK_SHARE)
    sizes = _shares(bank, FILES_OF_BANK)
    paths = []
    for number, (first, count) in enumerate(sizes):
        path = folder / f"statement-{number + 1}.csv"
        rows = _payments(dice, first, count, bank)
        _write(path, ("Date", "Payee", "Description", "Amount", "Currency"), rows)
        paths.append(path)
    views = things - bank
    for number, (first, count) in enumerate(_shares(views, FILES_OF_NETFLIX)):
        path = folder / f"ViewingActivity-{number + 1}.csv"
        columns = (
            "Profile Name", "Start Time", "Duration", "Attributes", "Title",
            "Supplemental Video Type", "Device Type", "Bookmark", "Latest Bookmark", "Country",
        )  # fmt: skip
        _write(path, columns, reversed(list(_views(dice, first, count, views))))
        paths.append(path)
    return paths


def _shares(whole: int, parts: int) -> list[tuple[int, int]]:
    cuts = [whole * part // parts for part in range(parts + 1)]
    return [(a, b - a) for a, b in pairwise(cuts)]


def _write(path: Path, columns: tuple[str, ...], rows: Iterator[Any]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)


def _payments(dice: random.Random, first: int, count: int, whole: int) -> Iterator[tuple[str, ...]]:
    shops = [f"{one} {two}" for one in _FIRST for two in _SECOND]
    clubs = [f"{one} {two}" for two in _CLUBS for one in _FIRST]
    before = FIRST + datetime.timedelta(days=(first - 1) * DAYS // whole)
    for number in range(first, first + count):
        day = FIRST + datetime.timedelta(days=number * DAYS // whole)
        if day != before and day.day <= len(clubs):
            price = 5 + day.day + (1 if day.year > 2021 else 0)
            yield (
                day.isoformat(), clubs[day.day - 1], "monthly fee", f"-{price}.99", "EUR",
            )  # fmt: skip
            before = day
            continue
        before = day
        if number % 9 == 0:
            payee, text = f"{FREQUENT} am {dice.choice(_FIRST)}", "card payment"
        else:
            payee = shops[min(int(dice.expovariate(0.06)), len(shops) - 1)]
            text = dice.choice(_WORDS)
        if number == whole // 2:
            text = RARE
        yield (
            day.isoformat(), payee, f"{text} {dice.randrange(10**6):06d}",
            f"-{dice.randrange(100, 15000) / 100:.2f}", "EUR",
        )  # fmt: skip


def _views(dice: random.Random, first: int, count: int, whole: int) -> Iterator[tuple[str, ...]]:
    for number in range(first, first + count):
        at = datetime.datetime.combine(FIRST, datetime.time()) + datetime.timedelta(
            seconds=number * DAYS * 86_400 // whole
        )
        show = f"{dice.choice(_SHOWS)} {dice.choice(_FIRST)} {int(dice.expovariate(0.02))}"
        title = f"{show}: Season {dice.randrange(1, 5)}: Chapter {dice.randrange(1, 11)}"
        if number % 8 == 0:
            title = f"The {dice.choice(_SHOWS)} of {dice.choice(_FIRST)} {dice.randrange(5000)}"
        seconds = dice.randrange(60, 5400)
        length = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        profile = dice.choice(("Malik", "Greta"))
        yield (
            profile, f"{at:%Y-%m-%d %H:%M:%S}", length, "", title, "", "Television", length, length,
            "DE (Germany)",
        )  # fmt: skip
