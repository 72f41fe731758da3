# ruff: noqa: ANN401 - forms and doubles take many things
"""A large file comes in slices: in order, encrypted on the disk, and gone when it was read."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Route
from tests.vault.pages.conftest import BANK, NETFLIX, PASSPHRASE, Pages, Visitor

from firsthand.vault.acts import bringing, uploading
from firsthand.vault.acts.uploading import Bounds
from firsthand.vault.bring import spooling

Said = Callable[..., str]
SLICE = spooling.BLOCK_BYTES
CANARY = b"a word that nobody else may read"
BOUNDS = Bounds(
    upload_bytes_max=64 * SLICE,
    spool_bytes_max=80 * SLICE,
    slice_bytes=SLICE,
    by_slices_bytes_min=SLICE,
    free_bytes_min=0,
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    made = Pages(tmp_path_factory.mktemp("uploads") / "vaults", uploads=BOUNDS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def kept(pages: Pages) -> Visitor:
    made = pages.visitor()
    made.keep("Greta")
    return made


@pytest.fixture
def greta(pages: Pages, kept: Visitor) -> Visitor:
    """Greta, with nothing on its way and nothing to be read about."""
    pages.host.parts.underway.take("greta")
    with pages.host.parts.cabinet.lend("greta") as vault:
        for each in uploading.waiting(vault):
            uploading.remove(vault, each["id"])
    return kept


@pytest.fixture
def packed() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("big.jpg", b"\xff\xd8\xff" + CANARY * 12_000)
        archive.writestr("a/bank.csv", BANK.content)
        archive.writestr("a/viewed.csv", NETFLIX.content)
    return raw.getvalue()


def begin(
    visitor: Visitor, content: bytes, size: int | None = None, name: str = "takeout.zip"
) -> httpx.Response:
    fields = {"name": name, "size": str(size or len(content)), "changed": "1"}
    ends = content[:1024] + content[-1024:]
    return visitor.http.post("/bring/upload", data=fields, files={"ends": ("slice", ends)})


def part(visitor: Visitor, id: str, at: int, content: bytes) -> httpx.Response:
    return visitor.http.post(
        "/bring/upload/slice", data={"id": id, "at": str(at)}, files={"part": ("slice", content)}
    )


def send(visitor: Visitor, content: bytes, until: int | None = None) -> str:
    told = begin(visitor, content).json()
    for at in range(told["received_bytes"], until or len(content), SLICE):
        answer = part(visitor, told["id"], at, content[at : at + SLICE])
        assert answer.status_code == 200, answer.text
    return str(told["id"])


def spooled(pages: Pages, slug: str = "greta") -> list[Path]:
    return sorted((pages.folder / slug / uploading.FOLDER).glob("*"))


def ended(pages: Pages) -> None:
    going = pages.host.parts.underway.of("greta")
    assert going is None or going.ended.wait(30)


def test_what_is_sent_lies_encrypted_is_read_and_is_gone(
    pages: Pages, greta: Visitor, said: Said, packed: bytes
) -> None:
    id = send(greta, packed)
    [file] = spooled(pages)
    kept = b"".join(path.read_bytes() for path in file.parent.parent.rglob("*") if path.is_file())
    assert len(kept) > len(packed)
    assert CANARY not in kept
    assert b"PK\x03\x04" not in kept[:SLICE]
    assert file.stat().st_mode & 0o077 == 0
    seen = greta.post("/bring/upload/read", id=id)
    ended(pages)
    assert seen.url.path in {"/bring/going", "/bring/done"}
    done = said(greta.get("/bring/done"))
    assert "takeout.zip" in done
    assert "a/bank.csv" in done
    assert spooled(pages) == []
    with pages.host.parts.cabinet.lend("greta") as vault:
        assert uploading.waiting(vault) == []
        assert vault.store.row("meta.get", key=f"upload:{id}") is None


def test_only_the_next_slice_of_the_right_length_is_taken(
    pages: Pages, greta: Visitor, packed: bytes
) -> None:
    id = send(greta, packed, until=2 * SLICE)
    size = spooled(pages)[0].stat().st_size
    for at, content in (
        (0, packed[:SLICE]),
        (3 * SLICE, packed[3 * SLICE : 4 * SLICE]),
        (2 * SLICE, packed[:100]),
        (2 * SLICE, packed[: SLICE + 1]),
        (2 * SLICE, b""),
    ):
        answer = part(greta, id, at, content)
        assert answer.status_code == 409, (at, len(content))
        assert answer.json()["received_bytes"] == 2 * SLICE
    assert part(greta, id, 2 * SLICE, bytes(SLICE + 2 * 1024 * 1024)).status_code == 413
    assert part(greta, "A" * 22, 0, packed[:SLICE]).status_code == 404
    assert part(greta, "../slots.json", 0, packed[:SLICE]).status_code == 404
    assert part(greta, id, -1, packed[:SLICE]).status_code == 400
    assert spooled(pages)[0].stat().st_size == size
    refused = greta.post("/bring/upload/read", id=id)
    assert "not everything is here" in refused.text
    assert part(greta, id, 2 * SLICE, packed[2 * SLICE : 3 * SLICE]).status_code == 200


def test_it_goes_on_after_a_break_a_kill_and_a_lock(
    pages: Pages, greta: Visitor, said: Said, packed: bytes
) -> None:
    id = send(greta, packed, until=3 * SLICE)
    [file] = spooled(pages)
    with file.open("ab") as stream:
        stream.write(b"half a slice, and then the power went")
    greta.post("/lock")
    assert part(greta, id, 3 * SLICE, packed[:SLICE]).status_code == 401
    greta.open("Greta", PASSPHRASE)
    assert "has come in part" in said(greta.get("/bring"))
    told = begin(greta, packed).json()
    assert (told["id"], told["received_bytes"]) == (id, 3 * SLICE)
    with file.open("r+b") as stream:  # the last slice did not reach the disk
        stream.seek(-10, io.SEEK_END)
        stream.write(bytes(10))
    assert begin(greta, packed).json()["received_bytes"] == 2 * SLICE
    other = begin(greta, packed[:-1] + b"x").json()
    assert other["id"] != id, "another file of the same size"
    assert send(greta, packed) == id
    with pages.host.parts.cabinet.lend("greta") as vault:
        upload = uploading._upload(vault, id)  # noqa: SLF001 - what is read is what was sent
        with uploading._kept(vault, upload).open() as stream:  # noqa: SLF001
            assert stream.read() == packed
            stream.seek(SLICE - 5)
            assert stream.read(10) == packed[SLICE - 5 : SLICE + 5]
    assert "Leave it" in said(greta.get("/bring"))
    greta.post("/bring/upload/leave", id=id)
    assert [path.name for path in spooled(pages)] == [other["id"]]


def test_nobody_else_reaches_it(pages: Pages, greta: Visitor, packed: bytes) -> None:
    id = send(greta, packed, until=SLICE)
    other = pages.visitor()
    other.keep("Malik")
    assert part(other, id, SLICE, packed[SLICE : 2 * SLICE]).status_code == 404
    other.post("/bring/upload/read", id=id)
    other.post("/bring/upload/leave", id=id)
    assert len(spooled(pages)) == 1
    assert begin(other, packed).json()["received_bytes"] == 0, "nor hears of it"
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        away = greta.http.post("/bring/upload/leave", data={"id": id}, headers=headers)
        assert away.status_code == 403
    assert len(spooled(pages)) == 1


def test_what_does_not_fit_is_refused_before_the_first_slice(
    greta: Visitor, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = begin(greta, packed, size=65 * SLICE)
    assert large.status_code == 413
    assert "4 MB a file" in large.json()["why"]
    assert begin(greta, packed, size=50 * SLICE).status_code == 200
    assert "no room beside" in begin(greta, packed, size=40 * SLICE).json()["why"]
    for size in ("0", "-1", "many", "9" * 20):
        fields = {"name": "takeout.zip", "size": size}
        answer = greta.http.post("/bring/upload", data=fields, files={"ends": ("slice", b"x")})
        assert answer.status_code in {400, 413}
    real = shutil.disk_usage

    def full(path: Path) -> Any:
        return real(path)._replace(free=10)

    id = begin(greta, packed).json()["id"]
    monkeypatch.setattr(shutil, "disk_usage", full)
    assert begin(greta, packed, size=20 * SLICE).status_code == 507
    answer = part(greta, id, 0, packed[:SLICE])
    assert answer.status_code == 507
    assert "no room" in answer.json()["why"]


def test_a_disk_that_fills_in_the_middle_loses_nothing(
    greta: Visitor, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = send(greta, packed, until=SLICE)

    def fails(_held: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fails)
        answer = part(greta, id, SLICE, packed[SLICE : 2 * SLICE])
    assert answer.status_code == 507
    assert answer.json()["received_bytes"] == SLICE
    assert send(greta, packed) == id


def test_what_is_left_is_erased_after_a_day_and_with_its_import(
    pages: Pages, greta: Visitor, said: Said, packed: bytes
) -> None:
    id = send(greta, packed, until=SLICE)
    [file] = spooled(pages)
    now = pages.host.parts.clock.now()
    assert uploading.sweep(pages.folder / "greta", now) == 0
    os.utime(file, (now.timestamp() - 90_000,) * 2)
    greta.post("/lock")
    assert uploading.sweep(pages.folder / "greta", now) == 1
    greta.open("Greta", PASSPHRASE)
    assert "has come in part" not in said(greta.get("/bring"))
    with pages.host.parts.cabinet.lend("greta") as vault:
        assert vault.store.row("meta.get", key=f"upload:{id}") is None
    greta.drop("/bring/drop", ("takeout.zip", packed))
    ended(pages)
    send(greta, packed, until=SLICE)
    with pages.host.parts.cabinet.lend("greta") as vault:
        newest = bringing.imports(vault)[0]["id"]
    greta.post(f"/bring/imports/{newest}/undo")
    assert spooled(pages) == []


def test_what_was_stopped_waits_and_goes_on_from_the_page(
    pages: Pages, greta: Visitor, said: Said, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = uploading.read

    def stopping(*given: Any, **how: Any) -> dict[str, Any]:
        how["progress"] = lambda told: how["control"].stop() if told.rows else None
        return real(*given, **how)

    id = send(greta, packed)
    with monkeypatch.context() as patch:
        patch.setattr(uploading, "read", stopping)
        greta.post("/bring/upload/read", id=id)
        ended(pages)
    assert "It is half done" in said(done := greta.get("/bring/done"))
    assert f'value="{id}"' in done.text
    assert "It waits here, encrypted" in said(greta.get("/bring"))
    greta.post("/bring/upload/read", id=id)
    ended(pages)
    assert "It is half done" not in said(greta.get("/bring/done"))
    assert spooled(pages) == []


def test_what_asks_something_waits_for_the_answer(pages: Pages, greta: Visitor, said: Said) -> None:
    rows = "".join(f"0{day}/03/2026,Shop {day},-9.99\n" for day in (1, 2, 4))
    content = f"Date,Description,Amount\n{rows}".encode()
    told = begin(greta, content, name="../a\x07b.csv").json()
    part(greta, told["id"], 0, content)
    greta.post("/bring/upload/read", id=told["id"])
    ended(pages)
    asked = greta.get("/bring/done")
    assert asked.url.path == "/bring"
    assert "Only you know this" in said(asked)
    assert "ab.csv" in said(asked)
    assert len(spooled(pages)) == 1
    name = asked.text.split('name="answer:')[1].split('"')[0]
    fields = {"id": told["id"], f"answer:{name}": "day first"}
    greta.post("/bring/upload/read", **fields)
    ended(pages)
    assert "Kept: 3 new things" in said(greta.get("/bring/done"))
    assert spooled(pages) == []


def test_in_a_browser_it_is_sent_watched_broken_off_and_goes_on(
    pages: Pages, greta: Visitor, packed: bytes, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "takeout.zip"
    path.write_bytes(packed)
    context = browser.new_context(base_url=pages.url)
    context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": pages.url}
         for each in greta.http.cookies.jar]
    )  # fmt: skip
    page = context.new_page()
    faults = list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    sent, broken = list[int](), list[int]()

    def slices(route: Route) -> None:
        sent.append(1)
        if len(sent) > 3 and not broken:
            route.abort()
        else:
            route.continue_()

    page.route("**/bring/upload/slice", slices)
    page.goto("/bring")
    page.locator("input[type=file]").set_input_files(path)
    while len(sent) < 4:  # the fourth finds the line broken
        page.wait_for_timeout(20)
    page.get_by_role("button", name="Pause").click()
    assert "It waits" in (page.text_content("[data-slices-said]") or "")
    page.goto("/bring")
    assert "has come in part" in (page.text_content("main") or "")
    broken.append(1)
    sent.clear()
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_url("**/bring/done")
    assert len(sent) == -(-len(packed) // SLICE) - 3, "only what had not come yet"
    assert "a/bank.csv" in (page.text_content("main") or "")
    assert spooled(pages) == []
    assert not [each for each in faults if "ransition" not in each]
    context.close()
