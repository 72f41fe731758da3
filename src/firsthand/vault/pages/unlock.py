"""Open one's own data with a passphrase, and lock it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from firsthand.vault.acts import noticing, unlocking
from firsthand.vault.acts.passkeys import PasskeyRefused
from firsthand.vault.pages import proving
from firsthand.vault.pages.cabinet import CALLED, SAID_TO_NOBODY
from firsthand.vault.pages.keep import slug_of
from firsthand.vault.pages.visits import Sitting, Visit
from firsthand.vault.store import UnableToUnlock
from firsthand.vault.store.recovery import read_code

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.store import Secret

PASSPHRASE_CHARACTERS_MAX: Final = 1024


def ask(visit: Visit) -> Response:
    """Ask for the name and the passphrase."""
    if visit.opened is not None:
        return visit.go(_own_path(visit.request.query_params.get("next", "")))
    return _asked(visit)


def open_it(visit: Visit) -> Response:
    """Open the vault and begin a sitting, or say the same words to every wrong try."""
    parts, form = visit.parts, visit.form
    address = visit.request.client.host if visit.request.client else ""
    wait_ms = parts.throttle.wait_ms("from", address)
    if wait_ms:
        return _asked(visit, f"That was often. Wait {_span(wait_ms)}, then try again.", 429)
    parts.throttle.failed("from", address)  # before the answer is known: tries must not overlap
    try:
        slug, secret = _said_to_be(visit)
    except PasskeyRefused as error:
        return _asked(visit, str(error), 403)
    wait_ms = parts.throttle.wait_ms("name", slug)
    if wait_ms:
        return _asked(visit, f"That was often. Wait {_span(wait_ms)}, then try again.", 429)
    parts.throttle.failed("name", slug)
    try:
        parts.cabinet.unlock(slug, secret)
    except UnableToUnlock:
        return _asked(visit, SAID_TO_NOBODY, 403)
    parts.throttle.succeeded("name", slug)
    parts.throttle.succeeded("from", address)
    parts.sittings.close(parts.cookie.read(visit.request))
    with parts.cabinet.lend(slug) as vault:
        row = vault.store.row("meta.get", key=CALLED)
        noticing.notice_soon(vault, parts.clock.now().date())
        parts.cabinet.touch(slug, unlocking.lock_after(vault))
    called = str(row["value"]) if row else slug.capitalize()
    # The code is what opened it, or it would not be open.
    by_code = isinstance(secret, str) and read_code(secret) is not None
    token = parts.sittings.open(
        Sitting(slug=slug, called=called, proved_ms=parts.clock.ticks_ms(), by_code=by_code)
    )
    parts.nudge(slug)
    answer = visit.go("/passphrase" if by_code else _own_path(form.one("next")))
    parts.cookie.put(answer, token)
    return answer


def _said_to_be(visit: Visit) -> tuple[str, Secret]:
    """Whose vault it is, and what shall open it. Raises `PasskeyRefused`."""
    used = proving.by_passkey(visit)
    if used is not None:
        return used
    single = visit.parts.single
    slug = single.name if single is not None else slug_of(visit.form.one("name"))
    return slug, visit.form.one("passphrase")[:PASSPHRASE_CHARACTERS_MAX]


def lock(visit: Visit) -> Response:
    """Lock it, in every window and on every device at once."""
    parts = visit.parts
    token = parts.cookie.read(visit.request)
    sitting = parts.sittings.read(token)
    answer = visit.go("/unlock?locked=yes")
    parts.cookie.drop(answer)
    if sitting is not None:
        slug = sitting.slug
        parts.sittings.close_where(lambda each: each.slug == slug)
        parts.cabinet.close(slug)
        parts.streams.go(slug, "/unlock?locked=yes")
        parts.streams.close_topic(slug)
    return answer


def _asked(visit: Visit, error: str = "", status: int = 200) -> Response:
    query = visit.request.query_params
    single = visit.parts.single
    if single is not None and not visit.parts.cabinet.there_is(single.name):
        return visit.go("/")
    return visit.page(
        "unlock.html",
        status,
        title="Open your data",
        error=error,
        typed=visit.form.one("name"),
        next=visit.form.one("next") or query.get("next", ""),
        single=single is not None,
        locked=query.get("locked") == "yes",
        idle=query.get("idle") == "yes",
        site=proving.site(visit),
        elsewhere=proving.elsewhere(visit),
        unconfirmed=visit.parts.unconfirmed(),
    )


def _own_path(href: str) -> str:
    """A path of our own, never another site's address: `//evil.example` is one of those."""
    fine = href.startswith("/") and not href.startswith(("//", "/\\")) and "\n" not in href
    return href if fine and not href.startswith(("/lock", "/unlock")) else "/"


def _span(wait_ms: int) -> str:
    seconds = wait_ms // 1000 + 1
    return f"{seconds} seconds" if seconds < 90 else f"{seconds // 60 + 1} minutes"  # noqa: PLR2004
