"""A large file comes in slices, each acknowledged; it goes on after a broken line or a new page.

The page's script calls these; what they answer is JSON with a reason where something is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse
from starlette.routing import Route

from firsthand.vault.acts import uploading
from firsthand.vault.acts.uploading import UploadRefused
from firsthand.vault.pages.forms import FORM_BYTES_MAX
from firsthand.vault.pages.underway import HREF, UnableToBegin
from firsthand.vault.pages.visits import kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from firsthand.foundation.clock import Clock
    from firsthand.vault.acts.bringing import Control, Progress
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.pages.cabinet import Cabinet
    from firsthand.vault.pages.visits import Parts, Visit

PATH: Final = "/bring/upload"
FIGURES_MAX: Final = 16
ENDS_BYTES_MAX: Final = 600 * 1024
SWEEP_MS: Final = 10 * 60 * 1000.0


def body_bytes_max(bounds: uploading.Bounds) -> int:
    """How large a request to `PATH` may be: one slice and the form around it."""
    return bounds.slice_bytes + FORM_BYTES_MAX


def routes(parts: Parts) -> list[Route]:
    """Begin, go on, read, leave."""
    most = body_bytes_max(parts.uploads)
    return [
        Route(PATH, kept(parts, begin), methods=["POST"]),
        Route(f"{PATH}/slice", kept(parts, add, bytes_max=most), methods=["POST"]),
        Route(f"{PATH}/read", kept(parts, read), methods=["POST"]),
        Route(f"{PATH}/leave", kept(parts, leave), methods=["POST"]),
    ]


def begin(visit: Visit) -> Response:
    """Begin an upload, or say from where that of the same file goes on."""
    form = visit.form
    size_bytes = figure(form.one("size"))
    ends = form.files[0].content if form.files else b""
    if size_bytes is None or not ends or len(ends) > ENDS_BYTES_MAX:
        return refused(UploadRefused("This form could not be read.", status=400))
    try:
        told = uploading.begin(
            visit.vault,
            visit.parts.uploads,
            form.one("name"),
            size_bytes,
            ends,
            changed=form.one("changed")[:FIGURES_MAX],
        )
    except UploadRefused as error:
        return refused(error)
    return JSONResponse(told)


def add(visit: Visit) -> Response:
    """Keep a slice, and say how much has come."""
    form = visit.form
    at = figure(form.one("at"))
    if at is None or len(form.files) != 1:
        return refused(UploadRefused("This form could not be read.", status=400))
    try:
        received = uploading.add_slice(
            visit.vault, visit.parts.uploads, form.one("id"), at, form.files[0].content
        )
    except UploadRefused as error:
        return refused(error)
    return JSONResponse({"received_bytes": received})


def read(visit: Visit) -> Response:
    """Read what has come whole, or go on reading it; with the answers to what it asked."""
    ids = visit.form.many("id")
    waiting = {each["id"]: each for each in uploading.waiting(visit.vault)}
    if not ids or any(id not in waiting or not waiting[id]["whole"] for id in ids):
        return visit.go("/bring", "Of that not everything is here. Choose the same file again.")
    answers = {
        name.removeprefix("answer:"): visit.form.one(name)
        for name in visit.form.fields
        if name.startswith("answer:")
    }

    def work(vault: Vault, tell: Callable[[Progress], None], control: Control) -> dict[str, Any]:
        return uploading.read(vault, ids, answers, progress=tell, control=control)

    try:
        visit.parts.underway.begin(visit.person.slug, work, visit.parts.nudge)
    except UnableToBegin as error:
        return visit.go("/bring", f"{error} What you sent waits here.")
    return visit.go(HREF)


def leave(visit: Visit) -> Response:
    """Erase what has come of a file."""
    now = visit.parts.underway.of(visit.person.slug)
    if now is not None and not now.ended.is_set():
        return visit.go("/bring", "Something is being read. Wait for it, or stop it first.")
    for id in visit.form.many("id"):
        uploading.remove(visit.vault, id)
    return visit.go("/bring", "What had come of it is erased.")


def shown(visit: Visit) -> list[dict[str, Any]]:
    """What is on its way or waits, for a page: sizes in words, and what can be done."""
    return [
        {
            **each,
            "here": uploading.in_words(each["received_bytes"]),
            "size": uploading.in_words(each["size_bytes"]),
            "part": each["received_bytes"] * 1000 // each["size_bytes"],
        }
        for each in uploading.waiting(visit.vault)
    ]


def figure(text: str) -> int | None:
    """A whole number of bytes, or None."""
    fits = text.isascii() and text.isdecimal() and len(text) <= FIGURES_MAX
    return int(text) if fits else None


def refused(error: UploadRefused) -> Response:
    """Why a slice was not taken, for the script, and from where it goes on."""
    told = {"why": str(error), "received_bytes": error.received_bytes}
    return JSONResponse(told, status_code=error.status)


class Sweeper:
    """Erases what was sent and not read, a day after its last part; it looks now and then."""

    def __init__(self, cabinet: Cabinet, clock: Clock) -> None:
        """It has not looked yet."""
        self._cabinet, self._clock = cabinet, clock
        self._next_ms = 0.0

    def sweep(self) -> None:
        """Look, if it is time. Vaults stay locked."""
        if self._clock.ticks_ms() < self._next_ms:
            return
        self._next_ms = self._clock.ticks_ms() + SWEEP_MS
        for folder in self._cabinet.folders():
            uploading.sweep(folder, self._clock.now())
