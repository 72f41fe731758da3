"""A file that is read in a process of its own gives what it gives here, and harms nothing else."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.bring import beside
from firsthand.vault.bring.beside import Beside, reading
from firsthand.vault.bring.importing import import_file, import_held
from firsthand.vault.bring.reading import opened
from firsthand.vault.bring.report import Report
from firsthand.vault.sources import UnableToRead
from firsthand.vault.store import Store

BANK = "Date,Payee,Amount,Currency\n" + "".join(
    f"2024-{1 + n % 12:02d}-{1 + n % 28:02d},Shop {n % 7},"
    f"{'x' if n % 50 == 9 else f'-{n}.50'},EUR\n"
    for n in range(2500)
)
SHORT = "Title,Date\n" + "".join(f'"Film {n}","1/{1 + n % 28}/24"\n' for n in range(1200))
OPEN = 'Title,Date\n"Dark","1/2/24"\n"Heimat","1/2/24"\n'
OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240103<TRNAMT>-9.99<FITID>a1<NAME>Spotify</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


class Nothing:
    """Nothing was said of anything earlier."""

    def of_file(self) -> dict[str, str]:
        return {}

    def of_kind(self, signature: str) -> dict[str, str]:
        assert signature is not None
        return {}


@pytest.fixture(autouse=True)
def every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small a file is here, another process reads it."""
    monkeypatch.setattr(beside, "BESIDE_BYTES_MIN", 0)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every process that is begun from here on."""
    begun: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **named: object) -> None:
            super().__init__(*args, **named)  # type: ignore[call-overload]
            begun.append(self)

    monkeypatch.setattr(beside.subprocess, "Popen", Noted)  # type: ignore[attr-defined]
    return begun


def bring(store: Store, path: Path, clock: SetClock, answers: dict[str, str]) -> Report:
    return import_file(store, path, answers, clock, SystemChance())


@pytest.mark.parametrize("text", [BANK, SHORT, OPEN, OFX], ids=["bank", "short", "open", "ofx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_another_process_reads_what_would_be_read_here(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = tmp_path / "given"
    path.write_text(text, encoding=encoding)
    here = opened("given", io.BytesIO(path.read_bytes()), {}, Nothing())
    with (
        path.open("rb") as stream,
        reading("given", stream, {}, Nothing()) as there,
    ):
        assert isinstance(there, Beside)
        rows = list(here.rows())
        assert list(there.rows()) == rows
        assert list(there.rows()) == rows, "as often as it is asked"
        for name in ("source", "format", "questions", "guesses", "signature", "sure", "answered"):
            assert getattr(there, name) == getattr(here, name), name
        assert (there.said_anew, there.taken_over) == (here.said_anew, here.taken_over)


def test_what_is_in_memory_is_read_there_too() -> None:
    with reading("given", io.BytesIO(SHORT.encode()), {}, Nothing()) as there:
        assert isinstance(there, Beside) == (sys.platform == "linux")
        assert len(list(there.rows())) == 1200


def test_what_cannot_be_read_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_text("a,b,c\n1,2,3\n")
    with path.open("rb") as stream:
        with pytest.raises(UnableToRead) as here:
            opened("given", stream, {}, Nothing())
        with pytest.raises(UnableToRead) as there, reading("given", stream, {}, Nothing()):
            pass
    assert str(there.value) == str(here.value)


def test_answers_reach_it_and_are_remembered_for_the_kind(
    store: Store, clock: SetClock, tmp_path: Path
) -> None:
    path, later = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text(OPEN)
    later.write_text(OPEN.replace("Heimat", "Das Boot"))
    asked = bring(store, path, clock, {})
    assert (asked.waiting, asked.added) == (2, 0)
    answered = bring(store, path, clock, {asked.questions[0].id: "day first"})
    assert answered.added == 2
    taken = bring(store, later, clock, {})
    assert (taken.added, taken.known, taken.questions) == (1, 1, [])
    assert taken.note
    again = bring(store, path, clock, {asked.questions[0].id: "month first"})
    assert again.added == 2
    assert {row["time"] for row in store.rows("things.newest", limit=9)} == {
        "2024-01-02",
        "2024-02-01",
    }


@pytest.mark.kill
def test_nothing_is_kept_where_its_reader_is_killed(
    store: Store, clock: SetClock, tmp_path: Path, begun: list[subprocess.Popen[bytes]]
) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(BANK + "2024-05-06,Shop,-1.50,EUR\n" * 200_000)

    def kill(_path: str, _rows: int) -> None:
        os.kill(begun[0].pid, signal.SIGKILL)

    report = import_file(store, path, {}, clock, SystemChance(), kill)
    assert report.error is not None
    assert "not read to its end" in report.error
    assert (report.added, store.row("things.count")) == (0, {"things": 0})
    assert store.rows("imports.all") == []
    assert begun[0].returncode == -signal.SIGKILL


def test_it_ends_with_what_it_is_read_for(
    tmp_path: Path, begun: list[subprocess.Popen[bytes]]
) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(BANK * 20)
    with path.open("rb") as stream, reading("given", stream, {}, Nothing()) as there:
        assert isinstance(there, Beside)
        next(there.batches())  # and no more
    assert begun[0].returncode is not None


CONFINED = """
import os, socket, sys
from firsthand.vault.bring.reader import confine
held = os.open(sys.executable, os.O_RDONLY)
os.dup2(held, 40)
os.close(held)
assert os.read(confine(40), 4)
def tried(work):
    try:
        work()
    except OSError as error:
        return error.strerror
    return "done"
print(tried(lambda: open("/etc/hostname")), tried(socket.socket), tried(os.pipe), sep="|")
"""


def test_it_opens_no_file_and_no_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "|".join(["Too many open files"] * 3)


def test_what_is_in_memory_is_kept_as_a_file_is(store: Store, clock: SetClock) -> None:
    report = import_held(
        store, Path("a.csv"), io.BytesIO(SHORT.encode()), {}, clock, SystemChance()
    )
    assert (report.read, report.added, report.error) == (1200, 1200, None)
