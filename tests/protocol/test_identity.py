"""Keys as names."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    derive_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.base64url import encode
from firsthand.protocol.es256 import ORDER
from firsthand.protocol.identity import (
    SUBJECT_PREFIX,
    KeyRefused,
    jwk_of,
    public_key_of,
    subject_of,
    thumbprint,
    thumbprint_of,
    thumbprint_of_subject,
)

JWK = jwk_of(derive_private_key(7, SECP256R1()).public_key())


@given(st.integers(1, ORDER - 1))
def test_a_key_comes_back(secret: int) -> None:
    public = derive_private_key(secret, SECP256R1()).public_key()
    jwk = jwk_of(public)
    assert public_key_of(jwk) == public
    assert sorted(jwk) == ["crv", "kty", "x", "y"]
    assert thumbprint_of_subject(subject_of(jwk)) == thumbprint(jwk) == thumbprint_of(public)
    assert subject_of(thumbprint(jwk)) == subject_of(jwk)


def test_the_thumbprint_is_that_of_others() -> None:
    # RFC 9449, section 6.1 (the confirmation of the example key of section 4.1).
    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert thumbprint(jwk) == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    assert thumbprint({**jwk, "kid": "anything", "use": "sig"}) == thumbprint(jwk)
    assert public_key_of({**jwk, "alg": "ES256", "kid": "k", "use": "sig"}) == public_key_of(jwk)


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "OKP"},
        {"crv": "P-384"},
        {"crv": None},
        {"x": None},
        {"x": JWK["x"] + "="},
        {"x": JWK["x"][:-1]},
        {"x": JWK["y"]},
        {"x": encode(bytes(33))},
        {"x": encode(b"\xff" * 32)},
        {"x": encode(bytes(32)), "y": encode(bytes(32))},
        {"y": 1},
        {"d": encode(bytes(32))},
        {"k": ""},
        {"alg": "ES384"},
        {"use": "enc"},
    ],
)
def test_other_keys_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(KeyRefused):
        public_key_of({**JWK, **changed})


def test_other_curves_are_refused() -> None:
    with pytest.raises(KeyRefused):
        jwk_of(derive_private_key(7, SECP384R1()).public_key())


@pytest.mark.parametrize("name", ["kty", "crv", "x", "y"])
def test_a_thumbprint_needs_every_part(name: str) -> None:
    with pytest.raises(KeyRefused):
        thumbprint({key: value for key, value in JWK.items() if key != name})


@pytest.mark.parametrize(
    "urn",
    [
        "",
        thumbprint(JWK),
        SUBJECT_PREFIX,
        SUBJECT_PREFIX + "AA",
        subject_of(JWK) + "A",
        subject_of(JWK).upper(),
        subject_of(JWK)[:-1] + "=",
        " " + subject_of(JWK),
    ],
)
def test_other_subjects_are_refused(urn: str) -> None:
    with pytest.raises(KeyRefused):
        thumbprint_of_subject(urn)
    with pytest.raises(KeyRefused):
        subject_of("no thumbprint")
