"""Google's JSON: activities of any product, Chrome's history, likes on YouTube, installed apps."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Each, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant, of_seconds
from firsthand.vault.sources.jsons import runs
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.takeout_activity import (
    SOURCE,
    URL_CHARS_MAX,
    Activity,
    Link,
    activity_thing,
)
from firsthand.vault.sources.takeout_words import Meanings

_ACTIVITY = re.compile(r'\[\s*\{\s*"header"\s*:\s*"')
_CHROME = re.compile(r'\{\s*"(?:Browser History|Typed Url|Session)"\s*:')
_CHROME_FIELDS = re.compile(r'"(?:time_usec|page_transition|client_id|visit_time_micros)"')
_LIKES = re.compile(r'"youtube#playlistItem"')
_INSTALLS = re.compile(r'\[\s*\{\s*"install"\s*:\s*\{')
_NO_RECORD = "It is no record: a value."


def opener(start: str) -> Callable[[str, BinaryIO], Streamed] | None:
    """What opens a file that begins so; None for JSON that is not Google's."""
    if _ACTIVITY.match(start) and '"title"' in start and '"time"' in start:
        return _open_activity
    if _CHROME.match(start) and (_CHROME_FIELDS.search(start) or "[]" in start):
        return _opened("Chrome history (Google Takeout)", _visit)
    if start.startswith("[") and _LIKES.search(start) and '"contentDetails"' in start:
        return _opened("YouTube playlist (JSON)", _liked)
    if _INSTALLS.match(start) and '"doc"' in start:
        return _opened("Google Play apps", _installed)
    return None


def _open_activity(name: str, stream: BinaryIO) -> Streamed:
    def rows() -> Iterator[Each]:
        meanings = Meanings()
        return _rows(name, stream, partial(_activity, meanings))

    return Streamed(SOURCE, "Google activity (JSON)", rows)


Reading = Callable[[str, dict[str, object], Identity], Thing | Skipped | str]


def _opened(format: str, read: Reading) -> Callable[[str, BinaryIO], Streamed]:
    def open_it(name: str, stream: BinaryIO) -> Streamed:
        return Streamed(SOURCE, format, lambda: _rows(name, stream, read))

    return open_it


def _rows(name: str, stream: BinaryIO, read: Reading) -> Iterator[Each]:
    identity = Identity(SOURCE)
    for first, key, values, why in runs(name, stream):
        if why is not None:
            yield Unreadable(first, why)
        for number, value in enumerate(values, first):
            found = read(key, value, identity) if isinstance(value, dict) else _NO_RECORD
            if isinstance(found, Thing):
                yield Row(number, found)
            elif isinstance(found, Skipped):
                yield Skipped(number, found.why)
            else:
                yield Unreadable(number, found)


def _activity(
    meanings: Meanings, _: str, record: dict[str, object], identity: Identity
) -> Thing | str:
    get = record.get
    said, description = get("title"), get("description")
    title, header = kept(said) or kept(description), kept(get("header"))
    time = instant(get("time"))
    if time is None:
        return _no_time(get("time"))
    if not title:
        title = header
    if not title:
        return "It has no title."
    subtitles: list[Link] = []
    details: list[str] = []
    if "subtitles" in record:
        subtitles = [
            Link(kept(each.get("name")), kept(each.get("url"), URL_CHARS_MAX))
            for each in _dicts(get("subtitles"))
        ]
    if "details" in record:
        details = [kept(each.get("name")) for each in _dicts(get("details"))]
    return activity_thing(
        Activity(
            header,
            title,
            kept(get("titleUrl"), URL_CHARS_MAX),
            subtitles,
            kept(description) if description and said else "",
            time,
            details,
        ),
        identity,
        meanings,
    )


def _visit(key: str, record: dict[str, object], identity: Identity) -> Thing | Skipped | str:
    if key != "Browser History":
        return Skipped(0, "an address or a tab beside the history")
    url, title = kept(record.get("url"), URL_CHARS_MAX), kept(record.get("title"))
    micros = record.get("time_usec", record.get("visit_time_micros"))
    if isinstance(micros, str) and micros.isascii() and micros.isdigit() and len(micros) < 20:
        micros = int(micros)
    time = of_seconds(micros / 1e6) if isinstance(micros, int | float) else None
    if time is None:
        return _no_time(micros)
    if not url:
        return "It has no address."
    return page_thing(SOURCE, url, title, time, identity, instrument="Chrome")


def page_thing(
    source: str, url: str, title: str, time: str, identity: Identity, *, instrument: str
) -> Thing:
    """The thing of a page that was visited."""
    name = title or url
    data: dict[str, object] = {
        "@type": "ViewAction",
        "name": name,
        "startTime": time,
        "object": {"@type": "WebPage", "name": name, "url": url},
        "instrument": {"@type": "Thing", "name": instrument},
    }
    return Thing(
        id=identity.of([time, url]), type="ViewAction", name=name, time=time, source=source,
        data=data,
    )  # fmt: skip


def _liked(_: str, record: dict[str, object], identity: Identity) -> Thing | str:
    snippet, content = _dict(record.get("snippet")), _dict(record.get("contentDetails"))
    title, video = kept(snippet.get("title")), kept(content.get("videoId"), 20)
    time = instant(snippet.get("publishedAt"))
    if time is None:
        return _no_time(snippet.get("publishedAt"))
    if not video:
        return "It names no video."
    return saved_video(
        video, time, identity, title=title, likes=kept(snippet.get("playlistId")).startswith("LL")
    )


def saved_video(
    video: str, time: str | None, identity: Identity, *, title: str = "", likes: bool = False
) -> Thing:
    """The thing of a video in a playlist: liked where it is the list of likes."""
    kind = "LikeAction" if likes else "BookmarkAction"
    url = f"https://www.youtube.com/watch?v={video}"
    name = title or url
    data: dict[str, object] = {"@type": kind, "name": name}
    if time:
        data["startTime"] = time
    data["object"] = {"@type": "VideoObject", "name": name, "url": url}
    data["instrument"] = {"@type": "Thing", "name": "YouTube"}
    return Thing(
        id=identity.of([kind, time, video]), type=kind, name=name, time=time, source=SOURCE,
        data=data,
    )  # fmt: skip


def _installed(_: str, record: dict[str, object], identity: Identity) -> Thing | str:
    install = _dict(record.get("install"))
    title = kept(_dict(install.get("doc")).get("title"))
    time = instant(install.get("firstInstallationTime"))
    if not title:
        return "It has no title."
    if time is None:
        return _no_time(install.get("firstInstallationTime"))
    data: dict[str, object] = {
        "@type": "InstallAction",
        "name": title,
        "startTime": time,
        "object": {"@type": "SoftwareApplication", "name": title},
    }
    device = kept(_dict(install.get("deviceAttribute")).get("deviceDisplayName"))
    if device:
        data["instrument"] = {"@type": "Thing", "name": device}
    return Thing(
        id=identity.of(["install", time, title, device]), type="InstallAction", name=title,
        time=time, source=SOURCE, data=data,
    )  # fmt: skip


def _no_time(value: object) -> str:
    return f'"{str(value)[:40]}" is no time.' if value else "The time is missing."


def _dicts(value: object) -> list[dict[str, object]]:
    return (
        [each for each in value[:100] if isinstance(each, dict)] if isinstance(value, list) else []
    )


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
