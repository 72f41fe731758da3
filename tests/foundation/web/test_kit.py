"""What builds pages: what is missing is said, what is hostile stays text, and it is light."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from starlette.requests import Request

from firsthand.foundation.clock import SetClock
from firsthand.foundation.web.icons import NoSuchPicture
from firsthand.foundation.web.kit import Flash, Kit, NavItem, UnknownSide, said_once
from firsthand.foundation.web.words import UnsayableValue

ROOT = Path(__file__).resolve().parents[3]
FIRST_PAGE_BYTES_MAX = 50_000
HOSTILE = "<script>pwn()</script>\"'><img src=x onerror=pwn()>{{ 7*7 }}"


def kit(folder: Path, **more: object) -> Kit:
    return Kit(folder, side="vault", site_name="Firsthand", **more)  # type: ignore[arg-type]


def macros(made: Kit) -> SimpleNamespace:
    found = made._env.globals["ui"]  # noqa: SLF001  # there is no other way to all of them
    assert isinstance(found, SimpleNamespace)
    return found


def test_the_first_page_is_light(tmp_path: Path) -> None:
    cost = kit(tmp_path).assets.size_packed_bytes("firsthand.css", "firsthand.js")
    assert cost <= FIRST_PAGE_BYTES_MAX


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({}, True),
        ({"sec-fetch-mode": "navigate"}, True),
        ({"sec-fetch-mode": "cors", "x-firsthand-swap": "1"}, True),
        ({"sec-fetch-mode": "cors", "x-firsthand-swap": "live"}, False),
        ({"x-firsthand-swap": "live"}, False),
        ({"sec-fetch-mode": "navigate", "sec-purpose": "prefetch;prerender"}, False),
        ({"sec-fetch-mode": "navigate", "purpose": "prefetch"}, False),
        ({"x-moz": "prefetch"}, False),
    ],
)
def test_what_is_said_once_waits_for_a_page_that_is_shown(
    headers: dict[str, str], *, shown: bool
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "method": "GET", "headers": raw})
    kept = Flash(text="Kept.")
    session = SimpleNamespace(flash=kept)
    assert said_once(request, session) is (kept if shown else None)
    assert session.flash is (None if shown else kept)
    assert said_once(Request({"type": "http", "headers": []}), session) is (None if shown else kept)


def test_our_script_makes_no_markup_of_text() -> None:
    static = ROOT / "src" / "firsthand" / "foundation" / "web" / "static"
    sinks = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createPolicy|DOMParser"
        r"|\beval\b|new Function|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment"
    )
    for path in static.rglob("*.js"):
        assert not sinks.search(path.read_text(encoding="utf-8")), path.name


def test_templates_have_no_inline_script_or_style() -> None:
    templates = ROOT / "src" / "firsthand" / "foundation" / "web" / "templates"
    inline = re.compile(r"<style|\sstyle=|<script(?! src=)|\son\w+=|javascript:")
    for path in [*templates.rglob("*.html"), *templates.rglob("*.svg")]:
        assert not inline.search(path.read_text(encoding="utf-8")), path.name


def test_two_kits_share_code_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("{{ side }} {{ base }}")
    first = Kit(tmp_path, side="hub", site_name="Reel", base="/reel")
    second = kit(tmp_path, base="/vault")
    assert first.render("page.html", {}) == "hub /reel"
    assert second.render("page.html", {}) == "vault /vault"
    page.write_text("{{ side }} anew")
    assert kit(tmp_path).render("page.html", {}) == "vault anew"


def test_the_docs_name_every_part_with_its_parameters(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "design-system.md").read_text(encoding="utf-8")
    found = vars(macros(kit(tmp_path)))
    assert len(found) > 30
    for name, macro in found.items():
        assert f"`{name}({', '.join(macro.arguments)})`" in page, name


def test_the_docs_name_every_drawing_and_filter(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "design-system.md").read_text(encoding="utf-8")
    folder = ROOT / "src" / "firsthand" / "foundation" / "web" / "templates" / "drawings"
    for path in folder.glob("*.svg"):
        assert f"`{path.stem}`" in page or path.stem == "mark"
    for name in set(kit(tmp_path)._env.filters) & {"money", "day", "ago", "hours", "plural"}:  # noqa: SLF001
        assert f"|{name}" in page.replace("\\", "")


PARTS = """
{{ ui.head(x, x, x) }}{{ ui.card(x, href=x, note=x) }}{{ ui.badge(x, "on") }}{{ ui.pills([x]) }}
{{ ui.notice(x, title=x) }}{{ ui.empty(x, x, action=x, href=x) }}{{ ui.monogram(x) }}
{{ ui.pairs([(x, x)]) }}{{ ui.row(x, href=x, note=x, aside=x) }}{{ ui.table([x], [[x]], x) }}
{{ ui.table([x, {"label": x}], [[x, x]], x) }}{{ ui.steps([x], 1) }}{{ ui.progress(x, so_far=x) }}
{{ ui.diary([{"title": x, "text": x, "when": x, "href": x, "aside": x}]) }}{{ ui.outside(x, x) }}
{{ ui.receipt(x, x) }}{{ ui.button(x, value=x, confirm=x) }}{{ ui.post(x, x, {x: x}, sure=x) }}
{{ ui.field(x, x, value=x, help=x, error=x, before=x) }}{{ ui.area(x, x, x) }}
{{ ui.select(x, x, [(x, x)]) }}{{ ui.check(x, x, value=x, help=x) }}{{ ui.crumbs([(x, x)]) }}
{{ ui.choices(x, x, [{"value": x, "label": x, "help": x}]) }}{{ ui.rating(x, x, low=x) }}
{{ ui.dropzone(x, x, help=x, error=x) }}{{ ui.tabs([{"label": x, "href": x}], x) }}
{{ ui.pager(x, x, x) }}{{ ui.stat(x, x, x, href=x) }}
"""


@given(st.text(alphabet="<>\"'&`={} xonerr/", max_size=30))
def test_no_part_lets_markup_through(tmp_path_factory: pytest.TempPathFactory, bad: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "parts"
    folder.mkdir(exist_ok=True)
    (folder / "parts.html").write_text(PARTS, encoding="utf-8")
    made = kit(folder)
    calm = made.render("parts.html", {"x": "calm"})
    hostile = made.render("parts.html", {"x": f"{HOSTILE}{bad}"})
    # the same tags, in the same number: nothing that came in as text went out as markup
    assert tags(hostile) == tags(calm)


def tags(page: str) -> list[str]:
    return re.findall(r"<(/?[a-z0-9]+)", page)


def test_a_missing_name_is_said(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ nobody }}", encoding="utf-8")
    with pytest.raises(UndefinedError, match="nobody"):
        kit(tmp_path).render("page.html", {})


def test_a_missing_icon_is_said_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ icon('unicorn') }}", encoding="utf-8")
    with pytest.raises(NoSuchPicture, match=r"unicorn.*lock"):
        kit(tmp_path).render("page.html", {})


def test_how_long_ago_needs_a_clock(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ '2024-01-01'|ago }}", encoding="utf-8")
    clock = SetClock(datetime(2024, 1, 2, tzinfo=UTC))
    assert kit(tmp_path, clock=clock).render("page.html", {}) == "yesterday"
    with pytest.raises(UnsayableValue, match="clock"):
        kit(tmp_path).render("page.html", {})


def test_the_layout_leads_where_it_should(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{% extends 'layout.html' %}", encoding="utf-8")
    nav = [NavItem(key="a", label="Here", href="/a", icon="home")]
    page = kit(tmp_path, base="/vault", nav=nav).render(
        "page.html", {"title": "T", "who": "Ada", "here": "a"}
    )
    assert 'action="/vault/lock"' in page
    assert 'aria-current="page"' in page
    assert 'href="/vault/static/firsthand.' in page


def test_a_kit_knows_two_sides(tmp_path: Path) -> None:
    with pytest.raises(UnknownSide, match="moon"):
        Kit(tmp_path, side="moon", site_name="Firsthand")
