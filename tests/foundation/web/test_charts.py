"""Charts: true to their figures, safe with any name, readable without sight."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from firsthand.foundation.web import charts

Series = list[tuple[str, float]]
NAMES = st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
FIGURES = st.floats(min_value=0, max_value=1e9, allow_nan=False)
SERIES = st.lists(st.tuples(NAMES, FIGURES), min_size=1, max_size=40)


def parsed(drawn: str) -> Element:
    """The chart as XML, but for two attributes that have no value in HTML."""
    found = fromstring(re.sub(r" data-point(?= )", "", drawn))  # noqa: S314 - drawn by us
    assert isinstance(found, Element)
    return found


@given(SERIES, st.sampled_from(["columns", "rows"]))
def test_a_bar_is_as_long_as_its_figure(series: Series, kind: str) -> None:
    figure = parsed(charts.bars(series, unit="films", title="A & B", kind=kind))
    assert len(figure.findall(".//tbody/tr")) == len(series)
    if kind == "rows":
        most = max(value for _, value in series) or 1.0
        widths = [
            float(bar.get("width", "")[:-1]) for bar in figure.findall(".//rect[@class='bar']")
        ]
        assert widths == pytest.approx([100 * value / most for _, value in series], abs=0.01)


@given(SERIES)
def test_a_line_stays_inside(series: Series) -> None:
    figure = parsed(charts.line(series, unit="EUR", title="Spent"))
    path = figure.find(".//polyline")
    assert path is not None
    spots = [tuple(map(float, spot.split(","))) for spot in path.get("points", "").split()]
    assert len(spots) == len(series)
    assert all(0 <= part <= 100 for spot in spots for part in spot)


@given(NAMES)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    bad = f"{name}</title><script>x</script>"
    for drawn in (
        charts.bars([(bad, 1)], unit=bad, title=bad),
        charts.bars([(bad, 1)], unit=bad, title=bad, kind="rows"),
        charts.line([(bad, 1)], unit=bad, title=bad),
        charts.stacked([(bad, {bad: 1})], unit=bad, title=bad),
        charts.sparkline([1, 2], title=bad),
        charts.bars([], unit="", title=bad),
    ):
        assert "<script" not in drawn
        assert " style=" not in drawn
        parsed(drawn)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1])
def test_what_cannot_be_drawn_is_refused(bad: float) -> None:
    with pytest.raises(charts.UndrawableSeries, match="May"):
        charts.line([("May", bad)], unit="", title="T")


def test_too_much_is_refused() -> None:
    with pytest.raises(charts.UndrawableSeries, match="most"):
        charts.bars([("x", 1)] * (charts.POINTS_MAX + 1), unit="", title="T")
    with pytest.raises(charts.UndrawableSeries, match="6 is the most"):
        charts.stacked([("x", dict.fromkeys("abcdefg", 1))], unit="", title="T")


def test_nothing_says_so() -> None:
    for drawn in (
        charts.bars([], unit="", title="T"),
        charts.line([], unit="", title="T"),
        charts.stacked([], unit="", title="T"),
        charts.calendar({}, until=date(2024, 1, 3), unit="", title="T"),
    ):
        assert "nothing to draw yet" in drawn


def test_a_calendar_has_every_day_and_its_months_add_up() -> None:
    until = date(2024, 1, 3)
    days = {until - timedelta(days=n): 2 for n in range(10)}
    figure = parsed(charts.calendar(days, until=until, unit="films", title="T", weeks=4))
    squares = figure.findall(".//svg/rect")
    assert len(squares) == 3 * 7 + 3  # to a Wednesday
    assert sum(square.get("class") == "heat-4" for square in squares) == 10
    rows = {row[0].text: row[1].text for row in figure.findall(".//tbody/tr")}
    assert rows == {"December 2023": "14 films", "January 2024": "6 films"}
    year = {until - timedelta(days=n): 1 + n % 9 for n in range(371)}
    assert len(charts.calendar(year, until=until, unit="films", title="T")) < 36_000, "in bytes"


def test_a_chart_says_in_words_what_it_shows() -> None:
    figure = parsed(charts.bars([("Jan", 3), ("Feb", 9)], unit="films", title="Films"))
    picture = figure.find(".//svg[@role='img']")
    assert picture is not None
    assert "Most: Feb, 9 films. Least: Jan, 3 films." in picture.get("aria-label", "")


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_an_axis_ends_close_above_its_figures(value: float) -> None:
    top = charts._round_up(value)  # noqa: SLF001
    assert value * 0.999 <= top <= value * 2.001


@pytest.mark.parametrize("draw", [charts.bars, charts.line])
def test_figures_of_the_side_lie_over_no_bar(draw: Callable[..., Markup]) -> None:
    figure = parsed(draw([("A", 1999), ("B", 12)], unit="EUR", title="Spent"))
    side, plot = figure.findall("./div[@class='plot']/svg")
    assert [text.text for text in side.findall("text")] == ["€2,000", "€1,000"]
    assert {text.text for text in plot.findall("text")} == {"A", "B"}


def test_long_names_below_a_chart_are_fewer_where_it_is_narrow() -> None:
    def narrow(name: str) -> int:
        drawn = charts.line([(f"{name}{n:02}", n) for n in range(12)], unit="", title="All")
        return drawn.count('<text class="" ')

    assert narrow("Jan ") == 6
    assert narrow("May 20") == 4
