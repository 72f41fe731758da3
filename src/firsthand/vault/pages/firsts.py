"""A large file before there is a vault: in slices, sealed, gone after half an hour or with a press.

The same script sends it as for who has a vault; what is known of it is in the visitor's look.
"""

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse
from starlette.routing import Route

from firsthand.vault.acts import uploading
from firsthand.vault.acts.backing import is_backup
from firsthand.vault.acts.uploading import UploadRefused
from firsthand.vault.acts.visiting import BACKUP, THINGS
from firsthand.vault.pages import having, start
from firsthand.vault.pages.uploads import (
    ENDS_BYTES_MAX,
    FIGURES_MAX,
    body_bytes_max,
    figure,
    refused,
)
from firsthand.vault.pages.visits import anyone

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.acts.visiting import Visits
    from firsthand.vault.pages.visits import Page, Parts, Visit

PATH: Final = start.SLICES
OF_BACKUP: Final = having.SLICES
_UNREAD: Final = "This form could not be read."
_GONE: Final = "What you sent is not here any more. Choose it again."
_OFTEN: Final = "That was often. Wait a minute, then try again."
_HEAD_BYTES: Final = 4096


def routes(parts: "Parts") -> list[Route]:
    """Begin, go on and look; and the same for a backup that is to be put back."""
    most = body_bytes_max(parts.uploads)
    return [
        *[
            route
            for path, purpose in ((PATH, THINGS), (OF_BACKUP, BACKUP))
            for route in (
                Route(path, anyone(parts, _begin(purpose)), methods=["POST"]),
                Route(
                    f"{path}/slice", anyone(parts, _add(purpose), bytes_max=most), methods=["POST"]
                ),
            )
        ],
        Route(f"{PATH}/read", anyone(parts, read), methods=["POST"]),
    ]


def _begin(purpose: str) -> "Page":
    """Begin to take a file, or say from where that of the same file goes on."""

    def begin(visit: "Visit") -> "Response":
        form, parts = visit.form, visit.parts
        size_bytes = figure(form.one("size"))
        ends = form.files[0].content if form.files else b""
        if size_bytes is None or not ends or len(ends) > ENDS_BYTES_MAX:
            return refused(UploadRefused(_UNREAD, status=400))
        looks, address = parts.looks, visit.request.client.host if visit.request.client else ""
        token = parts.look_cookie.read(visit.request)
        if token is None or looks.read(token) is None:
            if parts.single is None and parts.throttle.wait_ms("visit", address):
                return refused(UploadRefused(_OFTEN, status=429))
            parts.throttle.failed("visit", address)  # each may take room that others need
            token = looks.begin()
        known_by = uploading.mark(size_bytes, ends, form.one("changed")[:FIGURES_MAX])
        try:
            told = looks.visits.begin(token, purpose, form.one("name"), size_bytes, known_by)
        except UploadRefused as error:
            return refused(error)
        answer = JSONResponse(told)
        parts.look_cookie.put(answer, token)
        return answer

    return begin


def _add(purpose: str) -> "Page":
    """Keep a slice, and say how much has come."""

    def add(visit: "Visit") -> "Response":
        form, at = visit.form, figure(visit.form.one("at"))
        if at is None or len(form.files) != 1:
            return refused(UploadRefused(_UNREAD, status=400))
        look = visit.look()
        visits, token = visit.parts.looks.visits, look.token if look else ""
        try:
            received = visits.add(token, purpose, form.one("id"), at, form.files[0].content)
        except UploadRefused as error:
            return refused(error)
        return JSONResponse({"received_bytes": received})

    return add


def read(visit: "Visit") -> "Response":
    """Show what is in files that have come whole."""
    look, ids = visit.look(), visit.form.many("id")
    if look is None or not ids:
        return start.show(visit, error=_GONE, status=410)
    visits = visit.parts.looks.visits
    try:
        if any(_holds_backup(visits, look.token, id) for id in ids):
            visits.forget(look.token, THINGS)
            return start.show(visit, error=start.A_BACKUP, status=422)
        visit.parts.looks.take_sent(look, ids)
    except UploadRefused as error:
        return start.show(visit, error=str(error), status=error.status)
    except OSError:
        return start.show(visit, error=_GONE, status=410)
    return visit.go("/look")


def _holds_backup(visits: "Visits", token: str, id: str) -> bool:
    with visits.open(visits.one(token, THINGS, id)) as stream:
        return is_backup(stream.read(_HEAD_BYTES))
