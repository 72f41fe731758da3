"""Letterboxd: films in a diary, seen, rated, reviewed, liked, or on the list of those to see.

Three of its files have the same columns. What such a file means is told by its name where that is
the one Letterboxd gives, for the person to correct; otherwise the person is asked.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import (
    Answers,
    Each,
    Export,
    Guess,
    Question,
    Skipped,
    Unreadable,
)
from firsthand.vault.sources.headed import (
    Cells,
    Headed,
    LeftOut,
    NotARow,
    first_lines,
    names_of,
    text_and_answers,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed
from firsthand.vault.sources.text import TextFile

FORMAT = "Letterboxd"
_URI = "letterboxd uri"
SEEN, WANTED, LIKED = "films I have seen", "films I want to see", "films I like"
_CHOICES = [SEEN, WANTED, LIKED]
_COMMENTS = {"date", "content", "comment"}
_PROFILE = {"date joined", "username", "favorite films"}
_LIST = "Letterboxd list export"
_OWN = "a line of a list of your own, or of your profile"
_DELETED = "what you deleted at Letterboxd, of which it still has a copy"
_BY_NAME = {"watched": SEEN, "watchlist": WANTED, "films": LIKED}


def claims(head: Head) -> bool:
    """Whether a file names the columns that Letterboxd gives."""
    names = set(names_of(head.text[:8192])[0])
    return (
        {"date", "name", "year", _URI} <= names
        or names == _COMMENTS
        or names >= _PROFILE
        or head.text.startswith(_LIST)
    )


def open_letterboxd(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open one file of the export. Raises UnableToRead."""
    text, given = text_and_answers(name, stream, answers)
    lines = first_lines(text, 10)
    line = next((said for _, said, _ in lines if said and said.strip()), "")
    columns = set(names_of(line)[0])
    if line.startswith(_LIST) or columns >= _PROFILE:
        return Streamed("letterboxd", FORMAT, partial(_left_out, text))
    if "deleted" in name.replace("\\", "/").lower().split("/")[:-1]:
        return Streamed("letterboxd", FORMAT, partial(_left_out, text, _DELETED))
    make: Callable[[Cells, Identity], Thing]
    questions: list[Question] = []
    guesses: list[Guess] = []
    if "watched date" in columns and "review" in columns:
        kind, make = "reviews", _reviewed
    elif "watched date" in columns:
        kind, make = "diary", _in_diary
    elif columns == _COMMENTS:
        kind, make = "comments", _commented
    elif "rating" in columns:
        kind, make = "ratings", _reviewed
    else:
        kind, make = _meant(name, given, questions, guesses)
    export = Headed(
        "letterboxd", f"{FORMAT} ({kind})", text,
        answers=given, make=make, dates=("watched date", "date"),
    )  # fmt: skip
    export.questions += questions
    export.guesses += guesses
    return export


def _meant(
    name: str, answers: Answers, questions: list[Question], guesses: list[Guess]
) -> tuple[str, partial[Thing]]:
    """What a list of films without more means."""
    bare = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0].strip().lower()
    named = next((_BY_NAME[word] for word in _BY_NAME if bare.startswith(word)), None)
    answer = answers.get("list", _CHOICES)
    meant = answer or named or SEEN
    if answer or named:
        guesses.append(Guess(answers.id("list"), "What this list of films is", meant, _CHOICES))
    else:
        ask = "Letterboxd gives three lists that look alike. Which one is this?"
        questions.append(Question(answers.id("list"), ask, _CHOICES))
    return meant, partial(_listed, meant)


def _film(cells: Cells) -> dict[str, object]:
    if not cells["name"]:
        raise NotARow("The name of the film is missing.")
    film: dict[str, object] = {"@type": "Movie", "name": cells["name"]}
    if cells["year"]:
        film["datePublished"] = cells["year"]
    return film


def _listed(meant: str, cells: Cells, identity: Identity) -> Thing:
    film, day = _film(cells), cells.day("date")
    kind = {SEEN: "WatchAction", WANTED: "WantAction", LIKED: "LikeAction"}[meant]
    data: dict[str, object] = {"@type": kind, "name": film["name"]}
    # The day a film was marked as seen is no day on which it was seen: it was then at the latest.
    if day and meant == SEEN:
        data["endTime"] = day
    elif day:
        data["startTime"] = day
    data["object"] = film
    key = identity.of([kind, cells["name"], cells["year"]])
    return _thing(key, data, None if meant == SEEN else day)


def _in_diary(cells: Cells, identity: Identity) -> Thing:
    film = _film(cells)
    day = cells.day("watched date") or cells.day("date")
    if day is None:
        raise NotARow("The date is missing.")
    data: dict[str, object] = {"@type": "WatchAction", "name": film["name"], "startTime": day}
    data["object"] = film
    if review := _review(cells):
        data["result"] = review
    if tags := [tag.strip() for tag in cells["tags"].split(",") if tag.strip()]:
        data["keywords"] = tags
    if cells["rewatch"].lower() == "yes":
        data["description"] = "seen again"
    key = identity.of(["diary", cells["name"], cells["year"], day])
    return _thing(key, data, day)


def _reviewed(cells: Cells, identity: Identity) -> Thing:
    film, day = _film(cells), cells.day("date")
    review = _review(cells)
    if not review:
        raise LeftOut("a film without a rating or a word about it")
    kind = "ReviewAction"
    data: dict[str, object] = {"@type": kind, "name": film["name"]}
    if day:
        data["startTime"] = day
    data |= {"object": film, "result": review}
    told = "told" if "reviewBody" in review else "rated"
    key = identity.of([told, cells["name"], cells["year"], day, cells[_URI]])
    return _thing(key, data, day)


def _review(cells: Cells) -> dict[str, object]:
    review: dict[str, object] = {}
    if rating := cells["rating"].replace(",", "."):
        whole, _, half = rating.partition(".")
        if not (whole + half).isdecimal() or len(rating) > 4:
            raise NotARow(f'"{rating[:40]}" is not a rating.')
        value = rating.removesuffix(".0")
        review["reviewRating"] = {"@type": "Rating", "ratingValue": value, "bestRating": "5"}
    if cells["review"]:
        review["reviewBody"] = cells["review"]
    return {"@type": "Review", **review} if review else {}


def _thing(key: str, data: dict[str, object], time: str | None) -> Thing:
    return Thing(
        id=key, type=str(data["@type"]), name=str(data["name"]), time=time,
        source="letterboxd", data=data,
    )  # fmt: skip


def _commented(cells: Cells, identity: Identity) -> Thing:
    day, text = cells.day("date"), cells["comment"]
    if not text:
        raise NotARow("The comment is missing.")
    name = text[:80]
    data: dict[str, object] = {"@type": "CommentAction", "name": name}
    if day:
        data["startTime"] = day
    data |= {"object": {"@type": "WebPage", "url": cells["content"]}, "text": text}
    return _thing(identity.of(["comment", cells["content"], day, text]), data, day)


def _left_out(text: TextFile, reason: str = _OWN) -> Iterator[Each]:
    """Every line of a list that somebody made, of the profile, or deleted: nothing is kept."""
    for number, line, why in text.lines():
        if line is None:
            yield Unreadable(number, why or "This line is damaged.")
        elif line.strip() and number > 1:
            yield Skipped(number, reason)


SOURCE = Source(
    key="letterboxd",
    facts=Facts(
        name="Letterboxd",
        files=(
            "diary.csv", "watched.csv", "ratings.csv", "reviews.csv", "watchlist.csv",
            "likes/films.csv",
        ),
        how=(
            "Sign in at letterboxd.com and open Settings.",
            "Open Data, and press Export your data.",
            "Save the archive and drop it here.",
        ),
        holds="Films: when you saw them, your stars, your words, what you like and want to see.",
        finds="Your year in films, what you rate high, what has waited longest on your list.",
        wait="at once",
        days_max=180,
    ),
    claims=claims,
    open=open_letterboxd,
)  # fmt: skip
