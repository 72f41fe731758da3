"""Every kind of finding has a picture, and a page begins with as many subjects as there are."""

import datetime

from firsthand.foundation.web.icons import shapes
from firsthand.vault.pages import findings
from firsthand.vault.pages.found_kinds import ICONS, PICTURES
from firsthand.vault.sense import OLDEST_FIRST

TODAY = datetime.date(2026, 6, 1)


def test_every_kind_has_its_picture() -> None:
    assert PICTURES.keys() >= OLDEST_FIRST
    assert {way for _, _, way in PICTURES.values()} == {"columns", "rows"}
    assert set(ICONS.values()) <= shapes().keys()


def told(kind: str) -> dict[str, object]:
    """A finding as the acts tell it."""
    plain = {"kind": kind, "title": "45 % of it", "detail": "", "rows": [], "facts": {}}
    return {**plain, "chart": [["2024", 1.0], ["2025", 2.0]]}


def test_a_page_begins_with_money_and_then_takes_turns() -> None:
    kinds = ["paid-twice", "unused", "hours-by-year", "rewatched", "things", "listening"]
    kinds += ["artist-most", "track-most", "steps", "measured", "orders"]
    shown = findings.shown([told(kind) for kind in kinds], TODAY)
    assert [card.kind for card in shown.cards] == [
        "paid-twice", "unused", "hours-by-year", "listening", "steps", "orders",
        "rewatched", "artist-most", "track-most", "measured", "things",
    ]  # fmt: skip
    assert all(card.chart for card in shown.cards if card.kind in PICTURES)
    assert shown.cards[0].title == "45\N{NO-BREAK SPACE}% of it"
