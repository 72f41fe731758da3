"""Bring: read files and keep what is in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.vault.acts import noticing
from firsthand.vault.bring.finding import files_of
from firsthand.vault.bring.importing import Progress, import_file, import_held, silent
from firsthand.vault.bring.report import questions_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firsthand.vault.acts.opened import Vault


def import_paths(
    vault: Vault,
    paths: Iterable[str | Path],
    answers: Mapping[str, str] | None = None,
    *,
    progress: Progress = silent,
) -> dict[str, object]:
    """Import files and the files of folders, each in one transaction.

    answers: choices by the id of a question or a guess. progress: called with a path and the
    number of its rows so far. Returns `{"files": [{"path", "source", "format", "read", "added",
    "known", "waiting", "unreadable": [{"line", "why"}], "guesses", "error"?, "note"?}],
    "questions": [{"id", "path", "ask", "choices"}]}`. A file that cannot be read at all has an
    `error`; the others are imported. Nothing is kept of a file with an open question.
    Raises `UnableToFind`, `UnableToKeep`, `UnableToOpen`.
    """
    reports = [
        import_file(vault.store, path, answers or {}, vault.clock, vault.chance, progress)
        for path in files_of(Path(each) for each in paths)
    ]
    return {"files": [report.as_json() for report in reports], "questions": questions_in(reports)}


def import_streams(
    vault: Vault, streams: Iterable[tuple[str, bytes]], answers: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The same of files that are in memory, by name: they touch no disk but the vault's own."""
    reports = [
        import_held(
            vault.store, Path(name), io.BytesIO(held), answers or {}, vault.clock, vault.chance
        )
        for name, held in streams
    ]
    noticing.notice_soon(vault, vault.clock.now().date())
    return {"files": [report.as_json() for report in reports], "questions": questions_in(reports)}
