"""What a page says of a passkey is refused whatever it is, by one kind of error."""

import json

import pytest

from firsthand.protocol.base64url import encode
from firsthand.vault.acts import passkeys
from firsthand.vault.acts.passkeys import PasskeyRefused

DEEP = "[" * 5000


@pytest.mark.parametrize("text", ["", "\ud800", "[]", "{}", '{"more":' + DEEP, "x" * 40_000])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(PasskeyRefused):
        passkeys.given(text)


@pytest.mark.parametrize("signed", [b"", b"\xff", b"[]", b"{}", b'{"more":' + DEEP.encode()])
def test_what_no_browser_signs_is_refused(signed: bytes) -> None:
    text = json.dumps({"id": "a", "response": {"clientDataJSON": encode(signed)}})
    with pytest.raises(PasskeyRefused):
        passkeys.challenge_of(passkeys.given(text))
