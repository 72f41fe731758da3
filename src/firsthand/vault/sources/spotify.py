"""Spotify: both of its histories, the library, playlists, searches and whom one follows.

The account's own export has a year of plays to the minute; the extended history has all of them to
the second. Both say when a play ended, for how many milliseconds, and what it was. So a play is
known by the minute of its end, its length and its names: whichever export comes second adds nothing
to what the first one brought. What is lost is small: a play that came to the minute stays so.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Each, Row, Skipped, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.jsons import Element, runs
from firsthand.vault.sources.netflix import iso_duration
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.spotify_library import library_rows, podcast, recording
from firsthand.vault.sources.streamed import Streamed, kept

FACTS = Facts(
    name="Spotify",
    files=("StreamingHistory_music_0.json", "Streaming_History_Audio_2023-2024_1.json",
           "my_spotify_data.zip"),
    how=(
        "Open spotify.com/account/privacy in a browser and sign in.",
        "Ask for the extended streaming history, and for the account data too.",
        "Confirm by the link in the e-mail that comes at once.",
        "Spotify sends another e-mail with each archive when it is ready.",
    ),
    holds="Every play with its time and length, the library, playlists, searches and follows.",
    finds="What you listen to, when and where, what you skip, and what you have forgotten.",
    wait="account data within five days, the extended history within thirty",
    days_max=180,
)  # fmt: skip
MS_MAX = 31 * 24 * 3600 * 1000
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::\d\d)?")
_SECOND = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)?")
_KEYS = re.compile(r'"(\w+)"\s*:')
_FORMATS = (
    ("Spotify extended streaming history", {"ms_played", "ts"}),
    ("Spotify streaming history", {"msPlayed", "endTime"}),
    ("Spotify searches", {"searchQuery", "searchTime"}),
    ("Spotify playlists", {"playlists", "lastModifiedDate"}),
    ("Spotify follows", {"userIsFollowing"}),
    ("Spotify follows", {"followingUsersCount"}),
    ("Spotify account", {"createdFromFacebook", "creationTime"}),
    ("Spotify account", {"tasteMaker", "displayName"}),
    ("Spotify account", {"identifierType", "identifierValue"}),
    ("Spotify account", {"payment_method", "country"}),
    ("Spotify account", {"payment_method", "creation_date"}),
    ("Spotify summaries", {"topArtists", "topTracks"}),
    ("Spotify summaries", {"topArtists", "yearlyMetrics"}),
    ("Spotify summaries", {"highlightType"}),
    ("Spotify summaries", {"streamCount", "secondsPlayed"}),
    ("Spotify listeners' groups", {"artistName", "segment"}),
)


class _Unclear(Exception):
    """A record lacks what a play needs; the message says what."""


def format_of(head: Head) -> str:
    """Which of Spotify's files begins so; "" if none."""
    if not head.text.startswith(("[", "{")):
        return ""
    found = _KEYS.findall(head.text)
    keys = set(found)
    if found[:1] == ["inferences"]:
        return "Spotify inferences"
    for format, needed in _FORMATS:
        if needed <= keys:
            return format
    ours = '"spotify:' in head.text or "bannedTracks" in keys
    library = {"tracks", "albums", "shows", "artists"} & keys and ours and "uri" in keys
    return "Spotify library" if library or {"bannedTracks", "bannedArtists"} <= keys else ""


def claims(head: Head) -> bool:
    """Whether a file is one of Spotify's."""
    return bool(format_of(head))


def open_spotify(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Streamed:
    """Open any of Spotify's files, to be read when its rows are asked for. Raises UnableToRead."""
    stream.seek(0)
    format = format_of(Head(name, stream.read(64 * 1024)))
    if not format:
        raise UnableToRead(f'"{name}" is not a file of Spotify that is known.')
    return Streamed("spotify", format, partial(_rows, name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    identity = Identity("spotify")
    for first, key, values, why in runs(name, stream):
        if why is not None:
            yield Unreadable(first, why)
        for number, value in enumerate(values, first):
            try:
                if isinstance(value, dict) and ("ms_played" in value or "msPlayed" in value):
                    yield _play(number, value, identity)
                else:
                    yield from library_rows(Element(number, key, value), identity)
            except _Unclear as error:
                yield Unreadable(number, str(error))


def _play(number: int, value: dict[str, object], identity: Identity) -> Each:
    """A play of either history."""
    extended = "ms_played" in value
    ms = value.get("ms_played" if extended else "msPlayed")
    if isinstance(ms, bool) or not isinstance(ms, int | float) or not 0 <= ms <= MS_MAX:
        raise _Unclear(f'"{str(ms)[:40]}" is not a time in milliseconds.')
    ms = int(ms)
    ended, minute = _end(value.get("ts" if extended else "endTime"), extended=extended)
    said = ended.isoformat() + "Z"
    meant = _meant(value)
    if meant is None:
        return Skipped(number, "a play of which Spotify does not say what it was")
    meaning, name, maker = meant
    # A part of a second before the end is a second earlier: what is left of it is not said.
    started = ended - datetime.timedelta(seconds=-(-ms // 1000))
    time = started.isoformat() + "Z"
    data: dict[str, object] = {
        "@type": "ListenAction",
        "name": name,
        "startTime": time,
        "endTime": said,
        "duration": iso_duration(ms // 1000),
        "object": meaning,
    }
    if platform := kept(value.get("platform"), 200):
        data["instrument"] = {"@type": "Thing", "name": platform}
    if country := kept(value.get("conn_country"), 60):
        data["location"] = {"@type": "Country", "name": country}
    if value.get("skipped") is True:
        data["skipped"] = True
    key = identity.of([minute, maker, name, str(ms)])
    return Row(
        number,
        Thing(id=key, type="ListenAction", name=name, time=time, source="spotify", data=data),
    )


def _end(text: object, *, extended: bool) -> tuple[datetime.datetime, str]:
    """When a play ended, in UTC, and the minute of it."""
    said = text.strip() if isinstance(text, str) else ""
    match = _SECOND.fullmatch(said) if extended else _MINUTE.fullmatch(said)
    match = match or _SECOND.fullmatch(said) or _MINUTE.fullmatch(said)
    if match is None:
        why = f'"{kept(said, 40)}" is not a date with a time.' if said else "The time is missing."
        raise _Unclear(why)
    try:
        ended = datetime.datetime.fromisoformat("T".join(match.groups()))
    except ValueError:
        raise _Unclear(f'"{kept(said, 40)}" is not a date with a time.') from None
    if not 2000 <= ended.year <= 2100:
        raise _Unclear(f'"{kept(said, 40)}" is before or after any play.')
    return ended, f"{said[:10]} {said[11:16]}"


def _meant(value: dict[str, object]) -> tuple[dict[str, object], str, str] | None:
    """What was played, its name and who made it; None if nothing is named."""

    def said(*keys: str) -> str:
        for key in keys:
            if text := kept(value.get(key), 400):
                return text
        return ""

    if track := said("master_metadata_track_name", "trackName"):
        artist = said("master_metadata_album_artist_name", "artistName")
        album = said("master_metadata_album_album_name", "albumName")
        meaning = recording(track, artist, album, said("spotify_track_uri", "trackUri"))
        return meaning, track, artist
    if episode := said("episode_name", "episodeName"):
        show = said("episode_show_name", "podcastName")
        return podcast(episode, show, said("spotify_episode_uri")), episode, show
    if book := said("audiobook_title", "audiobookName", "bookName"):
        chapter = said("audiobook_chapter_title", "chapterName") or book
        whole: dict[str, object] = {"@type": "Audiobook", "name": book}
        if author := said("authorName"):
            whole["author"] = {"@type": "Person", "name": author}
        return {"@type": "AudioObject", "name": chapter, "isPartOf": whole}, chapter, book
    return None


SOURCE = Source(key="spotify", facts=FACTS, claims=claims, open=open_spotify)
