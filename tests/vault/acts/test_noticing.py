"""What stands out is kept with the vault: the same as is found anew, and looked for when due."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from firsthand.town.samples import samples
from firsthand.vault.acts import browsing, keeping, noticing
from firsthand.vault.acts.bringing import import_paths, import_streams
from firsthand.vault.acts.browsing import Filter
from firsthand.vault.acts.opened import Vault

TODAY = datetime.date(2026, 6, 1)


@pytest.fixture
def filled(vault: Vault, tmp_path: Path) -> Vault:
    """A vault with the samples of the first page, brought by a command."""
    for each in samples(vault.clock):
        (tmp_path / each.name).write_bytes(each.content)
        import_paths(vault, [tmp_path / each.name])
    return vault


def test_what_is_kept_is_what_is_found(filled: Vault) -> None:
    assert noticing.noticed(filled) == []
    assert noticing.stale(filled, TODAY)
    noticing.notice(filled, TODAY)
    assert not noticing.stale(filled, TODAY)
    kept, found = noticing.noticed(filled), noticing.findings(filled, TODAY)
    assert len(kept) == len(found) > 5
    for one, other in zip(kept, found, strict=True):
        rows: Any = other["rows"]
        plain = json.loads(json.dumps({**other, "rows": 0, "rows_total": 0}))
        assert {**one, "rows": 0, "rows_total": 0} == plain
        assert one["rows_total"] == len(rows)
        newest = sorted((str(row["time"]) for row in rows), reverse=True)
        shown = sorted((str(row["time"]) for row in one["rows"]), reverse=True)
        if one["kind"] != "recurring-total":
            assert shown == newest[: noticing.ROWS_KEPT_MAX], one["kind"]
        assert all(row in rows for row in one["rows"])


def test_another_day_and_another_import_are_looked_for(filled: Vault) -> None:
    noticing.notice(filled, TODAY)
    assert noticing.stale(filled, TODAY + datetime.timedelta(days=1))
    import_streams(filled, [("NetflixViewingHistory.csv", b"Title,Date\nDark,2024-01-13\n")])
    assert not noticing.stale(filled, filled.clock.now().date()), "little is looked through at once"
    assert noticing.noticed(filled)


def test_much_is_not_looked_through_while_somebody_waits(
    filled: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticing, "SOON_THINGS_MAX", 10)
    noticing.notice_soon(filled, TODAY)
    assert noticing.stale(filled, TODAY)


def test_looking_can_be_given_up(filled: Vault) -> None:
    seen: list[int] = []

    def go_on(done: int) -> bool:
        seen.append(done)
        return done == 0

    with pytest.raises(noticing.GivenUp):
        noticing.notice(filled, TODAY, go_on)
    assert seen == [0, noticing.AT_ONCE]
    assert noticing.noticed(filled) == []


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(),
        Filter(type="PayAction"),
        Filter(source="netflix"),
        Filter(source="bank", type="PayAction"),
        Filter(search="a"),
        Filter(search="season", source="netflix"),
    ],
    ids=str,
)
def test_a_walk_through_the_diary_shows_everything_once(filled: Vault, chosen: Filter) -> None:
    every = [
        thing["id"]
        for thing in keeping.things(
            filled, type=chosen.type, source=chosen.source, search=chosen.search, limit=0
        )
    ]
    pages, told = [], browsing.diary(filled, chosen, limit=37)
    assert told["newer"] is None
    while True:
        pages.append([thing["id"] for thing in told["things"]])  # type: ignore[attr-defined]
        if told["older"] is None:
            break
        told = browsing.diary(filled, chosen, before=told["older"], limit=37)  # type: ignore[arg-type]
    assert [id for page in pages for id in page] == every
    assert len(pages) > 1
    for page in reversed(pages[:-1]):
        told = browsing.diary(filled, chosen, after=told["newer"], limit=37)  # type: ignore[arg-type]
        assert [thing["id"] for thing in told["things"]] == page  # type: ignore[attr-defined]
    assert told["newer"] is None
    line = browsing.timeline(filled, chosen)
    assert (line.total, line.whole) == (len(every), True)
    assert sum(count for _, count in line.months) == len(every)


def test_what_is_found_often_is_not_counted_to_the_end(
    filled: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "COUNTED_MAX", 20)
    line = browsing.timeline(filled, Filter(search="a"))
    assert (line.total, line.whole) == (20, False)
    assert browsing.timeline(filled, Filter(search="!!")).total == 0
    assert browsing.diary(filled, Filter(search="!!"))["things"] == []
