"""Bring more: drop files, answer what is asked, see what became of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firsthand.vault.acts import keeping
from firsthand.vault.pages import start
from firsthand.vault.pages.keep import keep_look

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit


def ask(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """A place to drop files; with files in memory already, what is asked about them."""
    look = visit.look()
    told = start.told(visit, look) if look and look.files else None
    return visit.page(
        "bring.html",
        status,
        title="Bring your data",
        here="things",
        told=told,
        samples=visit.parts.samples,
        imports=keeping.imports(visit.vault)[:20],
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
    report = visit.person.report
    if report is None:
        return visit.go("/bring")
    files = [start.file_report(file) for file in report["files"]]
    return visit.page(
        "brought.html",
        title="Kept",
        here="things",
        files=files,
        added=sum(file["added"] for file in files),
        known=sum(file["known"] for file in files),
    )


def _kept(visit: Visit, *, sample: bool) -> Response:
    token = start.into_memory(visit, sample=sample)
    answer = keep_look(visit, otherwise="/bring", token=token)
    visit.parts.look_cookie.put(answer, token)
    return answer
