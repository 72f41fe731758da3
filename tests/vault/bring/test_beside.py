"""A file that is read in a process of its own gives what it gives here, and harms nothing else."""

import io
import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from tests.vault.sources.seeds import seeds

from firsthand.vault.bring import beside
from firsthand.vault.bring.batches import Batch
from firsthand.vault.bring.beside import Beside, Part, Reader, Silence
from firsthand.vault.bring.going import Progress
from firsthand.vault.bring.reading import opened
from firsthand.vault.bring.report import Report
from firsthand.vault.sources import UnableToRead
from firsthand.vault.store import Store

Bring = Callable[..., Report]
MIB = 1024 * 1024
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


def read(reader: Reader, raw: bytes) -> tuple[Part, list[Batch]]:
    """The one part of a file that is no archive, and its rows."""
    walk = reader.walk("given", io.BytesIO(raw), {}, Silence(), digest=sha256(raw).hexdigest())
    part = next(walk)
    assert isinstance(part, Part)
    batches = list(part.batches())
    assert list(walk) == []
    return part, batches


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


@pytest.mark.parametrize("text", [BANK, SHORT, OPEN, OFX], ids=["bank", "short", "open", "ofx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_another_process_reads_what_would_be_read_here(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    here = opened("given", io.BytesIO(raw), {}, Nothing())
    with Reader() as reader:
        part, batches = read(reader, raw)
        again, same = read(reader, raw)
    there = part.export
    assert isinstance(there, Beside)
    assert [row for batch in batches for row in batch.each()] == list(here.rows())
    assert (same, again.number) == (batches, 1), "one process reads file after file"
    for name in ("source", "format", "questions", "guesses", "signature", "sure", "answered"):
        assert getattr(there, name) == getattr(here, name), name
    assert (there.said_anew, there.taken_over) == (here.said_anew, here.taken_over)


def test_what_cannot_be_read_is_refused_in_the_same_words() -> None:
    raw = b"a,b,c\n1,2,3\n"
    with pytest.raises(UnableToRead) as here:
        opened("given", io.BytesIO(raw), {}, Nothing())
    with Reader() as reader:
        with pytest.raises(UnableToRead) as there:
            read(reader, raw)
        assert str(there.value) == str(here.value)
        assert read(reader, SHORT.encode())[1], "and it goes on with the next"


def test_answers_reach_it_and_are_remembered_for_the_kind(
    store: Store, bring: Bring, tmp_path: Path
) -> None:
    path, later = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text(OPEN)
    later.write_text(OPEN.replace("Heimat", "Das Boot"))
    asked = bring(store, path)
    assert (asked.waiting, asked.added) == (2, 0)
    answered = bring(store, path, {asked.questions[0].id: "day first"})
    assert answered.added == 2
    taken = bring(store, later)
    assert (taken.added, taken.known, taken.questions) == (1, 1, [])
    assert taken.note
    again = bring(store, path, {asked.questions[0].id: "month first"})
    assert again.added == 2
    assert {row["time"] for row in store.rows("things.newest", limit=9)} == {
        "2024-01-02",
        "2024-02-01",
    }


@pytest.mark.kill
def test_nothing_is_kept_where_its_reader_is_killed(
    store: Store, bring: Bring, tmp_path: Path, begun: list[subprocess.Popen[bytes]]
) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(BANK + "2024-05-06,Shop,-1.50,EUR\n" * 100_000)

    def kill(progress: Progress) -> None:
        if progress.rows:
            os.kill(begun[0].pid, signal.SIGKILL)

    report = bring(store, path, tell=kill)
    assert report.error is not None
    assert "not read to its end" in report.error
    assert (report.added, store.row("things.count")) == (0, {"things": 0})
    assert store.rows("imports.all") == []
    assert begun[0].returncode == -signal.SIGKILL


def test_it_ends_with_what_it_is_read_for(begun: list[subprocess.Popen[bytes]]) -> None:
    with Reader() as reader:
        for part in reader.walk("given", io.BytesIO(BANK.encode()), {}, Silence(), digest="0"):
            assert isinstance(part, Part)
            next(part.batches())  # and no more
            break
    assert begun[0].returncode is not None


CONFINED = """
import os, socket, sys
from firsthand.vault.bring.reader import confine
confine()
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


def test_what_is_in_memory_is_kept_as_a_file_is(store: Store, bring: Bring) -> None:
    report = bring(store, ("a.csv", SHORT.encode()))
    assert (report.read, report.added, report.error) == (1200, 1200, None)


HARM = """
import io, sys, signal
from firsthand.vault.bring import reader
from firsthand.vault.bring.speaking import Open
reader.RECORD_SECONDS_MAX = 0.2
{patch}
sys.exit(reader.main())
"""
PATCHES = {
    "long": "def opened(*given):\n    while True: pass\nreader.opened = opened",
    "large": "def opened(*given):\n    return b'x' * 2**30\nreader.opened = opened",
    "wrong": "def opened(*given):\n    raise KeyError('secret')\nreader.opened = opened",
    "dead": "import os\ndef opened(*given):\n    os._exit(9)\nreader.opened = opened",
}


@pytest.mark.parametrize("how", list(PATCHES))
def test_a_member_that_harms_its_reader_is_told_of_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    real = subprocess.Popen
    patch = PATCHES[how].replace("def opened(*given):\n", (
        "real = reader.opened\ndef opened(*given):\n"
        "    if 'bad' not in given[0]: return real(*given)\n"))  # fmt: skip

    def start(_command: list[str], **named: object) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-P", "-c", HARM.format(patch=patch)], **named)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(beside.subprocess, "Popen", start)  # type: ignore[attr-defined]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("bad.csv", "good.csv"):
            archive.writestr(name, SHORT)
    with Reader() as reader:
        found = list(reader.walk("a.zip", packed, {}, Silence()))
    assert [(type(each).__name__, each.name) for each in found] == [
        ("Unread", "bad.csv"),
        ("_Afar", "good.csv"),
    ]
    assert "secret" not in str(getattr(found[0], "why", ""))


def test_every_source_reads_within_the_limits_what_it_reads_without() -> None:
    packed = io.BytesIO()
    files = {f"{number:03}": content for number, content in enumerate(seeds())}
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    seen = set()
    with Reader() as reader:
        for each in reader.walk("a.zip", packed, {}, Silence()):
            stream = io.BytesIO(files[each.name])
            if not isinstance(each, Part):
                with pytest.raises(UnableToRead):
                    opened(each.name, stream, {})
                continue
            here = opened(each.name, stream, {})
            rows = [row for batch in each.batches() for row in batch.each()]
            assert rows == sorted(here.rows(), key=lambda row: row.line), each.name
            seen.add(each.export.source)
    assert len(seen) > 15, "of every kind there is one"


def test_while_a_large_member_is_passed_over_it_is_told_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "BEAT_SECONDS", 0.001)
    monkeypatch.setattr(beside, "SILENT_SECONDS_MAX", 4.0)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=0) as archive:
        for name, content in (
            ("a.jpg", os.urandom(24 * MIB)),
            ("b.csv", b"Title,Date\nA,1/2/24\n"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with Reader() as reader:
        seen = list[int]()
        reader.beat = lambda: seen.append(reader.at_bytes)
        names = [each.name for each in reader.walk("a.tgz", raw, {}, Silence())]
    assert names == ["a.jpg", "b.csv"]
    behind = [at for at in dict.fromkeys(seen) if MIB < at < 23 * MIB]
    assert len(behind) > 2, "it did not stand while the picture went by"
    assert behind == sorted(behind)
