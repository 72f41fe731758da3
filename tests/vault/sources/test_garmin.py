"""Garmin's list of activities in several languages: it is no bank, and its figures are read."""

# ruff: noqa: E501 - columns as the site writes them

import io

import pytest

from firsthand.vault.sources import Row, Unreadable, open_export
from firsthand.vault.sources.garmin import SOURCE
from firsthand.vault.sources.source import Head

ENGLISH = """Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR,Aerobic TE,Total Ascent,Moving Time
Running,2024-01-13 18:03:01,false,"Berlin Running","5.21","350","00:30:12","145","167","3.1","25","00:30:01"
Pool Swim,2024-01-15 07:03:01,false,"Pool Swim","1,500","310","00:40:12.5","--","--","--","--","00:38:01"
Cycling,sometime,true,"Spandau Cycling","42.10","900","01:45:00","130","160","3.5","210","01:44:00"
"""
HEADERS = {
    "de": "Aktivitätstyp,Datum,Favorit,Titel,Distanz,Kalorien,Zeit,Ø Herzfrequenz,Maximale Herzfrequenz",
    "fr": "Type d'activité,Date,Favori,Titre,Distance,Calories,Durée,Fréquence cardiaque moyenne,Fréquence cardiaque maximale",
    "pt": "Tipo de atividade,Data,Favorito,Título,Distância,Calorias,Tempo total,FC Média,FC máxima",
    "es": "Tipo de actividad,Fecha,Favorito,Título,Distancia,Calorías,Tiempo,Frecuencia cardiaca media,FC máxima",
    "it": "Tipo di attività,Data,Preferito,Titolo,Distanza,Calorie,Tempo,FC Media,FC max",
    "nl": "Activiteittype,Datum,Favoriet,Titel,Afstand,Calorieën,Tijd,Gem. HS,Max. hartslag",
}


def rows(text: str, **answers: str) -> list[Row | Unreadable]:
    assert SOURCE.claims(Head("any", text.encode()))
    export = open_export("x", io.BytesIO(text.encode()), {})
    given = {f"{export.guesses[-1].id[:8]}.{what}": said for what, said in answers.items()}
    found = open_export("x", io.BytesIO(text.encode()), given).rows()
    return [row for row in found if isinstance(row, Row | Unreadable)]


def test_activities_are_read_and_each_row_is_accounted_for() -> None:
    run, swim, wrong = rows(ENGLISH)
    assert isinstance(wrong, Unreadable)
    assert isinstance(run, Row)
    assert isinstance(swim, Row)
    data = run.thing.data
    assert (run.thing.time, data["exerciseType"]) == ("2024-01-13T18:03:01", "Run")
    assert (data["duration"], data["movingTime"]) == ("PT30M12S", "PT30M1S")
    figures = {name: data[name]["value"] for name in ("distance", "heartRate", "elevationGain")}  # type: ignore[index]
    assert figures == {"distance": "5.21", "heartRate": "145", "elevationGain": "25"}
    assert swim.thing.data["distance"] == {
        "@type": "QuantitativeValue", "value": "1.5", "unitCode": "KMT"
    }  # fmt: skip
    miles = rows(ENGLISH, distance="miles")[0]
    assert isinstance(miles, Row)
    assert miles.thing.data["distance"]["value"] == "8.385"  # type: ignore[index]
    renamed = rows(ENGLISH.replace("Berlin Running", "A good one"))[0]
    assert isinstance(renamed, Row)
    assert renamed.thing.id == run.thing.id


@pytest.mark.parametrize("language", HEADERS)
def test_the_columns_are_known_in_any_language(language: str) -> None:
    text = f'{HEADERS[language]}\nX,2024-01-13 18:03:01,false,"Y","5.21","350","00:30:12","145","167"\n'
    (run,) = rows(text)
    assert isinstance(run, Row)
    data = run.thing.data
    beats = [data[name]["value"] for name in ("distance", "heartRate", "maximumHeartRate")]  # type: ignore[index]
    assert beats == ["5.21", "145", "167"]
