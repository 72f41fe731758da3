"""Apple Health's export: measurements, workouts and days, from phones of several languages."""

import io

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, UnableToRead, Unreadable, open_export

# One version of the phone's system wrote a grammar with a bracket too many.
GRAMMAR = """<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ELEMENT VisionPrescription (RightEye?, LeftEye?, Attachment?, MetadataEntry)*)>
]>
"""
WATCH = "Apple\u00a0Watch von Greta"


def document(*inside: str, locale: str = "de_DE", grammar: str = GRAMMAR) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{grammar}<HealthData locale="{locale}">\n'
        ' <ExportDate value="2024-02-01 10:00:00 +0100"/>\n' + "\n".join(inside) + "\n</HealthData>"
    ).encode()


def record(kind: str, start: str, end: str, value: str, unit: str = "", source: str = WATCH) -> str:
    unit = f' unit="{unit}"' if unit else ""
    return (
        f' <Record type="{kind}" sourceName="{source}" sourceVersion="10.1"'
        f' device="&lt;&lt;HKDevice: 0x28&gt;, name:Apple Watch&gt;"{unit}'
        f' creationDate="{end}" startDate="{start}" endDate="{end}" value="{value}">\n'
        '  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n </Record>'
    )


def pulse(start: str, value: str = "61", **more: str) -> str:
    return record("HKQuantityTypeIdentifierHeartRate", start, start, value, "count/min", **more)


def read(raw: bytes) -> list[Each]:
    export = open_export("any.xml", io.BytesIO(raw), {})
    assert export.source == "apple-health"
    return list(export.rows())


def things(rows: list[Each]) -> list[Thing]:
    return [row.thing for row in rows if isinstance(row, Row)]


def test_measurements() -> None:
    sleep = record("HKCategoryTypeIdentifierSleepAnalysis", "2024-01-03 23:15:00 +0100",
                   "2024-01-04 06:00:00 +0100", "HKCategoryValueSleepAnalysisAsleepCore",
                   source="iPhone de Inês")  # fmt: skip
    date, beat, slept = read(document(pulse("2024-01-03 20:15:30 +0100", "61.5"), sleep))
    assert isinstance(date, Skipped)
    first, second = things([beat, slept])
    assert (beat.line, first.type, first.name, first.time) == (
        8, "Observation", "Heart rate", "2024-01-03T19:15:30Z",
    )  # fmt: skip
    assert first.data == {
        "@type": "Observation", "name": "Heart rate", "startTime": "2024-01-03T19:15:30Z",
        "measuredProperty": "HeartRate", "value": "61.5", "unitText": "count/min",
        "instrument": {"@type": "Thing", "name": "Apple Watch von Greta"},
    }  # fmt: skip
    assert (second.data["value"], second.data["endTime"]) == ("AsleepCore", "2024-01-04T05:00:00Z")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-01-03 20:15:30 +0100", "2024-01-03T19:15:30Z"),
        ("2024-01-03 20:15:30 -0330", "2024-01-03T23:45:30Z"),
        ("2024-01-03 00:15:30 +0530", "2024-01-02T18:45:30Z"),
        ("2024-12-31 23:15:30 -0800", "2025-01-01T07:15:30Z"),
        ("2024-01-03 8:15:30 PM +0100", "2024-01-03T19:15:30Z"),
    ],
)
def test_times_are_instants(text: str, time: str) -> None:
    assert things(read(document(pulse(text))))[0].time == time


@pytest.mark.parametrize("text", ["", "soon", "2024-13-03 20:15:30 +0100",
                                  "2024-01-03 20:75:30 +0100", "2024-01-03"])  # fmt: skip
def test_what_is_no_time_is_told(text: str) -> None:
    assert isinstance(read(document(pulse(text)))[1], Unreadable)


WORKOUT = """ <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30.5"
 durationUnit="min" {} sourceName="x" startDate="2024-01-03 20:15:30 +0100"
 endDate="2024-01-03 20:46:00 +0100">
  <MetadataEntry key="HKElevationAscended" value="12300 cm"/>
  {}
  <WorkoutRoute sourceName="x"><FileReference path="/workout-routes/route_1.gpx"/></WorkoutRoute>
 </Workout>"""


OLD = (
    'totalDistance="5.2" totalDistanceUnit="km" totalEnergyBurned="300"'
    ' totalEnergyBurnedUnit="kcal"'
)
NEW = (
    '<WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5.2"'
    ' unit="km"/><WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned"'
    ' sum="1255.2" unit="kJ"/>'
)


@pytest.mark.parametrize(("attributes", "inside"), [(OLD, ""), ("", NEW)], ids=["old", "new"])
def test_workouts(attributes: str, inside: str) -> None:
    inside += '<WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="150" unit="x"/>'
    inside = f"<WorkoutActivity>{NEW.replace('5.2', '1.1')}</WorkoutActivity>{inside}"
    (thing,) = things(read(document(WORKOUT.format(attributes, inside))))
    assert (thing.type, thing.time) == ("ExerciseAction", "2024-01-03T19:15:30Z")
    assert thing.data["exerciseType"] == "Run"
    assert thing.data["duration"] == "PT30M30S"
    for key, value in (("distance", "5.2"), ("calories", "300"), ("heartRate", "150"),
                       ("elevationGain", "123")):  # fmt: skip
        figure = thing.data[key]
        assert isinstance(figure, dict)
        assert figure["value"] == value


def test_days_and_what_makes_no_thing() -> None:
    inner = pulse("2024-01-03 20:15:30 +0100")
    rows = read(document(
        ' <ActivitySummary dateComponents="2024-01-03" activeEnergyBurned="350.1"'
        ' activeEnergyBurnedUnit="kcal" appleExerciseTime="31" appleStandHours="10"/>',
        f' <Correlation type="HKCorrelationTypeIdentifierBloodPressure">\n{inner}\n </Correlation>',
        inner, ' <ClinicalRecord type="x" resourceFilePath="/a.json"/>', ' <Me x="y"/>',
    ))  # fmt: skip
    assert [type(row).__name__ for row in rows] == [
        "Skipped", "Row", "Skipped", "Row", "Skipped", "Skipped",
    ]  # fmt: skip
    day = things(rows)[0]
    assert (day.time, day.data["value"], day.data["exerciseMinutes"]) == (
        "2024-01-03",
        "350.1",
        "31",
    )


def test_the_form_for_clinics_is_skipped() -> None:
    raw = b'<?xml version="1.0"?>\n<ClinicalDocument><title>Health Data Export</title>'
    (row,) = read(raw)
    assert isinstance(row, Skipped)


CURVE = """Name,Inês
Data de nascimento,01/01/1990
Data de registo,2024-01-03 20:15:30 +0000
Classificação,Ritmo sinusal
Dispositivo,"Watch6,1"
Taxa de amostragem,512 hertz

Derivação,Derivação I
Unidade,µV

12,3
"""


@pytest.mark.parametrize(
    "text", [CURVE, '{\n  "id": "1",\n  "resourceType" : "Observation",\n  "code": {}}']
)
def test_what_lies_beside_the_export_is_skipped(text: str) -> None:
    (row,) = read(text.encode())
    assert isinstance(row, Skipped)


def test_an_export_from_another_zone_and_with_another_name_is_the_same() -> None:
    home = things(read(document(pulse("2024-01-03 20:15:30 +0100"))))
    away = things(read(document(pulse("2024-01-03 14:15:30 -0500", source="Neu"),
                                pulse("2024-01-03 14:16:30 -0500"))))  # fmt: skip
    assert [each.id for each in home] == [each.id for each in away][:1]
    twice = things(read(document(*[pulse("2024-01-03 20:15:30 +0100")] * 2)))
    assert len({each.id for each in twice}) == 2


def test_a_sign_that_cannot_be_costs_its_own_element_only() -> None:
    rows = read(document(pulse("2024-01-03 20:15:30 +0100"), pulse("2024-01-03 20:16:30 +0100",
                source="a\x0bb"), pulse("2024-01-03 20:17:30 +0100")))  # fmt: skip
    assert [(row.line, type(row).__name__) for row in rows] == [
        (7, "Skipped"), (8, "Row"), (11, "Unreadable"), (14, "Row"),
    ]  # fmt: skip


@pytest.mark.parametrize("at", range(40, 1100, 53))
def test_a_cut_anywhere_never_fails(at: int) -> None:
    raw = document(*[pulse("2024-01-03 20:15:30 +0100")] * 2)[:at]
    try:
        rows = list(open_export("any.xml", io.BytesIO(raw), {}).rows())
    except UnableToRead:
        return
    assert isinstance(rows[-1], Unreadable)


@pytest.mark.parametrize(
    "grammar",
    ['<!DOCTYPE HealthData [<!ENTITY a "b">]>', '<!DOCTYPE HealthData SYSTEM "a.dtd">'],
)
def test_what_declares_names_of_its_own_is_refused(grammar: str) -> None:
    raw = document(pulse("2024-01-03 20:15:30 +0100", source="&a;"), grammar=grammar)
    if "ENTITY" in grammar:
        with pytest.raises(UnableToRead, match="declares"):
            read(raw)
    else:
        assert not things(read(raw))
