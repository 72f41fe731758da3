"""An organisation is who it was: its keys follow from the first, its words are signed."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.checkpoints import verifier_key
from firsthand.protocol.discovery import (
    Document,
    ProfileRole,
    check_goes_on,
    read_document,
    sign_document,
)
from firsthand.protocol.identity import jwk_of, subject_of, thumbprint_of
from firsthand.protocol.keylog import sign_first, sign_next
from firsthand.protocol.refusals import Refused

KEY, OTHER = (derive_private_key(number, SECP256R1()) for number in (21, 22))
LOG_KEY = verifier_key("reel.example", Ed25519PrivateKey.from_private_bytes(b"l" * 32).public_key())
FIRST = sign_first(KEY, log_key=LOG_KEY, at=1)
SECOND = sign_next([FIRST], key=OTHER.public_key(), log_key=LOG_KEY, at=9, signer=KEY)
CHANGED = {"keys": [jwk_of(OTHER.public_key())], "key_log": [FIRST, SECOND]}


def document(**changes: object) -> Document:
    made = Document(
        version="1",
        name="Reel",
        url="https://reel.example",
        subject=subject_of(thumbprint_of(KEY.public_key())),
        keys=[jwk_of(KEY.public_key())],
        log_key=LOG_KEY,
        agreements=["FH-GIVEN"],
        profile=ProfileRole(
            asks={"WatchAction": ["name"]}, words="What you watched.", purposes=["personalisation"]
        ),
        backup_days=30,
        key_log=[FIRST],
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
        (document(key_log=[FIRST, SECOND]), KEY),
        (document(**CHANGED), KEY),
        (document(**{**CHANGED, "key_log": [SECOND]}), OTHER),
        (document(**{**CHANGED, "key_log": [FIRST]}), OTHER),
        (document(**{**CHANGED, "key_log": []}), OTHER),
        (document(**CHANGED, subject=subject_of(thumbprint_of(OTHER.public_key()))), OTHER),
        (document(log_key="reel.example+00000000+key"), KEY),
    ],
)
def test_another_key_is_refused(changed: Document, key: object) -> None:
    with pytest.raises(Refused):
        read_document(sign_document(changed, key))  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"signed": 1}', b"\xff"])
def test_what_is_no_introduction_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="does not introduce"):
        read_document(body)


def test_a_changed_key_keeps_the_name_of_the_first() -> None:
    organisation = read_document(sign_document(document(**CHANGED), OTHER))
    assert organisation.subject == subject_of(thumbprint_of(KEY.public_key()))
    assert jwk_of(organisation.key) == jwk_of(OTHER.public_key())


def test_who_is_known_is_believed_only_if_the_key_log_goes_on() -> None:
    before = read_document(sign_document(document(), KEY))
    after = read_document(sign_document(document(**CHANGED), OTHER))
    bare = read_document(sign_document(document(key_log=[]), KEY))
    check_goes_on(before, after)
    check_goes_on(before, before)
    check_goes_on(bare, after)
    for pinned, seen in [(after, before), (after, bare), (before, bare)]:
        with pytest.raises(Refused, match="another key"):
            check_goes_on(pinned, seen)


def test_another_organisation_is_not_the_one_that_was_known() -> None:
    other = document(
        subject=subject_of(thumbprint_of(OTHER.public_key())),
        keys=[jwk_of(OTHER.public_key())],
        key_log=[sign_first(OTHER, log_key=LOG_KEY, at=1)],
    )
    known = read_document(sign_document(document(), KEY))
    with pytest.raises(Refused, match="another key"):
        check_goes_on(known, read_document(sign_document(other, OTHER)))


def test_a_document_of_an_earlier_release_stands_for_one_key() -> None:
    body = msgspec.json.decode(sign_document(document(key_log=[]), KEY), type=dict[str, object])
    assert read_document(msgspec.json.encode(body)).subject == document().subject
