"""What a person watched, from both of Netflix's exports."""

import datetime
import io

from firsthand.protocol.things import Thing
from firsthand.vault.sense import Finding, findings
from firsthand.vault.sources import Row, open_export

TODAY = datetime.date(2026, 1, 2)
HEADER = "Profile Name,Start Time,Duration,Title,Supplemental Video Type,Device Type\n"


def things(text: str) -> list[Thing]:
    export = open_export("history.csv", io.BytesIO(text.encode()), {})
    return [row.thing for row in export.rows() if isinstance(row, Row)]


def by_kind(items: list[Thing]) -> dict[str, Finding]:
    return {finding.kind: finding for finding in findings(items, today=TODAY)}


def full(*rows: tuple[str, str, str, str]) -> list[Thing]:
    return things(
        HEADER + "".join(f"{who},{when},{long},{title},,TV\n" for who, when, long, title in rows)
    )


def test_hours_by_year_and_by_profile() -> None:
    seen = by_kind(
        full(
            ("June", "2024-03-01 20:00:00", "01:30:00", "Film A"),
            ("Malik", "2025-03-02 20:00:00", "00:30:00", "Film B"),
            ("June", "2025-03-03 20:00:00", "02:00:00", "Film C"),
        )
    )
    assert seen["hours-by-year"].chart == [("2024", 1.5), ("2025", 2.5)]
    assert seen["hours-by-profile"].chart == [("June", 3.5), ("Malik", 0.5)]


def test_without_durations_titles_are_counted() -> None:
    seen = by_kind(things("Title,Date\nA,2025-01-13\nB,2024-12-31\nC,2024-12-30\n"))
    assert seen["hours-by-year"].chart == [("2024", 2.0), ("2025", 1.0)]
    assert "no durations" in seen["hours-by-year"].detail


def test_seen_again_on_other_days_but_not_for_a_moment() -> None:
    seen = by_kind(
        full(
            ("June", "2024-03-01 20:00:00", "01:30:00", "Film A"),
            ("June", "2024-03-01 22:00:00", "00:10:00", "Film A"),
            ("June", "2024-06-01 20:00:00", "01:30:00", "Film A"),
            ("June", "2024-07-01 20:00:00", "00:01:59", "Film A"),
            ("June", "2024-07-01 20:00:00", "01:00:00", "Film B"),
        )
    )["rewatched"]
    items = seen.facts["items"]
    assert isinstance(items, list)
    assert len(items) == 1
    item = items[0]
    assert (item["name"], item["times"], item["last"]) == ("Film A", 2, "2024-06-01")
    assert seen.title == "You watched Film A 2 times"


def test_begun_and_left() -> None:
    seen = by_kind(
        full(
            ("June", "2024-01-01 20:00:00", "00:50:00", "Dark: Season 1: One"),
            ("June", "2024-01-02 20:00:00", "00:50:00", "Dark: Season 1: Two"),
            ("June", "2024-01-03 20:00:00", "00:10:00", "Film A"),
            ("June", "2024-05-01 20:00:00", "01:30:00", "Film B"),
            ("June", "2024-05-02 20:00:00", "00:50:00", "New: Season 1: One"),
        )
    )["abandoned"]
    items = seen.facts["items"]
    assert isinstance(items, list)
    assert [(item["name"], item["kind"]) for item in items] == [
        ("Film A", "film"),
        ("Dark", "series"),
    ]
    assert items[1]["episodes"] == 2


def test_a_view_in_both_exports_counts_once() -> None:
    both = full(("June", "2024-01-13 23:30:00", "00:50:00", "Dark: Season 1: One (Episode 1)"))
    both += things("Title,Date\nDark: Season 1: One,2024-01-14\nFilm A,2024-01-14\n")
    years = by_kind(both)["hours-by-year"]
    assert years.facts["without_duration"] == 1
    assert "rewatched" not in by_kind(both)
