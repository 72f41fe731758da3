"""The histories that browsers keep: Chrome and its kin, Firefox and Safari, as SQLite files.

The one source that speaks to a database engine. The file is read into memory and opened there, so
the engine has no name of a file, writes nothing, and needs none of the files beside it. A hostile
one is bounded: plain tables only (no view, no virtual table), no function but one, a most of steps.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import BinaryIO, NamedTuple

from firsthand.vault.sources.export import Each, Export, Row, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import of_seconds
from firsthand.vault.sources.netflix import iso_duration
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.takeout_json import page_thing

KEY = "browser"
SIZE_BYTES_MAX = 160 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
VALUE_BYTES_MAX = 8 * 1024 * 1024  # an address may hold a whole picture
STEPS_MAX = 500_000_000
_STEPS_AT_ONCE = 100_000
_URL_CHARS_MAX = 4000
_MAGIC = b"SQLite format 3\x00"
_TO_1601 = 11_644_473_600
_TO_2001 = 978_307_200
_DAY_SECONDS = 86_400

BROWSERS = Facts(
    name="Browser history",
    files=("History", "places.sqlite", "History.db"),
    how=(
        "Close the browser first, so that its file is whole.",
        "Chrome, Edge, Brave: open chrome://version, and take History from the “Profile path”.",
        "Firefox: open about:support, “Open folder” at the profile, and take places.sqlite.",
        "Safari: take History.db from the folder Library, Safari in your home folder.",
    ),
    holds="Every page that you visited, when, and what it was called.",
    finds="Where your time on the web goes, and the shops and services that you use.",
    wait="at once",
    days_max=60,
)


class _Form(NamedTuple):
    """How one browser keeps its history. Times are `unit` to a second, from `base` before 1970."""

    name: str
    instrument: str
    visits: str
    pages: str
    query: str
    unit: float
    base: int


_FORMS = (
    _Form(
        "Chrome history", "Chrome", "visits", "urls",
        "SELECT v.visit_time, substr(u.url, 1, 4001), substr(u.title, 1, 2001), v.{more} "
        "FROM visits v LEFT JOIN urls u ON u.id = v.url",
        1e6, _TO_1601,
    ),
    _Form(
        "Firefox history", "Firefox", "moz_historyvisits", "moz_places",
        "SELECT v.visit_date, substr(p.url, 1, 4001), substr(p.title, 1, 2001), NULL "
        "FROM moz_historyvisits v LEFT JOIN moz_places p ON p.id = v.place_id",
        1e6, 0,
    ),
    _Form(
        "Safari history", "Safari", "history_visits", "history_items",
        "SELECT v.visit_time, substr(i.url, 1, 4001), substr(v.title, 1, 2001), NULL "
        "FROM history_visits v LEFT JOIN history_items i ON i.id = v.history_item",
        1.0, -_TO_2001,
    ),
)  # fmt: skip

# The engine names what is damaged in letters that may be damaged too, and a damaged page can have
# it ask for more memory than there is.
_DAMAGE = (sqlite3.Error, UnicodeDecodeError, MemoryError)


def claims(head: Head) -> bool:
    """Whether a file is a database of SQLite; which one is seen when it is opened."""
    return head.raw.startswith(_MAGIC)


def open_history(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open a browser's history. Raises `UnableToRead` for any other database."""
    try:
        with closing(_database(name, stream)) as database:
            form = _form_of(database)
    except _DAMAGE as error:
        raise UnableToRead(f'"{name}" cannot be read: the database is damaged.') from error
    if form is None:
        raise UnableToRead(
            f'"{name}" cannot be read: it is a database, but not the history of a browser. '
            "Give the file History of Chrome, places.sqlite of Firefox or History.db of Safari."
        )
    return Streamed(KEY, form.name, lambda: _rows(name, stream, form))


def _database(name: str, stream: BinaryIO) -> sqlite3.Connection:
    """The file as a database in memory that can only be read."""
    stream.seek(0)
    content = bytearray()
    while len(content) <= SIZE_BYTES_MAX and (chunk := stream.read(CHUNK_BYTES)):
        content += chunk
    if len(content) > SIZE_BYTES_MAX:
        raise UnableToRead(
            f'"{name}" cannot be read: it is larger than {SIZE_BYTES_MAX // 1024 // 1024} MiB. '
            "Delete old history in the browser, or export it with Google Takeout."
        )
    if len(content) < 512 or not content.startswith(_MAGIC):
        raise UnableToRead(f'"{name}" cannot be read: it is no whole database.')
    content[18:20] = b"\x01\x01"  # as if without a log beside it, which memory cannot have
    database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    try:
        database.deserialize(content)
        del content
        _bind(database)
    except BaseException:
        database.close()
        raise
    return database


def _bind(database: sqlite3.Connection) -> None:
    """Bound what a database can make the engine do."""
    for pragma in (
        "trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "automatic_index=OFF",
        "temp_store=MEMORY", "cache_size=-8192",
    ):  # fmt: skip
        database.execute(f"PRAGMA {pragma}").close()
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, 200)
    database.text_factory = partial(str, encoding="utf-8", errors="replace")
    database.set_authorizer(_allowed)
    steps = iter(range(STEPS_MAX // _STEPS_AT_ONCE))
    database.set_progress_handler(lambda: next(steps, None) is None, _STEPS_AT_ONCE)


def _allowed(action: int, _: str | None, what: str | None, *__: str | None) -> int:
    """Reading, and the one function that the queries use."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and what == "substr":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _form_of(database: sqlite3.Connection) -> _Form | None:
    """The form of a history whose tables are plain tables of this database."""
    rows = database.execute(
        "SELECT name, substr(sql, 1, 30) FROM sqlite_master WHERE type = 'table'"
    )
    tables = {
        name.casefold()
        for name, sql in rows
        if isinstance(name, str) and isinstance(sql, str) and "virtual" not in sql.casefold()
    }
    return next((form for form in _FORMS if {form.visits, form.pages} <= tables), None)


def _rows(name: str, stream: BinaryIO, form: _Form) -> Iterator[Each]:
    identity = Identity(KEY)
    number = 0
    try:
        with closing(_database(name, stream)) as database:
            for visit in _visits(database, form):
                number += 1
                yield _visit(number, form, identity, visit)
    except _DAMAGE:
        why = "The database is damaged from here on, or reading it takes too long."
        yield Unreadable(number + 1, why)


def _visits(database: sqlite3.Connection, form: _Form) -> sqlite3.Cursor:
    try:
        return database.execute(form.query.format(more="visit_duration"))
    except _DAMAGE:
        # Older Chrome does not know how long a visit lasted.
        return database.execute(form.query.replace("v.{more}", "NULL"))


def _visit(
    number: int,
    form: _Form,
    identity: Identity,
    visit: tuple[object, object, object, object],
) -> Each:
    when, url, title, lasted = visit
    address = kept(url, _URL_CHARS_MAX)
    if not address:
        return Unreadable(number, "Its page is not in the history.")
    if isinstance(when, bool) or not isinstance(when, int | float):
        return Unreadable(number, "Its time is missing.")
    time = of_seconds(when / form.unit - form.base)
    if time is None:
        return Unreadable(number, f'"{when}" is no time.')
    thing = page_thing(KEY, address, kept(title), time, identity, instrument=form.instrument)
    if isinstance(lasted, int) and 1e6 <= lasted < _DAY_SECONDS * 1e6:
        thing.data["duration"] = iso_duration(lasted // 1_000_000)
    return Row(number, thing)


SOURCE = Source(key=KEY, facts=BROWSERS, claims=claims, open=open_history)
