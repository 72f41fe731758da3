"""Pictures of sense, drawn by the server: columns side by side, a week, places by their degrees.

Pure functions from figures to SVG. Widths are per cent and colours are classes, as in
`foundation.web.charts`; each figure may lead to the rows that it was made of.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec
from markupsafe import Markup, escape

from firsthand.foundation.web import charts, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEIGHT: Final = 190
TOP, BOTTOM = 24, 26
LABELS_MAX: Final = 12
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
MAP_WIDTH, MAP_HEIGHT = 640, 360
KM_PER_DEGREE: Final = 111.32
DOTS_MAX: Final = 400


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One place on the axis: a name, two figures in words and as numbers, and where they lead."""

    name: str
    values: tuple[float, float]
    said: tuple[str, str]
    hrefs: tuple[str, str]

    @property
    def short(self) -> str:
        """What stands below it: the first letters of a month, or a whole year."""
        return self.name if self.name.isdecimal() else self.name[:3]


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map: where it lies in degrees, how much it weighs, what it says."""

    latitude: float
    longitude: float
    weight: float
    title: str
    href: str
    mark: str = ""


def columns(items: Sequence[Column], labels: tuple[str, str], *, unit: str, title: str) -> Markup:
    """Two columns side by side for each item; each leads to its rows."""
    most = max((max(item.values) for item in items), default=0.0)
    if not most:
        return Markup("")
    top, room, step = _round_up(most), HEIGHT - TOP - BOTTOM, 100 / len(items)
    every = math.ceil(len(items) / LABELS_MAX)
    drawn = Markup("")
    for at, item in enumerate(items):
        for side, value in enumerate(item.values):
            height = room * value / top
            if height:
                drawn += Markup(
                    '<a href="{}" aria-label="{}, {}: {}"><rect data-point class="fill-{}" '
                    'x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}" rx="2.5">'
                    "<title>{}, {}: {}</title></rect></a>"
                ).format(
                    item.hrefs[side], item.name, labels[side], item.said[side], (2, 3)[side],
                    (at + 0.14 + 0.37 * side) * step, HEIGHT - BOTTOM - max(height, 2),
                    step * 0.34, max(height, 2), item.name, labels[side], item.said[side],
                )  # fmt: skip
        if at % every == 0:
            drawn += Markup(
                '<text class="{}" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>'
            ).format(
                "minor" if (at // every) % 2 else "", (at + 0.5) * step, HEIGHT - 7, item.short
            )
    lines, figures = _axes(top, room, unit)
    legend = Markup("").join(
        Markup('<li><span class="key fill-{}"></span>{}</li>').format((2, 3)[n], label)
        for n, label in enumerate(labels)
    )
    return Markup(
        '<figure class="chart"><figcaption><span>{}</span><ul class="legend">{}</ul></figcaption>'
        '<svg role="group" height="{}" aria-label="{}">{}{}</svg>{}</figure>'
    ).format(title, legend, HEIGHT, title, lines, drawn + figures, _table(items, labels, title))


def _axes(top: float, room: float, unit: str) -> tuple[Markup, Markup]:
    """The lines, which stand behind the columns, and their figures, which stand before them."""
    lines, figures = Markup(""), Markup("")
    for share in (1.0, 0.5, 0.0):
        y = TOP + room * (1 - share)
        lines += Markup('<line class="axis{}" x1="0" x2="100%" y1="{:.1f}" y2="{:.1f}"/>').format(
            "" if share else " base", y, y
        )
        if share:
            figures += Markup('<text class="figure" x="0" y="{:.1f}">{}</text>').format(
                y - 5, charts.said(top * share, unit).removesuffix(".00")
            )
    return lines, figures


def _table(items: Sequence[Column], labels: tuple[str, str], title: str) -> Markup:
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td class="numeric"><a href="{}">{}</a></td>'
               '<td class="numeric"><a href="{}">{}</a></td></tr>').format(
            item.name, item.hrefs[0], item.said[0], item.hrefs[1], item.said[1])
        for item in items
    )  # fmt: skip
    return Markup(
        '<details><summary>The figures</summary><div class="numbers" tabindex="0" role="region" '
        'aria-label="{}: the figures"><table class="table"><caption class="unseen">{}</caption>'
        '<thead><tr><td></td><th scope="col" class="numeric">{}</th><th scope="col" '
        'class="numeric">{}</th></tr></thead><tbody>{}</tbody></table></div></details>'
    ).format(title, title, labels[0], labels[1], rows)


def bars(items: Sequence[Mapping[str, object]]) -> Markup:
    """Lying bars that lead somewhere: of items with `name`, `value`, `said`, `href`, `note`."""
    if not items:
        return Markup("")
    most = max(float(str(item["value"])) for item in items) or 1.0
    return Markup('<ul class="bar-list">{}</ul>').format(
        Markup("").join(
            Markup(
                '<li><a href="{}">{}</a><span class="value">{}</span><svg height="8" '
                'aria-hidden="true"><rect class="rail" width="100%" height="8" rx="4"/><rect '
                'class="bar" width="{:.2f}%" height="8" rx="4"/></svg>'
                '<span class="note">{}</span></li>'
            ).format(
                item["href"], item["name"], item["said"],
                max(0.6, 100 * float(str(item["value"])) / most), item.get("note", ""),
            )
            for item in items
        )
    )  # fmt: skip


def week(cells: Mapping[tuple[int, int], int], *, href: str, unit: str, title: str) -> Markup:
    """Weekdays by hours, darker for more; `href` has `{cell}` for what a square leads to."""
    most = max(cells.values(), default=0)
    if not most:
        return Markup("")
    left, step = 9.0, 91.0 / 24
    drawn = Markup("").join(
        Markup('<text x="0" y="{}">{}</text>').format(29 + day * 22, DAYS[day]) for day in range(7)
    )
    drawn += Markup("").join(
        Markup('<text class="{}" x="{:.2f}%" y="11">{:02}</text>').format(
            "minor" if hour % 6 else "", left + hour * step, hour
        )
        for hour in range(0, 24, 3)
    )
    squares = list[str]()  # 168 of them: plain text, with what is not ours escaped
    for day in range(7):
        for hour in range(24):
            count = cells.get((day, hour), 0)
            said = f"{LONG_DAYS[day]}, {hour:02}–{hour + 1:02}: {words.number(count)} {unit}"  # noqa: RUF001
            heat = math.ceil(4 * math.sqrt(count / most)) if count else 0
            square = (
                f'<rect data-point class="heat-{heat}" x="{left + hour * step:.2f}%" '
                f'y="{16 + day * 22}" width="{step * 0.88:.2f}%" height="18" rx="3">'
                f"<title>{escape(said)}</title></rect>"
            )
            cell = f"{day}-{hour:02}"
            squares.append(_linked(square, href.format(cell=cell), said) if count else square)
    drawn += Markup("".join(squares))  # noqa: S704
    return Markup(
        '<figure class="chart"><figcaption><span>{}</span></figcaption><svg role="group" '
        'height="172" aria-label="{}">{}</svg></figure>'
    ).format(title, title, drawn)


def _linked(inside: str, href: str, said: str) -> str:
    """A link round a shape that is written already."""
    return f'<a href="{escape(href)}" aria-label="{escape(said)}">{inside}</a>'


def chart_of_places(dots: Sequence[Dot], *, title: str) -> Markup:
    """Places where they lie to each other, on a grid of degrees: no map, no service is asked.

    East and west are drawn as near as they are at the middle; a line says how long some km are.
    """
    shown = sorted(dots, key=lambda dot: -dot.weight)[:DOTS_MAX]
    if not shown:
        return Markup("")
    frame = _frame(shown)
    most = max(dot.weight for dot in shown) or 1.0
    drawn = _grid(frame)
    circles = list[str]()  # up to some hundreds: plain text, with what is not ours escaped
    for dot in shown:
        x, y = _spot(dot.latitude, dot.longitude, frame)
        wide = 4 + 13 * math.sqrt(dot.weight / most)
        circle = (
            f'<circle data-point class="spot {escape(dot.mark)}" cx="{x:.1f}" cy="{y:.1f}" '
            f'r="{wide:.1f}"><title>{escape(dot.title)}</title></circle>'
        )
        circles.append(_linked(circle, dot.href, dot.title))
    drawn += Markup("".join(circles))  # noqa: S704
    for dot in [dot for dot in shown if dot.mark]:
        x, y = _spot(dot.latitude, dot.longitude, frame)
        drawn += Markup(
            '<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
        ).format(x, max(14.0, y - 20), dot.mark.capitalize())
    return Markup(
        '<figure class="chart places"><figcaption><span>{}</span></figcaption><svg role="group" '
        'viewBox="0 0 {} {}" aria-label="{}">{}{}</svg></figure>'
    ).format(title, MAP_WIDTH, MAP_HEIGHT, title, drawn, _scale(frame))


Frame = tuple[float, float, float, float]
"""The middle in degrees (latitude, longitude), degrees of latitude a unit, and the stretch."""


def _frame(dots: Sequence[Dot]) -> Frame:
    north, south = max(d.latitude for d in dots), min(d.latitude for d in dots)
    east, west = max(d.longitude for d in dots), min(d.longitude for d in dots)
    middle = (north + south) / 2
    stretch = max(0.05, math.cos(math.radians(middle)))
    unit = max(
        (north - south) / (MAP_HEIGHT - 70), (east - west) * stretch / (MAP_WIDTH - 70), 2e-5
    )
    return middle, (east + west) / 2, unit, stretch


def _spot(latitude: float, longitude: float, frame: Frame) -> tuple[float, float]:
    middle, centre, unit, stretch = frame
    return (
        MAP_WIDTH / 2 + (longitude - centre) * stretch / unit,
        MAP_HEIGHT / 2 - (latitude - middle) / unit,
    )


def _grid(frame: Frame) -> Markup:
    middle, centre, unit, stretch = frame
    step = _round_up(unit * MAP_HEIGHT / 3)
    lines = Markup("")
    for n in range(math.floor((middle - unit * MAP_HEIGHT / 2) / step) + 1,
                   math.ceil((middle + unit * MAP_HEIGHT / 2) / step)):  # fmt: skip
        y = _spot(n * step, centre, frame)[1]
        lines += Markup('<line class="axis" x1="0" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                        '<text x="2" y="{:.1f}">{}</text>').format(
            MAP_WIDTH, y, y, y - 3, _degrees(n * step, "N", "S"))  # fmt: skip
    for n in range(math.floor((centre - unit / stretch * MAP_WIDTH / 2) / step) + 1,
                   math.ceil((centre + unit / stretch * MAP_WIDTH / 2) / step)):  # fmt: skip
        x = _spot(middle, n * step, frame)[0]
        lines += Markup('<line class="axis" x1="{:.1f}" x2="{:.1f}" y1="0" y2="{}"/>').format(
            x, x, MAP_HEIGHT)  # fmt: skip
    return lines


def _scale(frame: Frame) -> Markup:
    km = _round_up(frame[2] * KM_PER_DEGREE * 60)
    wide = km / KM_PER_DEGREE / frame[2]
    said = f"{words.number(km)} km" if km >= 1 else f"{words.number(km * 1000)} m"
    x = MAP_WIDTH - wide - 8
    return Markup(
        '<path class="scale" d="M{:.1f},{} h{:.1f}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
    ).format(x, MAP_HEIGHT - 8, wide, MAP_WIDTH - 8, MAP_HEIGHT - 14, said)


def _degrees(value: float, above: str, below: str) -> str:
    places = 0 if value == int(value) else 2
    return f"{abs(value):.{places}f}° {above if value >= 0 else below}"


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * 0.999999)
