"""Exports of Spotify, Apple Health and Amazon in several languages, with what is true of them."""

import csv
import datetime
import io
import json
import random
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

COUNT = 4
Told = tuple[str, str, str | None]
_NAMES = (
    "Fado da Inês",
    "Für Greta",
    "Ça va",
    "Łódź",
    "Night, again",
    "夜",
    "L'été",
    'He said "no"',
)
_DEVICES = ("Apple\u00a0Watch von Malik", "iPhone de Inês", "Zegarek – Tomasz", "Pieter's iPhone")
_ORDER = {
    "en": ("Order ID", "Order Date", "Product Name", "Quantity", "Total Owed", "Currency"),
    "de": ("Bestellnummer", "Bestelldatum", "Produktname", "Menge", "Gesamtbetrag", "Währung"),
    "fr": ("Numéro de commande", "Date de commande", "Nom du produit", "Quantité", "Montant total",
           "Devise"),
    "it": ("Numero ordine", "Data ordine", "Nome prodotto", "Quantità", "Importo totale", "Valuta"),
    "es": ("Número de pedido", "Fecha del pedido", "Nombre del producto", "Cantidad",
           "Importe total", "Moneda"),
    "nl": ("Bestelnummer", "Besteldatum", "Productnaam", "Aantal", "Totaalbedrag", "Valuta"),
    "pt": ("Número do pedido", "Data do pedido", "Nome do produto", "Quantidade", "Valor total",
           "Moeda"),
}  # fmt: skip


class Service(NamedTuple):
    """A file, the things in it by type, name and time, and how many rows make none."""

    name: str
    content: bytes
    rows: list[Told]
    others: int


def _moments(rng: random.Random, count: int) -> list[datetime.datetime]:
    first = datetime.datetime(2022, 1, 1)  # noqa: DTZ001 - in UTC throughout
    return sorted(
        first + datetime.timedelta(seconds=rng.randrange(63_000_000)) for _ in range(count)
    )


def _z(moment: datetime.datetime) -> str:
    return moment.isoformat() + "Z"


def spotify(rng: random.Random, number: int, count: int = 300) -> Service:
    """What was heard; the extended history where `number` is even."""
    extended, podcast = number % 2 == 0, number % 4 == 3
    rows: list[Told] = []
    records: list[dict[str, Any]] = []
    others = 0
    for end in _moments(rng, count):
        ended = end if extended else end.replace(second=0)
        ms, name = rng.choice([rng.randrange(30_000), rng.randrange(400_000)]), rng.choice(_NAMES)
        started = (ended - datetime.timedelta(milliseconds=ms)).replace(microsecond=0)
        if extended:
            record: dict[str, Any] = {
                "ts": _z(ended), "platform": "ios", "ms_played": ms, "conn_country": "PT",
                "ip_addr": "192.0.2.1", "master_metadata_track_name": name,
                "master_metadata_album_artist_name": "Malik", "episode_name": None,
                "audiobook_title": None, "skipped": None, "offline_timestamp": None,
            }  # fmt: skip
            if rng.random() < 0.05:
                record["master_metadata_track_name"] = None
                others += 1
                records.append(record)
                continue
        else:
            keys = ("podcastName", "episodeName") if podcast else ("artistName", "trackName")
            record = {"endTime": ended.strftime("%Y-%m-%d %H:%M"), keys[0]: "Malik",
                      keys[1]: name, "msPlayed": ms}  # fmt: skip
        records.append(record)
        rows.append(("ListenAction", name, _z(started)))
    text = json.dumps(records, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 2]))
    encoding = rng.choice(["utf-8", "utf-8-sig"])
    return Service(f"spotify-{number}", text.encode(encoding), rows, others)


def health(rng: random.Random, number: int, count: int = 300) -> Service:
    """Records and workouts; `number` chooses the zone and the device."""
    zone = datetime.timezone(datetime.timedelta(hours=(1, -5, 5.5, 0)[number % 4]))
    device = _DEVICES[number % len(_DEVICES)]
    rows: list[Told] = []
    parts = [' <ExportDate value="2024-02-01 10:00:00 +0100"/>', ' <Me HKx="y"/>']

    def said(moment: datetime.datetime) -> str:
        local = moment.replace(tzinfo=datetime.UTC).astimezone(zone)
        return local.strftime("%Y-%m-%d %H:%M:%S %z")

    kinds = (("HeartRate", "Heart rate", "count/min"), ("StepCount", "Step count", "count"),
             ("BodyMass", "Body mass", "kg"))  # fmt: skip
    for moment in _moments(rng, count):
        if rng.random() < 0.05:
            parts.append(
                f' <Workout workoutActivityType="HKWorkoutActivityTypeCycling" duration="30"'
                f' durationUnit="min" sourceName="{escape(device)}" startDate="{said(moment)}"'
                f' endDate="{said(moment + datetime.timedelta(minutes=30))}">\n'
                f'  <WorkoutEvent type="HKWorkoutEventTypePause"/>\n </Workout>'
            )
            rows.append(("ExerciseAction", "Ride", _z(moment)))
            continue
        kind, name, unit = rng.choice(kinds)
        parts.append(
            f' <Record type="HKQuantityTypeIdentifier{kind}" sourceName="{escape(device)}"'
            f' unit="{unit}" creationDate="{said(moment)}" startDate="{said(moment)}"'
            f' endDate="{said(moment)}" value="{rng.randint(1, 200)}"/>'
        )
        rows.append(("Observation", name, _z(moment)))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n'
        '<!ELEMENT HealthData (a)>\n]>\n<HealthData locale="pt_PT">\n'
        + "\n".join(parts)
        + "\n</HealthData>\n"
    )
    return Service(f"apple-health-{number}", text.encode(), rows, 2)


def _amazon(rng: random.Random, number: int, language: str) -> Service:
    order, date, product, quantity, total, currency = _ORDER[language]
    english = language == "en"
    rows: list[Told] = []
    out = io.StringIO()
    delimiter = "," if english else rng.choice(",;\t")
    writer = csv.writer(out, delimiter=delimiter, quoting=rng.choice([csv.QUOTE_ALL, 0]))
    writer.writerow(["Website", order, date, currency, total, "ASIN", quantity, product])
    for count, moment in enumerate(_moments(rng, 120)):
        name = rng.choice(_NAMES)
        price = f"{rng.randint(100, 999_999) / 100:,.2f}"
        if english:
            when, time = _z(moment), _z(moment)
        else:
            price = price.translate(str.maketrans(",.", ".,"))
            when, time = moment.strftime("%d.%m.%Y"), moment.date().isoformat()
        writer.writerow(["Amazon", f"305-{count}", when, "EUR", price, f"B0{count:08}", "1", name])
        rows.append(("BuyAction", name, time))
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16"])
    return Service(f"amazon-{number}-{language}", out.getvalue().encode(encoding), rows, 0)


def files(seed: int) -> Iterator[Service]:
    """Some of each service, and one of Amazon for each language."""
    for number in range(COUNT):
        yield spotify(random.Random(f"{seed} spotify {number}"), number)
        yield health(random.Random(f"{seed} health {number}"), number)
    for number, language in enumerate(_ORDER):
        yield _amazon(random.Random(f"{seed} amazon {number}"), number, language)
