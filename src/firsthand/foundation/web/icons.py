"""Icons and drawings, put into pages as inline SVG so that both themes colour them.

Icons: one stroke on a 24 grid, `templates/icons.json`. Drawings: `templates/drawings/`. Both are
decoration: words stand beside them, and a button with an icon alone needs an `aria-label`.
"""

import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

HERE = Path(__file__).parent / "templates"


class NoSuchPicture(LookupError):
    """A template named an icon or a drawing that there is not; the message lists those there are."""


@cache
def shapes() -> dict[str, str]:
    """Return every icon's name and its path."""
    found: dict[str, str] = json.loads((HERE / "icons.json").read_text(encoding="utf-8"))
    return found


@cache
def icon(name: str) -> Markup:
    """Return the icon `name`, 24 units square. Raises `NoSuchPicture`."""
    shape = shapes().get(name)
    if shape is None:
        raise NoSuchPicture(f"There is no icon {name!r}. There are: {', '.join(sorted(shapes()))}.")
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>'
    ).format(shape)


@cache
def drawings() -> dict[str, Markup]:
    """Return every drawing by its name; they are the kit's own files, so they are trusted."""
    return {
        path.stem: Markup(path.read_text(encoding="utf-8").strip())  # noqa: S704
        for path in sorted((HERE / "drawings").glob("*.svg"))
    }


def drawing(name: str) -> Markup:
    """Return the drawing `name`. Raises `NoSuchPicture`."""
    found = drawings().get(name)
    if found is None:
        names = ", ".join(drawings())
        raise NoSuchPicture(f"There is no drawing {name!r}. There are: {names}.")
    return found
