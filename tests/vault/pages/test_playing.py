"""A card of a year: what was chosen is on it, and nothing else is in it."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from tests.vault.pages.conftest import PASSPHRASE, Pages, Visitor, text
from tests.vault.pages.test_dealing import until
from tests.vault.pages.test_walk import sight

from firsthand.vault.acts import playing
from firsthand.vault.pages.card import card
from firsthand.vault.sources.xmls import elements

PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)


@pytest.fixture
def greta(pages: Pages, visitor: Visitor) -> Visitor:
    """Greta has brought what the samples hold."""
    visitor.keep("Greta", *pages.host.parts.samples)
    until(visitor, "/year", "things happened")
    return visitor


def words_in(svg: bytes) -> list[str]:
    return [each.text for each in elements("card.svg", io.BytesIO(svg), {"text"})]


@given(lines=st.lists(st.tuples(PRINTABLE, PRINTABLE), max_size=6), name=PRINTABLE)
def test_a_card_says_its_lines_and_no_more(lines: list[tuple[str, str]], name: str) -> None:
    said = words_in(card("2025", lines, name=name))
    told = [f"{name}'s 2025", *(part for line in lines for part in line)]
    for shown, whole in zip(said[:-2], told, strict=True):
        assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


def test_a_line_is_cut_before_it_is_too_small_and_stays_on_the_card() -> None:
    lines = [("W" * 90, "x"), ("x " * 300, "x"), ("Dark", "x")]
    svg = card("2025", lines, address=f"https://{'vault.' * 12}example/").decode()
    sizes = [float(each) for each in re.findall(r'font-size="(\d+)"', svg)]
    assert min(sizes) >= 24
    said = words_in(svg.encode())
    assert (said[1][-2:], len(said[1]) < 40, said[3][-2:]) == ("W…", True, "x…")
    assert said[5] == "Dark"
    assert said[-1].startswith("https://vault.")
    assert said[-1].endswith("…")


def test_an_address_stands_at_its_foot_with_its_code() -> None:
    svg = card("2025", [], address="https://vault.example/")
    assert words_in(svg)[-1] == "https://vault.example/"
    assert svg.count(b"<path") == 1
    assert b"<path" not in card("2025", [])


def test_what_was_not_chosen_is_nowhere_in_it(pages: Pages, greta: Visitor) -> None:
    empty = text(greta.get("/play"))
    assert "Nothing on it yet" in empty
    with pages.host.parts.cabinet.lend("greta") as vault:
        lines = playing.lines(vault)["lines"]
    assert len(lines) > 4
    for line in lines:
        page = greta.get(f"/play?show={line['key']}")
        assert line["tells"] in text(page).replace("&#39;", "'")
        svg = greta.get(f"/play/card.svg?show={line['key']}")
        assert svg.headers["content-type"] == "image/svg+xml"
        others = {each["label"] for each in lines if each["label"] != line["label"]}
        assert not others & set(words_in(svg.content))
        assert "Greta" not in svg.text
    assert "Greta&#39;s" in greta.get("/play/card.svg?name=yes").text


def test_without_anything_there_is_no_card(visitor: Visitor) -> None:
    visitor.keep("Greta")
    assert "No year yet" in text(visitor.get("/play"))
    assert visitor.get("/play/card.svg").status_code == 404


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_it_is_saved_as_a_picture(
    browser: Browser, pages: Pages, greta: Visitor, tmp_path: Path, width: int, scheme: str
) -> None:
    assert greta.get("/play").status_code == 200
    size = {"width": width, "height": 844}
    with sight(browser, pages.url, viewport=size, color_scheme=scheme) as eyes:
        page = eyes.page
        eyes.go("/unlock?next=%2Fplay")
        page.fill("[name=name]", "Greta")
        page.fill("[name=passphrase]", PASSPHRASE)
        eyes.press("Open")
        page.wait_for_url("**/play")
        for key in ("watch-count", "watch-top", "things"):
            page.check(f"[name=show][value={key}]")
        eyes.press("Show me the card")
        page.wait_for_selector(".play-card")
        eyes.check("play")
        with page.expect_download() as waiting:
            eyes.press("Save as a picture")
        waiting.value.save_as(tmp_path / "card.png")
    assert (tmp_path / "card.png").read_bytes().startswith(b"\x89PNG")
