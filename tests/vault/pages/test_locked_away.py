"""What locks by itself, after how long; who is asked again; what a locked machine still has."""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.harness.canaries import hits
from tests.vault.pages.conftest import PASSPHRASE, Pages, text

from firsthand.foundation.clock import SetClock
from firsthand.vault.acts.backing import opened_backup

ASKED = "Your passphrase, once more"
CANARIES = ("Kanarienfilm Sülz 7291", "canary-merchant-5512", PASSPHRASE)
VIEWED = f'Title,Date\n"{CANARIES[0]}","1/13/24"\n"{CANARIES[1]}","2/14/24"\n'


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 6, 1, tzinfo=UTC))


def test_after_the_minutes_that_its_person_chose(
    make_pages: Callable[..., Pages], clock: SetClock
) -> None:
    pages = make_pages(clock=clock)
    visitor = pages.visitor()
    visitor.keep("June")
    for wrong in ("0", "61", "x", "", "9999", "-1", "١"):
        assert visitor.post("/opening/lock-after", minutes=wrong).status_code == 422, wrong
    assert visitor.post("/opening/lock-after", minutes="1").url.path == "/opening"
    clock.advance(timedelta(seconds=50))
    assert visitor.get("/things").url.path == "/things"
    clock.advance(timedelta(seconds=70))
    pages.host._sweep()  # noqa: SLF001 - what the background does, now
    assert pages.host.parts.cabinet.open_now() == []
    assert visitor.get("/things").url.path == "/unlock"
    visitor.open("June")
    visitor.post("/opening/lock-after", minutes="60")
    clock.advance(timedelta(minutes=59))
    assert visitor.get("/things").url.path == "/things", "it was kept over the locking"
    visitor.post("/lock")
    visitor.open("June")
    clock.advance(timedelta(minutes=59))
    assert visitor.get("/things").url.path == "/things"
    visitor.http.close()


def test_what_weighs_much_asks_again_after_five_minutes(
    make_pages: Callable[..., Pages], clock: SetClock
) -> None:
    pages = make_pages(clock=clock)
    visitor = pages.visitor()
    visitor.keep("June")
    assert ASKED not in text(visitor.get("/opening"))
    clock.advance(timedelta(minutes=5, seconds=1))
    shown = visitor.get("/opening")
    assert ASKED in text(shown)
    slot = shown.text.split('name="id" value="')[1][:8]
    for path, fields in (
        ("/opening/remove", {"id": slot}),
        ("/opening/passkey", {"name": "x", "made": "{}"}),
        ("/export", {}),
        ("/passphrase/code", {}),
    ):
        assert visitor.post(path, **fields).status_code == 403, path
    assert visitor.post("/opening/remove", id=slot, passphrase=PASSPHRASE).url.path == "/opening"
    assert visitor.post("/opening/remove", id="nothing").status_code == 422
    left = visitor.get("/opening").text
    assert "Take it away" not in left, "the last one stays"
    visitor.http.close()


def test_a_backup_by_the_page_opens_by_its_own_passphrase(pages: Pages, tmp_path: Path) -> None:
    visitor = pages.visitor()
    visitor.keep("June")
    words = {"as": "backup", "backup": "nine small blue boats", "again": "nine small blue boats"}
    assert visitor.post("/export", **words, passphrase="not this one").status_code == 403
    short = {**words, "backup": "short", "again": "short"}
    assert visitor.post("/export", **short, passphrase=PASSPHRASE).status_code == 422
    sealed = visitor.post("/export", **words, passphrase=PASSPHRASE)
    assert sealed.headers["content-disposition"].endswith('.age"')
    (tmp_path / "a.age").write_bytes(sealed.content)
    assert opened_backup(tmp_path / "a.age", passphrase=words["backup"]).startswith(b"PK")
    visitor.http.close()


def test_a_locked_machine_shows_nothing_of_it(
    make_pages: Callable[..., Pages], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare = tmp_path / "tmp"
    spare.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spare))
    monkeypatch.setitem(os.environ, "SQLITE_TMPDIR", str(spare))
    pages = make_pages(folder=tmp_path / "vaults")
    visitor = pages.visitor()
    visitor.drop("/drop", ("NetflixViewingHistory.csv", VIEWED.encode()))
    visitor.post("/keep", name="June", passphrase=PASSPHRASE, again=PASSPHRASE)
    visitor.post("/keep/done", written="yes")
    assert CANARIES[1] in visitor.get("/things").text
    visitor.get("/things?search=canary")
    while_open = hits(tmp_path, CANARIES)
    visitor.post("/lock")
    assert pages.host.parts.cabinet.open_now() == []
    assert hits(tmp_path, CANARIES) == while_open == []
    assert not list((tmp_path / "vaults").rglob("*-wal"))
    (spare / "planted").write_text(f"x{CANARIES[0]}x")
    assert hits(tmp_path, CANARIES), "the search would find one"
    visitor.http.close()
