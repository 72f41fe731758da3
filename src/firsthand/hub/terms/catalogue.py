"""What the organisation answers from: a catalogue, read from CSV, and the rule over it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from firsthand.foundation.signs import unseen
from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.protocol.canonical import canonical
from firsthand.protocol.roles.profile_rules import DEFAULTS, Item, Rule, catalogue_sha256
from firsthand.protocol.wire import CATALOGUE_BYTES_MAX, CATALOGUE_ITEMS_MAX

TABLE = "organisation"
PIECES = "catalogues"
TABLES = (Table(name=PIECES, erased=False),)
PIECE_BYTES_MAX = 512 * 1024
COLUMNS = {
    "id": ("id", "sku", "identifier"),
    "name": ("title", "name"),
    "genres": ("genres", "genre", "tags", "tag", "category", "categories"),
    "price": ("price",),
    "currency": ("currency", "pricecurrency"),
    "detail": ("detail", "details", "description"),
}
NAME_CHARS_MAX = 300
_LINES = str.maketrans("\n\r\t", "   ")
DETAIL_CHARS_MAX = 2000
GENRES_MAX = 30


class CatalogueRefused(ValueError):
    """The catalogue cannot be read.

    Give CSV in UTF-8 with a line of column names: a title (or name), and genres for
    recommendations by taste or a price for plans. The message names the line and what is wrong.
    """


class Offering(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue and the rule over it, as they are published. ``sha256`` names the catalogue."""

    rule: Rule
    items: list[Item]
    sha256: str


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """An offering without its items: the rule, and the hash that names the catalogue."""

    rule: Rule
    sha256: str


class _Rows(Protocol):
    """Rows of CSV, with the line that the last one ended in."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def get_offering(reader: Reader) -> Offering | None:
    """The offering as it stands, or None where there is no catalogue."""
    named = get_named(reader)
    if named is None:
        return None
    content = get_catalogue(reader, named.sha256)
    items = msgspec.json.decode(content or b"[]", type=list[Item])
    return Offering(rule=named.rule, items=items, sha256=named.sha256)


def get_named(reader: Reader) -> Named | None:
    """The rule as it stands and the name of its catalogue, or None; however long that is."""
    raw = reader.get(TABLE, "", "offering")
    return None if raw is None else msgspec.json.decode(raw, type=Named)


def put_offering(tx: Tx, offering: Offering) -> None:
    """Publish an offering. Older catalogues stay, since answers name them by their hash."""
    named = Named(rule=offering.rule, sha256=offering.sha256)
    tx.put(TABLE, "", "offering", msgspec.json.encode(named))
    content = canonical(msgspec.to_builtins(offering.items))
    for number, start in enumerate(range(0, len(content), PIECE_BYTES_MAX)):
        piece = content[start : start + PIECE_BYTES_MAX]
        tx.put(PIECES, "", f"{offering.sha256}:{number:04d}", piece)


def get_catalogue(reader: Reader, sha256: str) -> bytes | None:
    """A published catalogue in canonical JSON, by its hash."""
    pieces = reader.scan(PIECES, "", after=f"{sha256}:", before=f"{sha256};", rows_max=100)
    return b"".join(piece.value for piece in pieces) or None


def read_catalogue(raw: bytes, *, rule: str | None = None) -> Offering:
    """Read a catalogue from CSV (UTF-8, perhaps with a mark at its beginning).

    The rule is guessed by the columns unless it is named. Raises ``CatalogueRefused``.
    """
    if len(raw) > CATALOGUE_BYTES_MAX:
        raise CatalogueRefused(f"It has {len(raw)} bytes; {CATALOGUE_BYTES_MAX} is the most.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CatalogueRefused(f"Line {line} is not UTF-8. Save the file as UTF-8.") from error
    if not text.strip():
        raise CatalogueRefused("The file is empty.")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise CatalogueRefused(f"Line {line} has a NUL character: it is no text, or is damaged.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    try:
        seen = next(reader, [])
        columns = _columns(seen)
        chosen = _rule(rule, columns, seen)
        items = _items(reader, columns, chosen.name, len(seen))
    except csv.Error as error:
        raise CatalogueRefused(f"Line {reader.line_num}: {error}.") from error
    return Offering(rule=chosen, items=items, sha256=catalogue_sha256(items))


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=first.count)


def _columns(seen: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[\s_-]", "", name).casefold() for name in seen]
    columns = {}
    for field, names in COLUMNS.items():
        for name in names:
            if plain.count(name) > 1:
                raise CatalogueRefused(f"Line 1 names the column {name} more than once.")
            if name in plain:
                columns[field] = plain.index(name)
                break
    if "name" not in columns:
        raise CatalogueRefused(
            f"Line 1 names no column title or name. The columns are: {_listed(seen)}."
        )
    return columns


def _rule(named: str | None, columns: Mapping[str, int], seen: Sequence[str]) -> Rule:
    if named is not None and named not in DEFAULTS:
        raise CatalogueRefused(f"No rule is called {named!r}. There are: {', '.join(DEFAULTS)}.")
    needs = {"titles-by-taste": "genres", "plan-that-fits": "price"}
    for rule, column in needs.items():
        if named in {None, rule} and column in columns:
            return DEFAULTS[rule]
    wanted = f"a column {needs[named]}" if named else "a column genres or price"
    raise CatalogueRefused(f"The rule needs {wanted}. The columns are: {_listed(seen)}.")


def _items(rows: _Rows, columns: Mapping[str, int], rule: str, wide: int) -> list[Item]:
    items: list[Item] = []
    lines: dict[str, int] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[wide:]):
            raise CatalogueRefused(
                f"Line {rows.line_num} has more cells than line 1 has names. Put a text that holds "
                "the sign between the cells into quotes."
            )
        item = _item(row, columns, rows.line_num, rule)
        if item.id in lines:
            raise CatalogueRefused(
                f"Line {rows.line_num}: {item.id!r} was named in line {lines[item.id]} already."
            )
        lines[item.id] = rows.line_num
        items.append(item)
        if len(items) > CATALOGUE_ITEMS_MAX:
            raise CatalogueRefused(f"It has more than {CATALOGUE_ITEMS_MAX} rows.")
    if not items:
        raise CatalogueRefused("There are column names, and no row below them.")
    return items


def _item(row: Sequence[str], columns: Mapping[str, int], line: int, rule: str) -> Item:
    cells = {
        field: row[place].strip() if place < len(row) else "" for field, place in columns.items()
    }
    name = cells["name"]
    if not 1 <= len(name) <= NAME_CHARS_MAX:
        raise CatalogueRefused(f"Line {line}: a title has 1 to {NAME_CHARS_MAX} characters.")
    for field, cell in cells.items():
        # A detail may go over several lines; a title and a genre may not.
        sign = unseen(cell.translate(_LINES) if field == "detail" else cell)
        if sign:
            raise CatalogueRefused(
                f"Line {line} holds a sign that nobody can see ({sign}). Take it out: it would "
                "change how the text is read."
            )
    genres = [part.strip() for part in re.split(r"[|;/,]", cells.get("genres", ""))]
    price = _price(cells.get("price", ""), line)
    if rule == "plan-that-fits" and price is None:
        raise CatalogueRefused(f"Line {line}: {name!r} has no price.")
    currency = cells.get("currency", "").upper()
    if currency and re.fullmatch(r"[A-Z]{3}", currency) is None:
        raise CatalogueRefused(f"Line {line}: {currency[:20]!r} is not a currency such as EUR.")
    return Item(
        id=cells.get("id") or re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or f"row-{line}",
        name=name,
        genres=[genre for genre in genres if genre][:GENRES_MAX],
        price=price,
        currency=currency or None,
        detail=cells.get("detail", "")[:DETAIL_CHARS_MAX],
    )


def _price(text: str, line: int) -> str | None:
    if not text:
        return None
    plain = text.replace(",", ".") if "." not in text else text
    # 1,000 is a thousand here and one there: nobody can know, so nobody guesses.
    either = re.fullmatch(r"[0-9]{1,3},[0-9]{3}", text)
    if either or re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,4})?", plain, re.ASCII) is None:
        raise CatalogueRefused(f"Line {line}: {text[:20]!r} is not a price such as 9.99.")
    return plain


def _listed(seen: Sequence[str]) -> str:
    return ", ".join(name.strip()[:40] for name in seen[:20]) or "none"
