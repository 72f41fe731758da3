"""Signed statements: one text each, and no other."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.base64url import decode, encode
from firsthand.protocol.canonical import canonical
from firsthand.protocol.es256 import ORDER, UnableToSign, sign_es256, verify_es256
from firsthand.protocol.identity import jwk_of, thumbprint_of
from firsthand.protocol.jws import JwsRefused, read_jws, sign_jws, verify_jws

KEY = derive_private_key(7, SECP256R1())
PUBLIC = KEY.public_key()
OTHER = derive_private_key(8, SECP256R1()).public_key()
TYP = "firsthand-agreement+jwt"
PAYLOAD = {"iss": "a", "iat": 1, "list": [True, None, "\u00e4"]}
TOKEN = sign_jws(PAYLOAD, key=KEY, typ=TYP)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def signed(header: object, payload: object = PAYLOAD) -> str:
    """A statement signed without any of the checks of the signer."""
    text = f"{encode(canonical(header))}.{encode(canonical(payload))}"
    return f"{text}.{encode(sign_es256(text.encode(), KEY))}"


HEADER: dict[str, object] = {"alg": "ES256", "typ": TYP, "kid": thumbprint_of(PUBLIC)}


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_what_is_signed_is_verified(payload: dict[str, object]) -> None:
    token = sign_jws(payload, key=KEY, typ=TYP, header={"jwk": jwk_of(PUBLIC)})
    assert verify_jws(token, public_key=PUBLIC, typ=TYP) == payload
    assert read_jws(token) == ({**HEADER, "jwk": jwk_of(PUBLIC)}, payload)
    assert sign_jws(payload, key=KEY, typ=TYP, header={"jwk": jwk_of(PUBLIC)}) == token


def test_another_library_agrees() -> None:
    why = "the other library (joserfc) is not installed"
    other_jwk = pytest.importorskip("joserfc.jwk", reason=why)
    other_jws = pytest.importorskip("joserfc.jws", reason=why)
    key = other_jwk.ECKey.import_key(dict(jwk_of(PUBLIC)))
    read = other_jws.deserialize_compact(TOKEN, key, algorithms=["ES256"])
    assert read.payload == canonical(PAYLOAD)
    assert read.headers() == HEADER


def test_any_one_letter_changed_dropped_or_added_is_refused() -> None:
    for place, letter in enumerate(TOKEN):
        spoiled = [TOKEN[:place] + TOKEN[place + 1 :], TOKEN[:place] + "A" + TOKEN[place:]]
        spoiled += [
            TOKEN[:place] + new + TOKEN[place + 1 :] for new in {"A", "B", ".", "="} - {letter}
        ]
        for token in spoiled:
            with pytest.raises(JwsRefused):
                verify_jws(token, public_key=PUBLIC, typ=TYP)


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "es256"},
        {"typ": "other+jwt"},
        {"typ": None},
        {"kid": "other"},
        {"kid": None},
        {"crit": ["exp"]},
        {"b64": False},
        {"jku": "https://x.example"},
        {"x5u": "https://x.example"},
        {"x5c": []},
        {"jwk": jwk_of(OTHER)},
        {"jwk": "text"},
        {"jwk": {}},
    ],
)
def test_other_headers_are_refused(changed: dict[str, object]) -> None:
    assert verify_jws(signed(HEADER), public_key=PUBLIC, typ=TYP) == PAYLOAD
    with pytest.raises(JwsRefused):
        verify_jws(signed({**HEADER, **changed}), public_key=PUBLIC, typ=TYP)


@pytest.mark.parametrize("name", ["alg", "typ", "kid", "crit", "x5c"])
def test_what_would_be_refused_is_not_signed(name: str) -> None:
    with pytest.raises(JwsRefused):
        sign_jws(PAYLOAD, key=KEY, typ=TYP, header={name: "x"})
    with pytest.raises(JwsRefused):
        sign_jws([1], key=KEY, typ=TYP)


def test_another_key_or_type_is_refused() -> None:
    for key, typ in (
        (OTHER, TYP),
        (PUBLIC, "x"),
        (derive_private_key(7, SECP384R1()).public_key(), TYP),
    ):
        with pytest.raises(JwsRefused):
            verify_jws(TOKEN, public_key=key, typ=typ)


def test_the_other_s_is_refused() -> None:
    text, _, signature = TOKEN.rpartition(".")
    raw = decode(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    assert s <= ORDER // 2
    high = raw[:32] + (ORDER - s).to_bytes(32, "big")
    assert verify_es256(text.encode(), high, PUBLIC, low_s=False)
    for r_other, s_other in ((r, ORDER - s), (0, s), (r, 0), (ORDER, s), (r, ORDER), (r + 1, s)):
        spoiled = r_other.to_bytes(32, "big") + s_other.to_bytes(32, "big")
        with pytest.raises(JwsRefused, match="signature"):
            verify_jws(f"{text}.{encode(spoiled)}", public_key=PUBLIC, typ=TYP)
    for spoiled in (b"", raw[:-1], raw + b"\0"):
        with pytest.raises(JwsRefused, match="signature"):
            verify_jws(f"{text}.{encode(spoiled)}", public_key=PUBLIC, typ=TYP)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "..",
        "a.b.c.d",
        "ä.b.c",
        encode(b"[]") + "." + encode(b"{}") + ".AA",
        encode(b'{"a":1,"a":1}') + "." + encode(b"{}") + ".AA",
        encode(b"{}") + ".e30=.AA",
    ],
)
def test_other_forms_are_not_read(token: str) -> None:
    with pytest.raises(JwsRefused):
        read_jws(token)


def test_another_curve_does_not_sign() -> None:
    with pytest.raises(UnableToSign):
        sign_es256(b"", derive_private_key(7, SECP384R1()))


def test_signing_takes_no_chance() -> None:
    # RFC 6979, appendix A.2.5: P-256, SHA-256, message "sample"; there s is high, here it is low.
    key = derive_private_key(
        0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, SECP256R1()
    )
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    expected = r.to_bytes(32, "big") + (ORDER - s).to_bytes(32, "big")
    assert sign_es256(b"sample", key) == expected
