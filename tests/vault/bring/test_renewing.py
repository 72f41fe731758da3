"""An appointment that was edited is as a newer export has it, and comes only once."""

from collections.abc import Callable

import pytest

from firsthand.vault.bring.report import Report
from firsthand.vault.bring.undoing import undo
from firsthand.vault.store import Store
from firsthand.vault.store.things import match_for

Bring = Callable[..., Report]


def calendar(what: str, day: str, changed: str = "") -> tuple[str, bytes]:
    modified = f"LAST-MODIFIED:{changed}\r\n" if changed else ""
    return "c.ics", (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
        "BEGIN:VEVENT\r\nUID:2@x\r\nDTSTART:20240101T090000Z\r\nSUMMARY:Standup\r\nEND:VEVENT\r\n"
        f"BEGIN:VEVENT\r\nUID:1@x\r\nDTSTART:{day}T090000Z\r\nSUMMARY:{what}\r\n{modified}"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def seen(store: Store) -> list[tuple[str, str]]:
    rows = store.rows("things.newest", limit=-1)
    assert sum(row["things"] for row in store.rows("things.counts")) == len(rows)
    return [(row["name"], row["time"][:10]) for row in rows]


def found(store: Store, word: str) -> list[str]:
    rows = store.rows("things.found", words=match_for(search=word), limit=9)
    return [row["name"] for row in rows]


FIRST, THEN = "20240201T000000Z", "20240202T000000Z"


@pytest.mark.parametrize("stamps", [("", ""), (FIRST, THEN), (FIRST, ""), ("", THEN)])
def test_the_newer_one_takes_its_place(store: Store, bring: Bring, stamps: tuple[str, str]) -> None:
    first = bring(store, calendar("Dentist", "20240301", stamps[0]))
    ids = {row["id"] for row in store.rows("things.newest", limit=-1)}
    second = bring(store, calendar("Dentist moved", "20240405", stamps[1]))
    assert (second.read, second.added, second.known, second.renewed) == (2, 0, 2, 1)
    assert seen(store) == [("Dentist moved", "2024-04-05"), ("Standup", "2024-01-01")]
    assert {row["id"] for row in store.rows("things.newest", limit=-1)} == ids
    assert found(store, "dentist") == ["Dentist moved"]
    again = bring(store, calendar("Dentist moved", "20240405", stamps[1]))
    assert again.renewed == 0
    # It is of the first import still, and of the second where the first is taken back.
    undo(store, int(first.import_id or 0))
    assert len(seen(store)) == 2
    undo(store, int(again.import_id or 0))
    undo(store, int(second.import_id or 0))
    assert seen(store) == []


def test_an_older_export_changes_nothing(store: Store, bring: Bring) -> None:
    bring(store, calendar("Dentist moved", "20240405", "20240202T000000Z"))
    older = bring(store, calendar("Dentist", "20240301", "20240201T000000Z"))
    assert (older.known, older.renewed) == (2, 0)
    assert seen(store)[0] == ("Dentist moved", "2024-04-05")
