"""Bring archives, watch them come, read what became of them, take them back, leave things out."""

import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from tests.vault.pages.conftest import BANK, NETFLIX, PASSPHRASE, Pages, Visitor

from firsthand.vault.acts import bringing
from firsthand.vault.pages import keep
from firsthand.vault.store.things import match_for

Said = Callable[..., str]


@pytest.fixture
def packed() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a/bank.csv", BANK.content)
        archive.writestr("a/viewed.csv", NETFLIX.content)
        archive.writestr("photo.jpg", b"\xff\xd8\xff" + bytes(50))
    return raw.getvalue()


@pytest.fixture
def greta(visitor: Visitor) -> Visitor:
    visitor.keep("Greta")
    return visitor


def place(visitor: Visitor, path: str) -> httpx.Response:
    return visitor.http.post("/bring/place", data={"path": path})


def names(pages: Pages, source: str) -> list[str]:
    with pages.host.parts.cabinet.lend("greta") as vault:
        rows = vault.store.rows("things.found", words=match_for(source=source), limit=-1)
    return [str(row["name"]) for row in rows]


def test_an_archive_is_dropped_read_and_taken_back(
    pages: Pages, greta: Visitor, said: Said, packed: bytes
) -> None:
    seen = greta.drop("/bring/drop", ("takeout.zip", packed))
    assert seen.url.path == "/bring/done"
    words = said(seen)
    assert "takeout.zip" in words
    assert "Read in it: 2 files" in words
    assert "a/bank.csv" in words
    assert "Pictures, videos and sound are not read" in words
    assert "What was in it" in words
    assert names(pages, "bank")
    one = greta.get("/bring/imports/1")
    assert "Take it back" in said(one)
    gone = greta.post("/bring/imports/1/undo")
    assert "takeout.zip is taken back" in said(gone)
    assert names(pages, "bank") == names(pages, "netflix") == []
    assert "taken back already" in said(greta.post("/bring/imports/1/undo"))
    assert "Taken back since" in said(greta.get("/bring/imports/1"))
    assert greta.get("/bring/imports/99").status_code == 404


def test_what_takes_a_while_goes_on_by_itself(
    pages: Pages, greta: Visitor, said: Said, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "AT_ONCE_BYTES_MAX", 0)
    held, go = threading.Event(), threading.Event()
    real = bringing.import_streams

    def waiting(*given: object, **how: object) -> dict[str, object]:
        held.set()
        go.wait(20)
        return real(*given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(bringing, "import_streams", waiting)
    seen = greta.drop("/bring/drop", ("takeout.zip", packed))
    assert seen.url.path == "/bring/going"
    assert held.wait(20)
    assert "It begins" in said(seen)
    assert greta.get("/bring/done").url.path == "/bring/going"
    assert "Something is being read" in said(greta.get("/bring"))
    assert "Go on" in said(greta.post("/bring/going/pause"))
    assert "Pause" in said(greta.post("/bring/going/on"))
    assert greta.post("/bring/going/jump").status_code == 404
    busy = greta.drop("/bring/drop", ("other.zip", packed))
    assert busy.url.path == "/bring/going", "one at a time"
    assert "Something is being read" in said(greta.post("/bring/imports/1/undo"))
    going = pages.host.parts.underway.of("greta")
    assert going is not None
    go.set()
    assert going.ended.wait(30)
    done = greta.get("/bring/going")
    assert done.url.path == "/bring/done"
    assert "takeout.zip" in said(done)
    assert names(pages, "bank")
    assert pages.host.parts.underway.of("greta") is None


def test_what_is_stopped_is_shown_as_half_done(
    pages: Pages, greta: Visitor, said: Said, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "AT_ONCE_BYTES_MAX", 0)
    real = bringing.import_streams

    def stopping(*given: object, **how: object) -> dict[str, object]:
        control = how["control"]
        assert isinstance(control, bringing.Control)

        def tell(told: bringing.Progress) -> None:
            if told.rows:
                control.stop()

        how["progress"] = tell
        return real(*given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(bringing, "import_streams", stopping)
    greta.drop("/bring/drop", ("takeout.zip", packed))
    going = pages.host.parts.underway.of("greta")
    assert going is not None
    assert going.ended.wait(30)
    assert greta.get("/bring/done").status_code == 200
    assert "takeout.zip is half done" in said(greta.get("/bring"))
    assert "It is half done" in said(greta.get("/bring/imports/1"))
    monkeypatch.setattr(bringing, "import_streams", real)
    greta.drop("/bring/drop", ("takeout.zip", packed))
    going = pages.host.parts.underway.of("greta")
    assert going is None or going.ended.wait(30)
    assert "half done" not in said(greta.get("/bring"))
    assert names(pages, "netflix")


def test_a_place_on_the_machine_is_only_for_who_is_alone_on_it(
    make_pages: Callable[..., Pages], said: Said, packed: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "takeout.zip"
    path.write_bytes(packed)
    many = make_pages().visitor()
    many.keep("Greta")
    assert place(many, str(path)).status_code == 404
    assert "on this machine" not in said(many.get("/bring"))
    pages = make_pages(single=tmp_path / "mine")
    alone = pages.visitor()
    alone.keep("Greta")
    assert "on this machine" in said(alone.get("/bring"))
    assert place(alone, " ").status_code == 422
    place(alone, str(path))
    going = pages.host.parts.underway.of("mine")
    assert going is None or going.ended.wait(30)
    assert "takeout.zip" in said(alone.get("/bring/done"))


def test_what_is_left_out_is_seen_first_and_stays_out(
    pages: Pages, greta: Visitor, said: Said
) -> None:
    greta.drop("/bring/drop", (NETFLIX.name, NETFLIX.content))
    assert "Nothing is left out" in said(greta.get("/bring/leave-out"))
    title = names(pages, "netflix")[0].split(":")[0]
    before = len(names(pages, "netflix"))
    seen = said(greta.post("/bring/leave-out/preview", words=title))
    assert "with the words" in seen
    assert "things fit" in seen
    assert len(names(pages, "netflix")) == before, "nothing is done yet"
    done = said(greta.post("/bring/leave-out/do", words=title))
    assert "It stays out" in done
    left = len(names(pages, "netflix"))
    assert left < before
    again = said(greta.drop("/bring/drop", (NETFLIX.name, NETFLIX.content)))
    assert "left out, as you said" in again
    assert len(names(pages, "netflix")) == left
    assert "No longer left out" in said(greta.post("/bring/leave-out/back", id="1"))
    greta.drop("/bring/drop", (NETFLIX.name, NETFLIX.content))
    assert len(names(pages, "netflix")) == before
    assert greta.post("/bring/leave-out/preview").status_code == 422
    assert greta.post("/bring/leave-out/preview", since="soon").status_code == 422
    with pages.host.parts.cabinet.lend("greta") as vault:
        id = vault.store.rows("things.newest", limit=1)[0]["id"]
    assert f"/bring/leave-out?thing={id}" in greta.get(f"/things/{id}").text
    one = said(greta.get(f"/bring/leave-out?thing={id}"))
    assert "Only &#34;" in one or 'Only "' in one
    assert PASSPHRASE not in one
