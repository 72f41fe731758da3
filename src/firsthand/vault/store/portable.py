"""Tables as plain JSON values and back, so that all that is kept can be taken along.

Every column of every table is exported; `NOT_EXPORTED` and `NOT_RESTORED` give the reason for each
exception. A BLOB is `{"text": ...}` where it is text, otherwise `{"base64": ...}`; a column that
holds JSON is written as the value it holds where that gives the same text again.
"""

import base64
import binascii
import datetime
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from firsthand.foundation.keys import SEED_BYTES_MIN
from firsthand.vault.store.faults import RowRefused
from firsthand.vault.store.transactions import Reading, Row, Tx

# The order of an export: what others refer to stands first.
TABLES = (
    "meta",
    "imports",
    "relationships",
    "agreements",
    "things",
    "disclosures",
    "given",
    "endings",
    "inbox",
    "catalogues",
    "warnings",
    "checkpoints",
    "conflicts",
    "looks_told",
    "looks",
    "rights",
    "rights_told",
    "corrections",
    "brought",
    "knew",
    "redactions",
    "cases",
    "case_events",
)
# What is known of an upload that is on its way: a row each, by its id.
UPLOAD_KEY = "upload:"
NOT_EXPORTED = {
    "words": "an index, made anew from the things",
    "made_to": "how far the index has come",
    "made_counts": "sums, made anew from the things",
    "made_findings": "what the things show, found anew",
    "made_sums": "sums by month, made anew from the things",
    "made_names": "what sums are of, made anew from the things",
    "sqlite_sequence": "the engine's own count, made anew from the highest position",
}
NOT_RESTORED = {
    ("meta", "id"): "the new vault has its own, and its slots are bound to that",
    ("meta", "ways"): "the new vault has its own ways to unlock",
    ("meta", "place"): "where the folder lies on its disk",
    ("meta", "copied_at"): "noted anew: what is restored is a copy",
    ("meta", "exported_at"): "of the vault that it was taken from",
    ("relationships", "lane"): "another copy gives in a row of its own",
    ("relationships", "acked_n"): "the new row begins at nothing",
}
_JSON = {
    ("things", "data"),
    ("disclosures", "fields"),
    ("disclosures", "headers"),
    ("disclosures", "receipt"),
    ("inbox", "data"),
    ("catalogues", "items"),
    ("corrections", "said"),
    ("brought", "report"),
    ("redactions", "rule"),
    ("cases", "subject"),
    ("case_events", "things"),
}


def tables_in_order(reading: Reading) -> list[str]:
    """The tables that are exported, each after what it refers to."""
    there = reading.tables()
    return [name for name in TABLES if name in there] + sorted(set(there) - set(TABLES))


def portable(table: str, rows: Iterable[Row]) -> Iterator[dict[str, object]]:
    """Rows of a table as JSON values, column by column."""
    for row in rows:
        yield {name: _out(table, name, value) for name, value in row.items()}


def from_portable(table: str, value: object) -> Row:
    """One row out of what `portable` made. Raises `RowRefused` for anything else."""
    if not isinstance(value, dict):
        raise RowRefused(f"A row of {table} is an object with a value for each column.")
    return {name: _back(table, name, cell) for name, cell in value.items()}


def check_thing(row: Row) -> None:
    """Refuse a thing that nothing here could show or give. Raises `RowRefused`."""
    try:
        msgspec.json.decode(str(row.get("data")), type=dict[str, object])
        if row.get("time") is not None:
            datetime.date.fromisoformat(str(row["time"])[: len("2024-01-03")])
    except ValueError as error:
        raise RowRefused(f"A thing is not of its form: {error}.") from error


def is_fresh(reading: Reading) -> bool:
    """Whether nothing was brought, agreed or given in this vault yet."""
    tables = [name for name in reading.tables() if name != "meta"]
    return all(next(reading.whole(name), None) is None for name in tables)


def put_meta(tx: Tx, row: Mapping[str, object]) -> None:
    """Take over what a vault says of itself, but for its id. Raises `RowRefused`."""
    key, value = row.get("key"), row.get("value")
    if key == "seed" and not (isinstance(value, bytes) and len(value) >= SEED_BYTES_MIN):
        raise RowRefused(f"The seed of the keys is not {SEED_BYTES_MIN} bytes.")
    if str(key).startswith(UPLOAD_KEY):
        return  # what was on its way to the other vault lies beside that
    if ("meta", key) not in NOT_RESTORED:
        tx.run("meta.put", key=key, value=value)


def _out(table: str, name: str, value: object) -> object:
    if isinstance(value, bytes):
        try:
            return {"text": value.decode("utf-8")}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode("ascii")}
    if (table, name) in _JSON and isinstance(value, str):
        try:
            held = msgspec.json.decode(value)
        except ValueError:
            return value
        same = isinstance(held, dict | list) and msgspec.json.encode(held).decode() == value
        return held if same else value
    return value


def _back(table: str, name: str, cell: object) -> object:
    if (table, name) in _JSON and isinstance(cell, dict | list):
        try:
            return msgspec.json.encode(cell).decode()
        except (ValueError, OverflowError, TypeError) as error:
            raise RowRefused(f"{table}.{name} cannot be kept: {error}.") from error
    if isinstance(cell, dict):
        match cell:
            case {"text": str(text), **rest} if not rest:
                return _bytes_of(text, table, name)
            case {"base64": str(text), **rest} if not rest:
                try:
                    return base64.b64decode(text, validate=True)
                except (binascii.Error, ValueError) as error:
                    raise RowRefused(f"{table}.{name} is not base64.") from error
    if isinstance(cell, str):
        _bytes_of(cell, table, name)
    elif not (cell is None or isinstance(cell, int | float)):
        raise RowRefused(f"{table}.{name} holds a value that no column has.")
    return cell


def _bytes_of(text: str, table: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RowRefused(f"{table}.{name} holds half a character.") from error
