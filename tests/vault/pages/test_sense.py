# ruff: noqa: ANN401 - visitors come from fixtures
"""Pages of sense: each figure leads to rows, each correction is said and undone."""

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.sense.lives import life

from firsthand.vault.acts import noticing
from firsthand.vault.pages import home, money, pictures, years
from firsthand.vault.store.things import row_for

PAGES = (
    "/money", "/taste", "/places", "/people", "/routines", "/year", "/changed", "/days", "/ready",
    "/corrections",
)  # fmt: skip
Said = Callable[[httpx.Response], str]


@pytest.fixture
def living(pages: Any, visitor: Any) -> Any:
    """A person with a year of everything."""
    visitor.keep("Malik")
    with pages.host.parts.cabinet.lend("malik") as vault:
        with vault.store.transaction() as tx:
            about = {"path_name": "a", "source": "made", "format": "x", "sha256": "a"}
            row = tx.row("imports.begin", **about, at="2026-06-01T10:00:00Z")
            until = vault.clock.now().date() - datetime.timedelta(days=1)
            tx.run_many("things.add", [row_for(each, row["id"]) for each in life(250, until=until)])
        noticing.notice(vault, vault.clock.now().date())
    return visitor


def links(answer: httpx.Response, start: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(rf'href="({start}[^"]*)"', answer.text)]


def test_every_page_is_there_and_every_figure_leads_to_rows(living: Any, said: Said) -> None:
    for path in PAGES:
        answer = living.get(path)
        assert answer.status_code == 200, path
        for each in links(answer, "/behind")[:3]:
            behind = living.get(each)
            assert behind.status_code == 200, each
            assert 'href="/things/' in behind.text, (path, each)
    assert "REWE Markt" in said(living.get("/money"))
    shop = living.get(links(living.get("/money"), "/money/shop")[0])
    assert "Its category" in said(shop)
    assert said(living.get("/people/one?key=greta+holm")).count("Greta Holm") > 1
    assert living.get("/people/one?key=nobody").status_code == 404
    assert living.get("/money/shop?key=nobody").status_code == 404


def test_what_is_said_is_listed_and_undone(living: Any, said: Said) -> None:
    answer = living.post(
        "/corrections",
        key="taste:listen:kraftwerk",
        said="dislike",
        about="Kraftwerk",
        back="/taste",
    )
    assert answer.url.path == "/taste"
    assert "Corrected" in said(answer)
    listed = said(living.get("/corrections"))
    assert "Kraftwerk" in listed
    assert "I do not like it" in listed
    undone = living.post("/corrections", key="taste:listen:kraftwerk", undo="yes")
    assert "Undone" in said(undone)
    assert "Nothing corrected yet" in said(undone)
    wrong = living.post("/corrections", key="taste:listen:x", said="perhaps", back="//elsewhere")
    assert wrong.url.path == "/corrections"
    assert "cannot be said here" in said(wrong)


def test_a_place_is_called_as_its_person_says(living: Any, said: Said) -> None:
    (href,) = {each for each in links(living.get("/places"), "/behind") if "nord" in each}
    key = re.findall(r'name="key" value="(place:name:[^"]*)"', living.get(href).text)[0]
    after = living.post(
        "/corrections", key=html.unescape(key), said="Breakfast corner", about="x", back="/places"
    )
    assert "Breakfast corner" in said(after)
    assert "Café Nord" not in said(after)
    there = html.unescape(key).removeprefix("place:name:")
    assert " @52.5" in there
    living.post("/corrections", key="place:work", said=there, about="Work", back="/places")
    assert "You said: Café Nord, on" in said(living.get("/corrections"))
    living.post("/corrections", key="place:work", undo="yes")


def test_a_payment_on_home_that_is_not_so_is_gone_from_it(living: Any, said: Said) -> None:
    keys = re.findall(r'name="key" value="(finding:recurring:[^"]*)"', living.get("/").text)
    assert len(keys) > 1
    for key in keys:
        after = living.post("/corrections", key=key, said="wrong", about=key, back="/")
        assert after.url.path == "/"
        assert f'value="{key}"' not in after.text
    assert 'class="bill"' not in living.get("/").text
    assert "What you pay again and again" not in said(living.get("/"))


def test_many_months_of_money_are_told_by_year() -> None:
    months = [{"month": f"{year}-{month:02}", "out": "1.50", "in": "0.25"}
              for year in range(2020, 2024) for month in range(1, 13)]  # fmt: skip
    told = money.by_year(months)
    assert [each["month"] for each in told] == ["2020", "2021", "2022", "2023"]
    assert {(each["out"], each["in"]) for each in told} == {("18.00", "3.00")}


def test_a_finding_leads_to_what_it_stands_on(living: Any, said: Said) -> None:
    first = living.get("/")
    (href, *_) = links(first, r"/found\?key=")
    one = living.get(href)
    assert one.text.count("<tr>") > first.text.partition("rows-behind")[2].partition("</table>")[
        0].count("<tr>")  # fmt: skip
    assert 'name="said" value="wrong"' in one.text
    every = living.get("/found")
    assert "Netflix" in said(every) or "Spotify" in said(every)
    assert len(links(every, r"/found\?key=")) >= len(links(first, r"/found\?key="))
    assert living.get("/found?key=finding:recurring:nobody").status_code == 404


def test_while_things_are_looked_through_no_page_says_that_there_is_nothing(
    visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.keep("June")
    monkeypatch.setattr(home, "seeking", lambda _visit: True)  # it is over too soon to be seen
    for path in PAGES[:-2]:
        answer = visitor.get(path)
        assert 'id="live-seeking"' in answer.text, path
        assert 'class="empty' not in answer.text, path


def test_an_empty_page_says_what_to_bring(visitor: Any) -> None:
    visitor.keep("June")
    for path in PAGES[:-1]:
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert 'href="/bring"' in answer.text, path


def test_addresses_that_nobody_gave_are_no_faults(living: Any) -> None:
    for path in (
        "/money?span=1&currency=x", "/behind?sense=x&part=y&who=z&since=9999&until=2024-99",
        "/behind", "/behind?sense=money&part=out&before=abc", "/days?before=2024-13-45",
        "/year?year=99999", "/changed?month=x", "/routines?kind=x", "/places?near=x",
        "/things?since=0001-01-01&until=9999-12-31&person=%22&place=%00",
    ):  # fmt: skip
        assert living.get(path).status_code == 200, path


DOTS = st.lists(
    st.builds(
        pictures.Dot, latitude=st.floats(-89, 89), longitude=st.floats(-180, 180),
        weight=st.floats(0.5, 1000), title=st.text(max_size=9), href=st.just("/x"),
        mark=st.sampled_from(["", "home"]),
    ),
    min_size=1, max_size=9,
)  # fmt: skip


@given(DOTS)
def test_every_place_lies_within_the_picture(dots: list[pictures.Dot]) -> None:
    drawn = str(pictures.chart_of_places(dots, title="Where"))
    spots = re.findall(r'cx="(-?[\d.]+)" cy="(-?[\d.]+)"', drawn)
    assert len(spots) == len(dots)
    for x, y in spots:
        assert 0 <= float(x) <= pictures.MAP_WIDTH
        assert 0 <= float(y) <= pictures.MAP_HEIGHT


@given(st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), st.integers(1, 9999)))
def test_every_hour_that_has_something_leads_to_it(cells: dict[tuple[int, int], int]) -> None:
    drawn = str(pictures.week(cells, href="/x?who={cell}", unit="things", title="Week"))
    assert drawn.count("<a ") == len(cells)


def test_a_year_says_no_duration_that_nobody_knows() -> None:
    item = {"key": "a", "name": "Dark", "times": 2, "amount": 0}
    top = {"sense": "taste", "part": "watch", "amount": 60, "total": 3, "names": 2, "new": 0}
    held = years.top_of({**top, "top": [{**item, "amount": 60}, item]}, {})
    assert "2 titles" in str(held["bars"])
    assert "under a minute" not in str(held["bars"])
    facts = years.facts_of({"tops": [top], "moves": [], "money": None})
    assert facts == [{"number": "1 min", "label": "watching", "note": ""}]
