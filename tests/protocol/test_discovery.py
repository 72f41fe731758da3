"""An organisation is who it was: one key, signed words, nothing beside them."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.discovery import Document, ProfileRole, read_document, sign_document
from firsthand.protocol.identity import jwk_of, subject_of, thumbprint_of
from firsthand.protocol.refusals import Refused

KEY, OTHER = (derive_private_key(number, SECP256R1()) for number in (21, 22))


def document(**changes: object) -> Document:
    made = Document(
        version="1",
        name="Reel",
        url="https://reel.example",
        subject=subject_of(thumbprint_of(KEY.public_key())),
        keys=[jwk_of(KEY.public_key())],
        log_key="reel.example+00000000+key",
        agreements=["FH-GIVEN"],
        profile=ProfileRole(
            asks={"WatchAction": ["name"]}, words="What you watched.", purposes=["personalisation"]
        ),
        backup_days=30,
    )
    return msgspec.structs.replace(made, **changes)


def test_what_is_signed_is_what_is_read() -> None:
    organisation = read_document(sign_document(document(), KEY))
    assert organisation.document == document()
    assert organisation.subject == document().subject


@given(st.data())
def test_one_changed_byte_is_refused(data: st.DataObject) -> None:
    body = sign_document(document(), KEY)
    place = data.draw(st.integers(0, len(body) - 1))
    new = data.draw(st.sampled_from(b'abcXYZ0189-_."{}[]: '))
    if body[place] == new:
        return
    changed = body[:place] + bytes([new]) + body[place + 1 :]
    with pytest.raises(Refused):
        read_document(changed)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        (document(), OTHER),
        (document(keys=[jwk_of(OTHER.public_key())]), OTHER),
        (document(keys=[]), KEY),
        (document(keys=[jwk_of(KEY.public_key()), jwk_of(OTHER.public_key())]), OTHER),
        (document(keys=[jwk_of(OTHER.public_key()), jwk_of(KEY.public_key())]), KEY),
    ],
)
def test_another_key_is_refused(changed: Document, key: object) -> None:
    with pytest.raises(Refused):
        read_document(sign_document(changed, key))  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"signed": 1}', b"\xff"])
def test_what_is_no_introduction_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="does not introduce"):
        read_document(body)
