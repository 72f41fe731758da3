"""A made-up life of any size, in the files that services give: ten years of what a vault reads.

Artists, channels, shops, places and friends come as they do with people: few of them often, most of
them hardly ever. What is spread over the hours follows a day: work in the morning, music on the
way, films in the evening. Every run makes the same rows.
"""

import csv
import datetime
import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import vault_exports
from vault_exports import DAYS, FIRST

# So many things are in one file at most, so that making it takes bounded memory.
FILE_THINGS_MAX = 50_000
FRIENDS = 24
_SHARES = {
    "statement": 0.12, "viewing": 0.09, "youtube": 0.13, "searches": 0.02, "spotify": 0.22,
    "health": 0.12, "fixes": 0.12, "months": 0.09, "messages": 0.06, "calendar": 0.018,
    "orders": 0.01, "books": 0.002,
}  # fmt: skip
_CITIES = (
    ("Köln", 50.94, 6.96), ("Bonn", 50.73, 7.10), ("Aachen", 50.78, 6.08),
    ("Lisboa", 38.72, -9.14), ("Łódź", 51.76, 19.46), ("Utrecht", 52.09, 5.12),
    ("Lyon", 45.76, 4.84), ("Bologna", 44.49, 11.34), ("Hamburg", 53.55, 9.99),
    ("Porto", 41.15, -8.61),
)  # fmt: skip
_SPOTS = ("Teehaus", "Bäckerei", "Kino", "Bibliothek", "Markthalle", "Park", "Museum", "Bad")
_FRIENDS = ("Greta", "Inês", "Tomasz", "June", "Pieter")
_LAST = ("Linden", "Hafen", "Berg", "Wald", "Nord", "Brunnen", "Feld", "See", "Markt", "Alt")
_BRANDS = (
    "REWE", "Edeka", "Bäckerei", "Restaurant", "Café", "DB Fernverkehr", "Apotheke", "IKEA",
    "Shell", "Buchhandlung", "Kino", "Zara", "Fahrschule", "Decathlon", "Hotel", "Blumen", "Obi",
)  # fmt: skip
_CLUBS = (
    ("Spotify", 999, 1), ("Netflix", 1399, 4), ("Vodafone", 2999, 6), ("Gym Linden", 3490, 8),
    ("Stadtwerke Köln", 8600, 10), ("Hausverwaltung Berg", 98000, 1),
    ("Zeitung am Hafen", 1990, 15), ("Allianz", 4521, 12), ("Deezer", 1099, 20),
    ("iCloud", 299, 22),
)  # fmt: skip
_WORDS = ("Harbour", "Lighthouse", "Station", "Orchard", "Signal", "Winter", "Archive", "Ferry",
          "River", "Paper", "Garden", "Copper", "Velvet", "Northern", "Quiet",
          "Second")  # fmt: skip
_SPORTS = (("Running", 6.0), ("Cycling", 22.0), ("Walking", 4.0), ("Swimming", 1.2))
_HOURS = {"evening": (19, 23), "day": (8, 22), "work": (7, 18)}
Moment = datetime.datetime


def write_life(folder: Path, things: int) -> list[Path]:
    """Write the files of about `things` things into `folder`; returns their paths."""
    paths = []
    for kind, share in _SHARES.items():
        name, make = _MADE[kind]
        for number, (begun, count, whole) in enumerate(_parts(kind, max(1, round(things * share)))):
            dice = random.Random(f"{kind} {number}")
            path = folder / name.replace("*", f"{number:02}")
            path.write_bytes(make(dice, _moments(dice, begun, count, whole, kind)))
            paths.append(path)
    contacts = folder / "contacts.vcf"
    contacts.write_bytes(_contacts())
    return [*paths, contacts]


def _parts(kind: str, whole: int) -> Iterator[tuple[int, int, int]]:
    """The files of a kind: from which of its things on, how many, and of how many in all."""
    if kind == "messages":  # a file for each friend, those who write most first
        for number in range(min(FRIENDS, whole)):
            count = max(1, round(whole * 0.8**number / 5))
            yield 0, count, count
        return
    for begun in range(0, whole, FILE_THINGS_MAX):
        yield begun, min(FILE_THINGS_MAX, whole - begun), whole


def _moments(
    dice: random.Random, begun: int, count: int, whole: int, kind: str
) -> Iterator[Moment]:
    """The moments of the things from `begun` on, oldest first, at the hours of their kind."""
    hours = {"viewing": "evening", "youtube": "evening", "calendar": "work"}.get(kind, "day")
    first, last = _HOURS[hours]
    midnight = datetime.datetime.combine(FIRST, datetime.time(), datetime.UTC)
    per_day = whole / DAYS
    for number in range(begun, begun + count):
        day = int(number / per_day)
        place = number / per_day - day  # a day's things follow one another
        seconds = int((first + (last - first) * place) * 3600) + dice.randrange(60)
        yield midnight + datetime.timedelta(days=day, seconds=seconds)


def _few(dice: random.Random, many: int) -> int:
    """A number below `many`: small ones often, large ones hardly ever."""
    return int(many * dice.random() ** 4)


def _z(moment: Moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _title(number: int) -> str:
    words = _WORDS[number % 16], _WORDS[number // 16 % 16]
    return f"{words[0]} {words[1]}" + (f" {number // 256}" if number > 255 else "")


def _person(number: int) -> str:
    name = f"{_FRIENDS[number % 5]} {_LAST[number // 5 % 10]}"
    return name + (f"-{_LAST[number // 50 % 10]}" if number >= 50 else "")


def _table(rows: Iterator[tuple[Any, ...]], columns: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def _statement(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    def rows() -> Iterator[tuple[str, ...]]:
        day = ""
        for at in moments:
            if f"{at:%Y-%m-%d}" != day:
                day = f"{at:%Y-%m-%d}"
                yield from _monthly(at, day)
            chance = dice.random()
            shop = f"{_BRANDS[_few(dice, len(_BRANDS))]} {_LAST[_few(dice, 10)]}"
            cents = int(dice.lognormvariate(7.3, 0.8)) + 90
            if chance < 0.02:
                shop = _person(_few(dice, 40))
            words = vault_exports.FREQUENT if chance > 0.9 else "Kartenzahlung"
            yield day, shop, f"{words} {dice.randrange(10**6):06d}", f"-{cents / 100:.2f}", "EUR"

    return _table(rows(), ("Date", "Payee", "Description", "Amount", "Currency"))


def _monthly(at: Moment, day: str) -> Iterator[tuple[str, ...]]:
    for name, cents, on in _CLUBS:
        if at.day == on and not (name == "Deezer" and at.year < 2025):
            cents += 200 * ((at.year - FIRST.year) // 4) if cents < 10_000 else 0  # noqa: PLW2901
            yield day, name, "Lastschrift", f"-{cents / 100:.2f}", "EUR"
    if at.day == 28:  # pay day
        yield (
            day,
            "Teehandel Nord GmbH",
            "Gehalt",
            f"{3100 + 90 * (at.year - FIRST.year)}.00",
            "EUR",
        )


def _viewing(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    def rows() -> Iterator[tuple[str, ...]]:
        for number, at in enumerate(moments):
            show = _few(dice, 600)
            title = (
                f"{_title(show)}: Season {dice.randrange(1, 5)}: Chapter {dice.randrange(1, 11)}"
            )
            if number % 7 == 0:
                title = f"The {_title(_few(dice, 4000))}"
            seconds = dice.choice((dice.randrange(60, 600), 2700, 5400))
            length = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
            country = "PT (Portugal)" if at.month == 8 else "DE (Germany)"
            yield (dice.choice(("Malik", "Malik", "Greta")), f"{at:%Y-%m-%d %H:%M:%S}", length, "",
                   title, "", "Television", length, length, country)  # fmt: skip

    columns = ("Profile Name", "Start Time", "Duration", "Attributes", "Title",
               "Supplemental Video Type", "Device Type", "Bookmark", "Latest Bookmark",
               "Country")  # fmt: skip
    return _table(rows(), columns)


def _youtube(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    records = []
    for at in moments:
        channel = _few(dice, 5000)
        video = f"{channel:05}{dice.randrange(10**6):06}"
        record: dict[str, Any] = {
            "header": "YouTube", "title": f"Watched {_title(dice.randrange(9000))} explained",
            "titleUrl": f"https://www.youtube.com/watch?v={video}",
            "subtitles": [{"name": f"{_title(channel)} TV",
                           "url": f"https://www.youtube.com/channel/UC{channel:022}"}],
            "time": _z(at), "products": ["YouTube"],
        }  # fmt: skip
        if dice.random() < 0.06:  # what is no longer there
            record = {"header": "YouTube", "title": "Watched a video that has been removed",
                      "time": _z(at), "products": ["YouTube"]}  # fmt: skip
        records.append(record)
    return json.dumps(records).encode()


def _searches(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    return json.dumps([
        {"header": "Search", "title": f"Searched for {_title(dice.randrange(9000)).lower()}",
         "titleUrl": f"https://www.google.com/search?q={dice.randrange(10**9)}",
         "time": _z(at), "products": ["Search"]}
        for at in moments
    ]).encode()  # fmt: skip


def _spotify(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    records = []
    for at in moments:
        artist = _few(dice, 4000)
        ms = (
            dice.randrange(4000, 29_000)
            if dice.random() < 0.12
            else dice.randrange(120_000, 330_000)
        )
        records.append({
            "ts": _z(at), "platform": "ios", "ms_played": ms, "conn_country": "DE",
            "ip_addr": "192.0.2.1",
            "master_metadata_track_name": _title(37 * artist + _few(dice, 30)),
            "master_metadata_album_artist_name": f"The {_title(artist)}s", "episode_name": None,
            "audiobook_title": None, "skipped": None, "offline_timestamp": None,
        })  # fmt: skip
    return json.dumps(records).encode()


def _health(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    parts = []
    kinds = (("HeartRate", "count/min", 50, 150), ("StepCount", "count", 20, 900))
    for at in moments:
        said = at.strftime("%Y-%m-%d %H:%M:%S +0000")
        if dice.random() < 0.02:
            sport, km = _SPORTS[3 if at.weekday() == 6 else _few(dice, 3)]
            minutes = dice.randrange(20, 70)
            end = (at + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S +0000")
            parts.append(
                f'<Workout workoutActivityType="HKWorkoutActivityType{sport}" duration="{minutes}"'
                f' durationUnit="min" totalDistance="{km * dice.uniform(0.6, 1.6):.2f}"'
                f' totalDistanceUnit="km" sourceName="Watch" startDate="{said}" endDate="{end}"/>'
            )
            continue
        kind, unit, low, high = dice.choice(kinds)
        parts.append(
            f'<Record type="HKQuantityTypeIdentifier{kind}" sourceName="Watch" unit="{unit}"'
            f' creationDate="{said}" startDate="{said}" endDate="{said}"'
            f' value="{dice.randint(low, high)}"/>'
        )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="de_DE">\n'
    return (head + "\n".join(parts) + "\n</HealthData>\n").encode()


def _near(dice: random.Random, at: Moment) -> tuple[str, float, float]:
    """Where somebody is: at home in Köln, and elsewhere for a week of each season."""
    week = at.isocalendar().week
    city = 3 + week // 13 % 3 + at.year % 4 if week % 13 == 7 else _few(dice, 3)
    return _CITIES[city]


def _fixes(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    fixes = []
    for at in moments:
        _, lat, lon = _near(dice, at)
        fixes.append({
            "latitudeE7": int((lat + dice.gauss(0, 0.03)) * 1e7), "timestamp": _z(at),
            "longitudeE7": int((lon + dice.gauss(0, 0.04)) * 1e7), "accuracy": 20, "source": "WIFI",
        })  # fmt: skip
    return json.dumps({"locations": fixes}).encode()


def _months(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    objects: list[dict[str, Any]] = []
    night = ""
    for number, at in enumerate(moments):
        city, lat, lon = _near(dice, at)
        name, length = f"{_SPOTS[_few(dice, 8)]} {_LAST[_few(dice, 10)]}, {city}", 40
        if f"{at:%Y-%m-%d}" != night:
            night, length = f"{at:%Y-%m-%d}", 13 * 60
            at += datetime.timedelta(hours=19 - at.hour)  # noqa: PLW2901
            name = "Zuhause" if city in {"Köln", "Bonn", "Aachen"} else f"Hotel {city}"
            lat, lon = (50.94, 6.96) if name == "Zuhause" else (lat, lon)
        elif at.hour in {9, 10} and at.weekday() < 5:
            name, length, lat, lon = "Teehandel Nord", 400, 50.98, 6.99
        span = {
            "startTimestamp": _z(at),
            "endTimestamp": _z(at + datetime.timedelta(minutes=length)),
        }
        spot = {"latitudeE7": int(lat * 1e7), "longitudeE7": int(lon * 1e7)}
        if number % 4 == 3:
            mode = dice.choice(("CYCLING", "IN_TRAIN", "WALKING", "IN_PASSENGER_VEHICLE"))
            objects.append({"activitySegment": {
                "startLocation": spot, "endLocation": spot, "duration": span,
                "distance": dice.randrange(400, 40_000), "activityType": mode}})  # fmt: skip
        else:
            place = {**spot, "placeId": name, "name": name, "address": city}
            objects.append({"placeVisit": {"location": place, "duration": span}})
    return json.dumps({"timelineObjects": objects}).encode()


def _messages(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    friend = _person(_few(dice, 40))
    said = [
        {"sender_name": dice.choice(("Malik", friend)), "timestamp_ms": int(at.timestamp() * 1000),
         "content": f"Tea at the {dice.choice(_WORDS).lower()} {dice.randrange(10**5)}?"}
        for at in moments
    ]  # fmt: skip
    people = [{"name": friend}, {"name": "Malik"}]
    return json.dumps({
        "participants": people, "messages": said, "title": friend, "is_still_participant": True,
        "thread_path": "inbox/friend_1",
    }).encode()  # fmt: skip


def _calendar(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Malik//EN"]
    for number, at in enumerate(moments):
        friend, spot = _person(_few(dice, 60)), f"{_SPOTS[_few(dice, 8)]} {_LAST[_few(dice, 10)]}"
        title = ("Tea", "Football", "Dentist", "Dinner")[_few(dice, 4)]
        if at.weekday() == 1 and dice.random() < 0.8:
            title, friend, spot = "Choir", _person(7), "Kirche Alt"
        lines += [
            "BEGIN:VEVENT", f"UID:{number}-{at:%Y%m%d}@x.example", f"SUMMARY:{title}",
            f"DTSTART:{at:%Y%m%dT%H%M%SZ}", f"LOCATION:{spot}\\, Köln",
            f'ATTENDEE;CN="{friend}":mailto:{number}@x.example', "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _orders(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    rows = (
        ("Amazon.de", f"305-{at:%Y%m%d}-{number}", _z(at), "EUR",
         f"{dice.randrange(300, 9000) / 100}", f"B0{_few(dice, 4000):08}", "1",
         f"{_title(_few(dice, 4000))} lamp")
        for number, at in enumerate(moments)
    )  # fmt: skip
    columns = ("Website", "Order ID", "Order Date", "Currency", "Total Owed", "ASIN", "Quantity",
               "Product Name")  # fmt: skip
    return _table(rows, columns)


def _books(dice: random.Random, moments: Iterator[Moment]) -> bytes:
    rows = (
        (number, f"A {_title(number)}", f"{_person(60 + _few(dice, 300))}", f"{at:%Y/%m/%d}",
         f"{at:%Y/%m/%d}", "read", dice.choice((0, 3, 4, 5)))
        for number, at in enumerate(moments)
    )  # fmt: skip
    columns = ("Book Id", "Title", "Author", "Date Read", "Date Added", "Exclusive Shelf",
               "My Rating")  # fmt: skip
    return _table(rows, columns)


def _contacts() -> bytes:
    cards = [
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{_person(number)}\r\n"
        f"EMAIL:{number}@x.example\r\nTEL:+49 30 {number:06}\r\nEND:VCARD\r\n"
        for number in range(500)
    ]
    return "".join(cards).encode()


_MADE: dict[str, tuple[str, Callable[[random.Random, Iterator[Moment]], bytes]]] = {
    "statement": ("statement-*.csv", _statement),
    "viewing": ("ViewingActivity-*.csv", _viewing),
    "youtube": ("watch-history-*.json", _youtube),
    "searches": ("MyActivity-*.json", _searches),
    "spotify": ("Streaming_History_Audio_*.json", _spotify),
    "health": ("export-*.xml", _health),
    "fixes": ("Records-*.json", _fixes),
    "months": ("month-*.json", _months),
    "messages": ("message-*.json", _messages),
    "calendar": ("calendar-*.ics", _calendar),
    "orders": ("orders-*.csv", _orders),
    "books": ("goodreads-*.csv", _books),
}
