"""Addresses of activities come apart as the standard library takes them apart."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from firsthand.vault.sources.takeout_activity import parts_of

_PIECES = st.sampled_from(
    ["https://", "http:", "//", "www.", "m.", "google.com", "youtube.com", "/search", "/", "?", "#",
     "&", "=", ";", "q", "url", "a", "%20", "%", "%C3%A9", "%ff", "+", ":", "@", "[", "]", "é",
     "\n", " ", "\u2100", "&a=1" * 51]
)  # fmt: skip


@example(url="https://a/#b?c=d")
@example(url="foo?x:y=1")
@given(url=st.lists(_PIECES, max_size=12).map("".join))
def test_an_address_comes_apart(url: str) -> None:
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        wanted = host, parts.path, parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        wanted = "", "", {}
    assert parts_of(url) == wanted
