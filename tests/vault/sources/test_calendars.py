# ruff: noqa: E501 - records stand as they come
"""Calendars and contacts, as the programs of phones and offices write them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Row, Skipped, Unreadable, calendars, contacts
from firsthand.vault.sources.export import Each
from firsthand.vault.sources.source import Head

ZONE = """BEGIN:VTIMEZONE
TZID:My Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:MESZ
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:MEZ
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def read(text: str | bytes) -> list[Each]:
    raw = text.replace("\n", "\r\n").encode() if isinstance(text, str) else text
    head = Head("x", raw[: 64 * 1024])
    source = calendars.SOURCE if calendars.SOURCE.claims(head) else contacts.SOURCE
    assert source.claims(head)
    return list(source.open("x", io.BytesIO(raw), {}).rows())


def things(text: str | bytes) -> list[Thing]:
    rows = read(text)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.thing for row in rows if isinstance(row, Row)]


def calendar(*events: str, before: str = "") -> str:
    parts = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//DE\n{before}{parts}END:VCALENDAR\n"


def test_an_event_with_all_that_it_says() -> None:
    (thing,) = things(
        calendar(
            """UID:1@x
DTSTART;TZID=My Berlin:20240703T201500
DTEND;TZID=My Berlin:20240703T221500
SUMMARY:Tee\\, Kuchen\\; mehr und ein sehr langer Name\\nder in zwei
  Zeilen steht
LOCATION:Teehaus\\, Weg 1
GEO:50.1;8.6
ORGANIZER;CN="June: Host":mailto:june@x.example
ATTENDEE;CN=Malik;PARTSTAT=ACCEPTED:MAILTO:malik@x.example
ATTENDEE:mailto:greta@x.example
DESCRIPTION:Bring
  cake
STATUS:CANCELLED
BEGIN:VALARM
DESCRIPTION:Alarm
TRIGGER:-PT10M
END:VALARM""",
            before=ZONE,
        )
    )
    assert thing.data == {
        "@type": "Event",
        "name": "Tee, Kuchen; mehr und ein sehr langer Name\nder in zwei Zeilen steht",
        "startTime": "2024-07-03T18:15:00Z",
        "endTime": "2024-07-03T20:15:00Z",
        "location": {
            "@type": "Place",
            "name": "Teehaus, Weg 1",
            "geo": {"@type": "GeoCoordinates", "latitude": "50.10000", "longitude": "8.60000"},
        },
        "organizer": {"@type": "Person", "name": "June: Host", "email": "june@x.example"},
        "attendee": [
            {"@type": "Person", "name": "Malik", "email": "malik@x.example"},
            {"@type": "Person", "name": "greta@x.example", "email": "greta@x.example"},
        ],
        "description": "Bring cake",
        "eventStatus": "EventCancelled",
    }


@pytest.mark.parametrize(
    ("begin", "end", "start", "ends"),
    [
        ("DTSTART:20240112T090000Z", "DTEND:20240112T100000Z", "2024-01-12T09:00:00Z", "2024-01-12T10:00:00Z"),
        ("DTSTART;TZID=My Berlin:20240112T090000", "DURATION:PT1H30M", "2024-01-12T08:00:00Z", "2024-01-12T09:30:00Z"),
        ("DTSTART;TZID=My Berlin:20240331T030000", "", "2024-03-31T01:00:00Z", None),
        ("DTSTART;TZID=Europe/Lisbon:20240712T090000", "", "2024-07-12T08:00:00Z", None),
        ("DTSTART;TZID=W. Europe Standard Time:20240712T090000", "", "2024-07-12T07:00:00Z", None),
        ("DTSTART;TZID=Nowhere:20240712T090000", "", "2024-07-12T09:00:00", None),
        ("DTSTART:20240712T090000", "", "2024-07-12T09:00:00", None),
        ("DTSTART;VALUE=DATE:20240712", "DTEND;VALUE=DATE:20240713", "2024-07-12", None),
        ("DTSTART;VALUE=DATE:20240712", "DTEND;VALUE=DATE:20240715", "2024-07-12", "2024-07-14"),
        ("DTSTART;VALUE=DATE:20240712", "DURATION:P1W", "2024-07-12", "2024-07-18"),
        ("DTSTART;VALUE=DATE:16040712", "RRULE:FREQ=YEARLY", None, None),
    ],
)  # fmt: skip
def test_times(begin: str, end: str, start: str | None, ends: str | None) -> None:
    (thing,) = things(calendar(f"UID:1\n{begin}\n{end}", before=ZONE))
    assert (thing.time, thing.data.get("startTime"), thing.data.get("endTime")) == (
        start,
        start,
        ends,
    )


def test_a_series_is_one_event_and_what_was_moved_another() -> None:
    series = "UID:1\nSUMMARY:Chor\nDTSTART:20240112T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=FR\nEXDATE:20240119T090000Z,20240126T090000Z"
    moved = "UID:1\nSUMMARY:Chor\nDTSTART:20240203T090000Z\nRECURRENCE-ID:20240202T090000Z"
    whole, one = things(calendar(series, moved))
    assert whole.data["eventSchedule"] == {
        "@type": "Schedule",
        "repeatFrequency": "FREQ=WEEKLY;BYDAY=FR",
        "exceptDate": ["2024-01-19T09:00:00Z", "2024-01-26T09:00:00Z"],
    }
    assert one.data["previousStartDate"] == "2024-02-02T09:00:00Z"
    assert whole.id != one.id
    assert [thing.id for thing in things(calendar(moved, series))] == [one.id, whole.id]


def test_every_component_is_accounted_for() -> None:
    task = "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nBEGIN:VJOURNAL\nEND:VJOURNAL\nnonsense\n"
    text = calendar("SUMMARY:x", "DTSTART:soon", "DTSTART:20240112", before=task)
    assert [type(row) for row in read(text)] == [
        Skipped,
        Skipped,
        Unreadable,
        Unreadable,
        Unreadable,
        Row,
    ]
    assert [type(row) for row in read(text[:-30])][-1] is Unreadable
    nested = calendar("DTSTART:20240112\nBEGIN:VEVENT\nDTSTART:20240112")
    assert [type(row) for row in read(nested)] == [Unreadable, Row]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(encoding: str, end: str) -> None:
    text = calendar("UID:1\nDTSTART:20240112\nSUMMARY:Frühstück am Kanal")
    (thing,) = things(text.replace("\n", end).encode(encoding))
    assert thing.name == "Frühstück am Kanal"


def test_a_fold_in_the_middle_of_a_letter() -> None:
    raw = (
        calendar("UID:1\nDTSTART:20240112\nSUMMARY:Früh")
        .encode()
        .replace(b"\xc3\xbc", b"\xc3\n \xbc")
    )
    assert things(raw)[0].name == "Früh"


OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;In=C3=AAs;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:In=C3=AAs =
M=C3=BCller
TEL;CELL;PREF:+49 170 1
TEL;HOME:+49 30 2
NOTE;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Zeile 1=0D=0AZeile =FC
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ
 AAAA
BDAY:19900102
END:VCARD
"""
NEW = """BEGIN:VCARD
VERSION:{}
FN:Inês Müller
N:Müller;Inês;;;
item1.EMAIL;TYPE=INTERNET,HOME:ines@x.example
item2.ADR;TYPE=home:;;Weg 1\\, hinten;Lissabon;;1000;Portugal
ORG:Teehaus;Küche
TEL;VALUE=uri:tel:+49-170-1
BDAY:--0102
END:VCARD
"""


def test_a_card_of_the_oldest_version() -> None:
    row, left_out = read(OLD)
    assert isinstance(left_out, Skipped)
    assert isinstance(row, Row)
    assert row.thing.time is None
    assert row.thing.data == {
        "@type": "Person",
        "name": "Inês Müller",
        "givenName": "Inês",
        "familyName": "Müller",
        "telephone": ["+49 170 1", "+49 30 2"],
        "birthDate": "1990-01-02",
        "description": "Zeile 1\r\nZeile ü",
    }


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_cards_of_newer_versions(version: str) -> None:
    first, second = things(NEW.format(version) + NEW.format(version).replace("Inês", "June"))
    assert (first.name, second.name) == ("Inês Müller", "June Müller")
    assert first.data == {
        "@type": "Person",
        "name": "Inês Müller",
        "givenName": "Inês",
        "familyName": "Müller",
        "email": "ines@x.example",
        "telephone": "+49-170-1",
        "birthDate": "--01-02",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Weg 1, hinten",
            "addressLocality": "Lissabon",
            "postalCode": "1000",
            "addressCountry": "Portugal",
        },
        "worksFor": {"@type": "Organization", "name": "Teehaus Küche"},
    }


def test_every_card_is_accounted_for() -> None:
    text = (
        "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\nKIND:group\nFN:All\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\nX:1\nBEGIN:VCARD\nFN:C\n"
    )
    assert [type(row) for row in read(text)] == [
        Unreadable,
        Skipped,
        Unreadable,
        Row,
        Unreadable,
        Unreadable,
    ]
    huge = (
        "BEGIN:VCARD\nFN:A\nPHOTO:"
        + "".join(f"\n {'a' * 70}" for _ in range(9000))
        + "\nEND:VCARD\n"
    )
    assert [type(row) for row in read(huge)] == [Row, Skipped]


@given(
    st.binary(max_size=200), st.sampled_from(["BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VCARD\n"])
)
def test_nothing_else_is_ever_raised(noise: bytes, begin: str) -> None:
    assert isinstance(read(begin.encode() + noise), list)
