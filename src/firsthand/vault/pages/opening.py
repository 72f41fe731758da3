"""What opens one's data: the ways to unlock it, one more or one less, and when it locks."""

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse

from firsthand.protocol.base64url import encode
from firsthand.vault.acts import passkeys, unlocking
from firsthand.vault.pages import proving
from firsthand.vault.store.store import read_slots

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

ALGORITHMS: Final = (-8, -7, -257)  # Ed25519, P-256, RSA: what py_webauthn verifies
MINUTES: Final = ((1, "1 minute"), (5, "5 minutes"), (15, "a quarter of an hour"),
                  (30, "half an hour"), (60, "an hour"))  # fmt: skip


def show(visit: "Visit", wrong: dict[str, str] | None = None, status: int = 200) -> "Response":
    """The ways to unlock."""
    return visit.page(
        "opening.html",
        status,
        title="What opens your data",
        here="more",
        slots=(held := unlocking.slots(visit.vault)),
        typed_passphrase=any(slot["kind"] == "passphrase" for slot in held),
        typed_code=any(slot["kind"] == "recovery" for slot in held),
        by_code=visit.person.by_code,
        proved=visit.freshly_proved,
        site=proving.site(visit),
        elsewhere=proving.elsewhere(visit),
        wrong=wrong or {},
        minutes=MINUTES,
        lock_after=unlocking.lock_after(visit.vault),
        named=visit.form.one("name"),
        characters_max=unlocking.CALLED_MAX,
    )


def challenge(visit: "Visit") -> "Response":
    """What a passkey needs to be asked: for anybody, as nobody is known before it answers."""
    return JSONResponse(_asked(visit))


def about(visit: "Visit") -> "Response":
    """What a passkey needs to be made: for whom, and which there are already."""
    slots = read_slots(visit.vault.folder)
    held = [slot.passkey.credential for slot in slots.slots if slot.passkey]
    user = {"id": encode(slots.vault.encode()), "name": visit.person.called}
    made: dict[str, Any] = {
        **_asked(visit),
        "user": user,
        "held": [encode(each) for each in held],
        "algorithms": list(ALGORITHMS),
        "organisation": visit.parts.kit.site_name,
    }
    return JSONResponse(made)


def add(visit: "Visit") -> "Response":
    """Let a passkey that was made just now open it as well."""
    if said := _unproved(visit):
        return show(visit, {"add": said}, 403)
    site, text = proving.site(visit), visit.form.one("made")
    if site is None or not text:
        return show(visit, {"add": "This browser made no passkey. Nothing was changed."}, 422)
    answer = passkeys.given(text)
    signed = passkeys.challenge_of(answer)
    if not visit.parts.challenges.use(signed):
        raise passkeys.PasskeyRefused(passkeys.NOT)
    key = passkeys.made(
        answer,
        challenge=signed,
        site=site,
        origin=proving.origin(visit),
        name=visit.form.one("name")[: unlocking.CALLED_MAX].strip() or "Passkey",
    )
    unlocking.add_passkey(visit.vault, key, passkeys.secret_of(answer))
    return visit.go("/opening", f"{key.name} opens your data from now on.")


def remove(visit: "Visit") -> "Response":
    """Take a way to unlock away: never the last one that can be typed."""
    if said := _unproved(visit):
        return show(visit, {"remove": said}, 403)
    unlocking.remove(visit.vault, visit.form.one("id"))
    person = visit.person
    visit.parts.sittings.close_where(lambda each: each.slug == person.slug and each is not person)
    return visit.go("/opening", "That opens nothing any more.")


def lock_after(visit: "Visit") -> "Response":
    """Have it lock by itself after another time."""
    typed = visit.form.one("minutes")
    minutes = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0  # noqa: PLR2004
    unlocking.set_lock_after(visit.vault, minutes)
    visit.parts.cabinet.touch(visit.person.slug, minutes)
    return visit.go("/opening", "From now on it locks after that time without you.")


def _asked(visit: "Visit") -> dict[str, Any]:
    return {
        "challenge": encode(visit.parts.challenges.make()),
        "site": proving.site(visit) or "",
        "input": encode(passkeys.PRF_INPUT),
    }


def _unproved(visit: "Visit") -> str:
    return "" if visit.freshly_proved else proving.unproved(visit)
