"""The histories of browsers: their real tables, and databases made to harm."""

import base64
import io
import sqlite3
import zlib
from pathlib import Path

import pytest

from firsthand.vault.sources import Row, UnableToRead, Unreadable
from firsthand.vault.sources import browsers as module
from firsthand.vault.sources.browsers import SOURCE
from firsthand.vault.sources.export import Each
from firsthand.vault.sources.source import Head

URL = "https://tee.example/grün?q=1"
SEEN = 1_710_227_700  # 2024-03-12T07:15:00Z
CHROME = """
CREATE TABLE urls(id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR,
  visit_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL);
CREATE TABLE visits(id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL,
  from_visit INTEGER, transition INTEGER DEFAULT 0 NOT NULL, visit_duration INTEGER DEFAULT 0);
CREATE INDEX visits_url_index ON visits (url);
"""
FIREFOX = """
CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, guid TEXT);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER,
  visit_date INTEGER, visit_type INTEGER, session INTEGER);
"""
SAFARI = """
CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE,
  domain_expansion TEXT NULL, visit_count INTEGER NOT NULL);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL,
  visit_time REAL NOT NULL, title TEXT NULL);
"""


def made(tmp_path: Path, schema: str, *rows: tuple[str, tuple[object, ...]]) -> bytes:
    path = tmp_path / "made.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(schema)
        for sql, values in rows:
            database.execute(sql, values)
    database.close()
    return path.read_bytes()


def read(content: bytes) -> list[Each]:
    assert SOURCE.claims(Head("x", content[: 64 * 1024]))
    return list(SOURCE.open("x", io.BytesIO(content), {}).rows())


def chrome(tmp_path: Path, *more: tuple[str, tuple[object, ...]]) -> bytes:
    micros = (SEEN + 11_644_473_600) * 1_000_000 + 345_678
    return made(
        tmp_path, CHROME,
        ("INSERT INTO urls VALUES (7, ?, 'Tee', 1, 0)", (URL,)),
        ("INSERT INTO visits VALUES (1, 7, ?, 0, 0, 65000000)", (micros,)),
        *more,
    )  # fmt: skip


def test_three_browsers_say_the_same(tmp_path: Path) -> None:
    firefox = made(
        tmp_path, FIREFOX,
        ("INSERT INTO moz_places VALUES (7, ?, 'Tee', 'x')", (URL,)),
        ("INSERT INTO moz_historyvisits VALUES (1, 0, 7, ?, 1, 0)", (SEEN * 1_000_000,)),
    )  # fmt: skip
    safari = made(
        tmp_path, SAFARI,
        ("INSERT INTO history_items VALUES (7, ?, 'tee', 1)", (URL,)),
        ("INSERT INTO history_visits VALUES (1, 7, ?, 'Tee')", (SEEN - 978_307_200 + 0.5,)),
    )  # fmt: skip
    for content, name in ((chrome(tmp_path), "Chrome"), (firefox, "Firefox"), (safari, "Safari")):
        (row,) = read(content)
        assert isinstance(row, Row)
        data = {**row.thing.data}
        assert data.pop("duration", None) == ("PT1M5S" if name == "Chrome" else None)
        assert data == {
            "@type": "ViewAction",
            "name": "Tee",
            "startTime": "2024-03-12T07:15:00Z",
            "object": {"@type": "WebPage", "name": "Tee", "url": URL},
            "instrument": {"@type": "Thing", "name": name},
        }


def test_every_visit_is_accounted_for(tmp_path: Path) -> None:
    content = chrome(
        tmp_path,
        ("INSERT INTO visits VALUES (2, 99, 1, 0, 0, 0)", ()),
        ("INSERT INTO visits VALUES (3, 7, 'soon', 0, 0, 0)", ()),
        ("INSERT INTO visits VALUES (4, 7, 9e99, 0, 0, 0)", ()),
        ("INSERT INTO urls VALUES (8, x'fffe00', NULL, 1, 0)", ()),
        ("INSERT INTO visits VALUES (5, 8, 13354701300000000, 0, 0, 0)", ()),
    )
    assert [type(row) for row in read(content)] == [Row, *[Unreadable] * 4]


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE other(a)",
        # A view that never ends, where a table is expected.
        """CREATE TABLE urls(id, url, title); CREATE VIEW visits AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS id, i AS url, i AS visit_time FROM n""",
        "CREATE TABLE urls(id, url, title); CREATE VIRTUAL TABLE visits USING fts5(url, a)",
    ],
)
def test_other_databases_are_refused(tmp_path: Path, schema: str) -> None:
    with pytest.raises(UnableToRead, match="not the history"):
        read(made(tmp_path, schema))


def test_what_takes_too_long_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS_MAX", 3_000_000)
    slow = CHROME.replace("urls(id INTEGER PRIMARY KEY AUTOINCREMENT", "urls(id INTEGER")
    filling = (
        "INSERT INTO {} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n "
        "WHERE i < 3000) SELECT i, {} FROM n"
    )
    content = made(
        tmp_path, slow,
        (filling.format("urls", "'u', 't', 1, 0"), ()),
        (filling.format("visits", "i, 13354701300000000, 0, 0, 0"), ()),
    )  # fmt: skip
    rows = read(content)
    assert isinstance(rows[-1], Unreadable)
    assert len(rows) < 3000


@pytest.mark.parametrize("at", range(0, 12288, 577))
def test_a_damaged_or_cut_one_never_fails(tmp_path: Path, at: int) -> None:
    content = bytearray(chrome(tmp_path))
    for damaged in (bytes(content[:at]), bytes(content[:at] + b"\xff" * 64 + content[at + 64 :])):
        try:
            rows = list(SOURCE.open("x", io.BytesIO(damaged), {}).rows())
        except UnableToRead:
            continue
        assert len(rows) <= 3


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SIZE_BYTES_MAX", 4096)
    with pytest.raises(UnableToRead, match="larger"):
        read(chrome(tmp_path))


# A schema whose damaged page has the engine ask for more memory than there is.
_GREEDY = (
    b"eNoLDvTJLElVSMsvyk0sUTBmYGJgZGRwUFBgYGBgAWJmBghgA2ImqBgMMDIQBiwMesmMvGDNZQyM/kACDBrDmNjFJS"
    b"UZm9lLEpNyUssyizNLiiEks3OQq2OIq0KIo5OPqwJITNkxyCVFwdMvxNXdNUghIMjT1zEoUsHbNVJHobQoBy7h5x+i"
    b"4Bfq46MD1lQSX5KZm4opyaWg4FCUnxsPVgOT1lEoKUrMAwpk5ufBtbi4ujmG+oQoGKCZXA/1GqrS/+gAolezUY+RXV"
    b"xUlLHJHuxToIOLQZgJ7EsnIFYA+hIkopEJ8+N/SgAD2eAuZWA0uQx8csGMlMEJRBjZGRjZODhY2Bn0i9g3i632Y75/"
    b"yQEA5xRZPA=="
)


def test_what_asks_for_too_much_memory_is_refused() -> None:
    raw = zlib.decompress(base64.b64decode(_GREEDY))
    with pytest.raises(UnableToRead, match="damaged"):
        SOURCE.open("x", io.BytesIO(raw), {})
