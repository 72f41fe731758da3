"""Things as rows: what is written for one, and one read back."""

import datetime
from collections.abc import Sequence

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.store.transactions import Row

# The sign that the words for kind and source begin with (`sql/schema_words.sql`).
MARK = "\ue000"
# The number of a row of the words is the minute of its thing, counted from the year 0, times 2^30.
_DAYS_OF_YEAR_0 = 366
_POSITION_BITS = 30


def thing_in(row: Row) -> Thing:
    """The thing that a row of `things` holds."""
    return Thing(
        id=row["id"],
        type=row["type"],
        name=row["name"],
        time=row["time"],
        source=row["source"],
        data=msgspec.json.decode(row["data"], type=dict[str, object]),
    )


def row_for(thing: Thing, import_id: int) -> Row:
    """The values that `things.add` takes for a thing of the import `import_id`."""
    return {
        "id": thing.id,
        "type": thing.type,
        "name": thing.name,
        "time": thing.time,
        "source": thing.source,
        "data": msgspec.json.encode(thing.data).decode(),
        "import_id": import_id,
    }


def words_for(search: str) -> str | None:
    """What to match in the index of words for what a person typed: every word, by its beginning.

    None where there is no word in it. The person's signs are never read as operators (FTS5, 3.1).
    """
    words = [word for word in search.split() if any(sign.isalnum() for sign in word)]
    quoted = (word.replace('"', '""').replace("\x00", "") for word in words)
    return " ".join(f'"{word}" *' for word in quoted) or None


def phrase_for(name: str) -> str | None:
    """What to match for a name: its words in their order. None where there is no word in it."""
    if not any(sign.isalnum() for sign in name):
        return None
    quoted = name.replace('"', '""').replace("\x00", "").replace(MARK, "")
    return f'"{quoted}"'


def match_for(
    *,
    type: str | None = None,
    source: str | None = None,
    search: str | None = None,
    names: Sequence[str] = (),
) -> str | None:
    """What to match for a kind, a source, words and names, each of which may be open.

    names: at least one of them stands in the thing as it is. None where the words, or the names,
    hold no word: nothing is found then.
    """
    parts = []
    if search is not None:
        words = words_for(search)
        if words is None:
            return None
        parts.append(words)
    if names:
        phrases = [phrase for name in names if (phrase := phrase_for(name)) is not None]
        if not phrases:
            return None
        parts.append(f"({' OR '.join(phrases)})")
    if type is not None and source is not None:
        parts.append(f'"{MARK}b{_hex(source)}00{_hex(type)}"')
    elif type is not None:
        parts.append(f'"{MARK}k{_hex(type)}"')
    elif source is not None:
        parts.append(f'"{MARK}s{_hex(source)}"')
    return " AND ".join(parts) or f'"{MARK}" *'


def place_at(day: str) -> int:
    """The place in the diary where a day begins, a month or a year: `2024-01-03`, `2024`.

    Everything of that day and after it has this place or a greater one. Raises `ValueError`.
    """
    begin = f"{day}-01-01"[:10] if len(day) == len("2024") else f"{day}-01"[:10]
    days = datetime.date.fromisoformat(begin).toordinal() - 1 + _DAYS_OF_YEAR_0
    return days * 1440 << _POSITION_BITS


def _hex(text: str) -> str:
    return text.encode("utf-8", "replace").hex()
