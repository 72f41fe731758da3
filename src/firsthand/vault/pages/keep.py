"""Keep what was found: a name, a passphrase, the recovery code once, and then the things."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import bringing, keeping, uploading
from firsthand.vault.pages.cabinet import CALLED
from firsthand.vault.pages.underway import HREF, UnableToBegin
from firsthand.vault.pages.visits import Sitting, Visit
from firsthand.vault.store import UnableToCreate

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from firsthand.vault.acts.bringing import Control, Progress
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.pages.looks import Look

NAME_CHARACTERS_MAX: Final = 40
PASSPHRASE_CHARACTERS_MIN: Final = 10
PASSPHRASE_CHARACTERS_MAX: Final = 1024
# More than this takes a while to read.
AT_ONCE_BYTES_MAX: Final = 4 * 1024 * 1024
COMMON: Final = frozenset(
    {"passphrase", "password12", "1234567890", "qwertyuiop", "firsthand1", "letmein123"}
)


def ask(visit: Visit) -> Response:
    """Ask for a name and a passphrase; for nothing else."""
    if visit.opened is not None:
        return visit.go("/bring")
    return _asked(visit)


def make(visit: Visit) -> Response:
    """Make the person's own encrypted file, and show its recovery code."""
    parts = visit.parts
    first, second = visit.form.one("passphrase"), visit.form.one("again")
    name = " ".join(visit.form.one("name").split())[:NAME_CHARACTERS_MAX]
    if wrong := wrong_passphrase(first, second, name):
        return _asked(visit, name=name, wrong=wrong, status=422)
    slug, name, wrong = new_place(visit)
    if wrong:
        status = 429 if wrong["name"] == _OFTEN else 422
        return _asked(visit, name=name, wrong=wrong, status=status)
    try:
        made = keeping.init(parts.cabinet.place(slug), first, parts.chance, parts.clock)
    except UnableToCreate:
        return _asked(visit, name=name, wrong={"name": _TAKEN}, status=422)
    parts.cabinet.unlock(slug, first)
    with parts.cabinet.lend(slug) as vault, vault.store.transaction() as tx:
        tx.run("meta.put", key=CALLED, value=name or slug)
    code = str(made["recovery_code"])
    token = parts.sittings.open(
        Sitting(slug=slug, called=name or slug, proved_ms=parts.clock.ticks_ms(), code=code)
    )
    answer = visit.go("/keep/code")
    parts.cookie.put(answer, token)
    return answer


def new_place(visit: Visit) -> tuple[str, str, dict[str, str]]:
    """The folder's name for who comes newly, their own name, and what is wrong with it by field.

    Every try counts, so that nobody finds out by trying who is here.
    """
    parts = visit.parts
    name = " ".join(visit.form.one("name").split())[:NAME_CHARACTERS_MAX]
    slug = parts.single.name if parts.single is not None else slug_of(name)
    address = visit.request.client.host if visit.request.client else ""
    if parts.throttle.wait_ms("new", address):
        return slug, name, {"name": _OFTEN}
    if slug:
        parts.throttle.failed("new", address)
    return slug, name, _wrong_name(visit, slug)


def code(visit: Visit) -> Response:
    """Show the recovery code, until the person says that it is written down."""
    if visit.person.code is None:
        return visit.go("/")
    look = visit.look()
    held = look.held if look else 0
    return visit.page(
        "code.html",
        title="Write this down",
        code=visit.person.code,
        held=held,
        renewed=visit.person.renewed,
        came=visit.person.came,
        nav=(),
        live=None,
    )


def done(visit: Visit) -> Response:
    """The code is written down: keep what was dropped, and go home."""
    visit.person.code = None
    if visit.person.renewed:
        visit.person.renewed = False
        return visit.go("/more", "Your new recovery code works from now on. The old one does not.")
    visit.parts.nudge(visit.person.slug)
    return keep_look(visit, otherwise="/have/came" if visit.person.came else "/")


def keep_look(visit: Visit, *, otherwise: str, token: str | None = None) -> Response:
    """Put the files of the look into the vault, and forget the look. To the report, or on."""
    looks = visit.parts.looks
    token = token or visit.parts.look_cookie.read(visit.request)
    look = looks.read(token)
    if look is None or not look.held:
        return visit.go(otherwise)
    streams = [(file.name, file.content) for file in look.files]
    if look.sent or look.size_bytes >= AT_ONCE_BYTES_MAX:
        return _begun(visit, streams, look, token)
    visit.person.report = bringing.import_streams(visit.vault, streams, look.answers)
    waiting = bool(visit.person.report["questions"])
    if not waiting:
        looks.forget(token)
    return visit.go("/bring" if waiting else "/bring/done")


def _begun(
    visit: Visit, streams: list[tuple[str, bytes]], look: Look, token: str | None
) -> Response:
    """What takes a while goes on by itself, and its page says how far it is.

    What was sent in slices lies beside the vault from here on, and waits there where it must.
    """
    ids = visit.parts.looks.visits.hand_over(look.token, visit.vault)
    answers, look.sent, look.told = look.answers, [], None

    def work(vault: Vault, tell: Callable[[Progress], None], control: Control) -> dict[str, Any]:
        told: dict[str, Any] = {"files": [], "questions": []}
        if streams:
            told = bringing.import_streams(vault, streams, answers, progress=tell, control=control)
        waits = bool(told["questions"])
        if ids and not control.stopped:
            more = uploading.read(vault, ids, answers, progress=tell, control=control)
            told = {name: [*told[name], *more[name]] for name in ("files", "questions")}
        if not waits:
            visit.parts.looks.forget(token)
        return told

    with contextlib.suppress(UnableToBegin):
        visit.parts.underway.begin(visit.person.slug, work, visit.parts.nudge)
    return visit.go(HREF)


def slug_of(name: str) -> str:
    """The name of a folder for a person's name: small letters, figures and dashes."""
    folded = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:NAME_CHARACTERS_MAX]


_OFTEN: Final = "Too many were made from here. Try again in a few minutes."
_TAKEN: Final = "Somebody here has this name already. Choose another one."


def _wrong_name(visit: Visit, slug: str) -> dict[str, str]:
    if not slug:
        return {"name": "Write a name with letters from a to z. It is only for you."}
    if visit.parts.cabinet.there_is(slug):
        return {"name": _TAKEN}
    return {}


def wrong_passphrase(first: str, second: str, name: str) -> dict[str, str]:
    """What is wrong with a new passphrase, in words, by the field of the form."""
    plain = first.casefold().strip()
    if len(first) < PASSPHRASE_CHARACTERS_MIN:
        least = PASSPHRASE_CHARACTERS_MIN
        return {"passphrase": f"That is short: take {least} characters or more. Four words do."}
    if len(first) > PASSPHRASE_CHARACTERS_MAX:
        return {"passphrase": "That is too long to be typed again."}
    if plain in COMMON or plain == name.casefold() or len(set(plain)) < 5:  # noqa: PLR2004
        return {"passphrase": "That is guessed at once. Take four words that nobody would expect."}
    if first != second:
        return {"again": "The two are not the same. Type it once more."}
    return {}


def _asked(
    visit: Visit, name: str = "", wrong: dict[str, str] | None = None, status: int = 200
) -> Response:
    look = visit.look()
    return visit.page(
        "keep.html",
        status,
        title="Keep it",
        typed=name,
        wrong=wrong or {},
        single=visit.parts.single is not None,
        held=look.held if look else 0,
        sample=bool(look and look.sample),
        characters_min=PASSPHRASE_CHARACTERS_MIN,
    )
