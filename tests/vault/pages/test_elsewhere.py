"""What a person keeps on one device comes to another, by a backup and by a code, and is equal."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page
from tests.vault.acts.test_exporting import comparable, dump
from tests.vault.pages.conftest import BANK, PASSPHRASE, Pages, Visitor, text
from tests.vault.pages.test_journey import fits

from firsthand.foundation import aged
from firsthand.foundation.ids import SystemChance
from firsthand.vault.acts import backing, moving
from firsthand.vault.gate.handing import UnableToHand
from firsthand.vault.pages import arrivals, handings
from firsthand.vault.terms import copies

WORDS = "nine small blue boats"
FROM = "127.0.0.1"
DONE = frozenset({"waiting", "made", "fault", "done", "none"})


def held(pages: Pages) -> Any:  # noqa: ANN401 - every table
    with pages.host.parts.cabinet.lend("june") as vault:
        return comparable(dump(vault))


def until(told: Callable[[], dict[str, Any]], wanted: frozenset[str] = DONE) -> dict[str, Any]:
    """How it stands once it has got so far."""
    for _ in range(1200):
        if (found := told())["state"] in wanted:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def sent(pages: Pages, visitor: Visitor, raw: bytes, **fields: str) -> httpx.Response:
    """What is said at once to who brings a backup."""
    for key in ("have", "new"):
        pages.host.parts.throttle.succeeded(key, FROM)
    typed = {"name": "Greta", "passphrase": PASSPHRASE, "again": PASSPHRASE, "secret": WORDS}
    return visitor.http.post(
        "/have/backup", data={**typed, **fields}, files=[("file", ("mine.age", raw))]
    )


def brought(pages: Pages, visitor: Visitor, raw: bytes, **fields: str) -> str:
    """What is said in the end to who brings a backup."""
    answer = sent(pages, visitor, raw, **fields)
    if answer.status_code < 400 and answer.url.path == "/have/going":
        until(lambda: visitor.get("/have/state").json())
        answer = visitor.get("/have/going")
    return text(answer)


def test_a_backup_that_does_not_do_is_told_apart_and_bounded(
    pages: Pages, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.keep("June", BANK)
    with pages.host.parts.cabinet.lend("june") as vault:
        whole, _ = backing.packed(vault)
    sealed = aged.sealed(whole, WORDS, SystemChance())
    guest = pages.visitor()
    assert "That is a backup" in text(guest.drop("/drop", ("mine.age", sealed)))
    assert "is no backup" in brought(pages, guest, b"a,b\n1,2\n")
    said = brought(pages, guest, sealed, secret="not these words")
    assert "does not open" in said
    assert guest.get("/have/going").url.path == "/have", "it is told once"
    assert "has this name already" in brought(pages, guest, sealed, name="June")
    assert "That is short" in brought(pages, guest, sealed, passphrase="x")
    monkeypatch.setattr(arrivals, "UNPACKED_BYTES_MAX", 1000)
    assert "larger than this place takes" in brought(pages, guest, whole)
    monkeypatch.setattr(arrivals, "ARRIVING_AT_ONCE", 0)
    assert "try again in a minute" in brought(pages, guest, whole)
    assert not pages.host.parts.cabinet.there_is("greta")
    for key in ("have", "new"):  # whoever tries names or passphrases waits longer and longer
        for _ in range(6):
            pages.host.parts.throttle.failed(key, FROM)
    typed = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert guest.post("/keep", name="June", **typed).status_code == 429
    code = {"address": "192.0.2.9:1", "code": "0" * 20, "name": "Greta"}
    assert guest.post("/have/code", **code, **typed).status_code == 429


def test_one_code_a_vault_for_its_person_alone_and_gone_with_the_lock(
    pages: Pages, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.keep("June")
    shared = pages.host.parts.handings
    assert visitor.post("/move/begin", passphrase="not this one").status_code == 403
    assert shared.of("june") is None
    monkeypatch.setattr(handings, "HANDING_AT_ONCE", 0)
    assert visitor.post("/move/begin", passphrase=PASSPHRASE).status_code == 503
    monkeypatch.undo()
    codes = set()
    for _ in range(2):
        visitor.post("/move/begin", passphrase=PASSPHRASE, at="0.0.0.0")  # noqa: S104 - not heard
        until(lambda: visitor.get("/move/state").json())
        now = shared.of("june")
        assert now is not None
        codes.add((now.code, now.address))
        assert now.code.split("-")[0] in text(visitor.get("/move"))
    assert len(codes) == 1
    ((code, address),) = codes
    visitor.post("/move/withdraw")
    until(lambda: visitor.get("/move/state").json(), frozenset({"fault"}))
    assert "withdrawn" in text(visitor.get("/move"))
    with pytest.raises(UnableToHand):
        moving.fetch(address, code, SystemChance())
    visitor.post("/move/begin", passphrase=PASSPHRASE)
    until(lambda: visitor.get("/move/state").json())
    visitor.post("/lock")
    for thread in list(threading.enumerate()):
        if thread.name == "vault handing":
            thread.join()
    visitor.open("June")
    assert handings.LOCKED in text(visitor.get("/move"))
    with pages.host.parts.cabinet.lend("june") as vault:
        assert not copies.may_be_others(vault.store), "nothing went"


def press(page: Page, words: str) -> None:
    page.click(f'main button:visible:has-text("{words}")')


def opened_here(page: Page) -> None:
    """Choose what opens it, write the code down, and read what came."""
    page.fill("[name=passphrase]", PASSPHRASE)
    page.fill("[name=again]", PASSPHRASE)
    press(page, "Bring it here")
    page.wait_for_url("**/keep/code")
    page.check("[name=written]")
    page.click("main form:has([name=written]) button:visible")
    page.wait_for_url("**/have/came")
    page.wait_for_selector("text=There are two now")


def saved(page: Page, url: str, folder: Path) -> Path:
    """Open one's data, and take a backup along."""
    page.goto(f"{url}/unlock?next=/more")
    page.fill("[name=name]", "June")
    page.fill("[name=passphrase]", PASSPHRASE)
    press(page, "Open")
    page.wait_for_url("**/more")
    page.click('summary:has-text("Make a backup")')
    page.fill("[name=backup]", WORDS)
    page.fill("#backup [name=again]", WORDS)
    page.fill("#f-own", PASSPHRASE)
    with page.expect_download() as download:
        press(page, "Download the backup")
    file = folder / download.value.suggested_filename
    assert file.name.startswith("firsthand-june-")
    download.value.save_as(file)
    return file


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_by_a_backup_and_by_a_code(
    browser: Browser, make_pages: Callable[..., Pages], tmp_path: Path
) -> None:
    old = make_pages(folder=tmp_path / "old")
    host = make_pages(folder=tmp_path / "host")
    own = make_pages(folder=tmp_path / "own", single=tmp_path / "own" / "june")
    (tmp_path / "own").mkdir()
    mine = old.visitor()
    mine.keep("June", BANK)
    before = held(old)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce"
    )
    page, there = context.new_page(), context.new_page()
    file = saved(page, old.url, tmp_path)
    there.goto(f"{host.url}/have/backup")
    there.set_input_files("input[type=file]", file)
    there.fill("[name=secret]", WORDS)
    there.fill("[name=name]", "June")
    fits(there)
    opened_here(there)
    fits(there)
    assert held(host) == before
    page.click('a:has-text("Move to another device")')
    page.fill("[name=passphrase]", PASSPHRASE)
    press(page, "Show a code")
    page.wait_for_selector("#code")
    fits(page)
    there.goto(f"{own.url}/")
    there.click('a:has-text("I have one already")')
    there.click('a:has-text("From another device")')
    there.fill("[name=address]", page.inner_text("#address"))
    there.fill("[name=code]", page.inner_text("#code").replace("\n", " "))
    opened_here(there)
    assert held(own) == before
    page.wait_for_selector("text=Everything was handed over")
    context.close()
    for each in (old, host, own):
        with each.host.parts.cabinet.lend("june") as vault:
            assert copies.may_be_others(vault.store)
