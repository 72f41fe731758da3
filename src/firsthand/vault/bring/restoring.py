"""Take an export of a vault back: all of it into a fresh vault, the things alone into another."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.ids import Chance
from firsthand.vault.bring.own_export import UnableToReadExport, rows_of
from firsthand.vault.bring.reading import sha256_of
from firsthand.vault.bring.report import Counts, Report
from firsthand.vault.bring.rules import Rules, held_in, row_of, rules_in
from firsthand.vault.bring.spans import Spans
from firsthand.vault.store import Row, RowRefused, Store, Tx
from firsthand.vault.store.portable import check_thing, from_portable, is_fresh, put_meta

SOURCE = "firsthand"
WORDS = "Firsthand export"
AT_ONCE = 1000
COPIED = "copied_at"  # the note of it that terms.copies reads
RESTORED = (
    "Everything was restored: your things, whom you deal with and what you gave. This copy and "
    "the one it was taken from can both go on."
)
MERGED = (
    "This vault was not empty, so only the things were taken. To restore everything, import it "
    "into a new vault."
)


def take_back(store: Store, path: Path, stream: BinaryIO, clock: Clock, chance: Chance) -> Report:
    """Restore an export into a fresh vault, or merge its things into one that is in use.

    One transaction. Raises `UnableToReadExport`.
    """
    digest = sha256_of(stream)
    try:
        with store.transaction() as tx:
            if is_fresh(tx):
                added = _restore(tx, stream, chance)
                tx.run("meta.put", key=COPIED, value=stamp(clock.now()))
                return _report(path, Counts(read=added, added=added), RESTORED)
            row = tx.row(
                "imports.begin",
                path_name=path.name,
                source=SOURCE,
                format=WORDS,
                at=stamp(clock.now()),
                sha256=digest,
            )
            assert row is not None, "RETURNING gives the row"
            counts = Counts()
            _merge(tx, stream, row["id"], counts)
            tx.run(
                "imports.finish",
                id=row["id"],
                read=counts.read,
                added=counts.added,
                known=counts.known,
                unreadable=0,
            )
            return _report(path, counts, MERGED)
    except (RowRefused, OverflowError) as error:
        raise UnableToReadExport(f"This export does not fit together: {error}") from error


def _restore(tx: Tx, stream: BinaryIO, chance: Chance) -> int:
    tx.check_references()
    tables = set(tx.tables())
    things, seeded = 0, False
    current, chunk = "", list[Row]()
    for name, value in rows_of(stream):
        if name not in tables:
            if isinstance(value, dict) and name not in {"@context", "about"}:
                raise RowRefused(f"{name} is not known here: is it from a newer version?")
            continue
        row = from_portable(name, value)
        if name == "meta":
            put_meta(tx, row)
            seeded = seeded or row.get("key") == "seed"
            continue
        if name == "things":
            check_thing(row)
        if name != current or len(chunk) == AT_ONCE:
            _put(tx, current, chunk)
            current, chunk = name, []
        chunk.append(row)
        things += name == "things"
    _put(tx, current, chunk)
    for relationship in tx.rows("relationships.all"):
        if not seeded:
            raise RowRefused("it names whom you deal with, and not the seed of your keys for it.")
        tx.run("restoring.new_lane", name=relationship["name"], lane=chance.token())
    return things


def _put(tx: Tx, table: str, chunk: Iterable[Row]) -> None:
    if table:
        tx.insert(table, chunk)


def _merge(tx: Tx, stream: BinaryIO, import_id: int, counts: Counts) -> None:
    """Take the things that are not left out here."""
    rules, chunk = Rules(rules_in(tx)), list[Row]()
    for name, value in rows_of(stream):
        if name != "things":
            continue
        row = from_portable(name, value)
        wanted = ("id", "type", "name", "time", "source", "data")
        if not set(wanted) <= set(row):
            raise RowRefused("a thing misses one of its columns.")
        check_thing(row)
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            _take(tx, rules, chunk, import_id, counts)
            chunk = []
    _take(tx, rules, chunk, import_id, counts)


def _take(tx: Tx, rules: Rules, chunk: list[Row], import_id: int, counts: Counts) -> None:
    held, left = rules.kept([held_in(row) for row in chunk])
    added = tx.run_many("things.add", [row_of(each, import_id) for each in held])
    counts.read += len(chunk)
    counts.redacted += left
    counts.added += added
    counts.known += len(held) - added
    if added < len(held):
        spans = Spans()
        spans.note(tx, [each[1] for each in held], import_id)
        spans.keep(tx, import_id)


def _report(path: Path, counts: Counts, note: str) -> Report:
    report = Report(path=str(path), source=SOURCE, format=WORDS, note=note)
    report.add(counts)
    return report
