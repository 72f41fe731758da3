"""What Spotify keeps beside the plays: the library, playlists, searches, follows, and the rest."""

from collections.abc import Callable, Iterator

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Each, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant
from firsthand.vault.sources.jsons import Element
from firsthand.vault.sources.streamed import kept

Record = dict[str, object]
_NAME_CHARS_MAX = 400


def recording(track: str, artist: str, album: str, uri: str) -> Record:
    """A piece of music."""
    meaning: Record = {"@type": "MusicRecording", "name": track}
    if artist:
        meaning["byArtist"] = {"@type": "MusicGroup", "name": artist}
    if album:
        meaning["inAlbum"] = {"@type": "MusicAlbum", "name": album}
    return _located(meaning, uri)


def podcast(episode: str, show: str, uri: str) -> Record:
    """An episode of a podcast."""
    meaning: Record = {"@type": "PodcastEpisode", "name": episode}
    if show:
        meaning["partOfSeries"] = {"@type": "PodcastSeries", "name": show}
    return _located(meaning, uri)


def _located(meaning: Record, uri: str) -> Record:
    if uri.startswith("spotify:"):
        meaning["identifier"] = uri
    return meaning


def _said(value: Record, *keys: str) -> str:
    return next((text for key in keys if (text := kept(value.get(key), _NAME_CHARS_MAX))), "")


def library_rows(element: Element, identity: Identity) -> Iterator[Each]:
    """What one record that is no play comes out as."""
    number, key, value = element.number, element.key, element.value
    if key in _SKIPPED_KEYS:
        yield Skipped(number, _SKIPPED_KEYS[key])
    elif key == "userIsFollowing" and isinstance(value, str) and kept(value):
        who: Record = {"@type": "Person", "name": kept(value, _NAME_CHARS_MAX)}
        yield _row(number, "FollowAction", who, None, identity)
    elif not isinstance(value, dict):
        yield Skipped(number, "a detail of the account")
    elif key == "playlists":
        yield from _playlist(number, value, identity)
    elif key in _LIBRARY:
        kind, make = _LIBRARY[key]
        meaning = make(value)
        if meaning is None:
            yield Unreadable(number, "It has no name.")
        else:
            yield _row(number, kind, meaning, None, identity)
    elif "searchQuery" in value:
        yield _search(number, value, identity)
    elif "segment" in value:
        yield Skipped(number, "a group that Spotify puts you in, for advertisers")
    else:
        yield Skipped(number, "a detail of the account")


_SKIPPED_KEYS = {
    "userIsFollowedBy": "somebody who follows you",
    "userIsBlocking": "somebody whom you blocked",
    "followerCount": "a count of followers",
    "followingUsersCount": "a count of followers",
    "dismissingUsersCount": "a count of followers",
    **dict.fromkeys(
        (
            "topArtists",
            "topTracks",
            "topAlbums",
            "topPodcasts",
            "topGenres",
            "topAudiobooks",
            "yearlyMetrics",
            "listeningAge",
            "topArtistRace",
            "party",
            "archive",
            "clubs",
        ),
        "what Spotify sums up of a year",
    ),
    "inferences": "what Spotify infers about you, for advertisers",
}


def _track(value: Record) -> Record | None:
    name = _said(value, "track", "trackName", "name")
    if not name:
        return None
    return recording(
        name,
        _said(value, "artist", "artistName"),
        _said(value, "album", "albumName"),
        _said(value, "uri", "trackUri"),
    )


def _album(value: Record) -> Record | None:
    name = _said(value, "album", "name")
    if not name:
        return None
    meaning: Record = {"@type": "MusicAlbum", "name": name}
    if artist := _said(value, "artist", "artistName"):
        meaning["byArtist"] = {"@type": "MusicGroup", "name": artist}
    return _located(meaning, _said(value, "uri"))


def _show(value: Record) -> Record | None:
    name = _said(value, "name", "show")
    if not name:
        return None
    meaning: Record = {"@type": "PodcastSeries", "name": name}
    if publisher := _said(value, "publisher"):
        meaning["publisher"] = {"@type": "Organization", "name": publisher}
    return _located(meaning, _said(value, "uri"))


def _episode(value: Record) -> Record | None:
    name = _said(value, "name", "episodeName")
    show, uri = _said(value, "show", "showName"), _said(value, "uri", "episodeUri")
    return podcast(name, show, uri) if name else None


def _artist(value: Record) -> Record | None:
    name = _said(value, "name", "artist")
    if not name:
        return None
    return _located({"@type": "MusicGroup", "name": name}, _said(value, "uri"))


def _book(value: Record) -> Record | None:
    name = _said(value, "name", "audiobook", "title", "audiobookName")
    if not name:
        return None
    meaning: Record = {"@type": "Audiobook", "name": name}
    if author := _said(value, "author", "publisher"):
        meaning["author"] = {"@type": "Person", "name": author}
    return _located(meaning, _said(value, "uri"))


_LIBRARY: dict[str, tuple[str, Callable[[Record], Record | None]]] = {
    "tracks": ("LikeAction", _track),
    "albums": ("LikeAction", _album),
    "shows": ("LikeAction", _show),
    "episodes": ("LikeAction", _episode),
    "books": ("LikeAction", _book),
    "audiobooks": ("LikeAction", _book),
    "artists": ("FollowAction", _artist),
    "bannedTracks": ("DislikeAction", _track),
    "bannedArtists": ("DislikeAction", _artist),
}


def _row(
    number: int, kind: str, meaning: Record, time: str | None, identity: Identity, *beside: str
) -> Row:
    name = str(meaning["name"])
    data: Record = {"@type": kind, "name": name}
    if time is not None:
        data["startTime"] = time
    data["object"] = meaning
    if beside:
        data["targetCollection"] = {"@type": "MusicPlaylist", "name": beside[0]}
    named = [str(meaning["@type"]), name, str(meaning.get("identifier", "")), time, *beside]
    by = meaning.get("byArtist")
    key = identity.of([kind, *named, str(by["name"]) if isinstance(by, dict) else ""])
    return Row(number, Thing(id=key, type=kind, name=name, time=time, source="spotify", data=data))


def _playlist(number: int, value: Record, identity: Identity) -> Iterator[Each]:
    """Each piece in a playlist. The name of the playlist tells two of the same piece apart."""
    title = kept(value.get("name"), _NAME_CHARS_MAX) or "A playlist"
    items = value.get("items", value.get("tracks"))
    if not isinstance(items, list) or not items:
        yield Skipped(number, "an empty playlist")
        return
    for item in items:
        held = _in_playlist(item) if isinstance(item, dict) else None
        if not isinstance(item, dict) or held is None:
            yield Skipped(number, "a piece in a playlist that is no longer named")
            continue
        added = instant(item.get("addedDate"))
        yield _row(number, "AddAction", held, added, identity, title)


def _in_playlist(item: Record) -> Record | None:
    track, episode, book = item.get("track"), item.get("episode"), item.get("audiobook")
    if isinstance(track, dict):
        return _track(track)
    if isinstance(episode, dict):
        return _episode(episode)
    if isinstance(book, dict):
        return _book(book)
    local = item.get("localTrack")
    if isinstance(local, dict) and (uri := kept(local.get("uri"), _NAME_CHARS_MAX)):
        # A file of one's own: "spotify:local:artist:album:title:seconds".
        parts = [part.replace("+", " ") for part in uri.split(":")]
        return recording(parts[4], parts[2], parts[3], "") if len(parts) > 4 and parts[4] else None
    return _track(item) if "trackName" in item else None


def _search(number: int, value: Record, identity: Identity) -> Each:
    query = kept(value.get("searchQuery"), _NAME_CHARS_MAX)
    said = kept(value.get("searchTime"), 60)
    # "2024-01-03T20:15:00.123Z[UTC]": the name of the zone repeats what the letter says.
    time = instant(said.partition("[")[0])
    if time is None:
        return Unreadable(number, f'"{said[:40]}" is not a time.' if said else "No time is given.")
    if not query:
        return Skipped(number, "a search for nothing")
    data: Record = {
        "@type": "SearchAction",
        "name": query,
        "startTime": time,
        "query": query,
    }
    if platform := kept(value.get("platform"), 100):
        data["instrument"] = {"@type": "Thing", "name": platform}
    key = identity.of(["SearchAction", said, query])
    thing = Thing(id=key, type="SearchAction", name=query, time=time, source="spotify", data=data)
    return Row(number, thing)
