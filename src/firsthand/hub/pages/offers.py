"""What is answered from: the published rule in words, the catalogue, and a new one from a file."""

from typing import Any, Final

from starlette.responses import Response

from firsthand.foundation.web import words
from firsthand.hub.acts import offering
from firsthand.hub.pages import rules
from firsthand.hub.pages.forms import FILE_BYTES_MAX
from firsthand.hub.pages.visits import Visit
from firsthand.hub.terms.catalogue import CatalogueRefused
from firsthand.protocol.roles.profile_rules import DEFAULTS, Item

PATH: Final = "/staff/catalogue"
ROWS: Final = 50


def show(visit: Visit) -> Response:
    """The rule and the catalogue, a page at a time."""
    return _page(visit)


def publish(visit: Visit) -> Response:
    """Publish the catalogue of a file; nothing changes if anything is wrong with it."""
    raw, rule = visit.form.files.get("file", b""), visit.form.one("rule")
    if not raw:
        return _page(visit, 422, error="Choose a CSV file first.")
    try:
        told = offering.catalogue(visit.hub, csv=raw, rule=rule if rule in DEFAULTS else None)
    except CatalogueRefused as refused:
        return _page(visit, 422, error=f"{refused} Nothing was changed.")
    count = words.plural(int(str(told["items"])), "row")
    said = f"Published: {count}. Everybody who showed you something is answered anew."
    return visit.go(PATH, said)


def _page(visit: Visit, status: int = 200, error: str = "") -> Response:
    kept = visit.parts.shelf.offering()
    wanted = visit.asked("q").strip()
    items = kept.items if kept else []
    found = _search(items, wanted) if wanted else items
    number = visit.asked("page", "1")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1  # noqa: PLR2004
    pages = max(1, -(-len(found) // ROWS))
    page = min(max(1, page), pages)
    start = (page - 1) * ROWS
    shown = found[start : start + ROWS]
    return visit.page(
        "catalogue.html",
        status,
        title="Catalogue",
        here="catalogue",
        rule=rules.of(kept),
        sha256=kept.sha256 if kept else "",
        count=len(items),
        rows=[_row(item) for item in shown],
        priced=any(item.price for item in items[:ROWS]),
        tagged=any(item.genres for item in items[:ROWS]),
        wanted=wanted,
        found=len(found),
        newer=visit.here(page=str(page - 1)) if page > 1 else None,
        older=visit.here(page=str(page + 1)) if page < pages else None,
        place=f"{start + 1} to {start + len(shown)} of {words.number(len(found))}" if shown else "",
        error=error,
        owner=visit.staff.is_owner,
        choices=[("", "As the columns say"), *_rules()],
        size_bytes_max=FILE_BYTES_MAX,
    )  # fmt: skip


def _rules() -> list[tuple[str, str]]:
    return [(name, rules.told(rule).title) for name, rule in DEFAULTS.items()]


def _search(items: list[Item], wanted: str) -> list[Item]:
    part = wanted.casefold()
    return [
        item
        for item in items
        if part in item.name.casefold() or any(part == genre.casefold() for genre in item.genres)
    ]


def _row(item: Item) -> dict[str, Any]:
    price = words.money(item.price, item.currency) if item.price else ""
    return {"name": item.name, "genres": item.genres, "price": price, "detail": item.detail}
