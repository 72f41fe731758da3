"""Netflix's two exports in the languages that it has, with what is true of every row."""

# ruff: noqa: E501 - headers as Netflix writes them

import datetime
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from firsthand.protocol.things import Thing

# Language: names of the columns, form of dates, words for a season, a part, a limited series.
SHORT = {
    "en": ("Title", "Date", "m/d/y", "Season 1", "Limited Series", "Part 2"),
    "en-gb": ("Title", "Date", "d/m/Y", "Series 1", "Limited Series", "Part 2"),
    "de": ("Titel", "Datum", "d.m.y", "Staffel 1", "Miniserie", "Teil 2"),
    "fr": ("Titre", "Date", "d/m/Y", "Saison 1", "Mini-série", "Partie 2"),
    "es": ("Título", "Fecha", "d/m/y", "Temporada 1", "Miniserie", "Parte 2"),
    "it": ("Titolo", "Data", "d/m/y", "Stagione 1", "Miniserie", "Parte 2"),
    "pt": ("Título", "Data", "d/m/y", "Temporada 1", "Minissérie", "Parte 2"),
    "nl": ("Titel", "Datum", "d-m-Y", "Seizoen 1", "Miniserie", "Deel 2"),
    "pl": ("Tytuł", "Data", "d.m.Y", "Sezon 1", "Miniserial", "Część 2"),
    "sv": ("Titel", "Datum", "Y-m-d", "Säsong 1", "Miniserie", "Del 2"),
    "da": ("Titel", "Dato", "d.m.Y", "Sæson 1", "Miniserie", "Del 2"),
    "no": ("Tittel", "Dato", "d.m.Y", "Sesong 1", "Miniserie", "Del 2"),
    "fi": ("Nimi", "Päivämäärä", "D.M.Y", "Kausi 1", "Minisarja", "Osa 2"),
    "cs": ("Název", "Datum", "D. M. Y", "1. řada", "Minisérie", "Část 2"),
    "hu": ("Cím", "Dátum", "Y. m. d.", "1. évad", "Minisorozat", "2. rész"),
    "ro": ("Titlu", "Data", "d.m.Y", "Sezonul 1", "Miniserie", "Partea 2"),
    "tr": ("Başlık", "Tarih", "d.m.Y", "1. Sezon", "Mini Dizi", "2. Kısım"),
    "hr": ("Naslov", "Datum", "d. m. Y.", "1. sezona", "Miniserija", "2. dio"),
    "el": ("Τίτλος", "Ημερομηνία", "d/m/Y", "Σεζόν 1", "Μίνι σειρά", "Μέρος 2"),
    "ja": ("タイトル", "日付", "Y/m/d", "シーズン1", "リミテッドシリーズ", "パート2"),
    "ko": ("제목", "날짜", "y. m. d.", "시즌 1", "리미티드 시리즈", "파트 2"),
    "id": ("Judul", "Tanggal", "d/m/y", "Musim 1", "Serial Terbatas", "Bagian 2"),
}
FULL = {
    "en": "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country",
    "de": "Profilname,Startzeit,Dauer,Attribute,Titel,Art des Zusatzvideos,Gerätetyp,Lesezeichen,Letztes Lesezeichen,Land",
    "fr": "Nom du profil,Heure de début,Durée,Attributs,Titre,Type de vidéo supplémentaire,Type d'appareil,Signet,Dernier signet,Pays",
    "es": "Nombre del perfil,Hora de inicio,Duración,Atributos,Título,Tipo de video complementario,Tipo de dispositivo,Marcador,Último marcador,País",
    "it": "Nome profilo,Ora di inizio,Durata,Attributi,Titolo,Tipo di video supplementare,Tipo di dispositivo,Segnalibro,Ultimo segnalibro,Paese",
    "nl": "Profielnaam,Starttijd,Duur,Kenmerken,Titel,Aanvullend videotype,Apparaattype,Bladwijzer,Laatste bladwijzer,Land",
    "pt": "Nome do perfil,Hora de início,Duração,Atributos,Título,Tipo de vídeo suplementar,Tipo de dispositivo,Marcador,Último marcador,País",
    "sv": "Profilnamn,Starttid,Varaktighet,Attribut,Titel,Typ av extra video,Enhetstyp,Bokmärke,Senaste bokmärket,Land",
}  # fmt: skip
SERIES = [
    "Dark Waters",
    "The Lighthouse",
    "Nordic Noir",
    "Bäcker & Söhne",
    "Hôtel du Nord",
    "Kolej",
]
EPISODES = [
    "Pilot",
    "Secrets",
    "The Storm, Part I",
    "Home",
    "Two of Us",
    "Night",
    'The "End"',
    "42",
]
FILMS = [
    "Heat", "Roma", "Mission: Impossible: Fallout", "Star Wars: Episode IV: A New Hope",
    "The Lord of the Rings: The Two Towers: Extended", "Blade Runner 2049", "I, Tonya",
    "Kill Bill: Vol. 1", "Spider-Man: Far from Home", "Dune: Part Two", "2012", "Se7en: Remastered",
    "Pirates of the Caribbean: At World's End: Special Edition", "Birds of Prey: The Emancipation",
]  # fmt: skip
SPECIALS = ["Ali Wong: Baby Cobra", "Trevor Noah: Son of Patricia", "Hannah Gadsby: Nanette: Live"]

Said = tuple[str, str, str]


class File(NamedTuple):
    """One export; `rows` are (when, title, E for an episode, M for a film, V for a trailer)."""

    name: str
    content: bytes
    rows: list[Said]
    answers: dict[str, str]
    today: datetime.date


def said(thing: Thing) -> Said:
    """What was read, in the form of `File.rows`."""
    meaning: Any = thing.data["object"]
    kind = {"TVEpisode": "E", "Movie": "M", "VideoObject": "V"}[meaning["@type"]]
    return thing.time or "", thing.name, kind


def _day(date: datetime.date, form: str) -> str:
    parts = {"d": f"{date.day:02}", "m": f"{date.month:02}", "Y": str(date.year),
             "y": f"{date.year % 100:02}", "D": str(date.day), "M": str(date.month)}  # fmt: skip
    if form == "m/d/y":
        return f"{date.month}/{date.day}/{date.year % 100:02}"
    return "".join(parts.get(sign, sign) for sign in form)


def _titles(rng: random.Random, season: str, limited: str, part: str) -> list[tuple[str, str]]:
    found = [(title, "M") for title in rng.sample(FILMS + SPECIALS, 9)]
    one, two, three, *_ = rng.sample(SERIES, 4)
    found += [(f"{one}: {season}: {episode}", "E") for episode in rng.sample(EPISODES, 5)]
    found += [(f"{two}: {limited}: {episode}", "E") for episode in rng.sample(EPISODES, 3)]
    found += [(f"{three}: {part}: {episode}", "E") for episode in rng.sample(EPISODES, 3)]
    found.append((found[0][0], "M"))
    rng.shuffle(found)
    return found


def _quoted(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def _short(language: str, rng: random.Random) -> File:
    title_name, date_name, form, *words = SHORT[language]
    date = datetime.date(2024, rng.randint(6, 12), rng.randint(1, 28))
    today, rows, lines = date, list[Said](), [f"{title_name},{date_name}"]
    for title, kind in _titles(rng, *words):
        rows.append((date.isoformat(), title, kind))
        lines.append(_quoted([title, _day(date, form)]))
        date -= datetime.timedelta(days=rng.randint(0, 9))
    order = "month first" if form.startswith("m") else "day first"
    content = "\n".join([*lines, ""]).encode(rng.choice(["utf-8", "utf-8-sig"]))
    return File(f"netflix-short-{language}", content, rows, {"date-order": order}, today)


def _full(language: str, rng: random.Random) -> File:
    words = SHORT[language][3:]
    moment = datetime.datetime(
        2024, rng.randint(6, 12), rng.randint(1, 28), 20, 15, 3, tzinfo=datetime.UTC
    )
    today, rows, lines = moment.date(), list[Said](), [FULL[language]]
    for number, (view, kind) in enumerate(_titles(rng, *words)):
        trailer = "TRAILER" if number % 7 == 3 else ""
        title = f"{view} (Trailer)" if trailer else view
        rows.append((moment.strftime("%Y-%m-%dT%H:%M:%SZ"), title, "V" if trailer else kind))
        lines.append(_quoted(["Inês", str(moment)[:19], f"0{rng.randint(0, 2)}:{rng.randint(10, 59)}:09", "",
                              title, trailer, "Smart TV", "00:20:00", "00:20:00", "PT (Portugal)"]))  # fmt: skip
        moment -= datetime.timedelta(minutes=rng.randint(200, 9000))
    return File(f"netflix-full-{language}", "\n".join([*lines, ""]).encode(), rows, {}, today)


def files(seed: int) -> Iterator[File]:
    """Thirty files: the short history in 22 languages, the full one in eight."""
    for language in SHORT:
        yield _short(language, random.Random(f"{seed} short {language}"))
    for language in FULL:
        yield _full(language, random.Random(f"{seed} full {language}"))
