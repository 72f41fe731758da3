"""Signs staff in and out, also in all browsers of somebody who has gone.

A wrong name and a wrong password get the same words, as slowly.
"""

import threading
from typing import Final

from starlette.responses import Response

from firsthand.foundation.web.kit import Flash
from firsthand.hub.acts import entering
from firsthand.hub.acts.entering import Entered
from firsthand.hub.pages.visits import LOGIN, Parts, Sitting, Visit

SAME_WORDS: Final = "That name and that password do not belong together."
NAME_CHARS_MAX: Final = 40
KEY_BYTES: Final = 12
WAITING_MAX: Final = 20
# Each check of a password takes 64 MiB and a core for a moment, on purpose.
_CHECKS = threading.BoundedSemaphore(2)
_QUEUE = threading.BoundedSemaphore(WAITING_MAX)


def ask(visit: Visit) -> Response:
    """Ask for the name and the password."""
    parts = visit.parts
    if parts.sittings.read(parts.cookie.read(visit.request)) is not None:
        return visit.go(_own_path(visit.asked("next")))
    return _asked(visit, name=visit.asked("name"), following=visit.asked("next"))


def enter(visit: Visit) -> Response:
    """Open a sitting, or say the same words to every wrong try."""
    parts, form = visit.parts, visit.form
    name, following = form.one("name").strip()[:NAME_CHARS_MAX], form.one("next")[:200]
    address = visit.request.client.host if visit.request.client else ""
    wait_ms = max(parts.throttle.wait_ms("name", name), parts.throttle.wait_ms("from", address))
    if wait_ms:
        said = f"That was often. Wait {span(wait_ms)}, then try again."
        return _asked(visit, name=name, following=following, error=said, status=429)
    if not _QUEUE.acquire(blocking=False):
        return visit.wrong(503, "A moment, please", "Many are signing in right now. Try again.")
    parts.throttle.failed("name", name)  # before the answer is known: tries must not overlap
    parts.throttle.failed("from", address)
    try:
        with _CHECKS:
            entered = entering.login(visit.hub, name=name, password=form.one("password"))
    finally:
        _QUEUE.release()
    if entered is None:
        return _asked(visit, name=name, following=following, error=SAME_WORDS, status=403)
    parts.throttle.succeeded("name", name)
    parts.throttle.succeeded("from", address)
    parts.sittings.close(parts.cookie.read(visit.request))
    answer = visit.go(_own_path(following))
    if not sit(visit, answer, entered):
        return _asked(visit, name=name, following=following, error=SAME_WORDS, status=403)
    return answer


def sit(visit: Visit, answer: Response, entered: Entered, flash: Flash | None = None) -> bool:
    """Open a sitting and give its cookie to ``answer``; not where the account has just changed."""
    parts = visit.parts
    key = visit.hub.chance.token(KEY_BYTES)
    sitting = Sitting(name=entered.name, role=entered.role, key=key, flash=flash)
    token = parts.sittings.open(sitting)
    # Only now that it is open: whoever removes the account meanwhile closes what is open.
    if not entering.stands(visit.hub, entered):
        parts.sittings.close(token)
        return False
    parts.cookie.put(answer, token)
    return True


def leave(visit: Visit) -> Response:
    """Sign out, in this browser; its live pages end."""
    parts = visit.parts
    token = parts.cookie.read(visit.request)
    sitting = parts.sittings.read(token)
    parts.sittings.close(token)
    answer = visit.go(f"{LOGIN}?left=yes")
    parts.cookie.drop(answer)
    if sitting is not None:
        _end_streams(parts, sitting.key, f"{LOGIN}?left=yes")
    return answer


def shut_out(parts: Parts, name: str) -> None:
    """End every sitting of one of the staff, and with it what is live on their screens."""
    theirs: list[str] = []

    def chosen(sitting: Sitting) -> bool:
        if sitting.name == name:
            theirs.append(sitting.key)
        return sitting.name == name

    parts.sittings.close_where(chosen)
    for key in theirs:
        _end_streams(parts, key, LOGIN)


def _end_streams(parts: Parts, key: str, href: str) -> None:
    topic = f"sitting:{key}"
    parts.streams.go(topic, href)
    parts.streams.close_topic(topic)


def _asked(
    visit: Visit, *, name: str, following: str, error: str = "", status: int = 200
) -> Response:
    return visit.page(
        "login.html",
        status,
        title="Sign in",
        called=name[:NAME_CHARS_MAX],
        next=_own_path(following),
        error=error,
        left=visit.asked("left") == "yes",
    )


def _own_path(href: str) -> str:
    """A staff page of ours, never another site's address: `//evil.example` is one of those."""
    fine = href == "/staff" or href.startswith(("/staff/", "/staff?"))
    fine = fine and href.isprintable() and "\\" not in href
    return href if fine and not href.startswith((LOGIN, "/staff/logout")) else "/staff"


def span(wait_ms: int) -> str:
    """How long to wait: `12 seconds`, `3 minutes`."""
    seconds = wait_ms // 1000 + 1
    return f"{seconds} seconds" if seconds < 90 else f"{seconds // 60 + 1} minutes"  # noqa: PLR2004
