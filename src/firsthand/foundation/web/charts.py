"""Charts drawn by the server: plain SVG and a table with the same figures behind each.

Pure functions from figures to markup. Widths are per cent, so a chart fits any screen and its
words keep their size; colours are classes, so both themes fit; there is no script and no inline
style. A series is `[("January", 12), ("February", 30)]`; figures are finite, not negative.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from markupsafe import Markup, escape

from firsthand.foundation.web import words

Figure = int | float | Decimal
Series = Sequence[tuple[str, Figure]]
POINTS_MAX: Final = 400
LABELS_MAX: Final = 12
LABELS_NARROW_MAX: Final = 6
LABELS_LONG_MAX: Final = 4  # of those longer than "Jan '24", on a narrow screen
SHORT: Final = 7
COLOURS: Final = 6
CURRENCY_LETTERS: Final = 3
HEIGHT: Final = 176
LETTER: Final = 8  # a figure's widest letter beside a plot, in px
TOP, BOTTOM = 22, 26  # room for figures above and words below, in px


class UndrawableSeries(ValueError):
    """A series is too long, or has a figure that cannot be drawn; the message says which."""


def said(value: Figure, unit: str) -> str:
    """Say a figure with its unit: `1,204 films`, `€12.50` for the unit `EUR`, `35 %`."""
    if len(unit) == CURRENCY_LETTERS and unit.isupper():
        return words.money(Decimal(str(value)), unit)
    return f"{words.number(value)} {unit}".strip()


def bars(series: Series, *, unit: str, title: str, note: str = "", kind: str = "columns") -> Markup:
    """Draw one bar for each entry: upright (`columns`, for time) or lying (`rows`, for names).

    Raises `UndrawableSeries`.
    """
    points = _checked(series)
    if not points:
        return _nothing(title)
    body = _lying(points, unit) if kind == "rows" else _upright(points, unit)
    return _figure(title, note, body, _numbers(points, unit, title))


def line(series: Series, *, unit: str, title: str, note: str = "") -> Markup:
    """Draw a line through the entries, from zero up. Raises `UndrawableSeries`."""
    points = _checked(series)
    if not points:
        return _nothing(title)
    most = _top(points)
    spots = _spots([value for _, value in points], most, inset=50 / len(points))
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in spots)
    room = HEIGHT - TOP - BOTTOM
    (start_x, _), (end_x, end_y) = spots[0], spots[-1]
    drawn = Markup(
        '<svg x="0" y="{top}" width="100%" height="{room}" viewBox="0 0 100 100" '
        'preserveAspectRatio="none"><polygon class="area" '
        'points="{from_x:.2f},100 {path} {x:.2f},100"/>'
        '<polyline class="path" points="{path}"/></svg>'
        '<circle class="dot" cx="{x:.2f}%" cy="{y:.1f}" r="4.5"/>'
    ).format(top=TOP, room=room, path=path, from_x=start_x, x=end_x, y=TOP + end_y * room / 100)
    labels = _words_below([name for name, _ in points])
    lines, figures = _axes(most, unit)
    plot = _svg(lines + drawn + labels, _summary(points, unit, title))
    return _figure(title, note, _beside(figures, plot),
                   _numbers(points, unit, title))  # fmt: skip


def sparkline(values: Sequence[Figure], *, title: str) -> Markup:
    """Draw a small line for the middle of a sentence; `title` says in words what it shows."""
    points = _checked([("", value) for value in values])
    if not points:
        return Markup("")
    most = max(float(value) for _, value in points) or 1.0
    spots = _spots([value for _, value in points], most)
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in spots)
    return Markup(
        '<svg class="spark" role="img" aria-label="{title}"><svg viewBox="0 0 100 100" '
        'preserveAspectRatio="none" width="100%" height="100%"><polyline class="path" '
        'points="{path}"/></svg><circle class="dot" cx="{x:.2f}%" cy="{y:.2f}%" r="2.75"/></svg>'
    ).format(title=title, path=path, x=spots[-1][0], y=spots[-1][1])


def stacked(
    rows: Sequence[tuple[str, Mapping[str, Figure]]], *, unit: str, title: str, note: str = ""
) -> Markup:
    """Draw one lying bar for each row, in parts: `[("January", {"films": 3, "series": 9})]`.

    At most six kinds of parts, in the order of the first row that has them.
    """
    kinds = list(dict.fromkeys(kind for _, parts in rows for kind in parts))
    if len(kinds) > COLOURS:
        raise UndrawableSeries(f"{title}: {len(kinds)} kinds of parts; {COLOURS} is the most.")
    totals = _checked([(name, sum(map(float, parts.values()))) for name, parts in rows])
    for _, parts in rows:
        _checked(list(parts.items()))
    if not totals:
        return _nothing(title)
    most = max(float(total) for _, total in totals) or 1.0
    items = Markup("").join(
        Markup('<li><span class="name">{}</span>{}<span class="value">{}</span></li>').format(
            name, _parts(parts, kinds, most), said(total, unit)
        )
        for (name, parts), (_, total) in zip(rows, totals, strict=True)
    )
    legend = Markup("").join(
        Markup('<li><span class="key fill-{}"></span>{}</li>').format(at + 1, kind)
        for at, kind in enumerate(kinds)
    )
    body = Markup('<ul class="legend">{}</ul><ul class="bar-rows">{}</ul>').format(legend, items)
    table = [(name, *(said(parts.get(k, 0), unit) for k in kinds)) for name, parts in rows]
    return _figure(title, note, body, _table(("", *kinds), table, title))


def calendar(
    days: Mapping[date, Figure], *, until: date, unit: str, title: str, weeks: int = 53,
    note: str = "",
) -> Markup:  # fmt: skip
    """Draw a square for each day of the last `weeks` weeks up to `until`, darker for more.

    The table behind it is by month. Raises `UndrawableSeries`.
    """
    _checked([(str(day), value) for day, value in days.items()], points_max=100_000)
    first = until - timedelta(days=until.weekday() + 7 * (weeks - 1))
    shown = [first + timedelta(days=n) for n in range((until - first).days + 1)]
    most = max((float(days.get(day, 0)) for day in shown), default=0.0)
    if not most:
        return _nothing(title)
    step = 100 / weeks
    # Hundreds of squares: each is written as plain text, with what is not ours escaped, and says
    # no more than what is its own. What they share is in the style.
    squares = [
        f'<rect class="heat-{math.ceil(4 * float(days.get(day, 0)) / most)}" '
        f'y="{20 + (at % 7) * 15}"><title>{words.day(day)}: '
        f"{escape(said(days.get(day, 0), unit))}</title></rect>"
        for at, day in enumerate(shown)
    ]
    cells = Markup(  # noqa: S704
        "".join(
            f'<svg class="week" x="{at // 7 * step:.2f}%" width="{step * 0.8:.2f}%">'
            f"{''.join(squares[at : at + 7])}</svg>"
            for at in range(0, len(squares), 7)
        )
    )
    months = _months(shown, step)
    by_month: dict[str, float] = {}
    for day in shown:
        by_month[f"{day:%B %Y}"] = by_month.get(f"{day:%B %Y}", 0.0) + float(days.get(day, 0))
    totals = list(by_month.items())
    return _figure(title, note, _svg(months + cells, _summary(totals, unit, title), height=126),
                   _numbers(totals, unit, title))  # fmt: skip


# --- parts ---


def _checked(series: Series, points_max: int = POINTS_MAX) -> list[tuple[str, Figure]]:
    if len(series) > points_max:
        raise UndrawableSeries(f"{len(series)} figures; {points_max} is the most. Sum them up.")
    for name, value in series:
        if not math.isfinite(value) or value < 0:
            raise UndrawableSeries(f"{name or 'A figure'} is {value}: not finite, or negative.")
    return list(series)


def _top(points: Series) -> float:
    """The upper end of an axis; its half is whole as well where all the figures are."""
    most = _round_up(max(value for _, value in points))
    whole = all(float(value).is_integer() for _, value in points)
    return most + 1 if whole and most % 2 == 1 else most


def _round_up(value: Figure) -> float:
    """Return the next figure that reads well on an axis: 1 to 6, 8 or 10 times a power."""
    top = float(value)
    if top <= 0:
        return 1.0
    power = 10.0 ** max(math.floor(math.log10(top)), -300)  # below it, floats lose their places
    steps = (1, 2, 3, 4, 5, 6, 8, 10)
    return next(step * power for step in steps if step * power >= top * 0.999999)


def _spots(values: Sequence[Figure], most: float, inset: float = 0.0) -> list[tuple[float, float]]:
    step = (100 - 2 * inset) / max(1, len(values) - 1)
    return [(inset + at * step, 100 - 100 * float(v) / most) for at, v in enumerate(values)]


def _svg(inside: Markup, summary: str, height: int = HEIGHT) -> Markup:
    return Markup('<svg role="img" height="{}" aria-label="{}"><desc>{}</desc>{}</svg>').format(
        height, summary, summary, inside
    )


def _summary(points: Series, unit: str, title: str) -> str:
    low = min(points, key=lambda point: float(point[1]))
    high = max(points, key=lambda point: float(point[1]))
    return (
        f"{title}. Most: {high[0]}, {said(high[1], unit)}. Least: {low[0]}, {said(low[1], unit)}."
    )


def _axes(most: float, unit: str) -> tuple[Markup, list[tuple[float, str]]]:
    """The lines, which stand behind what is drawn, and the figures of two, with their heights."""
    room = HEIGHT - TOP - BOTTOM
    short = unit if len(unit) == CURRENCY_LETTERS and unit.isupper() else ""
    lines, figures = Markup(""), list[tuple[float, str]]()
    for share in (1.0, 0.5, 0.0):
        y = TOP + room * (1 - share)
        lines += Markup('<line class="axis{}" x1="0" x2="100%" y1="{:.1f}" y2="{:.1f}"/>').format(
            "" if share else " base", y, y
        )
        if share:
            figures.append((y, said(most * share, short).removesuffix(".00")))
    return lines, figures


def _beside(figures: Sequence[tuple[float, str]], plot: Markup) -> Markup:
    """A plot with the figures of its lines at its side, where they lie over nothing drawn."""
    width = LETTER * max(len(text) for _, text in figures)
    texts = Markup("").join(
        Markup('<text x="100%" y="{:.1f}" text-anchor="end">{}</text>').format(y + 4, text)
        for y, text in figures
    )
    return Markup(
        '<div class="plot"><svg class="scale" width="{}" height="{}" aria-hidden="true">{}</svg>{}'
        "</div>"
    ).format(width, HEIGHT, texts, plot)


def _words_below(names: Sequence[str]) -> Markup:
    every = math.ceil(len(names) / LABELS_MAX)
    most = LABELS_NARROW_MAX if max(map(len, names), default=0) <= SHORT else LABELS_LONG_MAX
    narrow = math.ceil(len(names) / most / every) * every
    return Markup("").join(
        Markup('<text class="{}" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>').format(
            "minor" if at % narrow else "", 100 * (at + 0.5) / len(names), HEIGHT - 7, name
        )
        for at, name in enumerate(names)
        if at % every == 0
    )


def _upright(points: Series, unit: str) -> Markup:
    most = _top(points)
    room = HEIGHT - TOP - BOTTOM
    step = 100 / len(points)
    drawn = Markup("")
    for at, (name, value) in enumerate(points):
        height = room * float(value) / most
        if not height:
            continue
        drawn += Markup(
            '<rect data-point class="bar" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}" '
            'rx="3"><title>{}: {}</title></rect>'
        ).format(
            (at + 0.16) * step, HEIGHT - BOTTOM - max(height, 2), step * 0.68, max(height, 2),
            name, said(value, unit),
        )  # fmt: skip
    names = _words_below([name for name, _ in points])
    lines, figures = _axes(most, unit)
    return _beside(figures, _svg(lines + drawn + names, _summary(points, unit, "Bars")))


def _lying(points: Series, unit: str) -> Markup:
    most = max(float(value) for _, value in points) or 1.0
    return Markup('<ul class="bar-rows">{}</ul>').format(
        Markup("").join(
            Markup(
                '<li><span class="name">{}</span><svg height="10" aria-hidden="true">'
                '<rect class="rail" width="100%" height="10" rx="5"/><rect class="bar" '
                'width="{:.2f}%" height="10" rx="5"/></svg><span class="value">{}</span></li>'
            ).format(name, 100 * float(value) / most, said(value, unit))
            for name, value in points
        )
    )


def _parts(parts: Mapping[str, Figure], kinds: Sequence[str], most: float) -> Markup:
    x, drawn = 0.0, Markup("")
    for at, kind in enumerate(kinds):
        width = 100 * float(parts.get(kind, 0)) / most
        if width:
            drawn += Markup(
                '<rect class="fill-{}" x="{:.2f}%" width="{:.2f}%" height="14" rx="2"/>'
            ).format(at + 1, x, max(width - 0.6, 0.4))
        x += width
    return Markup('<svg height="14" aria-hidden="true">{}</svg>').format(drawn)


def _months(shown: Sequence[date], step: float) -> Markup:
    starts = [at for at, day in enumerate(shown) if day.day == 1]
    weeks = len(shown) / 7
    fits = [at for at in starts if at // 7 < weeks - 3]
    return Markup("").join(
        Markup('<text class="{}" x="{:.2f}%" y="11">{}</text>').format(
            "minor" if n % 3 else "", (at // 7) * step, f"{shown[at]:%b}"
        )
        for n, at in enumerate(fits)
    )


def _numbers(points: Series, unit: str, title: str) -> Markup:
    return _table(("", unit or "How many"), [(n, said(v, unit)) for n, v in points], title)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Markup:
    head = Markup("").join(
        Markup('<th scope="col" class="numeric">{}</th>').format(name) for name in heads[1:]
    )
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            cells[0],
            Markup("").join(Markup('<td class="numeric">{}</td>').format(c) for c in cells[1:]),
        )
        for cells in rows
    )
    return Markup(
        '<details><summary>The figures</summary><div class="numbers" tabindex="0" role="region" '
        'aria-label="{}: the figures"><table class="table"><caption class="unseen">{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div></details>"
    ).format(title, title, head, body)


def _figure(title: str, note: str, body: Markup, numbers: Markup) -> Markup:
    small = Markup("<small>{}</small>").format(note) if note else Markup("")
    return Markup(
        '<figure class="chart"><figcaption><span>{}</span>{}</figcaption>{}{}</figure>'
    ).format(title, small, body, numbers)


def _nothing(title: str) -> Markup:
    return Markup(
        '<figure class="chart empty-chart"><figcaption>{}</figcaption>'
        '<p class="note">There is nothing to draw yet.</p></figure>'
    ).format(escape(title))
