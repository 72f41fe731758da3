"""Goodreads and Letterboxd, as they come and as a spreadsheet saved them."""

import io

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Row, Skipped, Unreadable, open_export

BOOKS = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,"
    "Publisher,Binding,Number of Pages,Year Published,Original Publication Year,Date Read,"
    "Date Added,Bookshelves,Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,"
    "Private Notes,Read Count,Owned Copies\n"
)
DUNE = (
    '234225,"Dune (Dune, #1)",Frank Herbert,"Herbert, Frank",June Other,"=""0441172717""",'
    '"=""9780441172719""",5,4.27,Ace,Paperback,604,2005,1965,2024/02/13,2024/01/02,favorites,'
    'favorites (#1),read,"Sand.<br/>More sand, ""much"".",,,1,0\n'
)
REST = (
    '2,Piranesi,Susanna Clarke,"Clarke, Susanna",,"=""""","=""""",0,4.2,,Hardcover,,2020,2020,,'
    "2024/02/11,to-read,to-read (#3),to-read,,,,0,0\n"
    '3,Ulysses,James Joyce,"Joyce, James",,,,0,3.7,,,,1990,1922,,2023/05/01,currently-reading,'
    "currently-reading (#1),currently-reading,,,,1,0\n"
    '4,Owned,Jo,"Jo",,,,0,3.7,,,,1990,1922,,2023/05/01,owned,owned (#1),owned,,,,0,0\n'
    '5,,Jo,"Jo",,,,0,3.7,,,,1990,1922,,2023/05/01,,,read,,,,0,0\n'
    '6,Late,Jo,"Jo",,,,3,3.7,,,,1990,1922,2023/55/01,2023/05/01,,,read,,,,0,0\n'
)


def each(text: str | bytes, name: str = "export.csv", **answers: str) -> list[object]:
    raw = text.encode() if isinstance(text, str) else text
    export = open_export(name, io.BytesIO(raw), answers)
    assert export.questions == []
    return list(export.rows())


def things(text: str | bytes, name: str = "export.csv") -> list[Thing]:
    return [row.thing for row in each(text, name) if isinstance(row, Row)]


def test_a_book_that_was_read() -> None:
    (book,) = things(BOOKS + DUNE)
    assert (book.source, book.type, book.time) == ("goodreads", "ReadAction", "2024-02-13")
    assert book.data == {
        "@type": "ReadAction",
        "name": "Dune (Dune, #1)",
        "startTime": "2024-02-13",
        "object": {
            "@type": "Book",
            "name": "Dune (Dune, #1)",
            "author": [
                {"@type": "Person", "name": "Frank Herbert"},
                {"@type": "Person", "name": "June Other"},
            ],
            "isbn": "9780441172719",
            "numberOfPages": "604",
            "datePublished": "1965",
        },
        "result": {
            "@type": "Review",
            "reviewRating": {"@type": "Rating", "ratingValue": "5", "bestRating": "5"},
            "reviewBody": 'Sand.\nMore sand, "much".',
        },
        "keywords": ["favorites"],
    }


def test_every_row_of_a_library_comes_out() -> None:
    rows = each(BOOKS + DUNE + REST)
    assert [type(row) for row in rows] == [Row, Row, Row, Skipped, Unreadable, Unreadable]
    kinds = [row.thing.type for row in rows if isinstance(row, Row)]
    assert kinds == ["ReadAction", "WantAction", "ReadAction"]
    assert "own" in str(rows[3])
    assert "title" in str(rows[4])
    assert "2023/55/01" in str(rows[5])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_may_have_saved_it(encoding: str, delimiter: str) -> None:
    header = delimiter.join(["Title", "Author", "Exclusive Shelf", "Date Read", "Date Added"])
    rows = [["Für Elise", "J", "read", f"{day}.02.2024", "01.01.2024"] for day in (13, 14)]
    text = "\r\n".join([f"sep={delimiter}", header, *(delimiter.join(row) for row in rows)])
    found = things(text.encode(encoding))
    assert [(book.name, book.time) for book in found] == [
        ("Für Elise", "2024-02-13"),
        ("Für Elise", "2024-02-14"),
    ]


def test_the_same_library_later_adds_only_what_is_new() -> None:
    before, after = things(BOOKS + DUNE), things(BOOKS + REST + DUNE)
    assert {book.id for book in before} < {book.id for book in after}


DIARY = (
    "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
    '2024-01-05,"Dune: Part One, again",2021,https://boxd.it/aaa,4.5,Yes,"cinema, with June",'
    "2024-01-03\n"
    "2024-01-06,Nope,2022,https://boxd.it/bbb,,,,2024-01-06\n"
    "2024-01-06,Nope,2022,https://boxd.it/ccc,x,,,2024-01-06\n"
)


def test_a_film_in_the_diary() -> None:
    first, second, third = each(DIARY)
    assert isinstance(first, Row)
    assert first.thing.data == {
        "@type": "WatchAction",
        "name": "Dune: Part One, again",
        "startTime": "2024-01-03",
        "object": {"@type": "Movie", "name": "Dune: Part One, again", "datePublished": "2021"},
        "result": {
            "@type": "Review",
            "reviewRating": {"@type": "Rating", "ratingValue": "4.5", "bestRating": "5"},
        },
        "keywords": ["cinema", "with June"],
        "description": "seen again",
    }
    assert isinstance(second, Row)
    assert "result" not in second.thing.data
    assert isinstance(third, Unreadable)


FILMS = "Date,Name,Year,Letterboxd URI\n2024-01-05,Nope,2022,https://boxd.it/bbb\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("watched.csv", "WatchAction"),
        ("a.zip/watchlist.csv", "WantAction"),
        ("likes/films.csv", "LikeAction"),
        ("watched (1).csv", "WatchAction"),
    ],
)
def test_three_files_look_alike_and_their_names_are_a_guess(name: str, kind: str) -> None:
    export = open_export(name, io.BytesIO(FILMS.encode()), {})
    assert [row.thing.type for row in export.rows() if isinstance(row, Row)] == [kind]
    (guess,) = export.guesses
    other = open_export(name, io.BytesIO(FILMS.encode()), {guess.id: "films I like"})
    assert [row.thing.type for row in other.rows() if isinstance(row, Row)] == ["LikeAction"]


def test_a_list_with_another_name_is_asked_for() -> None:
    export = open_export("list.csv", io.BytesIO(FILMS.encode()), {})
    (question,) = export.questions
    assert each(FILMS, "list.csv", **{question.id: "films I want to see"})


def test_reviews_ratings_comments_lists_and_the_profile() -> None:
    (review,) = things(
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n"
        '2024-01-05,Nope,2022,https://boxd.it/b,4,,"Long.\n\nAnd wide.",,2024-01-03\n'
    )
    assert review.type == "ReviewAction"
    assert review.data["result"] == {
        "@type": "Review",
        "reviewRating": {"@type": "Rating", "ratingValue": "4", "bestRating": "5"},
        "reviewBody": "Long.\n\nAnd wide.",
    }
    assert things("Date,Name,Year,Letterboxd URI,Rating\n2024-01-05,Nope,2022,https://b,4\n")
    assert things("Date,Content,Comment\n2024-01-05,https://boxd.it/x,<p>Yes</p>\n")
    listed = each("Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024-01-01,Best,,,\n")
    assert [type(row) for row in listed] == [Skipped, Skipped]


def test_what_was_deleted_at_letterboxd_is_not_brought_back() -> None:
    rows = each(DIARY, "letterboxd/deleted/diary.csv")
    assert [type(row) for row in rows] == [Skipped] * 3
    assert any(isinstance(row, Row) for row in each(DIARY))
