"""Passkeys: what a browser says of one is verified here, and the secret that it gives taken out.

A passkey that knows the PRF extension (WebAuthn Level 3, 10.1.4) gives 32 bytes that only it can
give, for an input that is always the same here: they open a slot of the vault. Its signature proves
beside that that it was used just now, for this site, by a person whom it recognised.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from firsthand.protocol.base64url import UnableToDecode, decode
from firsthand.vault.store.slots import PASSKEY_SECRET_BYTES, Passkey, Slot, Slots

PRF_INPUT = b"firsthand: the key of a vault"
JSON_BYTES_MAX = 32 * 1024
_NONE = "This passkey gives no secret, so it cannot open your data. Use another one."
NOT = "That was not signed by a passkey of yours, just now. Try again."


class PasskeyRefused(Exception):
    """What came from the browser proves nothing: it was not signed, not now, or not for here."""


class _Signed(msgspec.Struct, frozen=True):
    """What a passkey signs or says, each base64url."""

    clientDataJSON: str  # noqa: N815 - the words of the standard
    attestationObject: str = ""  # noqa: N815
    authenticatorData: str = ""  # noqa: N815
    signature: str = ""
    userHandle: str = ""  # noqa: N815


class Given(msgspec.Struct, frozen=True):
    """What a page of ours sends of a passkey: its answer, and the secret (`prf`) beside it."""

    id: str
    response: _Signed
    prf: str = ""


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


def given(text: str) -> Given:
    """Read what a page sent. Raises `PasskeyRefused`."""
    if len(text) > JSON_BYTES_MAX:
        raise PasskeyRefused(NOT)
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"), type=Given)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused(NOT) from error


def challenge_of(answer: Given) -> bytes:
    """The challenge that was signed: whoever made it knows whether it is theirs."""
    try:
        signed = msgspec.json.decode(_bytes(answer.response.clientDataJSON), type=_ClientData)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused(NOT) from error
    return _bytes(signed.challenge)


def vault_of(answer: Given) -> str:
    """The id of the vault that the passkey says it is for."""
    return _bytes(answer.response.userHandle).decode("utf-8", "replace")


def secret_of(answer: Given) -> bytes:
    """The 32 bytes that it gave. Raises `PasskeyRefused` where it knows no such thing."""
    secret = _bytes(answer.prf)
    if len(secret) != PASSKEY_SECRET_BYTES:
        raise PasskeyRefused(_NONE)
    return secret


def made(answer: Given, *, challenge: bytes, site: str, origin: str, name: str) -> Passkey:
    """Verify a passkey that was made just now. Raises `PasskeyRefused`."""
    from webauthn import verify_registration_response  # noqa: PLC0415 - few processes need it

    found: Any = _verified(
        lambda: verify_registration_response(
            credential=_told(answer),
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=origin,
            require_user_verification=True,
        )
    )
    secret_of(answer)
    return Passkey(
        credential=found.credential_id,
        public_key=found.credential_public_key,
        site=site,
        name=name,
        added_at="now",
    )


def used(answer: Given, slots: Slots, *, challenge: bytes, site: str, origin: str) -> bytes:
    """Verify that a passkey of these slots was used just now; returns the secret that it gave.

    Its count of uses is not looked at: many passkeys have none, and what it opens is sealed by a
    secret that a copy without the passkey does not give. Raises `PasskeyRefused`.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415 - few processes need it

    known = _known(slots.slots, _bytes(answer.id), site)
    _verified(
        lambda: verify_authentication_response(
            credential=_told(answer),
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    )
    return secret_of(answer)


def _known(slots: Iterable[Slot], credential: bytes, site: str) -> Passkey:
    for slot in slots:
        about = slot.passkey
        if isinstance(about, Passkey) and (about.credential, about.site) == (credential, site):
            return about
    raise PasskeyRefused(NOT)


def _told(answer: Given) -> dict[str, Any]:
    response = {
        name: value for name, value in msgspec.to_builtins(answer.response).items() if value
    }
    return {"id": answer.id, "rawId": answer.id, "type": "public-key", "response": response}


def _verified(verify: Any) -> object:  # noqa: ANN401 - the library gives two kinds of answers
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        return verify()
    except (WebAuthnException, ValueError, LookupError, TypeError, RecursionError) as error:
        raise PasskeyRefused(NOT) from error


def _bytes(text: str) -> bytes:
    try:
        return decode(text)
    except UnableToDecode as error:
        raise PasskeyRefused(NOT) from error
