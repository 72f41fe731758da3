"""Bookmarks as every browser writes them: a web page of the form that Netscape began with."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.decoding import lines
from firsthand.vault.sources.export import Each, Export, Row, Skipped, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import of_seconds
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept

KEY = "bookmarks"
DEPTH_MAX = 50
_LINK = later(r"<A\s([^<>]{0,200000})>(.*?)(?:</A>|$)", re.IGNORECASE)
_FOLDER = later(r"<H[13]\b[^<>]{0,20000}>(.*?)</H[13]>", re.IGNORECASE)
_HREF = later(r"""\bHREF\s*=\s*"([^"]{0,8000})""", re.IGNORECASE)
_ADDED = later(r"""\bADD_DATE\s*=\s*"?(\d{1,20})""", re.IGNORECASE)

BOOKMARKS = Facts(
    name="Bookmarks",
    files=("Bookmarks.html", "bookmarks_….html"),
    how=(
        "Chrome, Edge, Brave: Bookmark manager, the three dots, Export bookmarks.",
        "Firefox: Manage bookmarks, Import and backup, Export bookmarks to HTML.",
        "Safari: File, Export, Bookmarks.",
    ),
    holds="The pages that you kept, in which folder, and since when.",
    finds="What you meant to come back to.",
    wait="at once",
    days_max=180,
)


def claims(head: Head) -> bool:
    """Whether a file is one of bookmarks."""
    return head.upper.startswith("<!DOCTYPE NETSCAPE-BOOKMARK-FILE-1")


def open_bookmarks(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open a file of bookmarks."""
    return Streamed(KEY, "Bookmarks", lambda: _rows(name, stream))


def _rows(name: str, stream: BinaryIO) -> Iterator[Each]:
    identity = Identity(KEY)
    folders: list[str] = []
    named = ""
    number = 0
    try:
        for number, line in lines(name, stream):
            if folder := _FOLDER.search(line):
                named = _words(folder[1])
            upper = line.upper()
            if "<DL" in upper and len(folders) < DEPTH_MAX:
                folders.append(named)
            for link in _LINK.finditer(line):
                yield _bookmark(number, link, folders, identity)
            if "</DL" in upper and folders:
                folders.pop()
    except UnableToRead as error:
        yield Unreadable(number + 1, str(error))


def _bookmark(number: int, link: re.Match[str], folders: list[str], identity: Identity) -> Each:
    href = _HREF.search(link[1])
    url = kept(html.unescape(href[1]), 4000) if href else ""
    if not url:
        return Unreadable(number, "It leads nowhere.")
    if url.startswith(("place:", "javascript:", "data:")):
        return Skipped(number, "a search or a small program among the bookmarks")
    name = _words(link[2]) or url
    added = _ADDED.search(link[1])
    # Some browsers count millionths of a second.
    seconds = int(added[1]) if added else 0
    time = of_seconds(seconds // 1_000_000 if seconds > 10**12 else seconds) if seconds else None
    data: dict[str, object] = {"@type": "BookmarkAction", "name": name}
    if time:
        data["startTime"] = time
    data["object"] = {"@type": "WebPage", "name": name, "url": url}
    if within := "/".join(filter(None, folders)):
        data["keywords"] = within[:500]
    thing = Thing(
        id=identity.of([time, url]), type="BookmarkAction", name=name, time=time, source=KEY,
        data=data,
    )  # fmt: skip
    return Row(number, thing)


def _words(text: str) -> str:
    return kept(" ".join(html.unescape(re.sub(r"<[^<>]{0,2000}>", "", text)).split()))


SOURCE = Source(key=KEY, facts=BOOKMARKS, claims=claims, open=open_bookmarks)
