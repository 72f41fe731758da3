"""What opens one's data: set another passphrase, and make another recovery code."""

from typing import TYPE_CHECKING

from firsthand.vault.acts import unlocking
from firsthand.vault.pages import proving
from firsthand.vault.pages.keep import PASSPHRASE_CHARACTERS_MIN, wrong_passphrase

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit


def ask(
    visit: "Visit", wrong: dict[str, str] | None = None, wrong_code: str = "", status: int = 200
) -> "Response":
    """Ask for the passphrase of now and for another one."""
    return visit.page(
        "passphrase.html",
        status,
        title="Passphrase",
        here="more",
        by_code=visit.person.by_code,
        proved=_proved_by_code(visit),
        site=proving.site(visit),
        elsewhere=proving.elsewhere(visit),
        wrong=wrong or {},
        wrong_code=wrong_code,
        characters_min=PASSPHRASE_CHARACTERS_MIN,
    )


def change(visit: "Visit") -> "Response":
    """Let another passphrase open it; every other window has to be opened by that one."""
    form, person = visit.form, visit.person
    first, second = form.one("passphrase"), form.one("again")
    wrong = wrong_passphrase(first, second, person.called)
    if wrong:
        return ask(visit, wrong, status=422)
    if said := _unproved(visit):
        return ask(visit, {"old": said}, status=403)
    unlocking.set_passphrase(visit.vault, first)
    person.by_code = False
    slug = person.slug
    visit.parts.sittings.close_where(lambda each: each.slug == slug and each is not person)
    said = "Your new passphrase opens your data from now on. The old one does not."
    return visit.go("/more", said)


def renew(visit: "Visit") -> "Response":
    """Make another recovery code, and show it until it is written down."""
    if said := _unproved(visit):
        return ask(visit, wrong_code=said, status=403)
    visit.person.code = str(unlocking.renew_code(visit.vault)["recovery_code"])
    visit.person.renewed = True
    return visit.go("/keep/code")


def _proved_by_code(visit: "Visit") -> bool:
    """Whether the recovery code was typed just now: it need not be typed a second time."""
    return visit.person.by_code and visit.freshly_proved


def _unproved(visit: "Visit") -> str:
    """Why it is not sure that this is the person; nothing if it is."""
    return "" if _proved_by_code(visit) else proving.unproved(visit, "old")
