"""The gallery: asked directly, or served by the real server at an address of this machine."""

import asyncio
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest
from starlette.types import ASGIApp
from tests.harness.quick import Door

from firsthand.foundation.web.streams import Streams


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gallery answers, and the streams it feeds."""

    url: str
    streams: Streams


class Asker:
    """Asks an app without a network, one request at a time."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app, self._base_url = app, base_url

    def get(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401  # httpx's own words
        return self._ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return self._ask("POST", path, **more)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        async def once() -> httpx.Response:
            way = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=way, base_url=self._base_url) as client:
                return await client.request(method, path, **more)

        return asyncio.run(once())


@pytest.fixture
def asker() -> Callable[[ASGIApp, str], Asker]:
    """What asks an app under an address."""
    return Asker


def _gallery() -> ModuleType:
    path = Path(__file__).parent / "gallery" / "gallery_app.py"
    spec = importlib.util.spec_from_file_location("gallery_app", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def gallery() -> ModuleType:
    """The module that makes the gallery's app."""
    return _gallery()


def _serve(gallery: ModuleType, side: str) -> Iterator[Served]:
    door = Door()
    streams = Streams(gap_ms_min=50)
    application = gallery.make([f"127.0.0.1:{door.port}"], side=side, streams=streams)
    door.open(application, log_level="critical")
    yield Served(url=door.url, streams=streams)
    streams.close()
    door.close()


@pytest.fixture(scope="module")
def vault_side(gallery: ModuleType) -> Iterator[Served]:
    """The gallery in the look of a person's vault."""
    yield from _serve(gallery, "vault")


@pytest.fixture(scope="module")
def hub_side(gallery: ModuleType) -> Iterator[Served]:
    """The gallery in the look of an organisation's pages."""
    yield from _serve(gallery, "hub")
