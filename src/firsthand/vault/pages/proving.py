"""Who is it? What a passkey or a typed secret proves, at the door and before what weighs much.

A form that asks carries a field to type in, and a hidden one that our script fills from a passkey.
"""

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from firsthand.vault.acts import passkeys
from firsthand.vault.store import UnableToOpen, UnableToUnlock
from firsthand.vault.store.store import read_slots

if TYPE_CHECKING:
    from firsthand.vault.pages.visits import Visit
    from firsthand.vault.store import Secret

OFTEN: Final = "That was often. Wait a minute, then try again."
WRONG: Final = "That is neither your passphrase nor your recovery code."
LOCAL: Final = "127.0.0.1"


def site(visit: "Visit") -> str | None:
    """The name that passkeys of this host are for, or None: a number is no name for them."""
    name = visit.request.url.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return name or None
    return None


def elsewhere(visit: "Visit") -> str:
    """This page under a name that passkeys can be for, where it is shown under a number."""
    url = visit.request.url
    if url.hostname != LOCAL or visit.parts.https:
        return ""
    return f"http://localhost:{url.port}{url.path}"


def origin(visit: "Visit") -> str:
    """Where our own pages come from, as a browser says it. The guard let only our names in."""
    return f"{'https' if visit.parts.https else 'http'}://{visit.request.headers['host']}"


def by_passkey(visit: "Visit") -> "tuple[str, bytes] | None":
    """Whose vault a passkey was used for just now, and the secret that it gave.

    None where no passkey was used. Raises `passkeys.PasskeyRefused`.
    """
    text = visit.form.one("passkey")
    if not text:
        return None
    answer = passkeys.given(text)
    name, challenge = site(visit), passkeys.challenge_of(answer)
    slug = visit.parts.cabinet.slug_of(passkeys.vault_of(answer))
    if name is None or slug is None or not visit.parts.challenges.holds(challenge):
        raise passkeys.PasskeyRefused(passkeys.NOT)
    try:
        slots = read_slots(visit.parts.cabinet.place(slug))
    except (UnableToOpen, UnableToUnlock) as error:
        raise passkeys.PasskeyRefused(passkeys.NOT) from error
    secret = passkeys.used(answer, slots, challenge=challenge, site=name, origin=origin(visit))
    if not visit.parts.challenges.use(challenge):
        raise passkeys.PasskeyRefused(passkeys.NOT)
    return slug, secret


def unproved(visit: "Visit", field: str = "passphrase") -> str:
    """Why it is not sure that this is the person; nothing if it is, and then it is for minutes."""
    parts, slug = visit.parts, visit.person.slug
    if parts.throttle.wait_ms("name", slug):
        return OFTEN
    parts.throttle.failed("name", slug)
    secret: Secret = visit.form.one(field)
    try:
        used = by_passkey(visit)
    except passkeys.PasskeyRefused as error:
        return str(error)
    if used is not None:
        if used[0] != slug:
            return passkeys.NOT
        secret = used[1]
    if not parts.cabinet.proves(slug, secret):
        return WRONG
    parts.throttle.succeeded("name", slug)
    visit.person.proved_ms = parts.clock.ticks_ms()
    return ""
