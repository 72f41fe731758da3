"""The headers stand on every answer; who may not ask is refused."""

from collections.abc import AsyncIterator, Callable
from types import ModuleType
from typing import Any, Protocol

import httpx
import pytest
from starlette.types import ASGIApp

from firsthand.foundation.web.origin import guard

HOST = "127.0.0.1:8700"
OWN = f"http://{HOST}"
NEEDED = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
}


class Asker(Protocol):
    """Asks an app, one request at a time."""

    def get(self, path: str, **more: Any) -> httpx.Response: ...  # noqa: ANN401
    def post(self, path: str, **more: Any) -> httpx.Response: ...  # noqa: ANN401


Makes = Callable[[ASGIApp, str], Asker]


@pytest.fixture
def client(gallery: ModuleType, asker: Makes) -> Asker:
    return asker(gallery.make([HOST]), OWN)


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not announced."""
    for part in parts:
        yield part


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/nowhere", 404),
        ("/crash", 500),
        ("/page/start", 200),
        ("/static/none.css", 404),
    ],
)
def test_every_answer_carries_the_headers(client: Asker, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    policy = set(answer.headers["content-security-policy"].split("; "))
    assert policy >= NEEDED
    assert not any("unsafe" in rule or "*" in rule for rule in policy)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9999", "", "127.0.0.1:8700.evil"])
def test_a_foreign_name_gets_no_answer(client: Asker, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://127.0.0.1:8700"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, 403),
        ({"origin": OWN, "sec-fetch-site": "cross-site"}, 403),
        ({"origin": OWN}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
    ],
)
def test_only_our_own_pages_may_change_something(
    client: Asker, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/upload", files={"file": b"abc"}, headers=headers, follow_redirects=False)
    assert answer.status_code == status


def test_programs_with_their_own_proof_need_no_origin(gallery: ModuleType, asker: Makes) -> None:
    client = asker(guard(gallery.open_door, hosts=[HOST], machine_paths=("/v1/",)), OWN)
    assert client.post("/v1/signals", content=b"{}").status_code == 200
    assert client.post("/pages", content=b"{}").status_code == 403
    assert client.post("/v1/signals", headers={"host": "evil.example"}).status_code == 421


def test_a_body_that_is_too_large_is_refused_by_its_length(client: Asker) -> None:
    answer = client.post("/", content=b"x" * 1001, headers={"origin": OWN})
    assert answer.status_code == 413


def test_a_body_that_is_too_large_is_refused_as_it_arrives(
    gallery: ModuleType, asker: Makes
) -> None:
    client = asker(guard(gallery.door_app(), hosts=[HOST], body_bytes_max=10), OWN)
    parts = in_parts(b"12345", b"12345")
    assert client.post("/", content=parts, headers={"origin": OWN}).status_code == 200
    parts = in_parts(b"12345", b"123456")
    assert client.post("/", content=parts, headers={"origin": OWN}).status_code == 413


def test_an_upload_has_its_own_limit(client: Asker) -> None:
    answer = client.post(
        "/upload", files={"file": b"x" * 5000}, headers={"origin": OWN}, follow_redirects=False
    )
    assert answer.status_code == 303


def test_hashed_files_are_kept_for_good(client: Asker) -> None:
    page = client.get("/").text
    href = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(href)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


def test_the_app_can_be_installed(client: Asker) -> None:
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        answer = client.get(icon["src"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == icon["type"]
