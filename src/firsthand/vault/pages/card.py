"""The picture of a card: SVG of what was chosen, with no more in it than can be seen."""

import unicodedata
from collections.abc import Sequence
from typing import Final

import segno
from markupsafe import escape

WIDTH: Final = 1080
HEIGHT: Final = 1350
_LEFT: Final = 96
_WIDE_PX: Final = WIDTH - 2 * _LEFT
_TOP: Final = 400
_BOTTOM: Final = 1130
_QR: Final = 150
_INK, _QUIET, _PAPER, _ACCENT = "#1b1a17", "#5d5a52", "#faf8f3", "#2f3b8f"
_BARS: Final = ((0, 72, "#f07b5a"), (22, 52, "#ffffff"), (44, 60, "#ffffff"), (66, 40, "#ffffff"))
_SERIF: Final = "Georgia, 'Times New Roman', serif"
_SANS: Final = "system-ui, 'Segoe UI', Roboto, sans-serif"
_SMALL_PX: Final = 24  # smaller than that nobody reads it in a message
_ADDRESS_PX: Final = _WIDE_PX - _QR - 24
# How wide letters of the bold serif are, in parts of their size: rather too wide than too narrow.
_WIDTHS: Final = (("W", 1.2), ("MmwOQ@%&—…", 1.02), (" iljtfrI.,:;'!|()[]/-", 0.45))


def card(
    year: str, lines: Sequence[tuple[str, str]], *, name: str = "", address: str = ""
) -> bytes:
    """A card of 1080 by 1350 as SVG.

    lines: a value and what it is, at most six. name: whose year it is, if it should say so.
    address: where a reader can begin with their own, if there is such a place.
    """
    title = f"{name}'s {year}" if name else f"My {year}"
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
        f'<rect width="{WIDTH}" height="24" fill="{_ACCENT}"/>',
        _mark(_LEFT, 96),
        _text(*_fitting(title, 110), _LEFT, 310, _SERIF, _INK, bold=True),
    ]
    step = min(200, (_BOTTOM - _TOP) // max(len(lines), 1))
    for number, (value, label) in enumerate(lines):
        middle = _TOP + number * step
        large = _fitting(value, min(84, step * 0.46))
        below = _fitting(label, 36)
        parts += [
            f'<rect x="{_LEFT}" y="{middle}" width="{_WIDE_PX}" height="2" fill="#e4dfd2"/>',
            _text(*large, _LEFT, middle + step * 0.5, _SERIF, _ACCENT, bold=True),
            _text(*below, _LEFT, middle + step * 0.8, _SANS, _QUIET),
        ]
    parts += [*_foot(address), "</svg>"]
    return "".join(parts).encode()


def _foot(address: str) -> list[str]:
    said = ["Made with Firsthand,", "from my own data." if address else "on my own device."]
    found = [
        _text(line, 32, _LEFT, 1210 + 46 * number, _SANS, _QUIET)
        for number, line in enumerate(said)
    ]
    if address:
        fitting = _fitting(address, 32, _ADDRESS_PX)
        found.append(_text(*fitting, _LEFT, 1302, _SANS, _ACCENT, bold=True))
        found.append(_code(address, WIDTH - _LEFT - _QR, 1172))
    return found


def _code(address: str, x: int, y: int) -> str:
    """A QR code as one path."""
    rows = list(segno.make(address, error="m", micro=False).matrix)
    path = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    )
    scale = _QR / len(rows)
    return f'<path transform="translate({x} {y}) scale({scale:.4f})" d="{path}" fill="{_INK}"/>'


def _mark(x: int, y: int) -> str:
    bars = "".join(
        f'<rect x="{14 + left}" y="{86 - height}" width="16" height="{height}" rx="8" '
        f'fill="{colour}"/>'
        for left, height, colour in _BARS
    )
    box = f'<rect width="110" height="100" rx="26" fill="{_ACCENT}"/>'
    return f'<g transform="translate({x} {y})">{box}{bars}</g>'


def _fitting(text: str, size: float, room_px: float = _WIDE_PX) -> tuple[str, float]:
    """A line of text and the size at which it fits the card; what would be too small is cut."""
    fitting = min(size, room_px / max(_wide(text), 1))
    if fitting >= _SMALL_PX:
        return text, fitting
    kept = text
    while kept and _wide(kept + "…") * _SMALL_PX > room_px:
        kept = kept[:-1]
    while kept and (not _width(kept[-1]) or kept[-1].isspace()):
        kept = kept[:-1]
    return f"{kept}…", _SMALL_PX


def _wide(text: str) -> float:
    """How wide a line is, in parts of its size."""
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> float:
    for signs, width in _WIDTHS:
        if sign in signs:
            return width
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(sign) in "WF" or unicodedata.category(sign) == "So":
        return 1.1
    return 0.85 if sign.isupper() or not sign.isascii() else 0.68


def _text(
    text: str, size: float, x: float, y: float, family: str, colour: str, *, bold: bool = False
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x}" y="{y:.0f}" font-family="{escape(family)}" font-size="{size:.0f}" '
        f'fill="{colour}"{weight}>{escape(text)}</text>'
    )
