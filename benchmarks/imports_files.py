"""Files of a size that is asked for, in the shapes in which services give them."""

import codecs
import datetime
import json
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import heldout_google
import heldout_services
import vault_exports

# So many things are in one file at most, so that making it takes bounded memory.
FILE_THINGS_MAX = 50_000
_FIRST = datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC)
_PLACES = ("Teehaus", "Bäckerei Linden", "Praça da Inês", "Hafen", "Kino Łódź")


def _watch_json(seed: str, count: int) -> bytes:
    return next(iter(heldout_google.youtube(random.Random(seed), "en", count))).content


def _watch_page(seed: str, count: int) -> bytes:
    return list(heldout_google.youtube(random.Random(seed), "en", count))[1].content


def _my_activity(seed: str, count: int) -> bytes:
    records = [
        {"header": "Search", "title": f"Searched for tea {number}", "products": ["Search"],
         "titleUrl": f"https://www.google.com/search?q=tea+{number}", "time": _time(number, seed)}
        for number in range(count)
    ]  # fmt: skip
    return json.dumps(records, ensure_ascii=False, indent=2).encode()


def _records(seed: str, count: int) -> bytes:
    dice = random.Random(seed)
    fixes = [
        {"latitudeE7": dice.randrange(480_000_000, 540_000_000), "accuracy": dice.randrange(5, 99),
         "longitudeE7": dice.randrange(60_000_000, 140_000_000), "source": "WIFI",
         "deviceTag": 4711, "timestamp": _time(number, seed)}
        for number in range(count)
    ]  # fmt: skip
    return json.dumps({"locations": fixes}, indent=2).encode()


def _semantic(seed: str, count: int) -> bytes:
    dice = random.Random(seed)
    visits = [
        {"placeVisit": {
            "location": {"latitudeE7": dice.randrange(480_000_000, 540_000_000),
                         "longitudeE7": dice.randrange(60_000_000, 140_000_000),
                         "placeId": f"ChIJ{number}", "name": dice.choice(_PLACES),
                         "address": "Weg 1\nKöln"},
            "duration": {"startTimestamp": _time(number, seed),
                         "endTimestamp": _time(number, seed, 600)}}}
        for number in range(count)
    ]  # fmt: skip
    return json.dumps({"timelineObjects": visits}, ensure_ascii=False, indent=2).encode()


def _phone(seed: str, count: int) -> bytes:
    return heldout_google.timeline(random.Random(seed), ios=False, count=count).content


def _spotify(seed: str, count: int) -> bytes:
    return heldout_services.spotify(random.Random(seed), 0, count).content


def _health(seed: str, count: int) -> bytes:
    return heldout_services.health(random.Random(seed), 0, count).content


def _chrome(seed: str, count: int) -> bytes:
    """What Chrome keeps of pages that were visited: its tables, of which the first two are read."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "History"
        with sqlite3.connect(path) as database:
            database.executescript(
                "CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR,"
                " title LONGVARCHAR, visit_count INTEGER DEFAULT 0 NOT NULL,"
                " last_visit_time INTEGER NOT NULL);"
                "CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER NOT NULL,"
                " visit_time INTEGER NOT NULL, from_visit INTEGER,"
                " transition INTEGER DEFAULT 0 NOT NULL, visit_duration INTEGER DEFAULT 0);"
                "CREATE INDEX visits_url_index ON visits (url);"
                "CREATE TABLE keyword_search_terms (keyword_id INTEGER, url_id INTEGER, term TEXT);"
            )
            pages = max(1, count // 3)
            database.executemany(
                "INSERT INTO urls VALUES (?, ?, ?, 1, 0)",
                (
                    (
                        page,
                        f"https://tee{page % 997}.example/sorte/{page}?von=k%C3%B6ln",
                        f"Tee {page}",
                    )
                    for page in range(1, pages + 1)
                ),
            )
            begun = int((_FIRST.timestamp() + 11_644_473_600) * 1e6)
            database.executemany(
                "INSERT INTO visits VALUES (?, ?, ?, 0, 805306368, ?)",
                (
                    (
                        visit,
                        dice.randint(1, pages),
                        begun + visit * 130_000_000,
                        dice.randrange(9**9),
                    )
                    for visit in range(1, count + 1)
                ),
            )
        database.close()
        return path.read_bytes()


def _time(number: int, seed: str, plus_s: int = 0) -> str:
    """A time of its own for each number of each file."""
    begun = int(seed.rpartition(" ")[2]) * FILE_THINGS_MAX
    moment = _FIRST + datetime.timedelta(seconds=(begun + number) * 130 + plus_s)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.123Z")


_MADE: dict[str, tuple[str, Callable[[str, int], bytes]]] = {
    "YouTube history, JSON": ("watch-history.json", _watch_json),
    "YouTube history, HTML": ("watch-history.html", _watch_page),
    "My Activity, JSON": ("MyActivity.json", _my_activity),
    "location, Records.json": ("Records.json", _records),
    "location, months": ("2023_MARCH.json", _semantic),
    "location, of a phone": ("Timeline.json", _phone),
    "Spotify, extended": ("Streaming_History_Audio.json", _spotify),
    "Apple Health": ("export.xml", _health),
    "browser history": ("History.sqlite", _chrome),
}
BANK = "bank, CSV"
KINDS = (*_MADE, BANK)


def write(folder: Path, kind: str, things: int) -> None:
    """Write the files of one kind with `things` things in all, a folder each, into `folder`."""
    if kind == BANK:
        made = folder / "bank"
        made.mkdir(parents=True)
        share = vault_exports.BANK_SHARE
        for path in vault_exports.write_exports(made, round(things / share)):
            if not path.name.startswith("statement"):
                path.unlink()
        return
    name, make = _MADE[kind]
    for number, count in enumerate(_parts(things)):
        part = folder / f"{number:03}"
        part.mkdir(parents=True)
        content = make(f"{kind} {number}", count)
        (part / name).write_bytes(content.removeprefix(codecs.BOM_UTF8))  # some peers stumble


def _parts(things: int) -> Iterator[int]:
    while things > 0:
        yield min(things, FILE_THINGS_MAX)
        things -= FILE_THINGS_MAX
