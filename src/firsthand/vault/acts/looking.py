"""Look: what is in files, and what stands out, without keeping anything."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from firsthand.vault.bring.beside import Part, Reader, Silence
from firsthand.vault.bring.finding import files_of, open_file
from firsthand.vault.bring.importing import ARCHIVE, SEVERAL, count_waiting
from firsthand.vault.bring.kinds import HEAD_BYTES, is_packed
from firsthand.vault.bring.own_export import is_own_export
from firsthand.vault.bring.reading import mark_of, sha256_of
from firsthand.vault.bring.report import Report, Told, not_read, questions_in
from firsthand.vault.bring.speaking import Unread
from firsthand.vault.sense import findings as find
from firsthand.vault.sources import Row, UnableToRead

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from firsthand.protocol.things import Thing
    from firsthand.vault.bring.batches import Batch
    from firsthand.vault.sense import Finding

DIGESTED_BYTES_MAX = 64 * 1024 * 1024
_FIRST = "This is of its first part alone. Keep it, and all of it is read."
_LATER = "It was not looked into yet. Keep it, and it is read."
_OWN = "This is an export of a vault. To have it back: firsthand vault import FILE"


class _Enough(Exception):
    """More is not to be read for a first look."""


def _never(_things: int) -> bool:
    return False


class Seen:
    """The things of some files, each once, with the place where it stands.

    `enough` is asked, with how many things there are, whether that does for a look.
    """

    def __init__(self, enough: Callable[[int], bool] = _never) -> None:
        self._enough, self._full = enough, False
        self.reports: list[Report] = []
        self.things: dict[str, Thing] = {}
        self.places: dict[str, tuple[str, int]] = {}

    def look_at(
        self, name: str, path: str, stream: BinaryIO, answers: Mapping[str, str], reader: Reader
    ) -> None:
        """Read one file or archive; what is wrong with it is told in its report."""
        report = Report(path=path, source=None)
        if self._full:
            report.note = _LATER
            self.reports.append(report)
            return
        if is_own_export(stream):
            self.reports.append(not_read(path, UnableToRead(_OWN)))
            return
        try:
            stream.seek(0)
            archive = is_packed(stream.read(HEAD_BYTES))
            large = stream.seek(0, io.SEEK_END) > DIGESTED_BYTES_MAX
            digest = "" if archive else mark_of(stream) if large else sha256_of(stream)
            for each in reader.walk(name, stream, answers, Silence(), digest=digest):
                if isinstance(each, Unread):
                    report.leave(each.name, each.why)
                else:
                    self._take(report, each, path, archive=archive)
                self.check()
        except _Enough:
            self._full, report.note = True, _FIRST
        except (OSError, UnableToRead) as error:
            if not (report.left or report.members_read):
                report = not_read(path, error)
            report.error = not_read(path, error).error
        self.reports.append(report)

    def check(self) -> None:
        """Go on, or end the look at this file where that is enough."""
        if self._enough(len(self.things)):
            raise _Enough

    def _take(self, report: Report, part: Part, path: str, *, archive: bool) -> None:
        export = part.export
        report.source = export.source if report.source in {None, export.source} else SEVERAL
        report.format = ARCHIVE if archive else export.format
        report.ask(export)
        if export.questions:
            count_waiting(part, report)
            return
        told = Told(name=part.name, source=export.source, format=export.format)
        member = part.name if archive else ""
        try:
            for batch in part.batches():
                self._hold(batch, told, f"{path}/{member}" if member else path)
                report.unread(batch.unreadable, member)
                report.skip(batch.skipped, member)
                self.check()
        except UnableToRead as error:
            if not archive:
                raise
            told.error = str(error)
        except _Enough:
            _tell(report, told, archive=archive)
            raise
        _tell(report, told, archive=archive)

    def _hold(self, batch: Batch, told: Told, path: str) -> None:
        told.read += len(batch.rows) + len(batch.unreadable) + len(batch.skipped)
        told.unreadable_rows += len(batch.unreadable)
        told.skipped_rows += len(batch.skipped)
        for row in batch.each():
            if not isinstance(row, Row):
                continue
            if row.thing.id in self.things:
                told.known += 1
                continue
            self.things[row.thing.id] = row.thing
            self.places[row.thing.id] = (path, row.line)
            told.added += 1

    def told(self, today: datetime.date) -> dict[str, object]:
        """Files, questions and findings, each finding with the rows that it stands on."""
        found = find(list(self.things.values()), today=today)
        return {
            "files": [report.as_json() for report in self.reports],
            "questions": questions_in(self.reports),
            "findings": with_rows(found, self._rows),
        }

    def _rows(self, ids: Sequence[str]) -> list[dict[str, object]]:
        return [
            {"path": self.places[id][0], "line": self.places[id][1], **row_of(self.things[id])}
            for id in ids
        ]


def _tell(report: Report, told: Told, *, archive: bool) -> None:
    if archive:
        report.tell(told)
    else:
        report.add(told)


def look(
    paths: Iterable[str | Path],
    today: datetime.date,
    answers: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Read files and the files of folders, and say what stands out. Keeps nothing.

    Returns `{"files", "questions"}` as an import does, and `"findings": [{"kind", "title",
    "detail", "facts", "chart", "rows": [{"path", "line", "id", "name", "time", "amount"?,
    "currency"?}]}]`. Raises `UnableToFind`.
    """
    seen = Seen()
    with Reader() as reader, ExitStack() as stack:
        for path in files_of(Path(each) for each in paths):
            try:
                stream = stack.enter_context(open_file(path))
            except (OSError, UnableToRead) as error:
                seen.reports.append(not_read(str(path), error))
                continue
            seen.look_at(path.name, str(path), stream, answers or {}, reader)
            stream.close()
    return seen.told(today)


def look_streams(
    streams: Iterable[tuple[str, bytes | BinaryIO]],
    answers: Mapping[str, str] | None,
    today: datetime.date,
    enough: Callable[[int], bool] = _never,
) -> dict[str, object]:
    """The same of files that are in memory, by name. Keeps nothing, on disk neither.

    enough: asked now and then whether so many things do; what is not read then says so.
    """
    seen = Seen(enough)
    with Reader(seen.check) as reader:
        for name, held in streams:
            stream = io.BytesIO(held) if isinstance(held, bytes) else held
            seen.look_at(name, name, stream, answers or {}, reader)
    return seen.told(today)


def row_of(thing: Thing) -> dict[str, object]:
    """What a person reads of a thing in a list: id, name, time and, of a payment, its amount."""
    row: dict[str, object] = {"id": thing.id, "name": thing.name, "time": thing.time}
    if "price" in thing.data:
        row["amount"] = thing.data["price"]
    if "priceCurrency" in thing.data:
        row["currency"] = thing.data["priceCurrency"]
    return row


def with_rows(
    found: Iterable[Finding], rows: Callable[[Sequence[str]], list[dict[str, object]]]
) -> list[dict[str, object]]:
    """Findings as JSON, the ids of their things replaced by rows that a person can look up."""
    told = []
    for finding in found:
        plain: dict[str, object] = msgspec.to_builtins(finding)
        plain.pop("things")
        told.append({**plain, "rows": rows(finding.things)})
    return told
