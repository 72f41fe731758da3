"""One activity of a Google account as a thing, whatever file it stood in."""

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.streamed import kept
from firsthand.vault.sources.takeout_words import Meanings, artist_of, is_advert, unquoted

URL_CHARS_MAX = 4000
SOURCE = "google"
_MUSIC = "YouTube Music"
_VIDEO = later(
    r"https?://(?:(?:www|m|music)\.youtube\.com/(?:watch\b|shorts/|live/)|youtu\.be/)",
    re.IGNORECASE,
)
_SEARCH = later(
    r"https?://(?:www|m|music)\.(?:youtube\.com/results|google\.[a-z.]{2,6}/search)\?",
    re.IGNORECASE,
)
# What these are in an address is not told by what stands before its first "?".
_UNUSUAL = later(r"[#\t\r\n]")
_FIELDS_MAX = 50
_CHANNEL = later(r"youtube\.com/(?:channel/|@|user/|c/)")
_USUAL_CHANNEL = "https://www.youtube.com/channel/"


class Link(msgspec.Struct, frozen=True, gc=False):
    """A line of text and where it leads, "" if nowhere."""

    name: str
    url: str


class Activity(msgspec.Struct, frozen=True, gc=False):
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


# The type of the thing, its name, and its fields beside those that all have.
_Meant = tuple[str, str, dict[str, object]]


def activity_thing(activity: Activity, identity: Identity, meanings: Meanings) -> Thing:
    """The thing of an activity.

    The same activity has the same id in JSON, in a web page, and under either of its products.
    """
    header, title, url = activity.header, activity.title, activity.url
    subtitles, description = activity.subtitles, activity.description
    time, details, what = activity.time, activity.details, activity.what
    likely = _likely(url[: url.find("?") + 1] or url)
    verb, named = meanings.of(title, likely)
    what = what or unquoted(named)
    advert = bool(details) and any(map(is_advert, details))
    kind, name, more = _meant(activity, verb, what, video=likely == "watched", advert=advert)
    data: dict[str, object] = {"@type": kind, "name": name, "startTime": time, **more}
    said = [link.name for link in subtitles if not _is_channel(link.url)] if subtitles else []
    if description:
        said.append(description)
    if said and (text := kept("\n".join(said).strip())):
        data["description"] = text
    if header:
        data["instrument"] = {"@type": "Thing", "name": header}
    key = identity.of([time, url or title])
    return Thing(id=key, type=kind, name=name, time=time, source=SOURCE, data=data)


@lru_cache(maxsize=1 << 12)
def _likely(front: str) -> str:
    """What was done by the address alone, as far as that tells: by what stands before its "?"."""
    if _VIDEO.match(front):
        return "watched"
    return "searched" if _SEARCH.match(front) else ""


def _meant(activity: Activity, verb: str, what: str, *, video: bool, advert: bool) -> _Meant:
    if advert:
        return _advert(activity, what)
    if verb in ("liked", "disliked") and video:
        kind = "LikeAction" if verb == "liked" else "DislikeAction"
        return kind, what, {"object": _video(activity, what)}
    if verb == "followed":
        whom = {"@type": "Organization", "name": what, "url": activity.url}
        return "FollowAction", what, {"object": whom}
    youtube = activity.header.startswith("YouTube")
    removed = not activity.url and "video" in plain(activity.title)
    if video or (youtube and (verb == "watched" or removed)):
        return _watched(activity, what)
    if verb in ("searched", "said"):
        return "SearchAction", what, {"query": what}
    host, path, query = parts_of(activity.url)
    searched = query.get("search_query") or query.get("q") or query.get("query")
    if searched and _is_search(host, path):
        text = kept(searched[0]) or what
        return "SearchAction", text, {"query": text}
    return _viewed(activity, verb, what, host, path, query)


def _viewed(
    activity: Activity, verb: str, what: str, host: str, path: str, query: dict[str, list[str]]
) -> _Meant:
    url = activity.url
    if "/maps/" in path or host.startswith("maps.google."):
        name = what if verb else activity.title
        place: dict[str, object] = {"@type": "Place", "name": name, "url": url}
        if "/maps/dir" in path or verb == "went":
            return "SearchAction", name, {"query": name, "object": place}
        return "ViewAction", name, {"object": place}
    if path == "/url" and (target := query.get("q") or query.get("url")):
        url = kept(target[0], URL_CHARS_MAX)
    if verb == "used" or (host == "play.google.com" and path.startswith("/store/apps")):
        app: dict[str, object] = {"@type": "SoftwareApplication", "name": what}
        return "ViewAction", what, {"object": app | ({"url": url} if url else {})}
    name = what if verb else activity.title
    page: dict[str, object] = {"@type": "WebPage", "name": name}
    return "ViewAction", name, {"object": page | ({"url": url} if url else {})}


def _advert(activity: Activity, what: str) -> _Meant:
    shown: dict[str, object] = {
        "@type": "VideoObject" if _VIDEO.match(activity.url) else "WebPage",
        "name": what,
        "additionalType": "ADVERT",
    }
    if activity.url:
        shown["url"] = activity.url
    return "ViewAction", what, {"object": shown}


def _watched(activity: Activity, what: str) -> _Meant:
    if activity.header == _MUSIC or "//music.youtube.com/" in activity.url:
        song: dict[str, object] = {"@type": "MusicRecording", "name": what}
        if activity.subtitles:
            artist = artist_of(activity.subtitles[0].name)
            song["byArtist"] = {"@type": "MusicGroup", "name": artist}
        if activity.url:
            song["url"] = activity.url
        return "ListenAction", what, {"object": song}
    return "WatchAction", what, {"object": _video(activity, what)}


def _video(activity: Activity, what: str) -> dict[str, object]:
    video: dict[str, object] = {"@type": "VideoObject", "name": what}
    if activity.url:
        video["url"] = activity.url
    for link in activity.subtitles:
        if _is_channel(link.url):
            video["creator"] = {"@type": "Organization", "name": link.name, "url": link.url}
            break
    return video


def parts_of(url: str) -> tuple[str, str, dict[str, list[str]]]:
    """Host, path and what is asked of an address; all empty where it is none.

    Of many addresses what stands before the "?" is the same, and is looked at once.
    """
    front, _, asked = url.partition("?")
    try:
        if _UNUSUAL.search(url):
            parts = urlsplit(url)
            host, path, asked = _host(parts), parts.path, parts.query
        else:
            host, path = _front(front)
        return host, path, _asked(asked) if asked else {}
    except ValueError:
        return "", "", {}


@lru_cache(maxsize=1 << 12)
def _front(front: str) -> tuple[str, str]:
    parts = urlsplit(front)
    return _host(parts), parts.path


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.").removeprefix("m.")


def _asked(query: str) -> dict[str, list[str]]:
    """The values of each name of a query that has any (as `urllib.parse.parse_qs`, but quicker)."""
    fields = query.split("&", _FIELDS_MAX)
    if len(fields) > _FIELDS_MAX:
        raise ValueError
    found = dict[str, list[str]]()
    for field in fields:
        name, _, value = field.partition("=")
        if value:
            if "+" in field:
                name, value = name.replace("+", " "), value.replace("+", " ")
            if "%" in field:
                name, value = unquote(name), unquote(value)
            found.setdefault(name, []).append(value)
    return found


def _is_search(host: str, path: str) -> bool:
    if host in ("youtube.com", "music.youtube.com"):
        return path in ("/results", "/search")
    return (host.startswith("google.") or ".google." in host) and (
        path in ("/search", "/maps/search", "/store/search") or path.startswith("/maps/search/")
    )


def _is_channel(url: str) -> bool:
    return url.startswith(_USUAL_CHANNEL) or _CHANNEL.search(url) is not None
