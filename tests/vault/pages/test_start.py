"""Before there is any name: drop a file, see what it says, correct it, keep it or forget it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.vault.pages.conftest import PASSPHRASE, Pages, Visitor

from firsthand.foundation.clock import SetClock
from firsthand.vault.pages.host import Door

ODD = b"Date,Description,Amount\n" + b"".join(
    b"0%d/0%d/2024,Gym Membership,-20.00\n" % (5, month) for month in range(1, 8)
)


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_read_without_a_name_and_nothing_of_it_is_stored(
    pages: Pages, visitor: Visitor, said: Callable[..., str], tmp_path: Path
) -> None:
    bank = pages.host.parts.samples[0]
    seen = visitor.drop("/drop", (bank.name, bank.content))
    words = said(seen)
    assert seen.url.path == "/look"
    assert "regular payments" in words
    assert "a year" in words
    assert "Next on" in words
    assert f"{bank.name}, line" in words, "each row says where it stands"
    assert not everything_on_disk(tmp_path), "nothing may touch the disk before Keep"
    assert said(visitor.post("/look/forget")).count("Drop a file")
    assert visitor.get("/look").url.path == "/"


def test_what_is_not_clear_is_asked_and_the_answer_is_taken(
    visitor: Visitor, said: Callable[..., str]
) -> None:
    asked = visitor.drop("/drop", ("gym.csv", ODD))
    assert "is 05 the day or the month?" in said(asked)
    name = asked.text.split('name="answer:')[1].split('"')[0]
    first = visitor.post("/look/answers", **{f"answer:{name}": "day first"})
    assert "Only you know this" not in said(first)
    assert "Gym Membership" in said(first)
    assert "5 July 2024" in said(first)
    again = visitor.post("/look/answers", **{f"answer:{name}": "month first"})
    assert "What you answered, to change" in said(again)
    assert "regular payment" not in said(again), "seven days in May are no rhythm"


def test_a_file_that_cannot_be_read_says_why_and_the_others_are_read(
    pages: Pages, visitor: Visitor, said: Callable[..., str]
) -> None:
    bank = pages.host.parts.samples[0]
    seen = said(
        visitor.drop("/drop", ("me.jpg", b"\xff\xd8\xff\xe0" * 30), (bank.name, bank.content))
    )
    assert "It is a picture" in seen
    assert "regular payments" in seen


def test_no_file_is_said_kindly(visitor: Visitor, said: Callable[..., str]) -> None:
    empty = visitor.post("/drop")
    assert empty.status_code == 400
    assert "Choose one first" in said(empty)


def test_too_much_is_a_page_and_not_a_broken_line(
    visitor: Visitor, said: Callable[..., str]
) -> None:
    refused = visitor.drop("/drop", ("big.csv", b"x" * (65 * 1024 * 1024)))
    assert refused.status_code == 413
    assert "more than 64 MB" in said(refused)
    assert "<html" in refused.text


def test_a_look_is_gone_after_half_an_hour(make_pages: Callable[..., Pages]) -> None:
    clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
    pages = make_pages(clock=clock)
    visitor = pages.visitor()
    bank = pages.host.parts.samples[0]
    visitor.drop("/drop", (bank.name, bank.content))
    clock.advance(timedelta(minutes=29))
    assert visitor.get("/look").url.path == "/look"
    clock.advance(timedelta(minutes=31))
    assert visitor.get("/look").url.path == "/"
    assert len(pages.host.parts.looks) == 0
    visitor.http.close()


def test_a_look_belongs_to_one_browser(pages: Pages, visitor: Visitor) -> None:
    bank = pages.host.parts.samples[0]
    visitor.drop("/drop", (bank.name, bank.content))
    other = pages.visitor()
    assert other.get("/look").url.path == "/"
    other.http.close()


def test_keeping_asks_for_a_name_and_a_passphrase_and_shows_one_code_once(
    pages: Pages, visitor: Visitor, said: Callable[..., str], tmp_path: Path
) -> None:
    bank = pages.host.parts.samples[0]
    visitor.drop("/drop", (bank.name, bank.content))
    made = visitor.post("/keep", name="Greta Lind", passphrase=PASSPHRASE, again=PASSPHRASE)
    assert made.url.path == "/keep/code"
    code = "-".join(made.text.split('id="code"')[1].split("</p>")[0].split("<span>")[1:])
    code = "-".join(part.split("</span>")[0] for part in code.split("-") if "</span>" in part)
    kept = visitor.post("/keep/done", written="yes")
    assert "Kept" in said(kept)
    assert visitor.get("/keep/code").url.path == "/", "the code is shown once"
    assert code.split("-")[0] not in said(visitor.get("/more"))
    assert "regular payments" in said(visitor.get("/"))
    assert b"STREAMHAUS" not in everything_on_disk(tmp_path).upper()
    visitor.post("/lock")
    assert "Set a new passphrase now" in said(visitor.open("greta lind", code)), "it opens it too"
    assert "Hello, Greta Lind" in said(visitor.get("/"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "Bo", "passphrase": "short", "again": "short"}, "That is short"),
        ({"name": "Bo", "passphrase": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "guessed at once"),
        ({"name": "Bo", "passphrase": PASSPHRASE, "again": PASSPHRASE + "s"}, "not the same"),
        ({"name": "☃", "passphrase": PASSPHRASE, "again": PASSPHRASE}, "letters from a to z"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    visitor: Visitor, said: Callable[..., str], fields: dict[str, str], wrong: str
) -> None:
    answer = visitor.post("/keep", **fields)
    assert answer.status_code == 422
    assert wrong in said(answer)
    assert PASSPHRASE not in answer.text, "what was typed as a passphrase never comes back"


def test_a_name_is_taken_once(pages: Pages, visitor: Visitor, said: Callable[..., str]) -> None:
    visitor.keep("Greta")
    other = pages.visitor()
    answer = other.post("/keep", name="greta", passphrase=PASSPHRASE, again=PASSPHRASE)
    assert "has this name already" in said(answer)
    other.http.close()


def test_a_sample_is_looked_at_like_a_file(
    pages: Pages, visitor: Visitor, said: Callable[..., str]
) -> None:
    for sample in pages.host.parts.samples:
        seen = visitor.post("/look/sample", name=sample.name)
        assert sample.name in said(seen)
        assert "made-up" in said(seen)
    assert visitor.post("/look/sample", name="../etc/passwd").status_code == 404


def test_a_vault_of_one_asks_for_no_name(make_pages: Callable[..., Pages], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    pages = make_pages(folder=tmp_path, single=folder)
    visitor = pages.visitor()
    assert "Open my data" not in visitor.get("/").text.split("<main")[1], "there is nothing yet"
    visitor.keep("Greta", pages.host.parts.samples[1])
    assert (folder / "vault.db").is_file()
    visitor.post("/lock")
    asked = visitor.get("/unlock")
    assert 'name="name"' not in asked.text
    assert visitor.post("/unlock", passphrase=PASSPHRASE).url.path == "/"
    visitor.http.close()


def test_the_doors_of_a_town_lead_in(make_pages: Callable[..., Pages]) -> None:
    doors = [
        Door(
            kind="person", name="Malik L", line="Pays a lot", login="malik", passphrase=PASSPHRASE
        ),
        Door(kind="staff", name="Reel", line="Looks", login="owner", passphrase="pw-1", url="/x"),
    ]
    pages = make_pages(doors=doors)
    visitor = pages.visitor()
    visitor.keep("Malik")
    visitor.post("/lock")
    start = visitor.get("/")
    assert {"Be Malik", "pw-1", "Go to Reel"} <= {
        words for words in ("Be Malik", "pw-1", "Go to Reel") if words in start.text
    }
    assert visitor.open("malik", PASSPHRASE).url.path == "/"
    visitor.http.close()
