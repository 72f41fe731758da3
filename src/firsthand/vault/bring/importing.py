"""Import one file, or all that is in an archive; what was begun earlier goes on where it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.foundation.ids import Chance
from firsthand.vault.bring.beside import Part, Reader
from firsthand.vault.bring.finding import open_file
from firsthand.vault.bring.going import Control, Progress, Tell, silent
from firsthand.vault.bring.keeper import Keeper
from firsthand.vault.bring.kinds import HEAD_BYTES, is_packed
from firsthand.vault.bring.own_export import UnableToReadExport, is_own_export
from firsthand.vault.bring.reading import mark_of, sha256_of
from firsthand.vault.bring.remembering import Memory, taken_over
from firsthand.vault.bring.report import Report, not_read
from firsthand.vault.bring.restoring import take_back
from firsthand.vault.bring.speaking import Unread
from firsthand.vault.sources import UnableToRead
from firsthand.vault.store import Row, Store, Tx

ARCHIVE = "archive"
SEVERAL = "several"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What an import of any number of files goes by."""

    store: Store
    answers: Mapping[str, str]
    clock: Clock
    chance: Chance
    reader: Reader
    tell: Tell = silent
    control: Control = field(default_factory=Control)
    file: int = 1
    files: int = 1


def import_file(run: Run, path: Path, name: str = "") -> Report:
    """Bring the things of one file; a file that cannot be read is told of in its report.

    `name`: the way to it from the folder that was given, which may say what its content does not.
    Memory does not grow with the rows of the file. Raises `UnableToKeep`, `UnableToOpen`.
    """
    try:
        with open_file(path) as stream:
            return import_held(run, path, stream, name)
    except (OSError, UnableToRead) as error:
        return not_read(str(path), error)


def import_held(run: Run, path: Path, stream: BinaryIO, name: str = "") -> Report:
    """The same of a file that is open, or in memory and was never on a disk; `path` names it."""
    name = name or path.name
    try:
        if is_own_export(stream):
            return take_back(run.store, path, stream, run.clock, run.chance)
        return _Import(run, path, stream, name).report()
    except UnableToRead as error:
        return not_read(str(path), UnableToRead(str(error).replace(f'"{name}"', f'"{path.name}"')))
    except (OSError, UnableToReadExport) as error:
        return not_read(str(path), error)


class _Import:
    """One file on its way into the vault."""

    def __init__(self, run: Run, path: Path, stream: BinaryIO, name: str) -> None:
        self._run, self._path, self._stream, self._called = run, path, stream, name
        self._size_bytes = stream.seek(0, 2)
        stream.seek(0)
        self._archive = is_packed(stream.read(HEAD_BYTES))
        self._rows = 0
        self._last: Part | Unread | None = None
        run.reader.beat = lambda: self._tell(0)  # a large member that is passed over says nothing
        self._tell(0)
        self._digest = mark_of(stream) if self._archive else sha256_of(stream)
        self._memory = Memory(run.store, self._digest)
        self._before = run.store.row("imports.to_go_on", sha256=self._digest)

    def report(self) -> Report:
        """Bring it, and say what became of it. Raises `UnableToRead`."""
        keeper = self._keeper()
        try:
            self._walk(keeper)
        except UnableToRead as error:
            keeper.drop()
            if not keeper.steps and not keeper.report.members_read and not keeper.report.left:
                raise
            keeper.report.error = str(error)
            keeper.close_step("done" if self._archive else "stopped")
            return keeper.report
        except BaseException:
            keeper.drop()
            raise
        return keeper.report

    def _walk(self, keeper: Keeper) -> None:
        walk = self._run.reader.walk(
            self._called,
            self._stream,
            self._run.answers,
            self._memory,
            digest="" if self._archive else self._digest,
            after=keeper.after if self._archive else 0,
        )
        for each in walk:
            self._last = each
            if not self._take(keeper, each):
                break
            keeper.done(each.number)
            self._run.control.wait()
            if self._run.control.stopped:
                break
        else:
            self._finish(keeper)
            return
        keeper.close_step("stopped")

    def _take(self, keeper: Keeper, each: Part | Unread) -> bool:
        """Take one part, or note that it was not read. Whether to go on."""
        report = keeper.report
        if self._run.control.wanted:
            keeper.close_step()
        if isinstance(each, Unread):
            report.leave(each.name, each.why)
            self._tell(0)
            return True
        report.ask(each.export)
        if each.export.questions:
            count_waiting(each, report)
            if not self._archive:
                report.source, report.format = each.export.source, each.export.format
            return True
        self._name(report, each)
        skip = keeper.batches if each.number == keeper.after + 1 else 0
        try:
            whole = keeper.part(each, skip, self._tell)
        except UnableToRead as error:
            if not self._archive:
                raise
            keeper.report.leave(each.name, str(error))
            return True
        keeper.report.note = keeper.report.note or taken_over(each.export)
        return whole

    def _name(self, report: Report, part: Part) -> None:
        if self._archive:
            report.format = ARCHIVE
            same = report.source in {None, part.export.source}
            report.source = part.export.source if same else SEVERAL
        else:
            report.source, report.format = part.export.source, part.export.format

    def _finish(self, keeper: Keeper) -> None:
        report = keeper.report
        nothing = not report.members_read if self._archive else bool(report.questions)
        if nothing and report.import_id is None:
            keeper.drop()
            return
        asked = {each.id.partition(".")[0] for each in report.guesses}
        said = any(id.strip().casefold()[:8] in asked for id in self._run.answers)
        tx = keeper.open_step()
        if said and not report.error:
            # The same file, read as the person now says: what was made of it earlier goes.
            tx.run("things.drop_misread", import_id=report.import_id, sha256=self._digest)
        if keeper.steps:
            tx.run("findings.forget")  # what was found may be of half of it
        keeper.close_step("done")

    def _keeper(self) -> Keeper:
        before = self._before
        report = Report(path=str(self._path), source=None)
        if before is not None:
            report = msgspec.json.decode(before["report"], type=Report)
            report.path, report.error, report.state = str(self._path), None, "going"
            report.questions = []
        keeper = Keeper(
            self._run.store,
            report,
            self._begin,
            self._run.clock.ticks_ms,
            self._run.control,
            archive=self._archive,
            claims=self._digest if self._run.answers else None,
        )
        if before is not None:
            keeper.after, keeper.batches = before["after"], before["batches"]
            keeper.steps = 1
        return keeper

    def _begin(self, tx: Tx) -> int:
        row: Row | None = tx.row(
            "imports.begin",
            path_name=self._path.name,
            source="",
            format="",
            at=stamp(self._run.clock.now()),
            sha256=self._digest,
        )
        assert row is not None, "RETURNING gives the row"
        return int(row["id"])

    def _tell(self, rows: int) -> None:
        self._rows += rows
        last = self._last
        self._run.tell(
            Progress(
                path=str(self._path),
                member=last.name if self._archive and last is not None else "",
                file=self._run.file,
                files=self._run.files,
                rows=self._rows,
                members=last.number if last is not None else 0,
                at_bytes=self._run.reader.at_bytes,
                size_bytes=self._size_bytes,
            )
        )


def count_waiting(part: Part, report: Report) -> None:
    """A file or member with an open question: its rows are counted, none is kept."""
    for batch in part.batches():
        report.read += len(batch.rows) + len(batch.unreadable) + len(batch.skipped)
        report.waiting += len(batch.rows)
        report.unreadable_rows += len(batch.unreadable)
        report.skipped_rows += len(batch.skipped)
        report.unread(batch.unreadable, part.name)
        report.skip(batch.skipped, part.name)
