"""Spotify's account export and its extended history, and that the two do not count twice."""

import io
import json
from typing import Any

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, UnableToRead, Unreadable, open_export


def account(end: str, artist: str, track: str, ms: int) -> dict[str, Any]:
    return {"endTime": end, "artistName": artist, "trackName": track, "msPlayed": ms}


def extended(ts: str, artist: str | None, track: str | None, ms: int, **more: object) -> Any:  # noqa: ANN401
    empty = dict.fromkeys(
        ["spotify_track_uri", "episode_name", "episode_show_name", "spotify_episode_uri",
         "audiobook_title", "audiobook_uri", "audiobook_chapter_uri", "audiobook_chapter_title",
         "master_metadata_album_album_name", "skipped", "offline_timestamp"]
    )  # fmt: skip
    return {"ts": ts, "platform": "android", "ms_played": ms, "conn_country": "DE",
            "ip_addr": "192.0.2.1", "master_metadata_track_name": track,
            "master_metadata_album_artist_name": artist, **empty, "reason_start": "clickrow",
            "shuffle": False, "incognito_mode": False, **more}  # fmt: skip


def read(value: object, encoding: str = "utf-8") -> list[Each]:
    text = json.dumps(value, ensure_ascii=False, indent=2).encode(encoding)
    export = open_export("any.json", io.BytesIO(text), {})
    assert export.source == "spotify"
    return list(export.rows())


def things(rows: list[Each]) -> list[Thing]:
    return [row.thing for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plays_of_the_account(encoding: str) -> None:
    rows = read(
        [account("2024-01-03 20:15", "Mando Diao", "Für Inês — Dança", 180_500),
         account("2024-01-03 20:15", "Mando Diao", "Für Inês — Dança", 850),
         {"endTime": "2024-01-04 00:01", "podcastName": "Das Wissen", "episodeName": "Moore",
          "msPlayed": 1_800_000}], encoding,
    )  # fmt: skip
    long, short, episode = things(rows)
    assert (long.type, long.name, long.time) == (
        "ListenAction", "Für Inês — Dança", "2024-01-03T20:11:59Z",
    )  # fmt: skip
    assert long.data["duration"] == "PT3M"
    assert long.data["object"] == {
        "@type": "MusicRecording", "name": "Für Inês — Dança",
        "byArtist": {"@type": "MusicGroup", "name": "Mando Diao"},
    }  # fmt: skip
    assert short.data["duration"] == "PT0S"
    assert episode.time == "2024-01-03T23:31:00Z"
    assert episode.data["object"] == {
        "@type": "PodcastEpisode", "name": "Moore",
        "partOfSeries": {"@type": "PodcastSeries", "name": "Das Wissen"},
    }  # fmt: skip


def test_plays_of_the_extended_history() -> None:
    rows = read(
        [extended("2024-01-03T20:15:30Z", "A", "One", 180_000, skipped=True,
                  spotify_track_uri="spotify:track:1", master_metadata_album_album_name="Al"),
         extended("2024-01-03T20:15:30Z", None, None, 1000, episode_name="E",
                  episode_show_name="S"),
         extended("2024-01-03T20:15:30Z", None, None, 1000, audiobook_title="B",
                  audiobook_chapter_title="1"),
         extended("2024-01-03T20:15:30Z", None, None, 1000),
         extended("gestern", "A", "One", 1000),
         extended("2024-13-03T20:15:30Z", "A", "One", 1000),
         extended("2024-01-03T20:15:30Z", "A", "One", -1)]
    )  # fmt: skip
    assert [type(row).__name__ for row in rows] == ["Row"] * 3 + ["Skipped"] + ["Unreadable"] * 3
    first = things(rows)[0]
    assert first.time == "2024-01-03T20:12:30Z"
    assert first.data["location"] == {"@type": "Country", "name": "DE"}
    assert first.data["skipped"] is True
    assert "192.0.2.1" not in str(first.data)
    assert next(row.why for row in rows if isinstance(row, Unreadable)) == (
        '"gestern" is not a date with a time.'
    )


def test_a_play_in_both_histories_is_one() -> None:
    plays = [
        ("2024-01-03T20:15:30Z", "A", "One", 180_000),
        ("2024-01-03T20:15:59Z", "A", "One", 0),
        ("2024-01-03T20:15:59Z", "A", "One", 0),
        ("2024-01-03T20:18:00Z", "B", "Two", 5),
    ]
    long = things(read([extended(*play) for play in plays]))
    short = things(read([account(ts[:16].replace("T", " "), a, t, ms) for ts, a, t, ms in plays]))
    assert [each.id for each in long] == [each.id for each in short]
    assert len({each.id for each in long}) == 4


def test_old_and_new_podcasts_are_the_same() -> None:
    old = things(read([account("2019-01-03 20:15", "Das Wissen", "Moore", 5)]))
    new = things(read([{"endTime": "2019-01-03 20:15", "podcastName": "Das Wissen",
                        "episodeName": "Moore", "msPlayed": 5}]))  # fmt: skip
    assert old[0].id == new[0].id


def test_the_library_and_what_is_beside_it() -> None:
    rows = read(
        {"tracks": [{"artist": "A", "album": "L", "track": "T", "uri": "spotify:track:1"}],
         "albums": [{"artist": "A", "album": "L", "uri": "spotify:album:1"}],
         "shows": [{"name": "S", "publisher": "P", "uri": "spotify:show:1"}],
         "episodes": [{"name": "E", "show": "S", "uri": "spotify:episode:1"}],
         "bannedTracks": [], "artists": [{"name": "A", "uri": "spotify:artist:1"}],
         "bannedArtists": [{"name": "Z", "uri": "spotify:artist:2"}], "other": ["spotify:x"]}
    )  # fmt: skip
    assert [(thing.type, thing.name, thing.time) for thing in things(rows)] == [
        ("LikeAction", "T", None), ("LikeAction", "L", None), ("LikeAction", "S", None),
        ("LikeAction", "E", None), ("FollowAction", "A", None), ("DislikeAction", "Z", None),
    ]  # fmt: skip
    assert isinstance(rows[-1], Skipped)


def test_playlists_searches_and_follows() -> None:
    track = {"trackName": "T", "artistName": "A", "albumName": "L", "trackUri": "spotify:track:1"}
    item = {"track": track, "episode": None, "localTrack": None, "addedDate": "2023-05-06"}
    lists = [{"name": n, "lastModifiedDate": "2024-01-01", "items": [item, item],
              "description": None, "numberOfFollowers": 0} for n in ("Tanz", "Ruhe")]  # fmt: skip
    rows = read({"playlists": [*lists, {"name": "leer", "lastModifiedDate": "", "items": []}]})
    added = things(rows)
    assert [(each.type, each.time) for each in added] == [("AddAction", "2023-05-06")] * 4
    assert len({each.id for each in added}) == 4
    assert isinstance(rows[-1], Skipped)
    (search,) = things(read([{"platform": "IPHONE", "searchTime": "2024-01-03T20:15:00.1Z[UTC]",
                              "searchQuery": "fado", "searchInteractionURIs": []}]))  # fmt: skip
    assert (search.type, search.name, search.time) == (
        "SearchAction", "fado", "2024-01-03T20:15:00Z",
    )  # fmt: skip
    (detail,) = {type(row) for row in read({"username": "x", "createdFromFacebook": False,
                                            "creationTime": "2015-01-01"})}  # fmt: skip
    assert detail is Skipped
    rows = read({"userIsFollowing": ["greta"], "userIsFollowedBy": ["june"], "userIsBlocking": []})
    assert [type(row).__name__ for row in rows] == ["Row", "Skipped"]


@pytest.mark.parametrize("at", range(0, 1200, 83))
def test_a_cut_anywhere_never_fails(at: int) -> None:
    text = json.dumps([extended("2024-01-03T20:15:30Z", "A", "One", n) for n in range(2)])
    try:
        rows = list(open_export("x", io.BytesIO(text[:at].encode()), {}).rows())
    except UnableToRead:
        return
    assert rows


@pytest.mark.parametrize("odd", [1, "x", None, [1], {"msPlayed": []}, {"ms_played": 1, "ts": {}}])
def test_records_of_odd_shapes(odd: object) -> None:
    rows = read([account("2024-01-03 20:15", "A", "T", 1), odd])
    assert len(rows) == 2
    assert not isinstance(rows[1], Row)


@pytest.mark.parametrize(
    "text",
    [
        '{"payment_method": "Visa", "creation_date": "2021-02-03", "country": "DE"}',
        '[{"created": "2021-02-03", "country": "DE", "payment_method": "PayPal"}]',
        '{"topArtists": {"numUniqueArtists": 12}, "topTracks": {}, "yearlyMetrics": {"a": 1}}',
    ],
)
def test_what_is_paid_with_and_summed_up_is_told_of(text: str) -> None:
    found = list(open_export("x.json", io.BytesIO(text.encode()), {}).rows())
    assert found
    assert all(isinstance(row, Skipped) for row in found)


@pytest.mark.parametrize("text", ["[]", " [\n]\n", "{}"])
def test_an_empty_list_says_that_it_is_one(text: str) -> None:
    with pytest.raises(UnableToRead, match="empty list"):
        open_export("x.json", io.BytesIO(text.encode()), {})
