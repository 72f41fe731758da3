"""Keys come back from the seed, and no two relationships share anything."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.foundation.keys import (
    P256_ORDER,
    KeyRefused,
    UnableToDeriveKey,
    event_id,
    log_key_from_pem,
    log_key_to_pem,
    new_log_key,
    new_signing_key,
    person_key,
    relationship_secret,
    signing_key_from_pem,
    signing_key_to_pem,
)

SEED = bytes(range(32))
SHOP = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:shop"
CLUB = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:club"


def scalar(key: ec.EllipticCurvePrivateKey) -> int:
    return key.private_numbers().private_value


def hkdf(seed: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 by hand, as a second opinion."""
    secret = hmac.digest(bytes(32), seed, hashlib.sha256)
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(secret, block + info + bytes([count]), hashlib.sha256)
        out, count = out + block, count + 1
    return out[:length]


def test_a_persons_key_is_the_one_that_is_written_down() -> None:
    raw = hkdf(SEED, b"firsthand person key\x00" + SHOP.encode() + b"\x000", 48)
    assert scalar(person_key(SEED, SHOP, 0)) == int.from_bytes(raw, "big") % (P256_ORDER - 1) + 1
    secret = hkdf(SEED, b"firsthand relationship secret\x00" + SHOP.encode() + b"\x000", 32)
    assert relationship_secret(SEED, SHOP, 0) == secret
    assert secret != raw[:32]


def test_a_persons_key_is_a_key() -> None:
    key = person_key(SEED, SHOP, 0)
    signature = key.sign(b"words", ec.ECDSA(hashes.SHA256()))
    key.public_key().verify(signature, b"words", ec.ECDSA(hashes.SHA256()))
    assert key.curve.name == "secp256r1"


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=64), st.text(min_size=1), st.integers(0, 1000))
def test_the_same_seed_organisation_and_attempt_give_the_same_key_and_others_do_not(
    seed: bytes, organisation: str, attempt: int
) -> None:
    organisation = organisation.replace("\x00", "") or "x"
    first = scalar(person_key(seed, organisation, attempt))
    assert 1 <= first < P256_ORDER
    assert first == scalar(person_key(seed, organisation, attempt))
    others = {
        scalar(person_key(seed[:-1] + bytes([seed[-1] ^ 1]), organisation, attempt)),
        scalar(person_key(seed, organisation + "1", attempt)),
        scalar(person_key(seed, organisation, attempt + 1)),
    }
    assert len(others) == 3
    assert first not in others


def test_parts_cannot_run_into_one_another() -> None:
    assert scalar(person_key(SEED, "a", 11)) != scalar(person_key(SEED, "a1", 1))
    for organisation in ("", "a\x00", "\x00"):
        with pytest.raises(UnableToDeriveKey):
            person_key(SEED, organisation, 0)
    for attempt in (-1, 1_000_001):
        with pytest.raises(UnableToDeriveKey):
            relationship_secret(SEED, SHOP, attempt)
    with pytest.raises(UnableToDeriveKey):
        person_key(SEED[:31], SHOP, 0)


@given(st.lists(st.text(), min_size=1, max_size=50, unique=True))
def test_ids_of_two_relationships_share_nothing(things: list[str]) -> None:
    secrets = [
        relationship_secret(SEED, SHOP, 0),
        relationship_secret(SEED, SHOP, 1),
        relationship_secret(SEED, CLUB, 0),
    ]
    ids = [event_id(secret, thing) for secret in secrets for thing in things]
    assert len(set(ids)) == len(ids)
    assert ids == [event_id(secret, thing) for secret in secrets for thing in things]


def test_an_event_id_needs_a_whole_secret() -> None:
    with pytest.raises(UnableToDeriveKey):
        event_id(b"short", "thing")


def test_keys_come_back_from_pem_and_one_kind_is_not_taken_for_another() -> None:
    signing, log = new_signing_key(), new_log_key()
    assert scalar(signing_key_from_pem(signing_key_to_pem(signing))) == scalar(signing)
    back = log_key_from_pem(log_key_to_pem(log))
    assert back.private_bytes_raw() == log.private_bytes_raw()
    with pytest.raises(KeyRefused):
        signing_key_from_pem(log_key_to_pem(log))
    with pytest.raises(KeyRefused):
        log_key_from_pem(signing_key_to_pem(signing))
    with pytest.raises(KeyRefused):
        signing_key_from_pem(b"no key")


def test_other_curves_and_locked_keys_are_refused() -> None:
    wide = ec.generate_private_key(ec.SECP384R1())
    locked = new_signing_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"word"),
    )
    for pem in (signing_key_to_pem(wide), locked):
        with pytest.raises(KeyRefused):
            signing_key_from_pem(pem)
    assert scalar(new_signing_key()) != scalar(new_signing_key())
