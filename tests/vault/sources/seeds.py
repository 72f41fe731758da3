"""A small whole file for every source, from which the fuzzer makes its own.

A new source puts one here: `test_fuzz.py` tells of one that has none.
"""

import io
import json
import sqlite3
import tempfile
from pathlib import Path

from tests.vault.sources.watches import TCX, fit, gpx, points, session

_CHROME = """
CREATE TABLE urls(id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR,
  visit_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL);
CREATE TABLE visits(id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL,
  from_visit INTEGER, transition INTEGER DEFAULT 0 NOT NULL, visit_duration INTEGER DEFAULT 0);
INSERT INTO urls VALUES (7, 'https://tee.example/', 'Tee', 1, 0);
INSERT INTO visits VALUES (1, 7, 13354701300345678, 0, 0, 65000000);
"""


def history() -> bytes:
    """A browser's database with one visit, in pages as small as they come."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "History"
        database = sqlite3.connect(path)
        database.execute("PRAGMA page_size=512")
        database.executescript(_CHROME)
        database.close()
        return path.read_bytes()


TIME = 1704312900
_JSON: list[object] = [
    [{"endTime": "2024-01-03 20:15", "artistName": "A", "trackName": "B", "msPlayed": 180500}],
    [{"ts": "2024-01-03T20:15:00Z", "platform": "android", "ms_played": 1000, "conn_country": "DE",
      "master_metadata_track_name": "B", "master_metadata_album_artist_name": "A",
      "master_metadata_album_album_name": "C", "spotify_track_uri": "spotify:track:1",
      "reason_start": "clickrow", "offline_timestamp": 1704312900, "episode_name": None}],
    [{"header": "YouTube", "title": "Watched A", "titleUrl": "https://www.youtube.com/watch?v=1",
      "subtitles": [{"name": "B", "url": "https://www.youtube.com/channel/1"}],
      "time": "2024-01-03T20:15:33.784Z", "products": ["YouTube"]}],
    {"locations": [{"latitudeE7": 501000000, "longitudeE7": 86000000, "accuracy": 10,
                    "timestamp": "2024-01-03T07:15:00.030Z"}]},
    {"timelineObjects": [{"placeVisit": {"location": {"latitudeE7": 1, "longitudeE7": 1,
                          "name": "A", "address": "B"}, "duration": {
                          "startTimestamp": "2024-01-03T07:15:00Z",
                          "endTimestamp": "2024-01-03T08:15:00Z"}}}]},
    {"likes_media_likes": [{"title": "june", "string_list_data": [
        {"href": "https://www.instagram.com/p/A/", "value": "x", "timestamp": TIME}]}]},
    [{"title": "", "media_list_data": [], "string_list_data": [
        {"href": "", "value": "june", "timestamp": TIME}]}],
    {"comments_media_comments": [{"string_map_data": {"Comment": {"value": "A"},
        "Media Owner": {"value": "june"}, "Time": {"timestamp": TIME}}}]},
    {"participants": [{"name": "Malik"}], "messages": [
        {"sender_name": "Malik", "timestamp_ms": TIME * 1000, "content": "A"}], "title": "B"},
    {"searches_v2": [{"timestamp": TIME, "attachments": [{"data": [{"text": "A"}]}]}]},
    [{"timestamp": TIME, "title": "A", "data": [{"reaction": {"reaction": "LIKE"}}]}],
    {"off_facebook_activity_v2": [{"name": "A", "events": [
        {"id": 1, "type": "PURCHASE", "timestamp": TIME}]}]},
]  # fmt: skip
_TEXT = [
    ("Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,"
    "Bookmark,Latest Bookmark,Country\nMalik,2024-01-03 20:15:00,00:47:03,,A: Season 1: B,,TV,"
    "00:47:03,00:47:03,DE\n"),
    'Title,Date\n"A: Season 1: B","1/13/24"\n',
    "Profile Name,Title Name,Country,Utc Title Add Date\nMalik,A,DE,2024-01-03 20:15:00\n",
    "Datum;Betrag;Empfänger;Verwendungszweck\n03.01.2024;-9,99;Spotify;x\n",
    ("OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKTRANLIST><STMTTRN>"
    "<TRNTYPE>DEBIT<DTPOSTED>20240103<TRNAMT>-9.99<FITID>1<NAME>Spotify</STMTTRN></BANKTRANLIST>"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"),
    (":20:START\r\n:25:10020030/1234567\r\n:28C:1/1\r\n:60F:C240101EUR100,00\r\n"
    ":61:2401030103DR9,99NDDTNONREF//1\r\n:86:105?00LASTSCHRIFT?20SVWZ+A?32Spotify\r\n"
    ":62F:C240131EUR90,01\r\n-\r\n"),
    ('<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
    '<BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE02</IBAN></Id></Acct><Ntry><Amt Ccy="EUR">9.99</Amt>'
    "<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2024-01-03</Dt></BookgDt></Ntry></Stmt>"
    "</BkToCstmrStmt></Document>"),
    ('<?xml version="1.0"?><HealthData locale="de_DE"><Record '
    'type="HKQuantityTypeIdentifierHeartRate" sourceName="W" unit="count/min" '
    'startDate="2024-01-03 20:15:30 +0100" endDate="2024-01-03 20:15:30 +0100" value="61"/>'
    '<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" '
    'startDate="2024-01-03 20:15:30 +0100" endDate="2024-01-03 20:45:30 +0100"/></HealthData>'),
    ("Book Id,Title,Author,ISBN,My Rating,Date Read,Date Added,Bookshelves,Exclusive Shelf,"
    'My Review\n1,A,B,"=""0441172717""",5,2024/01/03,2024/01/02,c,read,"d<br/>e"\n'),
    ("Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
    "2024-01-05,A,2021,https://boxd.it/a,4.5,Yes,b,2024-01-03\n"),
    ("Aktivitätstyp,Datum,Favorit,Titel,Distanz,Kalorien,Zeit,Ø Herzfrequenz\n"
     'Laufen,2024-01-03 18:03:01,false,"Berlin","5,21","350","00:30:12","145"\n'),
    ("Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Filename,"
    'Elapsed Time,Distance\n1,"Jan 3, 2024, 7:15:20 AM",A,Run,1850,5.21,a.gpx,1850.0,5210.4\n'),
    gpx(),
    TCX,
    '<html><body class="_a705 _a6-g">Instagram</body></html>',
    (
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<H1>A</H1>\n<DL><p>\n"
        '<DT><H3 ADD_DATE="1704312900">A</H3>\n<DL><p>\n<DT><A HREF="https://tee.example/" '
        'ADD_DATE="1704312900">Tee</A>\n</DL><p>\n</DL><p>\n'
    ),
    ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:A\r\n"
    "DTSTART;TZID=Europe/Berlin:20240103T201500\r\nDTEND:20240103T211500Z\r\n"
    "RRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
    ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Malik A\r\nN:A;Malik;;;\r\nTEL;TYPE=CELL:+491\r\n"
    "EMAIL:a@b.example\r\nBDAY:1990-01-03\r\nEND:VCARD\r\n"),
    ("From a@b.example Wed Jan  3 20:15:00 2024\nFrom: Shop <a@b.example>\nTo: m@b.example\n"
    "Subject: Your order\nDate: Wed, 3 Jan 2024 20:15:00 +0100\nMessage-ID: <1@b.example>\n"
    "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><script "
    'type="application/ld+json">{"@context":"http://schema.org","@type":"Order","orderNumber":"1",'
    '"merchant":{"name":"Shop"},"price":"9.99","priceCurrency":"EUR"}</script></html>\n'),
    ("From: Shop <a@b.example>\nTo: m@b.example\nSubject: Your order\nDate: Wed, 3 Jan 2024 "
    "20:15:00 +0100\nMIME-Version: 1.0\nContent-Type: text/plain\n\nThank you.\n"),
    ('"Website","Order ID","Order Date","Currency","Unit Price","Unit Price Tax","Shipping Charge",'
    '"Total Owed","ASIN","Product Condition","Quantity","Payment Instrument Type","Order Status",'
    '"Ship Date","Product Name"\n"Amazon.de","1-2-3","2024-01-03T20:15:00Z","EUR","9.99","1.59",'
    '"0","11.58","B01","New","1","Visa","Closed","2024-01-04T08:00:00Z","A"\n'),
]  # fmt: skip


def seeds() -> list[bytes]:
    """All of them."""
    found = [json.dumps(each).encode() for each in _JSON]
    found += [each.encode() for each in _TEXT]
    found += [fit(points(3), session()), fit(kind=2), history()]
    return found


def stream(content: bytes) -> io.BytesIO:
    """A file in memory."""
    return io.BytesIO(content)
