"""Bring: read files and archives and keep what is in them; what was begun goes on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from firsthand.vault.acts import noticing
from firsthand.vault.bring.beside import Reader
from firsthand.vault.bring.finding import files_of
from firsthand.vault.bring.going import Control, Progress, Tell, silent
from firsthand.vault.bring.importing import Run, import_file, import_held
from firsthand.vault.bring.report import Report, questions_in
from firsthand.vault.bring.undoing import brought, past, undo, would_go

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from firsthand.vault.acts.opened import Vault


def import_paths(
    vault: Vault,
    paths: Iterable[str | Path],
    answers: Mapping[str, str] | None = None,
    *,
    progress: Tell = silent,
    control: Control | None = None,
) -> dict[str, object]:
    """Import files, archives and the files of folders; one that was begun goes on where it ended.

    answers: choices by the id of a question or a guess. progress: told how far it is. control: has
    it wait or end, from another thread. Returns `{"files": [{"path", "source", "format", "read",
    "added", "known", "waiting", "redacted", "unreadable_rows", "unreadable": [{"line", "why",
    "member"?}], "skipped_rows", "skipped": [{"why", "rows", "line"}], "members": [...], "left":
    [{"why", "files", "names"}]?, "guesses", "state"?, "import_id"?, "error"?, "note"?}],
    "questions": [{"id", "path", "ask", "choices"}]}`. A file that cannot be read at all has an
    `error`; the others are imported. Nothing is kept of a file with an open question.
    Raises `UnableToFind`, `UnableToKeep`, `UnableToOpen`.
    """
    found = files_of(Path(each) for each in paths)
    reports = list[Report]()
    with Reader() as reader:
        for number, (path, name) in enumerate(found.items(), 1):
            run = _run(vault, reader, answers, progress, control, (number, len(found)))
            reports.append(import_file(run, path, name))
            if run.control.stopped:
                break
    return _told(reports)


def import_streams(
    vault: Vault,
    streams: Iterable[tuple[str, bytes | BinaryIO]],
    answers: Mapping[str, str] | None = None,
    *,
    progress: Tell = silent,
    control: Control | None = None,
) -> dict[str, object]:
    """The same of files that are in memory, by name: they touch no disk but the vault's own."""
    held, reports = list(streams), list[Report]()
    with Reader() as reader:
        for number, (name, content) in enumerate(held, 1):
            run = _run(vault, reader, answers, progress, control, (number, len(held)))
            stream = io.BytesIO(content) if isinstance(content, bytes) else content
            reports.append(import_held(run, Path(name), stream))
            if run.control.stopped:
                break
    noticing.notice_soon(vault, vault.clock.now().date())
    return _told(reports)


def imports(vault: Vault) -> list[dict[str, Any]]:
    """Every import, the newest first, in short: `{"id", "path_name", "source", "at", "state"...}`.

    `state` is "done", "stopped" or "going" (where it ended in the middle), or "undone".
    """
    return past(vault.store)


def one_import(vault: Vault, id: int) -> dict[str, Any] | None:
    """What became of one import, as it was told then, with how much of it is here; or None."""
    return brought(vault.store, id)


def undo_import(vault: Vault, id: int) -> dict[str, object]:
    """Take back an import: what it alone brought goes, what another brought too stays.

    Returns `{"id", "path_name", "gone", "stay", "given"}`; `given` of those that go were given to
    somebody, which is not taken back by this. Raises `UnableToUndo`.
    """
    told = undo(vault.store, id)
    noticing.notice_soon(vault, vault.clock.now().date())
    return told


def undo_preview(vault: Vault, id: int) -> dict[str, object]:
    """What `undo_import` would say. Raises `UnableToUndo`."""
    return would_go(vault.store, id)


def _run(
    vault: Vault,
    reader: Reader,
    answers: Mapping[str, str] | None,
    progress: Tell,
    control: Control | None,
    place: tuple[int, int],
) -> Run:
    return Run(
        store=vault.store,
        answers=answers or {},
        clock=vault.clock,
        chance=vault.chance,
        reader=reader,
        tell=progress,
        control=control or Control(),
        file=place[0],
        files=place[1],
    )


def _told(reports: list[Report]) -> dict[str, object]:
    return {"files": [report.as_json() for report in reports], "questions": questions_in(reports)}


__all__ = [
    "Control",
    "Progress",
    "import_paths",
    "import_streams",
    "imports",
    "one_import",
    "undo_import",
    "undo_preview",
]
