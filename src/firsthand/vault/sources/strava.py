"""Strava: the list of all activities (activities.csv), whatever language its columns are in.

The files beside it (GPX, TCX, FIT) are sources of their own; an activity that is in both comes
once, by the instant at which it began (see `exercise`).
"""

import datetime
import re
from collections.abc import Mapping
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.exercise import Activity, exercise_thing, figure
from firsthand.vault.sources.export import Export
from firsthand.vault.sources.headed import (
    Cells,
    Headed,
    NotARow,
    names_of,
    text_and_answers,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.netflix import seconds_of
from firsthand.vault.sources.source import Facts, Head, Source

FORMAT = "Strava activities"
METRES_A_SECOND_MAX = 45.0
_ACTIVITY = re.compile(r"aktivitats?|activiteits?|activit(?:y|e|a)|attivita|actividad|atividade")
_OF_ACTIVITY = (
    ("note", "description"), ("descri|beschr", "description"), (r"^(?:id|identif)|id$", "id"),
    ("date|data|fecha|datum", "date"), ("nom|name|naam", "name"),
    (r"typ|tipo|art$|soort|sport", "type"),
)  # fmt: skip
_ELAPSED = "elapsed|verstrich|ecoule|transcurr|trascors|decorrid|verstrek|verlopen"
_SPEED = "speed|geschw|vitesse|veloc|snelh"
_MOVING = "moving|movim|bewe|deplacement|mouvement"
_TIME = "time|zeit|tijd|temps|duree|tiempo|tempo"
_HEART = "heart|herz|cardia|hartslag"
_CLIMBED = """elevationgain|hohenzunahme|hohenmeter|hohengewinn|denivelepositif|gaindaltitude
gaindel|desnivelpositiv|gananciadeel|dislivello$|dislivellopositivo|aumentodi|guadagnodi
ganhodee|ganhodea|hoogtewinst|hoogtemeters|totalestijging"""
_FILE = "filename|dateiname|fichier|archivo|nomefile|nomedelfile|arquivo|ficheiro|bestandsnaam"
_OTHERS = (
    (f"^(?!.*(?:{_SPEED})).*(?:{_ELAPSED})", "elapsed"),
    (f"(?:{_MOVING}).*(?:{_TIME})|(?:{_TIME}).*(?:{_MOVING})", "moving"),
    ("^(?:distance|distanz|distanza|distancia|afstand|entfernung|strecke)$", "distance"),
    (f"(?:max|mass).*(?:{_HEART})|(?:{_HEART}).*(?:max|mass)", "beats most"),
    (_HEART, "beats"),
    ("^(?:calor|kalor)", "calories"),
    ("|".join(_CLIMBED.split("\n")), "climbed"),
    (_FILE, "file"),
)
_OLD = {"id", "date", "name", "type", "description", "elapsed", "distance"}
_KINDS = {
    "Run": "lauf laufen course corsa carrera corrida hardloopsessie hardlopen",
    "Ride": "radfahrt radfahren velo giro bicicleta pedalada fietsrit rit pedal",
    "Swim": "schwimmen schwimmeinheit natation nuoto natacion natacao zwemmen zwemsessie nuotata",
    "Walk": "spaziergang gehen marche camminata caminata caminhada wandeling wandelen",
    "Hike": "wanderung wandern randonnee escursione senderismo excursion trilha hike",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


def role_of_column(name: str) -> str:
    """What a column of Strava holds, by its name in any language; the name itself if unknown."""
    words = tokens_of(name)
    joined = "".join(words)
    if _ACTIVITY.search(joined):
        rest = _ACTIVITY.sub("", joined)
        table: tuple[tuple[str, str], ...] = _OF_ACTIVITY
    else:
        rest, table = joined, _OTHERS
        if joined in _OLD:
            return joined
    return next((role for said, role in table if re.search(said, rest)), " ".join(words))


def _roles(cells: list[str]) -> list[str]:
    roles: list[str] = []
    for cell in cells:
        role = role_of_column(cell)
        # There is one of each of these; a later column with such a word is about something else.
        again = role in ("id", "date", "name", "type") and role in roles
        roles.append("" if again else role)
    return roles


def claims(head: Head) -> bool:
    """Whether a file names the columns of Strava's list."""
    if head.is_marked_up:
        return False
    names, _ = names_of(head.text[:16_384])
    roles = set(_roles(names))
    return {"id", "date", "name", "type"} <= roles and bool({"elapsed", "file"} & roles)


def open_strava(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open the list of activities. Raises UnableToRead."""
    text, given = text_and_answers(name, stream, answers)
    return Headed(
        "strava", FORMAT, text, answers=given, make=_thing, dates=("date",), names=_roles,
        known_as="exercise",
    )  # fmt: skip


def _thing(cells: Cells, identity: Identity) -> Thing:
    time = cells.instant("date")
    if time is None:
        raise NotARow("The date is missing.")
    exact = time.endswith("Z")
    seconds = _seconds(cells, "elapsed")
    kind = cells["type"]
    words = tokens_of(kind)
    activity = Activity(
        source="strava",
        start=datetime.datetime.fromisoformat(time.removesuffix("Z")) if exact else None,
        day=None if exact else time,
        kind=next((_KIND_OF[word] for word in words if word in _KIND_OF), kind),
        name=cells["name"][:200],
        note=cells["description"],
        seconds=seconds,
        moving_seconds=_seconds(cells, "moving"),
        metres=_metres(cells.all("distance"), seconds),
        climbed_metres=_figure(cells["climbed"]),
        beats=_figure(cells["beats"]),
        beats_most=_figure(cells["beats most"]),
        calories=_figure(cells["calories"]),
        stable=[cells["id"]],
    )
    return exercise_thing(activity, identity)


def _seconds(cells: Cells, name: str) -> float | None:
    for text in reversed(cells.all(name)):
        if text:
            clock = seconds_of(text)
            return float(clock) if clock is not None else _figure(text)
    return None


def _figure(text: str) -> float | None:
    """A figure with decimals after a point or a comma; the other of the two is for thousands."""
    text = text.replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace("'", "")
    if "," in text and "." in text:
        other = "," if text.rfind(".") > text.rfind(",") else "."
        text = text.replace(other, "")
    return figure(text)


def _metres(said: list[str], seconds: float | None) -> float | None:
    """The distance in metres.

    The list says it twice: first as the person sees it (kilometres, or metres in water), later in
    metres. Where it stands once only, it is metres if kilometres would be faster than a car.
    """
    found = [value for text in said if (value := _figure(text)) is not None]
    if not found:
        return None
    if len(found) > 1 and abs(found[-1] - found[0]) > 1e-9:
        return found[-1]
    slow = found[0] * 1000 <= METRES_A_SECOND_MAX * seconds if seconds else found[0] < 1000
    return found[0] * 1000 if slow else found[0]


SOURCE = Source(
    key="strava",
    facts=Facts(
        name="Strava",
        files=("activities.csv", "activities/*.gpx", "activities/*.tcx.gz", "activities/*.fit.gz"),
        how=(
            "On a computer, sign in at strava.com and open Settings, My account.",
            "Under Download or delete your account press Get started, then Request your archive.",
            "Wait for the e-mail with the link, save the archive and drop it here as it is.",
        ),
        holds="Every activity: when, what, how far, how long, your heart's beat, and its track.",
        finds="How far you went in a month or a year, your best weeks, what has changed.",
        wait="a few hours",
        days_max=90,
    ),
    claims=claims,
    open=open_strava,
)
