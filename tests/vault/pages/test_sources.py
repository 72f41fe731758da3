"""What could be brought: a card for each source, and for each how to get it."""

import html

from tests.vault.pages.conftest import Visitor, text

from firsthand.vault.acts.bringable import every_source, name_of
from firsthand.vault.sources import SOURCES

EVERY = every_source()


def test_every_source_is_told_once() -> None:
    keys = [each["key"] for each in EVERY]
    assert sorted(keys) == sorted({source.key for source in SOURCES})
    assert keys[:2] == ["bank", "netflix"]
    assert name_of("bank") == "your bank"
    assert name_of("goodreads") == "Goodreads"
    assert name_of("reel") == "Reel"


def test_a_card_leads_to_the_steps_of_each(visitor: Visitor) -> None:
    shown = visitor.get("/sources").text
    for each in EVERY:
        assert f'href="/guide/{each["key"]}"' in shown, each["name"]


def test_the_steps_of_each(visitor: Visitor) -> None:
    for source in EVERY:
        answer = visitor.get(f"/guide/{source['key']}")
        assert answer.status_code == 200, source["key"]
        said = html.unescape(text(answer))
        assert f"How to get your data from {name_of(source['key'])}" in said
        if source["key"] not in ("bank", "netflix"):  # these two have pages of their own
            for step in source["how"]:
                assert step in said
