# ruff: noqa: ANN401 - forms and hosts take many things
"""A person's pages that are really served, beside organisations that are really served."""

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp
from tests.harness.quick import Door

from firsthand import app
from firsthand.foundation.clock import SetClock, SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import inviting, offering
from firsthand.town.catalogue import CHORUS_FILE, REEL_FILE
from firsthand.town.samples import samples
from firsthand.vault.pages.host import Sample, VaultHost

PASSPHRASE = "four green owls at night"
SAMPLES = tuple(
    Sample(name=each.name, content=each.content, label=each.label, words=each.words)
    for each in samples(SetClock(datetime(2026, 6, 1, tzinfo=UTC)))
)
BANK, NETFLIX = SAMPLES


class Line(Door):
    """A port of its own; what is served there can be stopped and begun again."""

    def begin(self, application: ASGIApp) -> None:
        self.open(application, timeout_graceful_shutdown=1)

    def end(self) -> None:
        self.close()


class Organisation:
    """A hub with a catalogue; `leave` takes it away, `return_` brings it back."""

    def __init__(self, folder: Path, name: str, catalogue: Path) -> None:
        self.folder, self.name, self.line = folder, name, Line()
        self.url = self.line.url
        app.found_hub(folder, name=name, url=self.url, settings=Settings())
        self.back()
        offering.catalogue(self.hub, csv=catalogue.read_text())

    def back(self) -> None:
        self.hub = app.open_hub(self.folder, Settings())
        self.line.begin(app.hub_application(self.hub))

    def leave(self) -> None:
        self.line.end()
        self.hub.close()

    def invitation(self, account: str) -> str:
        made: Any = inviting.invite(self.hub, accounts=[account])
        return str(made["invites"][0]["link"])


class Visitor:
    """A browser without eyes: one person's cookies, and what a page says in plain text."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(
            base_url=url, trust_env=False, timeout=30, follow_redirects=True,
            headers={"origin": url, "sec-fetch-site": "same-origin"},
        )  # fmt: skip

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.http.post(path, data=fields)

    def drop(self, path: str, *files: tuple[str, bytes]) -> httpx.Response:
        return self.http.post(path, files=[("file", file) for file in files])

    def keep(self, name: str, *files: Sample) -> httpx.Response:
        """Make a vault by the name, with what is in the files."""
        if files:
            self.drop("/drop", *[(file.name, file.content) for file in files])
        made = self.post("/keep", name=name, passphrase=PASSPHRASE, again=PASSPHRASE)
        assert made.url.path == "/keep/code", text(made)
        return self.post("/keep/done", written="yes")

    def open(self, name: str, passphrase: str = PASSPHRASE) -> httpx.Response:
        return self.post("/unlock", name=name, passphrase=passphrase)


def text(answer: httpx.Response) -> str:
    """What a person reads on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


class Pages:
    """The pages of one host, served; `clock` is the machine's unless another was given."""

    def __init__(self, folder: Path, **how: Any) -> None:
        self.folder, self.line = folder, Line()
        self.url = self.line.url
        self.visitors = list[Visitor]()
        settings = Settings(egress="loopback")
        self.host = VaultHost(
            folder,
            lambda place, secret: app.open_vault(place, secret, settings, commands=False),
            **{
                "clock": SystemClock(),
                "chance": SystemChance(),
                "hosts": [f"127.0.0.1:{self.line.port}", f"localhost:{self.line.port}"],
                "samples": SAMPLES,
                "courier": app.courier(settings, commands=False),
                "carry_seconds": 0.2,
                **how,
            },
        )
        self.host.start()
        self.line.begin(self.host)

    def visitor(self) -> Visitor:
        made = Visitor(self.url)
        self.visitors.append(made)
        return made

    def close(self) -> None:
        for visitor in self.visitors:
            visitor.http.close()
        self.host.close()
        self.line.end()


@pytest.fixture
def make_pages(tmp_path: Path) -> Iterator[Callable[..., Pages]]:
    with contextlib.ExitStack() as opened:

        def make(**how: Any) -> Pages:
            folder = how.pop("folder", tmp_path / "vaults")
            pages = Pages(folder, **how)
            opened.callback(pages.close)
            return pages

        yield make


@pytest.fixture
def pages(make_pages: Callable[..., Pages]) -> Pages:
    return make_pages()


@pytest.fixture
def said() -> Callable[[httpx.Response], str]:
    """What a person reads on a page, as one line."""
    return text


@pytest.fixture
def visitor(pages: Pages) -> Iterator[Visitor]:
    made = pages.visitor()
    yield made
    made.http.close()


@pytest.fixture
def reel(tmp_path: Path) -> Iterator[Organisation]:
    """A film service: it recommends by what was watched."""
    made = Organisation(tmp_path / "reel", "Reel", REEL_FILE)
    yield made
    with contextlib.suppress(Exception):
        made.leave()


@pytest.fixture
def chorus(tmp_path: Path) -> Iterator[Organisation]:
    """A telephone company: it compares its plans with what is paid now."""
    made = Organisation(tmp_path / "chorus", "Chorus", CHORUS_FILE)
    yield made
    with contextlib.suppress(Exception):
        made.leave()
