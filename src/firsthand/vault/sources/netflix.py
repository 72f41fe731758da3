"""Netflix: the viewing history (title and date) and the viewing activity of the full export."""

# ruff: noqa: E501 - lists of names

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sources.bank_layout import order_of
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.csvs import Record, records
from firsthand.vault.sources.dates import Moment, OrderEvidence, read
from firsthand.vault.sources.export import (
    Answers,
    Export,
    Guess,
    Question,
    Row,
    UnableToRead,
    Unreadable,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.netflix_titles import Titles
from firsthand.vault.sources.text import TextFile

_WORDS: dict[str, str] = {
    "title": """title|titel|titre|titulo|titolo|tytul|tittel|otsikko|nimi|cim|nazev|titlu|baslik|
        naslov|tieu de|judul|タイトル|제목|标题|標題|片名|作品名|影片名稱|节目|標題名稱|ชื่อเรื่อง|название|заголовок|τιτλος|כותרת|العنوان|
        nimike|naziv|tajuk|title name|video title""",
    "date": """date|datum|fecha|data|dato|paivamaara|paiva|datum zhlednuti|tarih|ngay|tanggal|日付|視聴日|観た日|날짜|시청 날짜|시청일|
        日期|观看日期|觀看日期|วันที่|дата|ημερομηνια|תאריך|التاريخ|date de visionnage|date watched|viewed on|
        watched on|angesehen am|tarikh|pvm""",
    "start": """start time|startzeit|heure de debut|hora de inicio|ora di inizio|hora de inicio|
        starttijd|starttid|starttidspunkt|czas rozpoczecia|godzina rozpoczecia|aloitusaika|
        baslangic zamani|start|startzeitpunkt|kezdes ideje|cas zahajeni|orario di inizio|begintijd|
        data inceperii|開始時刻|시작 시간|开始时间|開始時間|время начала""",
    "profile": """profile name|profile|profilname|profil|nom du profil|nombre del perfil|perfil|
        nome profilo|nome del profilo|profilo|nome do perfil|profielnaam|profiel|profilnavn|
        profilnamn|nazwa profilu|profiilin nimi|profil adi|プロフィール名|프로필 이름|имя профиля""",
    "duration": """duration|dauer|duree|duracion|durata|duracao|duur|varighed|varaktighet|varighet|
        langd|czas trwania|kesto|sure|再生時間|시청 시간|длительность|wiedergabedauer|laufzeit|idotartam|
        delka""",
    "attributes": "attributes|attribute|attributs|atributos|attributi|kenmerken|attribut|atrybuty",
    "supplemental": """supplemental video type|zusatzlicher videotyp|type de video supplementaire|
        tipo de video complementario|tipo de video suplementario|tipo di video supplementare|
        tipo de video suplementar|tipo de video complementar|aanvullend videotype|
        typ dodatkowego filmu|zusatzvideotyp|art des zusatzvideos|type video supplementaire|
        supplerende videotype|typ av extra video|supplementarisk videotype|extra videotyp""",
    "device": """device type|device|geratetyp|gerat|type d appareil|appareil|tipo de dispositivo|
        dispositivo|tipo di dispositivo|apparaattype|apparaat|enhedstype|enhetstyp|enhetstype|
        typ urzadzenia|laitetyyppi|cihaz turu|デバイスの種類""",
    "bookmark": """bookmark|lesezeichen|signet|marcador|segnalibro|bladwijzer|bogmaerke|bokmarke|
        bokmerke|zakladka""",
    "latest": """latest bookmark|letztes lesezeichen|dernier signet|ultimo marcador|
        ultimo segnalibro|laatste bladwijzer|seneste bogmaerke|senaste bokmarket|ostatnia zakladka|
        marcador mas reciente|neuestes lesezeichen""",
    "country": """country|land|pays|pais|paese|kraj|maa|ulke|国|국가|国家|страна""",
}
_TABLE = {
    " ".join(tokens_of(name)): role for role, names in _WORDS.items() for name in names.split("|")
}
_CLOCK = re.compile(r"(?:(\d{1,4})[:.])?(\d{1,2})[:.](\d{2})(?:[.,]\d+)?")
_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_HEADER_LINES = 10


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """Where the columns of an export are (from 0); `start` is None in the short history."""

    header_line: int
    width: int
    at: dict[str, int]

    @property
    def full(self) -> bool:
        """Whether it is the viewing activity of the full export."""
        return "start" in self.at


def shape_of(head: list[Record]) -> Shape | None:
    """The shape of a Netflix export, or None if it is something else."""
    for record in head[:_HEADER_LINES]:
        cells = [cell.strip() for cell in record.cells]
        while cells and not cells[-1]:
            cells.pop()
        at: dict[str, int] = {}
        for i, cell in enumerate(cells[:40]):
            role = _TABLE.get(" ".join(tokens_of(cell)))
            if role is not None:
                at.setdefault(role, i)
        if "title" not in at:
            continue
        if "start" in at and ("duration" in at or "profile" in at):
            return Shape(header_line=record.line, width=len(cells), at=at)
        if len(cells) == 2 and "date" in at:
            return Shape(header_line=record.line, width=2, at=at)
        if len(cells) == 3 and "date" in at and "profile" in at:
            return Shape(header_line=record.line, width=3, at=at)
    return None


class Netflix(Export):
    """Either of Netflix's two exports. Times of the full one are in UTC, as Netflix gives them."""

    source = "netflix"

    def __init__(self, text: TextFile, delimiter: str, shape: Shape, answers: Answers) -> None:
        """Looks through the whole file for the order of its dates and for its series."""
        self.format = "Netflix viewing activity" if shape.full else "Netflix viewing history"
        self.questions: list[Question] = []
        self.guesses: list[Guess] = []
        self._text = text
        self._delimiter = delimiter
        self._shape = shape
        self._when = shape.at["start" if shape.full else "date"]
        self._titles = Titles()
        evidence = OrderEvidence()
        title = shape.at["title"]
        for record in self._records():
            if self._trouble(record) is None:
                evidence.observe(record.cells[self._when])
                if not self._cell(record.cells, "supplemental"):
                    self._titles.observe(record.cells[title].strip())
        words = {word for record in self._header() for word in tokens_of(record)}
        day_first = not words & {"date", "start"} and bool(words & _DAY_FIRST)
        left = evidence.decide(newest_first=True, day_first=day_first)
        self._order = order_of(evidence, left, answers, self.questions, self.guesses)
        self.sure = frozenset(answers.sure)
        named = [self.source, self.format, *self._header()]
        self.signature = hashlib.sha256("\x1f".join(named).encode()).hexdigest()

    def _records(self) -> Iterator[Record]:
        for record in records(self._text.lines(), self._delimiter, self._shape.width):
            if record.line > self._shape.header_line:
                yield record

    def _header(self) -> list[str]:
        for record in records(self._text.lines(), self._delimiter):
            if record.line >= self._shape.header_line:
                return record.cells
        return []

    def _trouble(self, record: Record) -> str | None:
        if record.why:
            return record.why
        width = self._shape.width
        if len(record.cells) < width:
            return f"It has {len(record.cells)} columns, too few: {width} are expected."
        if len(record.cells) > width and any(map(str.strip, record.cells[width:])):
            return f"It has {len(record.cells)} columns, too many: {width} are expected."
        return None

    def rows(self) -> Iterator[Row | Unreadable]:
        """Every view, one at a time."""
        identity = Identity(self.source)
        for record in self._records():
            why = self._trouble(record)
            view = self._view(record.cells, identity) if why is None else why
            if isinstance(view, str):
                yield Unreadable(record.line, view)
            else:
                yield Row(record.line, view)

    def _cell(self, cells: list[str], role: str) -> str:
        column = self._shape.at.get(role)
        return "" if column is None else cells[column].strip()

    def _view(self, cells: list[str], identity: Identity) -> Thing | str:
        title = self._cell(cells, "title")
        if not title:
            return "The title is missing."
        when = cells[self._when].strip()
        moment = read(when)
        time = _time(moment, self._order, full=self._shape.full)
        if time is None:
            reason = "is not a date" if moment is None else "is no date in the file's order"
            return f'"{when[:40]}" {reason}.' if when else "The date is missing."
        if not self._shape.full:
            profile = self._cell(cells, "profile")
            key = identity.of([title, time, profile or None])
            return _thing(key, title, time, self._titles.meaning(title), profile=profile)
        duration = self._cell(cells, "duration")
        seconds = seconds_of(duration) if duration else None
        if duration and seconds is None:
            return f'"{duration[:40]}" is not a duration.'
        profile, device = self._cell(cells, "profile"), self._cell(cells, "device")
        supplemental = self._cell(cells, "supplemental")
        key = identity.of(
            [title, time, profile, duration, device, self._cell(cells, "bookmark"), supplemental]
        )
        meaning: dict[str, object] = (
            {"@type": "VideoObject", "name": title, "additionalType": supplemental}
            if supplemental
            else self._titles.meaning(title)
        )
        country = self._cell(cells, "country")
        return _thing(
            key, title, time, meaning,
            seconds=seconds, profile=profile, device=device, country=country,
        )  # fmt: skip


_DAY_FIRST = frozenset(
    ["datum", "fecha", "data", "dato", "titel", "titre", "titulo", "titolo", "tytul", "tittel"]
)


def _time(moment: Moment | None, order: str, *, full: bool) -> str | None:
    if moment is None:
        return None
    date = moment.dates.get(order)
    if date is None:
        return None
    if not full or moment.clock is None:
        return date.isoformat()
    instant = datetime.datetime.combine(date, datetime.time(*moment.clock))
    if moment.offset_minutes:
        instant -= datetime.timedelta(minutes=moment.offset_minutes)
    return instant.isoformat() + "Z"


@lru_cache(maxsize=1 << 14)
def seconds_of(text: str) -> int | None:
    """The seconds in "00:47:03", "47:03" or "PT47M3S"; None if it is no duration."""
    if match := _CLOCK.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    if match := _ISO_DURATION.fullmatch(text):
        if text == "PT":
            return None
        return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + int(match[3] or 0)
    return None


@lru_cache(maxsize=1 << 14)
@lru_cache(maxsize=1 << 12, typed=True)
def iso_duration(seconds: int) -> str:
    """A duration as schema.org writes it: 2823 is "PT47M3S"."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    return "PT" + ("".join(f"{n}{unit}" for n, unit in parts if n) or "0S")


def _thing(
    key: str,
    title: str,
    time: str,
    meaning: dict[str, object],
    *,
    seconds: int | None = None,
    profile: str = "",
    device: str = "",
    country: str = "",
) -> Thing:
    kind = "ViewAction" if meaning["@type"] == "VideoObject" else "WatchAction"
    data: dict[str, object] = {"@type": kind, "name": title, "startTime": time}
    if seconds is not None:
        data["duration"] = iso_duration(seconds)
    data["object"] = meaning
    if profile:
        data["agent"] = {"@type": "Person", "name": profile}
    if device:
        data["instrument"] = {"@type": "Thing", "name": device}
    if country:
        data["location"] = {"@type": "Country", "name": country}
    return Thing(id=key, type=kind, name=title, time=time, source="netflix", data=data)


def open_netflix(
    text: TextFile, delimiter: str, shape: Shape, answers: Mapping[str, str]
) -> Netflix:
    """Open a recognised Netflix export. Raises UnableToRead for an answer that is no choice."""
    if shape.width > 200:
        raise UnableToRead("It has more than 200 columns. Give the file as Netflix made it.")
    return Netflix(text, delimiter, shape, Answers(text.digest[:8], answers))
