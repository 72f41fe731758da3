"""What a page says of a passkey, as targets of the fuzzer: anybody may send it, before any lock."""

import contextlib
import hashlib
import json
from collections.abc import Callable

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from tests.vault.sources.led import led_by

with led_by("firsthand.vault.acts.passkeys", "webauthn"):
    import webauthn  # noqa: F401 - it is imported only where it is used

    from firsthand.vault.acts import passkeys

from firsthand.protocol.base64url import encode
from firsthand.vault.acts.passkeys import PasskeyRefused
from firsthand.vault.store.slots import Passkey, Slot, Slots

SITE, ORIGIN, CHALLENGE, ID = "reel.example", "https://reel.example", b"c" * 32, b"i" * 16
_NUMBERS = derive_private_key(21, SECP256R1()).public_key().public_numbers()
_COSE = cbor2.dumps(
    {1: 2, 3: -7, -1: 1, -2: _NUMBERS.x.to_bytes(32, "big"), -3: _NUMBERS.y.to_bytes(32, "big")}
)
_PASSKEY = Passkey(credential=ID, public_key=_COSE, site=SITE, name="A", added_at="now")
SLOTS = Slots(
    vault="a", seal=b"",
    slots=(
        Slot(
            kind="passkey", cost=None, passkey=_PASSKEY, salt=b"", nonce=b"", sealed=b"",
            commitment=b"",
        ),
    ),
)  # fmt: skip


def page_says(content: bytes) -> None:
    """The whole of what a page sends, and what was signed in it."""
    with contextlib.suppress(PasskeyRefused):
        answer = passkeys.given(content.decode("latin-1"))
        passkeys.vault_of(answer)
        passkeys.challenge_of(answer)


def device_says(content: bytes) -> None:
    """What the device signed or made: the first byte says which part of it is new."""
    if not content:
        return
    which, rest = content[0] % 4, encode(content[1:])
    response = {
        "clientDataJSON": encode(_client("webauthn.create" if which < 2 else "webauthn.get")),
        "attestationObject": encode(_attested()),
        "authenticatorData": encode(_authenticator(with_key=False)),
        "signature": encode(b"s" * 70),
    }
    part = ("attestationObject", "clientDataJSON", "authenticatorData", "clientDataJSON")[which]
    text = json.dumps(
        {"id": encode(ID), "response": {**response, part: rest}, "prf": encode(b"p" * 32)}
    )
    with contextlib.suppress(PasskeyRefused):
        answer = passkeys.given(text)
        passkeys.challenge_of(answer)
        if which < 2:
            passkeys.made(answer, challenge=CHALLENGE, site=SITE, origin=ORIGIN, name="A")
        else:
            passkeys.used(answer, SLOTS, challenge=CHALLENGE, site=SITE, origin=ORIGIN)


def _client(kind: str) -> bytes:
    said = {"type": kind, "challenge": encode(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}
    return json.dumps(said).encode()


def _authenticator(*, with_key: bool) -> bytes:
    head = hashlib.sha256(SITE.encode()).digest()
    flags = 0x45 if with_key else 0x05  # present, verified, and a key is in it
    found = head + bytes([flags]) + bytes(4)
    return found + bytes(16) + len(ID).to_bytes(2, "big") + ID + _COSE if with_key else found


def _attested() -> bytes:
    return cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": _authenticator(with_key=True)})


def _pages() -> list[bytes]:
    response = {"clientDataJSON": encode(_client("webauthn.get")), "userHandle": encode(b"a")}
    return [json.dumps({"id": "a", "response": response, "prf": "a", "more": [[]]}).encode()]


def _devices() -> list[bytes]:
    parts = (
        _attested(), _client("webauthn.create"), _authenticator(with_key=False),
        _client("webauthn.get"),
    )  # fmt: skip
    packed = cbor2.dumps({
        "fmt": "packed",
        "attStmt": {"alg": -7, "sig": b"s" * 70, "x5c": [b"\x30\x03\x02\x01\x01"]},
        "authData": _authenticator(with_key=True),
    })  # fmt: skip
    return [bytes([at]) + part for at, part in enumerate(parts)] + [b"\x00" + packed]


SEEDS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "passkey_pages": (page_says, _pages),
    "passkey_devices": (device_says, _devices),
}
