"""What the person leaves out, as rules, and what each of them hits.

A rule says which things it is about; all that it says must hold of a thing. Without a field the
things go as a whole, with one only that goes. What is compared is compared in small letters and
without accents.
"""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from firsthand.vault.bring.batches import Held
from firsthand.vault.store import Reading, Row, Store, Tx

METRES_MAX = 100_000
TEXT_CHARS_MAX = 200
NEVER = frozenset({"@type", "name", "startTime"})  # without these a thing is none
_UNSEEN = frozenset({"@type", "startTime", "duration"})  # the index of words leaves them out too
_PLACES = frozenset({"location", "fromLocation", "toLocation", "address", "geo"})
_PLACE_TYPES = frozenset(
    {"Place", "Country", "City", "PostalAddress", "State", "AdministrativeArea", "LodgingBusiness"}
)
_EARTH_METRES = 6_371_000


class RuleRefused(Exception):
    """A rule that leaves out nothing, or everything. Say what it is about."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is left out. All that is said must hold.

    `words` must all begin a word of the thing. `since` and `until` are days, both of them in it.
    `near` is latitude and longitude in degrees, within `metres`. `field` is a name of `data`.
    """

    thing: str | None = None
    words: str | None = None
    person: str | None = None
    place: str | None = None
    near: tuple[float, float] | None = None
    metres: int = 500
    since: str | None = None
    until: str | None = None
    source: str | None = None
    type: str | None = None
    field: str | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it is kept, with its number and since when."""

    id: int
    rule: Rule
    at: str
    ended_at: str | None = None


class Rules:
    """The rules in force, and those on fields that were taken back and may be filled in again."""

    def __init__(self, every: Sequence[Kept] = ()) -> None:
        """In the order in which they were made."""
        self._whole = [_Matcher(each.rule) for each in every if _goes_whole(each)]
        self._fields = [
            _Matcher(each.rule) for each in every if each.rule.field and not each.ended_at
        ]
        self._ended = [_Matcher(each.rule) for each in every if each.rule.field and each.ended_at]

    def kept(self, rows: list[Held]) -> tuple[list[Held], int]:
        """Those rows that may be kept, without what is left out of them; how many were not."""
        if not self._whole and not self._fields:
            return rows, 0
        found = list[Held]()
        for row in rows:
            seen = Seen(row)
            if not any(matcher.hits(seen) for matcher in self._whole):
                found.append(_without(row, seen, self._fields))
        return found, len(rows) - len(found)

    def fill(self, tx: Tx, rows: Sequence[Held], ids: Sequence[str]) -> None:
        """Give things that are there back what a rule took that is no longer in force."""
        if not self._ended:
            return
        asked = msgspec.json.encode(ids).decode()
        there = {row["id"]: row for row in tx.rows("things.by_ids", ids=asked)}
        for row in rows:
            held = there.get(row[1])
            seen = Seen(row)
            fields = {each.rule.field for each in self._ended if each.hits(seen)}
            if held is None or not fields:
                continue
            data = msgspec.json.decode(held["data"], type=dict[str, object])
            more = {name: value for name, value in seen.data.items() if name in fields - set(data)}
            if more:
                change(tx, held["position"], {**data, **more})


def change(tx: Tx, position: int, data: Mapping[str, object]) -> None:
    """Put other data into a thing, and its words too."""
    tx.run("redactions.change", position=position, data=msgspec.json.encode(data).decode())
    tx.run("words.again", position=position)


def rules_in(reading: Reading | Store) -> list[Kept]:
    """Every rule, those that were taken back too."""
    return [
        Kept(
            id=row["id"],
            rule=msgspec.json.decode(row["rule"], type=Rule),
            at=row["at"],
            ended_at=row["ended_at"],
        )
        for row in reading.rows("redactions.all")
    ]


def held_in(row: Row) -> Held:
    """A row of `things` as rules look at it."""
    return (0, row["id"], row["type"], row["name"], row["time"], row["source"], row["data"])


def row_of(held: Held, import_id: int | None) -> Row:
    """The values that `things.add` takes for it."""
    _, id, kind, name, time, source, data = held
    return {
        "id": id,
        "type": kind,
        "name": name,
        "time": time,
        "source": source,
        "data": data,
        "import_id": import_id,
    }


def _goes_whole(each: Kept) -> bool:
    return each.rule.field is None and each.ended_at is None


def _without(row: Held, seen: "Seen", matchers: Sequence["_Matcher"]) -> Held:
    names = {each.rule.field for each in matchers if each.hits(seen)} - NEVER
    left = {name: value for name, value in seen.data.items() if name not in names}
    if len(left) == len(seen.data):
        return row
    return (*row[:6], msgspec.json.encode(left).decode())


class Seen:
    """One thing as rules look at it; each view of it is made when it is first asked for."""

    def __init__(self, row: Held) -> None:
        """`row` as it is kept."""
        _, self.id, self.type, self.name, self.time, self.source, self.text = row
        self._data: dict[str, object] | None = None
        self._folded: str | None = None

    @property
    def data(self) -> dict[str, object]:
        """Its data."""
        if self._data is None:
            self._data = msgspec.json.decode(self.text, type=dict[str, object])
        return self._data

    @property
    def folded(self) -> str:
        """Name and data in small letters without accents."""
        if self._folded is None:
            self._folded = fold(f"{self.name}\n{self.text}")
        return self._folded

    @property
    def texts(self) -> list[str]:
        """Name and every text in it, folded."""
        return [fold(self.name), *(fold(text) for text in _texts(self.data))]


class _Matcher:
    """A rule, made ready to be asked many times."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._words = fold(rule.words or "").split()
        self._person = fold(rule.person or "").strip()
        self._place = fold(rule.place or "").split()

    def hits(self, seen: Seen) -> bool:
        """Whether all that the rule says holds of this thing."""
        rule = self.rule
        return (
            (rule.thing is None or rule.thing == seen.id)
            and (rule.source is None or rule.source == seen.source)
            and (rule.type is None or rule.type == seen.type)
            and self._in_time(seen.time)
            and (not self._words or self._has_words(seen))
            and (not self._person or self._has_person(seen))
            and (not self._place or self._has_place(seen))
            and (rule.near is None or self._is_near(seen))
            and (rule.field is None or rule.field in seen.data)
        )

    def _in_time(self, time: str | None) -> bool:
        rule = self.rule
        if rule.since is None and rule.until is None:
            return True
        day = (time or "")[:10]
        after = rule.since is None or day >= rule.since
        return bool(day) and after and (rule.until is None or day <= rule.until)

    def _has_words(self, seen: Seen) -> bool:
        if not all(word in seen.folded for word in self._words):
            return False
        begins = [word for text in seen.texts for word in _words_of(text)]
        return all(any(each.startswith(word) for each in begins) for word in self._words)

    def _has_person(self, seen: Seen) -> bool:
        if self._person not in seen.folded:
            return False
        return any(
            self._person in {fold(str(each.get(key, ""))) for key in ("name", "email", "telephone")}
            for each in _objects(seen.data)
            if each.get("@type") in {"Person", "Organization"}
        ) or (seen.type == "Person" and fold(seen.name) == self._person)

    def _has_place(self, seen: Seen) -> bool:
        if not all(word in seen.folded for word in self._place):
            return False
        return any(
            all(
                any(each.startswith(word) for each in _words_of(fold(text))) for word in self._place
            )
            for key, place in _named(seen.data)
            if key in _PLACES or (isinstance(place, dict) and place.get("@type") in _PLACE_TYPES)
            for text in _texts(place)
        )

    def _is_near(self, seen: Seen) -> bool:
        if "latitude" not in seen.text or self.rule.near is None:
            return False
        return any(
            _metres(self.rule.near, point) <= self.rule.metres for point in _points(seen.data)
        )


def fold(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _words_of(text: str) -> list[str]:
    return [text, *"".join(sign if sign.isalnum() else " " for sign in text).split()]


def _named(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    yield key, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _named(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, key)


def _objects(value: object) -> Iterator[dict[str, object]]:
    for _, each in _named(value):
        if isinstance(each, dict):
            yield each


def _texts(value: object) -> Iterator[str]:
    for key, each in _named(value):
        if isinstance(each, str) and key not in _UNSEEN:
            yield each


def _points(value: object) -> Iterator[tuple[float, float]]:
    for each in _objects(value):
        try:
            yield float(str(each["latitude"])), float(str(each["longitude"]))
        except (KeyError, ValueError):
            continue


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two places on the earth lie apart (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, each)) for each in (one, other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))
