"""Bookmarks of any browser."""

import io

import pytest

from firsthand.vault.sources import Row, Skipped, Unreadable
from firsthand.vault.sources.bookmarks import SOURCE
from firsthand.vault.sources.source import Head

PAGE = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Lesezeichen</TITLE>
<H1>Lesezeichen-Menü</H1>
<DL><p>
    <DT><H3 ADD_DATE="1">Tee &amp; Küche</H3>
    <DL><p>
        <DT><A HREF="https://tee.example/?a=1&amp;b=2" ADD_DATE="1710227700">Grüner <b>Tee</b></A>
        <DT><A HREF="https://kanne.example/" ADD_DATE="1710227700000000"></A>
        <DT><A HREF="place:sort=8">Neueste</A>
        <DT><A ADD_DATE="1">Nichts</A>
    </DL><p>
    <DT><A HREF="https://x.example/">X</A>
</DL>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_bookmark_has_its_folder_and_its_time(encoding: str, end: str) -> None:
    raw = PAGE.replace("\n", end).encode(encoding)
    assert SOURCE.claims(Head("x", raw))
    rows = list(SOURCE.open("x", io.BytesIO(raw), {}).rows())
    assert [type(row) for row in rows] == [Row, Row, Skipped, Unreadable, Row]
    tea, pot, last = (row.thing for row in rows if isinstance(row, Row))
    assert tea.data == {
        "@type": "BookmarkAction",
        "name": "Grüner Tee",
        "startTime": "2024-03-12T07:15:00Z",
        "object": {"@type": "WebPage", "name": "Grüner Tee", "url": "https://tee.example/?a=1&b=2"},
        "keywords": "Lesezeichen-Menü/Tee & Küche",
    }
    assert (pot.name, pot.time) == ("https://kanne.example/", tea.time)
    assert (last.time, last.data["keywords"]) == (None, "Lesezeichen-Menü")
