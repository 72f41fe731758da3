"""Nobody reaches what is not theirs, by no address, from no other site, in no other's name."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import httpx
import pytest
from tests.vault.pages.conftest import PASSPHRASE, Pages, Visitor, text

from firsthand.foundation.clock import SetClock
from firsthand.foundation.web.headers import ALWAYS
from firsthand.vault.pages.host import routes

OPEN = {"/", "/guide/{service}", "/sources", "/look", "/drop",
        "/drop/upload", "/drop/upload/slice", "/drop/upload/read", "/have/backup/upload",
        "/have/backup/upload/slice", "/look/sample", "/look/answers",
        "/look/forget", "/keep", "/unlock", "/lock", "/terms", "/terms/compare", "/terms/{id}",
        "/seen/{subject}", "/passkey/challenge", "/have", "/have/backup", "/have/code",
        "/have/going", "/have/state"}  # fmt: skip
FILLED = {"service": "bank", "id": "0" * 32, "name": "reel", "position": "1", "subject": "nobody"}
HOSTILE = (
    "<script>window.pwn=1</script>", '"><img src=x onerror=pwn()>', "{{ 7*7 }}", "${7*7}",
    "javascript:pwn()", "'; DROP TABLE things; --", "\u202eevil", "</title><svg onload=pwn()>",
)  # fmt: skip


def filled(path: str) -> str:
    return re.sub(r"{(\w+)(:int)?}", lambda part: FILLED[part[1]], path)


def every_route(pages: Pages) -> Iterator[tuple[str, str]]:
    for route in routes(pages.host.parts):
        for method in route.methods or set():
            if method != "HEAD":
                yield method, route.path


def test_only_what_must_be_open_is_open(pages: Pages, visitor: Visitor) -> None:
    for method, path in every_route(pages):
        answer = visitor.http.request(method, filled(path), follow_redirects=False)
        if path in OPEN:
            assert answer.status_code < 500, path
        elif method == "GET":
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/unlock?next="), path
        else:
            assert answer.status_code == 401, path
            assert "It is locked" in text(answer), path


def test_every_answer_carries_the_headers_and_is_kept_nowhere(
    pages: Pages, visitor: Visitor
) -> None:
    paths = [filled(path) for method, path in every_route(pages) if method == "GET"]
    for path in [*paths, "/nowhere", "/live"]:
        answer = visitor.http.get(path, follow_redirects=False)
        assert answer.headers["cache-control"] == "no-store", path
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value, f"{path}: {name}"


def test_another_site_can_change_nothing(pages: Pages) -> None:
    for method, path in every_route(pages):
        if method == "POST":
            for headers in (
                {"origin": "https://evil.example"},
                {"sec-fetch-site": "cross-site"},
                {},
            ):
                answer = httpx.post(pages.url + filled(path), headers=headers)
                assert answer.status_code == 403, path
    assert httpx.get(pages.url, headers={"host": "evil.example"}).status_code == 421


def test_a_cookie_is_for_this_side_alone_and_out_of_reach_of_scripts(visitor: Visitor) -> None:
    made = visitor.http.post(
        "/keep",
        data={"name": "Greta", "passphrase": PASSPHRASE, "again": PASSPHRASE},
        follow_redirects=False,
    )
    cookie = made.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_one_person_never_reaches_another(pages: Pages, visitor: Visitor) -> None:
    bank, netflix = pages.host.parts.samples
    visitor.keep("Greta", bank)
    other = pages.visitor()
    other.keep("Bo", netflix)
    thing = re.findall(r'href="(/things/[0-9a-f]+)"', visitor.get("/things").text)[0]
    assert visitor.get(thing).status_code == 200
    for path in (thing, "/with/reel", "/with/reel/given/1", "/things/../greta"):
        assert other.get(path).status_code == 404, path
    assert "Netflix" in text(other.get("/things"))
    assert "Mrs D Fallon" not in other.get("/").text
    stolen = pages.visitor()
    stolen.http.cookies.set(pages.host.parts.cookie.name, "A" * 43)
    assert stolen.get("/things").url.path == "/unlock"
    for each in (other, stolen):
        each.http.close()


def test_a_wrong_passphrase_and_an_unknown_name_are_told_the_same(
    visitor: Visitor, said: Callable[..., str]
) -> None:
    visitor.keep("Greta")
    visitor.post("/lock")
    wrong, unknown = visitor.open("Greta", "not it at all"), visitor.open("Nobody", "not it at all")
    assert wrong.status_code == unknown.status_code == 403
    assert said(wrong) == said(unknown)


def test_guessing_is_slowed_down(make_pages: Callable[..., Pages]) -> None:
    pages = make_pages(clock=SetClock(datetime(2026, 6, 1, tzinfo=UTC)))
    visitor = pages.visitor()
    visitor.keep("Greta")
    visitor.post("/lock")
    seen = [visitor.open("Greta", f"guess number {n}").status_code for n in range(7)]
    assert seen == [403] * 5 + [429] * 2
    assert visitor.open("Greta").status_code == 429, "the right one waits as well"
    visitor.http.close()


def test_it_locks_by_itself_and_for_every_window_at_once(make_pages: Callable[..., Pages]) -> None:
    clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
    pages = make_pages(clock=clock)
    first, second = pages.visitor(), pages.visitor()
    first.keep("Greta")
    assert second.open("Greta").url.path == "/"
    clock.advance(timedelta(minutes=14))
    assert first.get("/things").url.path == "/things"
    clock.advance(timedelta(minutes=14))
    assert first.get("/things").url.path == "/things", "who is there keeps it open"
    assert second.get("/things").url.path == "/unlock", "this window was idle for too long"
    second.open("Greta")
    first.post("/lock")
    assert second.get("/things").url.path == "/unlock"
    assert pages.host.parts.cabinet.open_now() == []
    for each in (first, second):
        each.http.close()


def test_a_new_deal_and_an_export_ask_for_the_passphrase_again(
    make_pages: Callable[..., Pages],
) -> None:
    clock = SetClock(datetime(2026, 6, 1, tzinfo=UTC))
    pages = make_pages(clock=clock)
    visitor = pages.visitor()
    visitor.keep("Greta", pages.host.parts.samples[1])
    assert visitor.post("/export", passphrase="wrong").status_code == 403
    taken = visitor.post("/export", passphrase=PASSPHRASE)
    assert taken.headers["content-disposition"].startswith("attachment")
    assert taken.json()["format"]
    assert len(taken.json()["things"]) > 100
    clock.advance(timedelta(minutes=11))
    late = visitor.post("/connect", to="http://127.0.0.1:9", terms="FH-GIVEN")
    assert late.status_code == 422
    visitor.http.close()


def test_after_opening_a_person_is_only_led_to_our_own_pages(visitor: Visitor) -> None:
    visitor.keep("Greta")
    for evil in ("https://evil.example", "//evil.example", "/\\evil.example", "/lock", "x"):
        visitor.post("/lock")
        answer = visitor.http.post(
            "/unlock",
            data={"name": "Greta", "passphrase": PASSPHRASE, "next": evil},
            follow_redirects=False,
        )
        assert answer.headers["location"] == "/", evil


class Spotter(HTMLParser):
    """Collects what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and not (named.get("src") or "").startswith("/static/"):
            self.found.append(tag)
        self.found += [
            name for name in named if name.startswith("on") or name in {"style", "srcdoc"}
        ]
        if (named.get("href") or "").lower().startswith(("javascript:", "data:")):
            self.found.append("href")


def test_what_stands_in_a_file_stays_text(visitor: Visitor) -> None:
    rows = "".join(
        f'2024-0{month}-03,"{words.replace(chr(34), chr(34) * 2)}",-9.99\n'
        for words in HOSTILE
        for month in range(1, 7)
    )
    content = f"Date,Description,Amount\n{rows}".encode()
    name = "<script>pwn()</script>.csv"
    seen = [visitor.drop("/drop", (name, content))]
    visitor.post("/keep", name="<b>Eve</b>", passphrase=PASSPHRASE, again=PASSPHRASE)
    seen.append(visitor.post("/keep/done", written="yes"))
    seen += [visitor.get(path) for path in ("/", "/things", "/bring", "/more", "/deals", "/inbox")]
    thing = re.findall(r'href="(/things/[0-9a-f]+)"', seen[3].text)[0]
    seen.append(visitor.get(thing))
    for words in HOSTILE:
        seen.append(visitor.http.get("/things", params={"q": words}))
        seen.append(visitor.http.get("/connect", params={"to": words}))
    assert "{{ 7*7 }}" in text(seen[0]), "what was dropped is shown as it is"
    for answer in seen:
        assert answer.status_code < 500, answer.url
        spotter = Spotter()
        spotter.feed(answer.text)
        assert not spotter.found, f"{answer.url}: {spotter.found}"


ODD = (
    "/things?page=999999999999",
    "/things?page=-1",
    "/things?kind=X",
    "/things?q=%00",
    '/things?q="*',
    "/with/%2e%2e",
    "/guide/x",
)


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_are_pages_with_words(visitor: Visitor, path: str) -> None:
    visitor.keep("Greta")
    answer = visitor.get(path)
    assert answer.status_code in {200, 404}
    assert "<h1" in answer.text or "Nothing" in answer.text


def test_a_fault_is_a_page_and_its_log_holds_no_data(
    visitor: Visitor,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor.keep("Greta")

    def broken(*_: object) -> object:
        raise ValueError("CANARY of a person")

    monkeypatch.setattr("firsthand.vault.acts.keeping.counts", broken)
    answer = visitor.get("/more")
    assert answer.status_code == 500
    assert "It is our fault" in text(answer)
    assert "CANARY" not in answer.text
    assert "Traceback" not in answer.text
    assert "ValueError" in caplog.text
    assert "CANARY" not in caplog.text
