"""Garmin: the list of activities as its site exports it (Activities.csv), in any language.

The columns stand in one order whatever they are called: kind, date, favourite, title, distance,
calories, time. Times are those of the watch, without a zone, so the same activity out of a FIT file
is not known to be the same. Distances are in the units of the account, which the list does not say.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import BinaryIO

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.exercise import Activity, exercise_thing, figure
from firsthand.vault.sources.export import Export, Guess
from firsthand.vault.sources.headed import Cells, Headed, NotARow, names_of, text_and_answers
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.netflix import seconds_of
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.source import Facts, Head, Source

KEY = "garmin"
MILE_METRES, FOOT_METRES = 1609.344, 0.3048
# A pool is swum in metres; nobody swims so many kilometres.
SWUM_KILOMETRES_MAX = 20
UNITS = ("kilometres", "miles")
_FIRST = (
    later(r"aktivitat|activi|attivita|atividade|aktywnosc"),
    later(r"^(?:date|datum|data|fecha|dato)"),
    later(r"^(?:favo|prefer|ulub)"),
    later(r"^(?:tit|tyt|naam)"),
    later(r"^(?:dist|afstand|dystans)"),
    later(r"^(?:calor|kalor)"),
    later(r"^(?:time|totaltime|zeit|temps|duree|tiempo|tempo|tijd|tid|czas)"),
)
_ROLES = ("kind", "date", "favourite", "name", "distance", "calories", "time")
_HEART = r"hr|hf|hs$|hartslag|heart|herz|cardia|fc|tetno"
_MOVING = "movingtime|zeitinbewegung|deplacement|enmovimiento|emmovimento|inmovimento|bewegingstijd"
_CLIMBED = (
    "totalascent|anstieggesamt|positiverhohen|ascensiontotal|ascensototal|ascesatotale|"
    "subidatotal|totalestijging"
)
_OTHERS = (
    (rf"^(?=.*(?:max|mass))(?=.*(?:{_HEART}))", "beats most"),
    (_HEART, "beats"),
    (_MOVING, "moving"),
    (_CLIMBED, "climbed"),
)
_SWUM = later(r"swim|schwimm|nage|natac|nata|nuot|zwem|plyw")


def _joined(name: str) -> str:
    return "".join(tokens_of(name))


def _roles(names: list[str]) -> list[str]:
    rest = []
    for name in map(_joined, names[len(_ROLES) :]):
        role = next((role for said, role in _OTHERS if re.search(said, name)), "")
        rest.append("" if role in rest else role)
    return [*_ROLES[: len(names)], *rest]


def claims(head: Head) -> bool:
    """Whether a file begins with the columns of the list, in their order."""
    if head.is_marked_up:
        return False
    names, _ = names_of(head.text[:16_384])
    if len(names) < len(_FIRST):
        return False
    return all(said.search(_joined(name)) for said, name in zip(_FIRST, names, strict=False))


def open_garmin(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open the list of activities. Raises UnableToRead."""
    text, given = text_and_answers(name, stream, answers)
    unit = given.get("distance", list(UNITS)) or UNITS[0]
    opened = Headed(
        KEY, "Garmin activities", text, answers=given, make=partial(_thing, unit),
        dates=("date",), names=_roles,
    )  # fmt: skip
    opened.guesses.append(Guess(given.id("distance"), "Distances are in", unit, list(UNITS)))
    return opened


def _thing(unit: str, cells: Cells, identity: Identity) -> Thing:
    time = cells.instant("date")
    if time is None:
        raise NotARow("The date is missing.")
    time = time.removesuffix("Z")
    climbed = _figure(cells["climbed"])
    activity = Activity(
        source=KEY,
        day=time,
        kind=cells["kind"],
        name=cells["name"][:200],
        seconds=_seconds(cells["time"]),
        moving_seconds=_seconds(cells["moving"]),
        metres=_metres(cells, unit),
        climbed_metres=climbed * FOOT_METRES if climbed and unit == "miles" else climbed,
        beats=_figure(cells["beats"]),
        beats_most=_figure(cells["beats most"]),
        calories=_figure(cells["calories"]),
    )
    # Its title may be changed later, and its kind is in the language of the account.
    return msgspec.structs.replace(exercise_thing(activity, identity), id=identity.of([time]))


def _seconds(text: str) -> float | None:
    clock = seconds_of(text.partition(".")[0]) if text else None
    return float(clock) if clock is not None else None


def _figure(text: str) -> float | None:
    """A figure; in it a comma before three figures, with others before it, is for thousands."""
    text = text.lstrip("'").replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    if "," in text and "." in text:
        other = "," if text.rfind(".") > text.rfind(",") else "."
        return figure(text.replace(other, ""))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return figure(text.replace(",", ""))
    return figure(text)


def _metres(cells: Cells, unit: str) -> float | None:
    value = _figure(cells["distance"])
    if value is None:
        return None
    if value > SWUM_KILOMETRES_MAX and _SWUM.search(_joined(cells["kind"])):
        return value if unit == "kilometres" else value * 3 * FOOT_METRES
    return value * (1000 if unit == "kilometres" else MILE_METRES)


SOURCE = Source(
    key=KEY,
    facts=Facts(
        name="Garmin (list)",
        files=("Activities.csv",),
        how=(
            "On a computer, sign in at connect.garmin.com and open Activities, All activities.",
            "Scroll down as far as you want to have it: only what is shown is exported.",
            "Press Export CSV, and drop the file here.",
            "The whole account (see Watch, FIT) says more; choose one of the two.",
        ),
        holds="Every activity: when, what, how far, how long, your heart's beat and calories.",
        finds="How far you went in a month or a year, your best weeks, what has changed.",
        wait="at once",
        days_max=90,
    ),
    claims=claims,
    open=open_garmin,
)
