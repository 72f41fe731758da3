# ruff: noqa: E501 - records stand as they come
"""Google's Timeline in each of its forms, old and new."""

import io
import json

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Row, Skipped, Unreadable
from firsthand.vault.sources.export import Each
from firsthand.vault.sources.places import geo_of_e7, geo_of_text
from firsthand.vault.sources.source import Head
from firsthand.vault.sources.timeline import SOURCE

HOME = {"@type": "GeoCoordinates", "latitude": "50.10000", "longitude": "8.60000"}
WORK = {"@type": "GeoCoordinates", "latitude": "50.20000", "longitude": "8.70000"}
FROM, TO = "2024-03-12T07:15:00Z", "2024-03-12T08:00:00Z"
SPAN = {"startTime": "2024-03-12T08:15:00.000+01:00", "endTime": "2024-03-12T09:00:00.000+01:00"}


def read(content: object) -> list[Each]:
    raw = json.dumps(content, ensure_ascii=False, indent=1).encode()
    assert SOURCE.claims(Head("x", raw[: 64 * 1024]))
    return list(SOURCE.open("x", io.BytesIO(raw), {}).rows())


def things(content: object) -> list[Thing]:
    rows = read(content)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.thing for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize(
    "time",
    [{"timestamp": "2024-03-12T07:15:00.030Z"}, {"timestampMs": "1710227700030"}],
)
def test_a_fix_of_the_records(time: dict[str, str]) -> None:
    fix = {"latitudeE7": 501000000, "longitudeE7": 86000000, "accuracy": 10, **time}
    (thing,) = things({"locations": [fix]})
    assert thing.data == {
        "@type": "Observation",
        "name": "Location",
        "startTime": FROM,
        "measuredProperty": "location",
        "location": {"@type": "Place", "geo": HOME},
        "marginOfError": {"@type": "QuantitativeValue", "value": "10.00", "unitCode": "MTR"},
    }


def test_records_without_time_or_place() -> None:
    rows = read({"locations": [{"latitudeE7": 1}, {"timestampMs": "1710227700030"}, {"latitudeE7": 10**12, "longitudeE7": 0, "timestampMs": "1710227700030"}, 3]})  # fmt: skip
    assert [type(row) for row in rows] == [Unreadable, Skipped, Unreadable, Unreadable]


@pytest.mark.parametrize("millis", [False, True])
def test_a_month_of_visits_and_ways(*, millis: bool) -> None:
    duration = (
        {"startTimestampMs": "1710227700000", "endTimestampMs": "1710230400000"}
        if millis
        else {"startTimestamp": FROM, "endTimestamp": TO}
    )
    at_home = {"latitudeE7": 501000000, "longitudeE7": 86000000}
    at_work = {"latitudeE7": 502000000, "longitudeE7": 87000000}
    visit = {
        "location": {**at_home, "placeId": "ChIJ1", "name": "Teehaus", "address": "Weg 1\nKöln"},
        "duration": duration,
        "childVisits": [{"location": {**at_work, "placeId": "ChIJ2"}, "duration": duration}],
    }
    way = {
        "startLocation": at_home, "endLocation": at_work, "duration": duration,
        "distance": 5210, "activityType": "IN_PASSENGER_VEHICLE",
    }  # fmt: skip
    content = {"timelineObjects": [{"placeVisit": visit}, {"activitySegment": way}]}
    stay, within, ride = things(content)
    assert stay.data == {
        "@type": "ArriveAction",
        "name": "Teehaus",
        "startTime": FROM,
        "endTime": TO,
        "location": {
            "@type": "Place",
            "name": "Teehaus",
            "address": "Weg 1\nKöln",
            "identifier": "ChIJ1",
            "geo": HOME,
        },
    }
    assert (within.name, within.type) == ("A place", "ArriveAction")
    assert ride.data == {
        "@type": "TravelAction",
        "name": "In passenger vehicle",
        "startTime": FROM,
        "endTime": TO,
        "fromLocation": {"@type": "Place", "geo": HOME},
        "toLocation": {"@type": "Place", "geo": WORK},
        "distance": {"@type": "QuantitativeValue", "value": "5.21", "unitCode": "KMT"},
        "instrument": {"@type": "Thing", "name": "In passenger vehicle"},
    }


def phone(*, ios: bool) -> list[dict[str, object]]:
    def at(where: str) -> object:
        return (
            f"geo:{where.replace(' ', '')}" if ios else {"latLng": where.replace(",", "°,") + "°"}
        )

    def point(where: str, minutes: int) -> dict[str, object]:
        if ios:
            return {"point": at(where), "durationMinutesOffsetFromStartTime": str(minutes)}
        return {
            "point": where.replace(",", "°,") + "°",
            "time": f"2024-03-12T08:{15 + minutes}:00.000+01:00",
        }

    top = {"placeID" if ios else "placeId": "ChIJ1", "placeLocation": at("50.1, 8.6")}
    visit = {
        "hierarchyLevel": "0",
        "topCandidate": {**top, "semanticType": "Home" if ios else "HOME"},
    }
    way = {"start": at("50.1, 8.6"), "end": at("50.2, 8.7"), "distanceMeters": "5210.4" if ios else 5210.4,
           "topCandidate": {"type": "walking" if ios else "WALKING"}}  # fmt: skip
    path = [point("50.1, 8.6", 0), point("50.2, 8.7", 9)]
    return [{**SPAN, "visit": visit}, {**SPAN, "activity": way}, {**SPAN, "timelinePath": path}]


def test_both_kinds_of_phones_say_the_same() -> None:
    android = things({"semanticSegments": phone(ios=False)})
    assert android == things(phone(ios=True))
    stay, way, *points = android
    assert (stay.name, stay.time, stay.data["endTime"]) == ("Home", FROM, TO)
    assert (way.name, way.data["distance"]) == (
        "Walking",
        {"@type": "QuantitativeValue", "value": "5.21", "unitCode": "KMT"},
    )
    assert [each.time for each in points] == [FROM, "2024-03-12T07:24:00Z"]
    assert points[1].data["location"] == {"@type": "Place", "geo": WORK}


def test_what_stands_beside_the_segments() -> None:
    position = {"LatLng": "50.1°, 8.6°", "accuracyMeters": 5, "timestamp": FROM, "source": "WIFI"}
    rows = read({
        "semanticSegments": [{**SPAN, "timelineMemory": {"trip": {}}}, {"visit": {}}],
        "rawSignals": [{"position": position}, {"wifiScan": {}}, {"activityRecord": {}}],
        "userLocationProfile": {"frequentPlaces": []},
    })  # fmt: skip
    assert [type(row) for row in rows] == [Skipped, Unreadable, Row, Skipped, Skipped, Skipped]


def test_saved_places_and_reviews() -> None:
    said = {
        "google_maps_url": "http://maps.google.com/?cid=1",
        "date": FROM,
        "location": {"name": "Teehaus", "address": "Weg 1"},
    }
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [8.6, 50.1]},
        "properties": said,
    }
    review = {
        **feature,
        "properties": {**said, "five_star_rating_published": 4, "review_text_published": "Gut"},
    }
    saved, reviewed = [
        row.thing
        for row in read({"type": "FeatureCollection", "features": [feature, review]})
        if isinstance(row, Row)
    ]
    assert (saved.type, saved.name, saved.time) == ("BookmarkAction", "Teehaus", FROM)
    assert reviewed.data["result"] == {
        "@type": "Review",
        "reviewRating": {"@type": "Rating", "ratingValue": "4", "bestRating": "5"},
        "reviewBody": "Gut",
    }


def test_places_in_every_writing() -> None:
    assert (
        geo_of_text("50.1°, 8.6°") == geo_of_text("geo:50.1,8.6") == geo_of_text("50.1,8.6") == HOME
    )
    assert geo_of_text("geo:91,8.6") is geo_of_text("home") is None
    assert geo_of_e7(501000000, 86000000) == HOME
    assert geo_of_e7(501000000, 86000000.5) is None


def test_a_newer_export_adds_only_what_is_new() -> None:
    old = phone(ios=True)
    before = {thing.id for thing in things(old)}
    after = {
        thing.id
        for thing in things([*old, {"startTime": TO, "endTime": TO, "visit": old[0]["visit"]}])
    }
    assert (before < after, len(after) - len(before)) == (True, 1)
