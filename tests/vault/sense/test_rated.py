"""A rating that stands by itself counts towards taste, and not as one more time seen."""

from firsthand.protocol.things import Thing
from firsthand.vault.sense.counting import Counting

FILM = {"@type": "Movie", "name": "Nope"}


def made(kind: str, time: str | None, **data: object) -> Thing:
    whole = {"@type": kind, "name": "Nope", "startTime": time, "object": FILM, **data}
    return Thing(id=kind, type=kind, name="Nope", time=time, source="letterboxd", data=whole)


def test_a_rating_is_no_viewing() -> None:
    counting = Counting()
    counting.take(made("WatchAction", None))
    rating = {"@type": "Rating", "ratingValue": "4", "bestRating": "5"}
    counting.take(made("ReviewAction", "2024-01-05", result={"reviewRating": rating}))
    counting.take(made("ReviewAction", "2024-01-06", result={"reviewBody": "Yes."}))
    tally = counting.sums.tallies["taste", "nope", "watch"]
    assert (tally.things, tally.rated) == (1, (80, 1))
