# ruff: noqa: ANN401 - forms and doubles take many things
"""A large file of who has no vault yet: sealed, looked at, kept whole, or gone without a trace."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tests.vault.pages.conftest import BANK, NETFLIX, PASSPHRASE, Pages, Visitor
from tests.vault.pages.test_uploads import BOUNDS, CANARY, SLICE

from firsthand.foundation.clock import SystemClock
from firsthand.vault.acts import backing, bringing, uploading
from firsthand.vault.pages import looks

Said = Callable[..., str]
LIMITS = msgspec.structs.replace(
    BOUNDS, visit_bytes_max=20 * SLICE, visits_bytes_max=36 * SLICE, visits_max=2,
    backup_bytes_max=30 * SLICE,
)  # fmt: skip


class Hands(SystemClock):
    """The machine's clock, put forward by hand."""

    ahead_ms = 0.0

    def ticks_ms(self) -> float:
        return super().ticks_ms() + self.ahead_ms


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("first") / "vaults"
    made = Pages(folder, uploads=LIMITS, clock=Hands())
    yield made
    made.close()


@pytest.fixture
def visitor(pages: Pages) -> Iterator[Visitor]:
    pages.host.parts.throttle.succeeded("visit", "127.0.0.1")
    made = pages.visitor()
    yield made
    for token in [each.visit for each in visits(pages)._sent]:  # noqa: SLF001 - whatever is left
        visits(pages).forget(token)


@pytest.fixture(scope="module")
def packed() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a/bank.csv", BANK.content)
        archive.writestr("big.jpg", b"\xff\xd8\xff" + CANARY * 12_000)
        archive.writestr("z/viewed.csv", NETFLIX.content)
    return raw.getvalue()


def visits(pages: Pages) -> Any:
    return pages.host.parts.looks.visits


def begin(visitor: Visitor, content: bytes, path: str = "/drop/upload", size: int = 0) -> Any:
    fields = {"name": "takeout.zip", "size": str(size or len(content)), "changed": "1"}
    return visitor.http.post(path, data=fields, files={"ends": ("slice", content[:64])})


def send(visitor: Visitor, content: bytes, path: str = "/drop/upload") -> str:
    told = begin(visitor, content, path).json()
    for at in range(told["received_bytes"], len(content), SLICE):
        slice_ = {"part": ("slice", content[at : at + SLICE])}
        data = {"id": told["id"], "at": str(at)}
        answer = visitor.http.post(f"{path}/slice", data=data, files=slice_)
        assert answer.status_code == 200, answer.text
    return str(told["id"])


def there(pages: Pages) -> list[Path]:
    return sorted((pages.folder / ".visits").glob("*"))


def keep(visitor: Visitor, name: str) -> httpx.Response:
    made = visitor.post("/keep", name=name, passphrase=PASSPHRASE, again=PASSPHRASE)
    assert made.url.path == "/keep/code", made.text
    return visitor.post("/keep/done", written="yes")


def test_it_is_looked_at_and_kept_without_a_second_sending(
    pages: Pages, visitor: Visitor, said: Said, packed: bytes
) -> None:
    assert "Up to 1 MB" in said(visitor.get("/"))
    id = send(visitor, packed)
    [file] = there(pages)
    assert CANARY not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert begin(visitor, packed).json()["received_bytes"] == len(packed), "the same is known"
    seen = visitor.post("/drop/upload/read", id=id)
    assert seen.url.path == "/look"
    assert "key in memory alone" in said(seen)
    assert "a year" in said(seen)
    keep(visitor, "Inês")
    going = pages.host.parts.underway.of("ines")
    assert going is None or going.ended.wait(30)
    assert "z/viewed.csv" in said(visitor.get("/bring/done"))
    with pages.host.parts.cabinet.lend("ines") as vault:
        assert bringing.imports(vault)[0]["state"] == "done"
        assert uploading.waiting(vault) == []
    assert there(pages) == []


def test_a_first_look_is_short_and_says_so(
    visitor: Visitor, said: Said, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "SENT_THINGS_MAX", 10)
    seen = visitor.post("/drop/upload/read", id=send(visitor, packed))
    assert "its first part alone" in said(seen)
    assert "viewed.csv" not in seen.text
    monkeypatch.setattr(looks, "SENT_FIRST_MS_MAX", -1.0)
    visitor.post("/look/forget")
    with zipfile.ZipFile(raw := io.BytesIO(), "w") as archive:
        archive.writestr("a/big.jpg", b"\xff\xd8\xff" + CANARY * 12_000)
        archive.writestr("b/viewed.csv", NETFLIX.content)
    seen = visitor.post("/drop/upload/read", id=send(visitor, raw.getvalue()))
    assert "too large for a first look" in said(seen)
    assert "nothing of yours" not in said(seen)
    assert 'href="/keep"' in seen.text


def test_it_is_gone_with_the_visit_and_with_the_program(
    pages: Pages, visitor: Visitor, said: Said, packed: bytes
) -> None:
    id = send(visitor, packed)
    visitor.post("/drop/upload/read", id=id)
    other = pages.visitor()
    slice_ = {"part": ("slice", b"x")}
    for path in ("/drop/upload/slice", "/have/backup/upload/slice"):
        answer = other.http.post(path, data={"id": id, "at": "0"}, files=slice_)
        assert answer.status_code == 404, "nobody else reaches it"
    assert "not here any more" in said(other.post("/drop/upload/read", id=id))
    visitor.post("/look/forget")
    assert there(pages) == []
    id = send(visitor, packed)
    clock = pages.host.parts.clock
    assert isinstance(clock, Hands)
    clock.ahead_ms += timedelta(minutes=31).total_seconds() * 1000
    pages.host.parts.looks.forget_old()
    assert there(pages) == []
    assert "not here any more" in said(visitor.post("/drop/upload/read", id=id))
    send(visitor, packed)
    (pages.folder / ".visits" / "of an earlier program").write_bytes(b"noise")
    visits(pages).close()
    assert not (pages.folder / ".visits").exists()


def test_strangers_cannot_fill_the_place(pages: Pages, visitor: Visitor) -> None:
    large = begin(visitor, b"x", size=21 * SLICE)
    assert large.status_code == 413
    assert "Make it first" in large.json()["why"]
    assert begin(visitor, b"x", size=20 * SLICE).status_code == 200
    assert begin(visitor, b"y", size=SLICE).status_code == 413, "all files of a visit count"
    second = pages.visitor()
    assert begin(second, b"x", size=17 * SLICE).status_code == 503, "and all visits together"
    assert begin(second, b"x", size=SLICE).status_code == 200
    assert begin(pages.visitor(), b"x", size=SLICE).status_code == 503, "and their number"
    asked = [begin(pages.visitor(), b"x", size=SLICE).status_code for _ in range(5)]
    assert asked[-1] == 429, "and how often one address begins"
    many = [pages.host.parts.looks.begin() for _ in range(looks.LOOKS_MAX + 2)]
    assert len(there(pages)) == 2, "small looks do not push large ones out"
    for token in many:
        pages.host.parts.looks.forget(token)


def test_a_large_backup_comes_in_parts_and_need_not_be_sent_twice(
    pages: Pages, visitor: Visitor, said: Said
) -> None:
    giver = pages.visitor()
    giver.keep("Greta", BANK)
    with pages.host.parts.cabinet.lend("greta") as vault:
        raw, _ = backing.sealed(vault, passphrase="a word for the copy")
    id = send(visitor, raw, "/have/backup/upload")
    fields = {"sent": id, "name": "June", "passphrase": PASSPHRASE, "again": PASSPHRASE}

    def bring(secret: str) -> httpx.Response:
        seen = visitor.post("/have/backup", secret=secret, **fields)
        while "It comes over" in seen.text:
            seen = visitor.get("/have/going")
        return seen

    wrong = bring("another word")
    assert "is here already" in said(wrong)
    assert f'value="{id}"' in wrong.text
    assert bring("a word for the copy").url.path == "/keep/code"
    assert there(pages) == []
