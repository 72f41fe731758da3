"""Import one file in one transaction: all of it is kept, or nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.ids import Chance
from firsthand.vault.bring.beside import batches_of, reading
from firsthand.vault.bring.finding import open_file
from firsthand.vault.bring.own_export import UnableToReadExport, is_own_export
from firsthand.vault.bring.reading import sha256_of
from firsthand.vault.bring.remembering import Memory, remember, taken_over
from firsthand.vault.bring.report import Report, not_read, report_of
from firsthand.vault.bring.restoring import take_back
from firsthand.vault.sources import Export, Skipped, UnableToRead, Unreadable
from firsthand.vault.store import Store, Tx

Progress = Callable[[str, int], None]


def silent(_path: str, _rows: int) -> None:
    """Tell nobody how far it is."""


def import_file(
    store: Store,
    path: Path,
    answers: Mapping[str, str],
    clock: Clock,
    chance: Chance,
    progress: Progress = silent,
) -> Report:
    """Bring the things of one file; a file that cannot be read is told of in its report.

    Memory does not grow with the rows of the file. Raises `UnableToKeep`, `UnableToOpen`.
    """
    try:
        with open_file(path) as stream:
            return import_held(store, path, stream, answers, clock, chance, progress)
    except (OSError, UnableToRead) as error:
        return not_read(str(path), error)


def import_held(
    store: Store,
    path: Path,
    stream: BinaryIO,
    answers: Mapping[str, str],
    clock: Clock,
    chance: Chance,
    progress: Progress = silent,
) -> Report:
    """The same of a file that is open, or in memory and was never on a disk; `path` names it."""
    try:
        if is_own_export(stream):
            return take_back(store, path, stream, clock, chance)
        return _import_stream(store, path, stream, answers, clock, progress)
    except (OSError, UnableToRead, UnableToReadExport) as error:
        return not_read(str(path), error)


def _import_stream(
    store: Store,
    path: Path,
    stream: BinaryIO,
    answers: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> Report:
    digest = sha256_of(stream)
    with reading(path.name, stream, answers, Memory(store, digest)) as export:
        if export.questions:
            return waiting_report(str(path), export)
        return _keep(store, path, export, digest, answers, clock, progress)


def _keep(
    store: Store,
    path: Path,
    export: Export,
    digest: str,
    answers: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> Report:
    with store.transaction() as tx:
        row = tx.row(
            "imports.begin",
            path_name=path.name,
            source=export.source,
            format=export.format,
            at=stamp(clock.now()),
            sha256=digest,
        )
        assert row is not None, "RETURNING gives the row"
        added, known, unreadable, skipped = _keep_rows(tx, export, row["id"], str(path), progress)
        if any(answer.startswith(digest[:8]) for answer in answers):
            _drop_misread(tx, export, row["id"], digest)
        remember(tx, digest, export)
        tx.run(
            "imports.finish",
            id=row["id"],
            read=added + known + len(unreadable) + len(skipped),
            added=added,
            known=known,
            unreadable=len(unreadable),
        )
    report = report_of(str(path), export, (added, known, 0), unreadable, skipped)
    return msgspec.structs.replace(report, note=taken_over(export))


def _drop_misread(tx: Tx, export: Export, import_id: int, digest: str) -> None:
    """The same file, read as the person now says: what an earlier reading made of it goes."""
    names = {"import_id": import_id, "sha256": digest}
    for batch in batches_of(export):
        tx.run_many("things.claim", [{"id": row[1], **names} for row in batch.rows])
    tx.run("things.drop_misread", **names)


def waiting_report(path: str, export: Export) -> Report:
    """The report of a file with an open question: its rows are counted, none is kept."""
    waiting, unreadable, skipped = 0, list[Unreadable](), list[Skipped]()
    for batch in batches_of(export):
        waiting += len(batch.rows)
        unreadable += batch.unreadable
        skipped += batch.skipped
    return report_of(path, export, (0, 0, waiting), unreadable, skipped)


def _keep_rows(
    tx: Tx, export: Export, import_id: int, path: str, progress: Progress
) -> tuple[int, int, list[Unreadable], list[Skipped]]:
    added = seen = 0
    unreadable, skipped = list[Unreadable](), list[Skipped]()
    for batch in batches_of(export):
        unreadable += batch.unreadable
        skipped += batch.skipped
        rows = [
            {
                "id": id,
                "type": kind,
                "name": name,
                "time": time,
                "source": source,
                "data": data,
                "import_id": import_id,
            }
            for _, id, kind, name, time, source, data in batch.rows
        ]
        added += tx.run_many("things.add", rows)
        seen += len(rows)
        progress(path, seen)
    return added, seen - added, unreadable, skipped
