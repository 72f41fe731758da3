"""Another passphrase and another recovery code, by pages."""

import re

from tests.vault.pages.conftest import PASSPHRASE, Pages, Visitor, text

NEW = "seven red boats in a row"


def code_on(page: str) -> str:
    """The recovery code that a page shows."""
    sheet = page.split('id="code"')[1].split("</p>", maxsplit=1)[0]
    return "-".join(re.findall(r"<span>(\w+)</span>", sheet))


def made(visitor: Visitor) -> str:
    """Make a vault; returns its recovery code."""
    shown = visitor.post("/keep", name="June", passphrase=PASSPHRASE, again=PASSPHRASE)
    visitor.post("/keep/done", written="yes")
    return code_on(shown.text)


def test_it_is_reached_from_the_menu_and_asks_for_the_passphrase_of_now(visitor: Visitor) -> None:
    made(visitor)
    assert 'href="/opening"' in visitor.get("/more").text
    assert 'href="/passphrase"' in visitor.get("/opening").text
    fields = {"passphrase": NEW, "again": NEW}
    wrong = visitor.post("/passphrase", old="not this one", **fields)
    assert wrong.status_code == 403
    assert "neither your passphrase nor your recovery code" in text(wrong)
    short = visitor.post("/passphrase", old=PASSPHRASE, passphrase="short", again="short")
    assert (short.status_code, "That is short" in text(short)) == (422, True)
    unlike = visitor.post("/passphrase", old=PASSPHRASE, passphrase=NEW, again=f"{NEW}!")
    assert "The two are not the same" in text(unlike)
    visitor.post("/lock")
    assert visitor.open("June").url.path == "/", "nothing was changed by all that"


def test_the_new_one_opens_and_the_old_one_does_not(pages: Pages, visitor: Visitor) -> None:
    made(visitor)
    elsewhere = pages.visitor()
    elsewhere.open("June")
    done = visitor.post("/passphrase", old=PASSPHRASE, passphrase=NEW, again=NEW)
    assert (done.url.path, "Your new passphrase" in text(done)) == ("/more", True)
    assert visitor.get("/things").url.path == "/things"
    assert elsewhere.get("/things").url.path == "/unlock", "it was opened by the old one"
    assert elsewhere.open("June").status_code == 403
    assert elsewhere.open("June", NEW).url.path == "/"
    elsewhere.http.close()


def test_who_comes_by_the_code_is_asked_for_a_new_passphrase_at_once(visitor: Visitor) -> None:
    code = made(visitor)
    visitor.post("/lock")
    came = visitor.open("June", code.lower())
    assert came.url.path == "/passphrase"
    assert "Set a new passphrase now" in text(came)
    assert "The passphrase of now" not in text(came), "the code was typed just now"
    offered = "Set a new passphrase"
    assert offered in text(visitor.get("/opening"))
    assert visitor.post("/passphrase", passphrase=NEW, again=NEW).url.path == "/more"
    assert offered not in text(visitor.get("/opening"))
    assert "The passphrase of now" in text(visitor.get("/passphrase")), "that was for once"
    visitor.post("/lock")
    assert visitor.open("June", NEW).url.path == "/"


def test_another_code_is_shown_once_and_the_old_one_is_over(visitor: Visitor) -> None:
    code = made(visitor)
    assert visitor.post("/passphrase/code", old="not this one").status_code == 403
    shown = visitor.post("/passphrase/code", old=PASSPHRASE)
    assert shown.url.path == "/keep/code"
    renewed = code_on(shown.text)
    assert renewed != code
    assert "works from now on" in text(visitor.post("/keep/done", written="yes"))
    assert visitor.get("/keep/code").url.path == "/"
    visitor.post("/lock")
    assert visitor.open("June", code).status_code == 403
    assert visitor.open("June", renewed).url.path == "/passphrase"
