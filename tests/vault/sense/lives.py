"""A made-up life of a few years, as things of every kind: what rules and pages of sense look at."""

# ruff: noqa: E501 - a thing stands on one line

import datetime
import random
from collections.abc import Iterator

from firsthand.protocol.things import Thing

HOME, WORK, AWAY = (
    ("Home street", 52.52, 13.40),
    ("The works", 52.50, 13.45),
    ("Lisbon", 38.72, -9.14),
)
CAFE = ("Café Nord", 52.53, 13.42)
SHOPS = (
    ("REWE Markt 12", 31.0, 3), ("Boulangerie Paul", 6.5, 4), ("Deutsche Bahn", 42.0, 12),
    ("Apotheke am Ring", 14.0, 25), ("Kettle & Bean", 4.2, 5), ("Zalando SE", 59.0, 30),
)  # fmt: skip
MONTHLY = (
    ("Netflix", 13.99, 4),
    ("Spotify", 10.99, 9),
    ("Deezer", 10.99, 11),
    ("Miete Haus 7", 890, 1),
)
SERIES = ("Dark", "Heimat", "The Lighthouse Accountant", "De Sluiswachter")
ARTISTS = ("Nina Simone", "Kraftwerk", "Amália Rodrigues", "Bill Evans", "A Band I Skip")
PEOPLE = ("Greta Holm", "Inês Duarte", "Tomasz Nowak", "June Park", "Pieter de Vries")
BOOKS = (("The Sluice", "Inês Arte"), ("Low Water", "Inês Arte"), ("Night Train", "T. Koval"))


def thing(kind: str, time: str | None, name: str, source: str = "made", **data: object) -> Thing:
    """One thing of a kind; its id follows from what is in it."""
    held: dict[str, object] = {"@type": kind, "name": name, **data}
    if time is not None:
        held["startTime"] = time
    id = f"{kind}-{time}-{name}-{source}-{sorted(map(str, data.items()))}"
    return Thing(id=id, type=kind, name=name, time=time, source=source, data=held)


def person(name: str) -> dict[str, object]:
    return {"@type": "Person", "name": name}


def place(spot: tuple[str, float, float]) -> dict[str, object]:
    name, latitude, longitude = spot
    geo = {
        "@type": "GeoCoordinates",
        "latitude": f"{latitude:.5f}",
        "longitude": f"{longitude:.5f}",
    }
    return {"@type": "Place", "name": name, "geo": geo}


def paid(
    time: str, name: str, price: float | str, currency: str = "EUR", kind: str = "PayAction"
) -> Thing:
    return thing(kind, time, name, "bank", price=str(price), priceCurrency=currency)


def seen(time: str, series: str, episode: str, minutes: int = 45) -> Thing:
    shown = {"@type": "TVEpisode", "name": episode,
             "partOfSeries": {"@type": "TVSeries", "name": series}}  # fmt: skip
    return thing("WatchAction", time, f"{series}: {episode}", "netflix",
                 object=shown, duration=f"PT{minutes}M")  # fmt: skip


def heard(time: str, artist: str, song: str, seconds: int = 200) -> Thing:
    piece = {
        "@type": "MusicRecording",
        "name": song,
        "byArtist": {"@type": "MusicGroup", "name": artist},
    }
    return thing("ListenAction", time, song, "spotify", object=piece, duration=f"PT{seconds}S")


def stayed(
    begun: datetime.datetime, left: datetime.datetime, spot: tuple[str, float, float]
) -> Thing:
    return thing("ArriveAction", f"{begun:%Y-%m-%dT%H:%M:%S}Z", spot[0], "timeline",
                 location=place(spot), endTime=f"{left:%Y-%m-%dT%H:%M:%S}Z")  # fmt: skip


def life(
    days: int = 700, until: datetime.date = datetime.date(2026, 5, 31), seed: int = 7
) -> list[Thing]:
    """Everything of so many days up to one, always the same."""
    dice = random.Random(seed)
    first = until - datetime.timedelta(days=days - 1)
    made: list[Thing] = []
    for number in range(days):
        made += _day(first + datetime.timedelta(days=number), number, dice)
    return made + list(_once(until))


def _day(day: datetime.date, number: int, dice: random.Random) -> Iterator[Thing]:
    away = 330 <= number < 340
    yield from _payments(day, number, dice)
    yield from _works(day, number, dice)
    spot = AWAY if away else HOME
    at = datetime.datetime.combine(day, datetime.time(19))
    yield stayed(at, at + datetime.timedelta(hours=12, minutes=30), spot)
    if not away and day.weekday() < 5:
        begun = datetime.datetime.combine(day, datetime.time(8, 30))
        yield stayed(begun, begun + datetime.timedelta(hours=8), WORK)
    if not away and day.weekday() == 5:
        begun = datetime.datetime.combine(day, datetime.time(10))
        yield stayed(begun, begun + datetime.timedelta(hours=1), CAFE)
        yield thing("Event", f"{day}T10:00:00Z", "Breakfast", "calendar", location=place(CAFE),
                    attendee=[person(PEOPLE[0])])  # fmt: skip
    if day.weekday() in {1, 6}:
        yield thing("ExerciseAction", f"{day}T06:30:00Z", "Morning run", "watch",
                    exerciseType="Running", duration=f"PT{dice.randrange(25, 50)}M",
                    distance={"@type": "QuantitativeValue", "value": f"{dice.randrange(40, 95) / 10}",
                              "unitCode": "KMT"})  # fmt: skip
    for _ in range(dice.randrange(4)):
        name = dice.choice(PEOPLE[: 2 + number // 200])
        yield thing("CommunicateAction", f"{day}T{dice.randrange(9, 22):02}:{dice.randrange(60):02}:00Z",
                    f"Message to {name}", "messages", sender=person("Malik Odeh"),
                    recipient=person(name), text="See you")  # fmt: skip


def _payments(day: datetime.date, number: int, dice: random.Random) -> Iterator[Thing]:
    for name, price, every in SHOPS:
        if number % every == 0:
            yield paid(f"{day}", name, f"{price * (0.6 + dice.random()):.2f}")
    for name, price, on in MONTHLY:
        if day.day == on and (name != "Deezer" or number > 400):
            yield paid(f"{day}", name, f"{price:.2f}")
    if day.day == 28:
        yield paid(f"{day}", "Gehalt ACME GmbH", "2900.00", kind="ReceiveAction")


def _works(day: datetime.date, number: int, dice: random.Random) -> Iterator[Thing]:
    if dice.random() < 0.6 and number < 560:
        series = SERIES[(number // 60) % len(SERIES)]
        for part in range(dice.randrange(1, 4)):
            yield seen(
                f"{day}T{20 + part}:{dice.randrange(10, 50)}:00Z",
                series,
                f"Part {number % 60 + part}",
            )
    for _ in range(dice.randrange(8)):
        artist = dice.choice(ARTISTS)
        seconds = 12 if artist == ARTISTS[-1] else dice.randrange(120, 320)
        yield heard(f"{day}T{dice.randrange(7, 19):02}:{dice.randrange(60):02}:{dice.randrange(60):02}Z",
                    artist, f"Song {dice.randrange(30)}", seconds)  # fmt: skip


def _once(until: datetime.date) -> Iterator[Thing]:
    for name in PEOPLE:
        yield thing(
            "Person", None, name, "contacts", email=f"{name.split()[0].lower()}@example.org"
        )
    for at, (name, author) in enumerate(BOOKS):
        day = until - datetime.timedelta(days=90 * at + 20)
        yield thing("ReadAction", f"{day}", name, "goodreads",
                    object={"@type": "Book", "name": name, "author": person(author)},
                    result={"@type": "Review", "reviewRating":
                            {"@type": "Rating", "ratingValue": f"{5 - 2 * (at == 2)}", "bestRating": "5"}})  # fmt: skip
    day = until - datetime.timedelta(days=40)
    yield paid(f"{day}", "Media Markt 7", "249.00")
    yield thing("PayAction", f"{day}", "Media Markt 7", "bank", price="249.00", priceCurrency="EUR",
                identifier="2")  # fmt: skip
    yield paid(f"{day}", "Greta Holm", "35.00")
