"""Goodreads: the library export. What was read, what is being read, what somebody wants to read."""

import re
from collections.abc import Mapping
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Export
from firsthand.vault.sources.headed import (
    Cells,
    Headed,
    LeftOut,
    NotARow,
    has_columns,
    text_and_answers,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source

FORMAT = "Goodreads library"
_GIVEN_UP = frozenset(
    ["dnf", "did-not-finish", "didnt-finish", "abandoned", "unfinished", "gave-up", "not-finished"]
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ISBN = re.compile(r"[^0-9Xx]")


def claims(head: Head) -> bool:
    """Whether a file names the columns of a Goodreads library."""
    return has_columns(head, "title", "author", "exclusive shelf", "date added")


def open_goodreads(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open a library. Raises UnableToRead."""
    text, given = text_and_answers(name, stream, answers)
    return Headed(
        "goodreads", FORMAT, text, answers=given, make=_thing, dates=("date read", "date added")
    )


def _thing(cells: Cells, identity: Identity) -> Thing:
    title = cells["title"]
    if not title:
        raise NotARow("The title is missing.")
    shelf = cells["exclusive shelf"].lower()
    read, added = cells.day("date read"), cells.day("date added")
    status = ""
    if shelf == "to-read":
        kind, time = "WantAction", added
    elif shelf == "currently-reading":
        kind, time, status = "ReadAction", added, "ActiveActionStatus"
    elif shelf in _GIVEN_UP:
        kind, time, status = "ReadAction", read, "FailedActionStatus"
    elif shelf == "read" or read or cells["read count"] not in ("", "0"):
        kind, time = "ReadAction", read
    else:
        raise LeftOut("a book on a shelf of your own, not said to be read or wanted")
    data: dict[str, object] = {"@type": kind, "name": title}
    if time:
        data["startTime"] = time
    if status:
        data["actionStatus"] = status
    data["object"] = _book(cells, title)
    result = _review(cells)
    if result and kind == "ReadAction":
        data["result"] = result
    shelves = [each.strip() for each in cells["bookshelves"].split(",") if each.strip()]
    own = [each for each in shelves if each.lower() not in (shelf, "read", "to-read")]
    if own:
        data["keywords"] = own
    stable = cells["book id"] or f"{title}\x1f{cells['author']}"
    key = identity.of([stable, kind, status, read])
    return Thing(id=key, type=kind, name=title, time=time, source="goodreads", data=data)


def _book(cells: Cells, title: str) -> dict[str, object]:
    book: dict[str, object] = {"@type": "Book", "name": title}
    names = [cells["author"], *cells["additional authors"].split(",")]
    people: list[object] = [
        {"@type": "Person", "name": " ".join(name.split())} for name in names if name.strip()
    ]
    if people:
        book["author"] = people[0] if len(people) == 1 else people
    isbn = _ISBN.sub("", cells["isbn13"]) or _ISBN.sub("", cells["isbn"])
    if len(isbn) in (10, 13):
        book["isbn"] = isbn.upper()
    if cells["number of pages"].isdigit():
        book["numberOfPages"] = cells["number of pages"]
    year = cells["original publication year"] or cells["year published"]
    if year:
        book["datePublished"] = year
    return book


def _review(cells: Cells) -> dict[str, object]:
    review: dict[str, object] = {}
    rating = cells["my rating"]
    if rating and rating.strip("0.,"):
        value = rating.replace(",", ".").removesuffix(".0").removesuffix(".00")
        review["reviewRating"] = {"@type": "Rating", "ratingValue": value, "bestRating": "5"}
    if body := _BREAK.sub("\n", cells["my review"]).strip():
        review["reviewBody"] = body
    return {"@type": "Review", **review} if review else {}


SOURCE = Source(
    key="goodreads",
    facts=Facts(
        name="Goodreads",
        files=("goodreads_library_export.csv",),
        how=(
            "On a computer, sign in at goodreads.com.",
            "Open My Books, and in the column on the left, under Tools, Import and export.",
            "Press Export library, and wait for the link to appear above the button.",
            "Save the file and drop it here.",
        ),
        holds="Every book on your shelves, when you read it, and what you thought of it.",
        finds="What you read in a year, which authors you come back to, what waits unread.",
        wait="a few minutes",
        days_max=180,
    ),
    claims=claims,
    open=open_goodreads,
)
