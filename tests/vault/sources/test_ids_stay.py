"""Ids of things are theirs for good: what was kept years ago is known again by them."""

import hashlib
import io
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.sources import Row, open_export
from firsthand.vault.sources.identity import Identity

_ACTIVITY = {
    "header": "YouTube",
    "title": "Watched Tee und \u201eWolken\u201c: 7",
    "titleUrl": "https://www.youtube.com/watch?v\u003dabcdefghijk",
    "subtitles": [{"name": "Inês", "url": "https://www.youtube.com/channel/UC1"}],
    "time": "2024-02-29T20:15:33.123Z",
    "products": ["YouTube"],
}
_FIX = {"latitudeE7": 525200066, "longitudeE7": 134049540, "accuracy": 12,
        "timestamp": "2023-03-01T10:00:00Z"}  # fmt: skip
_VISIT = {
    "placeVisit": {
        "location": {"latitudeE7": 525200066, "longitudeE7": 134049540, "placeId": "ChIJ7",
                     "name": "Bäckerei Linden", "address": "Weg 1\nKöln"},
        "duration": {"startTimestamp": "2023-03-01T10:00:00.5Z",
                     "endTimestamp": "2023-03-01T11:00:00.500Z"},
    }
}  # fmt: skip
_WAY = {
    "activitySegment": {
        "startLocation": {"latitudeE7": 525200066, "longitudeE7": 134049540},
        "endLocation": {"latitudeE7": 4819670296, "longitudeE7": 134049540},
        "duration": {"startTimestampMs": "1677668400000", "endTimestampMs": "1677672000000"},
        "distance": 4711, "activityType": "IN_BUS",
    }
}  # fmt: skip
_PATH = {
    "startTime": "2024-05-01T10:00:00.000+02:00",
    "endTime": "2024-05-01T12:00:00.000+02:00",
    "timelinePath": [{"point": "52.5200066°, 13.4049540°", "time": "2024-05-01T10:07:00+02:00"}],
}
_PLAY = {
    "ts": "2024-01-03T20:15:33Z", "platform": "linux", "ms_played": 187654, "conn_country": "PT",
    "master_metadata_track_name": "Größe \u2013 Größe",
    "master_metadata_album_artist_name": "Die Inseln",
    "master_metadata_album_album_name": "Eins",
    "spotify_track_uri": "spotify:track:0123456789abcdefghijkl",
    "episode_name": None, "episode_show_name": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (
            [_ACTIVITY, _ACTIVITY],
            ["d23f127c6b3e43ec2b795aad1d9642e5", "def353e8240642136b26c16db2d2055f"],
        ),
        ({"locations": [_FIX]}, ["40c980755ec13a51dd34169f0d238e44"]),
        (
            {"timelineObjects": [_VISIT, _WAY]},
            ["ee6f8be098379d6b271f924cd6ab76be", "b93f7fbaded8ac1fcdc6d0facfb8f96a"],
        ),
        ({"semanticSegments": [_PATH]}, ["49296bcd155fd871288445286c35bae0"]),
        ([_PLAY], ["a550b5ceb6984c9b2cca0fb58b030b78"]),
    ],
    ids=["activity", "Records", "months", "phone", "Spotify"],
)
def test_records_have_the_ids_that_they_always_had(content: object, ids: list[str]) -> None:
    stream = io.BytesIO(json.dumps(content).encode())
    rows = open_export("a.json", stream, {}).rows()
    assert [row.thing.id for row in rows if isinstance(row, Row)] == ids


@given(
    source=st.text(max_size=8),
    rows=st.lists(st.lists(st.none() | st.text(max_size=9), max_size=3), max_size=6),
)
def test_an_id_is_the_digest_of_the_fields_and_of_how_often_they_came(
    source: str, rows: list[list[str | None]]
) -> None:
    identity, before = Identity(source), Counter[str]()
    for fields in [*rows, *rows]:
        body = json.dumps([source, fields], ensure_ascii=False, separators=(",", ":"))
        whole = f"{body}#{before[body]}".encode()
        assert identity.of(fields) == hashlib.sha256(whole).hexdigest()[:32]
        before[body] += 1
