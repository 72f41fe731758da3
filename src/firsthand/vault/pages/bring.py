"""Bring more: drop files, answer what is asked, see what became of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from firsthand.vault.acts import bringing, uploading
from firsthand.vault.bring.undoing import UnableToUndo
from firsthand.vault.pages import start, uploads
from firsthand.vault.pages.keep import keep_look
from firsthand.vault.pages.underway import HREF, UnableToBegin
from firsthand.vault.pages.visits import NotHere, kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from firsthand.vault.acts.bringing import Control, Progress
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.pages.visits import Parts, Visit

PLACE_CHARS_MAX: Final = 4096
ID_MAX: Final = 2**62
IMPORTS_SHOWN_MAX: Final = 20
_HALF: Final = frozenset({"going", "stopped"})


def routes(parts: Parts) -> list[Route]:
    """What goes on, and what was brought so far."""
    return [
        *uploads.routes(parts),
        Route("/bring/place", kept(parts, place), methods=["POST"]),
        Route(HREF, kept(parts, going), methods=["GET"]),
        Route(f"{HREF}/pause", kept(parts, pause), methods=["POST"]),
        Route(f"{HREF}/on", kept(parts, go_on), methods=["POST"]),
        Route(f"{HREF}/stop", kept(parts, stop), methods=["POST"]),
        Route("/bring/imports/{id:int}", kept(parts, one_import), methods=["GET"]),
        Route("/bring/imports/{id:int}/undo", kept(parts, undo), methods=["POST"]),
    ]


def ask(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """A place to drop files; with files in memory already, what is asked about them."""
    look = visit.look()
    told = start.told(visit, look) if look and look.held else None
    return visit.page(
        "bring.html",
        status,
        title="Bring your data",
        here="things",
        told=told,
        samples=visit.parts.samples,
        imports=bringing.imports(visit.vault)[:IMPORTS_SHOWN_MAX],
        going=visit.parts.underway.of(visit.person.slug),
        waiting=uploads.shown(visit),
        bounds=visit.parts.uploads,
        slices=uploads.PATH,
        largest=uploading.in_words(visit.parts.uploads.upload_bytes_max),
        single=visit.parts.single is not None,
        error=error,
    )


def drop(visit: Visit) -> Response:
    """Take files; they are kept at once unless something has to be asked first."""
    if not visit.form.files:
        return ask(visit, error="No file came with that. Choose one first.", status=400)
    return _kept(visit, sample=False)


def sample(visit: Visit) -> Response:
    """Keep a sample, to try things with."""
    start.take_sample(visit)
    return _kept(visit, sample=True)


def answer(visit: Visit) -> Response:
    """Take the answers, and keep the files if nothing is open any more."""
    start.take_answers(visit)
    return keep_look(visit, otherwise="/bring")


def forget(visit: Visit) -> Response:
    """Leave the files that are waiting for an answer."""
    visit.parts.looks.forget(visit.parts.look_cookie.read(visit.request))
    return visit.go("/bring")


def done(visit: Visit) -> Response:
    """What became of the files that were brought last."""
    ended = visit.parts.underway.take(visit.person.slug)
    if ended is not None:
        if ended.report is None:
            return visit.go("/bring", ended.fault)
        visit.person.report = ended.report
    elif visit.parts.underway.of(visit.person.slug) is not None:
        return visit.go(HREF)
    report = visit.person.report
    if report is None or report["questions"]:
        return visit.go("/bring")
    files = [start.file_report(file) for file in report["files"]]
    return visit.page(
        "brought.html",
        title="Kept",
        here="things",
        files=files,
        added=sum(file["added"] for file in files),
        known=sum(file["known"] for file in files),
        half=[file["path"] for file in files if file.get("state") in _HALF and not file["error"]],
        waiting=[each for each in uploads.shown(visit) if each["whole"]],
    )


def place(visit: Visit) -> Response:
    """Read a file, an archive or a folder of this machine: only where it is the person's own."""
    if visit.parts.single is None:
        raise NotHere
    path = visit.form.one("path").strip()
    if not path or len(path) > PLACE_CHARS_MAX:
        return ask(visit, error="Say where the file lies on this machine.", status=422)

    def work(vault: Vault, tell: Callable[[Progress], None], control: Control) -> dict[str, Any]:
        return bringing.import_paths(vault, [path], progress=tell, control=control)

    try:
        visit.parts.underway.begin(visit.person.slug, work, visit.parts.nudge)
    except UnableToBegin as error:
        return ask(visit, error=str(error), status=409)
    return visit.go(HREF)


def going(visit: Visit) -> Response:
    """How far an import is."""
    now = visit.parts.underway.of(visit.person.slug)
    if now is None:
        return visit.go("/bring")
    if now.ended.is_set():
        return visit.go("/bring/done")
    return visit.page(
        "going.html",
        title="It is being read",
        here="things",
        says=now.says(),
        part=now.part,
        paused=now.control.paused,
        stopped=now.control.stopped,
    )


def pause(visit: Visit) -> Response:
    """Have it wait."""
    if (now := visit.parts.underway.of(visit.person.slug)) is not None:
        now.control.pause()
    return visit.go(HREF)


def go_on(visit: Visit) -> Response:
    """Have it go on."""
    if (now := visit.parts.underway.of(visit.person.slug)) is not None:
        now.control.go_on()
    return visit.go(HREF)


def stop(visit: Visit) -> Response:
    """Have it end, with what was read."""
    if (now := visit.parts.underway.of(visit.person.slug)) is not None:
        now.control.stop()
    return visit.go(HREF)


def one_import(visit: Visit) -> Response:
    """What became of one import, and the way to take it back."""
    id = _id(visit)
    told = bringing.one_import(visit.vault, id)
    if told is None:
        raise NotHere
    undone = told["state"] == "undone"
    return visit.page(
        "import.html",
        title=told["path_name"],
        here="things",
        brought=told,
        half=told["state"] in _HALF,
        file=start.file_report({**told["report"], "path": told["path_name"]}),
        undo=None if undone else bringing.undo_preview(visit.vault, id),
    )


def undo(visit: Visit) -> Response:
    """Take an import back."""
    id = _id(visit)
    now = visit.parts.underway.of(visit.person.slug)
    if now is not None and not now.ended.is_set():
        return visit.go("/bring", "Something is being read. Wait for it, or stop it first.")
    try:
        told = bringing.undo_import(visit.vault, id)
    except UnableToUndo:
        return visit.go("/bring", "That was taken back already.")
    uploading.remove_named(visit.vault, str(told["path_name"]))
    visit.parts.nudge(visit.person.slug)
    return visit.go("/bring", f"{told['path_name']} is taken back. {told['gone']:,} things went.")


def _id(visit: Visit) -> int:
    """The number of the import that an address names."""
    return min(int(visit.request.path_params["id"]), ID_MAX)


def _kept(visit: Visit, *, sample: bool) -> Response:
    token = start.into_memory(visit, sample=sample)
    answer = keep_look(visit, otherwise="/bring", token=token)
    visit.parts.look_cookie.put(answer, token)
    return answer
