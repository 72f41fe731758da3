"""Take everything along: one file that holds all there is in a vault, readable, and the way back.

The file is one JSON-LD document with schema.org terms. It holds the seed of the person's keys:
whoever holds it can act as that person. A name that ends with `.zip` gives the same document in a
zip, beside one CSV for each kind of thing.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.vault.acts.spreadsheets import flattened, write_things
from firsthand.vault.bring.own_export import FORMAT, MEMBER, VERSION
from firsthand.vault.store.files import writing_whole
from firsthand.vault.store.portable import portable, tables_in_order
from firsthand.vault.terms import copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Reading, Row

WARNING = (
    "This file holds everything in your vault, unencrypted, with the seed of your keys: whoever "
    "holds it can read it all and act as you. Keep it where nobody else can reach it."
)
_CONTEXT: list[object] = [
    "https://schema.org",
    {"firsthand": "urn:firsthand:export:", "things": "schema:hasPart", "data": "schema:mainEntity"},
]


class UnableToExport(Exception):
    """The export was not written: the place is taken, or may not be written to."""


def export(vault: Vault, file: str | Path) -> dict[str, object]:
    """Write everything to a new file that only its owner may read; it is there whole or not at all.

    Returns `{"file", "bytes", "tables": {name: rows}, "warning"}`. Raises `UnableToExport`.
    """
    path = Path(file)
    if path.is_dir() or (path.exists() and path.stat().st_size > 0):
        raise UnableToExport(f"{path} is there already, and was not touched. Choose another name.")
    try:
        with (
            vault.store.moment() as moment,
            writing_whole(path, vault.chance.token(9)) as stream,
        ):
            at = stamp(vault.clock.now())
            if path.suffix.lower() == ".zip":
                counts = _write_zip(stream, moment, at)
            else:
                counts = write_document(stream, moment, at)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}. Choose another place."
        raise UnableToExport(message) from error
    copies.put_exported(vault.store, vault.clock)
    size = path.stat().st_size
    return {"file": str(path), "bytes": size, "tables": counts, "warning": WARNING}


def export_to(vault: Vault, stream: BinaryIO) -> dict[str, int]:
    """Write the JSON-LD document to an open stream; nothing of it touches a disk.

    Returns the rows of each table. Raises whatever the stream raises.
    """
    with vault.store.moment() as moment:
        counts = write_document(stream, moment, stamp(vault.clock.now()))
    copies.put_exported(vault.store, vault.clock)
    return counts


def write_document(stream: IO[bytes], moment: Reading, at: str) -> dict[str, int]:
    """Write the JSON-LD document, one row a line; returns the rows of each table."""
    head = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "format": FORMAT,
        "version": VERSION,
        "about": {"name": "Everything in one vault", "dateCreated": at, "warning": WARNING},
    }
    stream.write(b"{\n")
    stream.write(b",\n".join(_json(key) + b": " + _json(value) for key, value in head.items()))
    counts = {}
    for table in tables_in_order(moment):
        stream.write(b",\n" + _json(table) + b": [")
        counts[table] = 0
        for row in portable(table, moment.whole(table)):
            stream.write((b",\n" if counts[table] else b"\n") + _json(row))
            counts[table] += 1
        stream.write(b"\n]" if counts[table] else b"]")
    stream.write(b"\n}\n")
    return counts


def _write_zip(stream: BinaryIO, moment: Reading, at: str) -> dict[str, int]:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(MEMBER, "w", force_zip64=True) as member:
            counts = write_document(member, moment, at)
        for kind, columns in sorted(_columns(moment).items()):
            name = "".join(sign for sign in kind if sign.isalnum()) or "Thing"
            with archive.open(f"{name}.csv", "w", force_zip64=True) as member:
                of_kind = (row for row in _things(moment) if row["type"] == kind)
                write_things(member, columns, of_kind)
    return counts


def _columns(moment: Reading) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for row in _things(moment):
        names = found.setdefault(row["type"], {})
        names.update(dict.fromkeys(name for name, _ in flattened(row["data"])))
    return found


def _things(moment: Reading) -> Iterator[Row]:
    for row in moment.whole("things"):
        yield {**row, "data": msgspec.json.decode(row["data"])}


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)
