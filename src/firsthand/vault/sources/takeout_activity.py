"""One activity of a Google account as a thing, whatever file it stood in."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from firsthand.protocol.things import Thing
from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.streamed import kept
from firsthand.vault.sources.takeout_words import Meanings, artist_of, is_advert, unquoted

URL_CHARS_MAX = 4000
SOURCE = "google"
_MUSIC = "YouTube Music"
_VIDEO = re.compile(
    r"https?://(?:(?:www|m|music)\.youtube\.com/(?:watch\b|shorts/|live/)|youtu\.be/)",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"https?://(?:www|m|music)\.(?:youtube\.com/results|google\.[a-z.]{2,6}/search)\?",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"youtube\.com/(?:channel/|@|user/|c/)")


class Link(NamedTuple):
    """A line of text and where it leads, "" if nowhere."""

    name: str
    url: str


class Activity(NamedTuple):
    """What Google notes of one thing that was done. `header` is the product, `time` is ISO 8601.

    `what` is to what it was done, where the file tells that apart from the rest of the title.
    """

    header: str
    title: str
    url: str
    subtitles: list[Link]
    description: str
    time: str
    details: list[str]
    what: str = ""


class _Meant(NamedTuple):
    kind: str
    name: str
    more: dict[str, object]


def activity_thing(activity: Activity, identity: Identity, meanings: Meanings) -> Thing:
    """The thing of an activity.

    The same activity has the same id in JSON, in a web page, and under either of its products.
    """
    verb, what = meanings.of(activity.title, _likely(activity.url))
    what = activity.what or unquoted(what)
    advert = any(map(is_advert, activity.details))
    meant = _meant(activity, verb, what, advert=advert)
    data: dict[str, object] = {
        "@type": meant.kind,
        "name": meant.name,
        "startTime": activity.time,
        **meant.more,
    }
    said = [link.name for link in activity.subtitles if not _is_channel(link.url)]
    text = kept("\n".join([*said, activity.description]).strip())
    if text:
        data["description"] = text
    if activity.header:
        data["instrument"] = {"@type": "Thing", "name": activity.header}
    key = identity.of([activity.time, activity.url or activity.title])
    return Thing(
        id=key, type=meant.kind, name=meant.name, time=activity.time, source=SOURCE, data=data
    )


def _likely(url: str) -> str:
    """What was done by the address alone, as far as that tells."""
    if _VIDEO.match(url):
        return "watched"
    return "searched" if _SEARCH.match(url) else ""


def _meant(activity: Activity, verb: str, what: str, *, advert: bool) -> _Meant:
    video = _VIDEO.match(activity.url) is not None
    if advert:
        return _advert(activity, what)
    if verb in ("liked", "disliked") and video:
        kind = "LikeAction" if verb == "liked" else "DislikeAction"
        return _Meant(kind, what, {"object": _video(activity, what)})
    if verb == "followed":
        whom = {"@type": "Organization", "name": what, "url": activity.url}
        return _Meant("FollowAction", what, {"object": whom})
    youtube = activity.header.startswith("YouTube")
    removed = not activity.url and "video" in plain(activity.title)
    if video or (youtube and (verb == "watched" or removed)):
        return _watched(activity, what)
    host, path, query = _parts(activity.url)
    searched = query.get("search_query") or query.get("q") or query.get("query")
    if verb in ("searched", "said") or (searched and _is_search(host, path)):
        text = what if verb in ("searched", "said") or not searched else kept(searched[0])
        return _Meant("SearchAction", text or what, {"query": text or what})
    return _viewed(activity, verb, what, host, path, query)


def _viewed(
    activity: Activity, verb: str, what: str, host: str, path: str, query: dict[str, list[str]]
) -> _Meant:
    url = activity.url
    if "/maps/" in path or host.startswith("maps.google."):
        name = what if verb else activity.title
        place: dict[str, object] = {"@type": "Place", "name": name, "url": url}
        if "/maps/dir" in path or verb == "went":
            return _Meant("SearchAction", name, {"query": name, "object": place})
        return _Meant("ViewAction", name, {"object": place})
    if path == "/url" and (target := query.get("q") or query.get("url")):
        url = kept(target[0], URL_CHARS_MAX)
    if verb == "used" or (host == "play.google.com" and path.startswith("/store/apps")):
        app: dict[str, object] = {"@type": "SoftwareApplication", "name": what}
        return _Meant("ViewAction", what, {"object": app | ({"url": url} if url else {})})
    name = what if verb else activity.title
    page: dict[str, object] = {"@type": "WebPage", "name": name}
    return _Meant("ViewAction", name, {"object": page | ({"url": url} if url else {})})


def _advert(activity: Activity, what: str) -> _Meant:
    shown: dict[str, object] = {
        "@type": "VideoObject" if _VIDEO.match(activity.url) else "WebPage",
        "name": what,
        "additionalType": "ADVERT",
    }
    if activity.url:
        shown["url"] = activity.url
    return _Meant("ViewAction", what, {"object": shown})


def _watched(activity: Activity, what: str) -> _Meant:
    if activity.header == _MUSIC or "//music.youtube.com/" in activity.url:
        song: dict[str, object] = {"@type": "MusicRecording", "name": what}
        if activity.subtitles:
            artist = artist_of(activity.subtitles[0].name)
            song["byArtist"] = {"@type": "MusicGroup", "name": artist}
        if activity.url:
            song["url"] = activity.url
        return _Meant("ListenAction", what, {"object": song})
    return _Meant("WatchAction", what, {"object": _video(activity, what)})


def _video(activity: Activity, what: str) -> dict[str, object]:
    video: dict[str, object] = {"@type": "VideoObject", "name": what}
    if activity.url:
        video["url"] = activity.url
    channel = next((link for link in activity.subtitles if _is_channel(link.url)), None)
    if channel is not None:
        video["creator"] = {"@type": "Organization", "name": channel.name, "url": channel.url}
    return video


def _parts(url: str) -> tuple[str, str, dict[str, list[str]]]:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        query = parse_qs(parts.query, max_num_fields=50) if parts.query else {}
    except ValueError:
        return "", "", {}
    return host, parts.path, query


def _is_search(host: str, path: str) -> bool:
    if host in ("youtube.com", "music.youtube.com"):
        return path in ("/results", "/search")
    return (host.startswith("google.") or ".google." in host) and (
        path in ("/search", "/maps/search", "/store/search") or path.startswith("/maps/search/")
    )


def _is_channel(url: str) -> bool:
    return _CHANNEL.search(url) is not None
