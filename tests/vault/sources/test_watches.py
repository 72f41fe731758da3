"""Activities of watches: GPX, TCX, FIT, and Strava's list of them in seven languages."""

import io

import pytest
from tests.vault.sources.watches import START, TCX, fit, gpx, message, points, session

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, UnableToRead, Unreadable, open_export


def each(content: str | bytes) -> list[Each]:
    raw = content.encode() if isinstance(content, str) else content
    return list(open_export("activity", io.BytesIO(raw), {}).rows())


def one(content: str | bytes) -> Thing:
    (row,) = each(content)
    assert isinstance(row, Row), row
    return row.thing


def km(thing: Thing) -> object:
    distance = thing.data["distance"]
    assert isinstance(distance, dict)
    assert distance["unitCode"] == "KMT"
    return distance["value"]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_track(version: str) -> None:
    run = one(gpx(version=version))
    assert (run.source, run.type, run.name) == ("gpx", "ExerciseAction", "Morning")
    assert run.time == "2024-01-03T07:15:20Z"
    assert run.data == {
        "@type": "ExerciseAction",
        "name": "Morning",
        "startTime": "2024-01-03T07:15:20Z",
        "exerciseType": "Run",
        "duration": "PT2M",
        "distance": {"@type": "QuantitativeValue", "value": "0.222", "unitCode": "KMT"},
        "heartRate": {"@type": "QuantitativeValue", "value": "141", "unitCode": "{beats}/min"},
        "maximumHeartRate": {
            "@type": "QuantitativeValue",
            "value": "142",
            "unitCode": "{beats}/min",
        },
        "elevationGain": {"@type": "QuantitativeValue", "value": "10", "unitCode": "MTR"},
        "fromLocation": {
            "@type": "Place",
            "geo": {"@type": "GeoCoordinates", "latitude": "52.52000", "longitude": "13.40000"},
        },
        "toLocation": {
            "@type": "Place",
            "geo": {"@type": "GeoCoordinates", "latitude": "52.52200", "longitude": "13.40000"},
        },
    }


def test_places_routes_and_tracks_without_times() -> None:
    rows = each(
        '<gpx version="1.1"><wpt lat="52.5" lon="13.4"><time>2024-01-03T10:00:00+01:00</time>'
        '<name>Lake</name></wpt><wpt lat="x" lon="1"/><rte><name>Plan</name>'
        '<rtept lat="1" lon="1"/></rte><trk><name>Drawn</name><trkseg><trkpt lat="1" lon="1"/>'
        "</trkseg></trk></gpx>"
    )
    assert [type(row) for row in rows] == [Row, Unreadable, Skipped, Skipped]
    assert isinstance(rows[0], Row)
    lake = rows[0].thing
    assert (lake.type, lake.name, lake.time) == ("Observation", "Lake", "2024-01-03T09:00:00Z")
    assert lake.data["measuredProperty"] == "location"


def test_a_way_between_two_parts_is_not_gone() -> None:
    far = '</trkseg><trkseg><trkpt lat="10" lon="10"><time>2024-01-03T09:00:00Z</time></trkpt>'
    assert km(one(gpx().replace("</trkseg>", far + "</trkseg>"))) == "0.222"


def test_laps_are_added_up_and_courses_left_out() -> None:
    ride, course = each(TCX)
    assert isinstance(ride, Row)
    assert isinstance(course, Skipped)
    thing = ride.thing
    assert (thing.name, thing.time) == ("Ride", "2024-01-03T07:15:20Z")
    assert thing.data["duration"] == "PT15M"
    assert km(thing) == "6"  # to the metre it is 6.0005
    assert thing.data["heartRate"] == {
        "@type": "QuantitativeValue",
        "value": "130",
        "unitCode": "{beats}/min",
    }
    assert thing.data["laps"] == "2"


def test_a_session_of_a_watch() -> None:
    run = one(fit(points(30), message(3, 19, [(253, 0x86, START)]), session()))
    assert (run.source, run.name, run.time) == ("fit", "Run", "2024-01-03T07:15:20Z")
    assert km(run) == "5.21"
    assert run.data["duration"] == "PT30M"
    assert run.data["laps"] == "5"
    assert run.data["fromLocation"] == {
        "@type": "Place",
        "geo": {"@type": "GeoCoordinates", "latitude": "52.52000", "longitude": "13.40000"},
    }
    for key, value in (("heartRate", "141"), ("calories", "321"), ("elevationGain", "35")):
        quantity = run.data[key]
        assert isinstance(quantity, dict)
        assert quantity["value"] == value


def test_a_file_that_was_cut_gives_what_its_points_add_up_to() -> None:
    run, cut = each(fit(points(30), session())[:-60])
    assert isinstance(run, Row)
    assert isinstance(cut, Unreadable)
    assert "ends in the middle" in cut.why
    assert km(run.thing) == "0.087"
    assert run.thing.data["duration"] == "PT29S"


def test_fields_of_apps_are_read_over() -> None:
    assert km(one(fit(points(30, own=b"\x01\x02\x03"), session()))) == "5.21"


def test_several_sessions_several_files_and_files_of_other_kinds() -> None:
    three = each(
        fit(points(5), session(), session(START + 3600, sport=2)) + fit(session(START + 9))
    )
    assert [row.thing.name for row in three if isinstance(row, Row)] == ["Run", "Ride", "Run"]
    (settings,) = each(fit(kind=2))
    assert isinstance(settings, Skipped)
    assert "settings" in settings.why


def test_only_its_beginning_is_too_little() -> None:
    with pytest.raises(UnableToRead):
        open_export("a.fit", io.BytesIO(fit()[:9]), {})


HEADERS = {
    "en": ("Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,"
           "Elapsed Time,Distance,Max Heart Rate,Relative Effort,Commute,Activity Private Note,"
           "Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,"
           "Max Speed,Average Speed,Elevation Gain,Elevation Loss,Max Heart Rate,"
           "Average Heart Rate,Calories,Average Elapsed Speed,Dirt Distance"),
    "de": ("Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,"
           "Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,Max. Herzfrequenz,"
           "Relative Leistung,Pendelfahrt,Private Notiz zur Aktivität,Ausrüstung für Aktivität,"
           "Dateiname,Athletengewicht,Fahrradgewicht,Verstrichene Zeit,Bewegungszeit,Distanz,"
           "Max. Geschwindigkeit,Durchschnittsgeschwindigkeit,Höhenzunahme,Höhenverlust,"
           "Max. Herzfrequenz,Durchschnittliche Herzfrequenz,Kalorien,X,Y"),
    "fr": ("ID de l'activité,Date de l'activité,Nom de l'activité,Type d'activité,"
           "Description de l'activité,Temps écoulé,Distance,Fréquence cardiaque max.,"
           "Effort relatif,Trajet quotidien,Note privée de l'activité,Matériel de l'activité,"
           "Nom du fichier,Poids de l'athlète,Poids du vélo,Temps écoulé,Durée de déplacement,"
           "Distance,Vitesse max.,Vitesse moyenne,Dénivelé positif,Dénivelé négatif,"
           "Fréquence cardiaque max.,Fréquence cardiaque moyenne,Calories,X,Y"),
    "it": ("ID attività,Data dell'attività,Nome dell'attività,Tipo di attività,"
           "Descrizione dell'attività,Tempo trascorso,Distanza,Frequenza cardiaca max,"
           "Sforzo relativo,Pendolarismo,Nota privata attività,Attrezzatura attività,Nome file,"
           "Peso atleta,Peso bici,Tempo trascorso,Tempo in movimento,Distanza,Velocità max,"
           "Velocità media,Dislivello positivo,Dislivello negativo,Frequenza cardiaca max,"
           "Frequenza cardiaca media,Calorie,X,Y"),
    "es": ("ID de actividad,Fecha de la actividad,Nombre de la actividad,Tipo de actividad,"
           "Descripción de la actividad,Tiempo transcurrido,Distancia,Ritmo cardíaco máximo,"
           "Esfuerzo relativo,Trayecto al trabajo,Nota privada de la actividad,"
           "Equipamiento de la actividad,Nombre de archivo,Peso del atleta,Peso de la bicicleta,"
           "Tiempo transcurrido,Tiempo en movimiento,Distancia,Velocidad máxima,Velocidad media,"
           "Desnivel positivo,Desnivel negativo,Ritmo cardíaco máximo,Ritmo cardíaco promedio,"
           "Calorías,X,Y"),
    "pt": ("ID da atividade,Data da atividade,Nome da atividade,Tipo de atividade,"
           "Descrição da atividade,Tempo decorrido,Distância,Frequência cardíaca máxima,"
           "Esforço relativo,Deslocamento,Nota privada da atividade,Equipamento da atividade,"
           "Nome do arquivo,Peso do atleta,Peso da bicicleta,Tempo decorrido,Tempo de movimentação,"
           "Distância,Velocidade máxima,Velocidade média,Ganho de elevação,Perda de elevação,"
           "Frequência cardíaca máxima,Frequência cardíaca média,Calorias,X,Y"),
    "nl": ("Activiteits-ID,Datum van activiteit,Naam van activiteit,Soort activiteit,"
           "Beschrijving van activiteit,Verstreken tijd,Afstand,Max. hartslag,"
           "Relatieve inspanning,Woon-werkverkeer,Privénotitie bij activiteit,"
           "Materiaal voor activiteit,Bestandsnaam,Gewicht atleet,Gewicht fiets,Verstreken tijd,"
           "Beweegtijd,Afstand,Max. snelheid,Gemiddelde snelheid,Hoogtewinst,Hoogteverlies,"
           "Max. hartslag,Gemiddelde hartslag,Calorieën,X,Y"),
}  # fmt: skip
DATES = {
    "en": "Jan 3, 2024, 7:15:20 AM", "de": "03.01.2024, 07:15:20", "fr": "3 janv. 2024, 07:15:20",
    "it": "3 gen 2024, 07:15:20", "es": "3 ene 2024, 7:15:20", "pt": "3 de jan. de 2024, 07:15:20",
    "nl": "3 jan. 2024 07:15:20",
}  # fmt: skip
RUNS = {"en": "Run", "de": "Lauf", "fr": "Course à pied", "it": "Corsa", "es": "Carrera",
        "pt": "Corrida", "nl": "Hardloopsessie"}  # fmt: skip


def listed(language: str) -> str:
    kilometres = '"5,21"' if language != "en" else "5.21"
    return (
        f"{HEADERS[language]}\n"
        f'123,"{DATES[language]}","Morgen, früh",{RUNS[language]},,1850,{kilometres},170,25,false,'
        ",,activities/1.fit.gz,,,1850.0,1800.0,5210.4,4.1,2.9,35.2,34,170.0,141.3,321.0,2.8,9.0\n"
    )


@pytest.mark.parametrize("language", HEADERS)
def test_the_list_of_strava_in_every_language(language: str) -> None:
    run = one(listed(language))
    assert (run.source, run.name) == ("strava", "Morgen, früh")
    assert run.time == "2024-01-03T07:15:20Z"
    said = {key: value.get("value") if isinstance(value, dict) else value
            for key, value in run.data.items()}  # fmt: skip
    assert said == {
        "@type": "ExerciseAction",
        "name": "Morgen, früh",
        "startTime": "2024-01-03T07:15:20Z",
        "exerciseType": "Run",
        "duration": "PT30M50S",
        "distance": "5.21",
        "movingTime": "PT30M",
        "heartRate": "141",
        "maximumHeartRate": "170",
        "calories": "321",
        "elevationGain": "35",
    }


@pytest.mark.parametrize(
    ("distance", "kilometres"), [("5.21", "5.21"), ("1500", "1.5"), ("42,2", "42.2")]
)
def test_a_distance_that_stands_once(distance: str, kilometres: str) -> None:
    header = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n"
    row = f'1,2018-06-03 07:00:00,Out,Swim,,2100,"{distance}",false,,\n'
    assert km(one(header + row)) == kilometres


def test_a_time_with_a_zone() -> None:
    header = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n"
    run = one(header + "1,2018-06-03 00:30:00 +0200,Out,Run,,2100,5,false,,\n")
    assert run.time == "2018-06-02T22:30:00Z"


def test_one_activity_in_five_forms_is_one_thing() -> None:
    forms: list[str | bytes] = [gpx(), TCX, fit(points(5), session()), listed("en"), listed("de")]
    ids = {row.thing.id for form in forms for row in each(form) if isinstance(row, Row)}
    assert len(ids) == 1


def test_a_list_with_rows_that_are_no_activity() -> None:
    rows = each(HEADERS["en"] + "\n1,never,Out,Run,,1,1,,,,,,,,,,,,,,,,,,,,\n2,,Out,Run,,1,1,,,\n")
    assert [type(row) for row in rows] == [Unreadable, Unreadable]


def test_the_most_beats_are_not_taken_for_the_mean() -> None:
    header = (
        "ID attività,Data dell'attività,Nome dell'attività,Tipo di attività,Tempo trascorso,"
        "Frequenza cardiaca massima,Nome file,Frequenza cardiaca media\n"
    )
    beats = one(header + '1,"13 gen 2024, 06:12:00",Corsa,Corsa,2700,171,,150\n').data
    assert [beats[key]["value"] for key in ("heartRate", "maximumHeartRate")] == ["150", "171"]  # type: ignore[index]
