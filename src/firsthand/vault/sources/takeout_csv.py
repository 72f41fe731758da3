"""Google's tables: channels subscribed to, videos in playlists, comments, and places saved.

Their headers are in the language of the account, so what a cell is follows from how it looks.
"""

import json
from collections.abc import Iterator
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.csvs import Record, records
from firsthand.vault.sources.export import Each, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.source import Head
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.tables import first_lines
from firsthand.vault.sources.takeout_activity import SOURCE, URL_CHARS_MAX
from firsthand.vault.sources.takeout_json import saved_video
from firsthand.vault.sources.text import open_text

_CHANNEL = later(r"UC[\w-]{22}")
_CHANNEL_URL = later(r"https?://(?:www\.)?youtube\.com/channel/UC[\w-]{22}")
# No account number of a bank is as long: that of Poland begins alike, and has 28 signs.
_PLAYLIST = later(r"PL[\w-]{32}|PL[0-9A-F]{16}|(?:LL|FL|WL)[\w-]{22}")
_VIDEO = later(r"[\w-]{11}")
_COMMENT = later(r"Ug[\w.-]{18,120}")
_MAPS = later(r"https?://(?:www\.)?google\.[a-z.]{2,6}/maps/(?:place|search)/\S*")
_PAGE = later(r"https?://\S+")
_HEADER_LINES_MAX = 12


def claims(head: Head) -> bool:
    """Whether one of the first rows of a table is a channel, a video, a comment or a place."""
    return any(
        _kind(_cells(record)) in ("channel", "video", "comment", "playlist", "place")
        for record in list(records(first_lines(head), ","))[:_HEADER_LINES_MAX]
        if not record.why
    )


def open_table(name: str, stream: BinaryIO) -> Streamed:
    """Open such a table. Raises `UnableToRead`."""
    text = open_text(name, stream)
    return Streamed(SOURCE, "Google (table)", lambda: _rows(records(text.lines(), ",")))


def _cells(record: Record) -> list[str]:
    return [cell.strip().lstrip("\ufeff") for cell in record.cells]


def _kind(cells: list[str]) -> str:
    """What a row is about, "" for a header or anything else."""
    if len(cells) < 2:
        return ""
    if _CHANNEL.fullmatch(cells[0]) and _CHANNEL_URL.match(cells[1]):
        return "channel"
    dated = len(cells) == 2 and len(cells[1]) > 10 and instant(cells[1]) is not None
    if dated and _VIDEO.fullmatch(cells[0]):
        return "video"
    if any(map(_COMMENT.fullmatch, cells[:3])) and any(map(_CHANNEL.fullmatch, cells[:3])):
        return "comment"
    if _PLAYLIST.fullmatch(cells[0]) and len(cells) > 3:
        return "playlist"
    if 3 <= len(cells) <= 6 and cells[0] and any(map(_MAPS.fullmatch, cells[1:4])):
        return "place"
    return ""


def _rows(found: Iterator[Record]) -> Iterator[Each]:
    identity = Identity(SOURCE)
    begun = False
    playlist = ""
    for record in found:
        cells = _cells(record)
        kind = _kind(cells)
        if record.why:
            yield Unreadable(record.line, record.why)
        elif kind == "channel":
            yield Row(record.line, _channel(cells, identity))
        elif kind == "video":
            yield Row(record.line, _saved(cells, playlist, identity))
        elif kind == "comment":
            yield Row(record.line, _comment(cells, identity))
        elif kind == "playlist":
            playlist = cells[0]
            yield Skipped(record.line, "what a playlist is called and how it is shown")
        elif kind == "place" or (begun and any(map(_PAGE.fullmatch, cells[1:4]))):
            yield Row(record.line, _place(cells, identity))
        elif begun and not playlist:
            yield Unreadable(record.line, "It is no channel, video, comment or place.")
        begun = True


def _channel(cells: list[str], identity: Identity) -> Thing:
    url = kept(cells[1], URL_CHARS_MAX)
    name = kept(cells[2]) if len(cells) > 2 and cells[2] else url
    data: dict[str, object] = {
        "@type": "FollowAction",
        "name": name,
        "object": {"@type": "Organization", "name": name, "url": url},
        "instrument": {"@type": "Thing", "name": "YouTube"},
    }
    return Thing(
        id=identity.of(["channel", cells[0]]), type="FollowAction", name=name, time=None,
        source=SOURCE, data=data,
    )  # fmt: skip


def _saved(cells: list[str], playlist: str, identity: Identity) -> Thing:
    return saved_video(cells[0], instant(cells[1]), identity, likes=playlist.startswith("LL"))


def _place(cells: list[str], identity: Identity) -> Thing:
    """A place or a page of a list that was saved in Maps."""
    url = next(cell for cell in cells[1:4] if _PAGE.fullmatch(cell))
    name = kept(cells[0]) or kept(url)
    kind = "Place" if _MAPS.fullmatch(url) else "WebPage"
    data: dict[str, object] = {
        "@type": "BookmarkAction",
        "name": name,
        "object": {"@type": kind, "name": name, "url": kept(url, URL_CHARS_MAX)},
    }
    if note := kept("\n".join(cell for cell in cells[1:] if cell and cell != url)):
        data["description"] = note
    return Thing(
        id=identity.of(["place", url, name]), type="BookmarkAction", name=name, time=None,
        source=SOURCE, data=data,
    )  # fmt: skip


def _comment(cells: list[str], identity: Identity) -> Thing:
    time = next((found for cell in cells if len(cell) > 10 and (found := instant(cell))), None)
    own = next(cell for cell in cells if _COMMENT.fullmatch(cell))
    text = _comment_text(cells[-1])
    video = next((cell for cell in cells if _VIDEO.fullmatch(cell)), "")
    name = kept(text, 120) or "Comment"
    data: dict[str, object] = {"@type": "CommentAction", "name": name}
    if time:
        data["startTime"] = time
    data["text"] = text
    if video:
        url = f"https://www.youtube.com/watch?v={video}"
        data["object"] = {"@type": "VideoObject", "name": url, "url": url}
    data["instrument"] = {"@type": "Thing", "name": "YouTube"}
    return Thing(
        id=identity.of(["comment", own]), type="CommentAction", name=name, time=time,
        source=SOURCE, data=data,
    )  # fmt: skip


def _comment_text(cell: str) -> str:
    """The words of a comment, which stand in JSON: `{"text":"..."}`, or several such."""
    try:
        value = json.loads(f"[{cell}]") if cell.startswith("{") else cell
    except (ValueError, RecursionError):
        return kept(cell)
    if isinstance(value, list):
        return kept("".join(str(part.get("text", "")) for part in value if isinstance(part, dict)))
    return kept(cell)
