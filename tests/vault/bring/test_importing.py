"""All of a file is kept or nothing, each row once, and what is not read is told of."""

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.harness.quick import running

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.bring import beside, reading
from firsthand.vault.bring.beside import Reader
from firsthand.vault.bring.finding import UnableToFind, files_of
from firsthand.vault.bring.importing import Run, import_file
from firsthand.vault.bring.report import Report, questions_in
from firsthand.vault.sources import Each, Export, UnableToRead
from firsthand.vault.store import Store
from firsthand.vault.store.things import match_for

Write = Callable[..., Path]
NUMBERS = itertools.count()


def bring(store: Store, path: Path, clock: SetClock, **answers: str) -> Report:
    with Reader() as reader:
        return import_file(
            Run(store=store, answers=answers, clock=clock, chance=SystemChance(), reader=reader),
            path,
        )


def names(store: Store) -> list[str]:
    return sorted(row["name"] for row in store.rows("things.newest", limit=-1))


def test_each_row_is_kept_once_with_its_import(
    store: Store, clock: SetClock, export: Write
) -> None:
    first = bring(store, export(["Dark", "Heimat", "Dark"]), clock)
    assert (first.read, first.added, first.known, first.waiting) == (3, 3, 0, 0)
    again = bring(store, export(["Dark", "Dark", "Heimat", "Das Boot"], "later.csv"), clock)
    assert (again.read, again.added, again.known) == (4, 1, 3)
    assert names(store) == ["Dark", "Dark", "Das Boot", "Heimat"]
    imports = store.rows("imports.all")
    assert [row["path_name"] for row in imports] == ["later.csv", "viewed.csv"]
    assert imports[0]["at"] == "2024-05-01T12:00:00Z"
    assert (imports[1]["read"], imports[1]["added"], imports[1]["unreadable"]) == (3, 3, 0)
    by_import = {row["import_id"] for row in store.rows("things.by_id", id=store.rows(
        "things.found", words='"boot" *', type=None, source=None, limit=1)[0]["id"])}  # fmt: skip
    assert by_import == {imports[0]["id"]}


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["Dark", "Heimat", "Das Boot"]), max_size=30), st.data())
def test_importing_again_and_in_parts_adds_nothing_new(
    make: Callable[[str], Store], clock: SetClock, export: Write, titles: list[str],
    data: st.DataObject,
) -> None:  # fmt: skip
    store = make(f"v{next(NUMBERS)}")
    start = data.draw(st.integers(0, len(titles)))
    if titles[:start]:
        bring(store, export(titles[:start]), clock)
    if titles:
        bring(store, export(titles), clock)
        again = bring(store, export(titles), clock)
        assert (again.added, again.known) == (0, len(titles))
    assert names(store) == sorted(titles)


def test_a_corrected_guess_replaces_what_the_wrong_one_made(
    store: Store, clock: SetClock, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    rows = [f"{day:02}/10/2026,{day:02}/11/2026,Kiosk {day},-{day}.50" for day in range(13, 17)]
    path.write_text("Posted,Valued,Payee,Amount\n" + "\n".join(rows) + "\n")
    other = tmp_path / "other.csv"
    other.write_text("Title,Date\nDark,25/10/2026\n")
    bring(store, other, clock)
    first = bring(store, path, clock)
    (guess,) = [each for each in first.guesses if each.id.endswith(".date")]
    second = next(choice for choice in ("Posted", "Valued") if choice != guess.guess)
    again = bring(store, path, clock, **{str(guess.id): second})
    assert (again.added, again.known) == (4, 0)
    bank = store.rows("things.found", words=match_for(source="bank"), limit=100)
    month = "10" if second == "Posted" else "11"
    assert [row["time"] for row in bank] == [f"2026-{month}-{day}" for day in range(16, 12, -1)]
    assert len(names(store)) == len(bank) + 1


def test_nothing_is_kept_of_a_file_with_an_open_question(
    store: Store, clock: SetClock, export: Write
) -> None:
    path = export(["Dark", "Heimat"], date="1/3/24")
    asked = bring(store, path, clock)
    assert (asked.read, asked.added, asked.waiting) == (2, 0, 2)
    (question,) = questions_in([asked])
    assert question["path"] == str(path)
    assert store.rows("imports.all") == []
    assert names(store) == []
    id, choices = question["id"], question["choices"]
    assert isinstance(id, str)
    assert isinstance(choices, list)
    answered = bring(store, path, clock, **{id.upper(): str(choices[1]).upper()})
    assert (answered.read, answered.added, answered.waiting) == (2, 2, 0)
    assert questions_in([answered]) == []


def test_an_answer_is_remembered_for_the_same_file(
    store: Store, clock: SetClock, export: Write
) -> None:
    path = export(["Dark", "Heimat"], date="1/3/24")
    (question,) = questions_in([bring(store, path, clock)])
    assert isinstance(question["choices"], list)
    bring(store, path, clock, **{str(question["id"]): str(question["choices"][1])})
    again = bring(store, path, clock)
    assert (again.known, again.added, again.waiting, again.note) == (2, 0, 0, None)


def test_an_answer_is_taken_over_by_the_next_file_of_its_kind(
    store: Store, clock: SetClock, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Date,Text,Amount\n2024-01-02,Aaa,3.00\n2024-01-03,Bbb,4.00\n")
    (question,) = questions_in([bring(store, path, clock)])
    bring(store, path, clock, **{str(question["id"]): "money you spent"})
    newer = tmp_path / "newer.csv"
    newer.write_text("Date,Text,Amount\n2024-02-02,Ccc,5.00\n2024-02-03,Ddd,6.00\n")
    report = bring(store, newer, clock)
    assert (report.added, report.questions) == (2, [])
    assert report.note is not None
    (sign,) = [guess for guess in report.guesses if str(guess.id).endswith(".sign")]
    assert sign.guess == "money you spent"
    # It can be corrected, and the correction is what the next one takes over.
    again = bring(store, newer, clock, **{str(sign.id): "money you received"})
    assert (again.added, again.known) == (2, 0)
    assert len(names(store)) == 4
    third = tmp_path / "third.csv"
    third.write_text("Date,Text,Amount\n2024-03-02,Eee,5.00\n")
    bring(store, third, clock)
    kinds = {row["name"]: row["type"] for row in store.rows("things.newest", limit=-1)}
    assert (kinds["Eee"], kinds["Aaa"]) == ("ReceiveAction", "PayAction")
    same = bring(store, path, clock)
    assert (same.added, same.known) == (0, 2)


def test_a_file_that_says_it_itself_takes_nothing_over(
    store: Store, clock: SetClock, tmp_path: Path
) -> None:
    card = tmp_path / "card.csv"
    card.write_text("Date,Text,Amount\n01/02/2024,Aaa,3.00\n02/02/2024,Bbb,4.00\n")
    said = {str(q["id"]).partition(".")[2]: str(q["id"])
            for q in questions_in([bring(store, card, clock)])}  # fmt: skip
    answers = {said["sign"]: "money you spent", said["date-order"]: "month first"}
    bring(store, card, clock, **answers)
    account = tmp_path / "account.csv"
    account.write_text("Date,Text,Amount\n13/02/2024,Rent,-3.00\n12/02/2024,Pay,4.00\n")
    report = bring(store, account, clock)
    found = {row["name"]: (row["type"], row["time"]) for row in store.rows(
        "things.newest", limit=-1)}  # fmt: skip
    assert (report.added, report.note) == (2, None)
    assert found["Rent"] == ("PayAction", "2024-02-13")
    assert found["Pay"] == ("ReceiveAction", "2024-02-12")


def test_an_answer_that_is_none_is_refused(store: Store, clock: SetClock, export: Write) -> None:
    path = export(["Dark"], date="1/3/24")
    (question,) = questions_in([bring(store, path, clock)])
    refused = bring(store, path, clock, **{str(question["id"]): "tomorrow"})
    assert refused.error is not None
    assert "tomorrow" in refused.error
    assert names(store) == []


def test_rows_that_cannot_be_read_are_counted_and_told_of(
    store: Store, clock: SetClock, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Title,Date\n"Dark","1/13/24"\n"Heimat","never"\n')
    report = bring(store, path, clock)
    assert (report.read, report.added) == (2, 1)
    assert [row.line for row in report.unreadable] == [3]


@pytest.mark.parametrize("raw", [b"", b"\x89PNG\r\n\x1a\n", b"{}", b"PK\x03\x04", b"\x00" * 100])
def test_a_file_that_is_no_export_is_told_of(
    store: Store, clock: SetClock, tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / "x").write_bytes(raw)
    report = bring(store, tmp_path / "x", clock)
    assert report.error
    assert report.read == 0
    assert bring(store, tmp_path / "missing", clock).error


def test_nothing_is_kept_where_reading_fails_half_way(
    store: Store, clock: SetClock, export: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = reading.opened

    class Broken(Export):
        def __init__(self, inner: Export) -> None:
            self.inner = inner
            self.source, self.format = inner.source, inner.format
            self.questions, self.guesses = inner.questions, inner.guesses

        def rows(self) -> Iterator[Each]:
            for number, row in enumerate(self.inner.rows()):
                if number == 2500:
                    raise UnableToRead("The rest is missing.")
                yield row

    monkeypatch.setattr(beside, "opened", lambda *each: Broken(real(*each)))
    report = bring(store, export([f"Film {n}" for n in range(3000)]), clock)
    assert report.error == "The rest is missing."
    assert (report.added, names(store), store.rows("imports.all")) == (0, [], [])


CHILD = """
import sys
from pathlib import Path
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.bring.beside import Reader
from firsthand.vault.bring.importing import Run, import_file
from firsthand.vault.store import Store
store = Store.open(Path(sys.argv[1]), "passphrase")
tell = lambda progress: print(progress.rows, flush=True)
with Reader() as reader:
    run = Run(store=store, answers={}, clock=SystemClock(), chance=SystemChance(), reader=reader,
              tell=tell)
    import_file(run, Path(sys.argv[2]))
print("done", flush=True)
sys.stdin.read()
"""


@pytest.mark.kill
@pytest.mark.parametrize("moment", ["1000", "4000", "8000", "done"])
def test_a_process_killed_while_it_imports_leaves_before_or_after(
    store: Store, export: Write, moment: str
) -> None:
    path = export([f"Film {number}" for number in range(8500)])
    store.close()
    words = [sys.executable, "-c", CHILD, str(store.folder), str(path)]
    with running(*words, stdin=subprocess.PIPE) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == moment:
                break
        child.kill()
    again = Store.open(store.folder, "passphrase")
    row = again.row("things.count")
    assert row == {"things": 8500 if moment == "done" else 0}
    assert len(again.rows("imports.all")) == (moment == "done")
    again.close()


def test_a_folder_means_every_file_in_it(tmp_path: Path) -> None:
    for name in ("b/two.csv", "a.csv", "b/a/one.csv", ".hidden", ".git/x"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    found = files_of([tmp_path / "in", tmp_path / "in" / "a.csv", tmp_path / "none"])
    places = [path.relative_to(tmp_path).as_posix() for path in found]
    assert places == ["in/a.csv", "in/b/two.csv", "in/b/a/one.csv", "none"]
    assert list(found.values()) == places
    assert list(files_of([tmp_path / "in" / "a.csv"]).values()) == ["a.csv"]


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firsthand.vault.bring.finding.FILES_MAX", 2)
    for name in "abc":
        (tmp_path / name).write_text("x")
    with pytest.raises(UnableToFind):
        files_of([tmp_path])
