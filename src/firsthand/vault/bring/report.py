"""What became of one file, and what is asked about it."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from firsthand.vault.sources import Export, Question, Skipped, Unreadable


class Report(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One file of an import: each row read is added, known, waiting, skipped or unreadable.

    `error` says why a file was not read at all, `note` what else a person should know.
    """

    path: str
    source: str | None
    format: str | None = None
    read: int
    added: int
    known: int
    waiting: int
    unreadable: list[dict[str, object]]
    skipped: list[dict[str, object]] = []
    guesses: list[dict[str, object]] = []
    note: str | None = None
    error: str | None = None
    questions: list[Question] = []

    def as_json(self) -> dict[str, object]:
        """The same without its questions, which are told for all files together."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        plain.pop("questions", None)
        plain["guesses"] = [dict(guess) for guess in self.guesses]
        plain["format"] = self.format
        plain["skipped"] = [dict(each) for each in self.skipped]
        return plain


def not_read(path: str, error: Exception) -> Report:
    """The report of a file that could not be read as a whole."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Report(
        path=path,
        source=None,
        read=0,
        added=0,
        known=0,
        waiting=0,
        unreadable=[],
        error=why,
    )


def report_of(
    path: str,
    export: Export,
    counts: tuple[int, int, int],
    unreadable: Sequence[Unreadable],
    skipped: Sequence[Skipped] = (),
) -> Report:
    """The report of a file: counts are added, known and waiting rows.

    What was skipped for the same reason is one line of it: `{"why", "rows", "line"}`, with the
    place of the first.
    """
    added, known, waiting = counts
    return Report(
        path=path,
        source=export.source,
        format=export.format,
        read=added + known + waiting + len(unreadable) + len(skipped),
        added=added,
        known=known,
        waiting=waiting,
        unreadable=[{"line": row.line, "why": row.why} for row in unreadable],
        skipped=_by_reason(skipped),
        guesses=[msgspec.to_builtins(guess) for guess in export.guesses],
        questions=list(export.questions),
    )


def _by_reason(skipped: Sequence[Skipped]) -> list[dict[str, object]]:
    first = dict[str, int]()
    for row in skipped:
        first.setdefault(row.why, row.line)
    rows = Counter(row.why for row in skipped)
    return [{"why": why, "rows": rows[why], "line": line} for why, line in first.items()]


def questions_in(reports: Sequence[Report]) -> list[dict[str, object]]:
    """All open questions: `{"id", "path", "ask", "choices"}`."""
    return [
        {"id": asked.id, "path": report.path, "ask": asked.ask, "choices": list(asked.choices)}
        for report in reports
        for asked in report.questions
    ]
