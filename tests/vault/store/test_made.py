"""What is made from the things follows them: words in the order of time, sums, an older form."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.store import RowRefused, Store, Tx, transactions
from firsthand.vault.store.queries import schema
from firsthand.vault.store.things import match_for, row_for

Keep = Callable[[Store, list[str]], None]
OLD_WORDS = """
DROP TRIGGER thing_gone; DROP TABLE words; DROP TABLE made_to; DROP TABLE made_counts;
DROP TABLE made_findings; DROP TABLE made_sums; DROP TABLE made_names; DROP TABLE corrections;
ALTER TABLE disclosures DROP COLUMN not_before;
CREATE INDEX things_by_type ON things (type, time);
CREATE INDEX things_by_source ON things (source, time);
CREATE INDEX things_by_both ON things (source, type, time);
CREATE VIRTUAL TABLE words USING fts5 (
    name, text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER words_of_thing_gone AFTER DELETE ON things BEGIN
    DELETE FROM words WHERE rowid = old.position;
END;
DROP TABLE rights_told;
DROP TABLE rights;
DROP TABLE looks;
DROP TABLE looks_told;
DROP TABLE conflicts;
DROP TABLE checkpoints;
DROP TABLE brought;
DROP TABLE knew;
DROP TABLE redactions;
DROP TABLE case_events;
DROP TABLE cases;
PRAGMA user_version = 1;
"""
ALIKE = ((1, "a", "B00C"), (2, "a\x00B", "C"), (3, "", ""))
TIMES = st.one_of(
    st.none(),
    st.dates().map(str),
    st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z"),
)
ROWS = st.lists(st.tuples(TIMES, st.sampled_from("ab"), st.sampled_from(["X", "Y"])), max_size=30)


def thing(number: int, time: str | None, source: str, kind: str) -> Thing:
    data: dict[str, object] = {"@type": kind, "name": f"name{number}", "note": ["Überraschung"]}
    return Thing(
        id=f"{number}", type=kind, name=f"name{number}", time=time, source=source, data=data
    )


def add(tx: Tx, things: list[Thing]) -> None:
    row = tx.row("imports.begin", path_name="a", source="a", format="x", at="2024", sha256="0")
    assert row is not None
    tx.run_many("things.add", [row_for(each, row["id"]) for each in things])


def counted(store: Store) -> list[dict[str, Any]]:
    return [dict(row) for row in store.rows("things.counts")]


def sums(things: list[Thing]) -> list[dict[str, Any]]:
    """The same by hand."""
    groups = Counter((each.source, each.type) for each in things)
    found = []
    for (source, kind), count in sorted(groups.items()):
        times = [t.time for t in things if (t.source, t.type) == (source, kind) and t.time]
        first, last = min(times, default=None), max(times, default=None)
        found.append(
            {"source": source, "type": kind, "things": count, "first": first, "last": last}
        )
    return found


@given(rows=ROWS, gone=st.sets(st.integers(0, 29)), more=ROWS)
def test_words_and_sums_follow_the_things(
    shared: Store, rows: list[Any], gone: set[int], more: list[Any]
) -> None:
    things = [thing(number, *row) for number, row in enumerate(rows)]
    others = [thing(100 + number, *row) for number, row in enumerate(more)]
    with shared.transaction() as tx:
        tx._connection.execute("DELETE FROM things")  # noqa: SLF001 - no act forgets everything
        add(tx, things)
    assert counted(shared) == sums(things)
    with shared.transaction() as tx:
        for number in gone:
            tx._connection.execute("DELETE FROM things WHERE id = ?", (f"{number}",))  # noqa: SLF001
        add(tx, others)
    left = [each for each in things if int(each.id) not in gone] + others
    assert counted(shared) == sums(left)
    for kind in (None, "X", "Y"):
        for source in (None, "a", "b"):
            rows = shared.rows("things.found", words=match_for(type=kind, source=source), limit=-1)
            wanted = [t for t in left if kind in {None, t.type} and source in {None, t.source}]
            assert Counter(row["id"] for row in rows) == Counter(t.id for t in wanted)
            minutes = [(row["time"] or "")[: len("2024-01-03T20:15")] for row in rows]
            assert minutes == sorted(minutes, reverse=True)
    assert len(shared.rows("things.found", words=match_for(search="uber"), limit=-1)) == len(left)


def test_words_come_in_parts_too(store: Store, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "WORDS_AT_ONCE", 300)
    keep(store, [f"Canary {number}" for number in range(1001)])
    assert len(store.rows("things.found", words=match_for(search="canary"), limit=-1)) == 1001
    assert counted(store)[0]["things"] == 1001
    keep(store, [f"Canary {number}" for number in range(500, 1500)])
    assert counted(store)[0]["things"] == 1500


def test_a_kind_that_looks_like_another_is_not_taken_for_it(store: Store) -> None:
    with store.transaction() as tx:
        add(tx, [thing(number, None, *names) for number, *names in ALIKE])
    for number, source, kind in ALIKE:
        for how in ({"source": source}, {"type": kind}, {"source": source, "type": kind}):
            rows = store.rows("things.found", words=match_for(**how), limit=-1)
            assert f"{number}" in {row["id"] for row in rows}
            for row in rows:
                assert {key: row[key] for key in how} == how


def test_a_position_that_no_word_can_hold_is_refused(store: Store) -> None:
    row = row_for(thing(1, None, "a", "X"), 1)
    with store.transaction() as tx:
        add(tx, [])
    for position in (0, -1, 2**30):
        with store.transaction() as tx, pytest.raises(RowRefused, match="CHECK"):
            tx.insert("things", [{**row, "position": position}])


def test_an_older_form_is_brought_up_to_ours(made: tuple[Store, str], keep: Keep) -> None:
    store, code = made
    keep(store, ["Dark", "Heimat"])
    told = counted(store)
    store._writer.executescript(OLD_WORDS)  # noqa: SLF001 - as an older version left it
    assert re.search(r"user_version = 1", OLD_WORDS)
    store.close()
    again = Store.open(store.folder, code)
    assert counted(again) == told
    rows = again.rows("things.found", words=match_for(search="hei"), limit=-1)
    assert [row["name"] for row in rows] == ["Heimat"]
    assert again._writer.execute("PRAGMA user_version").fetchone()["user_version"] == 7  # noqa: SLF001
    names = {row["name"] for row in again._writer.execute("SELECT name FROM sqlite_master")}  # noqa: SLF001
    made_now = set(re.findall(r"CREATE (?:VIRTUAL )?(?:TABLE|INDEX|TRIGGER) (\w+)", schema()))
    assert {name for name in names if not name.startswith(("words_", "sqlite_"))} == made_now
    again.close()
