"""Things as rows: what is written for one, and one read back."""

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.store.transactions import Row

# The sign that the words for kind and source begin with (`sql/schema_words.sql`).
MARK = "\ue000"


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


def match_for(
    *, type: str | None = None, source: str | None = None, search: str | None = None
) -> str | None:
    """What to match for a kind, a source and words, each of which may be open.

    None where the words hold no word: nothing is found then.
    """
    parts = []
    if search is not None:
        words = words_for(search)
        if words is None:
            return None
        parts.append(words)
    if type is not None and source is not None:
        parts.append(f'"{MARK}b{_hex(source)}00{_hex(type)}"')
    elif type is not None:
        parts.append(f'"{MARK}k{_hex(type)}"')
    elif source is not None:
        parts.append(f'"{MARK}s{_hex(source)}"')
    return " ".join(parts) or f'"{MARK}" *'


def _hex(text: str) -> str:
    return text.encode("utf-8", "replace").hex()
