"""An import that is taken back leaves what the others would have made without it."""

import io
import itertools
import zipfile
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand.vault.bring.report import Report
from firsthand.vault.bring.undoing import UnableToUndo, brought, past, undo, would_go
from firsthand.vault.store import Store
from firsthand.vault.store.portable import portable
from firsthand.vault.store.things import match_for

Bring = Callable[..., Report]
NUMBERS = itertools.count()
FILMS = ["Dark", "Heimat", "Das Boot", "Ozark", "Fargo"]


def csv(titles: list[str]) -> tuple[str, bytes]:
    rows = "".join(f'"{title}","1/13/24"\n' for title in titles)
    return "viewed.csv", f"Title,Date\n{rows}".encode()


def names(store: Store) -> list[str]:
    return sorted(row["name"] for row in store.rows("things.newest", limit=-1))


def sums(store: Store) -> int:
    return sum(row["things"] for row in store.rows("things.counts"))


def text_of(store: Store, word: str) -> bool:
    """Whether a word stands anywhere in the index of words, also where nothing finds it."""
    sql = "SELECT count(*) AS n FROM words_data WHERE instr(block, CAST(? AS BLOB))"
    return bool(store._reader.execute(sql, (word,)).fetchone()["n"])  # noqa: SLF001


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.sampled_from(FILMS), min_size=1, max_size=6), min_size=1, max_size=4),
       st.data())  # fmt: skip
def test_it_leaves_what_the_others_brought(
    make: Callable[[str], Store], bring: Bring, files: list[list[str]], data: st.DataObject
) -> None:
    store = make(f"v{next(NUMBERS)}")
    ids = [int(bring(store, csv(titles)).import_id or 0) for titles in files]
    order = data.draw(st.permutations(range(len(files))))
    left = set(order)
    for number in order:
        told = would_go(store, ids[number])
        before = len(names(store))
        assert undo(store, ids[number]) == told
        left.discard(number)
        expected = {
            film: max((files[each].count(film) for each in left), default=0) for film in FILMS
        }
        assert names(store) == sorted(f for f, count in expected.items() for _ in range(count))
        assert before - told["gone"] == len(names(store)) == sums(store)
        found = store.rows("things.found", words=match_for(source="netflix"), limit=-1)
        assert len(found) == len(names(store))
        if data.draw(st.booleans()):
            more = csv(data.draw(st.lists(st.sampled_from(FILMS), min_size=1, max_size=3)))
            new = int(bring(store, more).import_id or 0)
            files.append([line.split('"')[1] for line in more[1].decode().splitlines()[1:]])
            ids.append(new)
            left.add(len(files) - 1)


def test_no_word_of_what_went_is_left(store: Store, bring: Bring) -> None:
    keep = bring(store, csv(["Heimat"]))
    gone = bring(store, csv(["Heimat", "Canaryfilm"]))
    assert text_of(store, "canaryfilm")
    undo(store, int(gone.import_id or 0))
    assert not text_of(store, "canaryfilm")
    assert text_of(store, "heimat")
    row = brought(store, int(keep.import_id or 0))
    assert row is not None
    assert row["here"] == 1


def test_it_is_told_of_and_done_once(store: Store, bring: Bring) -> None:
    first = int(bring(store, csv(["Dark", "Heimat"])).import_id or 0)
    bring(store, csv(["Dark"]))
    told = undo(store, first)
    assert told == {"id": first, "path_name": "viewed.csv", "gone": 1, "stay": 1, "given": 0}
    assert [row["state"] for row in past(store)] == ["done", "undone"]
    with pytest.raises(UnableToUndo, match="already"):
        undo(store, first)
    with pytest.raises(UnableToUndo, match="no import 99"):
        would_go(store, 99)
    assert brought(store, 99) is None
    again = bring(store, csv(["Dark", "Heimat"]))
    assert (again.added, again.known) == (1, 1), "what was taken back may come again"


def test_an_archive_goes_as_one(store: Store, bring: Bring) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", csv(["Dark"])[1])
        archive.writestr("b.csv", csv(["Heimat", "Ozark"])[1])
    report = bring(store, ("t.zip", packed.getvalue()))
    told: dict[str, Any] = undo(store, int(report.import_id or 0))
    assert (told["gone"], names(store)) == (3, [])


def test_an_import_of_an_older_vault_has_a_report_too(store: Store, bring: Bring) -> None:
    id = int(bring(store, csv(["Dark"])).import_id or 0)
    with store.transaction() as tx:
        tx._connection.execute("DELETE FROM brought")  # noqa: SLF001 - as an older form left it
    row = brought(store, id)
    assert row is not None
    assert (row["state"], row["report"]["added"], row["here"]) == ("done", 1, 1)
    assert undo(store, id)["gone"] == 1
    assert [each["state"] for each in past(store)] == ["undone"]


def test_what_an_export_of_a_vault_brought_again_stays(
    make: Callable[[str], Store], bring: Bring
) -> None:
    store, other = make("mine"), make("other")
    first = int(bring(store, csv(["Dark", "Heimat"])).import_id or 0)
    bring(other, csv(["Dark", "Ozark"]))
    raw = io.BytesIO()
    with other.moment() as moment:
        things = [
            msgspec.json.encode(row).decode() for row in portable("things", moment.whole("things"))
        ]
    head = '{"format": "firsthand-export", "version": 1, "things": ['
    raw.write((head + ", ".join(things) + "]}").encode())
    assert bring(store, ("all.json", raw.getvalue())).known == 1
    assert undo(store, first)["stay"] == 1
    assert names(store) == ["Dark", "Ozark"]
