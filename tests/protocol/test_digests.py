"""Content-Digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.digests import DigestRefused, check_content_digest, content_digest

# RFC 9530, appendix B.1 and section 2.
BODY = b'{"hello": "world"}\n'
SHA256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
SHA512 = (
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCs"
    "yRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:"
)


def test_the_standards_own_digests_fit() -> None:
    assert content_digest(BODY) == SHA256
    for header in (SHA256, SHA512, f"{SHA512}, {SHA256}", f"md5=:AAAA:, {SHA256}", f" {SHA256} "):
        check_content_digest(header, BODY)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_digest_fits_its_own_body_only(body: bytes, other: bytes) -> None:
    check_content_digest(content_digest(body), body)
    if body != other:
        with pytest.raises(DigestRefused):
            check_content_digest(content_digest(body), other)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha-256",
        "sha-256=1",
        "sha-256=(:AA==:)",
        "md5=:AAAA:",
        "sha-256=:AA==:",
        "nonsense=(",
        f"{SHA256}, {SHA512[:-6]}A==:",
        f"{SHA256}, {SHA256}",
        f"{SHA256}, sha-512=:AAAA:",
        SHA256[:-2] + ":",
        SHA256.upper(),
    ],
)
def test_other_digests_are_refused(header: str) -> None:
    with pytest.raises(DigestRefused):
        check_content_digest(header, BODY)


def test_any_one_letter_changed_is_refused() -> None:
    for header in (SHA256, SHA512):
        for place, letter in enumerate(header):
            changed = "A" if letter != "A" else "B"
            with pytest.raises(DigestRefused):
                check_content_digest(header[:place] + changed + header[place + 1 :], BODY)
